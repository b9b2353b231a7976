#!/usr/bin/env python3
"""Tables of Kafka topics that are written: what is in the topic then, and that it is there once, whatever happens.

Usage: sink_test.py WEIR [CASE]...
"""
import json
import os
import random
import shutil
import signal
import sys
import time

from cases import equal, main, says, wait_for
from client import READ_UNCOMMITTED, Producer, Transaction
from rdkafka import KafkaError


def sink(case, columns, name="o", **options):
    return case.table(columns, name, bounded=False, scan__startup__mode=None, **options)


def file(case, columns, rows, name="f"):
    """A table of a file with these rows, each as text in JSON."""
    with open(case.path(name + ".json"), "w", encoding="utf-8") as out:
        out.writelines(row + "\n" for row in rows)
    return "CREATE TABLE %s (%s) WITH ('connector' = 'filesystem', 'path' = '%s.json', 'format' = 'json');\n" % (name, columns, name)


def write(case, columns, rows, **options):
    """A bounded job that writes these rows, in JSON, into the topic. What is there then."""
    case.run(sink(case, columns, **options) + file(case, columns, rows) + "INSERT INTO o SELECT * FROM f;\n")
    return read(case)


def read(case, topic=None):
    case.client.settle(topic or case.topic)
    return case.client.read(topic or case.topic)


def pairs(records):
    return [(record.key, record.value) for record in records]


def numbers(first, last):
    return ['{"n":%d}' % i for i in range(first, last)]


def read_numbers(case, topic=None):
    """By partition, in their order."""
    found = {}
    for record in read(case, topic):
        found.setdefault(record.partition, []).append(json.loads(record.value)["n"])
    return found


def each_once(case, last, first=0, topic=None):
    """The numbers are there once each, in each partition in their order."""
    found = read_numbers(case, topic)
    for partition, values in found.items():
        if values != sorted(set(values)):
            at = next(i for i in range(1, len(values)) if values[i] <= values[i - 1])
            raise AssertionError("partition %d: %r behind %r" % (partition, values[at], values[max(at - 5, 0):at]))
    flat = sorted(value for values in found.values() for value in values)
    if flat != list(range(first, last)):
        raise AssertionError("%d numbers of %d; missing %r, too many %r" % (
            len(flat), last - first, sorted(set(range(first, last)) - set(flat))[:10], sorted(set(flat) - set(range(first, last)))[:10]))


def marker_group(case, job=1):
    return "weir-%s-%d-0" % (case.rows("SELECT value FROM _weir_meta WHERE name = 'uuid'")[0][0], job)


def state(case):
    return case.rows("SELECT state FROM _weir_jobs")


# --- what is written ---


def once_and_in_order(case):
    case.create(3)
    records = write(case, "n INT, k STRING", ['{"n":%d,"k":"k%d"}' % (i, i % 11) for i in range(20000)], format=None,
                    value__format="json", key__format="raw", key__fields="k")
    each_once(case, 20000)
    partition_of = {}
    for record in records:
        equal(record.key, b"k%d" % (json.loads(record.value)["n"] % 11))
        equal(partition_of.setdefault(record.key, record.partition), record.partition)
    assert len(set(partition_of.values())) == 3, partition_of


