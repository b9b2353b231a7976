"""CREATE OR REPLACE of what a job keeps: beside the old one, and then in its place.

Usage: replace_test.py WEIR SOURCE_DIR [CASE]...
"""
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import time

from cli_test import TIMEOUT_S, Failure, main, wait_for

FOLLOWED = """CREATE TABLE t (n BIGINT, g INT) WITH ('connector' = 'filesystem', 'path' = 'in', 'format' = 'csv',
  'source.monitor-interval' = '20 ms');
"""
COUNTS = "CREATE %sMATERIALIZED VIEW v AS SELECT g, COUNT(*) AS c FROM t GROUP BY g;\n"
SUMS = "CREATE %sMATERIALIZED VIEW v AS SELECT g, COUNT(*) AS c, SUM(n) AS s FROM t GROUP BY g;\n"
ALL = "SELECT * FROM v ORDER BY g"
MANY = 3000000  # rows that take some time to read again


def rows(first, last):
    return "".join("%d,%d\n" % (n, n % 7) for n in range(first, last + 1))


def counts(last):
    return [(g, len(range(g or 7, last + 1, 7))) for g in range(7)]


def sums(last):
    return [(g, len(range(g or 7, last + 1, 7)), sum(range(g or 7, last + 1, 7))) for g in range(7)]


class Shell:
    """The shell over a database, with its jobs in the background."""

    def __init__(self, b, database="app.db"):
        self.told = b.path("told")
        self.process = b.start(database, stdin=subprocess.PIPE, stdout=open(self.told, "w", encoding="utf-8"), stderr=subprocess.STDOUT)

    def say(self, statements, answer=None):
        self.process.stdin.write(statements + "\n")
        self.process.stdin.flush()
        if answer is not None:
            self.hear(answer)

    def hear(self, answer):
        try:
            wait_for(lambda: re.search(answer, self.read()) is not None or self.process.poll() is not None, answer)
        except Failure:
            self.process.kill()
        if re.search(answer, self.read()) is None:
            raise Failure("%r is expected\n--- told:\n%s" % (answer, self.read()))

    def read(self):
        with open(self.told, encoding="utf-8") as file:
            return file.read()

    def leave(self):
        self.process.stdin.close()
        if self.process.wait(timeout=TIMEOUT_S) != 0:
            raise Failure("exit code %d\n%s" % (self.process.returncode, self.read()))


def ask(b, sql):
    try:
        return b.query("app.db", sql)
    except sqlite3.OperationalError:  # not made yet
        return None


def wait_rows(b, sql, expected):
    wait_for(lambda: ask(b, sql) == expected, "%s: %s, and it is %s" % (sql, expected, ask(b, sql)))


def run_until(b, script, sql, expected):
    """weir run of the script, until the query gives these rows; then Ctrl-C."""
    b.write("job.sql", script)
    process = b.start("run", "job.sql", "--db", "app.db")
    try:
        wait_for(lambda: ask(b, sql) == expected or process.poll() is not None, "%s: %s" % (sql, expected))
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=TIMEOUT_S)
    if ask(b, sql) != expected:
        raise Failure("%s gives %s\n%s" % (sql, ask(b, sql), err))
    return err


def shell_with_many(b, script=FOLLOWED + COUNTS % ""):
    """The shell with a job over so many rows that building its view anew takes a while."""
    b.write("in/a.csv", rows(1, MANY))
    shell = Shell(b)
    shell.say(script)
    wait_rows(b, ALL, counts(MANY))
    return shell


def wait_taken(b, job):
    """That job, and no other one, keeps the views."""
    wait_rows(b, "SELECT id, replaces FROM _weir_jobs", [(job, None)])


def check_whole(b):
    assert b.query("app.db", "PRAGMA integrity_check") == [("ok",)]
    left = b.query("app.db", "SELECT name FROM sqlite_schema WHERE name LIKE '%weir_new%'")
    assert left == [], left


# --- replaced ---

