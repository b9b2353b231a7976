"""Random bounded queries on Weir and on sqlite3: equal multisets of rows, or it says where not.

    diff_sqlite.py --weir PATH [--queries 200] [--seed 1] [--sabotage]

Queries come in jobs of one to eight views, so that scans are shared and not. --sabotage hides a row of
each table from sqlite3 and succeeds when that is noticed: the test of this test."""

import argparse
import random
import shutil
import sqlite3
import sys
import tempfile

from random_query import COLUMNS, SQLITE_TYPES, Queries, random_table
from run_weir import Failed, check_counts, declaration, difference, multiset, run


def load_sqlite(tables, hide):
    connection = sqlite3.connect(":memory:")
    connection.execute("PRAGMA case_sensitive_like = ON")
    for name, change in (("UPPER", str.upper), ("LOWER", str.lower)):  # sqlite3's own know ASCII alone
        connection.create_function(name, 1, lambda text, change=change: None if text is None else change(text),
                                   deterministic=True)
    for table in tables:
        connection.execute("CREATE TABLE %s (%s)" % (table.name, ", ".join(
            "%s %s" % (name, SQLITE_TYPES[kind]) for name, kind in COLUMNS)))
        rows = table.rows[1:] if hide else table.rows
        connection.executemany("INSERT INTO %s VALUES (?, ?, ?, ?, ?, ?, ?)" % table.name, rows)
    return connection


def write_tables(directory, tables):
    script = ""
    for table in tables:
        with open("%s/%s.jsonl" % (directory, table.name), "w", encoding="utf-8") as file:
            file.write(table.json_lines())
        script += declaration(table.name, table.name + ".jsonl")
    return script


def run_job(weir, rng, directory, count, hide):
    """One job of `count` views; returns what is wrong with it."""
    tables = [random_table(rng, name, 40) for name in ("t0", "t1")]
    queries = [Queries(rng, tables).query(rng.randint(0, 2)) for _ in range(count)]
    script = write_tables(directory, tables)
    for number, query in enumerate(queries):
        script += "CREATE MATERIALIZED VIEW q%d AS %s;\n" % (number, query.text.weir)
    reference = load_sqlite(tables, hide)
    try:
        ours = run(weir, directory, script)
    except Failed as failure:
        return [str(failure)]
    sizes = {table.name: len(table.rows) for table in tables}
    wrong = check_counts(ours, lambda source: sizes[source])
    for number, query in enumerate(queries):
        wanted = multiset(reference.execute(query.text.sqlite))
        got = multiset(ours.execute("SELECT * FROM q%d" % number))
        told = difference("q%d" % number, wanted, got)
        if told:
            wrong.append("%s\n  weir:   %s\n  sqlite: %s" % (told, query.text.weir, query.text.sqlite))
    ours.close()
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", required=True)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sabotage", action="store_true")
    options = parser.parse_args()
    done = noticed = 0
    job = 0
    while done < options.queries:
        job += 1
        rng = random.Random("%d.%d" % (options.seed, job))
        count = min(rng.choice([1, 1, 2, 4, 8]), options.queries - done)
        directory = tempfile.mkdtemp(prefix="weir-diff-")
        wrong = run_job(options.weir, rng, directory, count, options.sabotage)
        done += count
        noticed += len(wrong) > 0
        if wrong and not options.sabotage:
            print("\n".join(wrong))
            print("seed %d, job %d; the files are in %s" % (options.seed, job, directory))
            return 1
        shutil.rmtree(directory)
    print("%d queries in %d jobs, %d jobs with differences" % (done, job, noticed))
    return 0 if (noticed > 0) == options.sabotage else 1


if __name__ == "__main__":
    sys.exit(main())
