"""One run of Weir on a job in its directory, and what may kill it."""

import os
import select
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

import dump
import jobs as job_files

LIMIT_S = 60  # no job takes so long
FIXED_SEED = 20200229
CUT_RECORDS = 400
STEP_ROWS = "200"  # between two epochs at least, where the program has test hooks


class Failed(Exception):
    pass


class Kill:
    """After so many seconds, or at the n-th passing of a point; or not at all."""

    def __init__(self, after_s=None, point=None, passing=0):
        self.after_s, self.point, self.passing = after_s, point, passing

    def environment(self):
        return {} if self.point is None else {"WEIR_CRASH_AT": "%s:%d" % (self.point, self.passing)}

    def __str__(self):
        if self.point is not None:
            return "WEIR_CRASH_AT=%s:%d" % (self.point, self.passing)
        return "left alone" if self.after_s is None else "kill -9 after %.4f s" % self.after_s


class Feeder(threading.Thread):
    """Lets the followed file grow, in pieces that do not end where records do. One that is to be cut is so after every
    so many records, as soon as all of them are committed."""

    def __init__(self, place, rng):
        super().__init__(daemon=True)
        self.place, self.rng, self.stopped = place, rng, False

    def run(self):
        place = self.place
        with open(place.feed_from, "rb") as source, open(place.feed, "ab") as target:
            source.seek(place.fed())
            while not self.stopped:
                left = place.next_cut() - source.tell()
                if left == 0 and place.fed_all():
                    return
                if left == 0 and place.committed() >= place.records(source.tell()):
                    os.truncate(place.feed, 0)
                    place.cut_at = source.tell()
                target.write(source.read(min(left, self.rng.randrange(1, 60000))))
                target.flush()
                time.sleep(self.rng.random() * 0.02)


class Place:
    """A directory with the job, its input and its database."""

    def __init__(self, weir, directory, job, inputs, environment):
        self.weir, self.directory, self.job = os.path.abspath(weir), directory, job
        self.environment = dict({"WEIR_STEP_ROWS": STEP_ROWS}, **environment)
        self.database = os.path.join(directory, "job.db")
        self.feed_from = os.path.join(inputs, "feed", "all.jsonl")
        self.feed = os.path.join(directory, "feed", "all.jsonl")
        self.cut_at = 0  # where in feed_from the first byte of the feed is
        os.makedirs(directory)
        with open(os.path.join(directory, "job.sql"), "w", encoding="utf-8") as file:
            file.write(job.sql)
        for name in ("bids", "trips", "texts"):
            os.symlink(os.path.join(inputs, name), os.path.join(directory, name))
        os.mkdir(os.path.join(directory, "feed"))
        open(self.feed, "w", encoding="utf-8").close()
        if job.fixed_seed:
            shutil.copy(os.path.join(inputs, "seeded.db"), self.database)

    def remove(self):
        shutil.rmtree(self.directory)

    def has_committed(self, trace):
        """The job has replaced what an earlier run has left, where it begins again from the start."""
        if not self.job.starts_over:
            return True
        if not os.path.exists(trace):
            return False
        with open(trace, "rb") as file:
            return job_files.names_of("crash_points.def").index("epoch.after") in file.read()

    def fed(self):
        """So much of feed_from has been in the feed."""
        return self.cut_at + os.path.getsize(self.feed)

    def fed_all(self):
        return self.fed() == os.path.getsize(self.feed_from)

    def records(self, size):
        """In the first bytes of feed_from."""
        with open(self.feed_from, "rb") as file:
            return file.read(size).count(b"\n")

    def next_cut(self):
        """How far the feed goes before it is cut; where it is not, to the end."""
        with open(self.feed_from, "rb") as file:
            text = file.read()
        at = self.cut_at
        for _ in range(CUT_RECORDS if self.job.is_cut else 0):
            at = text.find(b"\n", at) + 1
            if at == 0:
                break
        return at if self.job.is_cut and at > 0 else len(text)

    def committed(self):
        """Records that every view has read."""
        try:
            connection = dump.connect(self.database)
        except sqlite3.OperationalError:
            return 0
        try:
            return connection.execute("SELECT ifnull(min(read), 0) FROM _weir_counts").fetchone()[0]
        except sqlite3.OperationalError:
            return 0
        finally:
            connection.close()

    def is_done(self, trace):
        """A followed job has committed all that there is."""
        return self.has_committed(trace) and self.fed_all() and self.committed() >= self.records(self.fed())

    def wait(self, process, kill, trace):
        """Until the process has ended; kills it where the harness is to do that."""
        end = time.monotonic() + LIMIT_S
        with_pidfd = select.poll()
        handle = os.pidfd_open(process.pid)
        with_pidfd.register(handle, select.POLLIN)
        due = end if kill.after_s is None else time.monotonic() + kill.after_s
        try:
            while True:
                left = min(due, end) - time.monotonic()
                if self.job.kind == "followed":
                    left = min(left, 0.1)
                if with_pidfd.poll(max(left, 0) * 1000):
                    return
                if time.monotonic() >= due:
                    process.kill()
                    return
                if self.job.kind == "followed" and self.is_done(trace):
                    process.send_signal(signal.SIGTERM)
                    due = end
        finally:
            os.close(handle)

    def run(self, kill, rng=None, trace=None):
        """Runs it once. True: it came to its end. False: it was killed."""
        environment = dict(os.environ, **self.environment, **kill.environment())
        if trace is None and self.job.kind == "followed":
            trace = os.path.join(self.directory, "trace")
            if os.path.exists(trace):
                os.remove(trace)
        if trace is not None:
            environment["WEIR_CRASH_TRACE"] = trace
        feeder = None
        errors = os.path.join(self.directory, "stderr.txt")
        if self.job.kind == "followed":
            feeder = Feeder(self, rng)
            feeder.start()
        with open(errors, "wb") as stderr:
            process = subprocess.Popen([self.weir, "run", "job.sql", "--db", "job.db"], cwd=self.directory, env=environment,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr)
            start = time.monotonic()
            self.wait(process, kill, trace)
            code = process.wait()
        if feeder is not None:
            feeder.stopped = True
            feeder.join()
        if code == 0:
            return True
        if code == -signal.SIGTERM:  # all had been read before it came to listen to signals
            return False
        if code == -signal.SIGKILL and str(kill) != "left alone" and time.monotonic() - start < LIMIT_S:
            return False
        with open(errors, encoding="utf-8", errors="replace") as file:
            raise Failed("weir ended with %d\n%s" % (code, file.read()[-3000:]))


def make_seeded_database(weir, inputs):
    """A database without anything in it but the seed that draws of a job come from."""
    path = os.path.join(inputs, "seeded.db")
    script = os.path.join(inputs, "seed.sql")
    with open(script, "w", encoding="utf-8") as file:
        file.write("CREATE TABLE nothing (a INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1');\n")
    done = subprocess.run([os.path.abspath(weir), "run", "seed.sql", "--db", "seeded.db"], cwd=inputs,
                          capture_output=True, text=True, timeout=LIMIT_S, check=False)
    if done.returncode != 0:
        raise SystemExit("no database can be made:\n" + done.stderr)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE _weir_meta SET value = ? WHERE name = 'hash_seed'", (FIXED_SEED,))
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
