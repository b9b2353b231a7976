#!/usr/bin/env python3
"""Tables of Kafka topics that are read on and on: what comes while the job runs, how it goes on after a stop or a kill,
and what it does when a topic or the broker is not what it was.

Usage: source_endless_test.py WEIR [CASE]...
"""
import json
import re
import signal
import sys
import threading
import time

from cases import equal, main, says, view, wait_for
from client import Transaction

COUNT = "SELECT COUNT(*) AS c, SUM(n) AS s FROM t"


def numbers(first, last):
    """{"n": first} to {"n": last - 1}"""
    return [b'{"n":%d}' % i for i in range(first, last)]


def total(*ranges):
    """What COUNT gives of these numbers."""
    every = [i for one in ranges for i in one]
    return [(len(every), sum(every))]


def endless(case, columns="n BIGINT", select=COUNT, more="", **options):
    return case.table(columns, bounded=False, **options) + view(select) + more


def partitions_read(case):
    """The job has found so many."""
    return case.rows("SELECT COUNT(*) FROM _weir_sources")[:1]


# --- while it runs ---


def from_the_latest(case):
    case.create(2)
    case.produce(*numbers(0, 5))
    case.start(endless(case, scan__startup__mode="latest-offset"))
    wait_for(lambda: partitions_read(case) == [(2,)], "partitions")
    case.produce(*numbers(100, 103))
    case.produce(*numbers(200, 202), partition=1)
    case.wait_rows("SELECT * FROM v", total(range(100, 103), range(200, 202)))
    case.stop()


def what_comes_later(case):
    case.create(2)
    case.start(endless(case))
    for i in range(5):
        case.produce(*numbers(10 * i, 10 * i + 10), partition=i % 2)
        case.wait_rows("SELECT * FROM v", total(range(10 * i + 10)))
    case.stop()


def an_open_transaction(case):
    """It holds back what is behind it, of its partition alone."""
    case.create(2)
    with Transaction(case.client.bootstrap, case.topic) as transaction:
        transaction.begin()
        transaction.produce(case.topic, 0, [(None, value) for value in numbers(0, 3)])
        case.produce(*numbers(10, 13))
        case.start(endless(case))
        case.produce(*numbers(20, 23), partition=1)
        case.wait_rows("SELECT * FROM v", total(range(20, 23)))
        time.sleep(0.3)
        equal(case.rows("SELECT * FROM v"), total(range(20, 23)))
        transaction.commit()
        case.wait_rows("SELECT * FROM v", total(range(3), range(10, 13), range(20, 23)))
        transaction.begin()
        transaction.produce(case.topic, 0, [(None, value) for value in numbers(30, 33)])
        transaction.abort()
    case.produce(*numbers(40, 43))
    case.wait_rows("SELECT * FROM v", total(range(3), range(10, 13), range(20, 23), range(40, 43)))
    case.stop()


def new_partitions(case):
    """From their beginning, also where the table began at the latest."""
    case.create(1)
    case.start(endless(case, scan__startup__mode="latest-offset", scan__topic_partition_discovery__interval="200 ms",
                       properties__group__id="new_partitions"))
    wait_for(lambda: partitions_read(case) == [(1,)], "partition")
    case.client.create_partitions(case.topic, 3)
    case.produce(*numbers(0, 5), partition=2)
    case.produce(*numbers(10, 12))
    case.wait_rows("SELECT * FROM v", total(range(5), range(10, 12)))
    wait_for(lambda: {key: found.offset for key, found in case.client.committed("new_partitions", case.topic).items()} == {0: 2, 1: 0, 2: 5},
             "positions told")
    case.kill()
    case.produce(*numbers(20, 22), partition=1)
    case.start()
    case.wait_rows("SELECT * FROM v", total(range(5), range(10, 12), range(20, 22)))
    case.stop()


