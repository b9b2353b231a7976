-- INTERSECT and EXCEPT, with ALL and without: of two tables, of one with itself, of sides that update, above and below windows.
SET 'commit-interval' = '5 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');
CREATE TABLE trip (id BIGINT, k STRING, v INT, at_text STRING, ts AS TO_TIMESTAMP(at_text), more STRING,
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'texts', 'format' = 'csv');

CREATE MATERIALIZED VIEW common AS SELECT k, v FROM bid INTERSECT SELECT k, v FROM trip;
CREATE MATERIALIZED VIEW often AS SELECT MOD(v, 50) AS r FROM bid INTERSECT ALL SELECT MOD(v, 60) FROM trip;
CREATE MATERIALIZED VIEW rest AS SELECT v FROM bid EXCEPT SELECT v FROM trip WHERE MOD(id, 3) = 0;
CREATE MATERIALIZED VIEW more AS SELECT k, MOD(v, 90) AS r FROM bid EXCEPT ALL SELECT k, MOD(v, 80) FROM trip;
CREATE MATERIALIZED VIEW counts AS
  SELECT k, COUNT(*) AS n FROM bid WHERE v < 400 GROUP BY k EXCEPT SELECT k, COUNT(*) FROM bid WHERE MOD(v, 9) < 4 GROUP BY k;
CREATE MATERIALIZED VIEW tens AS
  SELECT window_start, COUNT(*) AS n, SUM(r) AS s
  FROM TUMBLE((SELECT MOD(v, 7) AS r, ts FROM bid EXCEPT ALL SELECT MOD(v, 5), ts FROM bid), DESCRIPTOR(ts), INTERVAL '10' SECOND)
  GROUP BY window_start, window_end;

CREATE MATERIALIZED VIEW closed AS
  SELECT window_start, window_end, k FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '5' SECOND)
  EXCEPT SELECT window_start, window_end, k FROM TUMBLE(TABLE trip, DESCRIPTOR(ts), INTERVAL '5' SECOND);
CREATE MATERIALIZED VIEW closed_often AS
  SELECT window_start, window_end, MOD(v, 5) AS r FROM HOP(TABLE bid, DESCRIPTOR(ts), INTERVAL '3' SECOND, INTERVAL '9' SECOND)
  INTERSECT ALL SELECT window_start, window_end, MOD(v, 7) FROM HOP(TABLE trip, DESCRIPTOR(ts), INTERVAL '3' SECOND, INTERVAL '9' SECOND);
CREATE MATERIALIZED VIEW nested AS
  SELECT ARRAY[MOD(v, 4)] AS a, MAP[k, MOD(id, 3)] AS m FROM bid EXCEPT SELECT ARRAY[MOD(v, 3)], MAP[k, CAST(1 AS BIGINT)] FROM bid WHERE MOD(v, 5) < 3;
