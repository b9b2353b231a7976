"""What a job writes beyond its database: all of it is below out/ of its directory.

    out/NAME/      a folder of part files, of one sink
    out/NAME.db    another database

What is called NAME_outside holds the rows of the table or view NAME of the job's own database, which is
committed before it: never more of them, and at the end the same."""

import glob
import os
import re

import dump

FOLDER = "out"
TWIN = "_outside"
PART = re.compile(r"part-([0-9a-f]{16})-([0-9]+)$")
LOCK = re.compile(r"\.part-[0-9a-f]{16}-lock$")


def folders(directory):
    return sorted(name for name in glob.glob(os.path.join(directory, FOLDER, "*")) if os.path.isdir(name))


def databases(directory):
    """Those in which something was committed."""
    return [name for name in sorted(glob.glob(os.path.join(directory, FOLDER, "*.db"))) if not dump.is_unborn(name)]


def label(path):
    return os.path.join(FOLDER, os.path.basename(path))


def lines_of(folder):
    """The lines of the finished parts, one part after the other. The last one of each is whole."""
    parts = []
    for name in os.listdir(folder):
        found = PART.match(name)
        if found:
            parts.append((found[1], int(found[2]), name))
    lines = []
    for _, _, name in sorted(parts):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            lines += [(line,) for line in file.read().splitlines(keepends=True)]
    return lines


def tables_of(path):
    """Table -> rows in the order in which they were written. What the sink has noted is its own matter."""
    connection = dump.connect(path)
    try:
        names = [name for name, in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: connection.execute("SELECT * FROM " + dump.quoted(name)).fetchall()
                for name in names if not name.startswith(("_weir_", "sqlite_"))}
    finally:
        connection.close()


def read(directory):
    """name -> rows of each folder and each table."""
    out = {label(folder): lines_of(folder) for folder in folders(directory)}
    for path in databases(directory):
        out.update(("%s %s" % (label(path), name), rows) for name, rows in tables_of(path).items())
    return out


def twin(name):
    """The table that has the same rows, or None."""
    name = re.split("[/ ]", name)[-1]
    return name[:-len(TWIN)] if name.endswith(TWIN) else None


def check(directory, connection, expected, ended):
    """None, or what a reader of all that is outside must not see."""
    logs = dump.logs(connection)
    for name, rows in read(directory).items():
        own = twin(name)
        in_order = own in logs
        if expected is not None and in_order and rows != expected.get(name, [])[:len(rows)]:
            return "%s is not the beginning of what it is to be" % name
        if own is None or not (in_order or ended):
            continue
        committed = connection.execute("SELECT * FROM " + dump.quoted(own)).fetchall()
        if len(rows) > len(committed) or ended and len(rows) < len(committed):
            return "%s has %d rows, and %s, committed before it, %d" % (name, len(rows), own, len(committed))
        if name.split(" ")[0].endswith(".db") and in_order and rows != committed[:len(rows)]:
            return "%s has other rows than %s" % (name, own)
        if name.split(" ")[0].endswith(".db") and not in_order and dump.comparable(rows) != dump.comparable(committed):
            return "%s has other rows than %s" % (name, own)
    return None


def left_over(directory, killed):
    """None, or a file that should not be there when the job has ended. (The file of a lock stays where the job was
    killed before its database was born, or when it had ended already: nobody comes who would know it.)"""
    for folder in folders(directory):
        for name in sorted(os.listdir(folder)):
            if not PART.match(name) and not (killed and LOCK.match(name)):
                return "the job has ended and left %s/%s" % (label(folder), name)
    return None


def integrity(directory):
    return next(filter(None, map(dump.integrity, databases(directory))), None)
