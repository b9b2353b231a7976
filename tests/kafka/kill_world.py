"""Where a trial takes place: its topics, what is written into them, a directory with the job and its database; and one
run of the program in it."""
import collections
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

import dump
import kill_feed
from kill_feed import Feed
from rdkafka import KafkaError
from runs import Failed

LIMIT_S = 90  # no run takes so long
POINT_S = 4.0  # when a point has not been passed by then, the run is killed all the same
PAUSE_S = 4.5  # longer than the time of a transaction
PATIENCE_S = 30  # with a broker that has just come back
EXIT_IO, NO_BROKER = 3, "error E3007"
SOURCE = {"connector": "kafka", "format": "json", "scan.startup.mode": "earliest-offset"}
SINK = {"connector": "kafka", "format": "json", "key.format": "raw", "key.fields": "k", "properties.transaction.timeout.ms": "3000"}
UPSERT = {"connector": "upsert-kafka", "key.format": "raw", "value.format": "json", "properties.transaction.timeout.ms": "3000"}


COMPACTED = {"cleanup.policy": "compact", "segment.ms": 50, "min.cleanable.dirty.ratio": 0.01, "max.compaction.lag.ms": 1}


def patiently(ask, *arguments):
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            return ask(*arguments)
        except KafkaError:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)


def options_of(given):
    return ", ".join("'%s' = '%s'" % item for item in given.items())


