"""The jobs that are killed, and what each must leave, worked out from its input.

A job's SQL has {source}, {file}, {sink:TOPIC} and {upsert:TOPIC} where the options of its tables go; every topic is the
trial's own. `check` is given a World (kill.py): its input as a read_committed reader sees it, its output likewise, its
database. It returns None, or what is wrong."""
import collections
import json

import dump

HEAD = """SET 'commit-interval' = '5 ms';
CREATE TABLE src (k STRING, seq BIGINT, v INT, ts TIMESTAMP(3), p INT METADATA FROM 'partition' VIRTUAL,
  o BIGINT METADATA FROM 'offset' VIRTUAL, WATERMARK FOR ts AS ts - INTERVAL '2' SECOND) WITH ({source});
"""
COPY = """CREATE TABLE copy_out (k STRING, seq BIGINT, v INT, p INT, o BIGINT) WITH ({sink:copy});
INSERT INTO copy_out SELECT k, seq, v, p, o FROM src;
"""
VIEWS = """CREATE TABLE windows_out (w TIMESTAMP(3), k STRING, n BIGINT, s BIGINT) WITH ({sink:windows});
CREATE TABLE sums_out (k STRING, n BIGINT, s BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ({upsert:sums});
CREATE TABLE copy_out (k STRING, seq BIGINT, v INT, p INT, o BIGINT) WITH ({sink:copy});
CREATE TABLE windows (w TIMESTAMP(3), k STRING, n BIGINT, s BIGINT) WITH ('connector' = 'sqlite');
CREATE TABLE sums (k STRING, n BIGINT, s BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'sqlite');
CREATE VIEW grouped AS SELECT CONCAT(k, '-', CAST(seq / 10 AS STRING)) AS g, v FROM src;
CREATE VIEW fives AS SELECT window_start AS w, k, COUNT(*) AS n, SUM(v) AS s
  FROM TUMBLE(TABLE src, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY window_start, window_end, k;
EXECUTE STATEMENT SET BEGIN
  INSERT INTO windows_out SELECT * FROM fives;
  INSERT INTO windows SELECT * FROM fives;
  INSERT INTO sums_out SELECT g, COUNT(*), SUM(v) FROM grouped GROUP BY g;
  INSERT INTO sums SELECT g, COUNT(*), SUM(v) FROM grouped GROUP BY g;
  INSERT INTO copy_out SELECT k, seq, v, p, o FROM src WHERE MOD(v, 3) = 0;
END;
"""
FILE = """SET 'commit-interval' = '5 ms';
CREATE TABLE src (k STRING, seq BIGINT, v INT, ts TIMESTAMP(3)) WITH ({file});
CREATE TABLE copy_out (k STRING, seq BIGINT, v INT) WITH ({sink:copy});
INSERT INTO copy_out SELECT k, seq, v FROM src;
"""
KEYS = """SET 'commit-interval' = '5 ms';
CREATE TABLE src (k STRING, seq BIGINT, v INT, PRIMARY KEY (k) NOT ENFORCED) WITH ({upsert:in});
CREATE TABLE newest (k STRING, seq BIGINT, v INT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'sqlite');
CREATE TABLE sums (g INT, n BIGINT, s BIGINT, PRIMARY KEY (g) NOT ENFORCED) WITH ('connector' = 'sqlite');
EXECUTE STATEMENT SET BEGIN
  INSERT INTO newest SELECT * FROM src;
  INSERT INTO sums SELECT MOD(v, 7), COUNT(*), SUM(seq) FROM src GROUP BY MOD(v, 7);
END;
"""
WINDOW_S = 5


# --- what is to be ---


def by_key(rows):
    found = collections.defaultdict(list)
    for row in rows:
        found[row[0]].append(row[1:])
    return dict(found)


def copied(world, keep=lambda row: True):
    """key -> rows in order. A row of a file has no place in a topic."""
    return by_key((row["k"], row["seq"], row["v"], *row["place"]) for row in world.input() if keep(row))


def third(row):
    return row["v"] % 3 == 0