def new_topics_of_a_pattern(case):
    case.create(1, topic="new_topics-1")
    case.produce(*numbers(0, 5), topic="new_topics-1")
    case.start(endless(case, topic=None, topic_pattern="new_topics-.*", scan__topic_partition_discovery__interval="200 ms"))
    case.wait_rows("SELECT * FROM v", total(range(5)))
    case.create(2, topic="new_topics-2")
    case.produce(*numbers(10, 15), topic="new_topics-2", partition=1)
    case.wait_rows("SELECT * FROM v", total(range(5), range(10, 15)))
    case.stop()


# --- watermarks ---

TIMED = "n BIGINT, ts AS TO_TIMESTAMP_LTZ(n * 1000, 3), WATERMARK FOR ts AS ts"
WINDOWS = ("SELECT window_start AS w, COUNT(*) AS c FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) "
           "GROUP BY window_start, window_end")
WINDOW_COUNTS = "SELECT substr(w, 18, 2), c FROM v ORDER BY w"


def windows_close_by_the_lowest_partition(case):
    case.create(2)
    case.start(endless(case, TIMED, WINDOWS))
    case.produce(*numbers(0, 35))
    case.produce(*numbers(0, 5), partition=1)
    wait_for(lambda: case.rows("SELECT SUM(read) FROM _weir_counts") == [(40,)], "rows")
    equal(case.rows(WINDOW_COUNTS), [])
    case.produce(*numbers(5, 15), partition=1)
    case.wait_rows(WINDOW_COUNTS, [("00", 20)])
    case.produce(*numbers(15, 32), partition=1)
    case.wait_rows(WINDOW_COUNTS, [("00", 20), ("10", 20), ("20", 20)])
    equal(case.rows('SELECT * FROM "v$late"'), [])
    case.stop()


def an_idle_partition(case):
    """It leaves the minimum and comes back with its next row, which may be late then."""
    case.create(2)
    case.start(endless(case, TIMED, WINDOWS, scan__watermark__idle_timeout="300 ms"))
    case.produce(*numbers(0, 5), partition=1)
    case.produce(*numbers(0, 35))
    end = time.monotonic() + 30
    at = 35
    while case.rows(WINDOW_COUNTS)[:2] != [("00", 15), ("10", 10)]:
        assert time.monotonic() < end, case.rows(WINDOW_COUNTS)
        case.produce(*numbers(at, at + 1))  # one is to be active
        at += 1 if at < 39 else 0
        time.sleep(0.1)
    case.produce(*numbers(6, 7), partition=1)
    wait_for(lambda: len(case.rows('SELECT * FROM "v$late"')) == 1, "late row")
    case.stop()


# --- going on ---


def stopped_and_gone_on_with(case):
    case.create(2)
    case.produce(*numbers(0, 1000))
    case.start(endless(case))
    case.wait_rows("SELECT * FROM v", total(range(1000)))
    case.stop()
    case.produce(*numbers(1000, 1500), partition=1)
    case.produce(*numbers(1500, 2000))
    case.start()
    case.wait_rows("SELECT * FROM v", total(range(2000)))
    case.stop()
    case.start()
    time.sleep(0.3)
    equal(case.rows("SELECT * FROM v"), total(range(2000)))
    case.stop()


ARRAY = 2500  # rows in each; a batch has 1,024


def arrays(first, last):
    """Messages of JSON arrays: numbers one after the other."""
    return [b"[%s]" % b",".join(b'{"n":%d}' % i for i in range(ARRAY * message, ARRAY * message + ARRAY)) for message in range(first, last)]


