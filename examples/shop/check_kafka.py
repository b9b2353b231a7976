"""What kafka.sql must have made of the records in its topics, computed without Weir: of demo_kafka.py."""
import collections
import csv
import datetime
import decimal
import json

from check import compare, floor, merge, money, number, parse_order, parse_payment, shown

HALF_HOUR = datetime.timedelta(minutes=30)


def total(orders):
    return sum((o["amount"] for o in orders), decimal.Decimal(0))


def by_partition(records, parse):
    """[(split, offset, row or None), ...] of each partition."""
    found = collections.defaultdict(list)
    for record in records:
        found[record.partition].append((record.partition, record.offset, parse(record.value.decode())))
    return [found[partition] for partition in sorted(found)]


def take_payment(text):
    return parse_payment(next(csv.reader([text])))


def check_sales(db, orders):
    """Windows are written when every partition has passed them; those of the end are open."""
    windows, late = collections.defaultdict(list), []
    for partition, offset, o, mark in merge(orders):
        if o is None or o["amount"] is None:
            continue
        start = floor(o["at"], 30)
        if start + HALF_HOUR - datetime.timedelta(milliseconds=1) <= mark:
            late.append(("orders[%d]" % partition, offset))
        elif o["channel"] != "closing":
            windows[start].append(o)
    compare("sales", sorted(
        (shown(w), shown(w + HALF_HOUR), len(os), len({o["customer"] for o in os}), number(total(os)),
         number(total([o for o in os if o["channel"] == "web"]))) for w, os in windows.items()),
        db.execute("SELECT window_start, window_end, orders, customers, revenue + 0.0, on_the_web + 0.0 FROM sales ORDER BY 1").fetchall())
    compare("sales$late", sorted(late), db.execute('SELECT split, "offset" FROM "sales$late" ORDER BY 1, 2').fetchall())


def check_big_customers(db, good):
    by = collections.defaultdict(list)
    for _, _, o in good:
        by[o.get("customer")].append(o)
    compare("big_customers", sorted(
        (c, len(os), number(total(os)), number(max(o["amount"] for o in os))) for c, os in by.items() if total(os) > 700),
        db.execute("SELECT customer, orders, spent + 0.0, largest + 0.0 FROM big_customers ORDER BY 1").fetchall())


def check_web_orders(good, records):
    """As lists: a record that is there twice differs."""
    compare("topic web_orders", sorted(
        (o["customer"].encode(), o["order_id"], o["amount"], partition, offset)
        for partition, offset, o in good if o["channel"] == "web"), sorted(
        (record.key, int(v["order_id"]), money(v["amount"]), int(v["from_partition"]), int(v["from_offset"]))
        for record, v in ((record, parse_json(record.value)) for record in records)))


def check_unsettled(good, payments, records):
    """The last record of a key counts."""
    due = collections.defaultdict(decimal.Decimal)
    for _, _, o in good:
        due[o["order_id"]] += o["amount"]
    for partition in payments:
        for _, _, p in partition:
            if p is not None and p["amount"] is not None:
                due[p["order_id"]] -= p["amount"]
    compare("topic unsettled", sorted((order, d) for order, d in due.items() if d != 0), sorted(last_values(records).items()))


def parse_json(value):
    """Numbers stay as they are written."""
    return json.loads(value, parse_float=str, parse_int=str)


def last_values(records):
    """{order: what is due} of the topic unsettled."""
    last = {json.loads(record.key)["order_id"]: record.value for record in records}
    return {order: money(parse_json(value)["due"]) for order, value in last.items() if value is not None}


def check(db, topics):
    """topics: {name: records}."""
    orders, payments = by_partition(topics["orders"], parse_order), by_partition(topics["payments"], take_payment)
    good = [row for partition in orders for row in partition if row[2] is not None and row[2]["amount"] is not None]
    check_sales(db, orders)
    check_big_customers(db, good)
    check_web_orders(good, topics["web_orders"])
    check_unsettled(good, payments, topics["unsettled"])
    broken = sorted(("%s[%d]" % (topic, split), offset) for topic, partitions in (("orders", orders), ("payments", payments))
                    for rows in partitions for split, offset, row in rows if row is None)
    compare("orders$errors and payments$errors", broken, db.execute(
        'SELECT split, "offset" FROM "orders$errors" UNION ALL SELECT split, "offset" FROM "payments$errors" ORDER BY 1, 2').fetchall())
    read = {"orders": sum(map(len, orders)), "payments": sum(map(len, payments))}
    compare("counts: records read, all accounted for", sorted(
        (view, source, read[source], read[source]) for view, source in (
            ("sales", "orders"), ("big_customers", "orders"), ("web_orders", "orders"), ("unsettled", "orders"), ("unsettled", "payments"))),
        db.execute("SELECT view, source, read, used + filtered + late + rejected + skipped FROM _weir_counts ORDER BY 1, 2").fetchall())
