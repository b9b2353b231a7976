"""What it costs that nothing is lost: commits, checkpoints, and going on after kill -9."""
import os
import random
import signal
import sqlite3
import statistics
import time

from common import BID_TABLE
from live_job import PATIENCE_S, LiveJob

# Much state, and few rows of results, so that commits are small by themselves.
WIDE_STATE = """
CREATE TABLE nothing (k BIGINT{columns}) WITH ('connector'='blackhole');
INSERT INTO nothing SELECT k{sums} FROM item GROUP BY k;
CREATE MATERIALIZED VIEW parts AS SELECT MOD(k, 100) AS part, COUNT(*) AS n FROM item GROUP BY MOD(k, 100);
"""
WIDE_SUMS = 12


def wide_state():
    return WIDE_STATE.format(columns="".join(", s%d BIGINT" % i for i in range(WIDE_SUMS)),
                             sums="".join(", SUM(v + %d)" % i for i in range(WIDE_SUMS)))


def quantiles(values):
    """Median, 99th percentile, maximum."""
    ordered = sorted(values)
    return statistics.median(ordered), ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)], ordered[-1]


# --- commits ---

def sync_ms(folder):
    """What the disk takes to sync 64 KiB behind a file: the least that a commit with FULL waits for."""
    path, times = os.path.join(folder, "sync"), []
    with open(path, "wb", buffering=0) as file:
        for _ in range(100):
            file.write(b"x" * 65536)
            before = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - before) * 1e3)
    os.unlink(path)
    return statistics.median(times)


def commits_of(bench, keys):
    rows = bench.rows * 2
    path = bench.bids("commits.jsonl", rows, keys, 10_000)
    query = "SELECT auction, COUNT(*) AS n, SUM(price) AS total FROM bid GROUP BY auction;"
    variants = [(interval, level) for interval in ("50 ms", "1 s") for level in ("NORMAL", "FULL")]
    counts = {}

    def into_table(interval, level):
        script = bench.script("commits.sql", f"SET 'commit-interval' = '{interval}'; SET 'synchronous' = '{level}';" +
                              BID_TABLE.format(path=path) + "CREATE MATERIALIZED VIEW v AS " + query)
        used = bench.run_weir(script)[:2]
        db = sqlite3.connect("file:%s?mode=ro" % bench.path("app.db"), uri=True)
        counts[interval, level] = db.execute("SELECT count(*) FROM _weir_epochs").fetchone()[0]
        db.close()
        return used

    def into_nothing():
        script = bench.script("nothing.sql", BID_TABLE.format(path=path) + "CREATE TABLE nothing (k BIGINT, n BIGINT, total BIGINT) "
                              "WITH ('connector'='blackhole');\nINSERT INTO nothing " + query)
        return bench.run_weir(script)[:2]

    nothing, *tables = bench.interleave(into_nothing, *[lambda v=v: into_table(*v) for v in variants], of=min)
    print(f"GROUP BY {keys:,} keys over a file of {rows:,} bids, {os.path.getsize(path) / 1e6:.0f} MB; a sync of 64 KiB takes {sync_ms(bench.folder):.2f} ms here")
    print(f"  into a blackhole, with every change          {rows / nothing[1] / 1e6:5.2f} M rows/s, {nothing[0] / rows * 1e9:5.0f} ns CPU a row")
    for (interval, level), (cpu, wall) in zip(variants, tables):
        print(f"  a table, commits every {interval:>5}, {level:6} ({counts[interval, level]:3}) {rows / wall / 1e6:5.2f} M rows/s, {cpu / rows * 1e9:5.0f} ns CPU a row: "
              f"{nothing[1] / wall:.2f} of the blackhole's speed")
    os.unlink(path)


def commits(bench):
    for keys in (100, 100_000):
        commits_of(bench, keys)


# --- bytes of checkpoints ---

CALM_BYTES, CHECKPOINTS = 32 << 10, 100  # what the rows of key 0 change at most: some pages; in so many it must come


def written_until_calm(job, least=0):
    """Bytes of the next checkpoints, at least so many, up to one in which nothing but key 0 has changed."""
    written = 0
    for _ in range(CHECKPOINTS):
        last = job.next_checkpoint()
        if last <= CALM_BYTES and written >= least:
            return written
        written += last
    raise SystemExit("%s: %d checkpoints, and still changes" % (job.sql, CHECKPOINTS))


def checkpoint_of(job, changed, draw):
    """Bytes that checkpoints write for so many changed keys, which may come into two of them."""
    written_until_calm(job)
    job.append(draw.sample(range(1, job.keys), changed))
    return written_until_calm(job, CALM_BYTES)


