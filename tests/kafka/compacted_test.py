#!/usr/bin/env python3
"""Topics that are compacted, and truly so while a job is down that has read them: it does again what it had done since
its last checkpoint, with records that the topic does not have any more.

Usage: compacted_test.py WEIR [CASE]...
"""
import sys
import time

from cases import equal, main, view
from client import Client, Transaction
from mock import Mock

# A segment is compacted when another one has begun, with a record that comes so much later: not while a case still writes
# what its job is to read.
SEGMENT_MS = 2000
COMPACT = {"cleanup.policy": "compact", "segment.ms": SEGMENT_MS, "min.cleanable.dirty.ratio": 0.01, "max.compaction.lag.ms": SEGMENT_MS,
           "delete.retention.ms": 100}
RECORDS = 200
BOUNDED = 3000
FILLER = 1_000_000  # records that only make the broker begin with a new segment
COUNT = "SELECT COUNT(*) AS c, SUM(n) AS s FROM t WHERE n < %d" % FILLER

BY_KEY = "k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED"
NEWEST = "SELECT k, n FROM t WHERE n < %d" % FILLER
UPSERT = {"connector": "upsert-kafka", "scan__startup__mode": None, "format": None, "key__format": "raw", "value__format": "json"}


def records(first, last, keys=5):
    return [(b"k%d" % (i % keys), b'{"n":%d}' % i) for i in range(first, last)]


def total(*ranges):
    every = [i for one in ranges for i in one]
    return [(len(every), sum(every))]


def compact(case, partitions=1, before=RECORDS, left=20):
    """Until hardly any is left of the records in front of the offset."""
    end, extra = time.monotonic() + 40, 0
    while sum(record.offset < before for record in case.client.read(case.topic)) > left:
        assert time.monotonic() < end, "no compaction"
        for partition in range(partitions):
            case.produce((b"filler", b'{"n":%d}' % (FILLER + extra)), partition=partition)
        extra += 1
        time.sleep(0.3)


def journal(case):
    """Bytes that are kept of the epochs behind the last checkpoint."""
    return case.rows("SELECT coalesce(sum(length(body)), 0) FROM _weir_journal")[0][0]


def start(case, columns="n BIGINT", select=COUNT, more="", bounded=False, **options):
    case.start("SET 'commit-interval' = '5 ms';\n" + case.table(columns, bounded=bounded, **options) + view(select) + more)


# --- a job that is killed ---


def killed_behind_its_checkpoint(case):
    """All that is to be known of a message is known of it once more: what the replay makes of it is compared with what
    was made of it before."""
    case.create(1, COMPACT)
    now = int(time.time() * 1000)
    odd = [("name", b""), ("name", b"last"), ("bytes", b"\xff\x00"), ("none", None)]
    case.produce(*[(b"k%d" % (i % 5), b'{"n":%d}' % i, [("i", b"%d" % i), *(odd if i % 2 else [])], now - i) for i in range(RECORDS)])
    more = view("SELECT n, o, CAST(k AS STRING) AS k, CAST(at AS STRING) AS at, kind, CARDINALITY(h) AS hs, CAST(h['i'] AS STRING) AS i, "
                "CAST(h['name'] AS STRING) AS name FROM t WHERE n < %d" % FILLER, "each")
    start(case, "n BIGINT, k BYTES METADATA FROM 'key', o BIGINT METADATA FROM 'offset', at TIMESTAMP_LTZ(3) METADATA FROM 'timestamp', "
          "kind STRING METADATA FROM 'timestamp-type', h MAP<STRING, BYTES> METADATA FROM 'headers'", more=more)
    case.wait_rows("SELECT * FROM v", total(range(RECORDS)))
    each = case.rows("SELECT n, o, k, kind, hs, i, name FROM each ORDER BY n")
    equal(each, [(i, i, "k%d" % (i % 5), "CreateTime", 4 if i % 2 else 1, str(i), "last" if i % 2 else None) for i in range(RECORDS)])
    case.kill()
    assert journal(case) > 10 * RECORDS, "the records are in no journal"
    compact(case)
    case.start()
    case.produce((b"new", b'{"n":5000}'))
    case.wait_rows("SELECT * FROM v", total(range(RECORDS), [5000]))
    equal(case.rows("SELECT n, o, k, kind, hs, i, name FROM each WHERE n < 5000 ORDER BY n"), each)
    case.stop()
    case.start()
    case.produce((b"new", b'{"n":5001}'))
    case.wait_rows("SELECT * FROM v", total(range(RECORDS), [5000, 5001]))
    case.stop()


