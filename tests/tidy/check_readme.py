#!/usr/bin/env python3
"""Each source folder has a README of a page at most, and what READMEs and docs name is there: files
in back-ticks, and links."""
import posixpath
import re

from tidy import Finding, LAYERS, grep, main

README_LINES = 80
FILE_NAME = r"`((?:[\w.-]+/)*[\w.-]+\.(?:c|h|def|re|y|py|sh|sql|md|txt|cc|json|jsonl))`"
# Files that a reader will have, generated ones, and headers of libraries.
PLACEHOLDERS = {"sql.h", "sql.c", "sql_parser.h", "compile_commands.json",
                "lexer.c", "test_file.c", "sqlite3.h", "histedit.h", "xxhash.h"}


def source_folders(tree):
    return sorted({posixpath.dirname(p) for p in tree.paths((".c", ".h", ".py"), LAYERS + ("tests", "examples"))})


def exists(tree, folder, name):
    """Named from the root, from the folder, or by its last parts."""
    return (name in tree.texts or posixpath.normpath(posixpath.join(folder, name)) in tree.texts
            or any(p.endswith("/" + name) for p in tree.texts))


def check(tree):
    for folder in source_folders(tree):
        # One README of tests/unit stands for its folders, which mirror the tree.
        if not folder.startswith("tests/unit/") and folder + "/README.md" not in tree.texts:
            yield Finding(folder, 1, "the folder has no README.md")
    for path in tree.paths((".md",)):
        folder, text = posixpath.dirname(path), tree.text(path)
        in_source = path.endswith("/README.md") and path.split("/")[0] in LAYERS + ("tests",)
        if in_source and text.count("\n") > README_LINES:
            yield Finding(path, README_LINES, "is longer than a page (%d lines)" % README_LINES)
        for line, match in grep(text, FILE_NAME):
            name = match.group(1)
            if posixpath.basename(name) not in PLACEHOLDERS and not exists(tree, folder, name):
                yield Finding(path, line, "names `%s`, which is not there" % name)
        for line, match in grep(text, r"\]\(([^)#:\s]+)(#[^)]*)?\)"):
            target = posixpath.normpath(posixpath.join(folder, match.group(1)))
            known = target in tree.texts or any(p.startswith(target + "/") for p in tree.texts)
            if not known and not re.match(r"https?:", match.group(1)):
                yield Finding(path, line, "links to %s, which is not there" % match.group(1))


GOOD = {"shell/README.md": "`repl.c`, `shell/repl.c`, [style](../docs/STYLE.md), `fuzz_*.c`\n", "shell/repl.c": "",
        "docs/STYLE.md": "see `repl.c`\n", "tests/unit/shell/test_repl.c": ""}
SEEDS = (
    (GOOD, None),
    (dict(GOOD, **{"planner/plan.c": ""}), "has no README.md"),
    (dict(GOOD, **{"shell/README.md": "`gone.c`\n"}), "names `gone.c`"),
    (dict(GOOD, **{"docs/STYLE.md": "`planner/gone.h`\n"}), "names `planner/gone.h`"),
    (dict(GOOD, **{"shell/README.md": "[x](../docs/NOTHING.md)\n"}), "links to"),
    (dict(GOOD, **{"shell/README.md": "line\n" * 81}), "longer than a page"),
)

if __name__ == "__main__":
    main(check, SEEDS)
