"""What a job waits for: EXPLAIN WHY over followed files, told by the process that runs the job and by one beside it; files that
fall silent; rows that the clock refuses.

Usage: why_test.py WEIR SOURCE_DIR [CASE]...
"""
import datetime
import json
import os
import re
import signal
import subprocess

from cli_test import TIMEOUT_S, Failure, main, shows, stop, wait_for

JOB = """CREATE TABLE bid (k INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
  WITH ('connector' = 'filesystem', 'path' = 'in', 'format' = 'json', 'source.monitor-interval' = '20 ms'%s);
CREATE MATERIALIZED VIEW busy AS SELECT window_start, COUNT(*) AS n
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW sorted AS SELECT k, ts FROM bid ORDER BY ts;
"""


def line(k, time):
    return '{"k":%d,"ts":"2024-01-01 %s"}\n' % (k, time)


def add(b, name, *lines):
    with open(b.path(name), "a", encoding="utf-8") as file:
        file.write("".join(lines))


def start(b, options=""):
    b.write("job.sql", JOB % options)
    return b.start("run", "job.sql", "--db", "app.db")


def why(b, what="EXPLAIN WHY 1"):
    """What another process tells a program."""
    out, _ = b.run("app.db", "--json", "-c", what, err=None)
    rows = [json.loads(row) for row in out.splitlines()]
    assert len(rows) == 1, out
    return rows[0]


def words(b, what="EXPLAIN WHY 1"):
    out, _ = b.run("app.db", "--mode", "list", "--command", what, err=None)
    return out


def caused_by(b, cause):
    try:
        return os.path.exists(b.path("app.db")) and why(b)["cause"] == cause
    except Failure:  # not made yet
        return False


def a_file_holds_the_others_back(b):
    b.write("in/a.jsonl", line(1, "00:00:01") + line(2, "00:05:05"))
    b.write("in/b.jsonl", line(1, "00:00:02") + "bad\n")
    process = start(b)
    wait_for(lambda: caused_by(b, "held-back"), "the cause")
    told = why(b)
    assert told["says"] == "in/b.jsonl of bid holds the watermark back at 2024-01-01 00:00:01.000", told
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z", told["since"]), told
    assert "'scan.watermark.idle-timeout' of bid" in told["hint"], told
    assert [(w["view"], w["operator"], w["due"]) for w in told["waits"]] == [
        ("sorted", "TimeSort", "2024-01-01 00:00:02.000"), ("busy", "WindowAggregate", "2024-01-01 00:00:09.999")], told
    assert [(s["split"], s["watermark"], s["holds"], s["idle"]) for s in told["input"][0]["splits"]] == [
        ("in/a.jsonl", "2024-01-01 00:05:04.000", False, False), ("in/b.jsonl", "2024-01-01 00:00:01.000", True, False)], told
    assert [(c["view"], c["read"], c["used"], c["rejected"]) for c in told["records"]] == [("busy", 4, 3, 1), ("sorted", 4, 3, 1)], told
    # The same numbers for every SQLite client.
    assert b.query("app.db", "SELECT split, watermark, holds, moved FROM _weir_sources WHERE holds") == [
        ("in/b.jsonl", "2024-01-01 00:00:01.000", 1, told["since"])]
    assert b.query("app.db", "SELECT min(due) FROM _weir_operators") == [("2024-01-01 00:00:02.000",)]
    text = words(b)
    for part in ("job 1 (busy, sorted), RUNNING", "holds the watermark back", "8.999 s to go", "last rejected: in/b.jsonl:2: E5001"):
        assert part in text, text
    assert words(b, "EXPLAIN WHY busy").splitlines()[0] == text.splitlines()[0]
    assert words(b, ".why sorted").splitlines()[0] == text.splitlines()[0]
    assert words(b, ".why").splitlines()[0] == text.splitlines()[0]
    # It goes on: the other file is the one now.
    add(b, "in/b.jsonl", line(3, "00:20:00"))
    wait_for(lambda: why(b)["says"].startswith("in/a.jsonl of bid holds"), "the other file")
    assert why(b)["waits"][0]["due"] == "2024-01-01 00:05:05.000", why(b)
    add(b, "in/a.jsonl", line(3, "00:30:00"))
    wait_for(lambda: why(b)["says"].startswith("in/b.jsonl of bid holds"), "the first file")
    # Late and rejected rows are told of.
    add(b, "in/a.jsonl", line(4, "00:00:01"))
    wait_for(lambda: all(c["late"] == 1 for c in why(b)["records"]), "the late row")
    assert '"busy$late" has the late ones, _weir_rejected the others' in " ".join(words(b).split()), words(b)
    stop(process, signal.SIGTERM, 0)
    told = why(b)
    assert (told["state"], told["cause"]) == ("SUSPENDED", "suspended"), told
    assert "the process that ran it has ended" in told["says"] and "weir run --db" in told["hint"], told
    assert len(told["waits"]) == 2, told