class World:
    def __init__(self, harness, job, number, environment, rng, kills):
        self.harness, self.job, self.client, self.environment = harness, job, harness.client, environment
        self.directory = os.path.join(harness.directory, "%s-%s-%d" % (harness.topics, job.name, number))
        self.database, self.trace = os.path.join(self.directory, "job.db"), os.path.join(self.directory, "trace")
        harness.topics += 1
        self.prefix = "t%d." % harness.topics
        self.share = harness.options.rows // (kills + 1)
        self.read = 0  # records, when the database was last looked at
        self.feed, self.lines, self.final, self.restarts = None, None, None, []
        self.passed, self.at_point, self.refused = collections.Counter(), False, False  # of the last run
        os.makedirs(self.directory)
        for topic, partitions in job.topics.items():
            patiently(self.client.create_topic, self.prefix + topic, partitions)
        self.make_input(rng, harness.options.rows)
        with open(os.path.join(self.directory, "job.sql"), "w", encoding="utf-8") as file:
            file.write(self.sql())

    def close(self, keep):
        if self.feed is not None:
            self.feed.stop()
        if not keep:
            shutil.rmtree(self.directory)
            for topic in (*self.job.topics, *(("in",) if self.feed is not None else ())):
                patiently(self.client.delete_topic, self.prefix + topic)

    def sql(self):
        servers = {"properties.bootstrap.servers": self.harness.broker.bootstrap, "properties.reconnect.backoff.max.ms": "200"}
        source = dict(SOURCE, topic=self.prefix + "in", **servers, **({"scan.bounded.mode": "latest-offset"} if self.job.bounded else {}))
        of = {"source": lambda _: source, "file": lambda _: {"connector": "filesystem", "path": "in.jsonl", "format": "json"},
              "sink": lambda topic: dict(SINK, topic=self.prefix + topic, **servers),
              "upsert": lambda topic: dict(UPSERT, topic=self.prefix + topic, **servers)}
        return re.sub(r"\{(\w+)(?::(\w+))?\}", lambda found: options_of(of[found[1]](found[2])), self.job.sql)

    # --- input ---

    def make_input(self, rng, rows):
        if self.job.source == "file":
            made = kill_feed.Rows(rng)
            self.lines = [made.make(rng.randrange(kill_feed.PARTITIONS)) for _ in range(rows)]
            with open(os.path.join(self.directory, "in.jsonl"), "w", encoding="utf-8") as file:
                file.writelines(json.dumps(row) + "\n" for row in self.lines)
            return
        patiently(self.client.create_topic, self.prefix + "in", kill_feed.PARTITIONS, COMPACTED if self.job.compacted else None)
        self.feed = Feed(self.harness.broker.bootstrap, self.prefix + "in", rng, rows, hurry=self.job.bounded)
        self.feed.start()
        if self.job.bounded:
            self.feed.allow()
            self.end_feed()

    def end_feed(self):
        self.feed.join()
        self.feed.check()
        patiently(self.client.settle, self.prefix + "in")
        self.final = self.read_input()

    def read_input(self):
        rows = []
        for record in patiently(self.client.read, self.prefix + "in"):
            rows.append(dict(json.loads(record.value), place=(record.partition, record.offset)))
        return rows

    def input(self):
        """As a read_committed reader sees it now, in the order of each partition."""
        if self.lines is not None:
            return [dict(row, place=()) for row in self.lines]
        return self.read_input() if self.final is None else self.final

    # --- what the job has left ---

    def output(self, topic):
        return patiently(self.client.read, self.prefix + topic)

    def query(self, sql):
        """Its rows; none where there is no such table yet."""
        if dump.is_unborn(self.database):
            return []
        connection = dump.connect(self.database)
        try:
            return connection.execute(sql).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error) and "unable to open" not in str(error):
                raise
            return []
        finally:
            connection.close()

    def look(self, ended):
        """Raises Failed where a reader sees what must not be."""
        if ended:
            for topic in self.job.topics:
                patiently(self.client.settle, self.prefix + topic)
            wrong = dump.integrity(self.database)
            if wrong is not None:
                raise Failed(wrong)
        read = sum(row[0] for row in self.query("SELECT read FROM _weir_counts"))
        if read < self.read:
            raise Failed("what was committed is gone: %d records read, there were %d" % (read, self.read))
        self.read = read
        wrong = self.job.check(self, ended)
        if wrong is not None:
            raise Failed(wrong)

    # --- a run ---

    def is_done(self):
        """A job that does not end by itself has committed all that there is."""
        if self.job.bounded or self.feed.left > 0 or self.feed.is_alive():
            return False
        if self.final is None:
            self.end_feed()
        if self.job.compacted and self.job.check(self, True) is not None:  # it has read more than is there
            return False
        read = self.query("SELECT min(read) FROM _weir_counts")
        back = not self.restarts or self.query("SELECT restarts FROM _weir_jobs") != self.restarts
        return back and bool(read) and (read[0][0] or 0) >= len(self.final)

    def restart_broker(self, after_s):
        time.sleep(after_s)
        self.harness.broker.kill()
        self.harness.broker_kills += 1
        self.harness.broker.start()

    def wait(self, process, kill, pause_at):
        """Until the process has ended; kills it where that is due. True: it ended by itself, or was asked to as there
        was no more to come."""
        begin = time.monotonic()
        due = None if kill.is_none() else begin + (POINT_S if kill.after_s is None else kill.after_s)
        asked = False
        while True:
            try:
                process.wait(0.02)
                return not asked
            except subprocess.TimeoutExpired:
                pass
            now = time.monotonic()
            if now > begin + LIMIT_S:
                process.kill()
                process.wait()
                raise Failed("it has not ended after %d s\n%s" % (LIMIT_S, self.said()))
            if pause_at is not None and now > begin + pause_at:
                pause_at = None
                self.harness.pauses += 1
                process.send_signal(signal.SIGSTOP)
                time.sleep(PAUSE_S)
                process.send_signal(signal.SIGCONT)
            elif due is not None and now > due:
                process.send_signal(kill.signal)
                due, asked = None, True
            elif not asked and due is None and self.is_done():
                process.send_signal(signal.SIGTERM)
                due = begin + 2 * LIMIT_S

    def said(self):
        with open(os.path.join(self.directory, "stderr.txt"), encoding="utf-8", errors="replace") as file:
            return file.read()[-3000:]

    def count_passed(self):
        self.passed = collections.Counter()
        if os.path.exists(self.trace):
            with open(self.trace, "rb") as file:
                self.passed = collections.Counter(self.harness.point_names[number] for number in file.read())
            os.remove(self.trace)

    def run(self, kill, mishap):
        """Runs it once. True: it came to its end. False: it was killed, or stopped on the way."""
        if self.feed is not None:
            self.feed.allow(None if kill.is_none() else self.share)
        self.restarts = self.query("SELECT restarts FROM _weir_jobs")
        environment = dict(os.environ, **self.environment, **kill.environment(), WEIR_CRASH_TRACE=self.trace)
        what, at = mishap or (None, None)
        other = None
        if what == "broker":
            other = threading.Thread(target=self.restart_broker, args=(at,))
            other.start()
        try:
            with open(os.path.join(self.directory, "stderr.txt"), "wb") as stderr:
                process = subprocess.Popen((self.harness.weir, "run", "job.sql", "--db", "job.db"), cwd=self.directory, env=environment,
                                           stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr)
            try:
                by_itself = self.wait(process, kill, at if what == "pause" else None)
            finally:
                process.kill()
                code = process.wait()
        finally:
            if other is not None:
                other.join()
        self.count_passed()
        if self.feed is not None:
            self.feed.check()
        self.refused = code == EXIT_IO and what == "broker" and NO_BROKER in self.said()
        self.harness.refused += self.refused
        if self.refused:  # it was away just when the job asked where it had got to
            return False
        self.at_point = code == -signal.SIGKILL and by_itself and kill.point is not None
        if code == 0:
            return by_itself or self.job.bounded and self.query("SELECT state FROM _weir_jobs") == [("FINISHED",)]
        if code == -signal.SIGTERM and kill.clean or code == -signal.SIGKILL and not kill.is_none():
            return False
        raise Failed("weir ended with %d\n%s" % (code, self.said()))
