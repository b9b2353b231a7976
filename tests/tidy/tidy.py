"""What the checks share: the tree of sources, findings, and the self-test.

A check is a module with `check(tree)`, which yields a Finding each, and SEEDS: trees, written as
{path: text}, with a part of the message that the check must find in them, or None where it must find
nothing. `main` runs the check over the project; with --self-test it runs the seeds.
"""
import collections
import os
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAYERS = ("storage", "grammar", "executor", "planner", "shell")
C_ENDINGS = (".c", ".h", ".def", ".re", ".y")

Finding = collections.namedtuple("Finding", "path line message")


class Tree:
    """Files by path from the root, with slashes; text is read when it is asked for."""

    def __init__(self, texts):
        self.texts = texts

    @staticmethod
    def of_project():
        texts = {}
        for folder, folders, files in os.walk(ROOT):
            folders[:] = [f for f in folders if f not in ("build", ".git", "__pycache__")]
            for name in files:
                path = pathlib.Path(folder, name)
                texts[path.relative_to(ROOT).as_posix()] = None
        return Tree(texts)

    def paths(self, endings=(), under=()):
        return sorted(p for p in self.texts if (not endings or p.endswith(tuple(endings)))
                      and (not under or p.split("/")[0] in under))

    def text(self, path):
        if self.texts[path] is None:
            self.texts[path] = (ROOT / path).read_text(encoding="utf-8", errors="replace")
        return self.texts[path]

    def c_paths(self):
        """The engine's own code."""
        return self.paths(C_ENDINGS, LAYERS)


def strip_c(text):
    """Comments and the insides of literals become blanks; lines stay where they are."""
    pattern = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)

    def blank(match):
        found = match.group(0)
        if found[0] in "\"'":
            return found[0] + " " * (len(found) - 2) + found[0]
        return re.sub(r"[^\n]", " ", found)

    return pattern.sub(blank, text)


def grep(text, pattern):
    """(line number, match) of each place."""
    for match in re.finditer(pattern, text, re.M):
        yield text.count("\n", 0, match.start()) + 1, match


def self_test(check, seeds):
    missed = 0
    for number, (texts, expected) in enumerate(seeds, 1):
        messages = [f.message for f in check(Tree(dict(texts)))]
        right = not messages if expected is None else any(expected in m for m in messages)
        if not right:
            missed += 1
            print("seed %d: expected %r, found %r" % (number, expected, messages))
    print("%d seeds, %d missed" % (len(seeds), missed))
    # A check without a seeded violation, or without a clean tree, is not tested.
    kinds = {expected is None for _, expected in seeds}
    return missed == 0 and kinds == {True, False}


def main(check, seeds):
    if sys.argv[1:] == ["--self-test"]:
        sys.exit(0 if self_test(check, seeds) else 1)
    findings = sorted(check(Tree.of_project()))
    for f in findings:
        print("%s:%d: %s" % f)
    sys.exit(1 if findings else 0)
