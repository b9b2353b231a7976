"""Nested JSON against a plain reader written here: random records with parts that are missing, NULL, doubled or
of another kind, read whole and by path, with bad parts rejected and made NULL. All views of a round are one job,
so that a part which one view cannot take must not be felt by another.

    diff_nested.py --weir PATH [--rounds 10] [--seed 1]"""

import json
import re

from rounds import main
from run_weir import Failed, run

INT, STRING = "INT", "STRING"
ROW_N = ("ROW", [("c", ("ARRAY", INT)), ("d", INT), ("m", ("MAP", INT))])
ROW_R = ("ROW", [("a", INT), ("b", STRING), ("n", ROW_N), ("l", ("ARRAY", ("ROW", [("p", INT), ("q", STRING)])))])


class Bad(Exception):
    pass


class Object(list):
    """An object as it is written: pairs, of which the last one of a name counts."""

    def last(self):
        return dict(self)


def written(value):
    if isinstance(value, Object):
        return "{%s}" % ",".join("%s:%s" % (json.dumps(name), written(part)) for name, part in value)
    if isinstance(value, list):
        return "[%s]" % ",".join(written(part) for part in value)
    return json.dumps(value)


def declared(kind):
    if kind in (INT, STRING):
        return kind
    if kind[0] == "ROW":
        return "ROW<%s>" % ", ".join("%s %s" % (name, declared(part)) for name, part in kind[1])
    return "%s<%s%s>" % (kind[0], "STRING, " if kind[0] == "MAP" else "", declared(kind[1]))


# --- the reader ---

def scalar(kind, value):
    if kind == STRING:
        return value if isinstance(value, str) else written(value)
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,6}", value):
        return int(value)
    if not isinstance(value, int):
        raise Bad()
    return value


def taken(kind, value, lax):
    """The value as the type has it; with `lax` the innermost part that is bad is None."""
    if value is None:
        return None
    try:
        if kind in (INT, STRING):
            return scalar(kind, value)
        if kind[0] == "ARRAY":
            if not isinstance(value, list) or isinstance(value, Object):
                raise Bad()
            return [taken(kind[1], part, lax) for part in value]
        if not isinstance(value, Object):
            raise Bad()
        if kind[0] == "MAP":  # as in Flink each entry is taken, also one whose key comes again
            return {name: taken(kind[1], part, lax) for name, part in value}
        parts = value.last()
        return {name: taken(part, parts.get(name), lax) for name, part in kind[1]}
    except Bad:
        if lax:
            return None
        raise


def narrowed(kind, fields):
    """The ARRAY of ROWs with these fields of its elements alone."""
    return ("ARRAY", ("ROW", [(name, part) for name, part in kind[1][1] if name in fields]))


def part(record, path, lax, fields=None):
    """What is at r.<path>, and nothing else of r; of its elements these fields, where they are said."""
    kind, value = ROW_R, record.last().get("r")
    for name in path:
        if value is None:
            return None
        if not isinstance(value, Object):
            if lax:
                return None
            raise Bad()
        kind, value = dict(kind[1])[name], value.last().get(name)
    return taken(kind if fields is None else narrowed(kind, fields), value, lax)


# --- the views: what Weir is asked, and what the reader says ---

def both(a, b):
    return None if a is None or b is None else a + b


def element(array, number):
    return None if array is None or number is None or not 0 < number <= len(array) else array[number - 1]


def field(row, name):
    return None if row is None else row[name]


def size(array):
    return None if array is None else len(array)


VIEWS = [
    ("r", lambda get: get()),
    ("r.a", lambda get: get("a")),
    ("r.b", lambda get: get("b")),
    ("r.n", lambda get: get("n")),
    ("r.n.c", lambda get: get("n", "c")),
    ("r.n.d", lambda get: get("n", "d")),
    ("r.n.m", lambda get: get("n", "m")),
    ("r.l", lambda get: get("l")),
    ("r.a + r.n.d", lambda get: both(get("a"), get("n", "d"))),
    ("CASE WHEN MOD(id, 2) = 0 THEN r.a ELSE r.n.d END", lambda get: get("a") if get.id % 2 == 0 else get("n", "d")),
    ("r.n.c[2]", lambda get: element(get("n", "c"), 2)),
    ("r.n.m['k']", lambda get: (get("n", "m") or {}).get("k")),
    ("CARDINALITY(r.l)", lambda get: size(get("l", fields=""))),
    ("r.l[1] IS NULL", lambda get: int(element(get("l", fields=""), 1) is None)),
    ("r.l[1].p", lambda get: field(element(get("l", fields="p"), 1), "p")),
    ("r.l[CARDINALITY(r.l)].q", lambda get: field(element(get("l", fields="q"), size(get("l", fields=""))), "q")),
    ("r.l[1].p + CHAR_LENGTH(r.l[2].q)", lambda get: both(
        field(element(get("l", fields="pq"), 1), "p"), size(field(element(get("l", fields="pq"), 2), "q")))),
    ("ROW(r.a, r.n.c)", lambda get: {"EXPR$0": get("a"), "EXPR$1": get("n", "c")}),
]


