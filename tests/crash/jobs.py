"""A job: a SQL file in jobs/ whose first comments may say how it is to be run.

    -- kind: bounded     it ends by itself (when nothing is said)
    -- kind: followed    its file feed/all.jsonl grows while it runs; it is stopped when it has read all
    -- stdin: file       its standard input is the file that others follow
    -- stdin: pipe       its standard input is a pipe, into which somebody writes what that file has
    -- feed: cut         that file is cut now and then
    -- seed: fixed       it draws at random: each run begins with a database of the same seed
    -- before: NAME      jobs/before/NAME.sql has ended in the same database before; it replaces what that has left
    -- restart: empty    the engine begins again from the start: less may be there than before
    -- when: asked       only by --job NAME
"""

import glob
import os
import re

KINDS = ("bounded", "followed")
STDIN = ("none", "file", "pipe")
HERE = os.path.dirname(os.path.abspath(__file__))


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


class Job:
    def __init__(self, path):
        self.name = os.path.splitext(os.path.basename(path))[0]
        self.sql = read(path)
        head = dict(re.findall(r"^-- (\w+): (\w+)$", self.sql, re.M))
        self.kind = head.pop("kind", "bounded")
        self.stdin = head.pop("stdin", "none")
        before = head.pop("before", None)
        self.before_sql = before and read(os.path.join(HERE, "jobs", "before", before + ".sql"))
        self.is_cut = head.pop("feed", "") == "cut"
        self.fixed_seed = head.pop("seed", "") == "fixed"
        self.starts_over = head.pop("restart", "") == "empty"
        self.when_asked = head.pop("when", "") == "asked"
        if self.kind not in KINDS or self.stdin not in STDIN or head:
            raise SystemExit("%s: its head is not understood: kind %s, stdin %s, %s" % (path, self.kind, self.stdin, head))
        # What the survey finds.
        self.replaces = None   # the tables of what is there before
        self.expected = None   # the dump of a run left alone
        self.seconds = 0.0     # that it takes
        self.fresh_points = {}     # how often a new run passes each point
        self.resumed_points = {}   # and one that goes on


def load(wanted):
    jobs = [Job(path) for path in sorted(glob.glob(os.path.join(HERE, "jobs", "*.sql")))]
    unknown = set(wanted) - {job.name for job in jobs}
    if unknown:
        raise SystemExit("there is no job %s; there are %s" % (", ".join(sorted(unknown)), ", ".join(j.name for j in jobs)))
    return [job for job in jobs if job.name in wanted or (not wanted and not job.when_asked)]


def names_of(table):
    """The names in a table of storage/base: crash_points.def, defects.def."""
    return [row[0] for row in rows_of(table)]


def is_kafkas(row):
    """A point or a defect that only jobs over topics pass: tests/kafka/kill.py sees to it."""
    return row[0].startswith("kafka.") or row[1:] == ["kafka"]


def rows_of(table):
    """What stands in quotes in each row: the name; of a defect also the jobs in which it can be seen."""
    path = os.path.join(HERE, "..", "..", "storage", "base", table)
    with open(path, encoding="utf-8") as file:
        return [re.findall(r'"([^"]*)"', row) for row in re.findall(r"^X\((.*?)\)", file.read(), re.M)]
