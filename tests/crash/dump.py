"""What a database says: all that a job has left in it, so that two runs can be compared."""

import os
import sqlite3

# What is left out: when things happened, and what differs from one database to the next.
KEEPS_NOTHING = ("_weir_checkpoints", "_weir_state", "_weir_journal", "_weir_sinks")
FIRST_PAGE = 4096


def is_unborn(path):
    """Killed before the file was one in WAL mode: nothing has ever been committed in it."""
    return not os.path.exists(path) or os.path.exists(path + "-journal") and os.path.getsize(path) <= FIRST_PAGE


def connect(path):
    return sqlite3.connect("file:%s?mode=ro" % path, uri=True, timeout=10)


def quoted(name):
    return '"%s"' % name.replace('"', '""')


def is_single(connection, name):
    """At most one row, which changes: it has a key without columns, and so no index."""
    return has_table(connection, "_weir_jobs") and connection.execute(
        "SELECT 1 FROM _weir_jobs WHERE instr(plan, ?)", ("Sink(%s) changelog=upsert" % name,)).fetchone() is not None


def is_log(connection, name, sql):
    """Rows are only added: their order is part of what the table says."""
    if "WITHOUT ROWID" in sql.upper() or "PRIMARY KEY" in sql.upper() or is_single(connection, name):
        return False
    indexes = connection.execute("SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND tbl_name = ?", (name,))
    return indexes.fetchone()[0] == 0


def logs(connection):
    """Tables and views whose rows only grow at the end, with the query that reads them in order."""
    out = {}
    for kind, name, sql in connection.execute(
            "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' AND type IN ('table', 'view')"):
        if kind == "view" and name.endswith(("$errors", "$late")):
            out[name] = "SELECT * FROM " + quoted(name)
        elif kind == "table" and not name.startswith("_weir_") and is_log(connection, name, sql):
            out[name] = "SELECT rowid, * FROM " + quoted(name) + " ORDER BY rowid"
    return out


def comparable(rows):
    return sorted(rows, key=repr)


def tables(connection):
    """name -> rows of each table that a user sees and that is no log."""
    ordered = logs(connection)
    names = [name for name, in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    return {name: comparable(connection.execute("SELECT * FROM " + quoted(name)))
            for name in names if name not in ordered and not name.startswith("_weir_")}


def has_table(connection, name):
    return connection.execute("SELECT 1 FROM sqlite_schema WHERE name = ?", (name,)).fetchone() is not None


def dump(path, ended=True):
    """name -> rows, in the order that must be the same. `ended`: nothing is kept for a restart any more."""
    connection = connect(path)
    try:
        out = {name: connection.execute(query).fetchall() for name, query in logs(connection).items()}
        out.update(tables(connection))
        for name in ("_weir_rejected", "_weir_late"):
            out[name] = comparable(connection.execute("SELECT * FROM " + name))
        out["counts"] = comparable(connection.execute("SELECT * FROM _weir_counts"))
        if ended:
            out["jobs"] = connection.execute("SELECT id, state, reason FROM _weir_jobs ORDER BY id").fetchall()
            for name in KEEPS_NOTHING:
                out[name] = connection.execute("SELECT count(*) FROM " + name).fetchall()
        return out
    finally:
        connection.close()


def integrity(path):
    """None, or what SQLite finds wrong with the file."""
    connection = connect(path)
    try:
        said = connection.execute("PRAGMA integrity_check(5)").fetchall()
        return None if said == [("ok",)] else "integrity_check: %s" % said
    finally:
        connection.close()


def difference(wanted, got):
    """What the second dump has otherwise; None when nothing."""
    lines = []
    for name in sorted(set(wanted) | set(got)):
        a, b = wanted.get(name), got.get(name)
        if a == b:
            continue
        if a is None or b is None:
            lines.append("%s is there only in the %s" % (name, "run that was killed" if a is None else "run left alone"))
            continue
        lines.append("%s: %d rows, should be %d" % (name, len(b), len(a)))
        at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
        lines += ["  at %d" % at, "  - %s" % (a[at:at + 2],), "  + %s" % (b[at:at + 2],)]
    return "\n".join(lines) if lines else None
