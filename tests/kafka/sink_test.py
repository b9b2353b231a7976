#!/usr/bin/env python3
"""Tables of Kafka topics that are written: what is in the topic then, and that it is there once, whatever happens.

Usage: sink_test.py WEIR [CASE]...
"""
import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
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


def created(case, partitions):
    """A deleted topic's name is free after about a second."""
    try:
        case.create(partitions)
    except KafkaError as error:
        if error.name != "TOPIC_ALREADY_EXISTS":
            raise
        return False
    return True


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


def a_timestamp_that_cannot_be_written(case):
    """0 is the present to the client, -1 none to a reader, and Java refuses the others. Such rows are rejected; those beside
    them are written as they are."""
    case.create()
    case.run(sink(case, "n BIGINT, at TIMESTAMP_LTZ(3) METADATA FROM 'timestamp'") + file(case, "n BIGINT", numbers(-3, 4)) +
             "INSERT INTO o SELECT n, CASE WHEN n = 3 THEN NULL ELSE TO_TIMESTAMP_LTZ(n, 3) END FROM f;\n")
    found = {json.loads(record.value)["n"]: record.timestamp for record in read(case)}
    assert abs(found.pop(3) / 1000 - time.time()) < 600
    equal(found, {1: 1, 2: 2})
    rejected = case.rows('SELECT code, raw, message FROM "o$errors"')
    equal([row[:2] for row in rejected], [("E5015", '{"n":%d}' % n) for n in (-3, -2, -1, 0)])
    says(rejected[0][2], "behind 1970-01-01 00:00:00")


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


def a_key_that_rows_share(case):
    """The row that came last is shown, and the one before it when that is taken back."""
    case.create()
    groups = (1, 2, 1, 3, 3, 2, 1, 4)
    script = ("SET 'table.exec.sink.upsert-materialize' = '%s';\n" +
              case.table("n BIGINT, g INT, PRIMARY KEY (n) NOT ENFORCED", "o", bounded=False, scan__startup__mode=None, format=None,
                         connector="upsert-kafka", key__format="json", value__format="json") +
              file(case, "g INT", ['{"g":%d}' % group for group in groups]) + "INSERT INTO o SELECT COUNT(*), g FROM f GROUP BY g;\n")
    for setting, wanted in (("AUTO", {1: 4, 2: 2, 3: 1}), ("NONE", {1: 4, 2: None, 3: 1})):
        case.fresh()
        before = len(case.client.read(case.topic))
        case.run(script % setting)
        equal({json.loads(key)["n"]: value and json.loads(value)["g"] for key, value in pairs(read(case))[before:]}, wanted)


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


def copy(case, source=None, **options):
    """An endless job that copies numbers from one topic into another."""
    return (sink(case, "n INT", **options) + case.table("n INT", "i", bounded=False, topic=source or case.topic + "_in") +
            "INSERT INTO o SELECT n FROM i;\n")


def start_copying(case, partitions=1, **options):
    case.create(partitions)
    case.create(topic=case.topic + "_in")
    case.start(copy(case, **options))


def feed(case, first, last):
    case.client.produce(case.topic + "_in", 0, [(None, b'{"n":%d}' % i) for i in range(first, last)])


def wait_count(case, count):
    """So many records, as a reader of what is committed counts them while the job runs."""
    def arrived():
        if case.process.poll() is not None:
            raise AssertionError("the job ended with %d" % case.process.returncode)
        ends = case.client.end_offsets(case.topic)  # there are records among them that only tell of commits
        return sum(ends.values()) >= count and len(case.client.read(case.topic)) >= count
    wait_for(arrived, "%d records" % count)


HUGE = 80000


def huge_epoch(case):
    """Rows that come all at once, of many megabytes: they go out in several transactions."""
    return ("CREATE TABLE g (n INT, t AS TO_TIMESTAMP_LTZ(0, 3), WATERMARK FOR t AS t) WITH ('connector' = 'datagen', "
            "'rows-per-second' = '1000000', 'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '%d');\n" % (HUGE - 1) +
            sink(case, "n INT, w STRING") +
            "INSERT INTO o SELECT n, REPEAT('x', 1000) FROM TUMBLE(TABLE g, DESCRIPTOR(t), INTERVAL '1' DAY) GROUP BY window_start, window_end, n;\n")


