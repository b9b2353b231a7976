"""A topic as input and as output, beside bare loops over librdkafka: rate, CPU, memory, latency. The broker is a real
one on this machine, and shares its cores with what is measured; so nothing here is tied to one core."""
import contextlib
import os
import sqlite3
import subprocess
import sys
import time

from common import BID_TABLE
from live_job import WatchedJob

sys.path.append(os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "kafka"))

from broker import Broker  # pylint: disable=wrong-import-position
from client import Client, Transaction  # pylint: disable=wrong-import-position

WITH = "WITH ('connector'='kafka', 'properties.bootstrap.servers'='{servers}', 'topic'='{topic}', 'format'='json'{more})"
BID_COLUMNS = "auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, url STRING, `dateTime` TIMESTAMP(3), extra STRING"
BOUNDED = ", 'scan.startup.mode'='earliest-offset', 'scan.bounded.mode'='latest-offset'"
COUNTED = """
CREATE MATERIALIZED VIEW busy AS
  SELECT window_start, window_end, auction, COUNT(*) AS n
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
  WHERE price > 100 GROUP BY window_start, window_end, auction;
"""


def table(name, columns, servers, topic, more):
    return "CREATE TABLE %s (%s) %s;\n" % (name, columns, WITH.format(servers=servers, topic=topic, more=more))


def bids_of(servers, topic):
    watermark = ", WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '4' SECOND"
    return table("bid", BID_COLUMNS + watermark, servers, topic, BOUNDED)


def load():
    """Of the machine in the last minute: figures of a busy one are rough."""
    return "load %.1f" % os.getloadavg()[0]


@contextlib.contextmanager
def running_broker():
    with Broker(heap_mb=512, quick=False) as broker:
        broker.start()
        with Client(broker.bootstrap) as client:
            yield broker.bootstrap, client


def produce(bench, servers, topic, partitions, path, lines=1):
    return bench.run([bench.tool("kafka_produce"), servers, topic, str(partitions), path, str(lines)], pinned=False)[:3]


# --- reading ---

