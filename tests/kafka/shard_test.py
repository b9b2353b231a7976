#!/usr/bin/env python3
"""`weir run --shard i/n`: processes that share the partitions of a topic, a database each.

Usage: shard_test.py WEIR [CASE]...
"""
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback

from broker import Broker
from client import Client

LIMIT_S = 60
COUNTS = ("CREATE MATERIALIZED VIEW v AS SELECT p, COUNT(*) AS c, SUM(n) AS s FROM t GROUP BY p;\n")
ALL = "SELECT p, c, s FROM v ORDER BY p"


def equal(found, wanted):
    if found != wanted:
        raise AssertionError("found  %.3000r\nwanted %.3000r" % (found, wanted))


def says(text, *patterns):
    for pattern in patterns:
        if not re.search(pattern, text, re.DOTALL):
            raise AssertionError("no %r in\n%s" % (pattern, text))


class Case:
    """A topic of the case's own name, and a folder in which the shards run."""

    def __init__(self, weir, broker, client, name):
        self.weir, self.broker, self.client, self.topic = weir, broker, client, name
        self.folder = tempfile.mkdtemp(prefix="weir-shard-")
        self.processes = []

    def path(self, name):
        return os.path.join(self.folder, name)

    def table(self, bounded=True, mode="earliest-offset"):
        return ("CREATE TABLE t (n BIGINT, p INT METADATA FROM 'partition' VIRTUAL) WITH ('connector' = 'kafka', 'topic' = '%s',"
                " 'properties.bootstrap.servers' = '%s', 'format' = 'json', 'scan.startup.mode' = '%s',"
                " 'scan.topic-partition-discovery.interval' = '100 ms'%s);\n"
                % (self.topic, self.broker.bootstrap, mode, ", 'scan.bounded.mode' = 'latest-offset'" if bounded else ""))

    def sink(self, topic):
        return ("CREATE TABLE o (n BIGINT) WITH ('connector' = 'kafka', 'topic' = '%s', 'properties.bootstrap.servers' = '%s',"
                " 'format' = 'json');\nINSERT INTO o SELECT n FROM t;\n" % (topic, self.broker.bootstrap))

    def write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def produce(self, numbers, partitions):
        """Each number into the partition of its remainder. What the view has of them, in all."""
        for partition in range(partitions):
            self.client.produce(self.topic, partition, [(None, b'{"n":%d}' % n) for n in numbers if n % partitions == partition])

    def start(self, *arguments, text=None):
        process = subprocess.Popen((self.weir, *arguments), cwd=self.folder, text=True, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.processes.append(process)
        return process

    def run(self, *arguments, code=0):
        """To the end. Standard output and standard error."""
        return self.end(self.start(*arguments), code)

    def end(self, process, code=0):
        out, err = process.communicate(timeout=LIMIT_S)
        self.processes.remove(process)
        if process.returncode != code:
            raise AssertionError("%s ended with %d, not %d\n%s\n%s" % (process.args, process.returncode, code, out, err))
        return out, err

    def rows(self, database, select):
        if not os.path.exists(self.path(database)):
            return []
        connection = sqlite3.connect("file:%s?mode=ro" % self.path(database), uri=True, timeout=10)
        try:
            return connection.execute(select).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            return []
        finally:
            connection.close()

    def wait_rows(self, database, select, wanted):
        end = time.monotonic() + LIMIT_S
        while (found := self.rows(database, select)) != wanted:
            for process in self.processes:
                if process.poll() is not None:
                    raise AssertionError("%s ended\n%s" % (process.args, process.communicate()[1]))
            if time.monotonic() > end:
                raise AssertionError("%s: %s gives %r and not %r" % (database, select, found, wanted))
            time.sleep(0.02)

    def close(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.communicate()
        shutil.rmtree(self.folder)


def counted(numbers, partitions, number=None, count=1):
    """What the view has of a shard; of all without a number."""
    found = []
    for partition in range(partitions):
        own = [n for n in numbers if n % partitions == partition]
        if own and (number is None or partition % count == number - 1):
            found.append((partition, len(own), sum(own)))
    return found


# --- what a shard reads ---


def shards_are_the_whole(c):
    """Three over seven partitions, into views and into one topic."""
    numbers, target = range(1, 1001), c.topic + "-out"
    c.client.create_topic(c.topic, 7)
    c.client.create_topic(target, 2)
    c.produce(numbers, 7)
    c.write("job.sql", c.table() + COUNTS + c.sink(target))
    shards = [c.start("run", "job.sql", "--db", "%d.db" % i, "--shard", "%d/3" % i) for i in (1, 2, 3)]
    for i, shard in enumerate(shards, 1):
        says(c.end(shard)[1], "job 1 is shard %d/3" % i)
        equal(c.rows("%d.db" % i, ALL), counted(numbers, 7, i, 3))
        equal(c.rows("%d.db" % i, "SELECT shard, plan LIKE '%%bounded, shard %d/3%%' FROM _weir_jobs" % i), [("%d/3" % i, 1)])
    equal(sorted(row for i in (1, 2, 3) for row in c.rows("%d.db" % i, ALL)), counted(numbers, 7))
    c.client.settle(target)
    equal(sorted(int(re.search(rb"\d+", record.value)[0]) for record in c.client.read(target)), list(numbers))
    c.run("run", "job.sql", "--db", "all.db", "--shard", "1/1")
    equal(c.rows("all.db", ALL), counted(numbers, 7))
    equal(c.rows("all.db", "SELECT shard FROM _weir_jobs"), [(None,)])


def a_shard_without_partitions(c):
    """A bounded one has nothing to read and is at its end, and a partition that comes later is not in it."""
    c.client.create_topic(c.topic, 1)
    c.produce(range(1, 4), 1)
    c.write("job.sql", c.table() + COUNTS)
    c.run("run", "job.sql", "--db", "2.db", "--shard", "2/2")
    equal(c.rows("2.db", "SELECT state FROM _weir_jobs"), [("FINISHED",)])
    equal(c.rows("2.db", ALL), [])
    c.run("run", "job.sql", "--db", "1.db", "--shard", "1/2")
    equal(c.rows("1.db", ALL), [(0, 3, 6)])


def a_topic_grows(c):
    """A new partition is read by the shard that has its number, from its first record on, also by one that had none.
    Shards that are killed go on, and know which they are."""
    c.client.create_topic(c.topic, 2)
    c.write("job.sql", c.table(bounded=False, mode="latest-offset") + COUNTS)
    shards = [c.start("run", "job.sql", "--db", "%d.db" % i, "--shard", "%d/3" % i) for i in (1, 2, 3)]
    for i in (1, 2, 3):
        c.wait_rows("%d.db" % i, "SELECT state, shard FROM _weir_jobs", [("RUNNING", "%d/3" % i)])
    c.produce(range(1, 11), 2)
    c.wait_rows("1.db", ALL, counted(range(1, 11), 2, 1, 3))
    c.wait_rows("2.db", ALL, counted(range(1, 11), 2, 2, 3))
    shards[2].kill()  # the one that has none: while it is down records come into what will be its first ones
    c.end(shards[2], -signal.SIGKILL)
    c.client.create_partitions(c.topic, 6)
    for partition in range(2, 6):
        c.client.produce(c.topic, partition, [(None, b'{"n":%d}' % n) for n in range(partition)])
    shards[2] = c.start("run", "job.sql", "--db", "3.db")
    whole = counted(range(1, 11), 2) + [(p, p, sum(range(p))) for p in range(2, 6)]
    of = {i: [row for row in whole if row[0] % 3 == i - 1] for i in (1, 2, 3)}
    for i in (1, 2, 3):
        c.wait_rows("%d.db" % i, ALL, of[i])
    for shard in shards:
        shard.kill()
        c.end(shard, -signal.SIGKILL)
    again = [c.start("run", "job.sql", "--db", "1.db"), c.start("run", "--db", "2.db"),
             c.start("run", "job.sql", "--db", "3.db", "--shard", "3/3")]
    c.client.create_partitions(c.topic, 9)
    for partition in range(9):
        c.client.produce(c.topic, partition, [(None, b'{"n":1000}')])
    sums = dict((row[0], row[1:]) for row in whole)
    for i in (1, 2, 3):
        wanted = [(p, 1 + sums.get(p, (0, 0))[0], 1000 + sums.get(p, (0, 0))[1]) for p in range(i - 1, 9, 3)]
        c.wait_rows("%d.db" % i, ALL, wanted)
    for i, shard in enumerate(again, 1):
        shard.send_signal(signal.SIGTERM)
        says(c.end(shard)[1], "job 1 is shard %d/3" % i)


def selects_read_the_shard(c):
    """Of a script with a job also when that goes on without --shard."""
    c.client.create_topic(c.topic, 4)
    c.produce(range(1, 9), 4)
    select = "SELECT COUNT(*) AS n FROM t;\n"
    c.write("select.sql", c.table() + select)
    says(c.run("run", "select.sql", "--shard", "2/4", "--mode", "csv")[0], r"^n\n2\n$")
    c.write("job.sql", c.table() + COUNTS + select + "EXPLAIN SELECT n FROM t;\n")
    for arguments in (("--shard", "1/2"), ()):
        says(c.run("run", "job.sql", "--db", "1.db", "--mode", "csv", *arguments)[0], r"^n\n4\n", "bounded, shard 1/2")


# --- which shard a job is ---


def another_shard_is_refused(c):
    c.client.create_topic(c.topic, 3)
    c.produce(range(1, 31), 3)
    c.write("job.sql", c.table() + COUNTS)
    c.run("run", "job.sql", "--db", "1.db", "--shard", "1/3")
    c.run("run", "job.sql", "--db", "all.db")
    for shard, database, told in (("2/3", "1.db", "shard 1/3, and not 2/3"), ("1/4", "1.db", "shard 1/3, and not 1/4"),
                                  ("1/1", "1.db", "shard 1/3, and not 1/1"),
                                  ("1/3", "all.db", "reads all partitions, and not those of shard 1/3 alone")):
        says(c.run("run", "job.sql", "--db", database, "--shard", shard, code=4)[1], "error E4014: job 1 .*" + told, "hint: without --shard")
    for arguments in ((), ("--shard", "1/3")):
        says(c.run("run", "job.sql", "--db", "1.db", *arguments)[1], "has finished")
    says(c.run("1.db", "-c", "SHOW JOBS", "--mode", "line")[0], r"shard = 1/3\n")
    equal(c.rows("1.db", ALL), counted(range(1, 31), 3, 1, 3))


def a_stopped_job_may_be_another(c):
    """It begins from the beginning."""
    c.client.create_topic(c.topic, 3)
    c.produce(range(1, 31), 3)
    c.write("job.sql", c.table(bounded=False) + COUNTS)
    for shard, told in (("1/3", "is shard 1/3"), ("3/3", "is shard 3/3.*and not 1/3")):
        process = c.start("run", "job.sql", "--db", "1.db", "--shard", shard)
        c.wait_rows("1.db", ALL, counted(range(1, 31), 3, int(shard[0]), 3))
        process.send_signal(signal.SIGTERM)
        says(c.end(process)[1], told.split(".*")[0])
        says(c.run("run", "--db", "1.db", "--shard", "1/4", code=4)[1], "error E4014: job 1 is shard %s, and not 1/4" % shard)
        c.run("1.db", "-c", "STOP JOB '1'")
    equal(c.rows("1.db", "SELECT shard, plan LIKE '%shard 3/3%', plan LIKE '%shard 1/3%' FROM _weir_jobs"), [("3/3", 1, 0)])


def a_view_is_replaced_in_its_shard(c):
    c.client.create_topic(c.topic, 3)
    c.produce(range(1, 31), 3)
    c.write("job.sql", c.table() + COUNTS)
    c.run("run", "job.sql", "--db", "2.db", "--shard", "2/3")
    c.write("new.sql", c.table() + COUNTS.replace("CREATE ", "CREATE OR REPLACE ").replace("SUM(n)", "MAX(n)"))
    says(c.run("run", "new.sql", "--db", "2.db", "--shard", "1/3", code=4)[1], "error E4014: job 1 is shard 2/3, and not 1/3")
    c.run("run", "new.sql", "--db", "2.db")
    equal(c.rows("2.db", ALL), [(1, 10, 28)])
    equal(c.rows("2.db", "SELECT id, shard, plan LIKE '%shard 2/3%' FROM _weir_jobs WHERE state = 'FINISHED'")[-1], (2, "2/3", 1))


def what_is_no_topic_is_read_whole(c):
    c.client.create_topic(c.topic, 2)
    c.produce(range(1, 5), 2)
    c.write("f.csv", "5\n6\n")
    file = "CREATE TABLE f (n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'f.csv', 'format' = 'csv');\n"
    both = "CREATE MATERIALIZED VIEW v AS SELECT n FROM t UNION ALL SELECT n FROM f;\n"
    c.write("job.sql", c.table() + file + both)
    says(c.run("run", "job.sql", "--db", "1.db", "--shard", "1/2")[1], '"f" is no topic: every shard reads all of it')
    equal(c.rows("1.db", "SELECT n FROM v ORDER BY n"), [(2,), (4,), (5,), (6,)])


CASES = (shards_are_the_whole, a_shard_without_partitions, a_topic_grows, selects_read_the_shard, another_shard_is_refused,
         a_stopped_job_may_be_another, a_view_is_replaced_in_its_shard, what_is_no_topic_is_read_whole)


def run(case, weir, broker, client):
    begin, place = time.monotonic(), Case(weir, broker, client, case.__name__)
    try:
        case(place)
        print("ok      %s (%.1f s)" % (case.__name__, time.monotonic() - begin), flush=True)
        return True
    except Exception:
        print("FAILED  %s" % case.__name__)
        traceback.print_exc(file=sys.stdout)
        return False
    finally:
        place.close()


def main():
    weir, wanted = os.path.abspath(sys.argv[1]), sys.argv[2:]
    chosen = [case for case in CASES if not wanted or case.__name__ in wanted]
    with Broker().start() as broker, Client(broker.bootstrap) as client:
        failed = [case.__name__ for case in chosen if not run(case, weir, broker, client)]
    print("%d cases, %d failed %s" % (len(chosen), len(failed), " ".join(failed)))
    sys.exit(1 if failed or not chosen else 0)


if __name__ == "__main__":
    main()