def what_else_a_running_job_waits_for(b):
    os.mkdir(b.path("in"))
    process = start(b, ", 'scan.watermark.idle-timeout' = '300 ms'")
    wait_for(lambda: caused_by(b, "nothing-came"), "the first cause")
    add(b, "in/a.jsonl", '{"k":1,"ts":"2024-01-01')
    wait_for(lambda: "23 B that are no whole record" in why(b)["says"], "the half record")
    add(b, "in/a.jsonl", ' 00:00:05"}\n')
    wait_for(lambda: caused_by(b, "all-idle"), "idleness")
    assert why(b)["says"].endswith("and all parts of bid are idle: the next row moves it"), why(b)
    stop(process, signal.SIGTERM, 0)


def silence_closes_windows(b):
    """With 'scan.watermark.idle-advance' the watermark goes on with the clock; also after a kill, from where it was."""
    b.write("in/a.jsonl", line(1, "00:00:05") + line(2, "00:00:08"))
    process = start(b, ", 'scan.watermark.idle-advance' = '100 ms'")
    # From 7 s on: [0, 10) is due 2.999 s after that, the sorted rows before.
    wait_for(lambda: shows(b, "app.db", "SELECT k FROM sorted", [(1,), (2,)]), "the sorted rows")
    wait_for(lambda: shows(b, "app.db", "SELECT n FROM busy", [(2,)]), "the window")
    wait_for(lambda: caused_by(b, "current"), "nothing more to wait for")
    epochs = b.query("app.db", "SELECT max(epoch) FROM _weir_epochs")
    process.kill()
    process.wait(timeout=TIMEOUT_S)
    watermark = b.query("app.db", "SELECT watermark FROM _weir_sources")
    process = start(b, ", 'scan.watermark.idle-advance' = '100 ms'")
    wait_for(lambda: b.query("app.db", "SELECT restarts FROM _weir_jobs") == [(1,)], "the restart")
    add(b, "in/a.jsonl", line(3, "00:00:09") + line(4, "00:00:31"))
    wait_for(lambda: shows(b, "app.db", 'SELECT count(*) FROM "busy$late"', [(1,)]), "the row that came too late")
    wait_for(lambda: shows(b, "app.db", "SELECT n FROM busy", [(2,), (1,)]), "the next window")
    assert b.query("app.db", 'SELECT watermark FROM "busy$late"') == watermark and epochs[0][0] < 20, (watermark, epochs)
    stop(process, signal.SIGTERM, 0)


