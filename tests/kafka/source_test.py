#!/usr/bin/env python3
"""Tables of Kafka topics that are read to an end: which records, and what they become.

Usage: source_test.py WEIR [CASE]...
"""
import json
import re
import sqlite3
import sys
import time

from cases import equal, main, says, view
from client import Producer, Transaction
from rdkafka import lib


ARRAY = 2500  # rows in each; a batch has 1,024


def numbers(first, last):
    """{"n": first} to {"n": last - 1}"""
    return [b'{"n":%d}' % i for i in range(first, last)]


def singles(values):
    return [(value,) for value in values]


# --- which topics ---


def topics_by_list(case):
    for i, topic in enumerate(("topics_by_list", "topics_by_list.b", "topics_by_list.c")):
        case.create(topic=topic)
        case.produce(*numbers(i, i + 1), topic=topic)
    equal(case.read("n INT, topic STRING METADATA", topic="topics_by_list.b; topics_by_list"),
          [(0, "topics_by_list"), (1, "topics_by_list.b")])


def topics_by_pattern(case):
    for i, topic in enumerate(("by_pattern-1", "by_pattern-22", "by_pattern-x", "not_by_pattern-3")):
        case.create(2, topic=topic)
        case.produce(*numbers(i, i + 1), topic=topic, partition=i % 2)
    equal(case.read("n INT", topic=None, topic_pattern="by_pattern-[0-9]+"), [(0,), (1,)])
    case.fresh()
    equal(case.read("n INT", topic=None, topic_pattern="by_pattern-[\\d&&[^2]]+?"), [(0,)])
    case.fresh()
    says(case.run(case.table("n INT", topic=None, topic_pattern="by_pattern") + "SELECT n FROM t;\n", code=3), "E3008", "no topic", "whole name")


def a_topic_that_is_not_there(case):
    says(case.run(case.table("n INT") + view(), code=3, limit_s=15), "E3008", "a_topic_that_is_not_there", "hint: make the topic")


# --- where reading begins ---


def begin_at_a_timestamp(case):
    case.create(2)
    case.produce(*[(None, b'{"n":%d}' % i, [], 1000 + i) for i in range(10)])
    case.produce((None, b'{"n":100}', [], 5), partition=1)  # nothing of that time or later
    equal(case.read("n INT", scan__startup__mode="timestamp", scan__startup__timestamp_millis="1007"), singles([7, 8, 9]))


def begin_at_specific_offsets(case):
    case.create(3)
    for partition in range(3):
        case.produce(*numbers(10 * partition, 10 * partition + 4), partition=partition)
    # Flink reads partitions that are not named from where the group stands; without a group, from the beginning.
    equal(case.read("n INT", scan__startup__mode="specific-offsets", scan__startup__specific_offsets="partition:0,offset:2;partition:1,offset:4"),
          singles([2, 20, 21, 22, 23, 3]))


def begin_where_nothing_is(case):
    """Beyond the end, or in a partition that the topic does not have."""
    case.create(2)
    case.produce(*numbers(0, 5))

    def begin(offsets, **more):
        case.fresh()
        return case.table("n INT", scan__startup__mode="specific-offsets", scan__startup__specific_offsets=offsets, **more) + view()
    for bounded in (True, False):
        said = case.run(begin("partition:0,offset:6", bounded=bounded), code=3)
        says(said, "E3009", r"begin_where_nothing_is\[0\]", r"offset 6\b", r"next record will be 5\b" if bounded else r"\b0 to 4\b")
        assert "goes on at" not in said, said
        says(case.run(begin("partition:0,offset:0;partition:2,offset:0", bounded=bounded), code=3), "E3008", "startup.specific-offsets", r"partition 2\b", r"\b0 to 1\b")
    case.run(begin("partition:0,offset:5"))  # the next one
    equal(case.rows("SELECT * FROM v"), [])
    case.fresh()
    said = case.run(case.table("n INT", scan__bounded__mode="specific-offsets", scan__bounded__specific_offsets="partition:7,offset:1") + view(), code=3)
    says(said, "E3008", "bounded.specific-offsets", r"partition 7\b")


def commit_offsets(case, group, offsets):
    with Transaction(case.client.bootstrap, case.topic) as transaction:
        transaction.begin()
        transaction.send_offsets(group, {(case.topic, partition): (offset, "") for partition, offset in offsets.items()})
        transaction.commit()
    equal({key: found.offset for key, found in case.client.committed(group, case.topic).items()}, offsets)


def begin_at_the_offsets_of_a_group(case):
    case.create(2)
    case.produce(*numbers(0, 5))
    case.produce(*numbers(10, 13), partition=1)
    commit_offsets(case, "begins", {0: 3, 1: 1})
    group = {"scan__startup__mode": "group-offsets", "properties__group__id": "begins"}
    equal(case.read("n INT", **group), singles([11, 12, 3, 4]))


