#!/usr/bin/env python3
"""Calls that the engine does not make, or makes in one place only."""
from tidy import Finding, grep, main, strip_c

# Names, the files that may call them, and what to do instead.
BANNED = (
    ("strcpy|strcat|sprintf|vsprintf|gets|stpcpy|strncpy", (), "use StrBuf or snprintf"),
    ("atoi|atol|atoll|atof", (), "use the parsers of storage/data/number.h"),
    ("strtok|localtime|gmtime|asctime|ctime", (), "has hidden state"),
    ("malloc|calloc|realloc|free|strdup|strndup|asprintf|vasprintf|aligned_alloc|posix_memalign",
     ("storage/base/mem.c",), "memory comes from storage/base/mem.h or an arena"),
    ("alloca", (), "use the scratch arena"),
    ("time|gettimeofday", (), "ask the Clock"),
    # A wait with a time-out and the double Ctrl-C concern the process, no result.
    ("clock_gettime", ("storage/base/clock.c", "shell/session.c", "shell/signals.c"), "ask the Clock"),
    ("rand|srand|random|srandom|rand_r|drand48", (), "randomness is injected"),
    ("setjmp|longjmp|sigsetjmp|siglongjmp", (), "return a Status"),
    ("exit|quick_exit|abort", ("shell/main.c",), "return a Status; a bug is an assert"),
    ("system|popen", (), "use shell/process.h"),
)

# Variables that are neither constant nor in a struct that somebody owns. A signal handler has nothing else; crash
# points are passed everywhere, and are there in test builds only.
GLOBALS_ALLOWED = ("shell/signals.c", "storage/base/crash_point.c")


def check(tree):
    for path in tree.c_paths():
        text = strip_c(tree.text(path))
        for names, allowed, advice in BANNED:
            if path in allowed:
                continue
            for line, match in grep(text, r"(?<![\w.>])(%s)[ \t]*\(" % names):
                yield Finding(path, line, "%s() is banned here: %s" % (match.group(1), advice))
        if path in GLOBALS_ALLOWED or path.endswith(".def"):
            continue
        for line, match in grep(text, r"^static (?![^;={(]*\bconst\b)(?!_Assert)(?!inline)[^;={(]*[;=]"):
            yield Finding(path, line, "global state: " + match.group(0).strip())


SEEDS = (
    ({"shell/a.c": '/* malloc(1) and time(NULL) */\nconst char *s = "exit(1)";\nint my_free(int);\nx->free(y);\n'
                   "static const int table[] = {1};\nstatic int f(void);\nstatic const char *const n = 0;\n"}, None),
    ({"storage/base/mem.c": "p = malloc(1);\n", "shell/main.c": "exit(0);\n"}, None),
    ({"shell/a.c": "int n = atoi(s);\n"}, "atoi() is banned"),
    ({"storage/base/text.c": "strcpy (a, b);\n"}, "strcpy() is banned"),
    ({"storage/base/arena.c": "p = malloc(1);\n"}, "malloc() is banned"),
    ({"executor/op/a.c": "int64_t now = time(NULL);\n"}, "time() is banned"),
    ({"executor/function/math.c": "x = rand();\n"}, "rand() is banned"),
    ({"grammar/sql.y": "if (setjmp(env))\n"}, "setjmp() is banned"),
    ({"shell/repl.c": "exit(1);\n"}, "exit() is banned"),
    ({"shell/repl.c": "static int calls = 0;\n"}, "global state"),
    ({"planner/a.c": "static Arena arena;\n"}, "global state"),
)

if __name__ == "__main__":
    main(check, SEEDS)
