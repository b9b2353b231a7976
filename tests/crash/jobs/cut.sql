-- kind: followed
-- feed: cut
-- A file that grows and is cut while the job runs and while it is down: what was read of it is kept in the journal.
SET 'commit-interval' = '1 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT, price DECIMAL(10, 2), flag BOOLEAN, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'feed', 'format' = 'json', 'source.monitor-interval' = '20 ms',
  'on-truncate' = 'restart');

CREATE MATERIALIZED VIEW passed AS SELECT id, k, v FROM bid WHERE v > 700;
CREATE MATERIALIZED VIEW per_key AS SELECT k, COUNT(*) AS n, SUM(price) AS s, COUNT(DISTINCT v) AS dv FROM bid GROUP BY k;
CREATE MATERIALIZED VIEW tens AS
  SELECT window_start, flag, COUNT(*) AS n, MAX(v) AS z
  FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, flag;