def idle_files(b):
    """The setting holds for tables that say nothing themselves; who was idle is waited for again with its next row."""
    b.write("in/a.jsonl", line(1, "00:00:05"))
    b.write("in/b.jsonl", line(2, "00:00:15"))
    b.write("job.sql", "SET 'table.exec.source.idle-timeout' = '300 ms';\n" + JOB % "")
    process = b.start("run", "job.sql", "--db", "app.db")
    wait_for(lambda: shows(b, "app.db", "SELECT idle FROM _weir_sources", [(1,), (1,)]), "idleness")
    add(b, "in/b.jsonl", line(3, "00:00:25"))
    wait_for(lambda: shows(b, "app.db", "SELECT n FROM busy", [(1,), (1,)]), "the windows that only the idle one held back")
    add(b, "in/a.jsonl", line(4, "00:00:15") + line(5, "00:00:26"))  # late: the table is at 24 s
    wait_for(lambda: b.query("app.db", "SELECT idle, watermark FROM _weir_sources WHERE split LIKE '%a.jsonl'") == [(1, "2024-01-01 00:00:25.000")], "idleness again")
    add(b, "in/b.jsonl", line(6, "00:00:50"))
    wait_for(lambda: shows(b, "app.db", "SELECT n FROM busy", [(1,), (1,), (2,)]), "the third window")
    assert b.query("app.db", 'SELECT count(*) FROM "busy$late"') == [(1,)]
    assert b.query("app.db", 'SELECT row FROM "sorted$late"') == [('{"k": 4, "ts": "2024-01-01 00:00:15.000"}',)], b.query("app.db", 'SELECT row FROM "sorted$late"')
    assert b.query("app.db", "SELECT idle_timeout FROM _weir_sources") == [(300,), (300,)]
    stop(process, signal.SIGTERM, 0)


def rows_of_the_future(b):
    """'max-future-skew' is ahead of the clock: of the session's zone for times without one, also of bounded files that ask for it."""
    now = datetime.datetime.now(datetime.timezone.utc)
    tokyo = now + datetime.timedelta(hours=9)
    times = [(t + datetime.timedelta(minutes=m)).strftime("%Y-%m-%d %H:%M:%S") for t, m in ((now, 30), (now, 90), (tokyo, 30), (tokyo, 90))]
    b.write("t.csv", "".join("%s\n" % t for t in times))
    b.write("z.csv", "".join("%sZ\n" % t for t in times))
    b.write("job.sql", """SET 'table.local-time-zone' = 'Asia/Tokyo';
CREATE TABLE t (ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = 't.csv', 'format' = 'csv', 'max-future-skew' = '1 h');
CREATE TABLE z (ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts)
  WITH ('connector' = 'filesystem', 'path' = 'z.csv', 'format' = 'csv', 'max-future-skew' = '1 h');
CREATE TABLE free (ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = 't.csv', 'format' = 'csv');
CREATE MATERIALIZED VIEW vt AS SELECT ts FROM t;
CREATE MATERIALIZED VIEW vz AS SELECT ts FROM z;
CREATE MATERIALIZED VIEW vf AS SELECT ts FROM free;
""")
    b.run("run", "job.sql", "--db", "app.db", err=None)
    assert [r[0][:19] for r in b.query("app.db", "SELECT ts FROM vt")] == times[:3], times
    assert [r[0][:19] for r in b.query("app.db", "SELECT ts FROM vz")] == times[:1], times
    assert b.query("app.db", "SELECT count(*) FROM vf") == [(4,)]
    assert b.query("app.db", "SELECT owner, code, line FROM _weir_rejected ORDER BY owner, line") == [
        ("t", "E5011", 4), ("z", "E5011", 2), ("z", "E5011", 3), ("z", "E5011", 4)]