def a_group_without_offsets(case):
    case.create(2)
    case.produce(*numbers(0, 3))
    case.produce(*numbers(10, 12), partition=1)
    commit_offsets(case, "partly", {0: 2})
    group = {"scan__startup__mode": None, "properties__group__id": "partly"}  # group-offsets is the default
    says(case.run(case.table("n INT", **group) + view(), code=3), "E3009", r"a_group_without_offsets\[1\]", "partly", "auto.offset.reset")
    case.fresh()
    equal(case.read("n INT", **group, properties__auto__offset__reset="earliest"), singles([10, 11, 2]))
    case.fresh()
    commit_offsets(case, "partly too", {0: 2})  # a job may tell its group where it has got to
    group["properties__group__id"] = "partly too"
    equal(case.read("n INT", **group, properties__auto__offset__reset="latest"), singles([2]))


def a_group_that_is_not_named(case):
    says(case.run(case.table("n INT", scan__startup__mode="group-offsets") + view(), code=1), "E2113", "properties.group.id")


# --- how it goes on ---


def a_queue_that_was_full(case):
    """Each record fills it; librdkafka by itself would look a second later whether there is room again."""
    records = 40
    case.create()
    case.produce(*[b'{"n":%d,"x":"%s"}' % (i, b"x" * 900_000) for i in range(records)])
    begin = time.monotonic()
    equal(case.read("n INT", properties__queued__min__messages="1"), singles(sorted(range(records), key=str)))
    assert time.monotonic() - begin < records / 2, "it took %.1f s" % (time.monotonic() - begin)


# --- where it ends ---


def end_at_a_timestamp(case):
    case.create(2)
    case.produce(*[(None, b'{"n":%d}' % i, [], 1000 + i) for i in range(10)])
    case.produce((None, b'{"n":100}', [], 5), partition=1)  # all are older: to the end
    equal(case.read("n INT", scan__bounded__mode="timestamp", scan__bounded__timestamp_millis="1003"), singles([0, 1, 100, 2]))


def end_at_specific_offsets(case):
    case.create(3)
    for partition in range(3):
        case.produce(*numbers(10 * partition, 10 * partition + 4), partition=partition)
    equal(case.read("n INT", scan__bounded__mode="specific-offsets", scan__bounded__specific_offsets="partition:0,offset:2;partition:1,offset:3;"
                                                                                                     "partition:2,offset:0"),
          singles([0, 1, 10, 11, 12]))


def an_end_beyond_the_topics(case):
    """It is waited for, as Flink does."""
    case.create()
    case.produce(*numbers(0, 5))
    case.start(case.table("n INT", scan__bounded__mode="specific-offsets", scan__bounded__specific_offsets="partition:0,offset:8") + view())
    time.sleep(1.5)
    assert case.process.poll() is None, "it has ended"
    case.produce(*numbers(5, 10))
    case.wait()
    equal(sorted(case.rows("SELECT * FROM v")), singles(range(8)))


def end_at_the_offsets_of_a_group(case):
    case.create(2)
    case.produce(*numbers(0, 5))
    case.produce(*numbers(10, 13), partition=1)
    commit_offsets(case, "ends", {0: 3, 1: 1})
    equal(case.read("n INT", scan__bounded__mode="group-offsets", properties__group__id="ends"), singles([0, 1, 10, 2]))


def an_end_in_front_of_the_beginning(case):
    case.create()
    case.produce(*numbers(0, 5))
    equal(case.read("n INT", scan__startup__mode="specific-offsets", scan__startup__specific_offsets="partition:0,offset:4",
                    scan__bounded__mode="specific-offsets", scan__bounded__specific_offsets="partition:0,offset:2"), [])


def what_comes_later_is_not_read(case):
    """The end of a bounded job is that of its start, also after a restart."""
    case.create()
    case.produce(*arrays(200))
    script = "SET 'commit-interval' = '5 ms';\n" + case.table("n BIGINT") + view("SELECT COUNT(*) AS c, SUM(n) AS s FROM t")
    case.start(script)
    case.wait_some("SELECT 1 FROM v")
    case.kill()
    case.produce(*numbers(0, 50))
    case.run()
    equal(case.rows("SELECT * FROM v"), [(200 * ARRAY, sum(range(200 * ARRAY)))])


def empty_topics_and_partitions(case):
    case.create(3)
    equal(case.read("n INT"), [])
    case.produce(*numbers(0, 2), partition=1)
    case.fresh()
    equal(case.read("n INT"), singles([0, 1]))


