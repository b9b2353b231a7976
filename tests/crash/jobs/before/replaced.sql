SET 'commit-interval' = '1 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT, price DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');
CREATE MATERIALIZED VIEW per_key AS SELECT k, COUNT(*) AS n FROM bid GROUP BY k;
CREATE MATERIALIZED VIEW twenties AS
  SELECT window_start, COUNT(*) AS n
  FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '20' SECOND) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW high AS SELECT id, v FROM bid WHERE v > 900;