def in_a_script(b):
    b.write("in/a.csv", rows(1, 1000))
    run_until(b, FOLLOWED + COUNTS % "", ALL, counts(1000))
    err = run_until(b, FOLLOWED + SUMS % "OR REPLACE ", ALL, sums(1000))
    assert "job 2 builds anew what job 1 keeps" in err and "job 2 has caught up and taken job 1's place" in err, err
    b.write("in/b.csv", rows(1001, 1500))
    run_until(b, FOLLOWED + SUMS % "OR REPLACE ", ALL, sums(1500))  # it goes on, and is not built anew
    run_until(b, FOLLOWED + SUMS % "", ALL, sums(1500))
    assert b.query("app.db", "SELECT id, name, replaces FROM _weir_jobs") == [(2, "v", None)]
    assert b.query("app.db", "SELECT name, stored_as FROM _weir_columns WHERE view = 'v' ORDER BY position") == \
        [("g", "INTEGER"), ("c", "INTEGER"), ("s", "INTEGER")]
    check_whole(b)


def in_the_shell_of_input_that_has_ended(b):
    b.write("in.csv", rows(1, 1000))
    b.run("app.db", "-c", FOLLOWED.replace("'path' = 'in'", "'path' = 'in.csv'").replace(",\n  'source.monitor-interval' = '20 ms'", "") + COUNTS % "")
    out, err = b.run("app.db", "-c", SUMS % "OR REPLACE " + "SELECT * FROM v ORDER BY g LIMIT 2;", err="taken job 1's place")
    assert "71071" in out, out + err
    assert b.query("app.db", "SELECT state FROM _weir_jobs") == [("FINISHED",)]
    b.run("app.db", "-c", SUMS % "OR REPLACE ")  # it is so already
    assert b.query("app.db", "SELECT id FROM _weir_jobs") == [(2,)]
    check_whole(b)


def readers_see_the_old_one_until_the_new_one_is_complete(b):
    """Every snapshot: the old columns with all rows, or the new ones with all rows; never fewer."""
    b.write("in/a.csv", rows(1, MANY))
    shell = Shell(b)
    shell.say("SET 'commit-interval' = '10 ms';\n" + FOLLOWED + COUNTS % "")
    wait_rows(b, "SELECT SUM(c) FROM v", [(MANY,)])
    shell.say(SUMS % "OR REPLACE ")
    seen, end = {False: 0, True: 0}, time.monotonic() + TIMEOUT_S
    while seen[True] < 3 and time.monotonic() < end:
        cursor = sqlite3.connect("file:%s?mode=ro" % b.path("app.db"), uri=True).execute("SELECT * FROM v ORDER BY g")
        got = cursor.fetchall()
        seen[len(cursor.description) == 3] += 1
        assert got == (sums(MANY) if len(cursor.description) == 3 else counts(MANY)), got
        cursor.connection.close()
    assert seen[True] >= 3 and seen[False] > 0, "seen: %s\n%s" % (seen, shell.read())
    b.write("in/b.csv", rows(MANY + 1, MANY + 10))
    wait_rows(b, "SELECT SUM(c) FROM v", [(MANY + 10,)])
    shell.leave()
    check_whole(b)


def views_of_one_job_stay_in_step(b):
    """w is built on v, and both on t: replacing v makes w anew."""
    b.write("in/a.csv", rows(1, 700))
    run_until(b, FOLLOWED + "CREATE MATERIALIZED VIEW v AS SELECT n, g FROM t WHERE g > 0;\n"
              "CREATE MATERIALIZED VIEW w AS SELECT g, COUNT(*) AS c FROM v GROUP BY g;\n",
              "SELECT COUNT(*), SUM(c) FROM w", [(6, 600)])
    shell = Shell(b)
    shell.say("CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT n, g FROM t WHERE g > 2;")
    wait_taken(b, 2)
    assert b.query("app.db", "SELECT (SELECT COUNT(*) FROM v), COUNT(*), SUM(c) FROM w") == [(400, 4, 400)]
    shell.leave()
    b.run("app.db", "-c", "CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT n FROM t;", code=1, err='E2104.*"w".*does not fit the new "v": column "g" not found')
    b.run("app.db", "-c", "CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT * FROM w;", code=1, err='E2136.*the new "v" would read itself')
    assert b.query("app.db", "SELECT (SELECT COUNT(*) FROM v), COUNT(*), SUM(c) FROM w") == [(400, 4, 400)]
    check_whole(b)