def killed_again_and_again(case):
    """While records and arrays come in, before and after checkpoints; every record is there once."""
    case.create(3)
    pieces = 40

    def feed():
        for i in range(pieces):
            values = arrays(i, i + 1) if i % 2 else numbers(ARRAY * i, ARRAY * i + ARRAY)
            case.produce(*values, b"junk", partition=i % 3)

    feeder = threading.Thread(target=feed)
    script = "SET 'commit-interval' = '2 ms';\n" + endless(case, "n BIGINT, p INT METADATA FROM 'partition', o BIGINT METADATA FROM 'offset'", more=view(
        "SELECT p, o, COUNT(*) AS c, SUM(n) AS s FROM t GROUP BY p, o", "each"))
    case.start(script)
    feeder.start()
    before = 0
    for _ in range(6):
        before = case.wait_some("SELECT c FROM v WHERE c > %d" % min(before, (pieces - 2) * ARRAY))[0][0]
        case.kill()
        case.start()
    feeder.join()
    case.wait_rows("SELECT * FROM v", total(range(pieces * ARRAY)))
    wanted = []
    for record in case.client.read(case.topic):
        if record.value != b"junk":
            values = json.loads(record.value)
            ns = [value["n"] for value in (values if isinstance(values, list) else [values])]
            wanted.append((record.partition, record.offset, len(ns), sum(ns)))
    equal(case.rows("SELECT * FROM each ORDER BY p, o"), wanted)
    wait_for(lambda: len(case.rows('SELECT 1 FROM "t$errors"')) >= pieces, "errors")
    equal(case.rows('SELECT COUNT(*), COUNT(DISTINCT split || "offset") FROM "t$errors"'), [(pieces, pieces)])
    case.stop()


def killed_with_many_partitions(case):
    """What they gave is read once more side by side: each by itself would wait for half a second."""
    partitions = 40
    case.create(partitions)

    def feed(ns):
        for partition in range(partitions):
            case.produce(*ns, partition=partition)

    feed(numbers(0, 5))
    case.start(endless(case))
    case.wait_rows("SELECT * FROM v", total(*[range(5)] * partitions))
    case.kill()
    feed(numbers(5, 7))
    begin = time.monotonic()
    case.start()
    case.wait_rows("SELECT * FROM v", total(*[range(7)] * partitions))
    took = time.monotonic() - begin
    case.stop()
    assert took < 10, "it took %.1f s to go on" % took


def killed_inside_of_an_array(case):
    """One message of many batches, each an epoch of its own; killed before the first checkpoint."""
    case.create(1, {"max.message.bytes": 20000000})
    rows = 400000
    case.produce(b"[%s]" % b",".join(numbers(0, rows)), *numbers(rows, rows + 10), settings={"message.max.bytes": 20000000, "compression.codec": "lz4"})
    case.start("SET 'commit-interval' = '1 ms';\n" + endless(case))
    seen = []
    for end in (case.kill, case.stop, case.kill):  # a stop leaves a checkpoint there
        seen.append(case.wait_some("SELECT c FROM v WHERE c > %d" % (seen or [0])[-1])[0][0])
        end()
        case.start()
    assert 0 < seen[0] < rows, "it was not killed inside of the array: %r" % seen
    case.wait_rows("SELECT * FROM v", total(range(rows + 10)))
    case.stop()


def windows_of_a_killed_job(case):
    """Equal to those of a job that nobody has touched."""
    case.create(2)
    script = "SET 'commit-interval' = '2 ms';\n" + endless(case, TIMED, WINDOWS)
    case.start(script)
    for at in range(0, 5000, 250):
        for partition in range(2):
            case.produce(*numbers(at, at + 250), partition=partition)
        if at % 1000 == 500:
            case.kill()
            case.start()
    case.wait_rows("SELECT COUNT(*), MIN(c), MAX(c) FROM v", [(499, 20, 20)])
    equal(case.rows('SELECT * FROM "v$late"'), [])
    case.stop()


