-- Top-N over rows that come and rows that are taken back, deduplication, Top-N of windows, sorting by time.
SET 'commit-interval' = '5 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT, price DECIMAL(10, 2), d DOUBLE, flag BOOLEAN, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');
CREATE VIEW totals AS SELECT MOD(id, 50) AS r, COUNT(*) AS n, SUM(price) AS total FROM bid GROUP BY MOD(id, 50);

CREATE MATERIALIZED VIEW dearest AS
  SELECT k, id, price, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY price DESC, v) AS rn FROM bid) WHERE rn <= 5;
CREATE MATERIALIZED VIEW cheapest AS SELECT id, v, k FROM bid QUALIFY ROW_NUMBER() OVER (PARTITION BY flag ORDER BY v, k DESC) <= 20;
CREATE MATERIALIZED VIEW tied AS SELECT flag, v, id FROM bid QUALIFY DENSE_RANK() OVER (PARTITION BY flag ORDER BY v DESC) <= 4;
CREATE MATERIALIZED VIEW leaders AS
  SELECT r, n, total, rn FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY total DESC) AS rn FROM totals) WHERE rn BETWEEN 2 AND 12;
CREATE MATERIALIZED VIEW leading AS SELECT r, total FROM totals ORDER BY total LIMIT 7;
CREATE MATERIALIZED VIEW shared AS SELECT n, r, RANK() OVER (PARTITION BY MOD(r, 3) ORDER BY n DESC) AS rk FROM totals QUALIFY rk <= 3;
CREATE MATERIALIZED VIEW firsts AS SELECT v, id, ts FROM bid QUALIFY ROW_NUMBER() OVER (PARTITION BY v ORDER BY ts) = 1;
CREATE MATERIALIZED VIEW lasts AS SELECT k, v, id, ts FROM bid QUALIFY ROW_NUMBER() OVER (PARTITION BY k, MOD(v, 10) ORDER BY ts DESC) = 1;
CREATE MATERIALIZED VIEW last_ids AS
  SELECT id, COUNT(*) AS n FROM (SELECT k, id FROM bid QUALIFY ROW_NUMBER() OVER (PARTITION BY k, MOD(v, 10) ORDER BY ts DESC) = 1) GROUP BY id;
CREATE MATERIALIZED VIEW in_windows AS
  SELECT window_start, window_end, k, n, rn FROM (
    SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY n DESC, k) AS rn FROM (
      SELECT window_start, window_end, k, COUNT(*) AS n FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND)
      GROUP BY window_start, window_end, k)) WHERE rn <= 3;
CREATE MATERIALIZED VIEW of_windows AS
  SELECT window_start, k, id FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND)
  QUALIFY ROW_NUMBER() OVER (PARTITION BY window_start, window_end, k ORDER BY price DESC) <= 2;
CREATE MATERIALIZED VIEW in_order AS SELECT id, ts, v FROM bid WHERE v > 200 ORDER BY ts, v DESC;