class Getter:
    def __init__(self, record, lax):
        self.record, self.lax, self.id = record, lax, record.last()["id"]

    def __call__(self, *path, fields=None):
        return part(self.record, path, self.lax, fields)


def expected(records, rule, lax):
    rows, bad = [], 0
    for record in records:
        try:
            rows.append((record.last()["id"], rule(Getter(record, lax))))
        except Bad:
            bad += 1
    return rows, bad


def read_back(connection, name):
    rows = connection.execute('SELECT id, x FROM "%s" ORDER BY id' % name).fetchall()
    bad = connection.execute('SELECT COUNT(*) FROM "%s$errors"' % name).fetchone()[0]
    return rows, bad


def plain(value, wanted):
    """Nested values are JSON in the table."""
    return json.loads(value) if isinstance(value, str) and isinstance(wanted, (dict, list)) else value


# --- records ---

DIRT = ["x", "", "12", "-7", 3, Object(), [], [1], Object([("a", 1)]), None]


def value_of(rng, kind):
    if rng.random() < 0.06:
        return rng.choice(DIRT)
    if rng.random() < 0.06:
        return None
    if kind == INT:
        return rng.randint(-9, 99)
    if kind == STRING:
        return rng.choice(["", "a", "a text that does not lie inside", "\"q\"", "\n", "ü"])
    if kind[0] == "ARRAY":
        return [value_of(rng, kind[1]) for _ in range(rng.choice([0, 1, 2, 5]))]
    if kind[0] == "MAP":
        names, part_of = [rng.choice("kl") for _ in range(rng.randint(0, 3))], lambda _: kind[1]
    else:
        kinds = dict(kind[1])
        names, part_of = [name for name, _ in kind[1] if rng.random() > 0.1], kinds.get
        if rng.random() < 0.3:
            rng.shuffle(names)
        if rng.random() < 0.2 and names:
            names.append(rng.choice(names))
    pairs = Object((name, value_of(rng, part_of(name))) for name in names)
    if rng.random() < 0.2:
        pairs.insert(rng.randint(0, len(pairs)), ("other", rng.choice([1, "x", [1, [2]], Object([("a", 5)])])))
    return pairs


def records_of(rng):
    records = []
    for number in range(rng.choice([3, 40, 300])):
        pairs = [("id", number)]
        if rng.random() > 0.05:
            pairs.insert(rng.randint(0, 1), ("r", value_of(rng, ROW_R)))
        records.append(Object(pairs))
    return records


def run_round(weir, rng, directory):
    records = records_of(rng)
    views = list(VIEWS)
    rng.shuffle(views)
    views = views[:rng.randint(1, len(views))]
    with open("%s/t.json" % directory, "w", encoding="utf-8") as file:
        file.write("".join(written(record) + "\n" for record in records))
    script = ""
    for name, more in (("strict", ""), ("lax", ", 'json.ignore-parse-errors' = 'true'")):
        script += ("CREATE TABLE %s (id INT, r %s) WITH ('connector' = 'filesystem', 'path' = 't.json', 'format' = 'json'%s);\n"
                   % (name, declared(ROW_R), more))
    for number, (text, _) in enumerate(views):
        for name in ("strict", "lax"):
            script += "CREATE MATERIALIZED VIEW %s%d AS SELECT id, %s AS x FROM %s;\n" % (name, number, text, name)
    wrong = []
    try:
        connection = run(weir, directory, script)
        for number, (text, rule) in enumerate(views):
            for name in ("strict", "lax"):
                wanted, bad = expected(records, rule, name == "lax")
                got, rejected = read_back(connection, "%s%d" % (name, number))
                got = [(row[0], plain(row[1], dict(wanted).get(row[0]))) for row in got]
                if got != wanted or rejected != bad:
                    off = [pair for pair in zip(wanted, got) if pair[0] != pair[1]][:3]
                    wrong.append("%s, %s: %d rows and %d rejected, not %d and %d; wanted and got: %r"
                                 % (text, name, len(got), rejected, len(wanted), bad, off))
    except Failed as failure:
        wrong.append(str(failure))
    return wrong


if __name__ == "__main__":
    main(__doc__, run_round, 10)
