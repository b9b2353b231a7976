#!/usr/bin/env python3
"""Benchmarks as ratios: weir and its yardsticks run in turn, A B A B, on one core; medians are printed
with CPU time and peak memory. A figure of one run means nothing beside one of another run.
"""
import argparse
import os
import shutil
import signal
import sys
import tempfile

from common import BID_TABLE, Bench, fresh
from durability import checkpoint, commits, latency, restart
import kafka
import windows

BUSY_VIEW = """
CREATE MATERIALIZED VIEW busy AS
  SELECT window_start, window_end, auction, COUNT(*) AS n, SUM(price) AS total, MAX(price) AS top
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
  WHERE price > 100 GROUP BY window_start, window_end, auction HAVING COUNT(*) > 1;
"""
SQLITE_QUERY = """
SELECT count(*) FROM (SELECT substr(line ->> 'dateTime', 1, 18) AS w, line ->> 'auction' AS a, count(*), sum(line ->> 'price'),
  max(line ->> 'price') FROM lines WHERE line ->> 'price' > 100 GROUP BY w, a HAVING count(*) > 1)
"""


class Speed(Bench):
    def pipeline(self):
        per_second = max(1, self.rows // 530)  # 53 windows of 10 s
        path = self.bids("bids.jsonl", self.rows, 100, per_second)
        script = self.script("busy.sql", BID_TABLE.format(path=path) + BUSY_VIEW)

        def weir():
            return self.run_weir(script)[:3]

        def simdjson():
            cpu, wall, peak, out = self.run([self.tool("simdjson_file"), path])
            return (float(out.split()[0]) / 1e9,)

        def lines():
            return self.run(["wc", "-l", path])[:1]

        weir_run, simdjson_run, lines_run = self.interleave(weir, simdjson, lines)
        size = os.path.getsize(path)
        print(f"pipeline: {self.rows:,} bids, {size / 1e6:.0f} MB -> filter -> TUMBLE 10 s by 100 auctions -> view")
        print(f"  weir        {weir_run[0] / self.rows * 1e9:7.1f} ns CPU a row, {size / weir_run[0] / 1e9:5.2f} GB/s, peak {weir_run[2] / 1024:.1f} MiB")
        print(f"  simdjson    {simdjson_run[0] / self.rows * 1e9:7.1f} ns CPU a row (loop alone, file in memory, 3 fields)")
        print(f"  wc -l       {lines_run[0] / self.rows * 1e9:7.1f} ns CPU a row")
        print(f"  ratio to simdjson {simdjson_run[0] / weir_run[0]:.2f} (at least 0.5), to wc -l {lines_run[0] / weir_run[0]:.2f}")
        return simdjson_run[0] / weir_run[0] >= 0.5

    def against_sqlite_json(self):
        rows = min(self.rows, 300_000)
        path = self.bids("small.jsonl", rows, 100, max(1, rows // 530))
        script = self.script("small.sql", BID_TABLE.format(path=path) + BUSY_VIEW)

        def shell():
            load = ["CREATE TABLE lines (line TEXT)", ".mode list", ".separator \x01", f".import {path} lines"]
            return self.run(["sqlite3", ":memory:", *load, SQLITE_QUERY])[:1]

        weir_run, sqlite_run = self.interleave(lambda: self.run_weir(script)[:1], shell)
        print(f"sqlite3 with JSON functions, same query, {rows:,} bids: {sqlite_run[0] / rows * 1e9:.0f} ns CPU a row; weir is {sqlite_run[0] / weir_run[0]:.1f} times faster")
        return True

    def upserts(self):
        rows, keys = min(self.rows, 500_000), 100_000
        path = self.bids("keys.jsonl", rows, keys, 10_000)
        script = self.script("keys.sql", "SET 'commit-interval' = '1 h';\n" + BID_TABLE.format(path=path) +
                             "CREATE MATERIALIZED VIEW v AS SELECT auction, COUNT(*) AS n, SUM(price) AS total FROM bid GROUP BY auction;")
        null = self.script("null.sql", BID_TABLE.format(path=path) + "CREATE TABLE nothing (k BIGINT, n BIGINT, total BIGINT) WITH ('connector'='blackhole');\n"
                           "INSERT INTO nothing SELECT auction, COUNT(*), SUM(price) FROM bid GROUP BY auction;")

        def loop():
            cpu, wall, peak, out = self.run([self.tool("sqlite_upsert"), fresh(self.path("loop.db")), str(rows), str(keys), "10000"])
            return (float(out.split()[0]) / 1e9,)

        weir_run, loop_run, null_run = self.interleave(lambda: self.run_weir(script)[:1], loop, lambda: self.run_weir(null)[:1])
        print(f"GROUP BY {keys:,} keys kept as a table, {rows:,} bids: weir {weir_run[0] / rows * 1e9:.0f} ns CPU a row all told "
              f"({null_run[0] / rows * 1e9:.0f} into blackhole with every change); a prepared upsert a row {loop_run[0] / rows * 1e9:.0f} ns: ratio {loop_run[0] / weir_run[0]:.2f}")
        return True

    def start(self):
        path = self.bids("one.jsonl", 1, 1, 1)
        script = self.script("one.sql", BID_TABLE.format(path=path) + "CREATE MATERIALIZED VIEW v AS SELECT auction, COUNT(*) AS n FROM bid GROUP BY auction;")

        def least():
            return self.run([self.tool("sqlite_one_row"), fresh(self.path("least.db"))])[:2]

        weir_run, least_run = self.interleave(*([lambda: self.run_weir(script)[:3], least] * 3))[:2]
        print(f"one-row job, start to exit: {weir_run[1] * 1e3:.1f} ms (CPU {weir_run[0] * 1e3:.1f} ms, peak {weir_run[2] / 1024:.1f} MiB); "
              f"a program that only commits a row with SQLite {least_run[1] * 1e3:.1f} ms: ratio {weir_run[1] / least_run[1]:.1f} (at most 5)")
        return weir_run[1] / least_run[1] <= 5

    def memory(self):
        groups = 1_000_000
        path = self.path("groups.jsonl")
        with open(path, "w") as out:
            for i in range(groups):
                out.write('{"auction":%d,"dateTime":"2024-01-01 00:00:00.000"}\n' % (i * 7919))
        table = "CREATE TABLE bid (auction BIGINT, `dateTime` TIMESTAMP(3), WATERMARK FOR `dateTime` AS `dateTime`) WITH ('connector'='filesystem', 'path'='%s', 'format'='json');\n" % path
        sink = "CREATE TABLE nothing (k BIGINT, n BIGINT) WITH ('connector'='blackhole');\n"
        query = "INSERT INTO nothing SELECT auction, COUNT(*) FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '1' DAY)) GROUP BY window_start, window_end, auction;"
        many = self.script("groups.sql", table + sink + query)
        few = self.script("group.sql", table + sink + query.replace("SELECT auction, ", "SELECT MIN(auction), ").replace(", auction;", ";"))
        many_run, few_run = self.interleave(lambda: self.run_weir(many)[:3], lambda: self.run_weir(few)[:3])
        beyond = (many_run[2] - few_run[2]) * 1024 / groups - 8
        print(f"a million groups: {beyond:.0f} bytes of memory a group beyond the 8 of the key (below 64)")
        return beyond < 64

    def ranks(self):
        per_second = max(1, self.rows // 530)
        path = self.bids("ranked.jsonl", self.rows, 10_000, per_second)
        table = BID_TABLE.format(path=path)
        sink = "CREATE TABLE nothing (auction BIGINT, bidder BIGINT, price BIGINT, t TIMESTAMP(3)) WITH ('connector'='blackhole');\n"
        columns = "auction, bidder, price, `dateTime`"
        into = "INSERT INTO nothing SELECT %s FROM bid " % columns
        queries = [
            ("GROUP BY auction with three MAX", sink + "INSERT INTO nothing SELECT auction, MAX(bidder), MAX(price), MAX(`dateTime`) FROM bid GROUP BY auction;"),
            ("top 10 of all", sink + into + "ORDER BY price DESC LIMIT 10;"),
            ("top 3 of each auction", sink + into + "QUALIFY ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) <= 3;"),
            ("the same, as a table with ranks", "CREATE MATERIALIZED VIEW v AS SELECT %s, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY price DESC) AS rn "
             "FROM bid QUALIFY rn <= 3;" % columns),
            ("the last of each auction, as a table", "CREATE MATERIALIZED VIEW v AS SELECT %s FROM bid "
             "QUALIFY ROW_NUMBER() OVER (PARTITION BY auction ORDER BY `dateTime` DESC) = 1;" % columns),
            ("the first of each auction", sink + into + "QUALIFY ROW_NUMBER() OVER (PARTITION BY auction ORDER BY `dateTime`) = 1;"),
            ("all, sorted by time", sink + into + "ORDER BY `dateTime`;"),
        ]
        scripts = [self.script("rank%d.sql" % i, table + text) for i, (_, text) in enumerate(queries)]
        runs = self.interleave(*[lambda script=script: self.run_weir(script)[:3] for script in scripts])
        print(f"ranks: {self.rows:,} bids of 10,000 auctions; a job's rows a second of CPU, and beside a GROUP BY with every change")
        for (name, _), (cpu, _, peak) in zip(queries, runs):
            print(f"  {name:38} {self.rows / cpu / 1e6:5.2f} million, {runs[0][0] / cpu:5.2f}, peak {peak / 1024:.1f} MiB")
        ratio = runs[0][0] / runs[2][0]
        print(f"  top 3 of each auction beside the GROUP BY: {ratio:.2f} (at least 1)")
        return ratio >= 1


    def overs(self):
        per_second = max(1, self.rows // 530)
        path = self.bids("over.jsonl", self.rows, 10_000, per_second)
        table = BID_TABLE.format(path=path)
        sink = "CREATE TABLE nothing (auction BIGINT, price BIGINT, t TIMESTAMP(3), x BIGINT, y BIGINT) WITH ('connector'='blackhole');\n"
        into = "INSERT INTO nothing SELECT auction, price, `dateTime`, "
        window = "(PARTITION BY auction ORDER BY `dateTime` %s)"
        sums = "SUM(price) OVER w, COUNT(*) OVER w FROM bid WINDOW w AS " + window
        queries = [
            ("no OVER", "price, price FROM bid"),
            ("all, sorted by time", "price, price FROM bid ORDER BY `dateTime`"),
            ("SUM, COUNT over RANGE 10 s", sums % "RANGE INTERVAL '10' SECOND PRECEDING"),
            ("SUM, COUNT over ROWS 10", sums % "ROWS 10 PRECEDING"),
            ("SUM, COUNT over all before", sums % ""),
            ("the same without PARTITION BY", (sums % "").replace("PARTITION BY auction ", "")),
            ("MIN, MAX over ROWS 10", (sums % "ROWS 10 PRECEDING").replace("SUM(price)", "MIN(price)").replace("COUNT(*)", "MAX(price)")),
            ("LAG, ROW_NUMBER", (sums % "").replace("SUM(price)", "LAG(price)").replace("COUNT(*)", "ROW_NUMBER()")),
            ("SUM, COUNT over RANGE 5 s around", sums % "RANGE BETWEEN INTERVAL '5' SECOND PRECEDING AND INTERVAL '5' SECOND FOLLOWING"),
            ("LEAD", (sums % "").replace("SUM(price)", "LEAD(price)").replace("COUNT(*)", "LEAD(price, 2)")),
        ]
        scripts = [self.script("over%d.sql" % i, table + sink + into + text + ";") for i, (_, text) in enumerate(queries)]
        runs = self.interleave(*[lambda script=script: self.run_weir(script)[:3] for script in scripts])
        print(f"OVER: {self.rows:,} bids of 10,000 auctions; a job's rows a second of CPU, and what OVER alone takes of a row")
        alone = [cpu - runs[0][0] for cpu, _, _ in runs]
        for (name, _), (cpu, _, peak), more in zip(queries, runs, alone):
            print(f"  {name:34} {self.rows / cpu / 1e6:5.2f} million, {more / self.rows * 1e9:5.0f} ns, peak {peak / 1024:.1f} MiB")
        slowest = max(alone[2], alone[3])
        print(f"  SUM and COUNT by themselves: {self.rows / slowest / 1e6:.2f} million rows a second (at least 1)")
        return self.rows / slowest >= 1e6

    def grouping_sets(self):
        path = self.bids("sets.jsonl", self.rows, 10_000, max(1, self.rows // 530))
        table = BID_TABLE.format(path=path)
        plain = "SELECT auction, bidder, COUNT(*) AS n, SUM(price) AS s FROM bid GROUP BY auction, bidder"
        sets = plain.replace("AS s", "AS s, GROUPING_ID(auction, bidder) AS g")
        view = "CREATE MATERIALIZED VIEW v AS "
        queries = [
            ("GROUP BY two keys", 1, view + plain),
            ("the three of a ROLLUP one by one", 3, "EXECUTE STATEMENT SET BEGIN " + "".join(
                "INSERT INTO nothing SELECT COUNT(*), SUM(price) FROM bid%s; " % keys
                for keys in (" GROUP BY auction, bidder", " GROUP BY auction", "")) + "END"),
            ("ROLLUP of two keys, into the same", 3, "INSERT INTO nothing SELECT COUNT(*), SUM(price) FROM bid GROUP BY ROLLUP(auction, bidder)"),
            ("one grouping set, as a table", 1, view + sets.replace("GROUP BY auction, bidder", "GROUP BY GROUPING SETS ((auction, bidder))")),
            ("ROLLUP of two keys, as a table", 3, view + sets.replace("GROUP BY auction, bidder", "GROUP BY ROLLUP(auction, bidder)")),
            ("CUBE of two keys, as a table", 4, view + sets.replace("GROUP BY auction, bidder", "GROUP BY CUBE(auction, bidder)")),
        ]
        sink = "CREATE TABLE nothing (n BIGINT, s BIGINT) WITH ('connector'='blackhole');\n"
        scripts = [self.script("sets%d.sql" % i, table + sink + text + ";") for i, (_, _, text) in enumerate(queries)]
        runs = self.interleave(*[lambda script=script: self.run_weir(script)[:3] for script in scripts])
        print(f"grouping sets: {self.rows:,} bids; a job's rows a second of CPU, and the CPU time beside a GROUP BY of two keys, for each set")
        for (name, count, _), (cpu, _, peak) in zip(queries, runs):
            print(f"  {name:34} {self.rows / cpu / 1e6:5.2f} million, {cpu / runs[0][0] / count:5.2f}, peak {peak / 1024:.1f} MiB")
        ratio = runs[4][0] / runs[0][0] / 3
        print(f"  a set of the ROLLUP beside the GROUP BY: {ratio:.2f} (at most 1)")
        return ratio <= 1


# Name: what it is about, and who measures it.
BENCHES = {
    "pipeline": ("JSON to a windowed view, beside simdjson and wc", Speed.pipeline),
    "json": ("the same query in sqlite3", Speed.against_sqlite_json),
    "upserts": ("a GROUP BY kept as a table, beside prepared upserts", Speed.upserts),
    "start": ("a job of one row", Speed.start),
    "ranks": ("Top-N, deduplication and the sort by time, beside a GROUP BY", Speed.ranks),
    "over": ("OVER a window of rows, beside the same rows without", Speed.overs),
    "sets": ("grouping sets, beside plain GROUP BYs", Speed.grouping_sets),
    "windows": ("HOP with 60 windows a row, beside TUMBLE", windows.hop),
    "keys": ("up to a million keys beside a hundred", windows.keys),
    "closing": ("that closed windows take no memory", windows.closing),
    "memory": ("bytes a group", Speed.memory),
    "commits": ("what commits cost, NORMAL and FULL, beside a blackhole", commits),
    "checkpoint": ("bytes of a checkpoint a changed key", checkpoint),
    "latency": ("commits while a checkpoint of 500 MB is taken", latency),
    "restart": ("kill -9 at 100 MB of state", restart),
    "kafka": ("a topic read into a view, beside a bare loop over librdkafka", kafka.read),
    "kafka-latency": ("from a producer to a reader of the view", kafka.latency),
    "kafka-sink": ("rows into a topic, exactly once, beside a bare producer", kafka.write),
}


def main():
    names = "\n".join("  %-12s %s" % (name, about) for name, (about, _) in BENCHES.items())
    parser = argparse.ArgumentParser(description=__doc__, epilog=names, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("name", nargs="*", help="of those below; none: all")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", default=tempfile.gettempdir(), help="where the files are made; its disk counts")
    arguments = parser.parse_args()
    unknown = set(arguments.name) - set(BENCHES)
    if unknown:
        sys.exit(f"there is no benchmark {', '.join(sorted(unknown))}; those there are:\n{names}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    folder = tempfile.mkdtemp(prefix="weir-bench-", dir=arguments.folder)
    try:
        bench = Speed(os.path.abspath(arguments.build), folder, arguments.rows, arguments.rounds)
        reached = [BENCHES[name][1](bench) for name in arguments.name or BENCHES]
    finally:
        shutil.rmtree(folder)
    goals = [goal for goal in reached if goal is not None]
    print(f"{sum(goals)} of {len(goals)} goals reached")


if __name__ == "__main__":
    main()
