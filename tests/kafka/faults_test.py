#!/usr/bin/env python3
"""What a broker can answer, and a real one does not when it is asked to: a table is written while it fails. And one that
goes while a query reads.

Usage: faults_test.py WEIR [CASE]...
"""
import json
import os
import sys
import time
import traceback

import mock
from cases import Case, equal, says, wait_for
from client import Client
from mock import Mock

ROWS = 3000

# Name, request, answers, and how it goes: "once" where no transaction is aborted; "all": it is tried again in another
# transaction, of whose first one the mock cannot forget the records; else the error with which the job ends. Last, after how
# many milliseconds each answer comes.
FAULTS = (
    ("init_not_available", mock.INIT_PRODUCER_ID, [mock.COORDINATOR_NOT_AVAILABLE] * 3, "once"),
    ("init_loading", mock.INIT_PRODUCER_ID, [mock.COORDINATOR_LOAD_IN_PROGRESS] * 2, "once"),
    ("init_not_coordinator", mock.INIT_PRODUCER_ID, [mock.NOT_COORDINATOR], "once"),
    ("init_concurrent", mock.INIT_PRODUCER_ID, [mock.CONCURRENT_TRANSACTIONS] * 2, "once"),
    ("init_disconnect", mock.INIT_PRODUCER_ID, [mock.DISCONNECT] * 2, "once"),
    ("init_no_right", mock.INIT_PRODUCER_ID, [mock.TRANSACTIONAL_ID_AUTHORIZATION_FAILED], "E3010.*(?i:authorization)"),
    ("find_not_available", mock.FIND_COORDINATOR, [mock.COORDINATOR_NOT_AVAILABLE] * 3, "once"),
    ("partitions_concurrent", mock.ADD_PARTITIONS_TO_TXN, [mock.CONCURRENT_TRANSACTIONS] * 5, "once"),
    ("partitions_loading", mock.ADD_PARTITIONS_TO_TXN, [mock.COORDINATOR_LOAD_IN_PROGRESS] * 2, "once"),
    ("partitions_disconnect", mock.ADD_PARTITIONS_TO_TXN, [mock.DISCONNECT] * 2, "once"),
    ("partitions_no_right", mock.ADD_PARTITIONS_TO_TXN, [mock.TOPIC_AUTHORIZATION_FAILED] * 50, "E3010.*(?i:authorization)"),
    ("partitions_invalid_epoch", mock.ADD_PARTITIONS_TO_TXN, [mock.INVALID_PRODUCER_EPOCH], "all"),
    ("partitions_fenced", mock.ADD_PARTITIONS_TO_TXN, [mock.PRODUCER_FENCED], "all"),
    ("partitions_invalid_state", mock.ADD_PARTITIONS_TO_TXN, [mock.INVALID_TXN_STATE], "all"),
    ("produce_not_leader", mock.PRODUCE, [mock.NOT_LEADER] * 3, "once"),
    ("produce_not_enough", mock.PRODUCE, [mock.NOT_ENOUGH_REPLICAS] * 3, "once"),
    ("produce_timed_out", mock.PRODUCE, [mock.REQUEST_TIMED_OUT] * 2, "once"),
    ("produce_disconnect", mock.PRODUCE, [mock.DISCONNECT] * 3, "once"),
    ("produce_too_large", mock.PRODUCE, [mock.MSG_SIZE_TOO_LARGE] * 50, "E3010.*(?i:too large)"),
    ("produce_no_right", mock.PRODUCE, [mock.TOPIC_AUTHORIZATION_FAILED] * 50, "E3010.*(?i:authorization)"),
    ("produce_out_of_order", mock.PRODUCE, [mock.OUT_OF_ORDER_SEQUENCE], "all"),
    ("produce_invalid_epoch", mock.PRODUCE, [mock.INVALID_PRODUCER_EPOCH], "all"),
    ("produce_fenced", mock.PRODUCE, [mock.PRODUCER_FENCED], "all"),
    ("add_offsets_concurrent", mock.ADD_OFFSETS_TO_TXN, [mock.CONCURRENT_TRANSACTIONS] * 5, "once"),
    ("add_offsets_not_available", mock.ADD_OFFSETS_TO_TXN, [mock.COORDINATOR_NOT_AVAILABLE] * 2, "once"),
    ("add_offsets_no_right", mock.ADD_OFFSETS_TO_TXN, [mock.GROUP_AUTHORIZATION_FAILED] * 3, "E3010.*(?i:authorization)"),
    ("marker_not_coordinator", mock.TXN_OFFSET_COMMIT, [mock.NOT_COORDINATOR] * 2, "once"),
    ("marker_loading", mock.TXN_OFFSET_COMMIT, [mock.COORDINATOR_LOAD_IN_PROGRESS] * 3, "all"),
    ("marker_disconnect", mock.TXN_OFFSET_COMMIT, [mock.DISCONNECT] * 2, "once"),
    ("marker_invalid_epoch", mock.TXN_OFFSET_COMMIT, [mock.INVALID_PRODUCER_EPOCH], "all"),
    ("marker_no_right", mock.TXN_OFFSET_COMMIT, [mock.GROUP_AUTHORIZATION_FAILED] * 3, "E3010.*(?i:authorization)"),
    ("commit_loading", mock.END_TXN, [mock.COORDINATOR_LOAD_IN_PROGRESS] * 3, "once"),
    ("commit_not_available", mock.END_TXN, [mock.COORDINATOR_NOT_AVAILABLE] * 3, "once"),
    ("commit_concurrent", mock.END_TXN, [mock.CONCURRENT_TRANSACTIONS] * 3, "once"),
    ("commit_disconnect", mock.END_TXN, [mock.DISCONNECT] * 3, "once"),
    ("commit_invalid_state", mock.END_TXN, [mock.INVALID_TXN_STATE], "all"),
    ("commit_fenced", mock.END_TXN, [mock.PRODUCER_FENCED], "all"),
    ("commit_fault", mock.END_TXN, [mock.UNKNOWN] * 3, "all"),
    ("commit_faults", mock.END_TXN, [mock.UNKNOWN] * 20, "E3010.*Unknown broker error"),
    ("init_fault", mock.INIT_PRODUCER_ID, [mock.UNKNOWN] * 3, "once"),
    ("produce_fault", mock.PRODUCE, [mock.UNKNOWN] * 3, "all"),
    ("marker_fault", mock.TXN_OFFSET_COMMIT, [mock.UNKNOWN] * 3, "all"),
    ("read_marker_loading", mock.OFFSET_FETCH, [mock.COORDINATOR_LOAD_IN_PROGRESS] * 2, "once"),
    ("far_away", mock.PRODUCE, [], "once", 300),
    ("far_away_and_fenced", mock.END_TXN, [mock.PRODUCER_FENCED], "all", 300),
    ("read_marker_no_right", mock.OFFSET_FETCH, [mock.GROUP_AUTHORIZATION_FAILED] * 3, "E3010.*(?i:authorization)"),
)


