#!/usr/bin/env python3
"""weir peek, against a real broker: what it shows, and that the table it prints gives the records.

Usage: peek_test.py WEIR [CASE]...
"""
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import tempfile
import termios
import traceback
import unicodedata

from broker import Broker, free_ports
from client import Client, Transaction

LIMIT_S = 90
TIME = 1700000000000


class Bench:
    def __init__(self, weir, broker, client):
        self.weir, self.bootstrap, self.client = weir, broker.bootstrap, client

    def weir_run(self, *arguments):
        with tempfile.TemporaryDirectory(prefix="weir-peek-") as folder:
            return subprocess.run([self.weir, *arguments], cwd=folder, env={**os.environ, "HOME": folder}, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, timeout=LIMIT_S, check=False)

    def peek(self, topic, *arguments, code=0, err=None, bootstrap=None):
        got = self.weir_run("peek", "kafka://%s/%s" % (bootstrap or self.bootstrap, topic), *arguments)
        told = "exit code %d\n--- out\n%s--- err\n%s" % (got.returncode, got.stdout, got.stderr)
        assert got.returncode == code, told
        assert err is None or re.search(err, got.stderr), told
        return got.stdout

    def objects(self, topic, *arguments, **wanted):
        """The records, and the guess."""
        lines = [json.loads(line) for line in self.peek(topic, "--json", *arguments, **wanted).splitlines()]
        return lines[:-1], lines[-1]

    def select(self, topic, query, *arguments):
        """What the query gives over the table that is printed, bounded."""
        sql = self.peek(topic, "-n", "0", *arguments)
        bounded = sql.replace("'scan.startup.mode'", "'scan.bounded.mode' = 'latest-offset', 'scan.startup.mode'")
        assert bounded != sql, sql
        got = self.weir_run("--json", "-c", bounded + query)
        assert got.returncode == 0 and "rejected" not in got.stderr, sql + got.stdout + got.stderr
        return [json.loads(line) for line in got.stdout.splitlines()]


def equal(found, wanted):
    if found != wanted:
        raise AssertionError("found  %r\nwanted %r" % (found, wanted))


def text(value):
    return json.dumps(value).encode()


# --- cases ---


