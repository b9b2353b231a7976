#!/usr/bin/env python3
"""The demo with Kafka: demo_kafka.py WEIR FOLDER

Starts a broker, gives it the orders and payments of the shop, runs kafka.sql over them, kills it on the way, goes on,
and shows the views and the topics that were written; check_kafka.py computes them without Weir. Everything is below
FOLDER; the broker ends with this program.
"""
import collections
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent.parent / "tests" / "kafka")]
import check
import check_kafka
from broker import Broker
from client import Client

LIMIT_S = 60  # for anything that is waited for
TOPICS = (("orders", 3), ("payments", 2), ("web_orders", 2), ("unsettled", 1))
ADDRESS = "127.0.0.1:9092"  # as it stands in kafka.sql
CLOSING = b'{"order_id":0,"ordered_at":"2024-05-06 13:00:00","channel":"closing","items":0,"amount":0.00}'


def say(text):
    print("\n" + text, flush=True)


def wait_for(what, condition):
    end = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > end:
            sys.exit("demo: after %d s there is still no %s" % (LIMIT_S, what))
        time.sleep(0.02)


class Weir:
    """The job, in a process that can be killed."""

    def __init__(self, program, folder):
        self.program, self.folder, self.db = program, folder, folder / "app.db"
        self.process = None

    def start(self):
        self.process = subprocess.Popen([self.program, "run", "kafka.sql", "--db", "app.db"], cwd=self.folder)

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait(LIMIT_S)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process is not None and self.process.poll() is None:
            self.end(signal.SIGKILL)

    def ask(self, sql):
        """None where the job has not made its tables yet."""
        if self.process.poll() is not None and self.process.returncode > 0:
            sys.exit("demo: weir has ended with %d" % self.process.returncode)
        try:
            with sqlite3.connect("file:%s?mode=ro" % self.db, uri=True) as db:
                return db.execute(sql).fetchone()[0]
        except sqlite3.OperationalError:
            return None

    def records_read(self):
        """Of orders by sales, of payments by unsettled."""
        return self.ask("SELECT SUM(read) FROM _weir_counts WHERE (view, source) IN (VALUES ('sales', 'orders'), ('unsettled', 'payments'))") or 0

    def show(self, title, sql):
        say(title)
        subprocess.run(["sqlite3", "-box", self.db, sql], check=True)


class Feed:
    """The bundled files as records of the two topics, a share at a time."""

    def __init__(self, client):
        self.client = client
        lines = (HERE / "orders.jsonl").read_bytes().splitlines()
        tills = [(HERE / "payments" / ("till-%d.csv" % n)).read_bytes().splitlines() for n in (1, 2)]
        self.orders = [self.order(line) for line in lines]
        self.payments = [(till, (None, line)) for till, rows in enumerate(tills) for line in rows]

    @staticmethod
    def order(line):
        """A customer's orders go into one partition, in which they stay in their order. A broken one has no customer."""
        parsed = check.parse_order(line.decode())
        if parsed is None:
            return 0, (None, line)
        key = parsed["customer"].encode()
        return zlib.crc32(key) % 3, (key, line)

    def send(self, begin, end):
        """From one share of them to another, of 1."""
        for topic, records in (("orders", self.orders), ("payments", self.payments)):
            parts = collections.defaultdict(list)
            for partition, record in records[int(begin * len(records)):int(end * len(records))]:
                parts[partition].append(record)
            for partition in sorted(parts):
                self.client.produce(topic, partition, parts[partition])

    def close(self):
        for partition in range(3):
            self.client.produce("orders", partition, [(None, CLOSING)])

    def size(self):
        return len(self.orders) + len(self.payments) + 3


def run_until_killed(weir, client, feed):
    feed.send(0, 0.4)
    say("$ weir run kafka.sql --db app.db &\nIt runs until it is stopped, and more orders come in meanwhile.")
    weir.start()
    wait_for("record in web_orders", lambda: sum(client.end_offsets("web_orders").values()) > 0)
    for share in range(40, 60):
        feed.send(share / 100, (share + 1) / 100)
    time.sleep(random.random() / 10)
    say("$ kill -9 %d" % weir.process.pid)
    weir.end(signal.SIGKILL)
    print("Weir is dead. Its last commit had read %d records of the %d that the topics have by now." % (weir.records_read(), int(0.6 * feed.size())))
    feed.send(0.6, 1)
    feed.close()
    print("More come while it is away, and in each partition of orders a last one of 13:00, which closes the windows.", flush=True)