def script(case, **options):
    with open(case.path("f.json"), "w", encoding="utf-8") as out:
        out.writelines('{"n":%d}\n' % i for i in range(ROWS))
    return (case.table("n INT", "o", bounded=False, scan__startup__mode=None, **options) +
            "CREATE TABLE f (n INT) WITH ('connector' = 'filesystem', 'path' = 'f.json', 'format' = 'json');\n"
            "INSERT INTO o SELECT n FROM f;\n")


def arrived(case, client):
    """In their order, by the first time that each came."""
    values = [json.loads(record.value)["n"] for record in client.read(case.topic)]
    return values, list(dict.fromkeys(values))


def check(case, cluster, client, request, answers, outcome, delay_ms=0):
    cluster.create_topic(case.topic)
    cluster.fail(request, *answers)
    cluster.answer_after(delay_ms)
    if outcome in ("once", "all"):
        case.run(script(case))
        cluster.answer_after(0)
        values, firsts = arrived(case, client)
        equal(firsts, list(range(ROWS)))
        if outcome == "once":
            equal(len(values), ROWS)
        return
    said = case.run(script(case), code=3)
    says(said, outcome)
    cluster.forget(request)
    case.run()  # the cause is gone: it goes on
    equal(arrived(case, client)[1], list(range(ROWS)))


