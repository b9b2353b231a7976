"""Windows of time: many windows a row, many keys, and that what is closed takes no memory."""
from common import BID_TABLE

SINK = "CREATE TABLE nothing (auction BIGINT, n BIGINT, total BIGINT) WITH ('connector'='blackhole');\n"
VALUES = "COUNT(*), SUM(price)"
GROUPED = "GROUP BY auction, window_start, window_end"
TIME = "DESCRIPTOR(`dateTime`)"


def insert(window, keys=GROUPED):
    return "INSERT INTO nothing SELECT auction, %s FROM TABLE(%s) %s;" % (VALUES, window, keys)


def jobs(bench, path, queries, name="windows"):
    table = BID_TABLE.format(path=path)
    return [bench.script("%s%d.sql" % (name, i), table + SINK + text) for i, text in enumerate(queries)]


def hop(bench):
    """Of one slide, so that both give as many windows out."""
    path = bench.bids("hops.jsonl", bench.rows, 100, max(1, bench.rows // 530))
    queries = [
        insert("TUMBLE(TABLE bid, %s, INTERVAL '1' SECOND)" % TIME),
        insert("HOP(TABLE bid, %s, INTERVAL '1' SECOND, INTERVAL '60' SECOND)" % TIME),
        insert("CUMULATE(TABLE bid, %s, INTERVAL '1' SECOND, INTERVAL '60' SECOND)" % TIME),
        insert("SESSION(TABLE bid PARTITION BY auction, %s, INTERVAL '1' SECOND)" % TIME),
    ]
    scripts = jobs(bench, path, queries)
    runs = bench.interleave(*[lambda script=script: bench.run_weir(script)[:3] for script in scripts])
    print(f"windows: {bench.rows:,} bids of 100 auctions in 530 s of event time; a job's rows a second of CPU")
    for name, (cpu, _, peak) in zip(("TUMBLE 1 s", "HOP 1 s, 60 s", "CUMULATE 1 s, 60 s", "SESSION 1 s"), runs):
        print(f"  {name:20} {bench.rows / cpu / 1e6:5.2f} million, peak {peak / 1024:.1f} MiB")
    ratio = runs[0][0] / runs[1][0]
    print(f"  HOP with 60 windows a row beside TUMBLE: {ratio:.2f} (at least 0.8)")
    return ratio >= 0.8


def auctions_of(path):
    """How many there are: few rows have not all that could be drawn."""
    with open(path, "rb") as file:
        return len({line[:line.index(b",")] for line in file})


def keys(bench):
    """Four times the rows of the others, so that a million keys are met eight times each: a key that is met once costs a
    row more than that it is found."""
    rows = 4 * bench.rows
    query = insert("TUMBLE(TABLE bid, %s, INTERVAL '1' DAY)" % TIME)
    paths = [bench.bids("keys%d.jsonl" % count, rows, count, 40_000) for count in (100, rows // 8)]
    few, many = [jobs(bench, path, [query], name)[0] for name, path in zip(("few", "many"), paths)]
    few_run, many_run = bench.interleave(lambda: bench.run_weir(few)[:3], lambda: bench.run_weir(many)[:3])
    ratio = few_run[0] / many_run[0]
    print(f"keys: {rows:,} bids -> TUMBLE by auction; of {auctions_of(paths[0]):,} auctions {rows / few_run[0] / 1e6:.2f} million rows a second, "
          f"of {auctions_of(paths[1]):,} {rows / many_run[0] / 1e6:.2f}: ratio {ratio:.2f} (at least 0.6)")
    return ratio >= 0.6


TUMBLED = "SELECT window_start, window_end, auction, price, bidder FROM TABLE(TUMBLE(TABLE bid, %s, INTERVAL '1' SECOND))" % TIME


def of_windows(operation):
    return "INSERT INTO nothing SELECT auction, price, bidder FROM (%s %s %s WHERE price > 100);" % (TUMBLED, operation, TUMBLED)


# Name, and what is kept while it is open.
CLOSING = (
    ("TUMBLE 1 s", insert("TUMBLE(TABLE bid, %s, INTERVAL '1' SECOND)" % TIME)),
    ("HOP 1 s, 60 s", insert("HOP(TABLE bid, %s, INTERVAL '1' SECOND, INTERVAL '60' SECOND)" % TIME)),
    ("SESSION 100 ms", insert("SESSION(TABLE bid PARTITION BY auction, %s, INTERVAL '0.1' SECOND)" % TIME)),
    ("SESSION, its rows", "INSERT INTO nothing SELECT auction, price, bidder FROM TABLE(SESSION(TABLE bid PARTITION BY auction, %s, "
     "INTERVAL '0.1' SECOND));" % TIME),
    ("TUMBLE 1 s, lateness 5 s", "SET 'table.exec.emit.allow-lateness' = '5 s';\n" + insert("TUMBLE(TABLE bid, %s, INTERVAL '1' SECOND)" % TIME)),
    ("top 3 of a window", "INSERT INTO nothing SELECT auction, price, bidder FROM TABLE(TUMBLE(TABLE bid, %s, INTERVAL '1' SECOND)) "
     "QUALIFY ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY price DESC) <= 3;" % TIME),
    ("DISTINCT of a window", "INSERT INTO nothing SELECT auction, price, bidder FROM (SELECT DISTINCT * FROM (%s));" % TUMBLED),
    ("UNION of windows", of_windows("UNION")),
    ("EXCEPT of windows", of_windows("EXCEPT")),
    ("INTERSECT ALL of windows", of_windows("INTERSECT ALL")),
    ("OVER RANGE 1 s", "INSERT INTO nothing SELECT auction, COUNT(*) OVER w, SUM(price) OVER w FROM bid "
     "WINDOW w AS (PARTITION BY auction ORDER BY `dateTime` RANGE INTERVAL '1' SECOND PRECEDING);"),
    ("sorted by time", "INSERT INTO nothing SELECT auction, price, bidder FROM bid ORDER BY `dateTime`;"),
)


def closing(bench):
    """The same rows a second for four times as long: as many windows and keys are open, four times as many are closed.
    In one commit, as a checkpoint has copies of what is written meanwhile, and the longer run would have more of them."""
    per_second, rows = 2_000, min(bench.rows, 2_000_000)
    print(f"closed windows: {rows // 4:,} bids and {rows:,}, {per_second:,} a second of event time, of 1,000 auctions; peak memory of the job")
    worst = 0.0
    short, long = [bench.bids("closing%d.jsonl" % n, n, 1_000, per_second) for n in (rows // 4, rows)]
    for name, query in CLOSING:
        scripts = [bench.script("closing%d.sql" % i, "SET 'commit-interval' = '1 h';\n" + BID_TABLE.format(path=path) + SINK + query)
                   for i, path in enumerate((short, long))]
        peaks = [min(bench.run_weir(script)[2] for _ in range(2)) for script in scripts]
        worst = max(worst, peaks[1] / peaks[0])
        print(f"  {name:26} {peaks[0] / 1024:6.1f} MiB, {peaks[1] / 1024:6.1f} MiB")
    print(f"  the most that one grows in four times the time: {worst:.2f} times (at most 1.1)")
    return worst <= 1.1
