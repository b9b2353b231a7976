"""Runs Weir on a directory of files: a script as one job, its views read back from the database."""

import os
import sqlite3
import subprocess

from random_query import COLUMNS


def declaration(name, path, columns=COLUMNS, more="", form="json"):
    listed = ", ".join("%s %s" % column for column in columns)
    return ("CREATE TABLE %s (%s%s) WITH ('connector' = 'filesystem', 'path' = '%s', 'format' = '%s');\n"
            % (name, listed, more, path, form))


class Failed(Exception):
    pass


def run(weir, directory, script, database="out.db"):
    """Runs the script; returns a connection to what it made."""
    path = os.path.join(directory, database)
    with open(os.path.join(directory, "job.sql"), "w", encoding="utf-8") as file:
        file.write(script)
    done = subprocess.run([weir, "run", "job.sql", "--db", database], cwd=directory, capture_output=True,
                          text=True, timeout=120)
    if done.returncode != 0:
        raise Failed("weir run: exit %d\n%s" % (done.returncode, done.stderr))
    return sqlite3.connect("file:%s?mode=ro" % path, uri=True)


def check_counts(connection, rows_of):
    """Each record is used or filtered, none is rejected or late; a table named twice is read twice."""
    wrong = []
    for row in connection.execute("SELECT view, source, read, used, filtered, late, rejected FROM _weir_counts"):
        view, source, read, used, filtered, late, rejected = row
        rows = rows_of(source)
        if read != used + filtered or late or rejected or read % max(rows, 1) != 0 or (read == 0) != (rows == 0):
            wrong.append("%s: read %d of %d rows of %s, used %d, filtered %d, late %d, rejected %d"
                         % (view, read, rows, source, used, filtered, late, rejected))
    return wrong


def multiset(rows):
    """Rows in an order that hangs on nothing; numbers that are equal look equal."""
    return sorted((tuple(None if v is None else float(v) if isinstance(v, (int, float)) else v for v in row)
                   for row in rows), key=repr)


def difference(name, wanted, got):
    """What is in one multiset alone, or nothing."""
    missing, extra = list(wanted), []
    for row in got:
        if row in missing:
            missing.remove(row)
        else:
            extra.append(row)
    if not missing and not extra:
        return None
    lines = ["%s: %d rows missing, %d too many" % (name, len(missing), len(extra))]
    lines += ["  - %r" % (row,) for row in missing[:5]] + ["  + %r" % (row,) for row in extra[:5]]
    return "\n".join(lines)
