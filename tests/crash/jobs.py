"""A job: a SQL file in jobs/ whose first comments may say how it is to be run.

    -- kind: bounded     it ends by itself (when nothing is said)
    -- kind: followed    its file feed/all.jsonl grows while it runs; it is stopped when it has read all
    -- feed: cut         that file is cut now and then
    -- seed: fixed       it draws at random: each run begins with a database of the same seed
    -- restart: empty    the engine begins again from the start: less may be there than before
    -- when: asked       only by --job NAME
"""

import glob
import os
import re

KINDS = ("bounded", "followed")
HERE = os.path.dirname(os.path.abspath(__file__))


class Job:
    def __init__(self, path):
        self.name = os.path.splitext(os.path.basename(path))[0]
        with open(path, encoding="utf-8") as file:
            self.sql = file.read()
        head = dict(re.findall(r"^-- (\w+): (\w+)$", self.sql, re.M))
        self.kind = head.pop("kind", "bounded")
        self.is_cut = head.pop("feed", "") == "cut"
        self.fixed_seed = head.pop("seed", "") == "fixed"
        self.starts_over = head.pop("restart", "") == "empty"
        self.when_asked = head.pop("when", "") == "asked"
        if self.kind not in KINDS or head:
            raise SystemExit("%s: its head is not understood: kind %s, %s" % (path, self.kind, head))
        # What the survey finds.
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
    path = os.path.join(HERE, "..", "..", "storage", "base", table)
    with open(path, encoding="utf-8") as file:
        return re.findall(r'^X\(\w+, "([\w.-]+)"\)', file.read(), re.M)