def a_table_with_the_views_that_read_it(b):
    b.write("in/a.csv", rows(1, 700))
    b.write("other/a.csv", rows(1, 70))
    run_until(b, FOLLOWED + COUNTS % "", ALL, counts(700))
    other = FOLLOWED.replace("CREATE TABLE", "CREATE OR REPLACE TABLE").replace("'in'", "'other'")
    b.write("job.sql", other + COUNTS % "")
    b.run("run", "job.sql", "--db", "app.db", code=1, err='E2136.*"v" is built on "t", which is to be replaced, and is not to be replaced itself')
    b.run("app.db", "-c", other, code=1, err='E2131.*"v" of job 1 reads "t"')
    run_until(b, other + COUNTS % "OR REPLACE ", ALL, counts(70))
    assert "'other'" in b.query("app.db", "SELECT sql FROM _weir_objects WHERE name = 't'")[0][0]
    b.write("other/b.csv", rows(71, 140))
    run_until(b, other + COUNTS % "OR REPLACE ", ALL, counts(140))
    assert b.query("app.db", "SELECT id FROM _weir_jobs") == [(2,)]
    check_whole(b)


def what_users_have_added_stays(b):
    b.write("in/a.csv", rows(1, 700))
    run_until(b, FOLLOWED + SUMS % "", ALL, sums(700))
    with sqlite3.connect(b.path("app.db")) as user:
        user.executescript("CREATE INDEX mine ON v (c); CREATE INDEX of_sums ON v (s); CREATE VIEW beside AS SELECT SUM(c) AS all_of_it FROM v;")
    user.close()
    run_until(b, FOLLOWED + COUNTS % "OR REPLACE ", ALL, counts(700))
    assert b.query("app.db", "SELECT all_of_it FROM beside") == [(700,)]
    assert b.query("app.db", "SELECT name FROM sqlite_schema WHERE tbl_name = 'v' AND type = 'index' ORDER BY name") == [("_weir_key_v",), ("mine",)]
    b.write("in/b.csv", rows(701, 1400))
    run_until(b, FOLLOWED + COUNTS % "OR REPLACE ", "SELECT all_of_it FROM beside", [(1400,)])
    check_whole(b)


def broken_records_are_seen_once(b):
    b.write("in/a.csv", rows(1, 70) + "5,x\n" + rows(71, 140))
    errors = "SELECT line, (SELECT COUNT(*) FROM \"t$errors\") FROM \"v$errors\" ORDER BY 1"
    run_until(b, FOLLOWED + COUNTS % "", ALL, counts(140))
    before = b.query("app.db", errors)
    run_until(b, FOLLOWED + SUMS % "OR REPLACE ", ALL, sums(140))
    assert b.query("app.db", errors) == before
    check_whole(b)


# --- while it is built ---

def killed_again_and_again(b):
    b.write("in/a.csv", rows(1, MANY))
    run_until(b, FOLLOWED + COUNTS % "", ALL, counts(MANY))
    b.write("job.sql", "SET 'commit-interval' = '10 ms';\n" + FOLLOWED + SUMS % "OR REPLACE ")
    draw, kills = random.Random(7), 0
    while ask(b, "SELECT replaces IS NULL AND id = 2 FROM _weir_jobs WHERE id = (SELECT MAX(id) FROM _weir_jobs)") != [(1,)] and kills < 40:
        process = b.start("run", "job.sql", "--db", "app.db", stderr=subprocess.DEVNULL)
        time.sleep(0.05 + draw.random() * (0.1 + kills / 10))
        process.kill()
        process.communicate()
        kills += 1
        columns = [row[1] for row in b.query("app.db", "PRAGMA table_info(v)")]
        assert b.query("app.db", ALL) == (sums(MANY) if "s" in columns else counts(MANY))
    assert kills > 1
    run_until(b, b.read("job.sql"), ALL, sums(MANY))
    check_whole(b)


