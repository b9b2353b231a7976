#!/usr/bin/env python3
"""Files and functions stay within the limits of docs/STYLE.md."""
from tidy import Finding, LAYERS, main

FILE_LINES = 900
FUNCTION_LINES = 100
TEST_FUNCTION_LINES = 180  # a test's table of cases stands inside of it
HEADER_LINES = 200

# Headers that are longer, and the length at which they stand. A line may go or its number sink.
LONG_HEADERS = {
    "storage/format/scan_fast.h": 220,
    "grammar/ast_ddl.h": 290,
}


def functions(text):
    """(first line, lines) of each body: a function's braces stand alone in the first column."""
    start = None
    for number, line in enumerate(text.split("\n"), 1):
        if line == "{":
            start = number
        elif line.startswith("}") and start is not None:
            yield start, number - start + 1
            start = None


def check(tree):
    for path in tree.paths((".c", ".h"), LAYERS + ("tests",)):
        text = tree.text(path)
        lines = text.count("\n")
        if lines > FILE_LINES:
            yield Finding(path, lines, "%d lines; a file has at most %d" % (lines, FILE_LINES))
        most = TEST_FUNCTION_LINES if path.startswith("tests/") else FUNCTION_LINES
        for start, length in functions(text):
            if length > most:
                yield Finding(path, start, "%d lines; a function has at most %d" % (length, most))
        if path.endswith(".h") and path.split("/")[0] in LAYERS:
            allowed = LONG_HEADERS.get(path, HEADER_LINES)
            if lines > allowed:
                yield Finding(path, lines, "%d lines; this header has at most %d" % (lines, allowed))
            if lines <= HEADER_LINES and path in LONG_HEADERS:
                yield Finding(path, lines, "is short now: take its line out of LONG_HEADERS")


def lines(n):
    return "x\n" * n


SEEDS = (
    ({"shell/a.c": "int f(void)\n{\n" + lines(98) + "}\n" + lines(700), "shell/a.h": lines(200)}, None),
    ({"shell/a.c": "int f(void)\n{\n" + lines(99) + "}\n"}, "a function has at most"),
    ({"tests/unit/a.c": "int f(void)\n{\n" + lines(180) + "}\n"}, "a function has at most"),
    ({"shell/a.c": lines(901)}, "a file has at most"),
    ({"shell/a.h": lines(201)}, "this header has at most 200"),
    ({"grammar/ast_ddl.h": lines(291)}, "this header has at most 290"),
    ({"grammar/ast_ddl.h": lines(150)}, "take its line out"),
)

if __name__ == "__main__":
    main(check, SEEDS)
