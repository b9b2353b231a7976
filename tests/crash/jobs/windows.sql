-- Windows, windows over windows, windows in a time zone, late rows; several files merged by their watermarks.
SET 'commit-interval' = '5 ms';
SET 'table.local-time-zone' = 'Asia/Kathmandu';
CREATE TABLE bid (id BIGINT, k STRING, v INT, price DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');
CREATE TABLE trip (id BIGINT, k STRING, v INT, at_text STRING, at AS TO_TIMESTAMP_LTZ(CAST(at_text AS BIGINT), 3),
  WATERMARK FOR at AS at - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'trips', 'format' = 'csv');
CREATE VIEW ten AS
  SELECT window_start AS s, window_end AS e, window_time AS rt, k, SUM(v) AS v, COUNT(DISTINCT v) AS dv
  FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, window_time, k;

CREATE MATERIALIZED VIEW tens AS SELECT * FROM ten;
CREATE MATERIALIZED VIEW sixties AS
  SELECT window_start, window_end, COUNT(*) AS parts, SUM(v) AS v, MAX(dv) AS dv
  FROM TUMBLE(TABLE ten, DESCRIPTOR(rt), INTERVAL '60' SECOND) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW per_key AS SELECT k, COUNT(*) AS windows, MAX(v) AS top, MIN(v) AS low FROM ten GROUP BY k;
CREATE MATERIALIZED VIEW local_windows AS
  SELECT window_start, k, COUNT(*) AS n, MIN(v) AS a, MAX(v) AS z, AVG(v) AS m,
    SUM(v / 4e0) AS d, COUNT(DISTINCT v) FILTER (WHERE v > 300) AS dv
  FROM TUMBLE(TABLE trip, DESCRIPTOR(at), INTERVAL '15' SECOND) GROUP BY window_start, window_end, k HAVING COUNT(*) > 1;
CREATE MATERIALIZED VIEW hops AS
  SELECT window_start, window_end, k, COUNT(*) AS n, SUM(v) AS v, MAX(v) AS top, COUNT(DISTINCT v) AS dv
  FROM HOP(TABLE bid, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '20' SECOND) GROUP BY window_start, window_end, k;
CREATE MATERIALIZED VIEW cumulated AS
  SELECT window_start, window_end, COUNT(*) AS n, AVG(v) AS m, MIN(k) AS low
  FROM CUMULATE(TABLE trip, DESCRIPTOR(at), INTERVAL '5' SECOND, INTERVAL '30' SECOND) GROUP BY window_start, window_end;
CREATE MATERIALIZED VIEW sessions AS
  SELECT window_start, window_end, k, COUNT(*) AS n, SUM(v) AS v, MAX(id) AS last_id
  FROM SESSION(TABLE bid PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' SECOND) GROUP BY window_start, window_end, k;
CREATE MATERIALIZED VIEW hop_rows AS
  SELECT window_start, id FROM HOP(TABLE bid, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND) WHERE v < 20;
CREATE MATERIALIZED VIEW session_rows AS
  SELECT window_start, window_end, id, k, price FROM SESSION(TABLE bid PARTITION BY k, DESCRIPTOR(ts), INTERVAL '1' SECOND) WHERE v < 200;