def killed_again_and_again(case):
    """While records of many rows come, some of them junk; between two runs the topic loses what has just been read."""
    case.create(2, COMPACT)
    size, wanted, junk = 1500, [], 0
    start(case)
    for i in range(6):
        for partition in range(2):
            first = (2 * i + partition) * size
            case.produce((b"k", b"[%s]" % b",".join(b'{"n":%d}' % n for n in range(first, first + size))), (b"j", b"junk"), (b"k", None), partition=partition)
            wanted.append(range(first, first + size))
            junk += 1
        case.wait_rows("SELECT * FROM v", total(*wanted))
        case.kill()
        if i % 2:
            compact(case, 2, before=3 * i + 3, left=2 * 4)
        case.start()
    case.produce((b"k", b'{"n":%d}' % (12 * size)))  # the job is at work when it comes out
    wanted.append([12 * size])
    case.wait_rows("SELECT * FROM v", total(*wanted))
    case.wait_rows('SELECT COUNT(*), COUNT(DISTINCT split || "offset") FROM "t$errors"', [(junk, junk)])
    case.stop()


def killed_inside_of_a_record(case):
    """One record of many epochs, which is gone when the job goes on."""
    case.create(1, dict(COMPACT, **{"max.message.bytes": 20000000}))
    rows = 400000
    case.produce((b"k", b"[%s]" % b",".join(b'{"n":%d}' % n for n in range(rows))), settings={"message.max.bytes": 20000000, "compression.codec": "lz4"})
    case.start("SET 'commit-interval' = '1 ms';\n" + case.table("n BIGINT", bounded=False) + view(COUNT))
    seen = case.wait_some("SELECT c FROM v WHERE c > 0")[0][0]
    case.kill()
    assert seen < rows, "it was not killed inside of the record"
    case.produce((b"k", b'{"n":%d}' % rows))
    compact(case, before=1, left=0)
    case.start()
    case.wait_rows("SELECT * FROM v", total(range(rows + 1)))
    case.stop()


def a_bounded_table(case):
    """It ends where it ended when it first began, although the last record in front of that is gone."""
    case.create(1, COMPACT)
    case.produce(*[(b"k%d" % (i % 5), b"[%s]" % b",".join(b'{"n":%d}' % (100 * i + j) for j in range(100))) for i in range(BOUNDED)])
    for i in range(5):
        case.produce((b"k%d" % i, b'{"n":%d}' % (FILLER + i)))
    case.start("SET 'commit-interval' = '1 ms';\n" + case.table("n BIGINT") + view(COUNT))
    case.wait_some("SELECT c FROM v WHERE c > 0")
    case.kill()
    (seen, _), = case.rows("SELECT * FROM v")
    assert seen < 100 * BOUNDED, "it was not killed in the middle"
    compact(case, before=BOUNDED, left=0)
    case.run()
    (count, found), = case.rows("SELECT * FROM v")
    assert seen <= count < 100 * BOUNDED, "%d rows, of which %d were there before" % (count, seen)
    equal(found, sum(range(count)))  # what it had read is a beginning of the topic


def an_end_that_no_record_has(case):
    """Of a bounded table: a job that is killed when it has come there knows it without Kafka."""
    case.create(1, COMPACT)
    with Transaction(case.client.bootstrap, case.topic) as transaction:
        transaction.begin()
        transaction.produce(case.topic, 0, records(0, RECORDS))
        transaction.commit()
    case.client.settle(case.topic)
    case.create(1, topic="more")
    more = case.table("n BIGINT", name="more", topic="more", bounded=False)
    case.start("SET 'commit-interval' = '5 ms';\n" + case.table("n BIGINT") + more +
               view("SELECT COUNT(*) AS c, SUM(n) AS s FROM (SELECT n FROM t UNION ALL SELECT n FROM more) WHERE n < %d" % FILLER))
    case.wait_rows("SELECT * FROM v", total(range(RECORDS)))
    time.sleep(0.5)
    case.kill()
    compact(case)
    case.start()
    case.produce((b"k", b'{"n":5000}'), topic="more")
    case.wait_rows("SELECT * FROM v", total(range(RECORDS), [5000]))
    case.stop()


