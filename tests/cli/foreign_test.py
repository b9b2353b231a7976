"""The real binary beside other SQLite clients: locks, snapshots, changes from outside, a full disk.

Usage: foreign_test.py WEIR SOURCE_DIR [CASE]...
"""
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import traceback

from cli_test import Bench, Failure, TIMEOUT_S, stop, wait_for

ROWS = 60000
PER_SECOND = 20000
# About three seconds of input; every number once.
NUMBERS = """CREATE TABLE numbers (n BIGINT)
  WITH ('connector' = 'datagen', 'rows-per-second' = '%d', 'number-of-rows' = '%d', 'fields.n.kind' = 'sequence',
        'fields.n.start' = '1', 'fields.n.end' = '%d');
""" % (PER_SECOND, ROWS, ROWS)
ALL = NUMBERS + "CREATE MATERIALIZED VIEW seen AS SELECT n, n * 2 AS d FROM numbers;\n"
ENDLESS = "CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '%d');\n" % PER_SECOND
KEYED = ENDLESS + "CREATE MATERIALIZED VIEW seen AS SELECT n % 1000 AS k, COUNT(*) AS n FROM numbers GROUP BY n % 1000;\n"


class Client:
    """Another program that has the database open, in a process of its own. One that is not to act at once is there
    before the job is, so that a job that ends by itself cannot be over before the client has started."""

    def __init__(self, bench, *statements, database="app.db", at_once=True):
        code = ("import sqlite3, sys\n"
                "print('here', flush=True)\n"
                "sys.stdin.readline()\n"
                "c = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)\n"
                "for s in sys.argv[2:]: c.execute(s).fetchall()\n"
                "print('ready', flush=True)\n"
                "sys.stdin.readline()\n")
        self.process = subprocess.Popen([sys.executable, "-c", code, bench.path(database), *statements],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self.process.pid
        self.expect("here")
        if at_once:
            self.act()

    def expect(self, word):
        if self.process.stdout.readline() != word + "\n":
            raise Failure("the other program could not do %s" % self.process.args[4:])

    def act(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        self.expect("ready")

    def leave(self):
        self.process.communicate("\n", timeout=TIMEOUT_S)


def start(b, script, **pipes):
    """The job with some rows committed; its standard error goes to a file, which can be looked at meanwhile."""
    b.write("job.sql", script)
    pipes.setdefault("stderr", open(b.path("err"), "w", encoding="utf-8"))
    process = b.start("run", "job.sql", "--db", b.database, **pipes)
    wait_for(lambda: count(b) > 0 or process.poll() is not None, "rows")
    if process.poll() is not None:
        raise Failure("it ended: " + b.read("err"))
    return process


def count(b):
    try:
        return b.query(b.database, "SELECT COUNT(*) FROM seen")[0][0]
    except sqlite3.OperationalError:  # not made yet, or just now
        return 0


def count_read(b):
    """The records that the last commit knows of."""
    try:
        return b.query(b.database, "SELECT max(read) FROM _weir_counts")[0][0] or 0
    except sqlite3.OperationalError:
        return 0


def told(b, pattern, times=1):
    return len(re.findall(pattern, b.read("err"))) == times


def wait_told(b, pattern):
    try:
        wait_for(lambda: re.search(pattern, b.read("err")) is not None, pattern)
    except Failure as failure:
        raise Failure("%s\n--- standard error:\n%s" % (failure, b.read("err"))) from None


def check_all(b, process):
    """The job ends, and nothing is lost or there twice."""
    if process.wait(timeout=TIMEOUT_S) != 0:
        raise Failure("exit code %d: %s" % (process.returncode, b.read("err")))
    assert b.query(b.database, "SELECT COUNT(*), COUNT(DISTINCT n), SUM(d) FROM seen") == [(ROWS, ROWS, ROWS * (ROWS + 1))]
    assert b.query(b.database, "SELECT state, reason FROM _weir_jobs") == [("FINISHED", None)]
    assert b.query(b.database, "PRAGMA integrity_check") == [("ok",)]


def stop_quickly(process, number, code):
    begun = time.monotonic()
    process.send_signal(number)
    got = process.wait(timeout=TIMEOUT_S)
    if got != code:
        raise Failure("exit code %d is expected, not %d" % (code, got))
    assert time.monotonic() - begun < 4, "it took %.1f s to stop" % (time.monotonic() - begun)  # a lock is waited for 5 s


def memory_kib(process):
    with open("/proc/%d/status" % process.pid, encoding="ascii") as status:
        return int(re.search(r"VmRSS:\s+(\d+)", status.read()).group(1))


# --- locks ---

def a_write_lock_is_waited_for(b):
    """For longer than its patience; the message names who holds it, once, and the job reads on to its bound."""
    client = Client(b, "BEGIN IMMEDIATE", at_once=False)
    process = start(b, "SET 'commit-size' = '64 kb';\n" + ALL)
    client.act()
    before = count(b)
    wait_told(b, "waits to commit")
    time.sleep(0.5)
    assert count(b) == before and process.poll() is None
    client.leave()
    check_all(b, process)
    assert told(b, r"job 1 waits to commit: process %d \(python3[^)]*\) holds the write lock of \"app.db\"" % client.pid), b.read("err")
    assert told(b, "job 1 goes on after [0-9.]+ s"), b.read("err")
    assert told(b, "\n", 2), b.read("err")


def a_write_lock_longer_than_any_patience(b):
    """SQLite's own would be five seconds. What waits is bounded, and so is memory."""
    process = start(b, "SET 'commit-size' = '256 kb';\n" + KEYED.replace("% 1000", "% 100000000"))
    client = Client(b, "BEGIN IMMEDIATE")
    wait_told(b, "waits to commit")
    time.sleep(1)
    before = memory_kib(process)
    time.sleep(5)
    assert process.poll() is None and memory_kib(process) - before < 2048, (before, memory_kib(process))
    before = count(b)
    client.leave()
    wait_for(lambda: count(b) > before, "more rows")
    stop(process, signal.SIGTERM, 0)


def signals_while_a_lock_is_held(b):
    """Both stop it at once; nothing of the last epoch is half there."""
    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 0)):
        process = start(b, KEYED)
        client = Client(b, "BEGIN IMMEDIATE")
        before = b.query("app.db", "SELECT SUM(n) FROM seen")
        time.sleep(0.2 if code == 0 else 1.5)  # before and after the job has said that it waits
        stop_quickly(process, number, code)
        assert "job 1 stops without a last commit" in b.read("err"), b.read("err")
        assert b.query("app.db", "SELECT SUM(n) FROM seen") == before
        client.leave()


