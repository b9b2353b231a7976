-- Results that go out early and late a while after the change, so that a checkpoint has windows and sessions that
-- wait for the clock.
SET 'commit-interval' = '5 ms';
SET 'table.exec.emit.allow-lateness' = '5 s';
SET 'table.exec.emit.early-fire.enabled' = 'true';
SET 'table.exec.emit.early-fire.delay' = '20 ms';
SET 'table.exec.emit.late-fire.enabled' = 'true';
SET 'table.exec.emit.late-fire.delay' = '30 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT, price DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');
CREATE MATERIALIZED VIEW tens AS
  SELECT window_start, window_end, k, SUM(v) AS v, COUNT(DISTINCT v) AS dv, MAX(price) AS top
  FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k;
CREATE MATERIALIZED VIEW hops AS
  SELECT window_end, COUNT(*) AS n, MIN(v) AS low
  FROM HOP(TABLE bid, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW sessions AS
  SELECT window_start, window_end, k, COUNT(*) AS n, SUM(v) AS v
  FROM SESSION(TABLE bid PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' SECOND) GROUP BY window_start, window_end, k;