def a_position_that_is_compacted_away(case):
    """The record in front of it is not there any more; that of another topic of this name need not be told from it."""
    case.create(1, COMPACT)
    case.produce(*records(0, RECORDS))
    start(case)
    case.wait_rows("SELECT * FROM v", total(range(RECORDS)))
    case.stop()
    case.produce(*records(RECORDS, RECORDS + 5))
    compact(case, left=0)
    case.start()
    case.wait_rows("SELECT * FROM v", total(range(RECORDS + 5)))
    case.stop()


# --- upsert-kafka ---


def a_table_of_keys(case):
    """The rows of now, and what a query has made of those before them; another job begins with what is left."""
    last = sorted(("k%d" % (i % 5), i) for i in range(RECORDS - 5, RECORDS))
    case.create(1, COMPACT)
    case.produce(*records(0, RECORDS), (b"k0", None))
    start(case, BY_KEY, NEWEST, **UPSERT)
    case.wait_rows("SELECT * FROM v ORDER BY k", last[1:])
    case.kill()
    assert journal(case) > 10 * RECORDS, "the records are in no journal"
    compact(case)
    case.start()
    case.produce((b"k1", None), (b"k9", b'{"n":9}'))
    wanted = [*last[2:], ("k9", 9)]
    case.wait_rows("SELECT * FROM v ORDER BY k", wanted)
    case.stop()
    case.fresh()
    start(case, BY_KEY, NEWEST, **UPSERT)
    case.wait_rows("SELECT * FROM v ORDER BY k", wanted)
    case.stop()


def a_broker_that_does_not_tell(case):
    """What a topic is; as to a user without the right. Then it is what its table makes likely."""
    with Mock() as cluster, Client(cluster.bootstrap) as client:
        cluster.create_topic(case.topic)
        client.produce(case.topic, 0, records(0, RECORDS))
        for columns, select, options, kept in ((BY_KEY, NEWEST, UPSERT, True), ("k STRING, n BIGINT", "SELECT n AS k, n FROM t", {}, False)):
            start(case, columns, select, properties__bootstrap__servers=cluster.bootstrap, **options)
            case.wait_rows("SELECT COUNT(*) FROM v", [(5 if kept else RECORDS,)])
            case.kill()
            equal(journal(case) > 10 * RECORDS, kept)
            case.fresh()


# --- others ---


def a_topic_that_is_not(case):
    """Nothing of it is kept twice."""
    case.create()
    case.produce(*records(0, 10 * RECORDS))
    start(case)
    case.wait_rows("SELECT * FROM v", total(range(10 * RECORDS)))
    case.kill()
    assert journal(case) < 10 * RECORDS, "the journal has %d bytes" % journal(case)


def topics_of_both_kinds(case):
    case.create(2, dict(COMPACT, **{"cleanup.policy": "compact,delete"}), topic="both-1")
    case.create(2, topic="both-2")
    case.produce(*records(0, RECORDS), topic="both-1", partition=1)
    case.produce(*records(RECORDS, 2 * RECORDS), topic="both-2")
    start(case, topic=None, topic_pattern="both-.")
    case.wait_rows("SELECT * FROM v", total(range(2 * RECORDS)))
    case.kill()
    case.topic = "both-1"
    compact(case, 2)
    case.start()
    case.produce((b"k", b'{"n":5000}'), topic="both-1")
    case.produce((b"k", b'{"n":5001}'), topic="both-2")
    case.wait_rows("SELECT * FROM v", total(range(2 * RECORDS), [5000, 5001]))
    case.stop()


CASES = [killed_behind_its_checkpoint, killed_again_and_again, killed_inside_of_a_record, a_bounded_table, an_end_that_no_record_has,
         a_position_that_is_compacted_away,
         a_table_of_keys, a_broker_that_does_not_tell, a_topic_that_is_not, topics_of_both_kinds]

if __name__ == "__main__":
    main(CASES, sys.argv[1:])