def killed_behind_a_limit(case):
    """What was read for it once it was met hangs on how the input came, which is in other pieces when it comes again."""
    other = case.topic + "_other"
    case.create()
    case.client.create_topic(other, 1)
    case.produce(*numbers(0, 2000))
    tables = case.table("n BIGINT", bounded=False) + case.table("n BIGINT", "u", bounded=False, topic=other)
    case.start("SET 'commit-interval' = '5 ms';\n" + tables + view("SELECT n FROM t LIMIT 1") + view("SELECT n FROM u", "w"))
    for last in range(1, 4):
        case.client.produce(other, 0, [(None, value) for value in numbers(last - 1, last)])
        case.wait_rows("SELECT COUNT(*), MAX(n) FROM w", [(last, last - 1)])
        case.wait_rows("SELECT * FROM v", [(0,)])
        if last < 3:
            case.kill()
            case.start()
    case.stop()


# --- positions that are gone ---


def read_some(case, partitions=2):
    """A job that has read ten records of each partition, and is down."""
    case.create(partitions)
    for partition in range(partitions):
        case.produce(*numbers(0, 10), partition=partition)
    case.start(endless(case))
    case.wait_rows("SELECT * FROM v", total(*[range(10)] * partitions))
    case.stop()


def nothing_was_lost(case, partitions=2):
    equal(case.rows("SELECT * FROM v"), total(*[range(10)] * partitions))


def deleted_while_it_is_down(case):
    read_some(case)
    case.produce(*numbers(10, 20), partition=1)
    case.client.delete_records(case.topic, 1, 15)
    case.start()
    says(case.wait(3), "E3009", r"deleted_while_it_is_down\[1\]", r"\b10\b", r"\b15 to 19\b", "weir explain E3009")
    nothing_was_lost(case)


def deleted_up_to_the_position(case):
    """The record in front of it is gone, but nothing that is to be read."""
    read_some(case)
    case.produce(*numbers(10, 20), partition=1)
    case.client.delete_records(case.topic, 1, 10)
    case.start()
    case.wait_rows("SELECT * FROM v", total(range(10), range(20)))
    case.stop()


def deleted_by_compaction(case):
    """The same, without a new beginning: there is nothing to compare with."""
    read_some(case, 1)
    case.client.delete_records(case.topic, 0, 5)
    case.produce(*numbers(10, 12))
    case.start()
    case.wait_rows("SELECT * FROM v", total(range(12)))
    case.stop()


def recreate(case, partitions=2):
    case.client.delete_topic(case.topic)

    def made():
        try:
            case.create(partitions)
            return True
        except Exception as error:
            if "EXISTS" not in str(error):
                raise
            return False
    wait_for(made, "topic made anew")


def made_anew_and_shorter(case):
    read_some(case)
    recreate(case)
    case.produce(*numbers(100, 104), partition=0)
    case.produce(*numbers(100, 104), partition=1)
    case.start()
    says(case.wait(3), "E3009", r"made_anew_and_shorter\[[01]\]", r"\b(9|10)\b", r"\b0 to 3\b")
    nothing_was_lost(case)


def made_anew_and_empty(case):
    read_some(case)
    recreate(case)
    case.start()
    says(case.wait(3), "E3009", r"made_anew_and_empty\[[01]\]", r"\b(9|10)\b")
    nothing_was_lost(case)


def made_anew_and_longer(case):
    """Other records under the same offsets: nothing of them is read."""
    read_some(case)
    recreate(case)
    for partition in range(2):
        case.produce(*numbers(100, 130), partition=partition)
    case.start()
    says(case.wait(3), "E3009", r"made_anew_and_longer\[[01]\]", r"\b9\b", "anew", r"\b0 to 29\b")
    nothing_was_lost(case)


def made_anew_in_transactions(case):
    """Where the last record was that was read, there is the end of one."""
    read_some(case, 1)
    recreate(case, 1)
    with Transaction(case.client.bootstrap, case.topic) as transaction:
        transaction.begin()
        transaction.produce(case.topic, 0, [(None, value) for value in numbers(100, 109)])
        transaction.commit()
    case.client.settle(case.topic)
    records = []
    for _ in range(2):  # with nothing behind it, and with records
        case.produce(*records)
        case.start()
        says(case.wait(3), "E3009", r"made_anew_in_transactions\[0\]", r"\b9\b", "anew")
        nothing_was_lost(case, 1)
        records = numbers(110, 130)


