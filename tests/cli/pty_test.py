"""The shell as somebody at a terminal sees it. Usage: pty_test.py WEIR [SCENARIO]..."""
import os
import random
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback

from terminal import TIMEOUT_S, Terminal

PROMPT = "weir> "
UP, LEFT, CTRL_C, CTRL_D, CTRL_R, CTRL_Z = \
    "\x1b[A", "\x1b[D", "\x03", "\x04", "\x12", "\x1a"
PASTE, PASTE_END = "\x1b[200~", "\x1b[201~"
MANY = "CREATE TABLE many (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '1000000000', " \
    "'number-of-rows' = '1000000000000');"
TICKS = "CREATE TABLE ticks (amount BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '20');"


class Desk:
    """A home directory of its own, and terminals at it."""

    def __init__(self, weir):
        self.weir = weir
        self.home = tempfile.mkdtemp(prefix="weir-pty-")
        self.terminals = []

    def open(self, *arguments, **settings):
        """The shell at its prompt."""
        terminal = self.open_command([self.weir, *arguments], **settings)
        terminal.expect(PROMPT)
        return terminal

    def open_command(self, command, rows=24, columns=80, **environment):
        clean = {"HOME": self.home, "PATH": os.environ["PATH"], "TERM": "xterm", "LANG": "C.UTF-8"}
        clean.update({k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")})
        clean.update(environment)
        terminal = Terminal(command, clean, self.home, rows, columns)
        self.terminals.append(terminal)
        return terminal

    def path(self, *names):
        path = os.path.join(self.home, *names)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def history(self):
        with open(self.path(".local", "state", "weir", "history"), encoding="utf-8") as file:
            return file.read().splitlines()

    def close(self):
        for terminal in self.terminals:
            terminal.close()
        shutil.rmtree(self.home)


def ask(terminal, statement, *expected):
    """At the prompt: the statement's answer, and the prompt again."""
    terminal.send(statement + "\r")
    for text in expected:
        terminal.expect(text)
    terminal.expect(PROMPT)


def leave(terminal):
    """At the prompt."""
    terminal.send(CTRL_D)
    terminal.expect_exit(0)


# --- typing ---

def statement_and_end(desk):
    t = desk.open()
    ask(t, "SELECT 1 + 1 AS two;", "┌─────┐\n│ two │\n├─────┤\n│   2 │\n└─────┘\n1 row (")
    leave(t)


def statement_over_lines(desk):
    t = desk.open()
    t.send("SELECT\r")
    t.expect("   -> ")
    t.send("(1 +\r")
    t.expect("   (> ")
    t.send("1) AS `a\r")
    t.expect("   `> ")
    t.send("b`, 'x\r")
    t.expect("   '> ")
    t.send("y' /* c\r")
    t.expect("   *> ")
    ask(t, "*/ AS z;", "2 │ x\\ny │")
    ask(t, "-- a comment alone waits for nothing")
    leave(t)


def interrupt_clears_the_line(desk):
    t = desk.open()
    t.send("SELECT 'half")
    t.expect("SELECT 'half")
    t.send(CTRL_C)
    t.expect("^C\n" + PROMPT)
    t.send("SELECT '\r")
    t.expect("   '> ")
    t.send(CTRL_C)
    t.expect("^C\n" + PROMPT)
    for _ in range(4):  # at the prompt even many of them do not end the shell
        t.send(CTRL_C)
        t.expect(PROMPT)
    ask(t, "SELECT 2 AS two;", "│   2 │")
    leave(t)


def wide_characters(desk):
    t = desk.open()
    ask(t, "SELECT 'ä漢字😀' AS w;", "│ ä漢字😀 │\n└─────────┘")
    t.send(UP)
    t.expect("SELECT 'ä漢字😀' AS w;")
    ask(t, LEFT * 8 + "é", "│ ä漢字é😀 │")
    leave(t)


def suspend(desk):
    """In a session without job control the process goes on at once, with its line whole."""
    t = desk.open()
    t.send("SELECT 1 AS ")
    t.expect("SELECT 1 AS ")
    t.send(CTRL_Z)
    t.expect(PROMPT + "SELECT 1 AS")
    ask(t, "one;", "│   1 │")
    leave(t)


def resize(desk):
    t = desk.open()
    t.resize(30, 40)
    t.signal(signal.SIGWINCH)
    ask(t, "SELECT 'a rather long text that does not fit' AS t, 1 AS n;", "…")
    leave(t)


def colors(desk):
    t = desk.open()
    t.send("SELEC 1;\r")
    t.expect("error E1001")
    assert "\x1b[1;31merror E1001:" in t.screen.raw
    t.expect(PROMPT)
    leave(t)
    t = desk.open(NO_COLOR="1")
    t.send("SELEC 1;\r")
    t.expect("error E1001")
    assert "\x1b[1;31m" not in t.screen.raw
    t.expect(PROMPT)
    leave(t)


def errors_do_not_end_it(desk):
    t = desk.open()
    ask(t, "SELEC 1;", "<shell>:1:1: error E1001")
    ask(t, ".tabels", "did you mean \".tables\"?")
    ask(t, "SELECT 1 AS one;", "│   1 │")
    leave(t)


# --- history, completion, paste ---

def history(desk):
    t = desk.open()
    t.send("SELECT\r")
    t.expect("   -> ")
    ask(t, "1 AS one;", "│   1 │")
    ask(t, "SELECT 2 AS password;", "│        2 │")
    ask(t, " SELECT 3 AS three;", "│     3 │")
    t.send(UP)  # the whole statement comes back, the private ones do not
    t.expect("SELECT\n1 AS one;")
    ask(t, "", "│   1 │")
    leave(t)
    assert desk.history() == ["SELECT\\n1 AS one;"], desk.history()
    t = desk.open()
    t.send(CTRL_R + "one")
    t.expect("1 AS one;")
    ask(t, "", "│   1 │")
    leave(t)


def completion(desk):
    t = desk.open(columns=160)
    ask(t, TICKS)
    t.send("SELEC\t")
    t.expect("SELECT ")
    t.send("* FROM ti\t")
    t.expect("* FROM ticks ")
    t.send("WHERE ticks.amo\t")
    t.expect("WHERE ticks.amount ")
    t.send(CTRL_C)
    t.expect(PROMPT)
    t.send(".mo\t")
    t.expect(".mode ")
    t.send("c\t")
    t.expect("column  csv")
    t.expect(PROMPT + ".mode c")
    t.send(CTRL_C)
    t.expect(PROMPT)
    t.send("CREATE TABLE x (a INT) WITH ('connec\t")
    t.expect("WITH ('connector'")
    t.send(" = 'dat\t")
    t.expect(" = 'datagen'")
    t.send(", 'fields.a.k\t = r\t")  # values need not be begun with a quote
    t.expect(", 'fields.a.kind' = 'random' ")
    t.send(", 'csv\t")
    t.settle()
    assert "csv." not in t.screen.text(), t.screen.text()  # that is none of its options
    t.send(CTRL_C)
    t.expect(PROMPT)
    leave(t)


def paste(desk):
    """Pasted text is put into the line, newlines and tabs included, and waits for Enter."""
    t = desk.open()
    t.send(PASTE + "SELECT 1 AS one,\n\t2 AS two;\n" + PASTE_END)
    t.expect("SELECT 1 AS one,\n        2 AS two;")
    mark = t.mark
    t.settle()
    assert "│" not in t.shown_since(mark), "it ran without Enter"
    ask(t, "", "│   1 │   2 │")
    ask(t, "SELECT " + PASTE + "'\x1b[31mred'" + PASTE_END + " AS r;", "│ [31mred │")  # no keys in a paste
    leave(t)


def long_paste(desk):
    t = desk.open(rows=10)
    t.send(PASTE + "".join("-- line %d\n" % i for i in range(40)) + "SELECT 1 AS one;\nSELECT 2 AS two;" + PASTE_END)
    ask(t, "", "│   1 │", "│   2 │")
    leave(t)


# --- statements that go on ---

def interrupt_ends_a_continuous_select(desk):
    t = desk.open()
    ask(t, TICKS)
    t.send("SELECT * FROM ticks;\r")
    t.expect("+----+")
    t.expect("| op |")
    t.expect("| +I |")
    t.expect("| +I |")
    t.send(CTRL_C)
    t.expect("+----+")
    t.expect("cancelled\n" + PROMPT)
    ask(t, "SELECT 2 AS two;", "│   2 │")
    leave(t)


def progress_of_a_select(desk):
    """After two seconds, drawn over itself, and gone when the statement ends."""
    t = desk.open()
    ask(t, MANY, "ok")
    t.send("SELECT COUNT(*) AS c FROM many;\r")
    t.expect("0:02  ")
    t.expect(" rows read, ")
    t.expect(" a second")
    before = t.mark
    t.mark = t.screen.text().rfind("\n") + 1
    t.expect("0:03  ")
    assert t.mark <= before and t.screen.text().count("rows read") == 1, t.screen.text()
    t.send(CTRL_C)
    t.expect("cancelled\n" + PROMPT)
    assert "rows read" not in t.screen.text(), t.screen.text()
    leave(t)


def progress_of_a_job(desk):
    with open(desk.path("job.sql"), "w", encoding="utf-8") as file:
        file.write(TICKS + "CREATE MATERIALIZED VIEW v AS SELECT COUNT(*) AS n FROM ticks;")
    for arguments in (["job.sql"], ["--db", "app.db"]):
        t = desk.open_command([desk.weir, "run", *arguments] + (["--db", "app.db"] if len(arguments) == 1 else []))
        t.expect(" rows read, ")
        t.expect(" a second")
        t.send(CTRL_C)
        t.expect_exit(130)
        assert "rows read" not in t.screen.text() and "cancelled" in t.screen.text(), t.screen.text()


def no_progress_off_a_terminal(desk):
    """Neither where standard error is a file, nor where the job writes to the terminal itself."""
    with open(desk.path("job.sql"), "w", encoding="utf-8") as file:
        file.write(TICKS + "CREATE MATERIALIZED VIEW v AS SELECT COUNT(*) AS n FROM ticks;")
    with open(desk.path("print.sql"), "w", encoding="utf-8") as file:
        file.write(TICKS + "CREATE TABLE p (n BIGINT) WITH ('connector' = 'print');\nINSERT INTO p SELECT amount FROM ticks;")
    errors = desk.path("err")
    to_file = desk.open_command(["/bin/sh", "-c", "exec '%s' run job.sql 2> err" % desk.weir])
    as_json = desk.open_command([desk.weir, "run", "job.sql", "--json"])
    dumb = desk.open_command([desk.weir, "run", "job.sql"], TERM="dumb")
    prints = desk.open_command([desk.weir, "run", "print.sql"])
    shown = desk.open_command([desk.weir, "run", "job.sql"])
    shown.expect("0:03  ")  # so the others had time enough
    for t in (to_file, as_json, dumb, prints, shown):
        t.send(CTRL_C)
        t.expect_exit(130)
    with open(errors, encoding="utf-8") as file:
        assert file.read() == "cancelled\n"
    for t in (as_json, dumb, prints):
        assert "rows read" not in t.screen.raw, t.screen.raw
    assert as_json.screen.text().strip() == '^C{"note":"cancelled"}', as_json.screen.text()
    assert "+I[" in prints.screen.text()


def expect_read(t, least):
    """Waits for a picture that counts so many rows."""
    end = time.monotonic() + TIMEOUT_S
    while True:
        told = re.findall(r"2 rows, (\d+) read", t.screen.text())
        if told and int(told[-1]) >= least:
            return
        assert time.monotonic() < end and t._read(0.05), t.screen.text()


def live_table(desk):
    """Drawn again in its place; the last picture stays, whole, when the statement is ended."""
    t = desk.open(rows=12)
    ask(t, "CREATE TABLE ticks (n BIGINT) WITH ('connector' = 'datagen', 'rows-per-second' = '40', "
           "'fields.n.min' = '10', 'fields.n.max' = '29');")
    ask(t, "SET 'sql-client.execution.result-mode' = 'table';")
    t.send("SELECT n / 10 AS tens, COUNT(*) AS c FROM ticks GROUP BY n / 10;\r")
    t.expect("│ tens │ ")
    expect_read(t, 20)
    expect_read(t, 50)
    assert t.screen.text().count("│ tens │") == 1, t.screen.text()
    assert "+U" not in t.screen.raw
    t.resize(10, 50)
    expect_read(t, 90)
    assert t.screen.raw.count("\x1b[H\x1b[J") == 1, "a resized screen is begun again, once"
    t.send(CTRL_C)
    t.mark = 0
    t.expect("2 rows (")
    t.expect("cancelled\n" + PROMPT)
    assert "2 rows, " not in t.screen.text() and t.screen.text().count("│ tens │") == 1, t.screen.text()
    ask(t, "RESET;")
    ask(t, ".mode table")
    above = t.mark
    t.send("SELECT n FROM ticks;\r")
    t.expect("| 1")
    t.expect(" of 1")  # more rows than lines
    assert t.screen.text()[above:].count("|  n |") == 1 and len(t.screen.text()[above:].splitlines()) <= 12
    t.send(CTRL_C)
    t.expect("rows (")
    t.expect("cancelled\n" + PROMPT)
    leave(t)


def live_table_ends_by_itself(desk):
    t = desk.open()
    with open(desk.path("n.jsonl"), "w", encoding="utf-8") as file:
        file.write('{"n":1}\n{"n":2}\nnot json\n{"n":1}\n')
    ask(t, "CREATE TABLE b (n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'n.jsonl', 'format' = 'json');")
    ask(t, ".mode table")
    ask(t, "SELECT n, COUNT(*) AS c FROM b GROUP BY n;", "| n | c |\n+---+---+\n| 1 | 2 |\n| 2 | 1 |\n+---+---+\n2 rows (",
        "1 row was rejected; the first: E5001")
    ask(t, "SELECT 1 AS one;", "|   1 |")
    leave(t)


def interrupt_of_a_query_of_sqlite(desk):
    t = desk.open("app.db", WEIR_PAGER="less")
    ask(t, "CREATE MATERIALIZED VIEW v AS SELECT 1 AS one;", "job 1 started")
    many = ", ".join("sqlite_schema %s" % c for c in "abcdefghijkl")
    t.send("SELECT count(*) AS n FROM %s;\r" % many)  # no row comes for years
    t.settle()
    t.send(CTRL_C)
    t.expect("cancelled\n" + PROMPT)
    ask(t, "SELECT 2 AS two;", "│   2 │")
    leave(t)


def interrupt_in_a_pager(desk):
    """It is the pager's, which stays; the result is the last one's."""
    t = desk.open(rows=10, WEIR_PAGER="trap '' INT; sed 's/^/paged: /'; read answer < /dev/tty; echo answered: $answer")
    values = ", ".join("(%d)" % i for i in range(20))
    t.send("SELECT * FROM (VALUES %s) AS v (n);\r" % values)
    t.expect("paged: └")
    t.send(CTRL_C)
    t.settle()
    t.send("q\r")
    t.expect("answered: q")
    t.expect("20 rows (")
    t.expect(PROMPT)
    ask(t, "SELECT 2 AS two;", "│   2 │")
    leave(t)


def interrupts_at_any_moment(desk):
    """While one types, while statements of each kind run, twice in a row: the prompt comes back, the next
    statement runs, the job goes on."""
    chance = random.Random(1)
    t = desk.open("app.db", WEIR_PAGER="cat")
    ask(t, TICKS, "ok")
    ask(t, MANY, "ok")
    ask(t, "CREATE MATERIALIZED VIEW seen AS SELECT COUNT(*) AS n FROM ticks;", "job 1 started")
    typed = ("SELECT\r'a", "SELECT 'half", "SELECT *\rFROM ticks;\r", "SELECT COUNT(*) AS c FROM many;\r", "SHOW TABLES;\r",
             ".mode table\rSELECT amount FROM ticks;\r", ".mode auto\rSELECT n FROM many;\r", "SELECT n FROM seen;\r", "`\t", "")
    for turn in range(40):
        t.send(chance.choice(typed))
        t.read_for(chance.random() * 0.2)
        t.send(CTRL_C)
        if chance.random() < 0.3:
            time.sleep(chance.random() * 0.01)
            t.send(CTRL_C)
        t.expect(PROMPT)
        t.read_for(0.05)
        t.mark = len(t.screen.text())
        ask(t, ".print turn %d" % turn, "\nturn %d\n" % turn)
    ask(t, ".mode auto")
    ask(t, "SHOW JOBS;", "RUNNING")
    leave(t)


def jobs_run_while_one_types(desk):
    t = desk.open("app.db")
    ask(t, TICKS)
    ask(t, "CREATE MATERIALIZED VIEW seen AS SELECT COUNT(*) AS n FROM ticks;", "job 1 started")
    for enough in ("n > 0", "n > 10"):
        end = time.monotonic() + TIMEOUT_S
        while True:
            mark = t.mark
            ask(t, "SELECT %s AS grown FROM seen;" % enough, "row")
            if "│     1 │" in t.shown_since(mark):
                break
            assert time.monotonic() < end, "the job does not go on"
    leave(t)
    t = desk.open("app.db")  # and go on when the database is opened again
    ask(t, ".jobs", "RUNNING")
    leave(t)


def a_long_step_of_a_job(desk):
    """A statement that waits for its end can be given up, and so can the step when one leaves."""
    with open(desk.path("t.jsonl"), "w", encoding="utf-8") as file:
        file.write('{"ts":"2020-01-01 00:00:00"}\n')
    t = desk.open("app.db")
    ask(t, "CREATE TABLE t (ts TIMESTAMP(3), WATERMARK FOR ts AS ts) WITH ('connector' = 'filesystem', 'path' = 't.jsonl', 'format' = 'json');")
    ask(t, "CREATE MATERIALIZED VIEW v AS SELECT COUNT(*) AS n FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), "
           "INTERVAL '0.001' SECOND, INTERVAL '90000' DAY(5)));", "job 1 started")
    t.settle()
    t.send("SHOW JOBS;\r")
    t.expect("a job is in the middle of a long step")
    t.send(CTRL_C)
    t.expect("cancelled\n" + PROMPT)
    leave(t)


def notices_come_above_the_line(desk):
    bids = desk.path("bids.jsonl")
    with open(bids, "w", encoding="utf-8") as file:
        file.write('{"n":1}\n')
    t = desk.open("app.db")
    ask(t, "CREATE TABLE b (n BIGINT) WITH ('connector' = 'filesystem', 'path' = 'bids.jsonl', 'format' = 'json', "
           "'source.monitor-interval' = '20 ms', 'on-error' = 'fail');")
    ask(t, "CREATE MATERIALIZED VIEW v AS SELECT COUNT(*) AS n FROM b;", "job 1 started")
    half = "SELECT 'a line that is so long that it takes at least two rows of the screen' AS"
    before = t.mark
    t.send(half)
    t.expect("en' AS")
    t.mark = before - len(PROMPT)  # the line will move down
    with open(bids, "a", encoding="utf-8") as file:
        file.write("not json\n")
    line = PROMPT + half
    t.expect("job 1 failed: E5001")
    t.expect(line[:80] + "\n" + line[80:])
    assert t.screen.text().count("SELECT 'a line") == 1, t.screen.text()
    ask(t, " l;", "a line that is so")
    leave(t)


def terminate(desk):
    t = desk.open()
    t.send("SELECT 'half")
    t.expect("half")
    t.signal(signal.SIGTERM)
    t.expect_exit(0)


def hang_up(desk):
    t = desk.open()
    ask(t, TICKS)
    t.send("SELECT * FROM ticks;\r")
    t.expect("| +I |")
    t.signal(signal.SIGHUP)
    t.expect_exit(0)


# --- commands ---

def help_command(desk):
    t = desk.open()
    ask(t, ".help mode", ".mode [MODE [TABLE]]", "jsonl ")
    ask(t, ".mode csv")
    ask(t, "SELECT 1 AS one, 'a,b' AS two;", "one,two\n1,\"a,b\"\n1 row (")
    ask(t, "SELECT 1 AS one\\G", "one = 1")
    t.send(".quit\r")
    t.expect_exit(0)


def exit_code(desk):
    t = desk.open()
    t.send(".exit 7\r")
    t.expect_exit(7)


def control_characters_are_shown(desk):
    t = desk.open()
    ask(t, ".mode list")
    ask(t, "SELECT CHR(27) || '[31mred' AS x;", "\\x1b[31mred")
    leave(t)


def pager(desk):
    t = desk.open(rows=10, WEIR_PAGER="sed 's/^/paged: /'")
    values = ", ".join("(%d)" % i for i in range(20))
    ask(t, "SELECT * FROM (VALUES %s) AS v (n);" % values, "paged: └", "20 rows (")
    ask(t, "SELECT 1 AS one;", "\n│   1 │")  # what fits is not paged
    ask(t, ".pager off")
    ask(t, UP + UP + UP, "\n└", "20 rows (")
    leave(t)


def editor(desk):
    script = desk.path("editor.sh")
    with open(script, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\nsed -i 's/one/eleven/; s/1/11/' \"$1\"\n")
    os.chmod(script, 0o700)
    t = desk.open(VISUAL=script)
    ask(t, "SELECT 1 AS one;", "│   1 │")
    ask(t, ".edit", "│     11 │")
    leave(t)


def init_file(desk):
    with open(desk.path(".config", "weir", "init.sql"), "w", encoding="utf-8") as file:
        file.write(".mode csv\n.prompt 'mine> '\n")
    t = desk.open_command([desk.weir])
    t.expect("mine> ")
    t.send("SELECT 1 AS one;\r")
    t.expect("one\n1\n")
    t.expect("mine> ")
    leave(t)
    t = desk.open("--no-init")
    ask(t, "SELECT 1 AS one;", "│   1 │")
    leave(t)


def redirected_output(desk):
    """Results to a file while one types, and errors to a file."""
    for redirection, data, errors in (("> out", "out", None), ("2> err", None, "err")):
        t = desk.open_command(["/bin/sh", "-c", "exec '%s' %s" % (desk.weir, redirection)])
        t.expect(PROMPT)
        t.send("SELECT 1 AS one;\r")
        if data is None:
            t.expect("│   1 │")
        t.expect(PROMPT)
        t.send("SELEC;\r")
        if errors is None:
            t.expect("error E1001")
        t.expect(PROMPT)
        leave(t)
        with open(desk.path(data or errors), encoding="utf-8") as file:
            text = file.read()
        assert text == "one\n1\n" if data else "error E1001" in text and PROMPT not in text, text


def dumb_terminal(desk):
    t = desk.open(TERM="dumb")
    t.send("SELECT\n1 AS one;\n")
    t.expect("│   1 │")
    assert "\x1b" not in t.screen.raw
    t.expect(PROMPT)
    t.send("SELECT '\n")
    t.expect("   '> ")
    t.send(CTRL_C)
    t.expect(PROMPT)
    leave(t)


SCENARIOS = [
    statement_and_end, statement_over_lines, interrupt_clears_the_line, wide_characters, suspend, resize, colors,
    errors_do_not_end_it, history, completion, paste, long_paste, interrupt_ends_a_continuous_select,
    progress_of_a_select, progress_of_a_job, no_progress_off_a_terminal, live_table, live_table_ends_by_itself,
    interrupt_of_a_query_of_sqlite, interrupt_in_a_pager, interrupts_at_any_moment,
    jobs_run_while_one_types, a_long_step_of_a_job, notices_come_above_the_line, terminate,
    hang_up, help_command, exit_code, control_characters_are_shown, pager, editor, init_file,
    redirected_output, dumb_terminal,
]


def main():
    weir = os.path.abspath(sys.argv[1])
    without = [a[len("--without="):] for a in sys.argv[2:] if a.startswith("--without=")]
    named = [a for a in sys.argv[2:] if not a.startswith("--without=")]
    chosen = [s for s in SCENARIOS if s.__name__ not in without and (not named or s.__name__ in named)]
    failed = 0
    for scenario in chosen:
        desk = Desk(weir)
        try:
            scenario(desk)
            print("ok      %s" % scenario.__name__)
        except Exception:
            failed += 1
            print("FAILED  %s" % scenario.__name__)
            traceback.print_exc(file=sys.stdout)
        finally:
            desk.close()
    print("%d scenarios, %d failed" % (len(chosen), failed))
    return 1 if failed or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
