#!/usr/bin/env python3
"""Benchmarks as ratios: weir and its yardsticks run in turn, A B A B, on one core; medians are printed
with CPU time and peak memory. A figure of one run means nothing beside one of another run.

    run.py BUILD_FOLDER [--rows N] [--rounds N]
"""
import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

BID_TABLE = """
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3), extra STRING,
  WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '4' SECOND)
  WITH ('connector'='filesystem', 'path'='{path}', 'format'='json');
"""
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


def pin():
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def run(command, **options):
    """Runs a command on one core; returns (cpu seconds, wall seconds, peak KiB, stdout)."""
    before = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, preexec_fn=pin, text=True, **options)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{command[0]} failed with {process.returncode}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss, out


def fresh(path):
    for end in ("", "-wal", "-shm", "-lock"):
        if os.path.exists(path + end):
            os.unlink(path + end)
    return path


class Bench:
    def __init__(self, build, folder, rows, rounds):
        self.build, self.folder, self.rows, self.rounds = build, folder, rows, rounds
        self.weir = os.path.join(build, "weir")

    def tool(self, name):
        return os.path.join(self.build, "tests", "bench", name)

    def path(self, name):
        return os.path.join(self.folder, name)

    def bids(self, name, rows, auctions, per_second):
        with open(self.path(name), "wb") as out:
            subprocess.run([self.tool("generate_bids"), str(rows), str(auctions), str(per_second)], stdout=out, check=True)
        return self.path(name)

    def script(self, name, text):
        with open(self.path(name), "w") as out:
            out.write(text)
        return self.path(name)

    def run_weir(self, script):
        return run([self.weir, "run", script, "--db", fresh(self.path("app.db"))])

    def interleave(self, *actions):
        """Each action in turn, `rounds` times; medians of what they return."""
        results = [[] for _ in actions]
        for _ in range(self.rounds):
            for action, result in zip(actions, results):
                result.append(action())
        return [[statistics.median(column) for column in zip(*result)] for result in results]

    def pipeline(self):
        per_second = max(1, self.rows // 530)  # 53 windows of 10 s
        path = self.bids("bids.jsonl", self.rows, 100, per_second)
        script = self.script("busy.sql", BID_TABLE.format(path=path) + BUSY_VIEW)

        def weir():
            return self.run_weir(script)[:3]

        def simdjson():
            cpu, wall, peak, out = run([self.tool("simdjson_file"), path])
            return (float(out.split()[0]) / 1e9,)

        def lines():
            return run(["wc", "-l", path])[:1]

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
            return run(["sqlite3", ":memory:", *load, SQLITE_QUERY])[:1]

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
            cpu, wall, peak, out = run([self.tool("sqlite_upsert"), fresh(self.path("loop.db")), str(rows), str(keys), "10000"])
            return (float(out.split()[0]) / 1e9,)

        weir_run, loop_run, null_run = self.interleave(lambda: self.run_weir(script)[:1], loop, lambda: self.run_weir(null)[:1])
        print(f"GROUP BY {keys:,} keys kept as a table, {rows:,} bids: weir {weir_run[0] / rows * 1e9:.0f} ns CPU a row all told "
              f"({null_run[0] / rows * 1e9:.0f} into blackhole with every change); a prepared upsert a row {loop_run[0] / rows * 1e9:.0f} ns: ratio {loop_run[0] / weir_run[0]:.2f}")
        return True

    def start(self):
        path = self.bids("one.jsonl", 1, 1, 1)
        script = self.script("one.sql", BID_TABLE.format(path=path) + "CREATE MATERIALIZED VIEW v AS SELECT auction, COUNT(*) AS n FROM bid GROUP BY auction;")

        def least():
            return run([self.tool("sqlite_one_row"), fresh(self.path("least.db"))])[:2]

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


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="weir-bench-")
    try:
        bench = Bench(os.path.abspath(arguments.build), folder, arguments.rows, arguments.rounds)
        reached = [bench.pipeline(), bench.against_sqlite_json(), bench.upserts(), bench.start(), bench.memory()]
    finally:
        shutil.rmtree(folder)
    print(f"{sum(reached)} of {len(reached)} goals reached")


if __name__ == "__main__":
    main()