def stopped_dropped_and_reverted(b):
    shell = shell_with_many(b)
    shell.say(SUMS % "OR REPLACE " + SUMS % "OR REPLACE " + "SHOW JOBS;\nSTOP JOB '2';", "the views stay those of job 1")
    assert "job 2 does so already" in shell.read() and "builds anew what job 1 keeps" in shell.read(), shell.read()
    assert b.query("app.db", "SELECT id FROM _weir_jobs") == [(1,)]
    shell.say(SUMS % "OR REPLACE " + COUNTS % "OR REPLACE ", "gives up job 3, which was building views anew")
    shell.say(SUMS % "OR REPLACE " + SUMS.replace("SUM(n) AS s", "MAX(n) AS s") % "OR REPLACE ", "gives up job 4")
    wait_taken(b, 5)
    assert b.query("app.db", "SELECT MAX(s) FROM v") == [(MANY,)], b.query("app.db", "SELECT * FROM v")
    shell.say(SUMS % "OR REPLACE " + "PAUSE JOB '6';\nDROP MATERIALIZED VIEW v;", "dropped v")
    assert b.query("app.db", "SELECT COUNT(*) FROM _weir_jobs") == [(0,)]
    shell.leave()
    check_whole(b)


def paused_and_resumed(b):
    shell = shell_with_many(b)
    shell.say(SUMS % "OR REPLACE " + "PAUSE JOB '2';", "paused job 2")
    shell.leave()
    shell = Shell(b)
    shell.say("SHOW JOBS;", "PAUSED")
    shell.say("RESUME JOB '2';", "job 2 is resumed, and goes on whenever a process owns the database")
    wait_taken(b, 2)
    shell.leave()
    assert b.query("app.db", ALL) == sums(MANY)
    check_whole(b)


def a_sibling_typed_again(b):
    """A view of the same job, as it is, while v is built anew: nothing is given up."""
    sibling = "MATERIALIZED VIEW w AS SELECT g, MAX(n) AS n FROM t GROUP BY g;\n"
    b.write("in/a.csv", rows(1, MANY))
    run_until(b, FOLLOWED + COUNTS % "" + "CREATE " + sibling, ALL, counts(MANY))
    shell = Shell(b)
    shell.say(SUMS % "OR REPLACE " + "CREATE OR REPLACE " + sibling, '"w" stays as it is; job 2 goes on building anew what job 1 keeps')
    assert b.query("app.db", "SELECT id, replaces FROM _weir_jobs") == [(1, None), (2, 1)]
    shell.say(COUNTS % "OR REPLACE ", "gives up job 2, which was building views anew")  # that is the one under way
    wait_taken(b, 1)
    shell.say(SUMS % "OR REPLACE " + "CREATE OR REPLACE " + sibling.replace("MAX", "MIN"), "gives up job 3")  # it builds both
    shell.say(COUNTS % "OR REPLACE ", "gives up job 4")  # and w alone is another one
    wait_taken(b, 5)
    assert b.query("app.db", ALL) == counts(MANY)
    assert b.query("app.db", "SELECT MIN(n), MAX(n) FROM w") == [(1, 7)]
    shell.leave()
    check_whole(b)


def a_reader_sees_the_new_definition(b):
    b.write("in/a.csv", rows(1, 700))
    run_until(b, FOLLOWED + COUNTS % "", ALL, counts(700))
    reader = Shell(b)
    reader.say("DESCRIBE v;", "c,BIGINT")
    assert "s,BIGINT" not in reader.read()
    shell = Shell(b)
    shell.say(SUMS % "OR REPLACE ")
    wait_taken(b, 2)
    reader.say("DESCRIBE v;", "s,BIGINT")
    reader.say("SHOW CREATE MATERIALIZED VIEW v;", "SUM")
    shell.say("CREATE VIEW beside AS SELECT g FROM v; SELECT 'made' AS m FROM t LIMIT 1;", "made")  # of which SQLite knows nothing
    reader.say("SHOW VIEWS;", "beside")
    shell.leave()
    reader.leave()


def generated_rows_are_the_same_ones(b):
    """They are due since the old job began, so the new one is not there before it has them all."""
    table = "CREATE TABLE g (n BIGINT, at TIMESTAMP_LTZ(3)) WITH ('connector' = 'datagen', 'rows-per-second' = '2000');\n"
    view = "CREATE %sMATERIALIZED VIEW v AS SELECT MIN(at) AS first, %s COUNT(*) AS c FROM g;\n"
    b.write("job.sql", table + view % ("", ""))
    process = b.start("run", "job.sql", "--db", "app.db")
    wait_for(lambda: ask(b, "SELECT c >= 3000 FROM v") == [(1,)], "3000 rows")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=TIMEOUT_S)
    first, count = b.query("app.db", "SELECT first, c FROM v")[0]
    b.write("job.sql", table + view % ("OR REPLACE ", "MAX(at) AS last,"))
    process = b.start("run", "job.sql", "--db", "app.db")
    wait_for(lambda: ask(b, "SELECT replaces FROM _weir_jobs") == [(None,)] and ask(b, "SELECT last FROM v") is not None, "the new view")
    assert b.query("app.db", "SELECT first, c >= %d FROM v" % count) == [(first, 1)], b.query("app.db", "SELECT * FROM v")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=TIMEOUT_S)