def deleted_from_the_beginning(case):
    case.create()
    case.produce(*numbers(0, 5))
    case.client.delete_records(case.topic, 0, 3)
    equal(case.read("n INT"), singles([3, 4]))
    case.client.delete_records(case.topic, 0, 5)
    case.fresh()
    equal(case.read("n INT"), [])


# --- transactions and compaction ---


def transactions(case):
    case.create()
    with Transaction(case.client.bootstrap, case.topic) as transaction:
        for i, end in enumerate((transaction.commit, transaction.abort, transaction.commit, transaction.abort)):
            transaction.begin()
            transaction.produce(case.topic, 0, [(None, value) for value in numbers(10 * i, 10 * i + 2)])
            end()
    case.client.settle(case.topic)  # the last offsets are a control record, and behind records that were aborted
    equal(case.read("n INT"), singles([0, 1, 20, 21]))
    case.fresh()
    equal(case.read("n INT", properties__isolation__level="read_uncommitted"), singles([0, 1, 10, 11, 20, 21, 30, 31]))


def an_open_transaction_is_behind_the_end(case):
    case.create()
    case.produce(*numbers(0, 2))
    with Transaction(case.client.bootstrap, case.topic) as transaction:
        transaction.begin()
        transaction.produce(case.topic, 0, [(None, value) for value in numbers(10, 12)])
        case.produce(*numbers(20, 22))
        equal(case.read("n INT"), singles([0, 1]))
        case.fresh()
        equal(case.read("n INT", properties__isolation__level="read_uncommitted"), singles([0, 1, 10, 11, 20, 21]))
        transaction.abort()


def nothing_but_control_records(case):
    case.create()
    with Transaction(case.client.bootstrap, case.topic) as transaction:
        transaction.begin()
        transaction.produce(case.topic, 0, [(None, value) for value in numbers(0, 2)])
        transaction.abort()
    case.client.settle(case.topic)
    equal(case.read("n INT"), [])


def compacted(case):
    case.create(1, {"cleanup.policy": "compact", "segment.ms": 100, "min.cleanable.dirty.ratio": 0.01, "max.compaction.lag.ms": 100,
                    "delete.retention.ms": 100})
    case.produce(*[(b"k%d" % (i % 5), b'{"n":%d}' % i) for i in range(200)])
    end = time.monotonic() + 30
    extra = 0
    while len(case.client.read(case.topic)) > 100:
        assert time.monotonic() < end, "no compaction"
        time.sleep(0.3)
        case.produce((b"last", b'{"n":%d}' % (1000 + extra)))
        extra += 1
    def there():
        return {(json.loads(record.value)["n"], record.offset) for record in case.client.read(case.topic) if record.value}

    before = there()
    found = case.read("n INT, o BIGINT METADATA FROM 'offset'")
    after = there()  # it may have gone on meanwhile
    assert len(found) == len(set(found)) and after <= set(found) <= before, (after, found, before)


# --- values ---


def compressed(case):
    case.create()
    at = 0
    for codec in ("gzip", "snappy", "lz4", "zstd"):
        case.produce(*numbers(at, at + 500), settings={"compression.codec": codec})
        at += 500
    equal(case.read("n INT", "SELECT COUNT(*) AS c, COUNT(DISTINCT n) AS d, SUM(n) AS s FROM t"), [(2000, 2000, sum(range(2000)))])


def ten_megabytes(case):
    case.create(1, {"max.message.bytes": 12000000})
    big = b"x" * 10000000
    case.produce(b'{"n":1,"s":"a"}', b'{"n":2,"s":"%s"}' % big, b'{"n":3,"s":"b"}', settings={"message.max.bytes": 12000000})
    equal(case.read("n INT, s STRING", "SELECT n, CHAR_LENGTH(s) AS c FROM t"), [(1, 1), (2, 10000000), (3, 1)])





def arrays(count, rows=ARRAY):
    """Messages of JSON arrays: numbers one after the other."""
    return [b"[%s]" % b",".join(b'{"n":%d}' % i for i in range(rows * message, rows * message + rows)) for message in range(count)]