def read_partitions(bench, servers, client, path, partitions, in_turn=True):
    """In turn, the partitions go forward together; else each begins where the one before it ends."""
    topic = "bids%d_%d" % (partitions, in_turn)
    client.create_topic(topic, partitions)
    produce(bench, servers, topic, partitions, path, 1 if in_turn else -(-bench.rows // partitions))
    os.sync()  # else the commits of one side wait for these bytes
    script = bench.script(topic + ".sql", bids_of(servers, topic) + COUNTED)

    def weir():
        return bench.run_weir(script, pinned=False)[:3]

    def loop():
        cpu, wall, peak, out = bench.run([bench.tool("kafka_consume"), servers, topic, str(partitions)], pinned=False)
        if int(out.split()[0]) != bench.rows:
            sys.exit("the loop has read %s messages of %d" % (out.split()[0], bench.rows))
        return cpu, wall, peak

    ours, bare = bench.interleave(weir, loop)
    counted = sqlite3.connect(bench.path("app.db")).execute("SELECT read FROM _weir_counts").fetchone()[0]
    if counted != bench.rows:
        sys.exit("weir has read %d rows of %d" % (counted, bench.rows))
    client.delete_topic(topic)
    ratio, more = bare[1] / ours[1], (ours[0] - bare[0]) / bench.rows * 1e9
    goals = (" (at least 0.8)", " (at most 200)") if in_turn else ("", "")
    print(f"  {partitions} partitions{'' if in_turn else ', one after the other'} ({load()}): "
          f"a ratio of {ratio:.2f}{goals[0]}, and {more:.0f} ns more CPU a message{goals[1]}")
    for name, (cpu, wall, peak) in (("weir", ours), ("loop", bare)):
        print(f"    {name}  {bench.rows / wall / 1e6:5.2f} million messages a second, {cpu / bench.rows * 1e9:5.0f} ns CPU each, peak {peak / 1024:.1f} MiB")
    return ratio >= 0.8 and more <= 200


def read(bench):
    path = bench.bids("bids.jsonl", bench.rows, 100, max(1, bench.rows // 530))
    print(f"Kafka: {bench.rows:,} bids of {os.path.getsize(path) // bench.rows} bytes -> filter -> TUMBLE 10 s by 100 auctions -> view, "
          "beside rd_kafka_consume_batch_queue(1000), start to exit")
    with running_broker() as (servers, client):
        reached = [read_partitions(bench, servers, client, path, partitions) for partitions in (1, 4)]
        read_partitions(bench, servers, client, path, 8, in_turn=False)  # no goal is laid down
    os.unlink(path)
    return all(reached)


# --- latency ---

LATENCY_VIEW = "CREATE MATERIALIZED VIEW newest AS SELECT MAX(i) AS i, MAX(sent) AS sent FROM item;"
LATENCY_S, WARM_S, SAMPLES_A_SECOND = 8, 3, 1000


class TopicJob(WatchedJob):
    def is_there(self):
        return self.db.execute("SELECT i, sent FROM newest").fetchone() is not None


def watch(job, producer, rate):
    """How long each message took until a reader saw it, in ms. Times between two that were seen are those of a producer
    that keeps its pace."""
    job.open_reader()
    taken, last, version, begun = [], None, None, time.time()
    every = max(1, rate // SAMPLES_A_SECOND)
    while True:
        over = producer.poll() is not None
        changed = job.value("PRAGMA data_version")
        if changed != version:
            version = changed
            row = job.db.execute("SELECT i, sent FROM newest").fetchone()
            now = time.time() * 1e6
            if last is not None and row[0] > last[0] and now > (begun + WARM_S) * 1e6:
                step = (row[1] - last[1]) / (row[0] - last[0])
                taken += [(now - row[1] + (row[0] - i) * step) / 1e3 for i in range(last[0] + 1, row[0] + 1) if i % every == 0]
            last = row
        elif over:
            return taken
        time.sleep(0.0005)


def quantiles(values):
    ordered = sorted(values)
    return [ordered[min(len(ordered) - 1, int(len(ordered) * q))] for q in (0.5, 0.99)]


def latency_of(bench, servers, client, topic, rate, interval):
    client.create_topic(topic)
    script = table("item", "i BIGINT, sent BIGINT, k BIGINT, extra STRING", servers, topic, ", 'scan.startup.mode'='earliest-offset'") + LATENCY_VIEW
    with TopicJob(bench, topic, script, pinned=False) as job:
        job.start(interval)
        with subprocess.Popen([bench.tool("kafka_produce"), servers, topic, "pace", str(rate), str(LATENCY_S + WARM_S)]) as producer:
            try:
                taken = watch(job, producer, rate)
            finally:
                producer.kill()
    client.delete_topic(topic)
    return quantiles(taken)


def latency(bench):
    variants = [(rate, interval) for rate in (1_000, 50_000) for interval in ("50 ms", "5 ms")]
    names = iter(range(1_000_000))
    print("Kafka: ms from the producer (linger 5 ms) to a reader of the view in SQLite, which looks every 0.5 ms")
    with running_broker() as (servers, client):
        runs = bench.interleave(*[lambda v=v: latency_of(bench, servers, client, "pace%d" % next(names), *v) for v in variants])
    for (rate, interval), (median, worst) in zip(variants, runs):
        print(f"  {rate:6,} a second, commits every {interval:>5} ({load()}): p50 {median:.1f}, p99 {worst:.1f}")


# --- writing ---

def write(bench):
    """Weir reads a file of JSON lines and writes them as JSON; the loop writes the same bytes, which are at hand."""
    path = bench.bids("bids.jsonl", bench.rows, 100, max(1, bench.rows // 530))
    made = bench.path("made")
    file_table = BID_TABLE.format(path=path)
    columns = "auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3), extra STRING"
    into = "INSERT INTO made SELECT auction, bidder, price, channel, `dateTime`, extra FROM bid;"
    bench.run_weir(bench.script("made.sql", file_table + "CREATE TABLE made (%s) WITH ('connector'='filesystem', 'path'='%s', 'format'='json');\n" % (columns, made) + into))
    lines = bench.path("made.jsonl")
    with open(lines, "wb") as out:
        subprocess.run(["cat"] + [os.path.join(made, name) for name in sorted(os.listdir(made)) if not name.startswith((".", "_"))], stdout=out, check=True)
    nothing = bench.script("nothing.sql", file_table + "CREATE TABLE made (%s) WITH ('connector'='blackhole');\n" % columns + into)
    size = os.path.getsize(lines)
    print(f"Kafka: {bench.rows:,} rows of {size // bench.rows} bytes, file -> topic of 4 partitions, exactly once; beside rd_kafka_produce_batch of the "
          "same bytes, idempotent, without transactions")
    names = iter(range(1_000_000))
    with running_broker() as (servers, client):
        with Transaction(servers, "first") as first:  # the first one of a broker takes another second
            first.begin()
            first.abort()

        def topic():
            name = "made%d" % next(names)
            client.create_topic(name, 4)
            return name

        def weir():
            name = topic()
            script = bench.script("sink.sql", file_table + table("made", columns, servers, name, ", 'sink.partitioner'='round-robin'") + into)
            used = bench.run_weir(script, pinned=False)[:3]
            written = sum(client.end_offsets(name).values())
            if written < bench.rows:
                sys.exit("weir has written %d messages of %d" % (written, bench.rows))
            client.delete_topic(name)
            return used

        def bare():
            name = topic()
            used = produce(bench, servers, name, 4, lines)
            client.delete_topic(name)
            return used

        ours, loop, without = bench.interleave(weir, bare, lambda: bench.run_weir(nothing, pinned=False)[:3])
    ratio, alone = loop[1] / ours[1], loop[1] / (ours[1] - without[1])
    print(f"  ({load()}) a ratio of {ratio:.2f}; without what reading takes, as a job into a blackhole shows it, {alone:.2f}")
    for name, (cpu, wall, peak) in (("weir", ours), ("loop", loop), ("weir into a blackhole", without)):
        print(f"    {name:22} {bench.rows / wall / 1e6:5.2f} million rows a second, {cpu / bench.rows * 1e9:5.0f} ns CPU each, peak {peak / 1024:.1f} MiB")
    for each in (path, lines):
        os.unlink(each)
