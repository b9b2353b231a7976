#!/usr/bin/env python3
"""Checks the demo's database against the data, without Weir: check.py DATABASE

Computes what each view of job.sql must hold with plain loops over the files, and compares: values,
the late and the rejected records by file and line, and the counts.
"""
import collections
import csv
import datetime
import decimal
import json
import pathlib
import re
import sqlite3
import sys

HERE = pathlib.Path(__file__).parent
LATENESS = datetime.timedelta(seconds=30)
CENT = decimal.Decimal("0.01")
wrong = 0


def compare(what, expected, found):
    global wrong
    if expected == found:
        print("ok       %s: %d rows" % (what, len(expected)))
        return
    wrong += 1
    print("DIFFERS  %s" % what)
    for row in [r for r in expected if r not in found][:5]:
        print("    missing ", row)
    for row in [r for r in found if r not in expected][:5]:
        print("    too much", row)


def money(text):
    """None where the cell is bad: the row is rejected for each view that reads the amount."""
    return decimal.Decimal(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def timestamp(text):
    return datetime.datetime.strptime(text, "%Y-%m-%d %H:%M:%S")


def parse_order(text):
    """None for a record that is broken or has no time, and so is no row at all."""
    try:
        o = json.loads(text, parse_float=str)
        return dict(o, at=timestamp(o["ordered_at"]), amount=money(o["amount"]))
    except ValueError:
        return None


def read_orders():
    for line, text in enumerate((HERE / "orders.jsonl").read_text().splitlines(), 1):
        yield line, parse_order(text)


def parse_payment(fields):
    try:
        order, at, method, amount = fields
        return dict(order_id=int(order), at=timestamp(at), method=method, amount=money(amount))
    except ValueError:
        return None


def read_till(name):
    with open(HERE / "payments" / name, newline="") as file:
        for line, fields in enumerate(csv.reader(file), 1):
            yield name, line, parse_payment(fields)


def merge(splits):
    """The rows of several inputs, each with the watermark before it: the next row is always from the one
    whose own watermark is lowest (the first on a tie), the watermark is the minimum of all."""
    splits = [collections.deque(rows) for rows in splits]
    mark = [datetime.datetime.min] * len(splits)
    while any(splits):
        open_ones = [n for n, rows in enumerate(splits) if rows]  # one at its end holds nothing back
        turn = min(open_ones, key=lambda n: mark[n])
        least = mark[turn]
        name, line, row = splits[turn].popleft()
        yield name, line, row, least
        if row is not None:
            mark[turn] = max(mark[turn], row["at"] - LATENESS)


def floor(at, minutes):
    day = at.replace(hour=0, minute=0, second=0)
    return day + (at - day) // datetime.timedelta(minutes=minutes) * datetime.timedelta(minutes=minutes)


def shown(at):
    return at.strftime("%Y-%m-%d %H:%M:%S.000")


def half_up(value):
    return value.quantize(CENT, decimal.ROUND_HALF_UP)


def number(value):
    """As the NUMERIC columns of SQLite give it back."""
    return None if value is None else float(value)


def main():
    db = sqlite3.connect("file:%s?mode=ro" % sys.argv[1], uri=True)
    rows = lambda sql: sorted(db.execute(sql).fetchall(), key=repr)
    lines = lambda sql: sorted(db.execute(sql).fetchall())

    orders = list(read_orders())
    rows_read = [(line, o) for line, o in orders if o is not None]
    good = [(line, o) for line, o in rows_read if o["amount"] is not None]
    bad_cell = {line for line, o in rows_read if o["amount"] is None}
    errors = lambda view: lines('SELECT line FROM "%s$errors"' % view)

    # sales: a row is late when the watermark before it has passed the end of its window
    windows, late, mark = collections.defaultdict(list), [], datetime.datetime.min
    for line, o in rows_read:
        start = floor(o["at"], 30)
        if o["amount"] is None:
            pass
        elif start + datetime.timedelta(minutes=30, milliseconds=-1) <= mark:
            late.append(line)
        else:
            windows[start].append(o)
        mark = max(mark, o["at"] - LATENESS)
    total = lambda list_of: sum((o["amount"] for o in list_of), decimal.Decimal(0))
    compare("sales", sorted([
        (shown(w), shown(w + datetime.timedelta(minutes=30)), len(os), len({o["customer"] for o in os}),
         number(total(os)), number(total([o for o in os if o["channel"] == "web"])))
        for w, os in windows.items()], key=repr),
        rows('SELECT window_start, window_end, orders, customers, revenue + 0.0, on_the_web + 0.0 FROM sales'))
    compare("sales$errors", sorted((n,) for n in bad_cell), errors("sales"))
    compare("sales$late", sorted((n,) for n in late), lines('SELECT line FROM "sales$late"'))

    by = collections.defaultdict(list)
    for _, o in good:
        by[o["customer"]].append(o)
    compare("big_customers", sorted([
        (c, len(os), number(total(os)), number(max(o["amount"] for o in os)))
        for c, os in by.items() if total(os) > 700], key=repr),
        rows("SELECT customer, orders, spent + 0.0, largest + 0.0 FROM big_customers"))

    by = collections.defaultdict(list)
    for _, o in good:
        if o["items"] != 0:
            by[o["channel"]].append(o["amount"] / o["items"])
    compare("item_price", sorted([
        (c, len(prices), number(half_up(sum(prices) / len(prices)))) for c, prices in by.items()], key=repr),
        rows("SELECT channel, orders, mean + 0.0 FROM item_price"))
    compare("item_price$errors", sorted(
        [(n,) for n in bad_cell] + [(line,) for line, o in good if o["items"] == 0]), errors("item_price"))

    payments = list(merge([read_till("till-1.csv"), read_till("till-2.csv")]))
    windows, late_payments, bad_payments = collections.defaultdict(list), [], []
    for name, line, p, mark in payments:
        if p is None or p["method"] == "voucher":
            continue
        start = floor(p["at"], 60)
        if p["amount"] is None:
            bad_payments.append((name, line))
        elif start + datetime.timedelta(hours=1, milliseconds=-1) <= mark:
            late_payments.append((name, line))
        else:
            windows[start, p["method"]].append(p)
    compare("takings", sorted([
        (shown(w), m, len(ps), number(total(ps))) for (w, m), ps in windows.items() if len(ps) > 20], key=repr),
        rows("SELECT window_start, method, payments, total + 0.0 FROM takings"))
    base = lambda found: sorted((pathlib.Path(split).name, line) for split, line in found)
    compare("takings$late", sorted(late_payments), base(lines('SELECT split, line FROM "takings$late"')))

    compare("takings$errors", sorted(bad_payments), base(lines('SELECT split, line FROM "takings$errors"')))

    due = collections.defaultdict(decimal.Decimal)
    for _, o in good:
        due[o["order_id"]] += o["amount"]
    for _, _, p, _ in payments:
        if p is not None and p["amount"] is not None:
            due[p["order_id"]] -= p["amount"]
    compare("unsettled", sorted([(o, number(d)) for o, d in due.items() if d != 0], key=repr),
            rows("SELECT order_id, due + 0.0 FROM unsettled"))

    compare("orders$errors", [(line,) for line, o in orders if o is None], errors("orders"))
    compare("payments$errors", sorted((name, line) for name, line, p, _ in payments if p is None),
            base(lines('SELECT split, line FROM "payments$errors"')))
    compare("counts: what does not add up", [], db.execute(
        "SELECT * FROM _weir_counts WHERE read <> used + filtered + late + rejected + skipped").fetchall())
    compare("counts: records read", sorted([
        (view, source, n) for view, source, n in [
            ("sales", "orders", len(orders)), ("big_customers", "orders", len(orders)),
            ("item_price", "orders", len(orders)), ("takings", "payments", len(payments)),
            ("unsettled", "orders", len(orders)), ("unsettled", "payments", len(payments))]]),
        lines("SELECT view, source, read FROM _weir_counts WHERE read > 0"))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
