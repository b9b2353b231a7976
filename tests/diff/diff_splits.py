"""Weir against itself: the same rows in one file, spread over several files, and in another order that
the watermark allows, must give the same tables; its windows must be those that sqlite3 computes.

    diff_splits.py --weir PATH [--rounds 12] [--seed 1]"""

import datetime
import json
import os
import sqlite3

from rounds import main
from run_weir import Failed, check_counts, declaration, difference, multiset, run

COLUMNS = [("id", "BIGINT"), ("ts", "TIMESTAMP(3)"), ("k", "STRING"), ("v", "BIGINT")]
DELAY_MS = 3000

# Views, and what sqlite3 says to each over rows (id, ms, k, v). Windows begin at multiples of their size before 1970 as well.
VIEWS = {
    "windows": (
        "SELECT window_start, window_end, k, COUNT(*) AS n, SUM(v) AS s, MIN(v) AS a, MAX(v) AS z, COUNT(DISTINCT v) AS d"
        " FROM TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY window_start, window_end, k",
        "SELECT at(5000, 0, ms), at(5000, 5000, ms), k, COUNT(*), SUM(v), MIN(v), MAX(v), COUNT(DISTINCT v)"
        " FROM e GROUP BY 1, 3"),
    "filtered": (
        "SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '7' SECOND, INTERVAL '2' SECOND)"
        " WHERE v > 0 GROUP BY window_start, window_end HAVING COUNT(*) > 2",
        "SELECT at(7000, 0, ms, 2000), COUNT(*) FROM e WHERE v > 0 GROUP BY 1 HAVING COUNT(*) > 2"),
    "cascade": (
        "SELECT window_start, COUNT(*) AS windows, SUM(n) AS n FROM TUMBLE((SELECT window_time AS wt, COUNT(*) AS n"
        " FROM TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY window_start, window_end, window_time, k),"
        " DESCRIPTOR(wt), INTERVAL '20' SECOND) GROUP BY window_start, window_end",
        "SELECT at(20000, 0, w), COUNT(*), SUM(n) FROM (SELECT start(5000, ms) AS w, COUNT(*) AS n FROM e GROUP BY 1, k)"
        " GROUP BY 1"),
    "groups": (
        "SELECT k, COUNT(*) AS n, SUM(v) AS s, MAX(ts) AS last_ts FROM e GROUP BY k",
        "SELECT k, COUNT(*), SUM(v), at(1, 0, MAX(ms)) FROM e GROUP BY k"),
    "sizes": (
        "SELECT n, COUNT(*) AS cnt, MIN(s) AS low FROM (SELECT k, MOD(v, 3) AS m, COUNT(*) AS n, SUM(v) AS s FROM e"
        " GROUP BY k, MOD(v, 3)) AS q GROUP BY n",
        "SELECT n, COUNT(*), MIN(s) FROM (SELECT k, v % 3 AS m, COUNT(*) AS n, SUM(v) AS s FROM e GROUP BY k, v % 3) GROUP BY n"),
    "kinds": ("SELECT DISTINCT k, v > 0 AS p FROM e", "SELECT DISTINCT k, v > 0 FROM e"),
}


def window_start(size, ms, offset=0):
    return ms - (ms - offset) % size


def time_text(ms):
    time = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=ms)
    return time.strftime("%Y-%m-%d %H:%M:%S.") + "%03d" % (ms % 1000)


def random_rows(rng):
    rows, ms = [], rng.choice([-20000, 0, 1700000000000])
    for number in range(rng.randint(0, 120)):
        ms += rng.randint(1, 900)
        rows.append((number, ms, rng.choice("abc") if rng.random() < 0.9 else None, rng.randint(-9, 9)))
    return rows


def shuffle_within_delay(rng, rows):
    """Another order in which no row is DELAY_MS or more behind the latest one before it."""
    left, out, latest = list(rows), [], None
    while left:
        floor = min(row[1] for row in left)
        choices = [row for row in left if row[1] < floor + DELAY_MS]
        row = rng.choice(choices[:8])
        left.remove(row)
        out.append(row)
        latest = row[1] if latest is None else max(latest, row[1])
        assert row[1] > latest - DELAY_MS
    return out


def write_rows(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        for number, ms, k, v in rows:
            file.write(json.dumps({"id": number, "ts": time_text(ms), "k": k, "v": v}) + "\n")


def spread(rng, directory, rows, files):
    """Each row in one of the files, in the old order; some files may stay empty."""
    os.mkdir(directory)
    parts = [[] for _ in range(files)]
    for row in rows:
        parts[rng.randrange(files)].append(row)
    names = ["part-%d.json" % n for n in range(files)]
    rng.shuffle(names)
    for name, part in zip(names, parts):
        write_rows(os.path.join(directory, name), part)


def script_for(path):
    script = declaration("e", path, COLUMNS, ", WATERMARK FOR ts AS ts - INTERVAL '%d' SECOND" % (DELAY_MS // 1000))
    for name, (query, _) in VIEWS.items():
        script += "CREATE MATERIALIZED VIEW %s AS %s;\n" % (name, query)
    return script


def reference(rows):
    connection = sqlite3.connect(":memory:")
    connection.create_function("at", -1, lambda size, more, ms, offset=0: time_text(window_start(size, ms, offset) + more))
    connection.create_function("start", 2, window_start)
    connection.execute("CREATE TABLE e (id INTEGER, ms INTEGER, k TEXT, v INTEGER)")
    connection.executemany("INSERT INTO e VALUES (?, ?, ?, ?)", rows)
    return connection


def run_round(weir, rng, directory):
    rows = random_rows(rng)
    orders = [("one file", "one", 1, rows), ("several files", "several", rng.randint(2, 6), rows),
              ("another order", "other", 1, shuffle_within_delay(rng, rows)),
              ("another order in several files", "both", rng.randint(2, 4), shuffle_within_delay(rng, rows))]
    wanted = reference(rows)
    wrong = []
    for title, name, files, order in orders:
        spread(rng, os.path.join(directory, name), order, files)
        try:
            got = run(weir, directory, script_for(name), name + ".db")
        except Failed as failure:
            return ["%s: %s" % (title, failure)]
        wrong += ["%s: %s" % (title, line) for line in check_counts(got, lambda source: len(rows))]
        for view, (_, query) in VIEWS.items():
            told = difference("%s: %s" % (title, view), multiset(wanted.execute(query)),
                              multiset(got.execute("SELECT * FROM " + view)))
            if told:
                wrong.append(told)
        got.close()
    return wrong


if __name__ == "__main__":
    main(__doc__, run_round, 12)
