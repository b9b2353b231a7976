#!/usr/bin/env python3
"""The fixture itself: what tests with a real broker rely on.

Usage: broker_test.py [CASE]...
"""
import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback

import broker as broker_module
import install
from broker import Broker, BrokerError
from client import READ_COMMITTED, READ_UNCOMMITTED, Client, Committed, Transaction
from rdkafka import KafkaError

LIMIT_S = 60
OWNER = """
import sys
from broker import Broker
with Broker().start() as broker:
    print(broker.pid, broker.guard.pid, broker.folder, flush=True)
    sys.stdin.read()
"""


def equal(found, wanted):
    if found != wanted:
        raise AssertionError("found  %r\nwanted %r" % (found, wanted))


@contextlib.contextmanager
def refused(name):
    try:
        yield
    except KafkaError as error:
        equal(error.name, name)
    else:
        raise AssertionError("%s was to be refused: %s" % ("the call", name))


def wait_for(condition, what):
    end = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("no %s after %d s" % (what, LIMIT_S))
        time.sleep(0.02)


def values(records):
    return [record.value for record in records]


# --- records and topics, with a broker that all of these share ---


def records_come_back(client):
    client.create_topic("records", 2)
    sent = [(b"key", b"value", [("h", b"a\0b"), ("h", None), ("i", b"")], 1700000000123), (None, b"\xff\0", [], -5),
            (b"", b"", [], 1), (b"gone", None, [], 7)]
    client.produce("records", 1, sent)
    client.produce("records", 0, [(b"short",)])
    found = client.read("records")
    equal([record[:2] for record in found], [(0, 0), (1, 0), (1, 1), (1, 2), (1, 3)])
    equal([tuple(record[2:]) for record in found[1:]], sent)
    equal(found[0][2:5], (b"short", None, []))
    client.produce("records", 0, found[1:])
    equal([record[2:] for record in client.read("records") if record.partition == 0][1:], [record[2:] for record in found[1:]])


def compressed_records(client):
    client.create_topic("compressed")
    sent = []
    for codec in ("none", "gzip", "snappy", "lz4", "zstd"):
        batch = [(None, b"%s %d" % (codec.encode() * 20, i)) for i in range(200)]
        client.produce("compressed", 0, batch, {"compression.codec": codec})
        sent += batch
    equal(values(client.read("compressed")), [value for _, value in sent])


def topics(client):
    with refused("UNKNOWN_TOPIC_OR_PART"):
        client.produce("topics", 0, [(None, b"nowhere")], {"message.timeout.ms": 5000})
    client.create_topic("topics", 2, {"message.timestamp.type": "LogAppendTime"})
    with refused("TOPIC_ALREADY_EXISTS"):
        client.create_topic("topics")
    with refused("INVALID_CONFIG"):
        client.create_topic("others", 1, {"no.such.thing": 1})
    client.produce("topics", 0, [(None, b"a", [], 5)])
    assert client.read("topics")[0].timestamp > 1500000000000, "the topic's setting was not heeded"
    client.create_partitions("topics", 5)
    equal(client.partitions("topics"), 5)
    with refused("INVALID_PARTITIONS"):
        client.create_partitions("topics", 3)
    client.delete_topic("topics")
    with refused("UNKNOWN_TOPIC_OR_PART"):
        client.partitions("topics")


def deleted_records(client):
    client.create_topic("deleted", 2)
    client.produce("deleted", 0, [(None, b"%d" % i) for i in range(10)])
    client.delete_records("deleted", 0, 7)
    equal((client.begin_offsets("deleted"), client.end_offsets("deleted")), ({0: 7, 1: 0}, {0: 10, 1: 0}))
    equal(values(client.read("deleted")), [b"7", b"8", b"9"])
    with refused("OFFSET_OUT_OF_RANGE"):
        client.delete_records("deleted", 0, 11)


# --- transactions ---


def transactions(client):
    client.create_topic("transactions")
    with Transaction(client.bootstrap, "transactions") as transaction:
        transaction.begin()
        transaction.produce("transactions", 0, [(None, b"committed")])
        transaction.commit()
        transaction.begin()
        transaction.produce("transactions", 0, [(None, b"aborted")])
        transaction.abort()
    client.produce("transactions", 0, [(None, b"plain")])
    client.settle("transactions")
    equal(values(client.read("transactions", READ_COMMITTED)), [b"committed", b"plain"])
    equal(values(client.read("transactions", READ_UNCOMMITTED)), [b"committed", b"aborted", b"plain"])


def an_open_transaction(client):
    """It holds up what is behind it until the next producer of its id comes."""
    client.create_topic("open")
    with Transaction(client.bootstrap, "open") as transaction:
        transaction.begin()
        transaction.produce("open", 0, [(None, b"open")])
    client.produce("open", 0, [(None, b"plain")])
    equal((values(client.read("open")), client.end_offsets("open")), ([], {0: 0}))
    equal((values(client.read("open", READ_UNCOMMITTED)), client.end_offsets("open", READ_UNCOMMITTED)), ([b"open", b"plain"], {0: 2}))
    with Transaction(client.bootstrap, "open"):
        equal(values(client.read("open")), [b"plain"])