def a_statement_that_waits_for_a_lock(b):
    b.run("app.db", "-c", "CREATE TABLE t (a INT) WITH ('connector' = 'blackhole')")
    client = Client(b, "BEGIN IMMEDIATE")
    process = b.start("app.db", "-c", "CREATE TABLE u (a INT) WITH ('connector' = 'blackhole')")
    time.sleep(0.5)
    stop_quickly(process, signal.SIGINT, 130)
    process.communicate()
    b.run("app.db", "-c", "CREATE TABLE u (a INT) WITH ('connector' = 'blackhole')", code=4,
          err=r"error E4003: .* process %d \(python3[^)]*\) holds its lock" % client.pid)
    client.leave()
    b.run("app.db", "-c", "CREATE TABLE u (a INT) WITH ('connector' = 'blackhole')")


OUTSIDE = """%s
CREATE TABLE copy (n BIGINT) WITH ('connector' = 'sqlite', 'path' = 'other.db');
INSERT INTO copy SELECT n FROM numbers;
"""


def a_lock_on_another_file_is_waited_for(b):
    """That a sink writes: the job stands still, everybody is told why, and it goes on by itself."""
    client = Client(b, "BEGIN IMMEDIATE", database="other.db", at_once=False)
    process = start(b, OUTSIDE % ALL)
    client.act()
    wait_for(lambda: b.query("app.db", "SELECT state FROM _weir_jobs") == [("WAITING",)], "the state")
    wait_told(b, "waits to commit")
    before = count(b)
    words = r'cannot write "(.*/)?other.db": process %d \(python3[^)]*\) holds its lock' % client.pid
    wait_for(lambda: re.match(words + "$", b.query("app.db", "SELECT reason FROM _weir_jobs")[0][0] or ""), "the reason")
    out, _ = b.run("app.db", "-c", "SHOW JOBS")
    assert ",WAITING," in out and "process %d" % client.pid in out, out
    assert count(b) == before
    client.leave()
    wait_for(lambda: b.query("app.db", "SELECT state FROM _weir_jobs") != [("WAITING",)], "the state")
    check_all(b, process)
    assert b.query("other.db", "SELECT COUNT(*), COUNT(DISTINCT n), SUM(n) FROM copy") == [(ROWS, ROWS, ROWS * (ROWS + 1) // 2)]
    assert told(b, "job 1 waits to commit: %s; it goes on when that ends" % words) and told(b, "job 1 goes on after [0-9.]+ s"), b.read("err")
    assert told(b, "\n", 2), b.read("err")


def a_stop_while_another_file_is_locked(b):
    """What the sink could not take comes to it with the next run."""
    def goes_on():
        before = count(b)
        running = start(b, OUTSIDE % ALL.replace("'%d'" % ROWS, "'1000000000'"))
        wait_for(lambda: count(b) > before, "more rows")
        return running

    for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 0)):
        process = goes_on()
        client = Client(b, "BEGIN IMMEDIATE", database="other.db")
        wait_told(b, "waits to commit")
        stop_quickly(process, number, code)
        assert "job 1 stops without a last commit" in b.read("err"), b.read("err")
        client.leave()
    stop(goes_on(), signal.SIGTERM, 0)
    rows = count(b)
    assert b.query("other.db", "SELECT COUNT(*), COUNT(DISTINCT n), MAX(n) FROM copy") == [(rows, rows, rows)]