# --- tables that are filled ---

def a_table_that_is_filled_again(b):
    """CREATE OR REPLACE TABLE ... AS: once, however often the script is run, unless it says another thing."""
    b.write("in.csv", rows(1, 100))
    source = "CREATE TABLE IF NOT EXISTS s (n BIGINT, g INT) WITH ('connector' = 'filesystem', 'path' = 'in.csv', 'format' = 'csv'%s);\n"
    fill = "CREATE OR REPLACE TABLE o WITH ('connector' = 'filesystem', 'path' = 'out', 'format' = 'csv') AS SELECT n FROM s%s;\n"

    def filled():
        return sum(len(b.read(os.path.join("out", name)).splitlines()) for name in os.listdir(b.path("out")) if name[0] not in "._")

    b.write("job.sql", source % "" + fill % "")
    for way in (("run", "job.sql", "--db", "app.db"), ("app.db", "-f", "job.sql")):
        b.run(*way)
        b.run(*way, err="job 1 has finished: its input is not read again")
        assert filled() == 100, filled()
    b.run("app.db", "-c", fill % " WHERE n > 90")
    assert filled() == 110, filled()
    b.run("app.db", "-c", fill % " WHERE n > 90", err="job 2 has finished")
    assert filled() == 110 and b.query("app.db", "SELECT COUNT(*) FROM _weir_jobs") == [(2,)]
    b.run("other.db", "-c", source % ", 'source.monitor-interval' = '20 ms'" + 2 * (fill.replace("'out'", "'out2'") % ""),
          err="job 1 does so already")
    assert b.query("other.db", "SELECT COUNT(*) FROM _weir_jobs") == [(1,)]


# --- sources that are others by now ---

def rotate(b):
    os.rename(b.path("in/log.csv"), b.path("in/log.csv.1"))
    b.write("in/log.csv", rows(71, 140))


def overwrite(b, text):
    with open(b.path("in/log.csv"), "r+", encoding="utf-8") as file:
        file.write(text)
        file.truncate()


def other_alone(b):
    os.remove(b.path("in/log.csv"))
    b.write("in/other.csv", rows(71, 140))


def copy_over(b):
    b.write("in/new", b.read("in/log.csv"))
    os.rename(b.path("in/new"), b.path("in/log.csv"))


LIVE = FOLLOWED.replace("'path' = 'in'", "'path' = 'in/%s'")
ENDED = LIVE.replace(",\n  'source.monitor-interval' = '20 ms'", "")
CHANGES = [  # to a file, how the table names it, and what is said of it; None: it is the same one
    (copy_over, "log.csv", "was replaced by another file of its name"),
    (copy_over, "log.csv*", "was replaced by another file of its name"),
    (other_alone, "*.csv", "is gone"),
    (lambda b: overwrite(b, rows(1, 60)), "log.csv", "was cut: 341 bytes of it were read, and 291 are there"),
    (lambda b: overwrite(b, rows(1, 70).replace("2,2", "2,3")), "log.csv", "was written anew: its first 341 bytes are others"),
    (rotate, "log.csv", 'was renamed to "in/log.csv.1", which the table does not read'),
    (lambda b: b.write("in/log.csv", rows(1, 140)), "log.csv", None),
    (lambda b: os.rename(b.path("in/log.csv"), b.path("in/log.csv.1")), "log.csv*", None),
    (rotate, "log.csv*", None),
]


