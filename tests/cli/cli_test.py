"""The command line as scripts see it: exit codes, standard output, standard error, signals.

Usage: cli_test.py WEIR SOURCE_DIR [CASE]...
"""
import collections
import csv
import io
import json
import os
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback

TIMEOUT_S = 60
BIDS = """{"auction":1,"price":150,"channel":"web"}
{"auction":2,"price":50,"channel":"app"}
not json at all
{"auction":1,"price":250,"channel":"web"}
"""
BID_TABLE = """CREATE TABLE bid (auction BIGINT, price BIGINT, channel STRING)
  WITH ('connector' = 'filesystem', 'path' = 'bids.jsonl', 'format' = 'json');
"""
JOB = BID_TABLE + """CREATE MATERIALIZED VIEW per_channel AS
  SELECT channel, COUNT(*) AS n, SUM(price) AS total FROM bid GROUP BY channel;
"""
ENDLESS = """CREATE TABLE ticks (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '50');
"""
ENDLESS_JOB = ENDLESS + "CREATE MATERIALIZED VIEW seen AS SELECT COUNT(*) AS n FROM ticks;\n"
MANY = """CREATE TABLE numbers (n BIGINT)
  WITH ('connector' = 'datagen', 'number-of-rows' = '200000', 'fields.n.kind' = 'sequence',
        'fields.n.start' = '1', 'fields.n.end' = '200000');
SELECT n FROM numbers;
"""


class Failure(Exception):
    pass