# --- the WAL ---

def a_snapshot_slows_commits_down(b):
    process = start(b, "SET 'wal-warn-size' = '300 kb'; SET 'wal-slow-size' = '600 kb';\n" + KEYED)
    client = Client(b, "BEGIN", "SELECT * FROM seen")
    wait_told(b, r"the WAL of \"app.db\" has grown to \d+ KiB, because process %d \(python3[^)]*\) stays on an old snapshot" % client.pid)
    wait_told(b, "job 1 commits every 10 s from now on")
    before = b.query("app.db", "SELECT SUM(n) FROM seen")
    time.sleep(1)
    assert b.query("app.db", "SELECT SUM(n) FROM seen") == before
    client.leave()
    wait_told(b, "job 1 commits as before")
    wait_for(lambda: b.query("app.db", "SELECT SUM(n) FROM seen") != before, "a commit")
    stop(process, signal.SIGTERM, 0)
    assert told(b, "WAL of", 2), b.read("err")


def a_snapshot_pauses_the_job(b):
    """Everybody sees it, and it goes on by itself."""
    client = Client(b, "BEGIN", "SELECT * FROM seen", at_once=False)
    process = start(b, "SET 'wal-pause-size' = '300 kb';\n" + ALL)
    client.act()
    wait_told(b, "job 1 waits: the WAL")
    wait_for(lambda: b.query("app.db", "SELECT state FROM _weir_jobs") == [("WAITING",)], "the state")
    before, size = count(b), os.path.getsize(b.path("app.db-wal"))
    assert size < 3000000, size
    reason = b.query("app.db", "SELECT reason FROM _weir_jobs")[0][0]
    assert "process %d (python3" % client.pid in reason, reason
    b.run("app.db", "-c", "SHOW JOBS", out=None, err="owns the database")
    out, _ = b.run("app.db", "-c", "SHOW JOBS")
    assert ",WAITING," in out and "because process %d" % client.pid in out, out
    time.sleep(1.2)  # it has tried again in vain
    assert count(b) == before and os.path.getsize(b.path("app.db-wal")) == size
    client.leave()
    wait_for(lambda: process.poll() is not None or b.query("app.db", "SELECT state FROM _weir_jobs") == [("RUNNING",)], "the state")
    check_all(b, process)
    assert told(b, "job 1 waits:") and told(b, "goes on after"), b.read("err")
    assert os.path.getsize(b.path("app.db-wal")) == 0