def an_expired_transaction(client):
    """The shared broker looks for them each second."""
    client.create_topic("expired")
    with Transaction(client.bootstrap, "expired", {"transaction.timeout.ms": 1000}) as transaction:
        transaction.begin()
        transaction.produce("expired", 0, [(None, b"late")])
        wait_for(lambda: client.end_offsets("expired") == {0: 2}, "end of the transaction")
        equal(client.read("expired"), [])
        with refused("_FENCED"):
            transaction.commit()


def a_fenced_producer(client):
    client.create_topic("fenced")
    with Transaction(client.bootstrap, "fenced") as old, Transaction(client.bootstrap, "fenced") as new:
        new.begin()
        new.produce("fenced", 0, [(None, b"new")])
        new.commit()
        old.begin()
        try:
            old.produce("fenced", 0, [(None, b"old")])
            old.commit()
        except KafkaError as error:
            equal((error.name, error.fatal), ("_FENCED", True))
        else:
            raise AssertionError("two producers of one id")
    client.settle("fenced")
    equal(values(client.read("fenced")), [b"new"])


def offsets_of_a_group(client):
    client.create_topic("offsets", 2)
    equal(client.committed("group", "offsets"), {})
    with Transaction(client.bootstrap, "offsets") as transaction:
        transaction.begin()
        transaction.send_offsets("group", {("offsets", 0): (2**62, "epoch \u00fc"), ("offsets", 1): (3, None)})
        transaction.commit()
        first = {0: Committed(2**62, "epoch \u00fc"), 1: Committed(3, "")}
        equal(client.committed("group", "offsets"), first)
        transaction.begin()
        transaction.send_offsets("group", {("offsets", 0): (5, "next")})
        with refused("UNSTABLE_OFFSET_COMMIT"):
            client.committed("group", "offsets", patience_s=0)
        equal(client.committed("group", "offsets", stable=False), first)
        transaction.commit()
    equal(client.committed("group", "offsets"), {0: Committed(5, "next"), 1: first[1]})


# --- the broker's life ---


