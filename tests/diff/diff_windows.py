"""Many windows and sessions open at once, opened in any order: what Weir gives out beside a plain reckoning of it.

    diff_windows.py --weir PATH [--rounds 8] [--seed 1]

Rows come in the order of time, or each by less too late than the watermark waits, or in no order at all behind a
watermark of thirty days. Windows are given out once, or early and corrected ('table.exec.emit')."""

import json
import os
from collections import Counter
from datetime import datetime, timedelta

from rounds import main
from run_weir import Failed, declaration, run

COLUMNS = [("k", "STRING"), ("v", "BIGINT"), ("ts", "TIMESTAMP(3)")]
EPOCH = datetime(1970, 1, 1)
BEGIN = 1577836800000  # the beginning of 2020


def text(millis):
    return (EPOCH + timedelta(milliseconds=millis)).isoformat(" ", "milliseconds")


def random_rows(rng):
    """Sparse or dense, of few keys or many: (key, value, milliseconds) in the order of time."""
    spacing, keys = rng.choice([300, 1200, 5000]), rng.choice([1, 3, 40])
    now, rows = BEGIN, []
    for number in range(rng.choice([200, 1500, 3000])):
        now += rng.randint(0, 2 * spacing)
        key = rng.choice([None, "short", "a key that does not stand inline"]) if keys == 3 else "k%d" % rng.randrange(keys)
        rows.append((key, number, now))
    return rows


def come_late(rng, rows):
    """In the order in which they come, and the seconds that the watermark waits."""
    kind = rng.choice(["in order", "late", "shuffled"])
    if kind == "shuffled":
        return rng.sample(rows, len(rows)), 30 * 86400
    wait = rng.choice([5, 60, 600])
    if kind == "in order":
        return rows, wait
    return sorted(rows, key=lambda row: row[2] + rng.uniform(0, 1000 * wait)), wait


def grouped(rows, windows_of):
    groups = {}
    for key, value, time in rows:
        for window in windows_of(time):
            count, total = groups.get((key, window), (0, 0))
            groups[key, window] = count + 1, total + value
    return [(key, text(start), text(end), n, total) for (key, (start, end)), (n, total) in groups.items()]


def hop_windows(slide, size):
    def windows_of(time):
        start = time // slide * slide
        while start + size > time:
            yield start, start + size
            start -= slide
    return windows_of


def cumulate_windows(step, size):
    def windows_of(time):
        start = time // size * size
        for end in range(start + step, start + size + 1, step):
            if end > time:
                yield start, end
    return windows_of


def sessions(rows, gap):
    result, last = [], {}
    for key, value, time in sorted(rows, key=lambda row: row[2]):
        session = last.get(key)
        if session is None or time - session[1] > gap:
            session = last[key] = [time, time, 0, 0]
            result.append((key, session))
        session[1:] = [time, session[2] + 1, session[3] + value]
    return [(key, text(start), text(end + gap), n, total) for key, (start, end, n, total) in result]


def interval(millis):
    return "INTERVAL '%d.%03d' SECOND(9, 3)" % (millis // 1000, millis % 1000)


def queries(rng, rows):
    """Name, the window's call, what it must give."""
    size, slide, gap = rng.choice([1000, 2500]), rng.choice([500, 1000]), rng.choice([400, 1000, 4000])
    times = rng.choice([2, 7])
    yield ("tumble", "TUMBLE(TABLE e, DESCRIPTOR(ts), %s)" % interval(size), grouped(rows, hop_windows(size, size)))
    yield ("hop", "HOP(TABLE e, DESCRIPTOR(ts), %s, %s)" % (interval(slide), interval(slide * times)),
           grouped(rows, hop_windows(slide, slide * times)))
    yield ("cumulate", "CUMULATE(TABLE e, DESCRIPTOR(ts), %s, %s)" % (interval(slide), interval(slide * times)),
           grouped(rows, cumulate_windows(slide, slide * times)))
    yield ("session", "SESSION(TABLE e PARTITION BY k, DESCRIPTOR(ts), %s)" % interval(gap), sessions(rows, gap))


def differences(name, wanted, got):
    missing, extra = Counter(wanted), Counter(got)
    missing, extra = missing - extra, extra - missing
    return ["%s: %d rows missing, as %r, %d too many, as %r" % (name, missing.total(), list(missing)[:3], extra.total(), list(extra)[:3])
            ] if missing or extra else []


def run_round(weir, rng, directory):
    rows = random_rows(rng)
    coming, wait = come_late(rng, rows)
    with open(os.path.join(directory, "e.jsonl"), "w", encoding="utf-8") as file:
        for key, value, time in coming:
            file.write(json.dumps({"k": key, "v": value, "ts": text(time)}) + "\n")
    more = ", WATERMARK FOR ts AS ts - INTERVAL '%d' SECOND(9)" % wait
    script = rng.choice(["", "SET 'table.exec.emit.allow-lateness' = '7 s';\n",
                         "SET 'table.exec.emit.allow-lateness' = '106751990 d';\n"])
    script += declaration("e", "e.jsonl", COLUMNS, more)
    wanted = list(queries(rng, rows))
    for name, call, _ in wanted:
        script += ("CREATE MATERIALIZED VIEW %s AS SELECT COALESCE(k, '-') AS k, window_start, window_end, COUNT(*) AS n, SUM(v) AS total"
                   " FROM TABLE(%s) GROUP BY COALESCE(k, '-'), window_start, window_end;\n" % (name, call))
    try:
        connection = run(weir, directory, script)
    except Failed as failed:
        return [str(failed)]
    wrong = []
    for name, _, result in wanted:
        result = [("-" if row[0] is None else row[0],) + row[1:] for row in result]
        wrong += differences(name, result, connection.execute("SELECT k, window_start, window_end, n, total FROM %s" % name))
    late = connection.execute("SELECT SUM(late) FROM _weir_counts").fetchone()[0]
    connection.close()
    return wrong + (["%d rows were late" % late] if late else [])


if __name__ == "__main__":
    main(__doc__, run_round, 8)