def checkpoint(bench):
    draw, bytes_a_key = random.Random(1), {}
    print("bytes written to _weir_state a changed key, GROUP BY k with COUNT and SUM kept as a table:")
    for keys in (100_000, 1_000_000):
        with LiveJob(bench, "checkpoint", "CREATE MATERIALIZED VIEW kept AS SELECT k, COUNT(*) AS n, SUM(v) AS s FROM item GROUP BY k;", keys) as job:
            job.start()
            job.open_reader()
            job.wait("all keys", lambda: job.value("SELECT count(*) FROM kept") == keys)
            for changed in (1_000, 10_000, 100_000):
                if changed < keys:
                    bytes_a_key[keys, changed] = checkpoint_of(job, changed, draw) / changed
            state = job.value("SELECT sum(length(bytes)) FROM _weir_state")
        shown = ", ".join(f"{changed:,}: {bytes_a_key[k, changed]:.0f}" for k, changed in bytes_a_key if k == keys)
        print(f"  {keys:9,} keys ({state / keys:.0f} bytes of state in the file a key); changed keys and bytes each: {shown}")
    grows = bytes_a_key[1_000_000, 1_000] / bytes_a_key[100_000, 1_000]
    print(f"  of 1,000 changed keys, with ten times the state: {grows:.2f} times as many (at most 1.25)")
    return grows <= 1.25


# --- latency while a checkpoint is written ---

LATENCY_KEYS, LATENCY_PAGES = 1_650_000, 50_000
CALM_AFTER, CALM_COMMITS = 20, 200  # by then the WAL has been emptied of the checkpoint


class Watcher:
    """Commits as another process sees them, until a checkpoint of many pages, the sweep of what it replaces and a calm time are over."""

    def __init__(self, job):
        self.job = job
        self.seen = []  # when, epoch, last page, version of the checkpoint, pages
        self.written = 0  # the last page when the checkpoint before was finished
        self.big, self.calm = None, 0

    def take(self, now):
        seen = (now, *self.job.look(), self.job.value("SELECT count(*) FROM _weir_state"))
        if self.seen and seen[1] == self.seen[-1][1]:
            return  # no epoch: what is told of the job, once a second
        if self.seen and seen[3] != self.seen[-1][3]:
            if self.big is None and seen[2] - self.written >= LATENCY_PAGES:
                self.big = len(self.seen)
            self.written = seen[2]
        self.seen.append(seen)
        self.calm += self.big is not None and self.kind(len(self.seen) - 1) == "without"

    def kind(self, i):
        """What the commit has done of checkpoints."""
        before, now = self.seen[i - 1], self.seen[i]
        if now[3] != before[3]:
            return "finished"
        return "written" if now[2] != before[2] else "swept" if now[4] < before[4] else "without"

    def watch(self):
        end, last = time.monotonic() + PATIENCE_S, None
        self.written = self.job.look()[1]
        while self.calm < CALM_AFTER + CALM_COMMITS:
            time.sleep(0.0005)
            version, now = self.job.value("PRAGMA data_version"), time.perf_counter()
            if version != last:
                self.take(now)
            last = version
            if time.monotonic() > end:
                raise SystemExit("no checkpoint of %d pages was seen" % LATENCY_PAGES)

    def groups(self):
        """Gaps between commits in ms, each with its epoch, by what was done; of the big checkpoint, and of the calm time behind it."""
        groups, calm = {"written": [], "swept": [], "without": []}, 0
        for i in range(1, len(self.seen)):
            kind, gap = self.kind(i), ((self.seen[i][0] - self.seen[i - 1][0]) * 1e3, self.seen[i][1])
            calm += i > self.big and kind == "without"
            if kind == "written" and i < self.big or kind == "swept" and i > self.big or kind == "without" and calm > CALM_AFTER:
                groups[kind].append(gap)
            elif i == self.big:
                last = gap
        return groups, last