def several_transactions(case):
    case.create()
    case.run(huge_epoch(case))
    each_once(case, HUGE)
    transactions = case.client.end_offsets(case.topic)[0] - HUGE  # each has a record that says that it is committed
    assert transactions >= 2, transactions


def killed_between_two_transactions(case):
    """Of the same epoch: what has gone out of it does not go out again."""
    case.create()
    case.start(huge_epoch(case))

    def begun():
        if case.process.poll() is not None:
            raise AssertionError("the job has ended")
        if not case.rows("SELECT value FROM _weir_meta WHERE name = 'uuid'"):
            return False
        found = case.client.committed_now(marker_group(case), case.topic, stable=False)
        return 0 in found and int(found[0].metadata.split()[2]) > 0
    wait_for(begun, "first transaction")
    case.kill()
    case.run()
    each_once(case, HUGE)


# --- what is refused ---


def bad_options(case):
    case.create()
    insert = file(case, "n INT", numbers(0, 1)) + "INSERT INTO o SELECT * FROM f;\n"
    for change, *words in (({"topic": "bad_options;other"}, "E2114", "2 topics"), ({"topic": None, "topic_pattern": "bad.*"}, "E2113", '"topic"'),
                           ({"sink__delivery_guarantee": "twice"}, "E2114", "exactly-once"),
                           ({"sink__partitioner": "by-hand"}, "E2", "partitioner"),
                           ({"properties__acks": "most"}, "E2114", "acks"),
                           ({"properties__transactional__id": "mine"}, "E2", "transactional"),
                           ({"properties__enable__idempotence": "false"}, "E2", "idempotence")):
        case.fresh()
        says(case.run(sink(case, "n INT", **change) + insert, code=1), *words)
    equal(read(case), [])


def a_time_out_that_the_broker_refuses(case):
    case.create()
    script = sink(case, "n INT", properties__transaction__timeout__ms="3600000") + file(case, "n INT", numbers(0, 1)) + "INSERT INTO o SELECT * FROM f;\n"
    says(case.run(script, code=3), "E3010", "(?i)transaction.*timeout|timeout.*transaction")


def a_topic_that_is_not_there(case):
    script = sink(case, "n INT") + file(case, "n INT", numbers(0, 10)) + "INSERT INTO o SELECT * FROM f;\n"
    for _ in range(2):  # the second time the job is known, and goes on
        says(case.run(script, code=3, limit_s=30), r"job\.sql:7:1: error E3008: .*a_topic_that_is_not_there", "INSERT INTO o", "hint: make the topic")
    case.create()
    case.run()
    each_once(case, 10)


def a_broker_that_is_away(case):
    begin = time.monotonic()
    said = case.run(sink(case, "n INT", properties__bootstrap__servers="127.0.0.1:1") + file(case, "n INT", numbers(0, 1)) +
                    "INSERT INTO o SELECT * FROM f;\n", code=3, limit_s=40)
    says(said, r"job\.sql:7:1: error E3007: .*127\.0\.0\.1:1", "INSERT INTO o", "hint: it was tried for 15 s: .*bootstrap\.servers")
    assert time.monotonic() - begin < 25, "it took %.1f s" % (time.monotonic() - begin)


def stopped_while_a_broker_is_away(case):
    """Before the first answer a job is not begun: a stop is heard soon, and leaves nothing."""
    away = dict(properties__bootstrap__servers="127.0.0.1:1")
    rows = file(case, "n INT", numbers(0, 1))
    for script in (sink(case, "n INT", **away) + rows + "INSERT INTO o SELECT * FROM f;\n",
                   case.table("n INT", scan__startup__mode="earliest-offset", **away) + "CREATE MATERIALIZED VIEW v AS SELECT * FROM t;\n"):
        case.start(script)
        time.sleep(1)
        begin = time.monotonic()
        case.stop()
        assert time.monotonic() - begin < 5, "it took %.1f s" % (time.monotonic() - begin)
        equal(case.rows("SELECT name FROM _weir_objects"), [])