def a_paused_job_is_stopped_and_goes_on(b):
    script = "SET 'wal-pause-size' = '300 kb';\n" + KEYED
    process = start(b, script)
    client = Client(b, "BEGIN", "SELECT * FROM seen")
    wait_for(lambda: b.query("app.db", "SELECT state FROM _weir_jobs") == [("WAITING",)], "the state")
    stop_quickly(process, signal.SIGTERM, 0)
    client.leave()
    process = b.start("run", "--db", "app.db", stderr=subprocess.DEVNULL)
    wait_for(lambda: b.query("app.db", "SELECT state, reason FROM _weir_jobs") == [("RUNNING", None)], "the state")
    stop(process, signal.SIGTERM, 0)


# --- the disk ---

def mount_disk(b, size, database="disk/app.db"):
    os.mkdir(b.path("disk"))
    b.database = database
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=" + size, "tmpfs", b.path("disk")], stderr=subprocess.DEVNULL, check=False).returncode == 0
    if not mounted:
        print("        (no file system can be mounted here)")
    return mounted


def fill_disk(b):
    with open(b.path("disk/fill"), "wb", buffering=0) as fill:
        try:
            while True:
                fill.write(bytes(65536))
        except OSError:
            pass


def a_full_disk_is_waited_for(b):
    """On a file system of its own; without the right to make one there is nothing to try."""
    if not mount_disk(b, "3m"):
        return
    try:
        with open(b.path("disk/fill"), "wb") as fill:
            fill.write(bytes(2000000))
        process = start(b, ALL)
        wait_told(b, "job 1 waits to commit: cannot write \"disk/app.db\": the disk is full")
        before = count(b)
        time.sleep(1.2)
        assert process.poll() is None and count(b) == before and told(b, "\n"), b.read("err")
        stop_quickly(process, signal.SIGTERM, 0)
        assert "job 1 stops without a last commit" in b.read("err")
        for name in ("app.db", "app.db-wal", "app.db-shm"):
            os.remove(b.path("disk/" + name))
        process = start(b, ALL)
        wait_told(b, "job 1 waits to commit")
        os.remove(b.path("disk/fill"))
        check_all(b, process)
        assert told(b, "goes on after"), b.read("err")
    finally:
        subprocess.run(["umount", "-l", b.path("disk")], check=True)


OUTSIDE_TABLES = {
    "out": "WITH ('connector' = 'filesystem', 'path' = 'disk/out', 'format' = 'csv', 'sink.rolling-policy.file-size' = '40 kb')",
    "other.db": "WITH ('connector' = 'sqlite', 'path' = 'disk/other.db')",
}


def rows_outside(b, target):
    """Their numbers, as somebody else reads them: in the parts that have their names, or in the table."""
    if target == "other.db":
        return [n for n, in b.query("disk/other.db", "SELECT n FROM copy")]
    parts = [name for name in os.listdir(b.path("disk/out")) if not name.startswith(".")]
    return [int(line) for name in parts for line in b.read("disk/out/" + name).split()]


def told_in_the_file(b, words):
    return b.query("app.db", "SELECT state FROM _weir_jobs") == [("WAITING",)] and \
        re.match(words + "$", b.query("app.db", "SELECT reason FROM _weir_jobs")[0][0]) is not None


def wait_outside(b, target):
    """Until all are told why the job stands still: in words, in the file, by SHOW JOBS."""
    file = r"disk/out/\.part-[0-9a-f]{16}-\d+\.inprogress" if target == "out" else "disk/other.db"
    words = r'cannot write "(.*/)?%s": the disk is full' % file
    wait_told(b, "job 1 waits to commit: %s; it goes on when there is room" % words)
    wait_for(lambda: told_in_the_file(b, words), "the state")
    out, _ = b.run("app.db", "-c", "SHOW JOBS")
    assert ",WAITING," in out and "the disk is full" in out, out