class Bench:
    """A folder of its own in which the program runs."""

    def __init__(self, weir, source):
        self.weir, self.source = weir, source
        self.folder = tempfile.mkdtemp(prefix="weir-cli-")
        self.write("bids.jsonl", BIDS)
        self.write("job.sql", JOB)

    def environment(self):
        kept = ("PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LSAN_OPTIONS")
        return {**{k: os.environ[k] for k in kept if k in os.environ}, "HOME": self.folder}

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def start(self, *arguments, **pipes):
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
                 "env": self.environment(), **pipes}
        return subprocess.Popen([self.weir, *arguments], cwd=self.folder, text=True, **pipes)

    def run(self, *arguments, code=0, out=None, err=None, text=""):
        """Runs to the end; out is the exact standard output, err a pattern in standard error."""
        process = self.start(*arguments, stdin=subprocess.PIPE)
        try:
            got_out, got_err = process.communicate(text, timeout=TIMEOUT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Failure("it does not end: %s" % " ".join(arguments))
        return self.check(arguments, process.returncode, got_out, got_err, code, out, err)

    @staticmethod
    def check(arguments, got_code, got_out, got_err, code, out, err):
        told = "weir %s\nexit code %d\n--- out\n%s--- err\n%s" % (" ".join(arguments), got_code, got_out[:2000], got_err[:2000])
        if got_code != code:
            raise Failure("exit code %d is expected\n%s" % (code, told))
        if out is not None and got_out != out:
            raise Failure("standard output should be %r\n%s" % (out, told))
        if err is not None and (re.search(err, got_err) is None if err else got_err != ""):
            raise Failure("standard error should have %r\n%s" % (err, told))
        return got_out, got_err

    def query(self, database, sql):
        connection = sqlite3.connect("file:%s?mode=ro" % self.path(database), uri=True)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def close(self):
        shutil.rmtree(self.folder)


def wait_for(condition, what):
    end = time.monotonic() + TIMEOUT_S
    while not condition():
        if time.monotonic() > end:
            raise Failure("waited in vain for " + what)
        time.sleep(0.02)


def has_rows(bench, database):
    """The view of ENDLESS_JOB is there and has counted something."""
    try:
        return os.path.exists(bench.path(database)) and bench.query(database, "SELECT n FROM seen WHERE n > 0") != []
    except sqlite3.OperationalError:  # not made yet
        return False


def shows(bench, database, sql, rows):
    """The query gives these rows by now."""
    try:
        return os.path.exists(bench.path(database)) and bench.query(database, sql) == rows
    except sqlite3.OperationalError:  # not made yet
        return False


# --- what only prints ---

def printing(b):
    b.run("--version", out="weir %s\n" % re.search(r"VERSION (\S+)", open(os.path.join(b.source, "CMakeLists.txt")).read()
                                                   .split("project(weir")[1]).group(1), err="")
    out, _ = b.run("--help", err="")
    assert len(out.splitlines()) <= 60 and out.index("Examples") < out.index("Options"), out
    b.run("explain", "e0002", out="E0002: cancelled\n\nThe statement was interrupted before it ended.\n", err="")
    b.run("explain", "E9999", code=2, out="", err="there is no error code \"E9999\"")
    out, _ = b.run("explain", err="")
    assert re.search(r"^E2104  column not found$", out, re.M), out


def reference_page(b):
    """docs/sql/shell.md ends with what the program prints."""
    out, _ = b.run("--reference", err="")
    with open(os.path.join(b.source, "docs", "sql", "shell.md"), encoding="utf-8") as page:
        assert page.read().endswith(out), "docs/sql/shell.md is not what `weir --reference` prints"


def wrong_usage(b):
    b.run("--jsom", code=2, out="", err="there is no option \"--jsom\"\n.*did you mean \"--json\"")
    b.run("rum", "job.sql", code=2, out="", err="did you mean \"run\"")
    b.run("export", "--flink", "job.sql", code=2, out="", err="there is no command \"export\"")
    b.run("run", code=2, out="", err="run needs a file")
    b.run("app.db", "run", code=2, out="", err="\"run\" is one argument too many")
    for empty in (("", "-c", "SELECT 1"), ("run", "")):  # a variable that was not set
        b.run(*empty, code=2, out="", err="error E0003: an argument is empty")
    for option in ("--db", "--file", "--init"):
        b.run(option, "", code=2, out="", err="error E0003: the value of \"%s\" is empty" % option)
    b.run("peek", code=2, out="", err="peek needs kafka://")
    b.run("peek", "bids.jsonl", "-o", "a=b", code=2, out="", err="\"--option\" is for topics")
    b.run("peek", "kafka://h/t", "-o", "ab", code=2, out="", err="--option takes NAME=VALUE, not \"ab\"")
    for number in ("-1", "10001", "ten"):
        b.run("peek", "kafka://h/t", "-n", number, code=2, out="", err="error E0003")
    for address in ("kafka://h", "kafka:///t", "kafka://h/", "kafka://a,,b/t", "kafka://h/t/u", "http://h/t"):
        b.run("peek", address, code=2, out="", err="is no topic's address\n.*hint: kafka://BROKER")
    b.run("-c", "", out="", err="")
    assert not os.path.exists(b.path("rum")) and not os.path.exists(b.path("export"))


# --- peek, of files; of topics: tests/kafka/peek_test.py ---

def peek_at_a_file(b):
    sql = """CREATE TABLE bids (
  auction BIGINT,
  price BIGINT,
  channel STRING
) WITH (
  'connector' = 'filesystem',
  'path' = 'bids.jsonl',
  'format' = 'json'
);
"""
    good = [line for line in BIDS.splitlines() if line.startswith("{")]
    b.write("bids.jsonl", "\r\n".join(good * 5) + "\r\n\n")
    b.run("peek", "-n", "0", "bids.jsonl", out=sql, err="^the table is a guess, from 15 lines at the end\n$")
    out, _ = b.run("peek", "-n", "2", "--mode", "csv", "bids.jsonl")
    offset = len("\r\n".join(good * 4 + good[:1])) + 2
    assert out.startswith("offset,value\n%d,\"%s\"\n" % (offset, good[1].replace('"', '""'))) and out.endswith("\n\n" + sql), out
    b.run("-c", sql + "SELECT COUNT(*) AS n, SUM(price) AS s FROM bids;", out="n,s\n15,2250\n")
    out, _ = b.run("peek", "--json", "-n", "1", "bids.jsonl")
    record, guess = map(json.loads, out.splitlines())
    assert record["value"] == good[2] and guess["create_table"] == sql, out
    b.write("bids.jsonl", "x" * 100 + "\n" + (good[0] + "\n") * 40000)  # only its end is looked at
    out, err = b.run("peek", "-n", "0", "bids.jsonl", out=sql)
    assert 20000 < int(re.search("from ([0-9,]+) lines", err).group(1).replace(",", "")) < 40000, err
    b.write("empty.csv", "")
    b.run("peek", "empty.csv", err="\"empty\" has no lines")
    b.run("peek", "nowhere.csv", code=3, out="", err="error E3001")
    b.run("peek", ".", code=3, out="", err="error E3002")


# --- statements ---

def one_statement(b):
    b.run("-c", "SELECT 1 + 1 AS two, 'a,b' AS c, '' AS e", out="two,c,e\n2,\"a,b\",\"\"\n", err="")
    b.run("-c", "SELECT 1 AS one;", "-c", "SELECT 2 AS two;", out="one\n1\ntwo\n2\n", err="")
    b.run("--json", "-c", "SELECT 1 AS one, CAST(NULL AS INT) AS n", out="{\"one\":1,\"n\":null}\n", err="")
    b.run("--mode", "line", "-c", "SELECT 1 AS one", out="one = 1\n", err="")
    b.run("-c", "SELECT 1 AS one\\G", out="one = 1\n", err="")


def standard_input(b):
    b.run(text="SELECT 1 AS one;\n.mode list\n.headers on\nSELECT 2\n  AS two", out="one\n1\ntwo\n2\n", err="")
    b.run(text="", out="", err="")
    b.run(text="-- nothing\n\n/* at all */\n", out="", err="")
    b.run("-f", "-", text="SELECT 1 AS one;", out="one\n1\n", err="")


def first_error_ends(b):
    script = "SELECT 1 AS one;\n\nSELECT nothing\n  FROM nowhere;\nSELECT 2 AS two;\n"
    b.run(text=script, code=1, out="one\n1\n", err=r"<stdin>:4:8: error E2101: .*\n +4 \|   FROM nowhere")
    b.write("wrong.sql", script)
    b.run("-f", "wrong.sql", code=1, out="one\n1\n", err=r"^wrong.sql:4:8: error E2101: ")
    b.run(text=".bail off\n" + script, code=1, out="one\n1\ntwo\n2\n", err=r"<stdin>:5:8: error E2101: ")
    b.run(text=".tabels\nSELECT 1;", code=2, out="", err=r"<stdin>:1:1: error E0003: .*\n(.*\n)*.*did you mean \"\.tables\"")
    b.run(text="SELECT 'open;\n", code=1, out="", err="error E1002|error E1007")


def json_errors(b):
    _, err = b.run("--json", "-c", "SELECT 1;\nSELECT * FROM nowhere;", code=1)
    error = json.loads(err)["error"]
    assert error["code"] == "E2101" and error["file"] == "<command>" and error["line"] == 2, error
    _, err = b.run("--json", "-c", BID_TABLE)
    for line in err.splitlines():
        assert "note" in json.loads(line), line


def scripts_and_files(b):
    b.write("one.sql", "\ufeffSELECT 1 AS one;\n.read two.sql\n")
    b.write("two.sql", ".once out.csv\nSELECT 2 AS two;\nSELECT 3 AS three;\n.print done")
    b.run("-f", "one.sql", out="one\n1\nthree\n3\ndone\n", err="")
    assert b.read("out.csv") == "two\n2\n"
    b.write("loop.sql", ".read loop.sql\n")
    b.run("-f", "loop.sql", code=1, out="", err="error E1005")
    b.run("-f", "missing.sql", code=3, out="", err="error E3001: cannot open \"missing.sql\"")
    b.run("-c", ".output /nowhere/out", code=3, out="", err="error E3003")
    b.run("-i", "two.sql", "-c", "SELECT 4 AS four", out="three\n3\ndone\nfour\n4\n", err="")
    b.write(".config/weir/init.sql", ".mode json\n")  # the user's own is for typing only
    b.run("-c", "SELECT 1 AS one", out="one\n1\n", err="")
    b.run("-c", ".exit 9", "-c", "SELECT 1", code=9, out="", err="")


# --- jobs ---

def run_a_job(b):
    b.run("run", "job.sql", "--db", "app.db", out="")
    expected = [("app", 1, 50), ("web", 2, 400)]
    assert b.query("app.db", "SELECT * FROM per_channel ORDER BY channel") == expected
    b.run("run", "job.sql", "--db", "app.db", out="")  # ended already: ends at once
    assert b.query("app.db", "SELECT * FROM per_channel ORDER BY channel") == expected
    b.run("app.db", "-c", "SELECT channel, n FROM per_channel ORDER BY channel", out="channel,n\napp,1\nweb,2\n", err="")
    out, _ = b.run("app.db", "-c", ".schema per_channel", err="")
    assert out.startswith("CREATE MATERIALIZED VIEW per_channel"), out
    out, _ = b.run("app.db", "-c", ".tables", err="")
    assert "bid" in out and "per_channel" in out, out


def run_prints_selects(b):
    b.write("select.sql", BID_TABLE + "SELECT auction, price FROM bid WHERE price > 100;\n")
    b.run("run", "select.sql", out="auction,price\n1,150\n1,250\n")
    b.run("run", "-", out="auction,price\n1,150\n1,250\n", text=b.read("select.sql"))


def nothing_is_made_by_a_wrong_script(b):
    b.write("wrong.sql", JOB + "CREATE MATERIALIZED VIEW w AS SELECT chanel FROM bid;\n")
    b.run("run", "wrong.sql", "--db", "app.db", code=1, out="", err=r"^wrong.sql:\d+:\d+: error E2104: (.*\n)*.*did you mean \"channel\"")
    if os.path.exists(b.path("app.db")):
        assert b.query("app.db", "SELECT name FROM sqlite_master WHERE name IN ('bid', 'per_channel', 'w')") == []


def check_changes_nothing(b):
    b.run("check", "job.sql", out="", err="no mistakes")
    b.run("check", "job.sql", "--db", "app.db", out="", err="no mistakes")
    assert not os.path.exists(b.path("app.db"))
    b.write("wrong.sql", JOB + "SELECT chanel FROM bid;\n")
    b.run("check", "wrong.sql", code=1, out="", err=r"^wrong.sql:5:8: error E2104")


def check_tells_all_mistakes(b):
    """The first one of each statement, in order; none that only follows from another, which is unknown until that is right."""
    numbers = "CREATE TABLE t (a INT, s STRING) WITH ('connector' = 'datagen', 'number-of-rows' = '1');\n"
    cases = (
        (numbers + "SELECT x FROM t;\nSELECT y, z FROM t;\nSELECT a FROM t;", [(2, "E2104"), (3, "E2104")]),
        (numbers + "SELEC 1;\nSELECT x FROM t;\nSELECT (a FROM t;\nSELECT a FROM nowhere", [(2, "E1001"), (3, "E2104"), (4, "E1001"), (5, "E2101")]),
        # a table that is wrong, and all that is built on it
        ("CREATE TABLE w (a INT, b) WITH ('connector' = 'datagen');\nCREATE VIEW v AS SELECT * FROM w;\nSELECT x FROM v;\n"
         "CREATE MATERIALIZED VIEW m AS SELECT x FROM v;\nINSERT INTO w SELECT 1;\nDESCRIBE m;\nSHOW CREATE TABLE w;\n"
         "CREATE TABLE l LIKE w;\nSELECT * FROM l;\nSELECT * FROM missing;", [(1, "E2119"), (10, "E2101")]),
        ("CREATE TABLE w (a INT, WITH ('connector' = 'datagen');\nSELECT x FROM w;\nSELECT x FROM `w`;\nSELECT x FROM ww;", [(1, "E1001"), (4, "E2101")]),
        ("CREATE OR REPLACE TEMPORARY VIEW `w` AS SELEC;\nSELECT x FROM w;", [(1, "E1001")]),
        ("CREATE FUNCTION w AS;\nSELECT x FROM w;", [(1, "E1001"), (2, "E2101")]),
        # its own mistake comes first where it is met first; a name that is made right after all is known again
        ("CREATE TABLE w (a INT, b);\nSELECT * FROM nowhere UNION ALL SELECT * FROM w;\n" + numbers.replace(" t ", " w ") + "SELECT x FROM w;", [(1, "E2113"), (2, "E2101"), (4, "E2104")]),
        # before the wrong statement there is no such table
        ("SELECT x FROM w;\nCREATE TABLE w (a INT, b);", [(1, "E2101"), (2, "E2113")]),
        (numbers + "EXECUTE STATEMENT SET BEGIN\nINSERT INTO x SELECT a FROM t;\nINSERT INTO t SELECT a FROM t;\nINSERT INTO y SELECT a FROM t;\nEND;",
         [(3, "E2101"), (4, "E2123"), (5, "E2101")]),
        ("DROP TABLE IF EXISTS per_channel;\nCREATE TABLE per_channel (a INT;\nSELECT total FROM bid", [(2, "E1001"), (3, "E2104")]),
        (numbers + "SET 'sql-client.execution.result-mode' = 'table';\nSET 'no-such-option' = '1';\nSELECT x FROM t", [(3, "E2112"), (4, "E2104")]),
    )
    b.run("run", "job.sql", "--db", "app.db")
    for script, expected in cases:
        b.write("wrong.sql", script)
        _, err = b.run("check", "wrong.sql", "--db", "app.db", code=1, out="")
        got = [(int(line), code) for line, code in re.findall(r"^wrong.sql:(\d+):\d+: error (E\d+):", err, re.MULTILINE)]
        assert got == expected and "no mistakes" not in err, "%s\n%s\n%s" % (script, expected, err)
        _, err = b.run("check", "wrong.sql", "--db", "app.db", "--json", code=1, out="")
        told = [json.loads(line) for line in err.splitlines()]
        assert [(t["error"]["line"], t["error"]["code"]) for t in told if "error" in t] == expected, err
    with open(b.path("wrong.sql"), "wb") as file:
        file.write(b"SELECT 1; SELECT '\xff'; SELEC")
    process = b.start("check", "wrong.sql", errors="replace")
    out, err = process.communicate(timeout=TIMEOUT_S)
    b.check(("check",), process.returncode, out, err, 1, "", r"^wrong.sql:1:\d+: error E1003: .*\n.*\n.*\n$")


def rejected_records(b):
    b.run("run", "job.sql", "--db", "a.db", "--max-rejected", "1", out="")
    b.run("run", "job.sql", "--db", "b.db", "--max-rejected", "0", code=5, out="", err="error E5012: 1 row was rejected; --max-rejected allows 0")


def rejected_records_of_views_and_jobs(b):
    """One is told for each row of _weir_rejected, whichever table, view or job has refused it. Only a SUM that does not
    fit is a row there and no record."""
    b.write("n.csv", "0\n2\nx,y,z\n9223372036854775807\n9223372036854775807\n")
    table = "CREATE TABLE t (n BIGINT) WITH ('connector'='filesystem', 'path'='n.csv', 'format'='csv');\n"
    views = ("CREATE MATERIALIZED VIEW a AS SELECT 1/n AS x FROM t;\n"  # 0
             "CREATE MATERIALIZED VIEW b AS SELECT 1/(n-2) AS x FROM t;\n"  # 2
             "CREATE MATERIALIZED VIEW c AS SELECT n, COUNT(*) AS k, 1/(n-2) AS x FROM t GROUP BY n;\n"  # 2
             "CREATE MATERIALIZED VIEW d AS SELECT SUM(n) AS s FROM t;\n")
    rejected = "SELECT count(*) FROM _weir_rejected WHERE code <> 'E5013'"
    b.write("job.sql", table + views)
    b.run("run", "job.sql", "--db", "app.db", "--max-rejected", "3", code=5, out="",
          err=r"^4 rows were rejected; SELECT \* FROM _weir_rejected shows them\nerror E5012: 4 rows were rejected; --max-rejected allows 3")
    b.run("run", "job.sql", "--db", "enough.db", "--max-rejected", "4", out="")
    assert b.query("app.db", rejected) == [(4,)], b.query("app.db", "SELECT * FROM _weir_rejected")
    assert b.query("app.db", "SELECT view, rejected FROM _weir_counts") == [("a", 2), ("b", 2), ("c", 1), ("d", 1)]
    assert b.query("app.db", "SELECT count(*) > 0 FROM _weir_rejected WHERE code = 'E5013'") == [(1,)]
    b.write("other.sql", table + "CREATE MATERIALIZED VIEW e AS SELECT 1/n AS x FROM t;\n")
    b.run("run", "other.sql", "--db", "app.db", out="", err="^2 rows were rejected; ")  # those of the jobs that it ran
    assert b.query("app.db", rejected) == [(6,)]
    b.run("run", "other.sql", "--db", "app.db", "--max-rejected", "0", out="")


def rejected_records_of_a_job_that_is_stopped(b):
    """Told as at an end; a number that is allowed is judged only there."""
    b.write("job.sql", BID_TABLE.replace("'json'", "'json', 'source.monitor-interval' = '20 ms'") + "CREATE MATERIALIZED VIEW seen AS SELECT COUNT(*) AS n FROM bid;\n")
    for number, code in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
        for what in ("job.sql",), ():
            process = b.start("run", *what, "--db", "%d.db" % code, "--max-rejected", "0")
            wait_for(lambda: shows(b, "%d.db" % code, "SELECT n, state FROM seen, _weir_jobs", [(3, "RUNNING")]), "rows")
            _, err = stop(process, number, code)
            assert err == ("cancelled\n" if code else "") + "1 row was rejected; SELECT * FROM _weir_rejected shows them\n", err


def shards(b):
    """Of a script that reads no topic there are none, and nothing is made."""
    b.run("run", "job.sql", "--db", "app.db", "--shard", "1/3", code=2, out="",
          err="error E0003: --shard 1/3: nothing in the script reads Kafka\\n.*hint: a shard is a part of the partitions of topics")
    assert not os.path.exists(b.path("app.db")) or b.query("app.db", "SELECT * FROM sqlite_schema") == []
    b.run("run", "--db", "app.db", "--shard", "0/3", code=2, out="", err="error E0003: --shard takes I/N")


def out_of_reach(b):
    os.remove(b.path("bids.jsonl"))
    b.run("run", "job.sql", "--db", "app.db", code=3, out="", err="error E3001: .*bids.jsonl")
    b.run("run", "missing.sql", code=3, out="", err="error E3001")


def unusable_databases(b):
    b.write("text.db", "this is no database, although it is long enough to be looked at as one\n" * 20)
    b.run("run", "job.sql", "--db", "text.db", code=4, out="", err="error E4002")
    b.run("text.db", "-c", "SELECT 1", code=4, out="", err="error E4002")
    b.run("run", "job.sql", "--db", "nowhere/app.db", code=4, out="", err="error E4001")
    b.run("run", "job.sql", "--db", b.folder, code=4, out="", err="error E400")


def changed_databases(b):
    """A newer version's, a damaged one, one whose tables or statements somebody has changed."""
    b.run("run", "job.sql", "--db", "app.db")
    for name, sql in (("newer", "UPDATE _weir_meta SET value = 99 WHERE name = 'format'"),
                      ("dropped", "DROP TABLE per_channel"),
                      ("other", "UPDATE _weir_jobs SET sql = 'SELECT nonsense (', state = 'RUNNING'")):
        shutil.copy(b.path("app.db"), b.path(name))
        with sqlite3.connect(b.path(name)) as connection:
            connection.execute(sql)
        connection.close()
    for arguments in (("run", "job.sql", "--db", "newer"), ("check", "job.sql", "--db", "newer"), ("./newer", "-c", "SELECT 1")):
        b.run(*arguments, code=4, out="", err="error E4005: \"(./)?newer\" was written by a newer version")
    b.run("run", "job.sql", "--db", "dropped", code=4, out="", err="error E4006: table \"per_channel\" was dropped")
    b.run("run", "--db", "other", code=1, out="", err="^error E1007: job 1 cannot go on: the input ends inside")
    b.run("./other", "-c", "SELECT n FROM per_channel WHERE channel = 'web'", out="n\n2\n", err="")
    with open(b.path("app.db"), "r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * 20000)
    b.run("run", "job.sql", "--db", "app.db", code=4, out="", err="error E4002: .* the database is damaged")
    b.run("app.db", "-c", "SELECT 1", code=4, out="", err="error E4002: ")


def made_up_rows(b):
    """Random rows are those of the database file, whoever reads them and however often."""
    table = "CREATE TABLE %s (n BIGINT, s STRING) WITH ('connector'='datagen', 'number-of-rows'='100', 'rows-per-second'='1000000');\n"
    for database in ("app.db", "other.db"):
        for name in ("a", "b"):
            b.write("job.sql", table % ("t" + name) + "CREATE MATERIALIZED VIEW %s AS SELECT n, s FROM t%s;\n" % (name, name))
            b.run("run", "job.sql", "--db", database)
    rows = {(database, name): b.query(database, "SELECT n, s FROM %s ORDER BY n" % name) for database in ("app.db", "other.db") for name in ("a", "b")}
    assert len(rows["app.db", "a"]) == 100 and rows["app.db", "a"] == rows["app.db", "b"] and rows["other.db", "a"] == rows["other.db", "b"]
    assert set(rows["app.db", "a"]).isdisjoint(rows["other.db", "a"])
    b.run("run", "job.sql", "--db", "app.db")
    b.write("job.sql", table % "tb" + "CREATE OR REPLACE MATERIALIZED VIEW b AS SELECT n, s FROM tb;\n")
    b.run("run", "job.sql", "--db", "app.db")
    assert b.query("app.db", "SELECT n, s FROM b ORDER BY n") == rows["app.db", "a"]


def names_of_weir_that_others_have(b):
    """They are told, and left as they are; a database of Weir can be written by jobs of another one."""
    b.write("other.sql", BID_TABLE + "CREATE TABLE copy (auction BIGINT) WITH ('connector' = 'sqlite', 'path' = 'other.db');\nINSERT INTO copy SELECT auction FROM bid;\n")
    for sql, script, kind in (("CREATE TABLE _weir_meta (a)", "job.sql", "a table \"_weir_meta"), ("CREATE TABLE _weir_jobs (a)", "job.sql", "a table \"_weir_jobs"),
                              ("CREATE VIEW _weir_state AS SELECT 1", "job.sql", "a view \"_weir_state"),
                              ("CREATE TABLE _weir_written (a)", "other.sql", "a table \"_weir_written")):
        with sqlite3.connect(b.path("other.db")) as connection:
            connection.execute(sql)
        connection.close()
        before = b.query("other.db", "SELECT * FROM sqlite_schema")
        database = "other.db" if script == "job.sql" else "app.db"
        place = "" if script == "job.sql" else r"other\.sql:\d+:1: "  # the statement that writes there
        b.run("run", script, "--db", database, code=4, out="", err="^%serror E4013: \"other.db\" has %s\" that Weir has not made\n(.*\n)*.*hint: " % (place, kind))
        if "_weir_jobs" in sql:
            b.run("other.db", "-c", "SHOW JOBS", "--mode", "json", out="[]\n")
        assert b.query("other.db", "SELECT * FROM sqlite_schema") == before
        os.unlink(b.path("other.db"))
    b.run("run", "job.sql", "--db", "other.db")
    for database in ("app.db", "other.db"):  # the first writes into the second, which then runs a job
        b.run("run", "other.sql" if database == "app.db" else "job.sql", "--db", database)
    b.run("run", "other.sql", "--db", "first.db")
    assert b.query("other.db", "SELECT count(*) FROM copy") == [(6,)] and b.query("other.db", "SELECT count(*) FROM per_channel") == [(2,)]
    os.rename(b.path("app.db"), b.path("written.db"))
    b.write("other.sql", b.read("other.sql").replace("other.db", "new.db"))
    b.run("run", "other.sql", "--db", "app.db")
    b.run("run", "job.sql", "--db", "new.db")
    assert b.query("new.db", "SELECT count(*) FROM copy") == [(3,)]


def names_of_the_users_own_tables(b):
    """What the user has made with SQLite is not to be met by a table of the same name."""
    with sqlite3.connect(b.path("app.db")) as connection:
        connection.execute("CREATE TABLE taken (a)")
        connection.execute("CREATE VIEW \"v$late\" AS SELECT 1 AS a")
    connection.close()
    for statement, name in (("CREATE TABLE %s (a INT) WITH ('connector' = 'blackhole')", "taken"),
                            ("CREATE TABLE %s (a INT) WITH ('connector' = 'sqlite')", "Taken"),
                            ("CREATE VIEW %s AS SELECT 1 AS a", "taken"),
                            ("CREATE MATERIALIZED VIEW %s AS SELECT 1 AS a", "TAKEN"),
                            ("CREATE MATERIALIZED VIEW %s AS SELECT 1 AS a", "v")):
        sql = statement % name
        b.run("app.db", "-c", sql, code=1, out="", err=r"<command>:1:%d: error E2102: the database has a table or view \"%s(\$late)?\" that is "
              r"not Weir's\n.*\n.*\^.*\n +=.hint: give this one another name" % (sql.index(name) + 1, name))


def another_database_file(b):
    """INSERT into a table of another file, by two databases; and into this one by its path."""
    declared = """CREATE TABLE sums (auction BIGINT, n BIGINT, PRIMARY KEY (auction) NOT ENFORCED)
      WITH ('connector' = 'sqlite', 'path' = '%s');
    """
    insert = "INSERT INTO sums SELECT x, SUM(v) FROM (VALUES (%s, 1), (%s, 2), (9, 3)) AS t (x, v) GROUP BY x;\n"
    b.write("one.sql", declared % "other.db" + insert % (1, 1))
    b.write("two.sql", declared % "other.db" + insert % (2, 9))
    b.run("run", "one.sql", "--db", "app.db", out="")
    assert b.query("other.db", "SELECT auction, n FROM sums ORDER BY 1") == [(1, 3), (9, 3)]
    b.run("run", "two.sql", "--db", "second.db", out="")
    assert b.query("other.db", "SELECT auction, n FROM sums ORDER BY 1") == [(1, 3), (2, 1), (9, 5)]
    assert b.query("other.db", "PRAGMA journal_mode") == [("wal",)]
    b.write("self.sql", declared % "third.db" + insert % (1, 1))
    b.run("run", "self.sql", "--db", "third.db", code=4, out="", err="error E4003: .*third.db\" is this database itself")
    b.write("folder.sql", declared % "." + insert % (1, 1))
    b.run("run", "folder.sql", "--db", "fourth.db", code=4, out="", err="error E4001: .*it is a directory")


def files_of_others(b):
    """What the rights do not allow."""
    as_root = os.geteuid() == 0
    others = {"user": 65534, "group": 65534, "extra_groups": []} if as_root else {}
    os.chmod(b.folder, 0o755)
    # A program that counts its lines wants to write where it was built, and would say that it cannot.
    os.makedirs(b.path("counts"))
    os.chmod(b.path("counts"), 0o777)
    others["env"] = {**b.environment(), "GCOV_PREFIX": b.path("counts")}
    b.run("run", "job.sql", "--db", "app.db")
    shutil.copy(b.path("app.db"), b.path("read_only.db"))
    os.makedirs(b.path("open"))
    shutil.copy(b.path("app.db"), b.path("open/read_only.db"))
    b.write("secret.sql", "SELECT 1;")
    b.write("reads.sql", JOB.replace("bids.jsonl", "secret.sql"))
    for name, mode in (("secret.sql", 0), ("read_only.db", 0o444), ("open/read_only.db", 0o444), ("open", 0o777), ("", 0o555)):
        os.chmod(b.path(name), mode)

    def refused(*arguments, code, err):
        process = b.start(*arguments, **others)
        out, told = process.communicate(timeout=TIMEOUT_S)
        b.check(arguments, process.returncode, out, told, code, "", err)

    try:
        try:
            refused("-c", "", code=0, err="")
        except PermissionError:
            print("        not looked at: another user cannot run %s" % b.weir)
            return
        refused("run", "secret.sql", code=3, err="^error E3002: cannot open \"secret.sql\": Permission denied\n$")
        refused("-f", "secret.sql", code=3, err="^error E3002: cannot open \"secret.sql\"")
        refused("run", "reads.sql", code=3, err="^reads.sql:3:26: error E3002: \"secret.sql\": Permission denied\n")
        refused("run", "job.sql", "--db", "read_only.db", code=4, err="^error E4004: cannot open \"read_only.db\"")
        refused("run", "job.sql", "--db", "open/read_only.db", code=4, err="^error E4004: .*: the file is read-only\n.*hint: ")
        refused("run", "job.sql", "--db", "new.db", code=4, err="^error E4004: cannot open \"new.db\"")
        refused("-c", ".output data", code=3, err="^error E3003: cannot write \"data\": Permission denied")
        refused("doc", "--all", "pages", code=3, err="^error E3003: cannot write \"pages\": Permission denied")
        assert sorted(os.listdir(b.path("open"))) == ["read_only.db"], "nothing is left behind"
    finally:
        os.chmod(b.folder, 0o700)


def a_database_that_cannot_be_written(b):
    """Its file, or the folder alone: it can be looked at, and nothing is left beside it."""
    others = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    os.makedirs(b.path("counts"))
    os.chmod(b.path("counts"), 0o777)
    others["env"] = {**b.environment(), "GCOV_PREFIX": b.path("counts")}
    b.run("run", "job.sql", "--db", "app.db")
    reasons = {"closed": 'cannot open "closed/app.db": its directory cannot be written: Permission denied', "open": 'cannot open "open/app.db": the file is read-only'}
    for name, mode, file_mode in (("closed", 0o555, 0o666), ("open", 0o777, 0o444)):
        os.makedirs(b.path(name))
        shutil.copy(b.path("app.db"), b.path(name + "/app.db"))
        os.chmod(b.path(name + "/app.db"), file_mode)
        os.chmod(b.path(name), mode)
    os.chmod(b.folder, 0o755)

    def looked(*arguments, out=None, code=0, err):
        process = b.start(*arguments, **others)
        got, told = process.communicate(timeout=TIMEOUT_S)
        return b.check(arguments, process.returncode, got, told, code, out, err)

    try:
        try:
            looked("-c", "", code=0, err="")
        except PermissionError:
            print("        not looked at: another user cannot run %s" % b.weir)
            return
        for name, reason in reasons.items():
            database = name + "/app.db"
            looked(database, "-c", "SELECT n, total FROM per_channel ORDER BY n", "--mode", "csv", out="n,total\n1,50\n2,400\n", err="")
            out, _ = looked(database, "-c", "SHOW JOBS; SHOW TABLES; DESCRIBE per_channel", "--mode", "csv", err="")
            assert ",FINISHED," in out and "bid" in out and "channel,STRING" in out, out
            for statement in ("CREATE TABLE t (a INT) WITH ('connector' = 'blackhole')", "DROP TABLE bid", "STOP JOB 1",
                              "INSERT INTO t SELECT 1"):
                looked(database, "-c", statement, code=4, out="", err="error E4004: the database can only be read: " + re.escape(reason))
            looked("run", "job.sql", "--db", database, code=4, out="", err="^error E4004: " + re.escape(reason))
            looked("check", "job.sql", "--db", database, out="", err="^no mistakes found\n$")
        looked("closed/new.db", "-c", "SELECT 1", code=4, out="", err='^error E4004: cannot open "closed/new.db": its directory cannot be written')
        assert os.listdir(b.path("closed")) == ["app.db"]
    finally:
        os.chmod(b.path("closed"), 0o700)
        os.chmod(b.folder, 0o700)


def a_second_process_reads(b):
    b.write("endless.sql", ENDLESS_JOB)
    owner = b.start("run", "endless.sql", "--db", "app.db")
    try:
        wait_for(lambda: has_rows(b, "app.db"), "rows")
        b.run("app.db", "-c", "SELECT COUNT(*) AS c FROM seen", out="c\n1\n", err=r"^process %d \(weir\) owns the database" % owner.pid)
        b.run("run", "job.sql", "--db", "app.db", code=4, out="", err=r"error E4003: \"app.db\" is in use by process %d \(weir\)" % owner.pid)
        b.run("app.db", "-c", "CREATE VIEW x AS SELECT 1 AS a", code=4, out="",
              err=r"<command>:1:1: error E4003: the database belongs to process %d \(weir\); here" % owner.pid)
        reader = b.start("app.db", stdin=subprocess.PIPE)
        assert "process %d (weir) owns" % owner.pid in reader.stderr.readline()
        b.write("app.db-lock", "")  # its owner's number cannot be read
        b.run("app.db", "-c", "CREATE VIEW x AS SELECT 1 AS a", code=4, out="",
              err="^another process owns the database; (.*\n)*.*error E4003: the database belongs to another process;")
    finally:
        owner.terminate()
        owner.communicate(timeout=TIMEOUT_S)
    told, err = reader.communicate("CREATE VIEW x AS SELECT 1 AS a;", timeout=TIMEOUT_S)
    b.check(("app.db",), reader.returncode, told, err, 0, "", "^ok\n")  # it is its own by now


def who_only_looks_owns_nothing(b):
    """A script of statements that read stands in nobody's way; the first one that changes something owns the database."""
    b.write("endless.sql", ENDLESS_JOB)
    b.run("app.db", "-c", ENDLESS_JOB)
    reader = b.start("app.db", stdin=subprocess.PIPE)
    reader.stdin.write("SHOW JOBS; DESCRIBE seen; SHOW TABLES; EXPLAIN SELECT n FROM ticks; SET 'commit-interval' = '1 s'; SELECT 'read' AS r FROM _weir_jobs;\n")
    reader.stdin.flush()
    while "read" not in reader.stdout.readline():
        pass
    before = b.query("app.db", "SELECT n FROM seen")
    owner = b.start("run", "endless.sql", "--db", "app.db")
    try:
        wait_for(lambda: b.query("app.db", "SELECT n FROM seen") not in ([], before), "rows")
        b.run("app.db", "-c", "SHOW JOBS", err=r"^process %d \(weir\) owns the database; it can only be read here\n$" % owner.pid)
    finally:
        owner.terminate()
        assert owner.communicate(timeout=TIMEOUT_S)[1] == "" and owner.returncode == 0
    told, err = reader.communicate("PAUSE JOB 1; SHOW JOBS; CREATE TEMPORARY VIEW x AS SELECT n FROM seen; DESCRIBE x;", timeout=TIMEOUT_S)
    b.check(("app.db",), reader.returncode, told, err, 0, None, "^paused job 1\nok\n$")
    assert ",PAUSED," in told and "n,BIGINT" in told, told
    b.run("app.db", "-c", "RESUME JOB 1", out="", err="^job 1 is resumed, and goes on whenever a process owns the database\n1 job has not ended; weir run --db app.db goes on with it\n$")
    b.run("new.db", "-c", "SHOW JOBS", err="")
    assert not os.path.exists(b.path("new.db"))


def unfinished_jobs_are_told(b):
    b.run("app.db", "-c", ENDLESS_JOB, err="1 job has not ended; weir run --db app.db goes on with it")
    before = b.query("app.db", "SELECT n FROM seen")
    process = b.start("run", "--db", "app.db")
    wait_for(lambda: b.query("app.db", "SELECT n FROM seen") not in ([], before), "rows")
    stop(process, signal.SIGTERM, 0)


def state_of(b, database="app.db"):
    """As another process sees the first job: its state and the reason."""
    out, _ = b.run(database, "-c", "SHOW JOBS", "--mode", "csv", err=None)
    row = list(csv.DictReader(io.StringIO(out)))[0]
    return row["state"], row["reason"]


def states_of_a_job(b):
    """RUNNING is what runs; who ended it, and how, stays to be seen."""
    b.write("endless.sql", ENDLESS_JOB)
    process = b.start("run", "endless.sql", "--db", "app.db")
    wait_for(lambda: has_rows(b, "app.db"), "rows")
    assert state_of(b) == ("RUNNING", ""), state_of(b)
    wait_for(lambda: b.query("app.db", "SELECT operator, position > 0 FROM _weir_sources") == [(0, 1)], "the source")
    stop(process, signal.SIGTERM, 0)
    assert b.query("app.db", "SELECT state, reason, restarts FROM _weir_jobs") == [("SUSPENDED", "the process that ran it has ended", 0)]
    assert state_of(b)[0] == "SUSPENDED"
    process = b.start("run", "--db", "app.db")
    wait_for(lambda: b.query("app.db", "SELECT state, reason, restarts FROM _weir_jobs") == [("RUNNING", None, 1)], "the job")
    process.kill()
    process.communicate(timeout=TIMEOUT_S)
    assert state_of(b) == ("SUSPENDED", "the process that ran it was cut off"), state_of(b)
    process = b.start("run", "endless.sql", "--db", "app.db")
    wait_for(lambda: b.query("app.db", "SELECT state, restarts FROM _weir_jobs") == [("RUNNING", 2)], "the job")
    stop(process, signal.SIGINT, 130)
    assert state_of(b) == ("SUSPENDED", "the process that ran it has ended"), state_of(b)


def paused_and_stopped_jobs(b):
    b.write("endless.sql", ENDLESS_JOB)
    b.run("app.db", "-c", ENDLESS_JOB, "-c", "PAUSE JOB 1", err="paused job 1\n$")
    assert state_of(b) == ("PAUSED", "PAUSE JOB"), state_of(b)
    b.run("run", "--db", "app.db", out="", err="^job 1 is paused; RESUME JOB '1' lets it go on\n$")
    b.run("app.db", "-c", "PAUSE JOB 1", code=1, out="", err=r"^<command>:1:11: error E2135: job 1 is paused already\n.*\n.*\^\n +=.hint: RESUME JOB '1'")
    b.run("app.db", "-c", "RESUME JOB 1", err="^job 1 is resumed, and goes on whenever a process owns the database\n1 job has not ended; weir run --db app.db goes on with it")
    assert state_of(b) == ("SUSPENDED", "the process that ran it has ended"), state_of(b)
    b.run("app.db", "-c", "PAUSE JOB 1", err="^paused job 1\n$")
    process = b.start("run", "endless.sql", "--db", "app.db")
    wait_for(lambda: b.query("app.db", "SELECT state FROM _weir_jobs") == [("RUNNING",)], "the job")
    _, err = stop(process, signal.SIGTERM, 0)
    assert err == "job 1 was paused, and goes on\n", err
    b.run("app.db", "-c", "STOP JOB 1", err="^stopped job 1 for good; its tables stay as they are\n$")
    assert state_of(b) == ("STOPPED", "STOP JOB"), state_of(b)
    assert b.query("app.db", "SELECT job FROM _weir_checkpoints UNION SELECT job FROM _weir_state UNION SELECT job FROM _weir_journal") == []
    b.run("run", "--db", "app.db", out="", err="^$")
    b.run("app.db", "-c", "RESUME JOB 1", code=1, out="", err="error E2135: job 1 was stopped for good")
    process = b.start("run", "endless.sql", "--db", "app.db")
    wait_for(lambda: b.query("app.db", "SELECT state FROM _weir_jobs") == [("RUNNING",)], "the job")
    _, err = stop(process, signal.SIGTERM, 0)
    assert err == "job 1 was stopped, and begins again from the beginning\n", err


def state_of_another_version(b):
    """It is refused in words, however it is asked for, and stays for its own version; who lets it go begins again."""
    def set_format(more):
        with sqlite3.connect(b.path("app.db")) as connection:
            connection.execute("UPDATE _weir_checkpoints SET format = format + ?, engine = '7.8.9'", (more,))
        connection.close()
    refused = "error E4012: .*what job 1 needs to go on was kept by Weir 7.8.9 in another layout(.*\n)*.*hint: let that version run the job to its end, or drop"
    b.write("endless.sql", ENDLESS_JOB)
    process = b.start("run", "endless.sql", "--db", "app.db")
    wait_for(lambda: has_rows(b, "app.db"), "rows")
    stop(process, signal.SIGTERM, 0)
    before = b.query("app.db", "SELECT n FROM seen")
    set_format(1)
    b.run("run", "endless.sql", "--db", "app.db", code=4, out="", err=refused)
    b.run("run", "--db", "app.db", code=4, out="", err=refused)
    b.run("app.db", "-c", "PAUSE JOB 1", err="paused job 1")
    b.run("app.db", "-c", "RESUME JOB 1", code=4, out="", err=refused)
    assert state_of(b)[0] == "PAUSED" and b.query("app.db", "SELECT n FROM seen") == before
    set_format(-1)
    b.run("app.db", "-c", "RESUME JOB 1", err="job 1 is resumed")
    set_format(1)
    b.run("app.db", "-c", "DROP MATERIALIZED VIEW seen", err="dropped seen")
    assert b.query("app.db", "SELECT job FROM _weir_checkpoints UNION SELECT id FROM _weir_jobs") == []
    b.run("app.db", "-c", ENDLESS_JOB.replace(ENDLESS, ""), err="job 2 started")


def a_job_that_cannot_begin_has_failed(b):
    """However it is asked to go on: the file says so, and why; and it is tried again when it is asked for."""
    b.write("n.csv", "1\n2\n3\n")
    b.write("job.sql", "CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'n.csv', 'format' = 'csv', 'source.monitor-interval' = '20 ms');\n"
            "CREATE MATERIALIZED VIEW seen AS SELECT n FROM numbers;\n"
            "CREATE TABLE copy (n BIGINT) WITH ('connector' = 'sqlite', 'path' = 'other.db');\nINSERT INTO copy SELECT n FROM numbers;\n")
    def rows():
        return os.path.exists(b.path("other.db")) and b.query("other.db", "SELECT 1 FROM sqlite_schema WHERE name = 'copy'") and b.query("other.db", "SELECT n FROM copy")
    def goes_on(*arguments):
        process = b.start("run", *arguments, "--db", "app.db")
        wait_for(lambda: rows() == [(1,), (2,), (3,)] and b.query("app.db", "SELECT state FROM _weir_jobs") == [("RUNNING",)] or process.poll() is not None, "rows")
        stop(process, signal.SIGTERM, 0)
        assert state_of(b)[0] == "SUSPENDED", state_of(b)
    goes_on("job.sql")
    gone = r'E3004: "n.csv" is gone from its folder, by whatever name; it was read up to byte 6'
    os.mkdir(b.path("away"))
    os.rename(b.path("n.csv"), b.path("away/n.csv"))
    for _ in range(2):
        b.run("run", "job.sql", "--db", "app.db", code=3, out="", err="error " + gone)
        assert state_of(b) == ("FAILED", gone), state_of(b)
    b.run("run", "--db", "app.db", out="", err="^job 1 has failed; RESUME JOB '1' tries again; SHOW JOBS tells why\n$")
    os.rename(b.path("away/n.csv"), b.path("n.csv"))
    goes_on("job.sql")
    changed = r'E4006: table "copy" in "other.db" is not as rows are written there: it has a column "x" more'
    for statement, code in ((None, 4), ("RESUME JOB 1", 4)):
        with sqlite3.connect(b.path("other.db")) as connection:
            connection.execute("ALTER TABLE copy ADD COLUMN x")
        connection.close()
        if statement is None:
            b.run("run", "--db", "app.db", code=code, out="", err="error E4006: job 1 cannot go on: table \"copy\"")
        else:
            b.run("app.db", "-c", statement, code=code, out="", err="error E4006: job 1 cannot go on: table \"copy\"")
        assert state_of(b) == ("FAILED", changed), state_of(b)
        with sqlite3.connect(b.path("other.db")) as connection:
            connection.execute("ALTER TABLE copy DROP COLUMN x")
        connection.close()
        b.run("app.db", "-c", "PAUSE JOB 1", code=1, out="", err="job 1 has failed")
    goes_on("job.sql")


def a_start_that_reads_nothing_leaves_nothing(b):
    """The job opens its source, and fails with the first read; one that fails later stays, to be looked into."""
    script = ("CREATE TABLE t (n BIGINT) WITH ('connector' = 'filesystem', 'path' = '%s', 'format' = 'csv', 'source.monitor-interval' = '20 ms');\n"
              "CREATE TABLE kept (n BIGINT PRIMARY KEY NOT ENFORCED) WITH ('connector' = 'sqlite');\nCREATE VIEW plain AS SELECT n FROM t;\n"
              "CREATE MATERIALIZED VIEW seen AS SELECT COUNT(*) AS n FROM plain;\nINSERT INTO kept SELECT n FROM t;\n")
    own = "SELECT name FROM sqlite_schema WHERE name IN ('t', 'kept', 'plain', 'seen', 't$errors', 'seen$late')"
    b.write("n.csv", "1\n2\n")
    for _ in range(2):
        b.write("job.sql", script % "/proc/self/mem")  # which cannot be read at its beginning
        b.run("run", "job.sql", "--db", "app.db", code=3, out="", err="^error E3002: \"/proc/self/mem\": Input/output error\n$")
        assert b.query("app.db", "SELECT id FROM _weir_jobs UNION SELECT name FROM _weir_objects UNION " + own) == []
    b.write("job.sql", script % "n.csv")
    process = b.start("run", "job.sql", "--db", "app.db")
    wait_for(lambda: has_rows(b, "app.db"), "rows")
    stop(process, signal.SIGTERM, 0)
    os.remove(b.path("n.csv"))
    b.run("run", "job.sql", "--db", "app.db", code=3, err="E3004")
    assert b.query("app.db", "SELECT id, state FROM _weir_jobs") == [(1, "FAILED")] and b.query("app.db", "SELECT n FROM kept") == [(1,), (2,)]
    b.write("bad.sql", BID_TABLE.replace("'json'", "'json', 'on-error' = 'fail'") + "CREATE MATERIALIZED VIEW v AS SELECT price FROM bid;\n")
    b.run("run", "bad.sql", "--db", "bad.db", code=1, err="E5001")
    assert b.query("bad.db", "SELECT line FROM \"bid$errors\"") == [(3,)]


def a_start_that_reads_nothing_takes_nothing(b):
    """What was there before stays, also where the script gives it another meaning."""
    table = "CREATE OR REPLACE TABLE t (n BIGINT) WITH ('connector' = 'filesystem', 'path' = '%s', 'format' = 'csv', 'source.monitor-interval' = '20 ms');\n"
    view = "CREATE MATERIALIZED VIEW seen AS SELECT COUNT(*) AS n FROM t;\n"
    b.write("n.csv", "1\n2\n")
    b.write("table.sql", table % "n.csv")
    b.write("job.sql", table % "/proc/self/mem" + view)
    b.run("run", "table.sql", "--db", "app.db")
    b.run("run", "job.sql", "--db", "app.db", code=3, err="^error E3002: \"/proc/self/mem\": Input/output error\n$")
    assert b.query("app.db", "SELECT name FROM _weir_objects ORDER BY name") == [("seen",), ("t",)]


def another_job_that_fills_the_same(b):
    """A script whose INSERT was changed is another job: that the one before is still there is told."""
    script = ENDLESS + "CREATE TABLE o (n BIGINT) WITH ('connector' = 'blackhole');\nINSERT INTO o SELECT n FROM ticks%s;\n"

    def go(more):
        b.write("job.sql", script % more)
        process = b.start("run", "job.sql", "--db", "app.db")
        wait_for(lambda: shows(b, "app.db", "SELECT COUNT(*) FROM _weir_jobs WHERE state = 'RUNNING'", [(1,)]) or process.poll() is not None, "the job")
        return stop(process, signal.SIGTERM, 0)[1]

    told = "job %d, which is %s, has other statements and fills \"o\", too; STOP JOB '%d' ends it\n"
    assert go("") == go("") == ""
    assert go(" WHERE n > 1") == told % (1, "SUSPENDED", 1)
    b.run("app.db", "-c", "STOP JOB 1", "-c", "PAUSE JOB 2")
    assert go(" WHERE n > 2") == told % (2, "PAUSED", 2)


def a_paused_job_goes_on_where_it_was(b):
    """Of input that has ends: what the pause has cut off is neither lost nor done twice."""
    rows = 3000000
    b.write("many.sql", "CREATE TABLE numbers (n BIGINT) WITH ('connector' = 'datagen', 'number-of-rows' = '%d', 'rows-per-second' = '1000000000', 'fields.n.kind' = 'sequence', "
            "'fields.n.start' = '1', 'fields.n.end' = '%d');\nCREATE MATERIALIZED VIEW total AS SELECT COUNT(*) AS n, SUM(n) AS s FROM numbers;\n" % (rows, rows))
    process = b.start("run", "many.sql", "--db", "app.db")
    wait_for(lambda: os.path.exists(b.path("app.db")) and b.query("app.db", "SELECT * FROM sqlite_schema WHERE name = 'total'") != []
             and b.query("app.db", "SELECT n FROM total") != [], "rows")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=TIMEOUT_S)
    if b.query("app.db", "SELECT state FROM _weir_jobs") == [("FINISHED",)]:
        print("        not looked at: the job was faster")
        return
    b.run("app.db", "-c", "PAUSE JOB 1", err="^paused job 1\n$")
    before = b.query("app.db", "SELECT n FROM total")[0][0]
    b.run("run", "--db", "app.db", out="", err="job 1 is paused")
    assert b.query("app.db", "SELECT n FROM total") == [(before,)] and 0 < before < rows
    b.run("app.db", "-c", "RESUME JOB 1", out="", err="^job 1 goes on, to its end\njob 1 has finished\n$")
    assert b.query("app.db", "SELECT n, s FROM total") == [(rows, rows * (rows + 1) // 2)]
    assert b.query("app.db", "SELECT rows_in FROM _weir_operators WHERE operator = 0") == [(rows,)]
    assert b.query("app.db", "SELECT SUM(records), MIN(epoch) FROM _weir_epochs") == [(rows, 1)]
    assert b.query("app.db", "SELECT state, restarts FROM _weir_jobs") == [("FINISHED", 1)]


# --- signals and pipes ---

def stop(process, number, code):
    process.send_signal(number)
    out, err = process.communicate(timeout=TIMEOUT_S)
    if process.returncode != code:
        raise Failure("exit code %s, not %d\n%s%s" % (process.returncode, code, out[-500:], err))
    return out, err


def signals(b):
    b.write("endless.sql", ENDLESS_JOB)
    for number, code in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
        database = "%d.db" % code
        process = b.start("run", "endless.sql", "--db", database)
        wait_for(lambda: has_rows(b, database), "rows")
        stop(process, number, code)
        assert os.path.getsize(b.path(database + "-wal")) == 0, "a clean stop leaves nothing in the WAL"
    for number, code in ((signal.SIGTERM, 0), (signal.SIGINT, 130)):
        process = b.start("-c", ENDLESS + "SELECT n FROM ticks;")
        assert process.stdout.readline() == "op,n\n"
        process.stdout.readline()
        stop(process, number, code)
        process = b.start(stdin=subprocess.PIPE)  # waiting for input
        process.stdin.write("SELECT 1 AS one;\n")
        process.stdin.flush()
        assert process.stdout.readline() == "one\n"
        stop(process, number, code)


def a_row_that_makes_billions_of_windows(b):
    """It need not be waited for: the job goes on from its last commit, a SELECT ends, and so does a shell at its end."""
    windows = "SELECT COUNT(*) AS n FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '0.001' SECOND, INTERVAL '90000' DAY(5)))"
    table = "CREATE TABLE t (id INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = 't.jsonl', 'format' = 'json');\n"
    cut = r"(?m)^job 1 was stopped in the middle of a long step; it goes on from its last commit\n"
    b.write("t.jsonl", '{"id":1,"ts":"2020-01-01 00:00:00"}\n')
    b.write("long.sql", table + "CREATE MATERIALIZED VIEW v AS " + windows)
    for arguments, database, number, code in ((("run", "long.sql", "--db", "app.db"), "app.db", signal.SIGINT, 130), (("run", "--db", "app.db"), "app.db", signal.SIGTERM, 0),
                                              (("shell.db", "-f", "long.sql"), "shell.db", signal.SIGTERM, 0)):
        process = b.start(*arguments)
        wait_for(lambda: os.path.exists(b.path(database)) and b.query(database, "SELECT name FROM sqlite_schema WHERE name = 'v'") != [], "the view")
        time.sleep(0.5)
        _, err = stop(process, number, code)
        assert re.search(cut, err), err
        assert b.query(database, "SELECT n FROM v") == []
        assert state_of(b, database) == ("SUSPENDED", "was stopped in the middle of a long step; it goes on from its last commit")
    process = b.start("-c", table + windows)
    time.sleep(0.5)
    stop(process, signal.SIGINT, 130)


def broken_pipe(b):
    b.write("many.sql", MANY)
    for arguments in (("run", "many.sql"), ("-f", "many.sql"), ("--help",)):
        process = b.start(*arguments)
        process.stdout.close() if arguments == ("--help",) else (process.stdout.readline(), process.stdout.close())
        err = process.stderr.read()
        process.wait(timeout=TIMEOUT_S)
        # Help fits the pipe, so whether anybody was told depends on who was faster.
        if "error" in err or process.returncode not in ((0, 3) if arguments == ("--help",) else (3,)):
            raise Failure("%s: exit code %d, %r" % (arguments, process.returncode, err))


def full_disk(b):
    with open("/dev/full", "w", encoding="utf-8") as full:
        process = b.start("-c", "SELECT 1 AS one", stdout=full)
        _, err = process.communicate(timeout=TIMEOUT_S)
    b.check(("-c", "..."), process.returncode, "", err, 3, "", "error E3003: cannot write \"<stdout>\": No space left")


def an_empty_followed_folder(b):
    """It may get a file at any time, so the job does not end."""
    os.mkdir(b.path("in"))
    b.write("follow.sql", JOB.replace("'bids.jsonl'", "'in'").replace("'json')", "'json', 'source.monitor-interval' = '20 ms')"))
    process = b.start("run", "follow.sql", "--db", "app.db")
    wait_for(lambda: shows(b, "app.db", "SELECT COUNT(*) FROM sqlite_schema WHERE name = 'per_channel'", [(1,)]), "the view")
    time.sleep(0.3)
    assert process.poll() is None, "it ended"
    b.write("new.jsonl", BIDS)
    os.rename(b.path("new.jsonl"), b.path("in/new.jsonl"))
    wait_for(lambda: shows(b, "app.db", "SELECT SUM(n) FROM per_channel", [(3,)]), "the file's rows")
    stop(process, signal.SIGTERM, 0)


def a_followed_file_that_is_another_one(b):
    """What a killed job has read must still be there; else it stops and says so, and its tables stay as they are."""
    follow = JOB.replace("'json')", "'json', 'source.monitor-interval' = '20 ms')")
    b.write("follow.sql", follow)
    process = b.start("run", "follow.sql", "--db", "app.db")
    wait_for(lambda: shows(b, "app.db", "SELECT SUM(n) FROM per_channel", [(3,)]), "rows")
    process.kill()
    process.wait(timeout=TIMEOUT_S)
    before = b.query("app.db", "SELECT * FROM per_channel ORDER BY channel")
    os.unlink(b.path("bids.jsonl"))
    b.run("run", "follow.sql", "--db", "app.db", code=3, err="error E300[14]: ")
    b.write("bids.jsonl", BIDS.replace("web", "tv"))
    b.run("run", "follow.sql", "--db", "app.db", code=3, err="error E(4009|3004): ")
    assert b.query("app.db", "SELECT * FROM per_channel ORDER BY channel") == before


def a_clean_stop_leaves_a_checkpoint(b):
    """Of everything: the journal behind it has no epoch that brought anything."""
    b.write("in/a.csv", "".join("%d\n" % n for n in range(5000)))
    b.write("job.sql", """CREATE TABLE t (n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'in', 'format' = 'csv', 'source.monitor-interval' = '20 ms');
        CREATE MATERIALIZED VIEW seen AS SELECT COUNT(*) AS n, SUM(n) AS s FROM t;""")
    behind = "SELECT epoch - (SELECT MAX(epoch) FROM _weir_epochs) FROM _weir_checkpoints"
    for last in (5000, 6000):
        process = b.start("run", "job.sql", "--db", "app.db")
        wait_for(lambda: shows(b, "app.db", "SELECT n FROM seen", [(last,)]), "all rows")
        stop(process, signal.SIGTERM, 0)
        assert b.query("app.db", behind)[0][0] >= 0, b.query("app.db", behind)
        b.write("in/b.csv", "".join("%d\n" % n for n in range(5000, 6000)))
    process = b.start("run", "job.sql", "--db", "app.db")  # the first checkpoint of a run comes after a second
    wait_for(lambda: shows(b, "app.db", "SELECT state FROM _weir_jobs", [("RUNNING",)]), "the state")
    process.kill()
    process.communicate()
    assert b.query("app.db", "SELECT n, s FROM seen") == [(6000, 5999 * 3000)]


def a_followed_file_that_is_cut(b):
    """Cut while the job is down and while it runs, and rotated; killed in between, each record counts once."""
    options = "'json', 'source.monitor-interval' = '20 ms', 'on-truncate' = 'restart')"
    b.write("follow.sql", "SET 'commit-interval' = '1 ms';\n" + JOB.replace("'json')", options))
    wrote = collections.Counter()

    def records(channel, count, start=""):
        wrote[channel] += count
        return start + "".join('{"auction":%d,"price":2,"channel":"%s"}\n' % (i, channel) for i in range(count))

    def append(name, text):
        with open(b.path(name), "a", encoding="utf-8") as file:
            file.write(text)

    def all_is_there():
        return shows(b, "app.db", "SELECT channel, n, total FROM per_channel ORDER BY channel",
                     [(channel, count, 2 * count) for channel, count in sorted(wrote.items())])

    def start():
        return b.start("run", "follow.sql", "--db", "app.db")

    def kill(process):
        process.kill()
        process.communicate(timeout=TIMEOUT_S)

    b.write("bids.jsonl", records("first", 5000))
    process = start()
    wait_for(all_is_there, "the first records")
    append("bids.jsonl", records("first", 10, "no record\n") + '{"auction":')
    wait_for(all_is_there, "what was added")
    kill(process)
    b.write("bids.jsonl", records("second", 3))  # shorter than before
    process = start()
    wait_for(all_is_there, "the file that was cut while the job was down")
    b.write("bids.jsonl", records("third", 40))  # longer
    wait_for(all_is_there, "the file that was cut while the job ran")
    kill(process)
    kill(start())
    process = start()
    append("bids.jsonl", records("fourth", 7))
    wait_for(all_is_there, "what was added to the file that was cut")
    os.rename(b.path("bids.jsonl"), b.path("bids.old"))
    append("bids.old", records("fourth", 8))
    b.write("bids.jsonl", records("fifth", 9))
    kill(process)
    append("bids.old", records("fourth", 1))
    process = start()
    wait_for(all_is_there, "both files after the rotation")
    kill(process)
    os.rename(b.path("bids.jsonl"), b.path("bids.older"))  # now while it is down
    append("bids.older", records("fifth", 1))
    b.write("bids.jsonl", records("sixth", 2))
    process = start()
    wait_for(all_is_there, "both files after the second rotation")
    stop(process, signal.SIGTERM, 0)
    read = sum(wrote.values()) + 2
    assert b.query("app.db", "SELECT read, used, rejected FROM _weir_counts") == [(read, read - 2, 2)]
    assert b.query("app.db", "SELECT line FROM _weir_rejected ORDER BY rowid") == [(5001,), (5012,)]
    assert "spooled" in b.query("app.db", "SELECT plan FROM _weir_jobs")[0][0]


def killed_and_run_at_once(b):
    """The lock of a process that was killed is waited for, until its last write is through."""
    b.write("job.sql", "SET 'synchronous' = 'FULL';\nSET 'commit-interval' = '1 ms';\n" + ENDLESS.replace("'50'", "'100000'") +
            "CREATE TABLE out1 (n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'out1', 'format' = 'csv');\n"
            "CREATE MATERIALIZED VIEW seen AS SELECT COUNT(*) AS n FROM ticks;\nINSERT INTO out1 SELECT n FROM ticks;\n")
    process = b.start("run", "job.sql", "--db", "app.db", stderr=subprocess.PIPE)
    for turn in range(25):
        time.sleep(0.05 + turn % 5 / 50)
        before, process = process, None
        before.kill()
        process = b.start("run", "job.sql", "--db", "app.db", stderr=subprocess.PIPE)
        _, err = before.communicate(timeout=TIMEOUT_S)
        assert "E4003" not in err, "turn %d: %s" % (turn, err)
    process.kill()
    _, err = process.communicate(timeout=TIMEOUT_S)
    assert "E4003" not in err, err


def standard_input_goes_on(b):
    """Killed again and again, with the same file or with a new pipe that goes on where the database says that
    the one before has come to, each record counts once."""
    lines = "".join('{"auction":%d,"price":1,"channel":"c%d"}\n' % (i, i % 3) for i in range(60000)).encode()
    job = JOB.replace("'filesystem', 'path' = 'bids.jsonl'", "'stdin'")
    b.write("stdin.sql", "SET 'commit-interval' = '1 ms';\n" + job)
    b.write("lines.jsonl", lines.decode())
    counts = [("c0", 20000, 20000), ("c1", 20000, 20000), ("c2", 20000, 20000)]

    def feed(database, source, write):
        """Kills it as soon as something new was committed; returns how often."""
        kills, seen = 0, 0
        while True:
            with source(database) as stdin:
                process = b.start("run", "stdin.sql", "--db", database, stdin=stdin)
            while process.poll() is None:
                write(database)
                rows = asked(database, "per_channel", "SELECT ifnull(SUM(n), 0) FROM per_channel")
                if rows and rows[0][0] > seen and kills < 8:
                    seen, kills = rows[0][0], kills + 1
                    process.kill()
                    break
            process.communicate(timeout=TIMEOUT_S)
            if process.returncode == 0:
                assert b.query(database, "SELECT * FROM per_channel ORDER BY channel") == counts
                return kills

    def asked(database, table, sql):
        there = shows(b, database, "SELECT COUNT(*) FROM sqlite_schema WHERE name = '%s'" % table, [(1,)])
        return b.query(database, sql) if there else []

    feed("file.db", lambda database: open(b.path("lines.jsonl"), "rb"), lambda database: None)
    pipe = {"write_end": None}

    def new_pipe(database):
        if pipe["write_end"] is not None:
            os.close(pipe["write_end"])
        read_end, pipe["write_end"] = os.pipe()
        os.set_blocking(pipe["write_end"], False)
        pipe["restarts"] = asked(database, "_weir_jobs", "SELECT restarts FROM _weir_jobs")
        pipe["at"] = None if pipe["restarts"] else 0
        return os.fdopen(read_end, "rb")

    def write_some(database):
        if pipe["at"] is None:
            rows = b.query(database, "SELECT end, restarts FROM _weir_sources, _weir_jobs")
            if rows and rows[0][1:] != pipe["restarts"][0]:
                pipe["at"] = rows[0][0]
        elif pipe["write_end"] is not None:
            try:
                pipe["at"] += os.write(pipe["write_end"], lines[pipe["at"]:][:20000])
            except BlockingIOError:
                time.sleep(0.001)
            except BrokenPipeError:
                return  # it has ended since
            if pipe["at"] == len(lines):
                os.close(pipe["write_end"])
                pipe["write_end"] = None
    kills = feed("pipe.db", new_pipe, write_some)
    assert kills > 0, "the pipe's job was never killed"


def no_room_for_the_database(b):
    """Wherever writing fails first, it is told, and with room again the same command goes on."""
    def limited(size):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
    b.write("bids.jsonl", "".join('{"auction":%d,"price":1,"channel":"c%d"}\n' % (i, i) for i in range(20000)))
    codes = []
    for size in (0, 100, *range(4096, 120000, 8192), *range(120000, 3000000, 320000)):
        database = "d%d.db" % size
        process = b.start("run", "job.sql", "--db", database, preexec_fn=lambda: limited(size))
        _, err = process.communicate(timeout=TIMEOUT_S)
        codes.append(process.returncode)
        if process.returncode not in (0, 3, 4) or (process.returncode != 0) != ("error E" in err):
            raise Failure("%d bytes: exit code %d, %s" % (size, process.returncode, err))
        b.run("run", "job.sql", "--db", database)
        assert b.query(database, "SELECT COUNT(*), SUM(n), SUM(total) FROM per_channel") == [(20000, 20000, 20000)], size
        assert b.query(database, "PRAGMA integrity_check") == [("ok",)]
    assert codes[0] != 0 and codes[-1] == 0, "the sizes should span from failure to success: %s" % codes


def what_a_script_asks_is_checked_first(b):
    """EXPLAIN, DESCRIBE and SHOW are answered at the end, but a wrong one stops the script before anything is made."""
    for statement, code in (("DESCRIBE nowhere;", "E2101"), ("EXPLAIN SELECT no FROM bid;", "E2104"), ("SHOW CREATE TABLE nowhere;", "E2101")):
        b.write("wrong.sql", JOB + statement)
        b.run("run", "wrong.sql", "--db", "app.db", code=1, out="", err=code)
        assert not os.path.exists(b.path("app.db")) or b.query("app.db", "SELECT * FROM sqlite_schema WHERE name = 'per_channel'") == []
    b.write("right.sql", JOB + "DESCRIBE per_channel;\nSHOW CREATE TABLE bid;")
    out, _ = b.run("run", "right.sql", "--db", "app.db")
    assert "channel" in out and "filesystem" in out, out


def two_interrupts(b):
    """The second one ends the process at once, whatever it is doing; nothing is lost."""
    b.write("endless.sql", ENDLESS_JOB)
    process = b.start("run", "endless.sql", "--db", "app.db")
    wait_for(lambda: has_rows(b, "app.db"), "rows")
    process.send_signal(signal.SIGSTOP)  # so that both come before it can do anything
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    process.send_signal(signal.SIGINT)
    stop(process, signal.SIGINT, 130)
    assert b.query("app.db", "SELECT n > 0 FROM seen") == [(1,)] and b.query("app.db", "PRAGMA integrity_check") == [("ok",)]


def closed_streams(b):
    """A file must not become a standard stream because that was free."""
    b.write("endless.sql", ENDLESS_JOB)
    for closed, arguments, code, err in (
            (">&-", "-c 'SELECT 1 AS one'", 3, "^error E3003: cannot write \"<stdout>\": Bad file"),
            (">&-", "--help", 3, "^error E3003: cannot write \"<stdout>\""),
            ("<&-", "", 3, "^error E3002: cannot read \"<stdin>\": Bad file"),
            (">&- 2>&-", "-c 'SELECT nothing'", 1, ""),
            ("<&- >&- 2>&-", "run job.sql --db app.db", 0, "")):
        process = subprocess.run(["/bin/sh", "-c", "'%s' %s %s" % (b.weir, arguments, closed)], cwd=b.folder, env=b.environment(),
                                 stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        b.check((arguments, closed), process.returncode, process.stdout, process.stderr, code, "", err)
    assert b.query("app.db", "SELECT COUNT(*) FROM per_channel") == [(2,)]
    owner = subprocess.Popen(["/bin/sh", "-c", "exec '%s' run endless.sql --db e.db <&- >&- 2>&-" % b.weir], cwd=b.folder, env=b.environment())
    wait_for(lambda: has_rows(b, "e.db"), "rows")
    assert b.read("e.db-lock") == "%d\n" % owner.pid
    owner.terminate()
    assert owner.wait(timeout=TIMEOUT_S) == 0


CASES = [
    printing, reference_page, wrong_usage, peek_at_a_file, one_statement, standard_input, first_error_ends, json_errors,
    scripts_and_files, run_a_job, run_prints_selects, nothing_is_made_by_a_wrong_script, check_changes_nothing, check_tells_all_mistakes,
    rejected_records, rejected_records_of_views_and_jobs, rejected_records_of_a_job_that_is_stopped, shards, out_of_reach, unusable_databases, changed_databases,
    made_up_rows, names_of_weir_that_others_have, names_of_the_users_own_tables, another_database_file, files_of_others, a_database_that_cannot_be_written, a_second_process_reads, who_only_looks_owns_nothing,
    unfinished_jobs_are_told, states_of_a_job, paused_and_stopped_jobs, state_of_another_version, a_job_that_cannot_begin_has_failed, a_start_that_reads_nothing_leaves_nothing, a_start_that_reads_nothing_takes_nothing,
    another_job_that_fills_the_same, a_paused_job_goes_on_where_it_was, signals, a_row_that_makes_billions_of_windows,
    two_interrupts, broken_pipe, full_disk, an_empty_followed_folder, a_followed_file_that_is_another_one, a_followed_file_that_is_cut,
    a_clean_stop_leaves_a_checkpoint, killed_and_run_at_once, standard_input_goes_on, no_room_for_the_database, what_a_script_asks_is_checked_first, closed_streams,
]


def main(cases):
    """Runs the cases that the command line names, or all, each with a bench of its own."""
    weir, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    chosen = [c for c in cases if not sys.argv[3:] or c.__name__ in sys.argv[3:]]
    failed = 0
    for case in chosen:
        bench = Bench(weir, source)
        try:
            case(bench)
            print("ok      %s" % case.__name__, flush=True)
        except Exception as error:
            failed += 1
            print("FAILED  %s\n%s" % (case.__name__, error))
            if not isinstance(error, Failure):
                traceback.print_exc(file=sys.stdout)
        finally:
            bench.close()
    print("%d cases, %d failed" % (len(chosen), failed))
    sys.exit(1 if failed or not chosen else 0)


if __name__ == "__main__":
    main(CASES)