def too_large_here(case):
    """One record among small ones is above the limit that the table gives. Nothing of its epoch goes out."""
    case.create()
    rows = ['{"n":%d,"t":"%s"}' % (i, "x" * (20000 if i == 5 else 1)) for i in range(10)]
    script = (sink(case, "n INT, t STRING", properties__message__max__bytes="10000") + file(case, "n INT, t STRING", rows) +
              "INSERT INTO o SELECT * FROM f;\n")
    for _ in range(2):
        says(case.run(script, code=3), "E3010", '"too_large_here"', "message.max.bytes")
        equal(read(case), [])
    # Another limit is another table: the script is not the job's any more.
    says(case.run(script.replace("10000", "30000"), code=1), "E2132")


def large(case):
    """By itself the client has no limit that only another script could change."""
    case.create(1, {"max.message.bytes": 20000000})
    rows = ['{"t":"%s"}' % os.urandom(size // 2).hex() for size in (10, 12000000, 10)]
    equal([record.value.decode() for record in write(case, "t STRING", rows)], rows)


def too_large_there(case):
    case.create(1, {"max.message.bytes": 20000})
    rows = ['{"t":"%s"}' % os.urandom(size // 2).hex() for size in (10, 30000, 10)]
    script = sink(case, "t STRING") + file(case, "t STRING", rows) + "INSERT INTO o SELECT * FROM f;\n"
    says(case.run(script, code=3), "E3010", "max.message.bytes")
    equal(read(case), [])
    case.client.delete_topic(case.topic)
    wait_for(lambda: created(case, 1), "topic of the name")
    case.run()
    equal([record.value.decode() for record in read(case)], rows)


# --- a broker that goes away ---


def killed_again_and_again(case):
    start_copying(case, 2, sink__partitioner="round-robin")
    last, rounds = 0, 3
    with Producer(case.broker.bootstrap, {"reconnect.backoff.max.ms": 200}) as producer:
        for _ in range(rounds):
            end = time.monotonic() + random.uniform(0.3, 1.5)
            while time.monotonic() < end:
                producer.produce(case.topic + "_in", 0, [(None, b'{"n":%d}' % i) for i in range(last, last + 200)])
                last += 200
                time.sleep(0.01)
            case.broker.kill()
            time.sleep(random.uniform(0, 1))
            case.broker.start()
        producer.flush()
    wait_count(case, last)
    equal(case.process.poll(), None)
    case.stop()
    each_once(case, last)


def resident(case):
    with open("/proc/%d/status" % case.process.pid, encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def away_for_long(case):
    """It says so, takes no more in than it has room for, and goes on by itself."""
    rows = 1000000  # ten seconds of them: on a busy machine the broker goes before they are all there
    case.create()
    case.start("CREATE TABLE g (n INT) WITH ('connector' = 'datagen', 'rows-per-second' = '100000', 'fields.n.kind' = 'sequence', "
               "'fields.n.start' = '0', 'fields.n.end' = '%d');\n" % (rows - 1) + sink(case, "n INT") + "INSERT INTO o SELECT n FROM g;\n")
    wait_count(case, 1)
    case.broker.kill()
    wait_for(lambda: "waits to commit" in case.errors(), "word of it")
    says(case.errors(), "job 1 waits to commit: .*" + case.broker.bootstrap)
    wait_for(lambda: state(case) == [("WAITING",)], "WAITING in _weir_jobs")
    before = resident(case)
    time.sleep(2)
    assert resident(case) < before + 4096, "it grows: %d KB, %d KB two seconds later" % (before, resident(case))
    case.broker.start()
    wait_for(lambda: "job 1 goes on after" in case.errors(), "word that it goes on")
    case.wait()
    equal(state(case), [("FINISHED",)])
    each_once(case, rows)


def stopped_while_it_is_away(case):
    """In whatever step of a commit that finds it."""
    start_copying(case)
    feed(case, 0, 1000)
    wait_count(case, 1000)
    feed(case, 1000, 50000)
    case.broker.kill()
    time.sleep(random.uniform(0, 1.5))
    begin = time.monotonic()
    case.stop()
    took = time.monotonic() - begin
    case.broker.start()
    assert took < 8, "it took %.1f s" % took
    feed(case, 50000, 50010)
    case.start()
    wait_count(case, 50010)
    case.stop()
    each_once(case, 50010)


# --- what a job meets when it goes on ---


def stop_and_go_on(case):
    start_copying(case, 2, sink__partitioner="round-robin")
    for round_ in range(3):
        feed(case, 1000 * round_, 1000 * (round_ + 1))
        wait_count(case, 1000 * (round_ + 1))
        case.stop()
        if round_ < 2:
            case.start()
    each_once(case, 3000)


def write_and_end(case, kill):
    """A thousand numbers are there, in epochs of which the memory knows; and the job is not."""
    start_copying(case)
    for i in range(2):
        feed(case, 500 * i, 500 * (i + 1))
        wait_count(case, 500 * (i + 1))
    # The memory is behind the last commit by one: an epoch that is known to be written must be in it.
    wait_for(lambda: case.rows("SELECT 1 FROM _weir_sinks WHERE hex(substr(bytes, 33, 8)) <> '0000000000000000'"), "written epoch in memory")
    if kill:
        case.kill()
    else:
        case.stop()


def refuses(case, *words):
    """Clearly, and each time; and nothing is written."""
    before = case.client.end_offsets(case.topic, READ_UNCOMMITTED)
    feed(case, 5000, 5001)
    for _ in range(2):
        says(case.run(code=3, limit_s=40), "E3006", '"%s"' % case.topic, *words)
    equal(case.client.end_offsets(case.topic, READ_UNCOMMITTED), before)


def marker_lost_after_a_stop(case):
    write_and_end(case, kill=False)
    case.client.delete_group(marker_group(case))
    feed(case, 1000, 1010)
    case.start()
    wait_count(case, 1010)
    case.kill()
    case.start()
    feed(case, 1010, 1020)
    wait_count(case, 1020)
    case.stop()
    each_once(case, 1020)


def marker_lost_after_a_kill(case):
    write_and_end(case, kill=True)
    group = marker_group(case)
    case.client.delete_group(group)
    refuses(case, group, "not to be found")


def make_anew(case, partitions=1):
    case.client.delete_topic(case.topic)
    wait_for(lambda: created(case, partitions), "topic of the name")


def topic_made_anew(case):
    """While the job is not there. Others may have written into it since, too little to hide that."""
    write_and_end(case, kill=True)
    make_anew(case)
    refuses(case, "are gone", "went up to offset", "now ends at 0")


def topic_made_anew_after_a_stop(case):
    write_and_end(case, kill=False)
    make_anew(case)
    case.produce(b"{}", b"{}")
    refuses(case, "are gone", r"went up to offset 100\d, and now ends at 2", "deleted and made anew")


def topic_made_anew_with_fewer_partitions(case):
    start_copying(case, 2, sink__partitioner="round-robin")
    feed(case, 0, 10)
    wait_count(case, 10)
    case.stop()
    make_anew(case)
    case.produce(*[b"{}"] * 100)
    refuses(case, r"_partitions\[1\]", "now ends at 0")


def topic_made_anew_without_transactions(case):
    """The job remembers where the topic ended, not how far it has written."""
    start_copying(case, sink__delivery_guarantee="at-least-once")
    for i in range(2):
        feed(case, 500 * i, 500 * (i + 1))
        wait_count(case, 500 * (i + 1))
    case.stop()
    make_anew(case)
    refuses(case, "are gone", "now ends at 0")


def topic_made_anew_while_it_runs(case):
    """The next row gets an offset that another one had. That it is there does not show."""
    start_copying(case)
    feed(case, 0, 500)
    wait_count(case, 500)
    make_anew(case)
    feed(case, 500, 510)
    says(case.wait(3), "E3006", "are gone", "went up to offset 499, and now ends at 0")
    case.client.settle(case.topic)
    equal(case.client.read(case.topic), [])
    refuses(case, "are gone")


def topic_deleted_while_it_runs(case):
    start_copying(case)
    feed(case, 0, 500)
    wait_count(case, 500)
    case.client.delete_topic(case.topic)
    feed(case, 500, 510)
    says(case.wait(3), "E3008", case.topic, "weir explain E3008")
    wait_for(lambda: created(case, 1), "topic of the name")
    refuses(case, "are gone")


def records_deleted_by_retention(case):
    """That is no reason to stop, neither while it runs nor after."""
    start_copying(case)
    for round_ in range(3):
        feed(case, 100 * round_, 100 * (round_ + 1))
        wait_for(lambda: 100 <= len(case.client.read(case.topic)), "records")
        if round_ == 1:
            case.stop()
        case.client.settle(case.topic)
        case.client.delete_records(case.topic, 0, case.client.end_offsets(case.topic)[0])
        if round_ == 1:
            case.start()
    case.stop()
    equal(case.client.read(case.topic), [])


def commit_as(case, identity, group, metadata):
    with Transaction(case.client.bootstrap, identity) as foreign:
        foreign.begin()
        foreign.send_offsets(group, {(case.topic, 0): (3, metadata)})
        foreign.commit()


def marker_of_another_program(case):
    write_and_end(case, kill=False)
    commit_as(case, "foreign", marker_group(case), "mine")
    refuses(case, "used by somebody else", marker_group(case))


def marker_of_another_run(case):
    write_and_end(case, kill=False)
    commit_as(case, "foreign", marker_group(case), "weir 0123456789abcdef 0")
    refuses(case, "somebody else", marker_group(case))


# --- copies of the database ---


def copy_database(case, name):
    """It was stopped: the file alone is all."""
    shutil.copy(case.path("app.db"), case.path(name))


class Copy:
    """The same script over a copy of the database, beside the original."""

    def __init__(self, case):
        copy_database(case, "copy.db")
        self.case, self.beside = case, type(case)(case.weir, case.broker, case.client, case.topic)
        shutil.move(case.path("copy.db"), self.beside.path("app.db"))
        shutil.copy(case.path("job.sql"), self.beside.path("job.sql"))

    def __enter__(self):
        return self.beside

    def __exit__(self, *_):
        self.beside.close()


def ends_as_a_stranger(case, place):
    wait_for(lambda: place.process.poll() is not None, "end of the other one")
    says(place.wait(3), "E3006", "copy of this database", case.topic)


def both_at_once(case, later_first):
    """The later one fences the other; that one finds whose marker it is, and stops. Either has the numbers from the same
    topic, so that what both would write would be there twice."""
    write_and_end(case, kill=False)
    with Copy(case) as beside:
        older, later = (beside, case) if later_first else (case, beside)
        older.start()
        feed(case, 1000, 1500)
        wait_count_of(case, older, 1500)
        later.start()
        # The one that runs has written since the copy was made: the other is told at once.
        ends_as_a_stranger(case, later)
        feed(case, 1500, 2000)
        older_goes_on = older.process.poll() is None
        if not older_goes_on:
            ends_as_a_stranger(case, older)
            older.start()
        wait_count_of(case, older, 2000)
        older.stop()
        print("          the one that was there first %s" % ("goes on" if older_goes_on else "is stopped, too, and goes on when started"))
    each_once(case, 2000)


def wait_count_of(case, place, count):
    kept, case.process = case.process, place.process
    try:
        wait_count(case, count)
    finally:
        case.process = kept


def a_copy_beside_the_original(case):
    both_at_once(case, later_first=False)


def the_original_beside_a_copy(case):
    both_at_once(case, later_first=True)


def two_that_begin_at_once(case):
    """Each may fence the other; one of them stays, and each number is there once."""
    write_and_end(case, kill=False)
    with Copy(case) as beside:
        case.start()
        beside.start()
        for i in range(20):
            feed(case, 1000 + 50 * i, 1050 + 50 * i)
            time.sleep(0.05)
        wait_for(lambda: None in (case.process.poll(), beside.process.poll()) and case.process.poll() != beside.process.poll(), "one that stays")
        stays, ended = (case, beside) if case.process.poll() is None else (beside, case)
        ends_as_a_stranger(case, ended)
        wait_count_of(case, stays, 2000)
        stays.stop()
    each_once(case, 2000)


def an_older_backup(case):
    """Of before the last run: a stranger has written since. Of the same run: it is older than what is outside."""
    start_copying(case)
    feed(case, 0, 500)
    wait_count(case, 500)
    with contextlib.closing(sqlite3.connect(case.path("app.db"))) as original, contextlib.closing(sqlite3.connect(case.path("backup.db"))) as backup:
        original.backup(backup)
    feed(case, 500, 600)
    wait_count(case, 600)
    case.kill()
    for name in ("app.db-wal", "app.db-shm"):
        if os.path.exists(case.path(name)):
            os.remove(case.path(name))
    shutil.move(case.path("backup.db"), case.path("app.db"))
    says(case.run(code=4), "E4009", "holds epoch")
    each_once(case, 600)


def write_on_beside_a_backup(case):
    write_and_end(case, kill=False)
    copy_database(case, "backup.db")
    case.start()
    feed(case, 1000, 1100)
    wait_count(case, 1100)
    case.stop()


def a_backup_of_an_earlier_run_without_marker(case):
    """The broker has forgotten who has written last; that somebody has shows in the topic."""
    write_on_beside_a_backup(case)
    shutil.move(case.path("app.db"), case.path("newest.db"))
    shutil.move(case.path("backup.db"), case.path("app.db"))
    case.client.delete_group(marker_group(case))
    refuses(case, "not to be found", "somebody has written since", "newer copy of this database")
    shutil.move(case.path("newest.db"), case.path("app.db"))
    case.start()
    wait_count(case, 1101)  # refuses() has fed one
    case.stop()
    equal(sorted(value for values in read_numbers(case).values() for value in values), [*range(1100), 5000])


def two_that_go_on_without_marker(case):
    """Who goes on first writes it anew, be there rows or not: the other is a stranger from then on."""
    write_and_end(case, kill=False)
    case.client.delete_group(marker_group(case))
    with Copy(case) as beside:
        case.start()
        wait_for(lambda: case.client.committed(marker_group(case), case.topic), "marker")
        case.stop()
        says(beside.run(code=3, limit_s=40), "E3006", "copy of this database")
        case.start()
        feed(case, 1000, 1010)
        wait_count(case, 1010)
        case.stop()
    each_once(case, 1010)


def a_backup_of_an_earlier_run(case):
    write_on_beside_a_backup(case)
    shutil.move(case.path("backup.db"), case.path("app.db"))
    refuses(case, "copy of this database")
    each_once(case, 1100)


# --- fenced by time ---


def stopped_for_longer_than_a_transaction_may_last(case):
    start_copying(case, properties__transaction__timeout__ms="1000")
    last = 0
    for _ in range(3):
        feed(case, last, last + 20000)
        last += 20000
        time.sleep(random.uniform(0.05, 0.25))
        case.process.send_signal(signal.SIGSTOP)
        time.sleep(2.5)
        case.process.send_signal(signal.SIGCONT)
    wait_count(case, last)
    case.stop()
    each_once(case, last)


CASES = [once_and_in_order, partitions_as_java_chooses_them, keys_in_json, raw_and_csv, all_into_one_partition, in_turn, without_a_key,
         a_timestamp_that_cannot_be_written, other_guarantees, a_key_that_rows_share, nothing_for_empty_epochs, several_transactions, killed_between_two_transactions, bad_options,
         a_time_out_that_the_broker_refuses, a_topic_that_is_not_there, a_broker_that_is_away, stopped_while_a_broker_is_away, too_large_here, large, too_large_there,
         killed_again_and_again, away_for_long, stopped_while_it_is_away, stop_and_go_on,
         marker_lost_after_a_stop, marker_lost_after_a_kill, topic_made_anew, topic_made_anew_after_a_stop,
         topic_made_anew_with_fewer_partitions, topic_made_anew_without_transactions, topic_made_anew_while_it_runs,
         topic_deleted_while_it_runs, records_deleted_by_retention, marker_of_another_program, marker_of_another_run,
         a_copy_beside_the_original, the_original_beside_a_copy, two_that_begin_at_once, an_older_backup, a_backup_of_an_earlier_run,
         a_backup_of_an_earlier_run_without_marker, two_that_go_on_without_marker,
         stopped_for_longer_than_a_transaction_may_last]

if __name__ == "__main__":
    main(CASES, sys.argv[1:])