def made_anew_in_the_middle_of_a_batch(case):
    """Of a bounded job, which may stop there: the last record that it knows lies further in front. One partition is as it
    was, to the last bit."""
    size = 100000

    def fill(partition, change=0):
        """Row by row in turn, but for some first ones, so that no batch ends with a step of the job."""
        ns = [*range(-300 * (1 - partition), 0), *range(partition, 2 * size, 2)]
        case.produce(*[(None, b'{"n":%d}' % (n + change), [], 1) for n in ns], partition=partition)

    for other in range(2):
        case.fresh()
        if other == 0:
            case.create(2)
        else:
            recreate(case)
        for partition in range(2):
            fill(partition)
        case.start("SET 'commit-interval' = '1 ms';\n" + case.table(TIMED) + view(COUNT))
        case.wait_some("SELECT 1 FROM v WHERE c > 3000")
        case.stop()
        before = case.rows("SELECT * FROM v")
        assert before[0][0] < 2 * size, "it was not stopped in the middle"
        recreate(case)
        for partition in range(2):
            fill(partition, 2 if partition == other else 0)
        case.start()
        says(case.wait(3), "E3009", r"made_anew_in_the_middle_of_a_batch\[%d\]" % other, "anew")
        equal(case.rows("SELECT * FROM v"), before)


def made_anew_in_the_first_batch(case):
    """There is no record in front of the batch, but its first one is in front of the position. The other partition is as it was."""
    slow = "SELECT COUNT(*) AS c, SUM(n) AS s, MAX(CHAR_LENGTH(REPEAT(CAST(n AS STRING), 2000))) AS l FROM t"
    many = 40000

    def fill(first):
        for partition, ns in enumerate(([*range(first, first + 100), *range(many, many + 3000)], range(many))):
            case.produce(*[(None, b'{"n":%d}' % n, [], 1) for n in ns], partition=partition)

    case.create(2)
    fill(0)
    case.start("SET 'commit-interval' = '1 ms';\n" + case.table(TIMED) + view(slow))
    case.wait_some("SELECT 1 FROM v WHERE c > 0")
    case.stop()
    before = case.rows("SELECT * FROM v")
    assert 100 < before[0][0] < many, "it was not stopped between the first hundred and the others: %r" % before
    recreate(case)
    fill(1)
    case.start()
    says(case.wait(3), "E3009", r"made_anew_in_the_first_batch\[0\]", "anew")
    equal(case.rows("SELECT * FROM v"), before)


def made_anew_with_fewer_partitions(case):
    read_some(case, 3)
    recreate(case, 1)
    case.produce(*numbers(0, 10))
    case.start()
    says(case.wait(3, limit_s=40), "E3008|E3009", "made_anew_with_fewer_partitions")
    nothing_was_lost(case, 3)


def gone_while_it_is_down(case):
    read_some(case)
    case.client.delete_topic(case.topic)
    case.start()
    says(case.wait(3, limit_s=40), "E3008", "gone_while_it_is_down")
    nothing_was_lost(case)


def deleted_while_it_runs(case):
    """The records in front of it, which it has read, are none of its business."""
    case.create()
    case.produce(*numbers(0, 10))
    case.start(endless(case))
    case.wait_rows("SELECT * FROM v", total(range(10)))
    case.client.delete_records(case.topic, 0, 10)
    case.produce(*numbers(10, 20))
    case.wait_rows("SELECT * FROM v", total(range(20)))
    case.stop()


def topic_deleted_while_it_runs(case):
    case.create(2)
    case.produce(*numbers(0, 10))
    case.start(endless(case, properties__topic__metadata__refresh__interval__ms="300"))
    case.wait_rows("SELECT * FROM v", total(range(10)))
    case.client.delete_topic(case.topic)
    says(case.wait(3, limit_s=40), "E3008", "topic_deleted_while_it_runs")
    equal(case.rows("SELECT * FROM v"), total(range(10)))