def a_full_disk_of(b, target):
    """Where a sink writes: the job stands still, is killed meanwhile and stands still again, is stopped and goes on, and in
    the end each row is there once. What waits is bounded, and so is memory."""
    if not mount_disk(b, "1m", "app.db"):
        return
    script = "SET 'commit-size' = '100 kb';\n%sCREATE TABLE copy (n BIGINT, PRIMARY KEY (n) NOT ENFORCED) %s;\nINSERT INTO copy SELECT n FROM numbers;\n" % (
        ALL, OUTSIDE_TABLES[target])
    if target == "out":
        script = script.replace(", PRIMARY KEY (n) NOT ENFORCED", "")
    try:
        process = start(b, script)
        fill_disk(b)
        wait_outside(b, target)
        before, memory = count(b), memory_kib(process)
        time.sleep(1.2)  # it has tried again in vain
        assert process.poll() is None and count(b) == before and memory_kib(process) - memory < 2048
        process.kill()
        process.wait()
        seen = rows_outside(b, target)
        assert len(seen) == len(set(seen)) and max(seen, default=0) <= before
        process = start(b, script)  # what was committed here goes out first, and cannot
        wait_outside(b, target)
        assert count(b) == before
        stop_quickly(process, signal.SIGTERM, 0)
        assert "job 1 stops without a last commit" in b.read("err"), b.read("err")
        process = start(b, script)
        wait_outside(b, target)
        os.remove(b.path("disk/fill"))
        check_all(b, process)
        assert sorted(rows_outside(b, target)) == list(range(1, ROWS + 1))
        assert told(b, "job 1 goes on after") and told(b, "\n", 2), b.read("err")
    finally:
        subprocess.run(["umount", "-l", b.path("disk")], check=True)


def a_full_disk_of_parts_is_waited_for(b):
    a_full_disk_of(b, "out")


def a_full_disk_of_another_file_is_waited_for(b):
    a_full_disk_of(b, "other.db")


