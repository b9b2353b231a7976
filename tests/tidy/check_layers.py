#!/usr/bin/env python3
"""Includes flow only downward, and third-party headers stay behind their fences."""
import re

from tidy import C_ENDINGS, Finding, LAYERS, grep, main

STORAGE_RANK = {"base": 0, "net": 1, "data": 1, "format": 2, "sqlite": 3, "catalog": 4, "state": 4, "journal": 5, "connector": 6}
EXECUTOR_RANK = {"function": 0, "plan": 1, "expr": 1, "op": 2, "run": 2}
# What the planner sees of the executor: what a plan is made of, not the machine that runs it.
PLANNER_SEES = {"plan", "expr", "function"}

# Header, and the files or folders that may include it.
FENCES = (
    (r"sqlite3\.h", ("storage/sqlite/",)),
    (r"histedit\.h|editline/.*|readline/.*", ("shell/line_edit.c",)),
    (r"xxhash\.h", ("storage/base/hash.c",)),
    (r"pcre2.*|md\d?\.h|sha\d\.h", ("executor/function/",)),
    (r"utf8proc\.h", ("executor/function/", "shell/")),
    (r"[a-z]mmintrin\.h|x86intrin\.h", ("storage/base/", "storage/format/")),
    (r"cmocka\.h", ()),
)


def part(path, n):
    pieces = path.split("/")
    return pieces[n] if len(pieces) > n else ""


def refused(path, included):
    """Why the file may not include that one; None when it may."""
    layer, target = part(path, 0), part(included, 0)
    inner, inner_target = part(path, 1), part(included, 1)
    if target not in LAYERS:
        return "is written from the root, as in \"storage/base/status.h\""
    if layer == "storage":
        if target != "storage":
            return "is above storage"
        if inner not in STORAGE_RANK or inner_target not in STORAGE_RANK:
            return "is in a folder of storage that STORAGE_RANK does not know"
        if inner != inner_target and STORAGE_RANK[inner] <= STORAGE_RANK[inner_target]:
            return "is not below storage/" + inner
    elif layer == "grammar":
        if target != "grammar" and (target, inner_target) != ("storage", "base"):
            return "is not for the grammar, which sees storage/base alone"
    elif layer == "executor":
        if target in ("grammar", "planner", "shell"):
            return "is above the executor, or beside it"
        if target == "executor" and EXECUTOR_RANK.get(inner, 9) < EXECUTOR_RANK.get(inner_target, 0):
            return "is not below executor/" + inner
    elif layer == "planner":
        if target == "shell" or target == "executor" and inner_target not in PLANNER_SEES:
            return "is not for the planner, which sees executor/{plan,expr,function}"
    return None


def check(tree):
    for path in tree.c_paths():
        text = tree.text(path)
        for line, match in grep(text, r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"'):
            reason = refused(path, match.group(1))
            if reason is not None:
                yield Finding(path, line, '"%s" %s' % (match.group(1), reason))
        for line, match in grep(text, r"^[ \t]*#[ \t]*include[ \t]+<([^>]+)>"):
            for header, allowed in FENCES:
                if re.fullmatch(header, match.group(1)) and not path.startswith(allowed or "/"):
                    yield Finding(path, line, "<%s> is fenced: only %s" % (match.group(1), ", ".join(allowed) or "tests"))
        if path.endswith(C_ENDINGS):
            for line, match in grep(text, r'^[ \t]*#[ \t]*include[ \t]+"[^"]+\.c"'):
                yield Finding(path, line, "a .c file is not included")


SEEDS = (
    ({"storage/data/a.c": '#include "storage/base/arena.h"\n#include <stdio.h>\n'}, None),
    ({"shell/a.c": '#include "executor/run/job.h"\n', "planner/a.c": '#include "executor/plan/plan.h"\n'}, None),
    ({"storage/base/a.c": '#include "storage/data/type.h"\n'}, "not below storage/base"),
    ({"storage/catalog/a.c": '#include "storage/state/page.h"\n'}, "not below storage/catalog"),
    ({"storage/data/a.h": ' #  include "executor/op/op.h"\n'}, "above storage"),
    ({"grammar/a.c": '#include "storage/data/type.h"\n'}, "not for the grammar"),
    ({"executor/run/a.c": '#include "grammar/ast.h"\n'}, "above the executor"),
    ({"executor/function/a.c": '#include "executor/op/op.h"\n'}, "not below executor/function"),
    ({"planner/a.c": '#include "executor/run/job.h"\n'}, "not for the planner"),
    ({"planner/a.c": '#include "shell/session.h"\n'}, "not for the planner"),
    ({"storage/data/a.c": '#include "type.h"\n'}, "from the root"),
    ({"storage/catalog/a.c": "#include <sqlite3.h>\n"}, "fenced"),
    ({"shell/repl.c": "#include <histedit.h>\n"}, "fenced"),
    ({"storage/data/a.c": "#include <xxhash.h>\n"}, "fenced"),
    ({"storage/data/a.c": "#include <utf8proc.h>\n"}, "fenced"),
    ({"planner/a.c": "#include <cmocka.h>\n"}, "fenced"),
    ({"planner/a.c": '#include "planner/b.c"\n'}, ".c file"),
)

if __name__ == "__main__":
    main(check, SEEDS)