def made_anew_while_it_runs(case):
    """Nothing is read of the new one, which is longer, at the old one's offsets."""
    case.create()
    case.produce(*numbers(0, 10))
    case.start(endless(case))
    case.wait_rows("SELECT * FROM v", total(range(10)))
    recreate(case, 1)
    case.produce(*numbers(100, 130))
    says(case.wait(3, limit_s=40), "E3008|E3009", "made_anew_while_it_runs")
    equal(case.rows("SELECT * FROM v"), total(range(10)))


def left_behind_while_it_runs(case):
    """The process stands still, and what it has not read is deleted. One record has come, as it was asked for before, and
    may have been taken or not."""
    case.create()
    case.produce(*numbers(0, 10))
    case.start(endless(case))
    case.wait_rows("SELECT * FROM v", total(range(10)))
    time.sleep(0.3)
    case.process.send_signal(signal.SIGSTOP)
    case.produce(*numbers(10, 11))
    time.sleep(0.3)
    case.produce(*numbers(11, 20))
    case.client.delete_records(case.topic, 0, 15)
    case.process.send_signal(signal.SIGCONT)
    said = case.wait(3, limit_s=40)
    says(said, "E3009", r"left_behind_while_it_runs\[0\]", r"offset 1[01]\b", r"\b15 to 19\b")
    equal(case.rows("SELECT * FROM v"), total(range(11 if "offset 11" in said else 10)))


# --- the broker ---


