"""Cases with one broker that they share, one after the other; each has a topic of its own name, and a directory in
which the program runs."""
import os
import re
import shutil
import sys
import tempfile
import time
import traceback

from broker import Broker
from client import Client
from job import Place

LIMIT_S = 60
TRANSACTIONS = {"transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000}


def equal(found, wanted):
    if found != wanted:
        raise AssertionError("found  %.3000r\nwanted %.3000r" % (found, wanted))


def says(text, *patterns):
    for pattern in patterns:
        if not re.search(pattern, text, re.DOTALL):
            raise AssertionError("no %r in\n%s" % (pattern, text))


def wait_for(condition, what, limit_s=LIMIT_S):
    end = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("no %s after %d s" % (what, limit_s))
        time.sleep(0.02)


def known(reason):
    """The case fails, for this reason; it is an error when it does so no more."""
    def mark(case):
        case.known = reason
        return case
    return mark


class Case(Place):
    """What a case is given."""

    def __init__(self, weir, broker, client, name):
        super().__init__(weir, tempfile.mkdtemp(prefix="weir-kafka-case-"))
        self.broker, self.client, self.topic = broker, client, name

    def create(self, partitions=1, config=None, topic=None):
        self.client.create_topic(topic or self.topic, partitions, config)

    def produce(self, *values, partition=0, topic=None, settings=None):
        """Values alone, or tuples as the client takes them."""
        records = [value if isinstance(value, tuple) else (None, value) for value in values]
        self.client.produce(topic or self.topic, partition, records, settings)

    def table(self, columns, name="t", bounded=True, **options):
        """A statement. In the names of options _ stands for - and __ for a point; None takes one away."""
        given = {"connector": "kafka", "topic": self.topic, "properties.bootstrap.servers": self.broker.bootstrap, "format": "json",
                 "scan.startup.mode": "earliest-offset"}
        if bounded:
            given["scan.bounded.mode"] = "latest-offset"
        for key, value in options.items():
            given[key.replace("__", ".").replace("_", "-")] = value
        lines = ",\n  ".join("'%s' = '%s'" % item for item in given.items() if item[1] is not None)
        return "CREATE TABLE %s (%s) WITH (\n  %s);\n" % (name, columns, lines)

    def read(self, columns, select="SELECT * FROM t", **options):
        """The rows of a bounded job over the table, in any order."""
        self.run(self.table(columns, **options) + view(select))
        return sorted(self.rows("SELECT * FROM v"), key=repr)

    def close(self):
        self.end()
        shutil.rmtree(self.folder)


def view(select="SELECT * FROM t", name="v"):
    return "CREATE MATERIALIZED VIEW %s AS %s;\n" % (name, select)


def run(case, weir, broker, client):
    begin, expected = time.monotonic(), getattr(case, "known", None)
    place = Case(weir, broker, client, case.__name__)
    try:
        case(place)
        if expected is not None:
            raise AssertionError("it passes now: take the mark away that says: " + expected)
        print("ok      %s (%.1f s)" % (case.__name__, time.monotonic() - begin), flush=True)
        return True
    except Exception as error:
        if expected is not None and "it passes now" not in str(error):
            print("known   %s: %s" % (case.__name__, expected), flush=True)
            return True
        print("FAILED  %s\n%s" % (case.__name__, error))
        traceback.print_exc(file=sys.stdout)
        if place.errors():
            print("the job said:\n%s" % place.errors()[-3000:], flush=True)
        return False
    finally:
        place.close()
        if not broker.is_running():  # a case that failed has left it so: the others are not to blame
            broker.start()
            client.wait_for_groups()


def main(cases, arguments):
    """arguments: the program, then names of cases; without names all."""
    weir, wanted = os.path.abspath(arguments[0]), arguments[1:]
    chosen = [case for case in cases if not wanted or case.__name__ in wanted]
    with Broker(TRANSACTIONS).start() as broker, Client(broker.bootstrap) as client:
        client.wait_for_groups()
        failed = [case.__name__ for case in chosen if not run(case, weir, broker, client)]
        if failed and not broker.is_running():
            print(broker.log()[-3000:])
    marked = sum(hasattr(case, "known") for case in chosen)
    print("%d cases, %d known to fail, %d failed %s" % (len(chosen), marked, len(failed), " ".join(failed)))
    sys.exit(1 if failed or not chosen else 0)