def last_records(b):
    """By time over all partitions, then by partition and offset."""
    b.client.create_topic("recent", 3)
    for i in range(30):
        b.client.produce("recent", i % 3, [(b"k%d" % i, text({"id": i, "ts": TIME + i}), [], TIME + i // 2 * 1000)])
    found, guess = b.objects("recent", "-n", "4")
    equal([(r["partition"], r["offset"], r["key"]) for r in found], [(0, 9, "k27"), (2, 8, "k26"), (1, 9, "k28"), (2, 9, "k29")])
    equal(found[-1]["timestamp"], "2023-11-14 22:13:34.000Z")
    equal(json.loads(found[-1]["value"]), {"id": 29, "ts": TIME + 29})
    equal(len(b.objects("recent")[0]), 10)
    equal(len(b.objects("recent", "-n", "100")[0]), 30)
    equal(guess["schema"]["columns"], [{"name": "key", "type": "STRING", "from": "key"}, {"name": "id", "type": "BIGINT", "from": "value"},
                                       {"name": "ts", "type": "BIGINT", "from": "value"}])
    equal(guess["create_table"], b.peek("recent", "-n", "0"))
    out = b.peek("recent", err="a guess, from 30 records")
    assert out.index("k29") < out.index("CREATE TABLE recent (") and "│ k20 │" in out and "│ k19 │" not in out, out


def table_gives_rows(b):
    b.client.create_topic("table-1", 2)
    for i in range(20):
        b.client.produce("table-1", i % 2, [(b"k%d" % i, text({
            "key": i, "order": {"at": "2024-05-06T09:00:%02dZ" % i, "n": i / 2}, "tags": ["a", None], "big": 10 ** 20 + i,
            "when": "2024-05-06T09:00:%02d" % i}), [], TIME + i)])
    rows = b.select("table-1", "SELECT record_key, `key`, `order`.n AS n, `order`.at AS at, tags[1] AS tag, big, `when` FROM table_1;")
    rows.sort(key=lambda row: row["key"])
    equal(len(rows), 20)
    equal((rows[3]["record_key"], rows[3]["key"], rows[3]["n"], rows[3]["tag"]), ("k3", 3, 1.5, "a"))
    equal((str(rows[3]["big"]), rows[3]["at"], rows[3]["when"]),
          ("100000000000000000003", "2024-05-06 09:00:03.000Z", "2024-05-06 09:00:03.000"))
    windows = b.select("table-1", "SELECT window_start, COUNT(*) AS n FROM TABLE(TUMBLE(TABLE table_1, DESCRIPTOR(`when`), "
                       "INTERVAL '10' SECOND)) GROUP BY window_start, window_end;")
    equal([row["n"] for row in windows], [10, 10])


def epoch_milliseconds(b):
    b.client.create_topic("epoch")
    b.client.produce("epoch", 0, [(None, text({"id": i, "ts": TIME + i})) for i in range(3)])
    equal(b.select("epoch", "SELECT MAX(event_time) AS t, COUNT(*) AS n FROM epoch;")[-1], {"t": "2023-11-14 22:13:20.002Z", "n": 3})


def keys_of_json(b):
    b.client.create_topic("keyed")
    b.client.produce("keyed", 0, [(text({"id": i, "part": "p"}), text({"id": -i})) for i in range(3)])
    rows = b.select("keyed", "SELECT key_id, key_part, id FROM keyed;")
    equal(rows, [{"key_id": i, "key_part": "p", "id": -i} for i in range(3)])


def csv_and_text(b):
    b.client.create_topic("lines")
    b.client.produce("lines", 0, [(None, b"1;a;2.5"), (None, b"2;\"b;c\";")])
    equal(b.select("lines", "SELECT f0, f1, f2 FROM lines;"), [{"f0": 1, "f1": "a", "f2": 2.5}, {"f0": 2, "f1": "b;c", "f2": None}])
    b.client.create_topic("words")
    b.client.produce("words", 0, [(None, b"hello"), (None, b"a longer text\nof two lines"), (None, None)])
    equal([r["value"] for r in b.objects("words")[0]], ["hello", "a longer text\nof two lines", None])
    rows = b.select("words", "SELECT `value`, record_time > TIMESTAMP '2001-01-01 00:00:00' AS fresh FROM words WHERE `value` = 'hello';")
    equal(rows, [{"value": "hello", "fresh": True}])


def binary(b):
    b.client.create_topic("binary")
    b.client.produce("binary", 0, [(b"\xff\x01", b"\x00\xfe", [], TIME), (None, b"text", [], TIME), (b"k", None, [], TIME)])
    out = b.peek("binary")
    assert "x'ff01'" in out and "x'00fe'" in out and "\0" not in out, out
    found, _ = b.objects("binary")
    equal([(r.get("key_hex"), r.get("value_hex")) for r in found], [("ff01", "00fe"), (None, None), (None, None)])
    equal([("key" in r and r["key"], "value" in r and r["value"]) for r in found], [(False, False), (None, "text"), ("k", None)])
    equal(b.select("binary", "SELECT `value` = x'00fe' AS same FROM `binary` WHERE `key` = x'ff01';"), [{"same": True}])


def empty_topic(b):
    b.client.create_topic("empty", 2)
    out = b.peek("empty", err='"empty" has no records')
    assert out.startswith("CREATE TABLE empty ("), out
    equal(b.select("empty", "SELECT * FROM empty;"), [])
    b.client.create_topic("emptied")
    b.client.produce("emptied", 0, [(None, b"gone")])
    b.client.delete_records("emptied", 0, 1)
    b.peek("emptied", err="has no records")


def gaps(b):
    """Of transactions every second offset is a control record; what was aborted is not shown. Records are so large that
    no sample is read beyond those that are shown."""
    b.client.create_topic("gaps", 1)
    pad = b" " * 100000
    with Transaction(b.bootstrap, "peek") as transaction:
        for i in range(40):
            transaction.begin()
            transaction.produce("gaps", 0, [(None, b"%d" % i + pad)])
            if i % 4 == 3:
                transaction.abort()
            else:
                transaction.commit()
    b.client.settle("gaps")
    found, _ = b.objects("gaps", "-n", "12")
    equal([int(r["value"]) for r in found], [i for i in range(40) if i % 4 != 3][-12:])
    found, _ = b.objects("gaps", "-n", "3", "-o", "isolation.level=read_uncommitted")
    equal([int(r["value"]) for r in found], [37, 38, 39])


def sample(b):
    """Many records, and large ones: the sample is bounded, what is shown is whole."""
    b.client.create_topic("many", 4)
    for partition in range(4):
        b.client.produce("many", partition, [(None, text({"n": i}), [], TIME + i) for i in range(1000)])
    out, _ = b.objects("many", "-n", "5", err="from 2,000 records")
    equal([json.loads(r["value"])["n"] for r in out], [998, 999, 999, 999, 999])
    b.client.create_topic("large")
    b.client.produce("large", 0, [(None, text({"n": i, "pad": "x" * 200000})) for i in range(20)])
    out, _ = b.objects("large", "-n", "2", err="from 5 records")
    equal([len(r["value"]) for r in out], [len(text({"n": 18, "pad": "x" * 200000}))] * 2)


def options(b):
    b.client.create_topic("options")
    b.client.produce("options", 0, [(None, text({"a": 1}))])
    sql = b.peek("options", "-n", "0", "-o", "client.id=me", "-o", "properties.fetch.min.bytes=1")
    assert "'properties.client.id' = 'me'" in sql and "'properties.fetch.min.bytes' = '1'" in sql, sql
    sql = b.peek("options", "-o", "sasl.password=geheim", err=r"passwords in place of \*\*\*\*")
    assert "geheim" not in sql and "'properties.sasl.password' = '****'" in sql, sql
    b.peek("options", "-o", "no.such.thing=1", code=1, err="E2112: .*no.such.thing")
    b.peek("options", "-o", "client.id=a", "-o", "client.id=b", code=1, err="E2111")
    b.peek("options", "-o", "bootstrap.servers=x", code=1, err="E2111")


def terminal(b):
    """Lines keep to the width, whatever the values hold."""
    b.client.create_topic("wide")
    b.client.produce("wide", 0, [(b"k", b"\x1b[2J" + "ä".encode() * 500), (b"k" * 300, b"line\nbreak")])
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    process = subprocess.Popen([b.weir, "peek", "kafka://%s/wide" % b.bootstrap], stdin=slave, stdout=slave, stderr=subprocess.DEVNULL)
    os.close(slave)
    out = b""
    while True:
        try:
            out += os.read(master, 65536)
        except OSError:  # the other side is closed
            break
    os.close(master)
    equal(process.wait(LIMIT_S), 0)
    shown = out.decode().replace("\r\n", "\n").split("CREATE TABLE")[0].splitlines()
    assert len(shown) > 4 and all(len(line) <= 80 for line in shown), shown
    assert not any(unicodedata.category(c) == "Cc" for line in shown for c in line), shown


def not_there(b):
    assert b.peek("nothere", code=3, err="E3008: topic \"nothere\"") == ""
    b.peek("a;b", code=2, err="E0003")
    b.peek("a~b", code=1, err="E2114")
    away = "127.0.0.1:%d" % free_ports(1)[0]
    assert b.peek("recent", code=3, err="E3007: no answer from Kafka at " + away, bootstrap=away) == ""


CASES = (last_records, table_gives_rows, epoch_milliseconds, keys_of_json, csv_and_text, binary, empty_topic, gaps, sample, options, terminal,
         not_there)


def run(case, bench):
    try:
        case(bench)
    except Exception:
        print("FAILED %s\n%s" % (case.__name__, traceback.format_exc()), flush=True)
        return False
    print("ok %s" % case.__name__, flush=True)
    return True


def main(weir, wanted):
    chosen = [case for case in CASES if not wanted or case.__name__ in wanted]
    with Broker().start() as broker, Client(broker.bootstrap) as client:
        bench = Bench(os.path.abspath(weir), broker, client)
        failed = sum(not run(case, bench) for case in chosen)
    print("%d cases, %d failed" % (len(chosen), failed))
    sys.exit(1 if failed or not chosen else 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
