"""A reader never sees half an epoch, over several tables of a job either.

A job keeps what was paid and what was received, by account, from the same transfers; at every moment
the two sums are equal. A reader takes so many snapshots while it runs, and while it is killed and goes
on now and then.

Usage: snapshot_test.py WEIR [SNAPSHOTS]
"""
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

JOB = """SET 'commit-interval' = '1 ms';
CREATE TABLE transfer (payer INT, payee INT, amount INT) WITH ('connector' = 'datagen', 'rows-per-second' = '100000',
  'fields.payer.min' = '1', 'fields.payer.max' = '500', 'fields.payee.min' = '1', 'fields.payee.max' = '700',
  'fields.amount.min' = '1', 'fields.amount.max' = '1000');
CREATE MATERIALIZED VIEW paid AS SELECT payer, COUNT(*) AS n, SUM(CAST(amount AS BIGINT)) AS total FROM transfer GROUP BY payer;
CREATE MATERIALIZED VIEW received AS SELECT payee, COUNT(*) AS n, SUM(CAST(amount AS BIGINT)) AS total FROM transfer GROUP BY payee;
"""
SUMS = "SELECT (SELECT ifnull(sum(n), 0) FROM paid), (SELECT ifnull(sum(total), 0) FROM paid)"
OTHER_SUMS = "SELECT (SELECT ifnull(sum(n), 0) FROM received), (SELECT ifnull(sum(total), 0) FROM received)"
LEAST_STATES, PATIENCE_S = 20, 60  # a test that has seen fewer has shown little


def open_reader(path):
    """Waits for the views; the reader must not write, and each snapshot is a transaction of its own."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            db = sqlite3.connect("file:%s?mode=ro" % path, uri=True, isolation_level=None)
            db.execute(SUMS).fetchone(), db.execute(OTHER_SUMS).fetchone()
            return db
        except sqlite3.OperationalError:
            time.sleep(0.01)
    sys.exit("the views do not appear")


def main():
    weir, wanted = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 2000
    folder = tempfile.mkdtemp(prefix="weir-snapshots-")
    script, path = os.path.join(folder, "job.sql"), os.path.join(folder, "app.db")
    with open(script, "w", encoding="utf-8") as file:
        file.write(JOB)

    def start():
        return subprocess.Popen([weir, "run", script, "--db", path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    draw, kills, epochs, last, job = random.Random(1), 0, set(), 0, start()
    try:
        db = open_reader(path)
        taken, end = 0, time.monotonic() + PATIENCE_S
        while taken < wanted or (len(epochs) < LEAST_STATES and time.monotonic() < end):
            db.execute("BEGIN")
            paid, received = db.execute(SUMS).fetchone(), db.execute(OTHER_SUMS).fetchone()
            db.execute("COMMIT")
            if paid != received:
                sys.exit("snapshot %d: %s were paid and %s received" % (taken, paid, received))
            if paid[0] < last:
                sys.exit("snapshot %d: %d transfers, and there were %d" % (taken, paid[0], last))
            last = paid[0]
            epochs.add(last)
            taken += 1
            if draw.randrange(max(400, wanted // 20)) == 0:
                job.send_signal(signal.SIGKILL)
                job.wait()
                job, kills = start(), kills + 1
        db.close()
        if len(epochs) < LEAST_STATES:
            sys.exit("only %d states were seen" % len(epochs))
        print("%d snapshots of %d states, %d kills: each one whole" % (taken, len(epochs), kills))
    finally:
        job.kill()
        job.wait()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