def away_from_a_query(case, cluster, client):
    """It keeps nothing: it is told on standard error, and there alone."""
    cluster.create_topic(case.topic)
    client.produce(case.topic, 0, [(None, b'{"n":1}')])
    case.start(case.table("n INT", bounded=False) + "SELECT n FROM t;\n")
    wait_for(lambda: "1" in case.printed(), "row")
    for time_ in range(1, 3):
        cluster.go()
        wait_for(lambda: case.errors().count("the query waits for input: Kafka at") == time_, "word of it")
        cluster.come()
        wait_for(lambda: case.errors().count("the query goes on after") == time_, "word that it goes on")
    client.produce(case.topic, 0, [(None, b'{"n":2}')])
    wait_for(lambda: "2" in case.printed(), "row")
    case.stop()


def a_leader_that_is_not_settled(case, cluster, client):
    """As of a topic that was made a moment ago: its ends are asked for again."""
    cluster.create_topic(case.topic)
    client.produce(case.topic, 0, [(None, b'{"n":1}')])
    try:
        for error in (mock.UNKNOWN_LEADER_EPOCH, mock.LEADER_NOT_AVAILABLE, mock.NOT_LEADER, mock.REPLICA_NOT_AVAILABLE, mock.OFFSET_NOT_AVAILABLE):
            cluster.fail(mock.LIST_OFFSETS, *[error] * 4)
            case.run(case.table("n INT") + "SELECT n FROM t;\n")
            says(case.printed(), "1")
            cluster.forget(mock.LIST_OFFSETS)
    finally:
        cluster.forget(mock.LIST_OFFSETS)


def written_ends_that_are_not_settled(case, cluster, client):
    """A job that goes on asks where the topic ends that it has written, until the leader knows."""
    cluster.create_topic(case.topic)
    try:
        cluster.fail(mock.PRODUCE, *[mock.TOPIC_AUTHORIZATION_FAILED] * 50)
        says(case.run(script(case), code=3), "E3010")
        cluster.forget(mock.PRODUCE)
        cluster.fail(mock.LIST_OFFSETS, mock.LEADER_NOT_AVAILABLE, mock.NOT_LEADER, mock.REPLICA_NOT_AVAILABLE, mock.FENCED_LEADER_EPOCH,
                     mock.UNKNOWN_LEADER_EPOCH, mock.OFFSET_NOT_AVAILABLE)
        case.run()
        equal(arrived(case, client)[1], list(range(ROWS)))
    finally:
        cluster.forget(mock.PRODUCE)
        cluster.forget(mock.LIST_OFFSETS)


def lost_without_a_guarantee(case, cluster, client):
    """Nobody waits for the broker's word, but what it says is told."""
    cluster.create_topic(case.topic)
    text = script(case, sink__delivery_guarantee="none")
    try:
        cluster.fail(mock.PRODUCE, *[mock.TOPIC_AUTHORIZATION_FAILED] * 50)
        says(case.run(text, code=3), "E3010.*(?i:authorization)")
    finally:
        cluster.forget(mock.PRODUCE)
    case.fresh()
    case.run(text)
    equal(arrived(case, client)[0], list(range(ROWS)))


def write_through(fault):
    """The case of the table above."""
    name, request, *rest = fault

    def case(place, cluster, client):
        try:
            check(place, cluster, client, request, *rest)
        finally:
            cluster.forget(request)
    case.__name__ = name
    return case


CASES = [write_through(fault) for fault in FAULTS] + [away_from_a_query, a_leader_that_is_not_settled, written_ends_that_are_not_settled,
                                                 lost_without_a_guarantee]


def run(weir, cluster, client, case):
    begin, name = time.monotonic(), case.__name__
    place = Case(weir, cluster, client, name)
    try:
        case(place, cluster, client)
        print("ok      %s (%.1f s)" % (name, time.monotonic() - begin), flush=True)
        return True
    except Exception as error:
        print("FAILED  %s\n%s" % (name, error))
        traceback.print_exc(file=sys.stdout)
        print(place.errors()[-2000:], flush=True)
        return False
    finally:
        cluster.answer_after(0)
        place.close()


def main(weir, wanted):
    chosen = [case for case in CASES if not wanted or case.__name__ in wanted]
    # What the mock writes at the end of a transaction, has none in newer versions of librdkafka.
    with Mock() as cluster, Client(cluster.bootstrap, checksums=False) as client:
        failed = [case.__name__ for case in chosen if not run(os.path.abspath(weir), cluster, client, case)]
    print("%d cases, %d failed %s" % (len(chosen), len(failed), " ".join(failed)))
    sys.exit(1 if failed or not chosen else 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
