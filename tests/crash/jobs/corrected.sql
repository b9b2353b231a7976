-- Windows that take rows behind the watermark and correct their results, also when those are results of windows;
-- and that give what they have before the watermark passes them, at once.
SET 'commit-interval' = '5 ms';
SET 'table.exec.emit.allow-lateness' = '5 s';
SET 'table.exec.emit.early-fire.enabled' = 'true';
CREATE TABLE bid (id BIGINT, k STRING, v INT, price DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');
CREATE MATERIALIZED VIEW tens AS
  SELECT window_start, window_end, k, SUM(v) AS v, COUNT(DISTINCT v) AS dv, MAX(price) AS top, LISTAGG(CAST(v AS STRING)) AS vs
  FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k;
CREATE MATERIALIZED VIEW hops AS
  SELECT window_end, COUNT(*) AS n, MIN(v) AS low, AVG(price) AS m
  FROM HOP(TABLE bid, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW tops AS
  SELECT window_start, window_end, MAX(v) AS v, COUNT(*) AS n FROM (
    SELECT window_start, window_end, k, SUM(v) AS v
    FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k)
  GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW sessions AS
  SELECT window_start, window_end, k, COUNT(*) AS n, SUM(v) AS v, MAX(id) AS last_id
  FROM SESSION(TABLE bid PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' SECOND) GROUP BY window_start, window_end, k;