def what_the_old_job_has_read(b):
    """It is as it was, or the view stays as it is, and the error says what has become of the file."""
    for table in (LIVE, ENDED):
        for change, path, told in CHANGES:
            for name in os.listdir(b.folder):
                shutil.rmtree(b.path(name)) if name == "in" else os.remove(b.path(name))
            b.write("in/log.csv", rows(1, 70))
            run_until(b, table % path + COUNTS % "", ALL, counts(70))
            change(b)
            if told is None:
                all_rows = sum(len(b.read("in/" + name).splitlines()) for name in os.listdir(b.path("in")))
                run_until(b, table % path + SUMS % "OR REPLACE ", ALL, sums(all_rows))
                continue
            b.write("job.sql", table % path + SUMS % "OR REPLACE ")
            b.run("run", "job.sql", "--db", "app.db", code=4, err=":37: " + re.escape('error E4009: "in/log.csv" of table "t", which job 1 has read, %s: the new "v" would lack its rows' % told))
            assert b.query("app.db", ALL) == counts(70)
            check_whole(b)


def a_file_that_was_rotated_while_it_was_read(b):
    """Both were read by the old job, under the same name: the first one is missed, and the old job goes on."""
    b.write("in/log.csv", rows(1, 70))
    shell = Shell(b)
    shell.say(LIVE % "log.csv" + COUNTS % "")
    wait_rows(b, ALL, counts(70))
    rotate(b)
    wait_rows(b, ALL, counts(140))
    wait_rows(b, "SELECT file, split, position, ended FROM _weir_sources", [(1, "in/log.csv", 341, 1), (2, "in/log.csv", 391, 0)])
    shell.say(SUMS % "OR REPLACE ", 'E4009: "in/log.csv" of table "t", which job 1 has read, was renamed to "in/log.csv.1", which the table does not read')
    shell.process.stdin.close()
    assert shell.process.wait(timeout=TIMEOUT_S) == 4
    with open(b.path("in/log.csv"), "a", encoding="utf-8") as file:
        file.write(rows(141, 147))
    process = b.start("run", "--db", "app.db")
    wait_rows(b, ALL, counts(147))
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=TIMEOUT_S)
    check_whole(b)


# --- refused ---

def shown(b, *arguments, code=1):
    """What standard error has, without the lines that show the source."""
    _, err = b.run(*arguments, code=code)
    return [line for line in err.splitlines() if not re.match(r" +(\d+ )?\|", line)]


def what_differs_is_told(b):
    """Each statement of the script and of the database's job that the other one does not have so."""
    b.write("in/a.csv", rows(1, 70))
    sink = "CREATE TABLE o (g INT, c BIGINT) WITH ('connector' = 'blackhole');\n"
    one, other = "INSERT INTO o SELECT g, n FROM t", "INSERT INTO o SELECT g, n + 1 AS n FROM t"
    run_until(b, "SET 'table.local-time-zone' = 'Asia/Tokyo';\n" + FOLLOWED + sink + COUNTS % "" + one + ";", ALL, counts(70))
    before = b.query("app.db", "SELECT * FROM _weir_objects")
    b.write("job.sql", FOLLOWED + sink + COUNTS % "" + other + ";\nCREATE MATERIALIZED VIEW w AS SELECT g FROM t;\n")
    assert shown(b, "run", "job.sql", "--db", "app.db") == [
        "only job 1 has: SET 'table.local-time-zone' = 'Asia/Tokyo'",
        "job 1 has: %s; the script: %s" % (one, other),
        "only the script has: CREATE MATERIALIZED VIEW w AS SELECT g FROM t",
        'job.sql:4:26: error E2132: the database keeps "v" with job 1, which has other statements or settings',
        "      = hint: the lines above tell which; DROP the views, or use another database"]
    b.write("job.sql", FOLLOWED.replace("g INT", "g BIGINT") + SUMS % "")
    assert shown(b, "run", "job.sql", "--db", "app.db")[:5] == [
        "the database has: CREATE TABLE t (n BIGINT, g INT) WITH ('connector' = 'filesystem', 'path' = 'in', 'format' = 'csv', "
        "'source.monitor-interval' = '20 ms'); the script: CREATE TABLE t (n BIGINT, g BIGINT) WITH ('connector' = 'filesystem', "
        "'path' = 'in', 'format' = 'csv', 'source.monitor-interval' = '20 ms')",
        "only job 1 has: SET 'table.local-time-zone' = 'Asia/Tokyo'",
        "job 1 has: CREATE MATERIALIZED VIEW v AS SELECT g, COUNT(*) AS c FROM t GROUP BY g; the script: "
        "CREATE MATERIALIZED VIEW v AS SELECT g, COUNT(*) AS c, SUM(n) AS s FROM t GROUP BY g",
        "only job 1 has: " + one,
        "job.sql:1:14: error E2132: table \"t\" exists in the database with another definition: CREATE TABLE t (n BIGINT, g INT) "
        "WITH ('connector' = 'filesystem', 'path' = 'in', 'format' = 'csv', 'source.monitor-interval' = '20 ms')"]
    assert b.query("app.db", "SELECT * FROM _weir_objects") == before


