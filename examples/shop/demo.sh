#!/usr/bin/env bash
# The demo: runs job.sql over the data beside it into a fresh database, then reads the views with the
# stock sqlite3 program, and lets check.py compute the same answers without Weir.
# usage: demo.sh WEIR FOLDER        the database becomes FOLDER/app.db
set -euo pipefail
weir=$(realpath "$1")
mkdir -p "$2"
db=$(realpath "$2")/app.db
cd "$(dirname "$0")"
rm -f "$db" "$db-wal" "$db-shm"

show() { # TITLE SQL
    printf '\n%s\n' "$1"
    sqlite3 -box "$db" "$2"
}

printf 'The job: examples/shop/job.sql, over %d orders and %d payments.\n' \
    "$(wc -l <orders.jsonl)" "$(cat payments/*.csv | wc -l)"
printf '\n$ weir run job.sql --db app.db\n'
"$weir" run job.sql --db "$db"
printf 'Done. From here on everything is read with sqlite3, without Weir.\n'

show 'sales: a TUMBLE window of half an hour, with COUNT(DISTINCT ...) and FILTER' \
    'SELECT substr(window_start, 12, 5) AS "from", substr(window_end, 12, 5) AS "to", orders, customers,
       printf("%.2f", revenue) AS revenue, printf("%.2f", on_the_web) AS on_the_web FROM sales ORDER BY window_start'
show 'big_customers: an unbounded GROUP BY with HAVING; the first five of it' \
    'SELECT customer, orders, printf("%.2f", spent) AS spent, printf("%.2f", largest) AS largest
       FROM big_customers ORDER BY spent + 0 DESC LIMIT 5'
show 'item_price: the mean price of an item, by channel' \
    'SELECT channel, orders, printf("%.2f", mean) AS mean FROM item_price ORDER BY channel'
show 'takings: payments by hour and method, from two files merged by their watermarks' \
    'SELECT substr(window_start, 12, 5) AS "from", method, payments, printf("%.2f", total) AS total
       FROM takings ORDER BY window_start, method'
show 'unsettled: orders and payments in one UNION ALL, what does not cancel out' \
    "SELECT CASE WHEN due > 0 THEN 'to be paid' ELSE 'paid, but no such order' END AS what,
       COUNT(*) AS orders, printf('%.2f', SUM(due)) AS due FROM unsettled GROUP BY 1 ORDER BY 1 DESC"

printf '\nNothing is lost in silence. '
printf 'What came too late for its window is in "<view>$late", what could not be\n'
printf 'decoded or computed in "<table>$errors" and "<view>$errors":\n'
show '"sales$late" and "takings$late"' \
    "SELECT 'sales' AS view, split, line, substr(rowtime, 12, 8) AS time, substr(watermark, 12, 8) AS watermark,
       json_extract(row, '\$.amount') AS amount FROM \"sales\$late\" UNION ALL
     SELECT 'takings', split, line, substr(rowtime, 12, 8), substr(watermark, 12, 8), json_extract(row, '\$.amount')
       FROM \"takings\$late\""
show '"orders$errors" and "payments$errors": records that are no rows, so no view has them' \
    "SELECT split, line, code, field, message, substr(raw, 1, 36) || '...' AS raw FROM \"orders\$errors\" UNION ALL
     SELECT split, line, code, field, message, substr(raw, 1, 36) || '...' FROM \"payments\$errors\""
show '"item_price$errors": rows that only this view could not use, or any view that reads the bad cell' \
    "SELECT split, line, code, field, message, '...' || substr(raw, -36) AS raw FROM \"item_price\$errors\" ORDER BY line"
show '_weir_counts: read = used + filtered + late + rejected + skipped' \
    'SELECT view, source, read, used, filtered, late, rejected, skipped,
       CASE WHEN read = used + filtered + late + rejected + skipped THEN '\''adds up'\'' ELSE '\''DOES NOT ADD UP'\'' END AS sum
     FROM _weir_counts WHERE read > 0 ORDER BY view, source'

printf '\nThe same answers, computed by check.py from the files, without Weir:\n'
python3 check.py "$db"
printf '\nThe database is %s; try: sqlite3 %s "SELECT * FROM sales"\n' "$db" "$db"