def running(world):
    """group -> its sum after each of its rows. A group has few rows, one after the other: one change that is lost is
    not covered by the next for long."""
    sums = collections.defaultdict(lambda: [0])
    for row in world.input():
        group = sums["%s-%d" % (row["k"], row["seq"] // 10)]
        group.append(group[-1] + row["v"])
    return sums


def window_of(text):
    """"... 12:26:43.250" is in the window that begins at 12:26:40."""
    second = int(text[17:19])
    return "%s%02d" % (text[:17], second - second % WINDOW_S)


def windowed(world):
    """Of those windows that have ended: not of the one of the last records, which are at the same time."""
    rows = world.input()
    last = max((window_of(row["ts"]) for row in rows), default="")
    sums = collections.defaultdict(lambda: [0, 0])
    for row in rows:
        window = sums[window_of(row["ts"]), row["k"]]
        window[0] += 1
        window[1] += row["v"]
    return sorted((w, k, n, s) for (w, k), (n, s) in sums.items() if w != last)


# --- what is ---


def short(text):
    """A point in time without its milliseconds, which are 0."""
    return text[:19].replace("T", " ")


def values(world, topic):
    return [json.loads(record.value) for record in world.output(topic)]


def copies(world):
    return by_key((row["k"], row["seq"], row["v"], *((row["p"], row["o"]) if "p" in row else ())) for row in values(world, "copy"))


def is_beginning(found, wanted):
    """None, or where a key's rows are not the first ones that they are to be."""
    for key, rows in sorted(found.items()):
        whole = wanted.get(key, [])
        if rows != whole[:len(rows)]:
            at = next(i for i, row in enumerate(rows) if i >= len(whole) or row != whole[i])
            return "key %s, record %d of %d:\n  - %s\n  + %s" % (key, at, len(rows), whole[at:at + 3], rows[at:at + 3])
    return None


def check_copy(world, ended, keep=lambda row: True):
    found = copies(world)  # before its input is looked at, which grows
    wanted = copied(world, keep)
    wrong = is_beginning(found, wanted)
    if wrong is None and ended:
        missing = {key: len(rows) - len(found.get(key, [])) for key, rows in wanted.items() if len(rows) != len(found.get(key, []))}
        wrong = "records are missing: %s" % missing if missing else None
    return wrong and "copy: " + wrong


def check_sums(world, ended):
    """Each record of a key tells of more rows than the one before it, and of their sum."""
    records, last = world.output("sums"), collections.defaultdict(lambda: (0, 0))
    sums = running(world)
    for record in records:
        row = json.loads(record.value)
        group, n = row["k"], row["n"]
        if record.key != group.encode() or n <= last[group][0] or sums[group][n:n + 1] != [row["s"]]:
            return "sums: %s comes behind %s; the sums are %s" % (row, last[group], sums[group])
        last[group] = (n, row["s"])
    if not ended:
        return None
    wanted = sorted((group, len(sums) - 1, sums[-1]) for group, sums in sums.items())
    found = sorted((group, *sums) for group, sums in last.items())
    return dump.difference({"sums of the topic": wanted, "sums of the table": wanted},
                           {"sums of the topic": found, "sums of the table": sorted(world.query("SELECT k, n, s FROM sums"))})


def check_windows(world, ended):
    found = sorted((short(row["w"]), row["k"], row["n"], row["s"]) for row in values(world, "windows"))
    twice = [name for name, count in collections.Counter(row[:2] for row in found).items() if count > 1]
    if twice:
        return "windows: more than one record of %s" % twice[:5]
    if not ended:
        return None
    table = sorted((short(row[0]), *row[1:]) for row in world.query("SELECT w, k, n, s FROM windows"))
    wanted = windowed(world)
    return dump.difference({"windows of the topic": wanted, "windows of the table": wanted},
                           {"windows of the topic": found, "windows of the table": table})


def check_views(world, ended):
    return check_copy(world, ended, third) or check_sums(world, ended) or check_windows(world, ended)


def check_keys(world, ended):
    """Of each key the last record. While it runs, one of those that there have been: of those the topic has not all."""
    found = world.query("SELECT k, seq, v FROM newest ORDER BY k")
    last = {row["k"]: (row["seq"], row["v"]) for row in world.input()}
    wrong = [row for row in found if row[1] > last[row[0]][0] or (row[1] == last[row[0]][0] and row[1:] != last[row[0]])]
    if wrong or not ended:
        return "newest: %r; the last are %r" % (wrong[:3], last) if wrong else None
    sums = collections.defaultdict(lambda: (0, 0))
    for seq, v in last.values():
        sums[v % 7] = (sums[v % 7][0] + 1, sums[v % 7][1] + seq)
    return dump.difference({"newest": sorted((k, *row) for k, row in last.items()), "sums": sorted((g, *row) for g, row in sums.items())},
                           {"newest": found, "sums": world.query("SELECT g, n, s FROM sums ORDER BY g")})


class Job:
    """bounded: it ends by itself, and all its input is there before; else it is stopped when it has read all. compacted:
    its input loses records of which there is a newer one."""

    def __init__(self, name, sql, check, topics, bounded=False, source="topic", compacted=False):
        self.name, self.sql, self.check, self.topics, self.bounded, self.source = name, sql, check, topics, bounded, source
        self.compacted = compacted


JOBS = (
    Job("copy", HEAD + COPY, check_copy, {"copy": 2}),
    Job("views", HEAD + VIEWS, check_views, {"copy": 3, "windows": 1, "sums": 2}),
    Job("file", FILE, check_copy, {"copy": 2}, bounded=True, source="file"),
    Job("keys", KEYS, check_keys, {}, compacted=True),
    Job("bounded", HEAD + COPY, check_copy, {"copy": 2}, bounded=True),
)