def results_that_wait_for_the_clock(b):
    """Windows and sessions whose results go out early, a while after the change; what a program and people are told of it."""
    b.write("in/a.jsonl", line(1, "00:00:05") + line(2, "00:00:08"))
    b.write("job.sql", "SET 'table.exec.emit.early-fire.enabled' = 'true';\nSET 'table.exec.emit.early-fire.delay' = '2 h';\n" +
            (JOB % "").split("CREATE MATERIALIZED VIEW sorted", maxsplit=1)[0] + """CREATE MATERIALIZED VIEW visits AS
  SELECT k, window_start, COUNT(*) AS n FROM TABLE(SESSION(TABLE bid PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
  GROUP BY k, window_start, window_end;
""")
    before = datetime.datetime.now(datetime.timezone.utc)
    process = b.start("run", "job.sql", "--db", "app.db")
    wait_for(lambda: caused_by(b, "clock"), "the cause")
    told = why(b)
    found = re.fullmatch(r"what has changed in (windows of busy|sessions of visits) goes out by the clock at (.*)Z", told["says"])
    at = datetime.datetime.fromisoformat(found[2]).replace(tzinfo=datetime.timezone.utc)
    assert abs(at - before - datetime.timedelta(hours=2)) < datetime.timedelta(seconds=TIMEOUT_S), (told, before)
    assert "'table.exec.emit.early-fire.delay'" in told["hint"], told
    assert sorted((w["view"], w["operator"], w["due"] is None, w["fires"] is None) for w in told["waits"]) == [
        ("busy", "UpdatingWindowAggregate", False, True), ("busy", "UpdatingWindowAggregate", True, False),
        ("visits", "UpdatingSessionAggregate", False, True), ("visits", "UpdatingSessionAggregate", True, False)], told
    assert b.query("app.db", "SELECT count(fires) FROM _weir_operators WHERE title LIKE 'Updating%'") == [(2,)]
    text = " ".join(words(b).split())
    assert re.search(r"what has changed in windows of busy goes out by the clock at [0-9: .-]*Z: 1 h 5\d min to go; delays: early 2 h", text), text
    # What the watermark lets go waits for nothing any more; the next windows do.
    add(b, "in/a.jsonl", line(3, "00:05:00"))
    wait_for(lambda: shows(b, "app.db", "SELECT n FROM busy", [(2,)]), "the window")
    wait_for(lambda: shows(b, "app.db", "SELECT k, n FROM visits ORDER BY k", [(1, 1), (2, 1)]), "the sessions")
    stop(process, signal.SIGTERM, 0)


def rows_that_wait_for_rows(b):
    """LEAD of a key that has fallen silent holds back what stands above, which no watermark helps; a time to live does."""
    b.write("in/a.jsonl", line(1, "00:00:01") + line(2, "00:00:02") + line(1, "00:00:03") + line(1, "00:05:05"))
    b.write("job.sql", "%s" + (JOB % "").split("CREATE MATERIALIZED VIEW", maxsplit=1)[0] + """CREATE MATERIALIZED VIEW gaps AS
  SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE (SELECT ts, LEAD(ts) OVER (PARTITION BY k ORDER BY ts) AS later FROM bid),
    DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end;
""")
    job = open(b.path("job.sql"), encoding="utf-8").read()
    b.write("job.sql", job % "")
    process = b.start("run", "job.sql", "--db", "app.db")
    wait_for(lambda: caused_by(b, "later-rows"), "the cause")
    told = why(b)
    assert told["says"] == "the row of OVER at 2024-01-01 00:00:02.000 waits for later rows of its partition", told
    assert "'table.exec.state.ttl'" in told["hint"], told
    assert [(w["operator"], w["due"], w["row"]) for w in told["waits"]] == [
        ("WindowAggregate", "2024-01-01 00:00:09.999", None), ("OverAggregate", "2024-01-01 00:05:05.000", None),
        ("OverAggregate", None, "2024-01-01 00:00:02.000")], told
    add(b, "in/a.jsonl", line(2, "00:05:06") + line(1, "00:05:20") + line(1, "00:05:30"))
    wait_for(lambda: shows(b, "app.db", "SELECT n FROM gaps", [(3,)]), "the window")
    stop(process, signal.SIGTERM, 0)
    # The window of 00:05:05 waits for key 2, until that is forgotten.
    b.write("other.sql", job % "SET 'table.exec.state.ttl' = '1 s';\n")
    process = b.start("run", "other.sql", "--db", "other.db")
    wait_for(lambda: shows(b, "other.db", "SELECT n FROM gaps", [(3,), (2,)]), "the windows")
    stop(process, signal.SIGTERM, 0)


