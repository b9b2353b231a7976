-- UNION ALL of two tables and of one with itself, SELECT DISTINCT, LIMIT, filters, rows that only pass through.
SET 'commit-interval' = '5 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');
CREATE TABLE trip (id BIGINT, k STRING, v INT, at_text STRING, ts AS TO_TIMESTAMP(at_text), more STRING,
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'texts', 'format' = 'csv');
CREATE VIEW both AS SELECT 'bid' AS kind, id, k, v, ts FROM bid UNION ALL SELECT 'trip', id, k, v, ts FROM trip;

CREATE MATERIALIZED VIEW passed AS SELECT kind, id, k, 1000 / v AS q FROM both WHERE MOD(id, 3) = 0;
CREATE MATERIALIZED VIEW kinds AS SELECT DISTINCT kind, k FROM both;
CREATE MATERIALIZED VIEW first_ones AS SELECT kind, id, v FROM both WHERE v > 900 LIMIT 700 OFFSET 5;
CREATE MATERIALIZED VIEW windows AS
  SELECT window_start, kind, COUNT(*) AS n, SUM(v) AS s
  FROM TUMBLE(TABLE both, DESCRIPTOR(ts), INTERVAL '5' SECOND) GROUP BY window_start, window_end, kind;
CREATE MATERIALIZED VIEW twice AS
  SELECT k, COUNT(*) AS n, MAX(v) AS z FROM (SELECT k, v FROM bid WHERE v < 300 UNION ALL SELECT k, v + 1 FROM bid WHERE v > 200)
  GROUP BY k;
