"""Dirty data, and views side by side: a view gives the same table, the same rejected and late rows and
the same counts alone in its job as beside others, and every record that was read is accounted for.

    diff_alone.py --weir PATH [--rounds 10] [--seed 1]"""

import json

from rounds import main
from run_weir import Failed, declaration, difference, run

COLUMNS = [("id", "BIGINT"), ("ts", "TIMESTAMP(3)"), ("k", "STRING"), ("v", "INT"), ("d", "DECIMAL(6, 2)"),
           ("f", "DOUBLE"), ("day", "DATE"), ("b", "BOOLEAN")]

VIEWS = [
    "SELECT id, k FROM e",
    "SELECT * FROM e",
    "SELECT id, v FROM e WHERE v > 0",
    "SELECT id FROM e WHERE v > 0 AND d < 50",
    "SELECT id FROM e WHERE d < 50 AND v > 0",
    "SELECT id, d + 1 AS d1 FROM e WHERE k = 'a' AND v >= -2",
    "SELECT id, 10 / v AS q FROM e WHERE k <> 'b'",
    "SELECT id, CASE WHEN v > 0 THEN d ELSE f END AS x FROM e",
    "SELECT id, CAST(k AS INT) AS n FROM e WHERE id > 3",
    "SELECT k, COUNT(*) AS n, SUM(v) AS s, MAX(d) AS m FROM e GROUP BY k",
    "SELECT day, COUNT(f) AS n FROM e WHERE b GROUP BY day",
    "SELECT DISTINCT b, v FROM e",
    "SELECT window_start, k, COUNT(*) AS n, SUM(d) AS s FROM TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '10' SECOND)"
    " GROUP BY window_start, window_end, k",
    "SELECT window_start, COUNT(*) AS n FROM TUMBLE(TABLE e, DESCRIPTOR(ts), INTERVAL '4' SECOND) WHERE v > 1 AND b"
    " GROUP BY window_start, window_end HAVING COUNT(*) > 1",
    "SELECT id, v FROM e WHERE v < 0 UNION ALL SELECT id, 1000 FROM e WHERE d > 20",
]

DIRT = ["", "x", "12", 1.5, -3, True, None, [], {}, {"a": 1}, 1e30, "2020-01-01", "2020-01-01 00:00:99"]
BROKEN = ["not json", '{"id":', "[]", "null", "7", '{"id":1} more', "   ", '{"id":"\\ud800"}', "{}", '[{"id":1},{"id":2']


def random_line(rng, form, number, second):
    if rng.random() < 0.08:
        return rng.choice(BROKEN)
    row = random_row(rng, number, second)
    if form == "csv":
        return ",".join(csv_field(rng, row[name]) for name, _ in COLUMNS if name in row)
    items = list(row.items())
    if rng.random() < 0.2:
        rng.shuffle(items)
    return json.dumps(dict(items), separators=rng.choice([(",", ":"), (", ", ": ")]))


def csv_field(rng, value):
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return '"%s"' % text.replace('"', '""') if rng.random() < 0.2 or "," in text else text


def random_row(rng, number, second):
    row = {"id": number, "ts": "2020-01-01 00:%02d:%02d.%03d" % (second // 60, second % 60, rng.randint(0, 999)),
           "k": rng.choice(["a", "b", "c", "7", "-1", None]), "v": rng.randint(-4, 4), "d": rng.randint(-9999, 9999) / 100,
           "f": rng.randint(-8, 8) / 4, "day": "2020-02-%02d" % rng.randint(1, 29), "b": rng.random() < 0.5}
    for name in list(row):
        chance = rng.random()
        if chance < 0.06:
            row[name] = rng.choice(DIRT)
        elif chance < 0.08:
            del row[name]
    return row


def random_lines(rng, form):
    second, lines = 0, []
    for number in range(rng.randint(1, 150)):
        second += rng.choice([0, 0, 1, 1, 2, 5])
        lines.append(random_line(rng, form, number, max(0, second - rng.choice([0, 0, 1, 3, 9, 20]))))
    return lines


def script_for(form, views):
    script = declaration("e", "e." + form, COLUMNS, ", WATERMARK FOR ts AS ts - INTERVAL '2' SECOND", form)
    for number in views:
        script += "CREATE MATERIALIZED VIEW v%d AS %s;\n" % (number, VIEWS[number])
    return script


def ask(connection, sql):
    return sorted(connection.execute(sql).fetchall(), key=repr)


def told_by(connection, number):
    """All that a reader can see of the view."""
    name = "v%d" % number
    return {
        "rows": ask(connection, "SELECT * FROM %s" % name),
        "rejected rows": ask(connection, 'SELECT line, code, field, message, raw FROM "%s$errors"' % name),
        "late rows": ask(connection, 'SELECT line, operator, rowtime, watermark, row, raw FROM "%s$late"' % name),
        "counts": ask(connection, "SELECT source, read, used, filtered, late, rejected, skipped FROM _weir_counts"
                                  " WHERE view = '%s'" % name),
    }


def check_law(connection):
    return ["the counts do not add up: %r" % (row,) for row in connection.execute(
        "SELECT view, read, used, filtered, late, rejected, skipped FROM _weir_counts"
        " WHERE read <> used + filtered + late + rejected + skipped")]


def run_round(weir, rng, directory):
    form = rng.choice(["json", "csv"])
    with open("%s/e.%s" % (directory, form), "w", encoding="utf-8") as file:
        file.write("\n".join(random_lines(rng, form)) + rng.choice(["", "\n"]))
    views = rng.sample(range(len(VIEWS)), 6)
    wrong = []
    try:
        together = run(weir, directory, script_for(form, views), "together.db")
        wrong += check_law(together)
        for number in views:
            alone = run(weir, directory, script_for(form, [number]), "alone%d.db" % number)
            wrong += check_law(alone)
            wanted, got = told_by(together, number), told_by(alone, number)
            for what in wanted:
                told = difference("%s of %s, together (-) and alone (+)" % (what, VIEWS[number]), wanted[what], got[what])
                if told:
                    wrong.append(told)
            if ask(together, 'SELECT line, code, field, raw FROM "e$errors"') != \
                    ask(alone, 'SELECT line, code, field, raw FROM "e$errors"'):
                wrong.append("the rejected records of e are not the same beside %s" % VIEWS[number])
    except Failed as failure:
        wrong.append(str(failure))
    return wrong


if __name__ == "__main__":
    main(__doc__, run_round, 10)