def json_arrays(case):
    case.create()
    case.produce(b'[{"n":-1},{"n":-2}]', b"[]", *arrays(3), b'{"n":-3}')
    found = case.read("n INT, o BIGINT METADATA FROM 'offset'")
    wanted = [(-1, 0), (-2, 0)] + [(i, 2 + i // ARRAY) for i in range(3 * ARRAY)] + [(-3, 5)]
    equal(found, sorted(wanted, key=repr))


def arrays_that_end_with_no_batch(case):
    """The next one does not fit into what is left of it."""
    case.create()
    case.produce(*[b"[%s]" % b",".join(numbers(100 * i, 100 * i + 100)) for i in range(50)])
    equal(case.read("n INT, o BIGINT METADATA FROM 'offset'"), sorted(((i, i // 100) for i in range(5000)), key=repr))


def tombstones_and_empty_values(case):
    """A value that is not there is passed over; an empty one is no JSON."""
    case.create()
    case.produce(b'{"n":1}', (b"k", None), (b"k", b""), b'{"n":2}', (None, None))
    equal(case.read("n INT"), singles([1, 2]))
    equal(case.rows('SELECT split, "offset" FROM "t$errors"'), [("tombstones_and_empty_values[0]", 2)])


def broken_values(case):
    case.create(2)
    case.produce(b'{"n":1}', b'{"n":', b'{"n":2}', b"nonsense", b'{"n":"text"}', b'{"n":3}')
    case.produce(b'{"n":4} {"n":5}', b'{"n":6}', partition=1)
    equal(case.read("n INT"), singles([1, 2, 3, 6]))
    equal(case.rows('SELECT split, "offset", CAST(raw AS TEXT) FROM "t$errors" ORDER BY split, "offset"'),
          [("broken_values[0]", 1, '{"n":'), ("broken_values[0]", 3, "nonsense"), ("broken_values[1]", 0, '{"n":4} {"n":5}')])
    # a cell that cannot be read is the matter of those views that read it
    equal(case.rows('SELECT split, "offset", field, CAST(raw AS TEXT) FROM "v$errors"'), [("broken_values[0]", 4, "n", '{"n":"text"}')])


def line_feeds_in_values(case):
    case.create()
    case.produce(b'{\n  "n": 1,\n  "s": "a"\n}\n', b'{"n":2,"s":"b"}', b'\n[\n{"n":3,"s":"c"},\n{"n":4,"s":"d"}\n]\n', b'{"n":5,\r\n"s":"e"}\r\n',
                 b'{"n":6,"s":"f"}\n')
    equal(case.read("n INT, s STRING"), [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "e"), (6, "f")])
    equal(case.rows('SELECT * FROM "t$errors"'), [])


def byte_order_marks(case):
    case.create()
    case.produce(b'{"n":1}', b'\xef\xbb\xbf{"n":2}', b'{"n":3}')
    equal(case.read("n INT"), singles([1, 2, 3]))


def csv_values(case):
    case.create()
    case.produce(b'1,"a, b"', b"2,", b'3,"two\nlines"', b"4,c\n")
    equal(case.read("n INT, s STRING", format="csv"), [(1, "a, b"), (2, ""), (3, "two\nlines"), (4, "c")])


def csv_ends_with_its_message(case):
    """Neither an open quote nor an escape takes the next message in; a blank one is told."""
    case.create()
    case.produce(b'1,"a', b'2,b"', b'3,"c"', b"4,d\\", b"5,e", b"  ", b"6,f", b'7,"g')
    rows = case.read("n INT, s STRING", format="csv", csv__escape_character="\\")
    equal([row for row in rows if row[0] in (3, 5, 6)], [(3, "c"), (5, "e"), (6, "f")])
    assert not any("," in row[1] or "\n" in row[1] for row in rows), rows
    refused = case.rows('SELECT "offset" FROM "t$errors" ORDER BY 1')
    assert {(0,), (5,), (7,)} <= set(refused) and len(refused) + len(rows) == 8, refused


def keys_that_are_not_there(case):
    """A record of a keyed stream without its key changes no row."""
    case.create()
    case.produce((b'{"k":2}', b'{"v":"two"}'), (None, b'{"v":"none"}'), (b"{}", b'{"v":"lacks it"}'), (b"oops", b'{"v":"broken"}'), (None, None),
                 (b'{"k":"x"}', None), (b'{"k":3}', b'{"v":"three"}'))
    table = case.table("k BIGINT, v STRING, PRIMARY KEY (k) NOT ENFORCED", connector="upsert-kafka", format=None, key__format="json", value__format="json",
                       value__fields_include="EXCEPT_KEY", scan__startup__mode=None)
    case.run(table + view())
    equal(case.rows("SELECT * FROM v"), [(2, "two"), (3, "three")])
    equal(case.rows('SELECT "offset" FROM "t$errors" ORDER BY 1'), singles([1, 2, 3, 4, 5]))


def raw_values(case):
    case.create()
    case.produce(b"one", b"two\nlines\n", b"", (b"k", None))
    equal(case.read("s STRING, o BIGINT METADATA FROM 'offset'", format="raw"), sorted([("one", 0), ("two\nlines\n", 1), ("", 2), (None, 3)], key=repr))


def raw_numbers(case):
    """As Flink's raw writes them: big-endian, unless told otherwise."""
    case.create()
    case.produce((5).to_bytes(8, "big"), (-3).to_bytes(8, "big", signed=True), b"short")
    equal(case.read("n BIGINT", format="raw"), singles([-3, 5]))
    equal(case.rows('SELECT "offset" FROM "t$errors"'), [(2,)])
    case.fresh()
    equal(case.read("n BIGINT", "SELECT n FROM t WHERE n > 0 AND n < 1000000", format="raw", raw__endianness="big-endian"), singles([5]))



# --- keys ---

KEYED = [(b"7", b'{"n":1}'), (None, b'{"n":2}'), (b"text", b'{"n":3}'), (b"", b'{"n":4}')]


def raw_keys(case):
    case.create()
    case.produce(*KEYED)
    equal(case.read("k STRING, n INT", key__format="raw", key__fields="k", value__fields_include="EXCEPT_KEY"),
          sorted([("7", 1), (None, 2), ("text", 3), ("", 4)], key=repr))


def keys_that_are_in_the_value_too(case):
    """ALL, the default: what the value says of the column comes before the key, as Flink reads the key first."""
    case.create()
    case.produce((b"1", b'{"n":2}'))
    equal(case.read("n STRING", key__format="raw", key__fields="n"), [("2",)])


def json_keys(case):
    """Under a prefix the key has a column of the same name as the value."""
    case.create()
    case.produce((b'{"id":1,"s":"a"}', b'{"id":10,"x":5}'), (None, b'{"id":20}'), (b'{"id":', b'{"id":30}'), (b'{"id":4,"s":"d"}', b'{"id":40}'))
    options = {"key__format": "json", "key__fields": "k_id;k_s", "key__fields_prefix": "k_", "value__fields_include": "EXCEPT_KEY"}
    equal(case.read("k_id INT, id INT, k_s STRING, x INT", **options), [(1, 10, "a", 5), (4, 40, "d", None), (None, 20, None, None)])
    equal(case.rows('SELECT "offset", message LIKE \'%in the key%\' FROM "v$errors"'), [(2, 1)])
    case.fresh()  # of no matter to who does not look at it
    equal(case.read("k_id INT, id INT, k_s STRING, x INT", "SELECT id FROM t", **options), singles([10, 20, 30, 40]))


def csv_keys(case):
    case.create()
    case.produce((b"1,a", b"x"), (b"2,", b"y"), (None, b"z"))
    equal(case.read("a INT, b STRING, v STRING", format=None, value__format="raw", key__format="csv", key__fields="a;b",
                    value__fields_include="EXCEPT_KEY"), sorted([(1, "a", "x"), (2, "", "y"), (None, None, "z")], key=repr))


def keys_of_arrays(case):
    case.create()
    case.produce((b"one", b'[{"n":1},{"n":2}]'), (b"two", b"[%s]" % b",".join(numbers(10, 10 + ARRAY))))
    found = case.read("k STRING, n INT", "SELECT k, COUNT(*) AS c, MIN(n) AS a, MAX(n) AS z FROM t GROUP BY k", key__format="raw",
                      key__fields="k", value__fields_include="EXCEPT_KEY")
    equal(found, [("one", 2, 1, 2), ("two", ARRAY, 10, 9 + ARRAY)])


# --- metadata ---


def metadata(case):
    case.create(2)
    case.produce((b"key", b'{"n":1}', [("h", b"old"), ("x", None), ("h", b"new")], 1700000000123), (None, b'{"n":2}', [], 1), partition=1)
    columns = """n INT, topic STRING NOT NULL METADATA VIRTUAL, p INT METADATA FROM 'partition' VIRTUAL, o BIGINT METADATA FROM 'offset' VIRTUAL,
        at TIMESTAMP_LTZ(3) METADATA FROM 'timestamp', kind STRING METADATA FROM 'timestamp-type' VIRTUAL,
        headers MAP<STRING, BYTES> METADATA, k BYTES METADATA FROM 'key'"""
    select = "SELECT n, topic, p, o, at, kind, headers['h'] AS h, headers['x'] AS x, headers['y'] AS y, CARDINALITY(headers) AS c, k FROM t"
    equal(case.read(columns, select),
          [(1, "metadata", 1, 0, "2023-11-14 22:13:20.123Z", "CreateTime", b"new", None, None, 2, b"key"),
           (2, "metadata", 1, 1, "1970-01-01 00:00:00.001Z", "CreateTime", None, None, None, 0, None)])


def the_leaders_epoch(case):
    """A topic of one broker has had one leader. The library knows it from 2.1 on."""
    case.create()
    case.produce(*numbers(0, 1))
    known = tuple(map(int, lib.version_str().decode().split(".")[:2])) >= (2, 1)
    equal(case.read("n INT, e INT METADATA FROM 'leader-epoch' VIRTUAL"), [(0, 0 if known else None)])


def metadata_of_another_type(case):
    """It is cast, as Flink does."""
    case.create()
    case.produce((b"12", b'{"n":1}', [], 1700000000123))
    equal(case.read("p STRING METADATA FROM 'partition', o INT METADATA FROM 'offset', at TIMESTAMP(3) METADATA FROM 'timestamp', n INT",
                    "SELECT p, o, at, n FROM t"), [("0", 0, "2023-11-14 22:13:20.123", 1)])


def time_of_the_broker(case):
    case.create(1, {"message.timestamp.type": "LogAppendTime"})
    case.produce((None, b'{"n":1}', [], 5))
    equal(case.read("n INT, kind STRING METADATA FROM 'timestamp-type', at TIMESTAMP_LTZ(3) METADATA FROM 'timestamp'",
                    "SELECT n, kind, at > TIMESTAMP '2020-01-01 00:00:00' AS b FROM t"), [(1, "LogAppendTime", 1)])


def metadata_beside_arrays(case):
    case.create()
    case.produce((b"a", b'[{"n":1},{"n":2}]', [("h", b"1")], 1000), (b"b", b"junk"), (b"c", b'{"n":3}', [("h", b"3")], 3000))
    equal(case.read("n INT, o BIGINT METADATA FROM 'offset', k BYTES METADATA FROM 'key', headers MAP<STRING, BYTES> METADATA",
                    "SELECT n, o, k, headers['h'] AS h FROM t"), [(1, 0, b"a", b"1"), (2, 0, b"a", b"1"), (3, 2, b"c", b"3")])


# --- queries ---


def events(partition):
    """Rows as tuples, and as values: id, key, price or NULL, milliseconds that rise."""
    rows = [(i, "k%d" % (i * 7 % 11), None if i % 13 == 0 else i * 37 % 1000, 1000 * i + 10 * partition) for i in range(partition, 3000, 3)]
    return rows, [json.dumps(dict(zip(("id", "k", "price", "ms"), row))).encode() for row in rows]


QUERIES = ("SELECT id, price FROM t WHERE price > 500 AND k = 'k3'", "SELECT k FROM t WHERE id BETWEEN 100 AND 140",
           "SELECT id FROM t WHERE price IS NULL", "SELECT COUNT(*) AS c FROM t", "SELECT k, COUNT(*) AS c, SUM(price) AS s FROM t GROUP BY k",
           "SELECT DISTINCT k FROM t WHERE k <> 'k1'", "SELECT id, k, price, ms FROM t WHERE price < 10 OR ms < 5000")


def the_same_as_sqlite(case):
    case.create(3)
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE t (id INTEGER, k TEXT, price INTEGER, ms INTEGER)")
    for partition in range(3):
        rows, values = events(partition)
        case.produce(*values, partition=partition)
        connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?)", rows)
    case.run(case.table("id BIGINT, k STRING, price BIGINT, ms BIGINT") + "".join(view(query, "v%d" % i) for i, query in enumerate(QUERIES)))
    for i, query in enumerate(QUERIES):
        equal(sorted(case.rows("SELECT * FROM v%d" % i), key=repr), sorted(connection.execute(query).fetchall(), key=repr))
    connection.close()


def windows_over_partitions(case):
    """The partitions are merged by their watermarks: none is late, though one follows the other in time."""
    case.create(3)
    for partition in range(3):
        case.produce(*events(partition)[1], partition=partition)
    found = case.read("id BIGINT, k STRING, price BIGINT, ms BIGINT, ts AS TO_TIMESTAMP_LTZ(ms, 3), WATERMARK FOR ts AS ts",
                      "SELECT window_start AS w, COUNT(*) AS c FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '50' SECOND)) "
                      "GROUP BY window_start, window_end")
    equal([count for _, count in found], [50] * 60)
    equal(case.rows('SELECT * FROM "v$late"'), [])


def a_job_that_has_ended(case):
    """It is at its end, whatever comes."""
    case.create()
    case.produce(*numbers(0, 3))
    equal(case.read("n INT"), singles([0, 1, 2]))
    case.produce(*numbers(3, 5))
    case.run()
    equal(sorted(case.rows("SELECT * FROM v")), singles([0, 1, 2]))


def rejected_ones_behind_the_last_row(case):
    case.create()
    case.produce(*numbers(0, 3), b"junk", b"more junk")
    equal(case.read("n INT"), singles([0, 1, 2]))
    equal(case.rows('SELECT "offset" FROM "t$errors" ORDER BY 1'), [(3,), (4,)])


# --- a bounded job that is killed ---


def killed(case, script, total, kills, seen="SELECT 1 FROM v WHERE c < %d"):
    """Kills it as often, each time when it has committed something and not all. How often that came off."""
    case.start(script)
    done = 0
    for _ in range(kills):
        try:
            case.wait_some(seen % total)
        except AssertionError:
            break
        case.kill()
        done += 1
        case.start()
    case.wait()
    return done


def killed_inside_of_arrays(case):
    """Batches, and so epochs, end inside of the messages; the first kill is before the first checkpoint."""
    case.create(2)
    for partition in range(2):
        case.produce(*arrays(80), partition=partition)
    script = "SET 'commit-interval' = '2 ms';\n" + case.table("n BIGINT, p INT METADATA FROM 'partition', o BIGINT METADATA FROM 'offset'") + view(
        "SELECT COUNT(*) AS c, SUM(n) AS s FROM t") + view("SELECT p, o, COUNT(*) AS c, MIN(n) AS a, MAX(n) AS z FROM t GROUP BY p, o", "each")
    equal(killed(case, script, 160 * ARRAY, 3) > 0, True)
    equal(case.rows("SELECT * FROM v"), [(160 * ARRAY, 2 * sum(range(80 * ARRAY)))])
    equal(case.rows("SELECT * FROM each ORDER BY p, o"), [(p, o, ARRAY, o * ARRAY, o * ARRAY + ARRAY - 1) for p in range(2) for o in range(80)])


def killed_among_broken_values(case):
    """They come in small pieces, each with a broken one in front: an epoch ends where the next one is not there yet, and
    in the replay it may be. It must be told with the epoch that told it."""
    case.create(2)
    pieces, good = 400, [i for i in range(2000) if i % 5]
    for partition in range(2):
        with Producer(case.client.bootstrap, {"batch.num.messages": 5, "linger.ms": 1000}) as producer:
            producer.metadata(case.topic)
            producer.produce(case.topic, partition, [(None, b'{"n":%d}' % i if i % 5 else b"junk") for i in range(5 * pieces)])
            producer.flush()
    script = "SET 'commit-interval' = '1 ms';\n" + case.table("n BIGINT", properties__fetch__message__max__bytes="1") + view(
        "SELECT COUNT(*) AS c, SUM(n) AS s FROM t")
    equal(killed(case, script, 2 * len(good), 3) > 0, True)
    equal(case.rows("SELECT * FROM v"), [(2 * len(good), 2 * sum(good))])
    equal(case.rows("SELECT COUNT(*), COUNT(DISTINCT split || \"offset\") FROM \"t$errors\""), [(2 * pieces, 2 * pieces)])


def killed_windows(case):
    """An append-only result, the end of which is that of a control record."""
    case.create(2)
    with Transaction(case.client.bootstrap, case.topic) as transaction:
        for partition in range(2):
            transaction.begin()
            transaction.produce(case.topic, partition, [(None, b'{"ms":%d}' % (i * 100)) for i in range(60000)])
            transaction.commit()
    case.client.settle(case.topic)
    script = "SET 'commit-interval' = '1 ms';\n" + case.table(
        "ms BIGINT, ts AS TO_TIMESTAMP_LTZ(ms, 3), WATERMARK FOR ts AS ts") + view("SELECT COUNT(*) AS c FROM t") + view(
            "SELECT window_start AS w, COUNT(*) AS c, SUM(ms) AS s FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' SECOND)) "
            "GROUP BY window_start, window_end", "w")
    equal(killed(case, script, 120000, 3) > 0, True)
    equal(case.rows("SELECT COUNT(*), MIN(c), MAX(c), SUM(s) FROM w"), [(6000, 20, 20, 2 * sum(range(0, 6000000, 100)))])


# --- options and secrets ---


def a_property_that_is_refused(case):
    """In the library's own words, at the option."""
    case.create()
    said = case.run(case.table("n INT", properties__fetch__wait__max__ms="soon") + view(), code=1)
    says(said, "E2114", r"job\.sql:\d+", "properties.fetch.wait.max.ms", "fetch.wait.max.ms.*soon|soon.*fetch.wait.max.ms")
    says(case.run(case.table("n INT", properties__no__such__thing="1") + view(), code=1), "E2112", 'no setting "no.such.thing"')
    for wrong, near in (("bootstrap__server", "bootstrap.servers"), ("fetch__wait__max__m", "fetch.wait.max.ms"), ("sasl__user__name", "sasl.username"),
                        ("sesion__timeout__ms", "session.timeout.ms"), ("socket__timeout__msec", "socket.timeout.ms"), ("lingr__ms", "linger.ms")):
        said = case.run(case.table("n INT", **{"properties__" + wrong: "1"}) + view(), code=1)
        says(said, "E2112", 'hint: did you mean "properties.%s"' % re.escape(near))


SECRET = "canary-7391"


def secrets_are_not_shown(case):
    case.create()
    case.produce(b'{"n":1}', b"junk")
    secret = {"properties__ssl__key__password": SECRET}
    case.run(case.table("n INT", **secret) + view())
    equal(case.rows("SELECT * FROM v"), singles([1]))
    shown = case.command("app.db", text="SHOW CREATE TABLE t;\n.schema\nDESCRIBE t;\nSHOW TABLES;\nEXPLAIN SELECT * FROM t;\n")
    says(shown, "ssl.key.password")
    assert SECRET not in shown, shown
    kept = ("_weir_objects", "_weir_jobs")  # docs/sql/kafka.md says so: a job that goes on needs them
    for name, in case.rows("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT IN %r" % (kept,)):
        for row in case.rows('SELECT * FROM "%s"' % name):
            assert SECRET not in repr(row), (name, row)


def secrets_are_not_in_errors(case):
    """A script that is refused quotes its lines, without them."""
    for change in ({"properties__security__protocol": "SASL_NONSENSE"}, {"no_such_option": "1"}, {"topic": None}):
        options = {"properties__sasl__mechanism": "PLAIN", "properties__sasl__jaas__config":
                   'org.apache.kafka.common.security.plain.PlainLoginModule required username="me" password="%s";' % SECRET, **change}
        said = case.run(case.table("n INT", **options) + view(), code=1)
        says(said, r"E2\d\d\d")
        assert SECRET not in said, said
    said = case.run(case.table("n INT", properties__sasl__jaas__config="nonsense " + SECRET) + view(), code=1)
    assert SECRET not in said, said
    case.run((case.table("n INT") + view()).replace("'format' = 'json'", "'format' = 'json', 'properties.sasl.password' = '%s' nonsense" % SECRET), code=1)
    assert SECRET not in case.errors(), case.errors()


def a_broker_that_is_away(case):
    begin = time.monotonic()
    said = case.run(case.table("n INT", properties__bootstrap__servers="127.0.0.1:1") + view(), code=3, limit_s=30)
    says(said, "E3007", "127.0.0.1:1")
    assert time.monotonic() - begin < 15, "it took %.1f s" % (time.monotonic() - begin)


def a_first_start_that_fails_leaves_nothing(case):
    """Whatever it fails for, before a record is read: the corrected script runs over the same database."""
    case.create()
    case.produce(b'{"n":1}')
    for error, wrong in (("E3007", {"properties__bootstrap__servers": "127.0.0.1:1"}), ("E3008", {"topic": "not_there"}),
                         ("E3009", {"scan__startup__mode": "group-offsets", "properties__group__id": "nobody"}),
                         ("E3009", {"bounded": False, "scan__startup__mode": "specific-offsets", "scan__startup__specific_offsets": "partition:0,offset:9"})):
        says(case.run(case.table("n INT", **wrong) + view(), code=3), error)
        equal(case.rows("SELECT name FROM _weir_objects UNION SELECT id FROM _weir_jobs"), [])
    case.run(case.table("n INT") + view())
    equal(case.rows("SELECT * FROM v"), singles([1]))


CASES = [topics_by_list, topics_by_pattern, a_topic_that_is_not_there, begin_at_a_timestamp, begin_at_specific_offsets, begin_where_nothing_is,
         begin_at_the_offsets_of_a_group, a_group_without_offsets, a_group_that_is_not_named, a_queue_that_was_full, end_at_a_timestamp, end_at_specific_offsets, an_end_beyond_the_topics,
         end_at_the_offsets_of_a_group, an_end_in_front_of_the_beginning, what_comes_later_is_not_read, empty_topics_and_partitions,
         deleted_from_the_beginning, transactions, an_open_transaction_is_behind_the_end, nothing_but_control_records, compacted, compressed,
         ten_megabytes, json_arrays, arrays_that_end_with_no_batch, tombstones_and_empty_values, broken_values, line_feeds_in_values, byte_order_marks, csv_values,
         csv_ends_with_its_message, keys_that_are_not_there, raw_values,
         raw_numbers, raw_keys, keys_that_are_in_the_value_too, json_keys, csv_keys, keys_of_arrays, metadata, the_leaders_epoch, metadata_of_another_type,
         time_of_the_broker, metadata_beside_arrays, the_same_as_sqlite, windows_over_partitions, a_job_that_has_ended,
         rejected_ones_behind_the_last_row, killed_inside_of_arrays, killed_among_broken_values, killed_windows, a_property_that_is_refused,
         secrets_are_not_shown, secrets_are_not_in_errors, a_broker_that_is_away, a_first_start_that_fails_leaves_nothing]

if __name__ == "__main__":
    main(CASES, sys.argv[1:])