def secrets_are_not_told(b):
    """Where a script and the database differ in a password, neither is shown; both are kept whole."""
    b.write("in/a.csv", rows(1, 70))
    bounded = FOLLOWED.replace(",\n  'source.monitor-interval' = '20 ms'", "")
    script = bounded + "CREATE VIEW w AS SELECT 'x.password' = '%s' AS s, g FROM t;\n" + \
        "CREATE MATERIALIZED VIEW v AS SELECT g, 'my.password' = '%s' AS q FROM t;\n"
    b.write("job.sql", script % ("hunter1", "hunter2"))
    b.run("run", "job.sql", "--db", "app.db")
    b.write("job.sql", script % ("hunter3", "hunter4"))
    for json_lines in ((), ("--json",)):
        out, err = b.run("run", "job.sql", "--db", "app.db", *json_lines, code=1, err="E2132.*'[*]{4}'")
        assert "hunter" not in out + err and "what is shown as '****' may differ, too" in err
    b.write("shown.sql", ".echo on\nSELECT 'a.password' = 'hunter5' AS x;\n.schema\nSHOW JOBS;\nEXPLAIN WHY;\nEXPLAIN SELECT * FROM w;\n")
    out, err = b.run("app.db", text=open(b.path("shown.sql")).read())
    assert "hunter" not in out + err and "'****'" in out and "'****'" in err
    kept = str(b.query("app.db", "SELECT sql FROM _weir_objects")) + str(b.query("app.db", "SELECT sql FROM _weir_jobs"))
    assert "hunter1" in kept and "hunter2" in kept


def what_runs_on_it(b):
    """Views of jobs that are not over (tests/sql/views/replace_refused.test has those that are)."""
    b.write("in/a.csv", rows(1, 70))
    run_until(b, FOLLOWED + COUNTS % "", ALL, counts(70))
    other = FOLLOWED.replace("CREATE TABLE", "CREATE OR REPLACE TABLE").replace("g INT", "g BIGINT").replace("\n", "")
    assert shown(b, "app.db", "-c", other) == [
        '<command>:1:25: error E2131: materialized view "v" of job 1 reads "t"',
        "      = hint: a script with this and CREATE OR REPLACE MATERIALIZED VIEW v replaces both; or DROP MATERIALIZED VIEW v first"]
    b.run("app.db", "-c", "CREATE MATERIALIZED VIEW x AS SELECT g FROM t WHERE g = 1; CREATE VIEW p AS SELECT g FROM t;")
    assert shown(b, "app.db", "-c", other) == [
        '<command>:1:25: error E2131: materialized view "v" of job 1 reads "t"', "      = hint: DROP MATERIALIZED VIEW v first"]
    b.write("job.sql", other + "\n" + SUMS % "OR REPLACE ")
    assert shown(b, "run", "job.sql", "--db", "app.db") == [
        'job.sql:1:25: error E2131: materialized view "x" of job 2 reads "t"', "      = hint: DROP MATERIALIZED VIEW x first"]
    b.run("app.db", "-c", "DROP MATERIALIZED VIEW x; CREATE TABLE o (g INT) WITH ('connector' = 'blackhole'); INSERT INTO o SELECT g FROM v;")
    assert shown(b, "app.db", "-c", SUMS.replace("\n", "") % "OR REPLACE ") == [
        '<command>:1:37: error E2131: job 3 reads "v"', "      = hint: STOP JOB '3' first"]
    b.run("app.db", "-c", "STOP JOB '3'")
    assert shown(b, "app.db", "-c", "CREATE OR REPLACE VIEW p AS SELECT nix FROM t;")[0] == '<command>:1:36: error E2104: column "nix" not found'
    run_until(b, "CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT g, COUNT(*) AS c FROM p GROUP BY g;\n",
              "SELECT sql LIKE '%FROM p %' FROM _weir_objects WHERE name = 'v'", [(1,)])
    assert shown(b, "app.db", "-c", "CREATE OR REPLACE VIEW p AS SELECT n FROM t") == [
        '<command>:1:24: error E2131: materialized view "v" of job %d reads "p"' % b.query("app.db", "SELECT MAX(id) FROM _weir_jobs")[0],
        "      = hint: a script with this and CREATE OR REPLACE MATERIALIZED VIEW v replaces both; or DROP MATERIALIZED VIEW v first"]