def go_on(weir, feed):
    say("$ weir run kafka.sql --db app.db\nThe same command: it goes on where it was.")
    weir.start()
    wait_for("end of the topics", lambda: weir.records_read() >= feed.size())
    code = weir.end(signal.SIGTERM)
    if code != 0:
        sys.exit("demo: weir has ended with %d" % code)
    print("Everything is read; it was stopped. From here on everything is read without Weir.")


def show_views(weir):
    weir.show("sales: a TUMBLE window of half an hour, over three partitions merged by their watermarks",
              'SELECT substr(window_start, 12, 5) AS "from", substr(window_end, 12, 5) AS "to", orders, customers,'
              ' printf("%.2f", revenue) AS revenue, printf("%.2f", on_the_web) AS on_the_web FROM sales ORDER BY window_start')
    weir.show("big_customers: an unbounded GROUP BY with HAVING; the first three of it",
              'SELECT customer, orders, printf("%.2f", spent) AS spent, printf("%.2f", largest) AS largest'
              ' FROM big_customers ORDER BY spent + 0 DESC LIMIT 3')
    weir.show('"orders$errors" and "payments$errors": records that are no rows, with their partition and offset',
              'SELECT split, "offset", code, field, substr(raw, 1, 36) || \'...\' AS raw FROM "orders$errors" UNION ALL'
              ' SELECT split, "offset", code, field, substr(raw, 1, 36) || \'...\' FROM "payments$errors"')


def show_topics(topics):
    records = topics["web_orders"]
    say("The topic web_orders, read with isolation.level=read_committed: %d records; the last two are" % len(records))
    for record in records[-2:]:
        print("    %s %s" % (record.key.decode(), record.value.decode()))
    places = {record.value[record.value.index(b'"from_partition"'):] for record in records}
    print("They come from %d different places of the topic orders%s." % (
        len(places), ": each is there once, as if nobody had been killed" if len(places) == len(records) else ""))
    records = topics["unsettled"]
    paid = sum(record.value is None for record in records)
    last = check_kafka.last_values(records)
    say("The topic unsettled: %d records, %d of them without a value: the order is settled. What is left:" % (len(records), paid))
    print("    %d orders to be paid, %d paid and never ordered" % (sum(due > 0 for due in last.values()), sum(due < 0 for due in last.values())))


def main(program, folder):
    folder = pathlib.Path(folder).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    say("Starting a Kafka broker (the first time its jars are fetched)...")
    with Broker(folder=folder / "broker", age_s=300) as broker, Client(broker.start().bootstrap) as client:
        with Weir(os.path.realpath(program), folder) as weir:
            (folder / "kafka.sql").write_text((HERE / "kafka.sql").read_text().replace(ADDRESS, broker.bootstrap))
            for name, partitions in TOPICS:
                client.create_topic(name, partitions)
            print("It listens on %s and has the topics (and partitions) %s." % (broker.bootstrap, ", ".join("%s (%d)" % topic for topic in TOPICS)))
            feed = Feed(client)
            print("The job: examples/shop/kafka.sql, over %d orders and %d payments." % (len(feed.orders), len(feed.payments)))
            run_until_killed(weir, client, feed)
            go_on(weir, feed)
            topics = {}
            for name, _ in TOPICS:
                client.settle(name)
                topics[name] = client.read(name)
            show_views(weir)
            show_topics(topics)
            say("The same answers, computed by check_kafka.py from the records in the topics, without Weir:")
            with sqlite3.connect("file:%s?mode=ro" % weir.db, uri=True) as db:
                check_kafka.check(db, topics)
    print('\nThe broker is stopped. The database is %s; try: sqlite3 %s "SELECT * FROM sales"' % (weir.db, weir.db))
    sys.exit(1 if check.wrong else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
