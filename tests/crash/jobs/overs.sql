-- OVER a window of rows: by event time with frames before and around a row, several windows, and in other orders.
SET 'commit-interval' = '5 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT, price DECIMAL(10, 2), d DOUBLE, flag BOOLEAN, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');

CREATE MATERIALIZED VIEW near AS
  SELECT id, k, SUM(price) OVER w AS spent, COUNT(*) OVER w AS bids, MIN(v) OVER w AS least, SUM(d) OVER w AS total
  FROM bid WINDOW w AS (PARTITION BY k, MOD(v, 10) ORDER BY ts RANGE INTERVAL '3' SECOND PRECEDING);
CREATE MATERIALIZED VIEW last_rows AS
  SELECT id, v, COUNT(DISTINCT k) OVER w AS ks, MAX(k) OVER w AS k, LAST_VALUE(price) OVER w AS price
  FROM bid WINDOW w AS (PARTITION BY flag ORDER BY ts ROWS 4 PRECEDING);
CREATE MATERIALIZED VIEW so_far AS
  SELECT id, SUM(v) OVER w AS total, ROW_NUMBER() OVER w AS n, RANK() OVER w AS r, LAG(k, 2) OVER w AS before
  FROM bid WINDOW w AS (PARTITION BY MOD(v, 20) ORDER BY ts);
CREATE MATERIALIZED VIEW around AS
  SELECT id, SUM(v) OVER (PARTITION BY k ORDER BY ts RANGE BETWEEN INTERVAL '1' SECOND PRECEDING AND INTERVAL '2' SECOND FOLLOWING) AS total,
    LEAD(id) OVER (PARTITION BY flag, MOD(v, 7) ORDER BY ts) AS next_id,
    MAX(price) OVER (PARTITION BY MOD(v, 5) ORDER BY ts ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING) AS later
  FROM bid;
CREATE MATERIALIZED VIEW of_windows AS
  SELECT window_start, COUNT(*) AS n, SUM(gap) AS gaps
  FROM TUMBLE(TABLE (SELECT ts, v - LAG(v) OVER (PARTITION BY k ORDER BY ts) AS gap FROM bid), DESCRIPTOR(ts), INTERVAL '10' SECOND)
  GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW shares AS
  SELECT r, n, SUM(n) OVER (ORDER BY r) AS up_to, NTILE(4) OVER (ORDER BY n DESC, r) AS part
  FROM (SELECT MOD(id, 6) AS r, COUNT(*) AS n FROM bid WHERE v > 500 GROUP BY MOD(id, 6));
CREATE MATERIALIZED VIEW ordered AS
  SELECT id, v, price, SUM(price) OVER (PARTITION BY MOD(id, 400) ORDER BY v, id ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) AS x
  FROM bid WHERE v < 300;