def killed_and_started_again(_):
    with Broker().start() as broker, Client(broker.bootstrap) as client:
        client.create_topic("kept", 2)
        bootstrap, sent = broker.bootstrap, []
        for end, code in ((broker.kill, 137), (broker.stop, 143), (broker.kill, 137)):
            batch = [(None, b"%d" % (len(sent) + i)) for i in range(100)]
            client.produce("kept", len(sent) // 100 % 2, batch)
            sent += batch
            equal(end(), code)
            assert not broker.is_running()
            broker.start()
            equal(broker.bootstrap, bootstrap)
            equal(sorted(values(client.read("kept")), key=int), [value for _, value in sent])


def settings_of_a_broker(_):
    with Broker({"message.max.bytes": 2000}, heap_mb=300, quick=False).start() as broker, Client(broker.bootstrap) as client:
        with open("/proc/%d/cmdline" % broker.pid, encoding="utf-8") as file:
            words = file.read().split("\0")
        assert "-Xmx300m" in words and not set(install.QUICK_JVM) & set(words), words
        client.create_topic("small")
        with refused("MSG_SIZE_TOO_LARGE"):
            client.produce("small", 0, [(None, os.urandom(5000))])
        folder = broker.folder
    assert not os.path.exists(folder), "the broker's directory was left"


def a_wrong_setting(_):
    try:
        Broker({"num.io.threads": "many"}).start().close()
    except BrokerError as error:
        assert "num.io.threads" in str(error), error
    else:
        raise AssertionError("a broker with a wrong setting started")


def a_taken_port(_):
    """Between the choice of a port and the broker's start somebody may take it."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        choices, real = [], broker_module.free_ports

        def choose(count):
            choices.append([taken.getsockname()[1], *real(count - 1)] if not choices else real(count))
            return choices[-1]

        broker_module.free_ports = choose
        try:
            with Broker().start() as broker:
                equal((len(choices), [broker.port, broker.controller_port]), (2, choices[1]))
        finally:
            broker_module.free_ports = real


def another_broker_at_the_port(_):
    """It answers, but is not the one that was started."""
    with Broker().start() as first:
        choices, real = [], broker_module.free_ports

        def choose(count):
            choices.append([first.port, *real(count - 1)] if not choices else real(count))
            return choices[-1]

        broker_module.free_ports = choose
        try:
            with Broker().start() as second:
                equal(len(choices), 2)
                equal(second.port, choices[1][0])
        finally:
            broker_module.free_ports = real
        try:
            Broker(port=first.port).start().close()
        except BrokerError as error:
            equal(str(error), "port %d is taken" % first.port)
        else:
            raise AssertionError("two brokers at one port")


# --- nothing is left running ---


@contextlib.contextmanager
def owner():
    """A process with a broker, as (process, handle of the broker's process, of the guard's, folder)."""
    process = subprocess.Popen((sys.executable, "-B", "-c", OWNER), cwd=install.HERE, stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
    handles = []
    try:
        java, guard, folder = process.stdout.readline().split()
        handles = [os.pidfd_open(int(java)), os.pidfd_open(int(guard))]
        yield (process, *handles, folder)
    finally:
        process.kill()
        process.communicate()
        for handle in handles:
            os.close(handle)


def assert_ends(handle, what):
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    if not poll.poll(LIMIT_S * 1000):
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        raise AssertionError("%s was still running" % what)


def the_test_is_killed(_):
    with owner() as (process, java, guard, folder):
        process.kill()
        assert_ends(java, "the broker")
        assert_ends(guard, "the guard")
        assert not os.path.exists(folder), "the broker's directory was left"


def the_guard_is_killed(_):
    with owner() as (_process, java, guard, folder):
        signal.pidfd_send_signal(guard, signal.SIGKILL)
        assert_ends(java, "the broker")
    shutil.rmtree(folder, ignore_errors=True)


def too_old(_):
    folder = tempfile.mkdtemp(prefix="weir-kafka-")
    try:
        with Broker(folder=folder, age_s=2) as broker:
            with contextlib.suppress(BrokerError):  # on a loaded machine it is too old before it is ready
                broker.start()
                equal(broker.wait(LIMIT_S), 128 + signal.SIGKILL)
            assert not broker.is_running()
            assert "guard: older than 2 s" in broker.log()
    finally:
        shutil.rmtree(folder)


# --- ./dev kafka ---


def command(*arguments, stdin="", code=0):
    done = subprocess.run((sys.executable, "-B", os.path.join(install.HERE, "command.py"), *arguments), input=stdin,
                          capture_output=True, text=True, timeout=LIMIT_S, check=False)
    equal((done.returncode, done.stderr if code == 0 else ""), (code, ""))
    return done.stdout if code == 0 else done.stderr


def by_hand(_):
    """A broker in the foreground, twice on the same data, and the small commands."""
    parent = tempfile.mkdtemp(prefix="weir-kafka-")
    folder = os.path.join(parent, "data")
    port = str(broker_module.free_ports(1)[0])
    here = ("--broker", "127.0.0.1:" + port)
    try:
        for again in (False, True):
            process = subprocess.Popen((sys.executable, "-B", os.path.join(install.HERE, "command.py"), "--port", port, "--data", folder),
                                       stdout=subprocess.PIPE, text=True)
            try:
                equal(process.stdout.readline(), "127.0.0.1:%s\n" % port)
                if not again:
                    command("topic", "orders", "3", *here)
                    command("produce", "orders", "--partition", "2", *here, stdin="one\n\nzwei \u00fc\n")
                    command("produce", "orders", "--keys", "--partition", "0", *here, stdin="a\tb\tc\nd\n")
                equal(command("read", "orders", *here), "b\tc\n\\N\none\n\nzwei \u00fc\n")
                equal(command("read", "orders", "--keys", *here), "a\tb\tc\nd\t\\N\n\\N\tone\n\\N\t\n\\N\tzwei \u00fc\n")
                assert "another one has the data" in command("--port", "1", "--data", folder, "--fresh", code=1)
                assert "UNKNOWN_TOPIC_OR_PART" in command("read", "nothing", *here, code=1)
                process.send_signal(signal.SIGINT)
                equal((process.communicate(timeout=LIMIT_S)[0], process.returncode), ("", 0))
            finally:
                process.kill()
                process.communicate()
    finally:
        shutil.rmtree(parent)


SHARED = [records_come_back, compressed_records, topics, deleted_records, transactions, an_open_transaction, an_expired_transaction,
          a_fenced_producer, offsets_of_a_group]
ALONE = [killed_and_started_again, settings_of_a_broker, a_wrong_setting, a_taken_port, another_broker_at_the_port, the_test_is_killed, the_guard_is_killed,
         too_old, by_hand]


def run(case, client):
    begin = time.monotonic()
    try:
        case(client)
    except Exception as error:
        print("FAILED  %s\n%s" % (case.__name__, error))
        traceback.print_exc(file=sys.stdout)
        return False
    print("ok      %s (%.1f s)" % (case.__name__, time.monotonic() - begin), flush=True)
    return True


def main(wanted):
    chosen = [case for case in SHARED + ALONE if not wanted or case.__name__ in wanted]
    passed = sum(run(case, None) for case in chosen if case in ALONE)
    with Broker({"transaction.abort.timed.out.transaction.cleanup.interval.ms": 1000}).start() as broker, Client(broker.bootstrap) as client:
        shared_passed = sum(run(case, client) for case in chosen if case in SHARED)
        if shared_passed < sum(case in SHARED for case in chosen):
            print(broker.log()[-3000:])
    failed = len(chosen) - passed - shared_passed
    print("%d cases, %d failed" % (len(chosen), failed))
    sys.exit(1 if failed or not chosen else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
