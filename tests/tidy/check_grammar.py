#!/usr/bin/env python3
"""Keywords that can be names: keywords.def and the grammar's %fallback lists say the same, lemon finds no
conflict, and no state takes a keyword for a name where it should reduce.

The last is a trap of lemon's own (the head of sql.y tells it): of each state the commonest reduction
becomes the default and its look-aheads are forgotten, and at run time the fallback is tried before the
default. So lemon runs twice here, with the tables compressed and not, and each state's look-aheads are
compared."""
import pathlib
import re
import shutil
import subprocess
import tempfile

from tidy import Finding, grep, main

GRAMMAR = "grammar/sql.y"
KEYWORDS = "grammar/keywords.def"


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group(0)), text, flags=re.S)


def fallbacks(text):
    """[(what it falls back to, [tokens])] in order."""
    return [(m.group(1), m.group(2).split())
            for m in re.finditer(r"%fallback\s+(\w+)\s+([^.]*)\.", without_comments(text))]


def compare_lists(tree, lists):
    """The first list of ID has the token of every keyword that is not reserved, once, and no other."""
    listed = next((words for to, words in lists if to == "ID"), [])
    tokens = {True: set(), False: set()}  # by: can be a name
    for line, match in grep(tree.text(KEYWORDS), r"^X\((\w+), (\w+), (\w+)\)"):
        word, token, kind = match.groups()
        tokens[kind != "RESERVED"].add(token)
        if kind != "RESERVED" and token not in listed:
            yield Finding(KEYWORDS, line, "%s can be a name, but %%fallback ID has no %s" % (word, token))
    for token in sorted(tokens[True] & tokens[False]):
        yield Finding(KEYWORDS, 1, "%s is the token of a reserved word and of one that can be a name" % token)
    for token in listed:
        if token not in tokens[True]:
            yield Finding(GRAMMAR, 1, "%%fallback ID has %s, which no keyword that can be a name has" % token)
    everything = [token for _, words in lists for token in words]
    for token in sorted({t for t in everything if everything.count(t) > 1}):
        yield Finding(GRAMMAR, 1, "%s falls back twice" % token)


def run_lemon(text, *options):
    """(what it said, its report)."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "sql.y")
        source.write_text(text, encoding="utf-8")
        ran = subprocess.run(["lemon", *options, "-d" + folder, str(source)], text=True, check=False,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        report = pathlib.Path(folder, "sql.out")
        said = "" if ran.returncode == 0 else ran.stdout.replace(folder + "/", "").strip() or "lemon failed"
        return said, report.read_text(encoding="utf-8") if report.exists() else ""


def states(report):
    """{items: {look-ahead: action}}; states have other numbers with other options, but the same items."""
    found, items, actions = {}, [], {}
    for line in report.split("\n"):
        if line.startswith("State ") or line.startswith("----"):
            found[tuple(sorted(items))] = actions
            items, actions = [], {}
            if line.startswith("----"):
                break
            continue
        action = re.match(r"\s+(\S+) (shift-reduce|shift|reduce)\s", line)
        if action is not None:
            actions[action.group(1)] = action.group(2)
        elif "::=" in line and "*" in line:
            items.append(re.sub(r"^\(\d+\)\s*", "", line.strip()))
    return found


def traps(full, compressed, lists):
    """(token, what it falls back to, one of the state's items)."""
    back = {token: to for to, words in lists for token in words}
    for items, actions in compressed.items():
        everything = full.get(items, {})
        for token, to in sorted(back.items()):
            if everything.get(token) == "reduce" and token not in actions and to in actions:
                yield token, to, items[0]


def check(tree):
    if GRAMMAR not in tree.texts:
        return
    text = tree.text(GRAMMAR)
    lists = fallbacks(text)
    yield from compare_lists(tree, lists)
    if shutil.which("lemon") is None:
        yield Finding(GRAMMAR, 1, "lemon is not installed")
        return
    said, report = run_lemon(text)
    if said:
        yield Finding(GRAMMAR, 1, said.split("\n")[-1])
        return
    _, whole = run_lemon(text, "-c")
    for token, to, item in traps(states(whole), states(report), lists):
        yield Finding(GRAMMAR, 1, "%s is taken for %s in the state of '%s', where it should reduce" % (token, to, item))


def seed(rules, fallback="FREE", keywords="X(FREE, FREE, FREE)\nX(FULL, FULL, RESERVED)\n"):
    return {KEYWORDS: keywords, GRAMMAR: "%%fallback ID /* names */ %s.\n%s" % (fallback, rules)}


PLAIN = "input ::= FULL ID. input ::= FREE.\n"

SEEDS = (
    ({}, None),
    (seed(PLAIN), None),
    (seed(PLAIN, keywords="X(FULL, FULL, RESERVED)\n"), "which no keyword that can be a name has"),
    (seed(PLAIN, fallback="FREE FULL"), "which no keyword that can be a name has"),
    (seed(PLAIN, keywords="X(FREE, FREE, FREE)\nX(OPEN, OPEN, CALL)\nX(FULL, FULL, RESERVED)\n"),
     "OPEN can be a name, but"),
    (seed(PLAIN, keywords="X(FREE, FREE, STRONG)\nX(FULL, FREE, RESERVED)\n"), "token of a reserved word and of one"),
    (seed(PLAIN + "%fallback FULL FREE.\n"), "FREE falls back twice"),
    (seed("input ::= a FULL. a ::= b. a ::= c. b ::= ID. c ::= ID.\n"), "conflict"),
    (seed("input ::= FULL ( ID.\n"), "sql.y"),
    # After the name, FREE ends the list; with ID shifted there, it would be one more name of it.
    (seed("input ::= FULL names end. names ::= ID more. more ::= . more ::= ID.\n"
          "end ::= FREE. end ::= FULL.\n"), "FREE is taken for ID"),
    (seed("input ::= FULL names end. names ::= ID more. more ::= . more ::= ID.\n"
          "end ::= FULL.\n"), None),
)

if __name__ == "__main__":
    main(check, SEEDS)