def broker_killed_and_started_again(case):
    """Nothing is lost or doubled, and nobody has to help."""
    case.create(2)
    case.produce(*numbers(0, 1000))
    case.start(endless(case))
    case.wait_rows("SELECT * FROM v", total(range(1000)))
    at = 1000
    for end in (case.broker.kill, case.broker.stop):
        end()
        time.sleep(0.5)
        equal((case.process.poll(), case.rows("SELECT * FROM v")), (None, total(range(at))))
        case.broker.start()
        case.produce(*numbers(at, at + 500), partition=at // 500 % 2)
        at += 500
        case.wait_rows("SELECT * FROM v", total(range(at)))
    case.stop()


def state(case):
    return case.rows("SELECT state, reason FROM _weir_jobs")


def waits_for_the_broker(case):
    """Told where one looks: on standard error, in _weir_jobs, by EXPLAIN WHY, SHOW JOBS."""
    wait_for(lambda: "waits for input" in case.errors(), "word of it")
    says(case.errors(), 'job 1 waits for input: Kafka at %s gives nothing of "t": [^\n]*; it goes on when that ends\n' % case.broker.bootstrap)
    wait_for(lambda: state(case)[0][0] == "WAITING", "WAITING in _weir_jobs")
    says(state(case)[0][1], 'Kafka at %s gives nothing of "t"' % case.broker.bootstrap)
    says(case.command("app.db", text="SHOW JOBS;\n"), "WAITING.*Kafka at")
    says(case.command("app.db", text="EXPLAIN WHY v;\n"), "it is held up and goes on by itself: Kafka at")


def goes_on(case):
    """Each is told once."""
    wait_for(lambda: "goes on after" in case.errors(), "word that it goes on")
    equal(len(re.findall("job 1 goes on after [0-9.]+ s\n", case.errors())), 1)
    equal(case.errors().count("waits for input"), 1)


def broker_away_is_told(case):
    """Also in a silent topic, when it is back."""
    case.create(2)
    case.produce(*numbers(0, 10))
    case.start(endless(case))
    case.wait_rows("SELECT * FROM v", total(range(10)))
    case.broker.kill()
    waits_for_the_broker(case)
    case.broker.start()
    goes_on(case)
    wait_for(lambda: state(case) == [("RUNNING", None)], "RUNNING in _weir_jobs")
    case.produce(*numbers(10, 20))
    case.wait_rows("SELECT * FROM v", total(range(20)))
    case.stop()


def broker_that_hangs_is_told(case):
    """Its connections stay, and nothing comes over them; in a silent topic, too."""
    case.create(2)
    case.produce(*numbers(0, 10))
    case.start(endless(case))
    case.wait_rows("SELECT * FROM v", total(range(10)))
    case.broker.pause()
    waits_for_the_broker(case)
    says(state(case)[0][1], "broker 1 does not answer")
    case.broker.go_on()
    goes_on(case)
    wait_for(lambda: state(case) == [("RUNNING", None)], "RUNNING in _weir_jobs")
    case.produce(*numbers(10, 20))
    case.wait_rows("SELECT * FROM v", total(range(20)))
    case.stop()


def broker_away_of_a_bounded_job_is_told(case):
    """A part of what it is to read is not there yet."""
    case.create()
    case.produce(*numbers(0, 10))
    case.start(case.table("n BIGINT", scan__bounded__mode="specific-offsets", scan__bounded__specific_offsets="partition:0,offset:20") + view(COUNT))
    case.wait_some("SELECT 1 FROM _weir_jobs")
    case.broker.kill()
    waits_for_the_broker(case)
    case.broker.start()
    goes_on(case)
    case.produce(*numbers(10, 30))
    case.wait()
    equal(case.rows("SELECT * FROM v"), total(range(20)))


def broker_away_while_it_stops(case):
    """A stop does not wait for it, nor for the answer to a question, and the job goes on when it is back."""
    case.create()
    case.start(endless(case))
    for at, leave, silence_s, come in ((0, case.broker.kill, 0, case.broker.start), (10, case.broker.pause, 3, case.broker.go_on)):
        case.produce(*numbers(at, at + 10))
        case.wait_rows("SELECT * FROM v", total(range(at + 10)))
        leave()
        time.sleep(silence_s)
        begin = time.monotonic()
        case.stop()
        took = time.monotonic() - begin
        come()
        assert took < 5, "the stop took %.1f s" % took
        case.start()
    case.produce(*numbers(20, 30))
    case.wait_rows("SELECT * FROM v", total(range(30)))
    case.stop()


def broker_away_at_the_end(case):
    """Of a bounded job, and while it replays what it has read: it waits, and no row is lost."""
    case.create(2)
    for partition in range(2):
        case.produce(*arrays(0, 60), partition=partition)
    case.start("SET 'commit-interval' = '2 ms';\n" + case.table("n BIGINT") + view(COUNT))
    case.wait_some("SELECT 1 FROM v")
    case.broker.kill()
    time.sleep(0.2)
    case.kill()
    case.broker.start()
    case.run()
    equal(case.rows("SELECT * FROM v"), total(range(60 * ARRAY), range(60 * ARRAY)))


CASES = [from_the_latest, what_comes_later, an_open_transaction, new_partitions, new_topics_of_a_pattern, windows_close_by_the_lowest_partition,
         an_idle_partition, stopped_and_gone_on_with, killed_again_and_again, killed_with_many_partitions,
         killed_inside_of_an_array, killed_behind_a_limit, windows_of_a_killed_job,
         deleted_while_it_is_down, deleted_up_to_the_position, deleted_by_compaction, made_anew_and_shorter, made_anew_and_empty,
         made_anew_and_longer, made_anew_in_transactions, made_anew_in_the_middle_of_a_batch, made_anew_in_the_first_batch,
         made_anew_with_fewer_partitions, gone_while_it_is_down, deleted_while_it_runs, topic_deleted_while_it_runs, made_anew_while_it_runs,
         left_behind_while_it_runs,
         broker_killed_and_started_again, broker_away_is_told, broker_that_hangs_is_told, broker_away_of_a_bounded_job_is_told,
         broker_away_while_it_stops, broker_away_at_the_end]

if __name__ == "__main__":
    main(CASES, sys.argv[1:])