def clock_and_event_time(b):
    b.write("in/a.jsonl", line(1, "00:00:01") + line(2, "00:05:05"))
    b.write("job.sql", (JOB % "").split("CREATE MATERIALIZED VIEW", maxsplit=1)[0].replace("ts TIMESTAMP(3),", "ts TIMESTAMP(3), pt AS PROCTIME(),") + """
CREATE MATERIALIZED VIEW both_times AS SELECT window_start, SUM(s) AS s
  FROM TUMBLE(TABLE (SELECT pt, SUM(k) OVER (ORDER BY ts) AS s FROM bid), DESCRIPTOR(pt), INTERVAL '1' DAY) GROUP BY window_start, window_end
  UNION ALL SELECT ts, k FROM bid QUALIFY ROW_NUMBER() OVER (PARTITION BY k ORDER BY ts) = 1;
""")
    process = b.start("run", "job.sql", "--db", "app.db")
    wait_for(lambda: caused_by(b, "watermark"), "the cause")
    assert why(b)["says"].startswith("the row of OVER that is complete at 2024-01-01 00:05:05.000 needs the watermark"), why(b)
    text = words(b)
    for part in ("(OverAggregate) needs the watermark", "(Deduplicate) needs the watermark", "(WindowAggregate) needs the clock at"):
        assert part in " ".join(text.split()), text
    stop(process, signal.SIGTERM, 0)


def states_in_words(b):
    b.write("in/a.jsonl", line(1, "00:00:01") + line(2, "00:05:05"))
    shell = b.start("app.db", "--mode", "list", stdin=subprocess.PIPE, stderr=subprocess.STDOUT)
    sql = JOB % ""
    told, _ = shell.communicate(sql + "PAUSE JOB '1'; EXPLAIN WHY JOB '1'; RESUME JOB 1; EXPLAIN WHY; STOP JOB 2; EXPLAIN WHY JOB 2;", timeout=TIMEOUT_S)
    for part in ("job 1 (busy), PAUSED\n  it is paused, since ", "hint: RESUME JOB '1' lets it go on", "job 1 (busy), RUNNING",
                 "\njob 2 (sorted), RUNNING", "job 2 (sorted), STOPPED\n  it was stopped for good, since "):
        assert part in told, told
    b.write("bounded.sql", sql.replace(", 'source.monitor-interval' = '20 ms'", "") + "EXPLAIN WHY busy;")
    out, _ = b.run("run", "bounded.sql", "--db", "other.db", err=None)
    assert out == ("job 1 (busy, sorted), FINISHED\n  its input was read to the end: nothing more will come\ninput\n  bid\n"
                   "    in/a.jsonl  2024-01-01 00:05:04.000  ended\nrecords\n  busy from bid: 2 read, 2 used\n  sorted from bid: 2 read, 2 used\n"), out
    b.run("empty.db", "--command", "EXPLAIN WHY", out="there is no job\n")
    b.run("empty.db", "--mode", "csv", "--command", "EXPLAIN WHY", out="why\nthere is no job\n")
    plan, _ = b.run("other.db", "-c", "EXPLAIN SELECT k, ts FROM bid", err=None)
    assert plan.startswith("== Logical Plan ==\nProject(k, ts)\n  Scan(table=bid)\n\n== Physical Plan ==\n"), plan
    b.run("other.db", "-c", "EXPLAIN WHY 7", code=1, out="", err="error E2133: there is no job \"7\"")
    b.run("other.db", "-c", "EXPLAIN WHY bid", code=1, out="", err="error E2133: no job writes into \"bid\"")
    b.run("other.db", "-c", "EXPLAIN WHY nope", code=1, out="", err="error E2101: ")
    b.run("other.db", "-c", "EXPLAIN WHY SELECT 1", code=1, out="", err="error E2123: EXPLAIN WHY is about a job")


CASES = [a_file_holds_the_others_back, what_else_a_running_job_waits_for, silence_closes_windows, idle_files, rows_of_the_future,
         results_that_wait_for_the_clock, rows_that_wait_for_rows, clock_and_event_time, states_in_words]


if __name__ == "__main__":
    main(CASES)
