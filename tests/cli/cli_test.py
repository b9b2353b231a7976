"""The command line as scripts see it: exit codes, standard output, standard error, signals.

Usage: cli_test.py WEIR SOURCE_DIR [CASE]...
"""
import json
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
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **pipes}
        return subprocess.Popen([self.weir, *arguments], cwd=self.folder, env=self.environment(), text=True, **pipes)

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
        with sqlite3.connect("file:%s?mode=ro" % self.path(database), uri=True) as connection:
            rows = connection.execute(sql).fetchall()
        connection.close()
        return rows

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
    assert not os.path.exists(b.path("rum")) and not os.path.exists(b.path("export"))


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


def rejected_records(b):
    b.run("run", "job.sql", "--db", "a.db", "--max-rejected", "1", out="")
    b.run("run", "job.sql", "--db", "b.db", "--max-rejected", "0", code=5, out="", err="error E5012: 1 records were rejected, 0 are allowed")


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


def a_second_process_reads(b):
    b.write("endless.sql", ENDLESS_JOB)
    owner = b.start("run", "endless.sql", "--db", "app.db")
    try:
        wait_for(lambda: has_rows(b, "app.db"), "rows")
        b.run("app.db", "-c", "SELECT COUNT(*) AS c FROM seen", out="c\n1\n", err="process %d owns the database" % owner.pid)
        b.run("run", "job.sql", "--db", "app.db", code=4, out="", err="error E4003")
    finally:
        owner.terminate()
        owner.communicate(timeout=TIMEOUT_S)


def unfinished_jobs_are_told(b):
    b.run("app.db", "-c", ENDLESS_JOB, err="1 job has not ended; weir run --db app.db goes on with it")
    before = b.query("app.db", "SELECT n FROM seen")
    process = b.start("run", "--db", "app.db")
    wait_for(lambda: b.query("app.db", "SELECT n FROM seen") not in ([], before), "rows")
    stop(process, signal.SIGTERM, 0)


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


CASES = [
    printing, reference_page, wrong_usage, one_statement, standard_input, first_error_ends, json_errors,
    scripts_and_files, run_a_job, run_prints_selects, nothing_is_made_by_a_wrong_script, check_changes_nothing,
    rejected_records, out_of_reach, unusable_databases, a_second_process_reads, unfinished_jobs_are_told, signals,
    broken_pipe, full_disk,
]


def main():
    weir, source = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
    chosen = [c for c in CASES if not sys.argv[3:] or c.__name__ in sys.argv[3:]]
    failed = 0
    for case in chosen:
        bench = Bench(weir, source)
        try:
            case(bench)
            print("ok      %s" % case.__name__)
        except Exception as error:
            failed += 1
            print("FAILED  %s\n%s" % (case.__name__, error))
            if not isinstance(error, Failure):
                traceback.print_exc(file=sys.stdout)
        finally:
            bench.close()
    print("%d cases, %d failed" % (len(chosen), failed))
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