def what_cannot_be_replaced(b):
    b.write("in/a.csv", rows(1, 70))
    sink = "CREATE TABLE o (g INT, c BIGINT) WITH ('connector' = 'blackhole');\n"
    run_until(b, FOLLOWED + sink + COUNTS % "" + "INSERT INTO o SELECT g, n FROM t;", ALL, counts(70))
    b.run("app.db", "-c", SUMS % "OR REPLACE ", code=1, err="E2136.*also has an INSERT")
    os.remove(b.path("app.db"))
    run_until(b, FOLLOWED + COUNTS % "" + "CREATE MATERIALIZED VIEW w AS SELECT g FROM t WHERE g = 1;", ALL, counts(70))
    b.write("job.sql", FOLLOWED + SUMS % "OR REPLACE ")
    b.run("run", "job.sql", "--db", "app.db", code=1, err='E2136.*keeps "w" as well, which is not here')
    b.run("app.db", "-c", "SET 'table.local-time-zone' = 'Europe/Berlin'; " + SUMS % "OR REPLACE ", code=1, err="E2136.*made under other settings")
    b.run("app.db", "-c", "CREATE MATERIALIZED VIEW x AS SELECT c FROM v; " + SUMS % "OR REPLACE ", code=1, err='E2131.*"x" of job 2 reads "v"')
    b.run("app.db", "-c", "DROP MATERIALIZED VIEW x; CREATE VIEW y AS SELECT c FROM v; CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT g FROM t;",
          code=1, err='"y".*does not fit the new "v"')
    b.run("app.db", "-c", "CREATE OR REPLACE TABLE v (n INT) WITH ('connector' = 'blackhole');", code=1, err='E2123.*"v" is a materialized view')
    b.run("app.db", "-c", "CREATE OR REPLACE MATERIALIZED VIEW v AS SELECT nix FROM t;", code=1, err="E2103|nix")
    b.write("in/b.csv", rows(71, 140))
    run_until(b, FOLLOWED + COUNTS % "" + "CREATE MATERIALIZED VIEW w AS SELECT g FROM t WHERE g = 1;", ALL, counts(140))
    os.remove(b.path("in/a.csv"))
    b.run("app.db", "-c", SUMS % "OR REPLACE ", code=4, err='E4009.*"in/a.csv" of table "t".*is gone')
    assert b.query("app.db", ALL) == counts(140)
    check_whole(b)


def standard_input_comes_once(b):
    script = "CREATE TABLE t (n BIGINT, g INT) WITH ('connector' = 'stdin', 'format' = 'csv');\n"
    b.write("job.sql", script + COUNTS % "")
    b.run("run", "job.sql", "--db", "app.db", text=rows(1, 70))
    b.write("job.sql", script + SUMS % "OR REPLACE ")
    b.run("run", "job.sql", "--db", "app.db", text=rows(1, 70), code=1, err='E2136.*"t" cannot be read again from its start')
    assert b.query("app.db", ALL) == counts(70)


CASES = [in_a_script, in_the_shell_of_input_that_has_ended, readers_see_the_old_one_until_the_new_one_is_complete,
         views_of_one_job_stay_in_step, a_table_with_the_views_that_read_it, what_users_have_added_stays, broken_records_are_seen_once,
         killed_again_and_again, stopped_dropped_and_reverted, paused_and_resumed, a_sibling_typed_again, a_reader_sees_the_new_definition,
         generated_rows_are_the_same_ones, a_table_that_is_filled_again, what_the_old_job_has_read, a_file_that_was_rotated_while_it_was_read,
         what_differs_is_told, secrets_are_not_told, what_runs_on_it, what_cannot_be_replaced, standard_input_comes_once]


if __name__ == "__main__":
    main(CASES)
