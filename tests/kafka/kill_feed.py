"""What is written into a topic while a job reads it: records of some keys, each with its number, by a plain producer and
in transactions, of which some are aborted and some are left open. What a job must have read in the end is what a
read_committed reader of the topic sees, whatever has become of the producers."""
import json
import threading
import time

from client import Transaction, Producer
from rdkafka import KafkaError

PARTITIONS = 3
KEYS = 12
BASE_S = 1_600_000_000
STEP_MS = 100  # between two records of a partition
DISORDER_MS = 1500  # less than the delay of the jobs' watermarks: nothing is late
END_MS = 86_400_000  # a last record in each partition, by which all windows have ended
BRIEF = {"reconnect.backoff.max.ms": 200}


def time_text(ms):
    return time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(BASE_S + ms // 1000)) + ".%03d" % (ms % 1000)


class Rows:
    """Of a key one partition, and numbers that rise: in the order of the log, and so in that of what comes of it."""

    def __init__(self, rng):
        self.rng, self.numbers, self.times = rng, {}, [0] * PARTITIONS

    def make(self, partition, ms=None):
        key = "k%d" % (partition + PARTITIONS * self.rng.randrange(KEYS // PARTITIONS))
        number = self.numbers[key] = self.numbers.get(key, 0) + 1
        if ms is None:
            self.times[partition] += self.rng.randrange(2 * STEP_MS)
            ms = self.times[partition] - self.rng.randrange(DISORDER_MS)
        return {"k": key, "seq": number, "v": self.rng.randrange(1000), "ts": time_text(ms + DISORDER_MS)}

    def ends(self):
        return [self.make(partition, END_MS) for partition in range(PARTITIONS)]


def record(row):
    return (row["k"].encode(), json.dumps(row).encode())


class Feed(threading.Thread):
    """Writes as much as it is allowed to, in small pieces; when that is all, the last records."""

    def __init__(self, bootstrap, topic, rng, rows, hurry=False):
        super().__init__(daemon=True)
        self.bootstrap, self.topic, self.rng, self.left = bootstrap, topic, rng, rows
        self.rows, self.hurry = Rows(rng), hurry
        self.allowed, self.stopped, self.error, self.plain, self.transaction = 0, False, None, None, None

    def allow(self, rows=None):
        """So many more; all that is left."""
        self.allowed = self.left if rows is None else min(self.left, self.allowed + rows)

    def run(self):
        try:
            self.plain = Producer(self.bootstrap, BRIEF)
            self.plain.metadata(self.topic)
            while self.left > 0 and not self.stopped:
                if self.allowed == 0:
                    time.sleep(0.005)
                    continue
                self.piece(min(self.allowed, self.rng.randrange(1, 40)))
                if not self.hurry:
                    time.sleep(self.rng.random() * 0.02)
            if not self.stopped:
                for partition, row in enumerate(self.rows.ends()):
                    self.plain.produce(self.topic, partition, [record(row)])
                self.plain.flush()
                if self.transaction is None:  # one that was left open
                    self.begin_anew()
        except Exception as error:
            self.error = error
        finally:
            for producer in (self.plain, self.transaction):
                if producer is not None:
                    producer.close()

    def piece(self, count):
        self.left, self.allowed = self.left - count, self.allowed - count
        chance, pieces = self.rng.random(), {}
        for _ in range(count):
            partition = self.rng.randrange(PARTITIONS)
            pieces.setdefault(partition, []).append(record(self.rows.make(partition)))
        if chance < 0.5:
            for partition, records in pieces.items():
                self.plain.produce(self.topic, partition, records)
            self.plain.flush()
        else:
            self.transact(pieces, chance)

    def begin_anew(self):
        self.transaction = Transaction(self.bootstrap, "feed-" + self.topic, BRIEF)

    def transact(self, pieces, chance):
        """One that cannot be ended, as the broker is away for too long, is given up: nobody needs to know."""
        try:
            if self.transaction is None:
                self.begin_anew()
            self.transaction.begin()
            for partition, records in pieces.items():
                self.transaction.produce(self.topic, partition, records)
            if chance < 0.8:
                self.transaction.commit()
            elif chance < 0.95:
                self.transaction.abort()
        except KafkaError:
            chance = 1
        if chance >= 0.95:  # left open: until the next one comes nobody reads beyond it
            self.transaction, old = None, self.transaction
            if old is not None:
                old.close()

    def stop(self):
        self.stopped = True
        self.join()

    def check(self):
        if self.error is not None:
            raise self.error