def a_full_disk_again_and_again(b):
    """While checkpoints are written, too; in between the job goes on, or is killed and run again. It follows a file
    that grows until the disk is full, so it is never through too early."""
    if not mount_disk(b, "100m"):
        return
    keys, chunk, fed = 150000, 50000, 0
    script = "SET 'commit-size' = '100 kb';\nCREATE TABLE numbers (n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'numbers.csv', 'format' = 'csv', 'source.monitor-interval' = '10 ms');\n"
    script += "CREATE MATERIALIZED VIEW seen AS SELECT n % {0} AS k, COUNT(*) AS c, SUM(n) AS s FROM numbers GROUP BY n % {0};\n".format(keys)

    def feed(process):
        nonlocal fed
        with open(b.path("numbers.csv"), "a", encoding="utf-8") as numbers:
            numbers.write("".join("%d\n" % n for n in range(fed + 1, fed + chunk + 1)))
        fed += chunk
        if process is not None and process.poll() is not None:
            raise Failure("it ended: " + b.read("err"))

    try:
        feed(None)
        process = start(b, script)
        for kill in (False, True, False, True):
            before = count_read(b)
            while count_read(b) == before:
                feed(process)
            fill_disk(b)
            while "job 1 waits" not in b.read("err"):
                feed(process)
                time.sleep(0.02)
            if kill:
                process.kill()
                process.wait()
            os.remove(b.path("disk/fill"))
            if kill:
                process = start(b, script)
            else:
                wait_told(b, "goes on after")
                with open(b.path("err"), "r+", encoding="utf-8") as told_so_far:
                    told_so_far.truncate(0)
        while fed % keys != 0:
            feed(process)
        wait_for(lambda: count_read(b) == fed, "all rows")
        process.send_signal(signal.SIGTERM)
        if process.wait(timeout=TIMEOUT_S) != 0:
            raise Failure("exit code %d: %s" % (process.returncode, b.read("err")))
        assert b.query(b.database, "SELECT COUNT(*), MIN(c), MAX(c), SUM(s) FROM seen") == [(keys, fed // keys, fed // keys, fed * (fed + 1) // 2)]
        assert b.query(b.database, "PRAGMA integrity_check") == [("ok",)]
    finally:
        subprocess.run(["umount", "-l", b.path("disk")], check=True)


# --- changes from outside ---

def changed_definitions_stop_the_job(b):
    """With the way out; what the user adds beside our table is fine."""
    for sql, words in (("DROP TABLE seen", "was dropped from outside(.*\n)*.*drop the view and create it again"),
                       ("ALTER TABLE seen ADD COLUMN x", "was changed from outside"),
                       ("CREATE TRIGGER mine AFTER INSERT ON seen BEGIN SELECT 1; END", "has a trigger, \"mine\"(.*\n)*.*DROP TRIGGER \"mine\"")):
        process = start(b, KEYED)
        Client(b, "CREATE INDEX own ON seen (n)", "CREATE VIEW beside AS SELECT * FROM seen").leave()
        before = b.query("app.db", "SELECT SUM(n) FROM seen")
        wait_for(lambda: b.query("app.db", "SELECT SUM(n) FROM seen") != before, "a commit")
        Client(b, sql).leave()
        assert process.wait(timeout=TIMEOUT_S) == 4
        if re.search("error E4006: .*table \"seen\" .*" + words, b.read("err")) is None:
            raise Failure(b.read("err"))
        assert b.query("app.db", "SELECT state FROM _weir_jobs") == [("FAILED",)]
        for name in ("app.db", "app.db-wal", "app.db-shm"):
            os.remove(b.path(name))


def a_changed_row_stays_until_its_key_changes(b):
    b.write("in/a.jsonl", '{"k":1}\n{"k":2}\n{"k":3}\n')
    process = start(b, """CREATE TABLE t (k BIGINT) WITH ('connector' = 'filesystem', 'path' = 'in', 'format' = 'json', 'source.monitor-interval' = '20 ms');
        CREATE MATERIALIZED VIEW seen AS SELECT k, COUNT(*) AS n FROM t GROUP BY k;""")
    Client(b, "UPDATE seen SET n = 100 WHERE k = 1", "DELETE FROM seen WHERE k = 2", "UPDATE seen SET n = 100 WHERE k = 3").leave()
    b.write("next", '{"k":1}\n{"k":2}\n')
    os.rename(b.path("next"), b.path("in/b.jsonl"))
    wait_for(lambda: b.query("app.db", "SELECT * FROM seen ORDER BY k") == [(1, 2), (2, 2), (3, 100)], "the counts")
    stop(process, signal.SIGTERM, 0)


def a_vacuum_does_no_harm(b):
    process = start(b, ALL)
    for _ in range(5):
        Client(b, "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)", "ANALYZE").leave()
    check_all(b, process)


def the_journal_mode_stays(b):
    process = start(b, KEYED)
    client = subprocess.run([sys.executable, "-c", "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0.1).execute('PRAGMA journal_mode = DELETE')",
                             b.path("app.db")], stderr=subprocess.PIPE, text=True, check=False)
    assert "locked" in client.stderr, client.stderr
    stop(process, signal.SIGTERM, 0)
    Client(b, "PRAGMA journal_mode = DELETE").leave()
    process = start(b, KEYED)
    wait_for(lambda: b.query("app.db", "PRAGMA journal_mode") == [("wal",)], "the mode")
    stop(process, signal.SIGTERM, 0)


def a_copy_is_a_database_of_its_own(b):
    process = start(b, KEYED)
    stop(process, signal.SIGTERM, 0)
    shutil.copy(b.path("app.db"), b.path("copy.db"))
    assert b.query("copy.db", "SELECT SUM(n) FROM seen") == b.query("app.db", "SELECT SUM(n) FROM seen")
    both = [b.start("run", "--db", name, stderr=subprocess.DEVNULL) for name in ("app.db", "copy.db")]
    for name in ("app.db", "copy.db"):
        before = b.query(name, "SELECT SUM(n) FROM seen")
        wait_for(lambda: b.query(name, "SELECT SUM(n) FROM seen") != before, "rows in " + name)
    for process in both:
        stop(process, signal.SIGTERM, 0)


def a_file_that_is_taken_away_ends_the_job(b):
    """Nobody would ever see what is written to it."""
    def replace(path):
        shutil.copy(path, path + ".new")
        os.rename(path + ".new", path)
    for suffix in ("", "-wal", "-shm", "-lock"):
        for action in (os.remove, lambda path: os.rename(path, path + ".old"), replace):
            process = start(b, KEYED)
            action(b.path("app.db" + suffix))
            assert process.wait(timeout=TIMEOUT_S) == 4
            if re.search("error E4010: \"app.db%s\" was (moved or deleted|replaced by another file) while it was in use" % suffix, b.read("err")) is None:
                raise Failure(b.read("err"))
            for name in os.listdir(b.folder):
                if name.startswith("app.db"):
                    os.remove(b.path(name))


# --- readers, and our own hands ---

def a_clean_stop_leaves_a_file_that_can_be_read(b):
    """Also by who may not write anything there: SQLite needs -wal and -shm for that."""
    stop(start(b, KEYED), signal.SIGTERM, 0)
    assert os.path.getsize(b.path("app.db-wal")) == 0 and os.path.getsize(b.path("app.db-shm")) > 0
    os.chmod(b.folder, 0o555)
    for name in ("app.db", "app.db-wal", "app.db-shm"):
        os.chmod(b.path(name), 0o444)
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            os.setuid(65534)
        try:
            os._exit(0 if count(b) > 0 and not os.access(b.folder, os.W_OK) else 1)
        finally:
            os._exit(2)
    _, status = os.waitpid(child, 0)
    os.chmod(b.folder, 0o755)
    assert status == 0, status


def no_other_descriptor_of_the_database(b):
    """Closing it would drop SQLite's locks; and reading it as data is never meant."""
    table = "CREATE TABLE own (line STRING) WITH ('connector' = 'filesystem', 'path' = '%s', 'format' = 'raw');\nCREATE MATERIALIZED VIEW seen AS SELECT line FROM own;\n"
    b.run("app.db", "-c", "CREATE TABLE t (a INT) WITH ('connector' = 'blackhole')")
    os.symlink("app.db", b.path("link"))
    for name in ("app.db", "app.db-wal", "app.db-shm", "app.db-lock", "link"):
        b.write("own.sql", table % name)
        b.run("run", "own.sql", "--db", "app.db", code=3, out="", err="error E3002: \"%s\" is a file of the database itself" % name)
    for arguments, code in ((("run", "app.db", "--db", "app.db"), 3), (("app.db", "-c", ".read app.db-wal"), 3), (("app.db", "-c", ".output link"), 3)):
        b.run(*arguments, code=code, out="", err="is a file of the database itself")
    os.mkdir(b.path("in"))
    b.write("in/a.txt", "one\n")
    b.write("own.sql", table % "in")
    b.run("run", "own.sql", "--db", "in/app.db")
    assert b.query("in/app.db", "SELECT * FROM seen") == [("one",)]


# Those that take longest begin first.
CASES = [a_full_disk_again_and_again, a_full_disk_of_parts_is_waited_for, a_full_disk_of_another_file_is_waited_for,
         a_write_lock_longer_than_any_patience, a_statement_that_waits_for_a_lock, a_full_disk_is_waited_for,
         a_stop_while_another_file_is_locked, a_write_lock_is_waited_for, signals_while_a_lock_is_held, a_lock_on_another_file_is_waited_for,
         a_snapshot_slows_commits_down, a_snapshot_pauses_the_job, a_paused_job_is_stopped_and_goes_on,
         changed_definitions_stop_the_job, a_changed_row_stays_until_its_key_changes, a_vacuum_does_no_harm, the_journal_mode_stays,
         a_copy_is_a_database_of_its_own, a_file_that_is_taken_away_ends_the_job, a_clean_stop_leaves_a_file_that_can_be_read,
         no_other_descriptor_of_the_database]
AT_ONCE = 6


def run_case(weir, source, case):
    bench = Bench(os.path.abspath(weir), source)
    bench.database = "app.db"
    begun = time.monotonic()
    try:
        case(bench)
        print("ok      %-45s %4.1f s" % (case.__name__, time.monotonic() - begun), flush=True)
        return True
    except Exception:  # pylint: disable=broad-except
        print("FAILED  %s\n%s" % (case.__name__, traceback.format_exc()), flush=True)
        return False
    finally:
        bench.close()


def run_side_by_side(weir, source, names):
    """They wait most of their time, and so wait together, each in a process of its own. Returns how many failed."""
    waiting, running, failed = list(names), [], 0
    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            running.append(subprocess.Popen([sys.executable, __file__, weir, source, waiting.pop(0)], stdout=subprocess.PIPE, text=True))
        for process in [p for p in running if p.poll() is not None]:
            print(process.stdout.read(), end="", flush=True)
            failed += process.returncode != 0
            running.remove(process)
        time.sleep(0.02)
    return failed


def main():
    weir, source, *names = sys.argv[1:]
    cases = {case.__name__: case for case in CASES}
    if len(names) == 1:
        return 0 if run_case(weir, source, cases[names[0]]) else 1
    failed = run_side_by_side(weir, source, names or cases)
    print("%d cases, %d failed" % (len(names or CASES), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