# What Java's client makes of these keys: murmur2, by which it chooses the partition.
MURMUR2 = {"21": -973932308, "foobar": -790332482, "a-little-bit-long-string": -985981536, "a-little-bit-longer-string": -1486304829,
           "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971, "abc": 479470107}


def partitions_as_java_chooses_them(case):
    case.create(7)
    records = write(case, "k STRING", [json.dumps({"k": key}) for key in MURMUR2], format=None, value__format="json",
                    key__format="raw", key__fields="k")
    equal({record.key.decode(): record.partition for record in records}, {key: (value & 0x7fffffff) % 7 for key, value in MURMUR2.items()})


def keys_in_json(case):
    case.create()
    rows = ['{"k_id":1,"v":2.5,"k_name":"x"}', '{"k_id":2,"v":null,"k_name":null}']
    options = {"format": None, "value__format": "json", "key__format": "json", "key__fields": "k_name;k_id"}
    columns = "k_id INT, v DOUBLE, k_name STRING"
    equal(pairs(write(case, columns, rows, **options)),
          [(b'{"k_name":"x","k_id":1}', b'{"k_id":1,"v":2.5,"k_name":"x"}'),
           (b'{"k_name":null,"k_id":2}', b'{"k_id":2,"v":null,"k_name":null}')])
    case.fresh()
    equal(pairs(write(case, columns, rows, key__fields_prefix="k_", value__fields_include="EXCEPT_KEY", **options))[2:],
          [(b'{"name":"x","id":1}', b'{"v":2.5}'), (b'{"name":null,"id":2}', b'{"v":null}')])


def raw_and_csv(case):
    case.create()
    rows = ['{"k":"a","v":"x,y"}', '{"k":null,"v":null}', '{"k":"","v":""}']
    written = write(case, "k STRING, v STRING", rows, format=None, value__format="raw", key__format="raw", key__fields="k",
                    value__fields_include="EXCEPT_KEY")
    equal(pairs(written), [(b"a", b"x,y"), (None, None), (b"", b"")])
    case.fresh()
    equal(pairs(write(case, "k STRING, v STRING", rows[:1], format="csv"))[3:], [(None, b'a,"x,y"')])


def all_into_one_partition(case):
    case.create(3)
    records = write(case, "n INT", numbers(0, 1000), sink__partitioner="fixed")
    equal({record.partition for record in records}, {0})
    each_once(case, 1000)


def in_turn(case):
    case.create(3)
    write(case, "n INT", numbers(0, 3000), sink__partitioner="round-robin")
    each_once(case, 3000)
    equal([len(values) for _, values in sorted(read_numbers(case).items())], [1000] * 3)


def without_a_key(case):
    case.create(3)
    write(case, "n INT", numbers(0, 5000))
    each_once(case, 5000)


def other_guarantees(case):
    """No transactions; and what goes out is what was written, also when the job is ahead of the broker."""
    for number, guarantee in enumerate(("none", "at-least-once")):
        topic = "%s_%d" % (case.topic, number)
        case.fresh()
        case.create(topic=topic)
        case.run("SET 'commit-interval' = '5 ms';\n" + sink(case, "n INT, t STRING", topic=topic, sink__delivery_guarantee=guarantee) +
                 file(case, "n INT", numbers(0, 100000)) + "INSERT INTO o SELECT n, REPEAT(CAST(n AS STRING), 5) FROM f;\n")
        equal([record.value for record in case.client.read(topic)], [b'{"n":%d,"t":"%s"}' % (i, b"%d" % i * 5) for i in range(100000)])
        equal(case.client.end_offsets(topic), {0: 100000})  # no control records
        equal(case.client.committed(marker_group(case), topic), {})


# --- epochs ---


def nothing_for_empty_epochs(case):
    """Also when it is killed behind them: that it has written nothing yet is no reason not to go on."""
    case.create()
    case.create(topic="empty_in")
    case.start(sink(case, "n INT") + case.table("n INT", "i", bounded=False, topic="empty_in") + "INSERT INTO o SELECT n FROM i WHERE n > 0;\n")
    for round_ in range(2):
        for i in range(4):
            case.produce(b'{"n":0}', topic="empty_in")
            case.wait_some("SELECT 1 FROM _weir_sources WHERE position = %d" % (i + 1 + 5 * round_))
        equal(case.client.end_offsets(case.topic, READ_UNCOMMITTED), {0: 2 * round_})  # what was written, and its commit
        case.kill()
        case.start()
        case.produce(b'{"n":%d}' % (round_ + 1), topic="empty_in")
        wait_for(lambda: len(read(case)) == round_ + 1, "record")
    case.stop()
    equal([record.value for record in read(case)], [b'{"n":1}', b'{"n":2}'])


CASES = [once_and_in_order, partitions_as_java_chooses_them, keys_in_json, raw_and_csv, all_into_one_partition, in_turn, without_a_key,
         other_guarantees, nothing_for_empty_epochs]

if __name__ == "__main__":
    main(CASES, sys.argv[1:])
