"""The files that the jobs read: made from a seed, out of order, with bad records and late rows.

    bids/*.jsonl    JSON: id, k, v, price, d, flag, ts; four files whose times overlap
    trips/*.csv     CSV: id, k, v, time in milliseconds
    texts/*.csv     CSV: id, k, v, time as text, and a column more
    feed/*.jsonl    JSON as of bids, one file, for jobs that follow it while it grows or get it on standard input
"""

import json
import os
import random

BASE_MS = 1_600_000_000_000  # 2020-09-13 12:26:40 UTC


def time_text(ms):
    """As SQL writes it; within the hour that the data is about."""
    seconds, milli = divmod(ms - BASE_MS, 1000)
    seconds += 26 * 60 + 40
    return "2020-09-13 %02d:%02d:%02d.%03d" % (12 + seconds // 3600, seconds // 60 % 60, seconds % 60, milli)


def times(rng, rows, step_ms, first_ms=0):
    """Rising, out of order by up to two seconds, some of them far too late."""
    at = BASE_MS + 70_000 + first_ms
    for _ in range(rows):
        at += rng.randrange(2 * step_ms)
        chance = rng.random()
        late_ms = 60_000 if chance < 0.004 else 3_500 if chance < 0.02 else 0
        yield at - late_ms - rng.randrange(1500)


def key(rng):
    number = int(rng.paretovariate(0.7)) % 60
    if number == 7:
        return None
    return "k%d" % number if number % 9 else "a key that is long enough to be kept outside of its cell, number %d" % number


def bids(rng, rows, first_ms, step_ms=12):
    for id, at in enumerate(times(rng, rows, step_ms, first_ms)):
        row = {"id": id, "k": key(rng), "v": rng.randrange(1000), "price": "%d.%02d" % (rng.randrange(200), rng.randrange(100)),
               "d": rng.randrange(4000) / 4, "flag": rng.random() < 0.3, "ts": time_text(at)}
        chance = rng.random()
        if chance < 0.002:
            yield '{"id": %d, "k": ' % id
        elif chance < 0.004:
            yield json.dumps(dict(row, ts="yesterday"))
        elif chance < 0.007:
            yield json.dumps(dict(row, v="many"))
        elif chance < 0.009:
            yield json.dumps(dict(row, ts=None))
        elif chance < 0.03:
            yield json.dumps(dict(row, v=None, price=None))
        else:
            yield json.dumps(row)


def csv_rows(rng, rows, shape):
    for id, at in enumerate(times(rng, rows, 15)):
        chance = rng.random()
        if chance < 0.003:
            yield "%d,only two" % id
        elif chance < 0.006:
            yield shape(id, key(rng), "x%d" % id, at)
        else:
            yield shape(id, key(rng), rng.randrange(1000), at)


def trip(id, k, v, at):
    return "%d,%s,%s,%d" % (id, k or "", v, at)


def text(id, k, v, at):
    return '%d,"%s",%s,%s,"more, ""quoted"" text"' % (id, k or "", v, time_text(at))


def write(directory, name, lines):
    path = os.path.join(directory, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)


def make(directory, seed, rows):
    """`rows` is what all the bids are together; of the rest there is less."""
    rng = random.Random("input/%s" % seed)
    for i in range(4):
        write(directory, "bids/%d.jsonl" % i, bids(rng, rows // 4, i * 2000))
    for i in range(2):
        write(directory, "trips/%d.csv" % i, csv_rows(rng, rows // 5, trip))
        write(directory, "texts/%d.csv" % i, csv_rows(rng, rows // 5, text))
    write(directory, "feed/all.jsonl", bids(rng, rows // 4, 0))