def latency(bench):
    with LiveJob(bench, "latency", wide_state(), LATENCY_KEYS) as job:
        job.start("1 h")  # without commits there is no checkpoint yet
        job.wait("the end of its input", job.has_read_all)
        time.sleep(1)  # what it has read is worked off
        job.kill(signal.SIGINT)  # which leaves a checkpoint
        job.append(range(LATENCY_KEYS))  # in one round, at whose end all of the state is another one
        job.feed(100, 0.01)
        job.start()
        job.open_reader()
        watcher = Watcher(job)
        watcher.watch()
        job.stop_feeding()
        write_ms = dict(job.db.execute("SELECT epoch, milliseconds FROM _weir_epochs WHERE job = 1"))
        megabytes = job.checkpoint_bytes(watcher.seen[watcher.big][3]) / 1e6
    groups, last = watcher.groups()
    print(f"commits every 50 ms of about 10,000 rows a second over 100 groups; a sync of 64 KiB takes {sync_ms(bench.folder):.2f} ms here")
    medians = {}
    for kind, what in (("written", f"while a checkpoint of {megabytes:.0f} MB is written"), ("swept", "while what it replaces is swept"), ("without", "without")):
        if groups[kind]:
            gap, write = quantiles([g for g, _ in groups[kind]]), quantiles([write_ms[e] for _, e in groups[kind]])
            medians[kind] = gap
            print(f"  {what} ({len(groups[kind])} commits): ms from one to the next, median {gap[0]:.1f}, 99 % {gap[1]:.1f}, most {gap[2]:.1f}; "
                  f"_weir_epochs.milliseconds {write[0]:.2f}, {write[1]:.2f}, {write[2]:.2f}")
    ratios = ", ".join(f"{a / b:.2f}" for a, b in zip(medians["written"], medians["without"]))
    print(f"  ratios of the gaps, written to without: {ratios}; "
          f"the commit that ends the checkpoint: {last[0]:.1f} ms, {write_ms[last[1]]:.1f} of them to write it")


# --- restart ---

RESTART_KEYS, FLOOR_KEYS = 320_000, 10


def restart_ms(job):
    """From the start of the process until a commit that is not of the earlier run."""
    before = job.look()[0]
    begun = time.perf_counter()
    job.start()
    job.wait("a new commit", lambda: (job.look()[0] or 0) > before, pause_s=0.0005)
    return (time.perf_counter() - begun) * 1e3


def rows_to_replay(job):
    return job.value("SELECT ifnull(sum(records), 0) FROM _weir_epochs WHERE job = 1 AND epoch > (SELECT epoch FROM _weir_checkpoints WHERE job = 1)")


def journal_length(job):
    return job.value("SELECT count(*) FROM _weir_journal WHERE job = 1")


def kill_at_longest(job):
    """Just before a checkpoint is finished: the journal is nearly as long as it gets."""
    first, lengths = job.look()[2], [0]

    def three_checkpoints():
        lengths.append(journal_length(job))
        return job.look()[2] >= first + 3

    job.wait("three checkpoints", three_checkpoints)
    job.wait("a long journal", lambda: journal_length(job) >= max(lengths) * 0.9)
    job.kill()


def kill_at_rest(job):
    """When there is next to nothing to replay."""
    job.stop_feeding()
    for _ in range(3):
        job.next_checkpoint()
    job.kill()


def read_ms(job):
    """What it takes to read the state from the file and no more."""
    begun = time.perf_counter()
    for row in job.db.execute("SELECT bytes FROM _weir_state WHERE job = 1 ORDER BY pageset, page, version"):
        len(row[0])
    return (time.perf_counter() - begun) * 1e3


def restart(bench):
    def killed_at_rest(job):
        kill_at_rest(job)
        job.append(range(10))
        return restart_ms(job), read_ms(job), rows_to_replay(job)

    def killed_at_longest(job):
        job.feed(500, 0.01)
        kill_at_longest(job)
        job.stop_feeding()
        job.append(range(10))
        rows = rows_to_replay(job)
        return restart_ms(job), rows

    with LiveJob(bench, "floor", wide_state(), FLOOR_KEYS) as floor, LiveJob(bench, "restart", wide_state(), RESTART_KEYS) as job:
        for each in (floor, job):
            each.start()
            each.open_reader()
            each.wait("all rows", lambda: each.value("SELECT sum(n) FROM parts") >= each.keys)
        least, rest, longest = bench.interleave(lambda: killed_at_rest(floor), lambda: killed_at_rest(job), lambda: killed_at_longest(job))
        state, in_file = job.state_bytes() / 1e6, job.value("SELECT sum(length(bytes)) FROM _weir_state") / 1e6
    print(f"kill -9 with {state:.0f} MB of state, {in_file:.0f} MB in the file: from the start of the process to its first new commit, with an interval of 50 ms")
    print(f"  nothing kept {least[0]:.0f} ms; state and nothing to replay {rest[0]:.0f} ms, of which reading the pages takes a bare loop {rest[1]:.0f} ms")
    print(f"  with the longest journal of 50,000 rows a second ({longest[1]:,.0f} rows) {longest[0]:.0f} ms: replay is {1 - rest[0] / longest[0]:.0%} of it (less than 10 s)")
    return longest[0] - rest[0] < 10_000
