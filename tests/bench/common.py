"""What all benchmarks share: commands on one core, yardsticks in turn, scripts and input in one folder."""
import os
import statistics
import subprocess
import sys

BID_TABLE = """
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3), extra STRING,
  WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '4' SECOND)
  WITH ('connector'='filesystem', 'path'='{path}', 'format'='json');
"""


def pin():
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


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

    def run(self, command, pinned=True):
        """Runs a command, on one core unless told otherwise; returns (cpu seconds, wall seconds, peak KiB, stdout)."""
        result = self.path("measured.txt")
        done = subprocess.run([self.tool("measured"), result, *command], stdout=subprocess.PIPE, preexec_fn=pin if pinned else None, text=True)
        if done.returncode != 0:
            sys.exit(f"{command[0]} failed with {done.returncode}")
        with open(result) as taken:
            cpu, wall, peak = taken.read().split()
        return float(cpu), float(wall), int(peak), done.stdout

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

    def run_weir(self, script, pinned=True):
        return self.run([self.weir, "run", script, "--db", fresh(self.path("app.db"))], pinned)

    def interleave(self, *actions, of=statistics.median):
        """Each action in turn, `rounds` times; medians of what they return. Where they wait for the disk, which others
        use as well, the least says more."""
        results = [[] for _ in actions]
        for _ in range(self.rounds):
            for action, result in zip(actions, results):
                result.append(action())
        return [[of(column) for column in zip(*result)] for result in results]
