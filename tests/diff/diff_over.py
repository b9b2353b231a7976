"""Random OVER queries on Weir and on sqlite3: by event time, where each row is given out once, and in other orders,
where rows are updated. Equal multisets of rows, or it says where not.

    diff_over.py --weir PATH [--rounds 40] [--seed 1] [--sabotage]

Times stay within what the watermark allows, so no row is late. Rows of equal times are in the order of their ids
for Weir, as they come; sqlite3 is told so where it matters. --sabotage hides a row from sqlite3 and succeeds when
that is noticed: the test of this test."""

import json
import sqlite3

from rounds import main
from run_weir import Failed, check_counts, difference, multiset, run

COLUMNS = "id BIGINT, ts TIMESTAMP(3), k STRING, v INT, w INT, d DOUBLE, s STRING"
SOURCE = ("CREATE TABLE t (%s, WATERMARK FOR ts AS ts - INTERVAL '5' SECOND) WITH ('connector' = 'filesystem', "
          "'path' = 't.jsonl', 'format' = 'json');\n" % COLUMNS)
AGGREGATES = ["SUM(v)", "COUNT(*)", "COUNT(v)", "AVG(d)", "MIN(v)", "MAX(v)", "SUM(d)", "MIN(s)", "MAX(d)", "SUM(w)",
              "COUNT(*) FILTER (WHERE v > 2)", "SUM(w) FILTER (WHERE d > 0)"]
ENDS = ["FIRST_VALUE(w)", "LAST_VALUE(w)"]  # of rows that are not NULL; of equal ones it depends on their order
CELLS = ["LAG(v)", "LAG(w, 2)", "LEAD(w)", "LEAD(v, 3)", "LAG(w, 1, -1)", "LEAD(w, 2, v)", "ROW_NUMBER()"]
RANKS = ["RANK()", "DENSE_RANK()"]
SHARES = ["PERCENT_RANK()", "CUME_DIST()"]


def random_rows(rng):
    rows, seconds = [], 1000
    for number in range(rng.randint(0, 40)):
        seconds += rng.choice([0, 0, 1, 1, 2, 5])
        rows.append((number, 1000 * (seconds - rng.choice([0, 0, 0, 1, 3])), rng.choice(["a", "b", "c", None]),
                     rng.choice([None] + list(range(-3, 9))), rng.randint(0, 99),
                     rng.choice([None, 0.25, 1.5, -2.75, 3.0]), rng.choice(["x", "yy", "no text that stands inline", None])))
    return rows


def write_rows(directory, rows):
    with open(directory + "/t.jsonl", "w", encoding="utf-8") as file:
        for number, ms, k, v, w, d, s in rows:
            minutes, ms = divmod(ms, 60000)
            time = "2020-01-01 %02d:%02d:%02d.%03d" % (*divmod(minutes, 60), ms // 1000, ms % 1000)
            file.write(json.dumps({"id": number, "ts": time, "k": k, "v": v, "w": w, "d": d, "s": s}) + "\n")


class Call:
    """One call in both dialects."""

    def __init__(self, rng, by_time):
        self.rng = rng
        self.by_time = by_time
        self.partition = rng.choice([("", ""), ("PARTITION BY k",) * 2, ("PARTITION BY MOD(v, 2)", "PARTITION BY v % 2")])
        self.order = "ts" if by_time else rng.choice(["v", "v DESC", "id", "w DESC, v", "s, id", "k, v", "ts DESC", ""])
        self.function = rng.choice([self.aggregate, self.aggregate, self.numbering])()

    def aggregate(self):
        one_column = self.order in ("ts", "v", "v DESC", "id")
        self.unit = self.rng.choice(["ROWS", "RANGE"])
        self.frame = self.bounds() if self.order and self.rng.random() < 0.8 else ("", "")
        if self.frame[0] and self.unit == "RANGE" and not one_column:
            self.frame = ("RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW",) * 2
        self.singly = self.frame[0].startswith("ROWS")  # equal rows are told apart
        return self.rng.choice(AGGREGATES + (ENDS if self.singly else []))

    def numbering(self):
        self.frame = ("", "")
        self.order = self.order or "v"
        function = self.rng.choice(CELLS + RANKS + ([] if self.by_time else SHARES + ["NTILE(3)"]))
        self.singly = function not in RANKS + SHARES
        return function

    def bounds(self):
        while True:
            ends = [(kind, self.rng.randint(0, 4)) for kind in (self.rng.choice("UPCF"), self.rng.choice("PCFL"))]
            places = [{"U": -9, "P": -n, "C": 0, "F": n, "L": 9}[kind] for kind, n in ends]
            if places[0] <= places[1] and "UPCFL".index(ends[0][0]) <= "UPCFL".index(ends[1][0]):
                break
        texts = [self.bound(kind, n) for kind, n in ends]
        return tuple("%s BETWEEN %s AND %s" % (self.unit, texts[0][i], texts[1][i]) for i in (0, 1))

    def bound(self, kind, n):
        if kind in "UCL":
            return ({"U": "UNBOUNDED PRECEDING", "C": "CURRENT ROW", "L": "UNBOUNDED FOLLOWING"}[kind],) * 2
        side = "PRECEDING" if kind == "P" else "FOLLOWING"
        if self.unit == "RANGE" and self.by_time:
            return "INTERVAL '%d' SECOND %s" % (n, side), "%d %s" % (1000 * n, side)
        return ("%d %s" % (n, side),) * 2

    def texts(self):
        told = (self.order + ", id" if self.order else "id") if self.singly else self.order
        orders = (self.order if self.by_time else told, told)
        return ["%s OVER (%s)" % (self.function, " ".join(part for part in (
            self.partition[i], "ORDER BY " + orders[i] if orders[i] else "", self.frame[i]) if part)) for i in (0, 1)]


def random_query(rng):
    by_time = rng.random() < 0.6
    calls = [Call(rng, by_time).texts() for _ in range(rng.randint(1, 4))]
    where = rng.choice(["", "", " WHERE v > 0"])
    return ["SELECT id, k, %s FROM t%s" % (", ".join("%s AS x%d" % (call[i], n) for n, call in enumerate(calls)), where)
            for i in (0, 1)]


def run_job(weir, rng, directory, hide):
    """One job of some views over one table; returns what is wrong with it."""
    rows = random_rows(rng)
    queries = [random_query(rng) for _ in range(rng.randint(1, 4))]
    write_rows(directory, rows)
    reference = sqlite3.connect(":memory:")
    reference.execute("CREATE TABLE t (id, ts, k, v, w, d, s)")
    reference.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?, ?)", rows[1:] if hide else rows)
    try:
        ours = run(weir, directory, SOURCE + "".join("CREATE MATERIALIZED VIEW q%d AS %s;\n" % (n, query[0])
                                                     for n, query in enumerate(queries)))
    except Failed as failure:
        return [str(failure)]
    wrong = check_counts(ours, lambda source: len(rows))
    for number, query in enumerate(queries):
        told = difference("q%d" % number, multiset(reference.execute(query[1])),
                          multiset(ours.execute("SELECT * FROM q%d" % number)))
        if told:
            wrong.append("%s\n  weir:   %s\n  sqlite: %s" % (told, query[0], query[1]))
    ours.close()
    return wrong


if __name__ == "__main__":
    main(__doc__, run_job, 40, may_sabotage=True)
