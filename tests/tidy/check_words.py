#!/usr/bin/env python3
"""Words that mean nothing to a reader of the project: notes to oneself, one machine's paths, how or
by whom the work was done. And text that is no clean UTF-8."""
from tidy import Finding, grep, main

ENDINGS = (".c", ".h", ".def", ".re", ".y", ".md", ".txt", ".py", ".sh", ".sql", ".test", ".cc", ".json", ".cmake")
PLAIN = ("dev", ".ci/run", "LICENSE")

WORDS = (
    (r"\b(TODO|FIXME|HACK)\b", "a note to oneself"),
    (r"(?<![\w.~-])/(work|root)/\w+|/tmp/(b|clone|bash)[\w-]*", "a path of one machine"),
    (r"\b[\w-]+\.(internal|lan|corp|localdomain)\b", "a host that others cannot reach"),
    (r"(?i)\bissues? #?\d+\b|\bticket #?\d+", "a ticket's number"),
    (r"(?i)\b(work(ing)? session|sub-?agent|language model|AI assistant|LLM)\b", "how the work was done"),
    (r"\bDESIGN(\.md)?( section)? \d|\bDESIGN\.md|\breference/\w+\.md|\bflink-facts\b|\bsemantics\.md\b",
     "a document that is not in the project"),
)


def check(tree):
    for path in tree.paths():
        if not (path.endswith(ENDINGS) or path in PLAIN) or path.startswith("tests/tidy/check_words"):
            continue
        if path.startswith("tests/fuzz/corpus/"):
            continue
        text = tree.text(path)
        for words, meaning in WORDS:
            for line, match in grep(text, words):
                yield Finding(path, line, '"%s" is %s' % (match.group(0), meaning))
        for line, match in grep(text, r"[ \t]+$" if not path.endswith((".test", ".txt")) else r"(?!)"):
            yield Finding(path, line, "blanks at the end of the line")
        for line, match in grep(text, "\ufffd" if path.endswith((".c", ".h", ".md", ".py")) else r"(?!)"):
            yield Finding(path, line, "is not UTF-8")


SEEDS = (
    ({"shell/a.c": "/* A mastodon's worktree: see session.h, /tmp/x and ./work/y. */\n", "a.png": "TODO"}, None),
    ({"shell/a.c": "/* TODO: later */\n"}, "note to oneself"),
    ({"docs/A.md": "FIXME\n"}, "note to oneself"),
    ({"tests/unit/a.c": 'open("/work/main/a");\n'}, "path of one machine"),
    ({"dev": "cd /tmp/b-mine\n"}, "path of one machine"),
    ({"packages.txt": "deb http://apt.internal/debian\n"}, "a host"),
    ({"shell/a.h": "/* as issue 12 says */\n"}, "ticket's number"),
    ({"docs/A.md": "made in a working session\n"}, "how the work was done"),
    ({"grammar/a.h": "/* DESIGN section 4 says why. */\n"}, "not in the project"),
    ({"shell/a.c": "int a; \n"}, "blanks at the end"),
)

if __name__ == "__main__":
    main(check, SEEDS)
