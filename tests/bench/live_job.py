"""A job over a file that grows, watched from outside as any reader of its database can."""
import itertools
import multiprocessing
import os
import random
import signal
import sqlite3
import subprocess
import time

from common import fresh, pin

PATIENCE_S = 300

ITEM_TABLE = """
CREATE TABLE item (k BIGINT, v BIGINT) WITH ('connector'='filesystem', 'path'='{path}', 'format'='csv',
  'source.monitor-interval'='10 ms');
"""
LOOK = """
SELECT (SELECT max(epoch) FROM _weir_journal WHERE job = 1), (SELECT max(rowid) FROM _weir_state),
  (SELECT version FROM _weir_checkpoints WHERE job = 1)
"""
WRITTEN = """
SELECT version, (SELECT ifnull(sum(length(bytes)), 0) FROM _weir_state AS s WHERE s.job = 1 AND s.pageset > 0 AND s.version = c.version)
FROM _weir_checkpoints AS c WHERE job = 1
"""


def rows_of(keys):
    return "".join("%d,%d\n" % (k, k % 1000) for k in keys)


def feed(path, keys, rows, pause_s):
    """Appends so many rows of random keys again and again, with a pause between, until it is killed."""
    draw = random.Random(1)
    chunks = [rows_of(draw.randrange(keys) for _ in range(rows)).encode() for _ in range(200)]
    with open(path, "ab", buffering=0) as out:
        for i in itertools.count():
            out.write(chunks[i % len(chunks)])
            time.sleep(pause_s)


class WatchedJob:
    """A process of weir and a reader of its database. script: its statements but for the commit interval."""

    def __init__(self, bench, name, script, pinned=True):
        self.bench, self.script, self.pinned = bench, script, pinned
        self.sql = bench.path(name + ".sql")
        self.path = fresh(bench.path(name + ".db"))
        self.process = self.db = None

    def start(self, interval="50 ms"):
        self.bench.script(os.path.basename(self.sql), f"SET 'commit-interval' = '{interval}';" + self.script)
        self.process = subprocess.Popen([self.bench.weir, "run", self.sql, "--db", self.path], stdout=subprocess.DEVNULL,
                                        stderr=subprocess.DEVNULL, preexec_fn=pin if self.pinned else None)

    def is_there(self):
        """What a reader looks for is in the database."""
        return self.look()[2] is not None

    def open_reader(self):
        def opened():
            try:
                self.db = sqlite3.connect("file:%s?mode=ro" % self.path, uri=True, isolation_level=None)
                return self.is_there()
            except sqlite3.OperationalError:  # not all tables are there
                return False
        self.wait("its first checkpoint", opened)

    def kill(self, how=signal.SIGKILL):
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait()
            self.process = None

    def close(self):
        self.kill()
        if self.db is not None:
            self.db.close()
        fresh(self.path)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    # --- what can be seen ---

    def value(self, sql, *values):
        return self.db.execute(sql, values).fetchone()[0]

    def look(self):
        """The last epoch, the last row of _weir_state, the version of the checkpoint."""
        return self.db.execute(LOOK).fetchone()

    def nudge(self):
        """Gives it a row, where that can be done."""

    def wait(self, what, seen, nudge=False, pause_s=0.02):
        """Until it is seen; nudge: a row of key 0 now and then, as a job that has nothing to do commits nothing."""
        end = time.monotonic() + PATIENCE_S
        while not seen():
            if time.monotonic() > end or self.process.poll() is not None:
                raise SystemExit("%s: %s was not seen" % (self.sql, what))
            if nudge:
                self.nudge()
            time.sleep(pause_s)


class LiveJob(WatchedJob):
    """Over a file of items."""

    def __init__(self, bench, name, queries, keys):
        self.keys, self.feeder = keys, None
        self.input = bench.path(name + ".csv")
        with open(self.input, "w", encoding="ascii") as out:
            out.write(rows_of(range(keys)))
        super().__init__(bench, name, ITEM_TABLE.format(path=self.input) + queries)

    def close(self):
        self.stop_feeding()
        super().close()
        os.unlink(self.input)

    # --- input ---

    def nudge(self):
        self.append([0])

    def append(self, keys):
        with open(self.input, "a", encoding="ascii") as out:
            out.write(rows_of(keys))

    def feed(self, rows, pause_s):
        self.feeder = multiprocessing.Process(target=feed, args=(self.input, self.keys, rows, pause_s), daemon=True)
        self.feeder.start()

    def stop_feeding(self):
        if self.feeder is not None:
            self.feeder.kill()
            self.feeder.join()
            self.feeder = None

    # --- what can be seen ---

    def has_read_all(self):
        with open("/proc/%d/io" % self.process.pid, encoding="ascii") as file:
            return int(file.readline().split()[1]) >= os.path.getsize(self.input)

    def next_checkpoint(self):
        """Waits for the end of one that is not finished yet; returns the bytes that it has written, but for the structure.
        All of its rows are there until the next one is finished, whose sweep takes those that are replaced."""
        before = self.look()[2]
        self.wait("a checkpoint", lambda: self.look()[2] > before, nudge=True)
        version, written = self.db.execute(WRITTEN).fetchone()
        if version != before + 1:
            raise SystemExit("%s: a checkpoint was over before it was seen; the machine is too busy" % self.sql)
        return written

    def checkpoint_bytes(self, version):
        return self.value("SELECT ifnull(sum(length(bytes)), 0) FROM _weir_state WHERE version = ? AND pageset > 0", version)

    def state_bytes(self):
        """The bytes that operators say they hold."""
        return self.value("SELECT sum(memory_bytes) FROM _weir_operators")
