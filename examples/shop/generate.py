#!/usr/bin/env python3
"""Writes the shop's data beside this file: orders.jsonl and payments/*.csv.

The data is committed; this shows how it came about. The same seed gives the same bytes. A morning of
orders arrives nearly in the order of its times, each up to 20 seconds late, and is paid at one of two
tills. What is wrong with the data is listed in spoil_orders and spoil_payments, one thing a line.
"""
import datetime
import pathlib
import random

HERE = pathlib.Path(__file__).parent
OPENING = datetime.datetime(2024, 5, 6, 9, 0, 0)
ORDERS = 1500
SECONDS = 3 * 3600
rng = random.Random(20240506)


def moment(seconds):
    return (OPENING + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")


def make_orders():
    """In the order of their times; when one arrives decides its place in the file."""
    orders = []
    for n, at in enumerate(sorted(rng.randrange(SECONDS) for _ in range(ORDERS))):
        items = rng.choice([1, 1, 1, 2, 2, 3, 4, 6])
        cents = sum(rng.randrange(150, 2500) for _ in range(items))
        orders.append({
            "order_id": 1000 + n, "at": at, "arrives": at + rng.randrange(20), "items": items,
            "customer": "c%03d" % min(rng.randrange(90), rng.randrange(90)),
            "channel": rng.choice(["web", "web", "web", "app", "app", "shop"]), "cents": cents})
    return orders


def order_line(o):
    return ('{"order_id":%d,"ordered_at":"%s","customer":"%s","channel":"%s","items":%d,"amount":%d.%02d}'
            % (o["order_id"], moment(o["at"]), o["customer"], o["channel"], o["items"],
               o["cents"] // 100, o["cents"] % 100))


def spoil_orders(orders):
    """Returns the lines of the file, in order of arrival."""
    for n in (311, 702, 1199):  # taken by telephone, typed in up to an hour later
        orders[n]["channel"] = "phone"
        orders[n]["arrives"] = orders[n]["at"] + rng.randrange(2400, 3600)
    for n in (97, 845):         # an empty basket: no price per item
        orders[n]["items"] = 0
    orders.sort(key=lambda o: (o["arrives"], o["order_id"]))
    lines = [order_line(o) for o in orders]
    lines[204] = lines[204].replace('"amount":', '"amount":"EUR ')[:-1] + '"}'  # no number
    lines[640] = lines[640][:61]                                                # cut off
    lines[1010] = lines[1010].replace("2024-05-06", "06.05.2024")               # no timestamp
    return lines


def make_payments(orders):
    payments = []
    for o in orders:
        if rng.random() < 0.06:
            continue  # not paid yet
        at = o["at"] + rng.randrange(5, 600)
        cents = o["cents"]
        if rng.random() < 0.02 and cents > 500:
            cents -= 500  # a voucher that the till has not booked
        payments.append({"order_id": o["order_id"], "at": at, "arrives": at + rng.randrange(10),
                         "method": rng.choice(["card", "card", "cash", "voucher"]), "cents": cents})
    payments.sort(key=lambda p: (p["arrives"], p["order_id"]))
    return payments


def spoil_payments(payments):
    """Returns the lines of the two tills' files."""
    tills = ([], [])
    for p in payments:
        line = "%d,%s,%s,%d.%02d" % (p["order_id"], moment(p["at"]), p["method"],
                                     p["cents"] // 100, p["cents"] % 100)
        tills[p["order_id"] % 2].append(line)
    one, two = tills
    one[150] = one[150].replace(",", ";")           # another program's delimiter
    two[400] = two[400].rsplit(",", 1)[0] + ",12.5O"  # the letter O
    two.insert(500, two.pop(90))                    # a receipt found under the till
    return tills


def main():
    orders = make_orders()
    payments = make_payments(orders)
    (HERE / "orders.jsonl").write_text("\n".join(spoil_orders(orders)) + "\n")
    (HERE / "payments").mkdir(exist_ok=True)
    for name, lines in zip(("till-1.csv", "till-2.csv"), spoil_payments(payments)):
        (HERE / "payments" / name).write_text("\n".join(lines) + "\n")


main()
