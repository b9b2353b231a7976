-- Grouping sets: with and without windows, over inserts and over updates, with keys that show the set and without,
-- equal sets, late rows.
SET 'commit-interval' = '5 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT, price DECIMAL(10, 2), flag BOOLEAN, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');
CREATE VIEW latest AS SELECT k, MOD(v, 4) AS r, LAST_VALUE(v) AS v, LAST_VALUE(flag) AS flag FROM bid GROUP BY k, MOD(v, 4);

CREATE MATERIALIZED VIEW cubed AS
  SELECT k, flag, MOD(v, 3) AS r, COUNT(*) AS n, SUM(price) AS s, COUNT(DISTINCT v) AS dv,
    GROUPING_ID(k, flag, MOD(v, 3)) AS g
  FROM bid GROUP BY CUBE(k, flag, MOD(v, 3));
CREATE MATERIALIZED VIEW without_number AS
  SELECT k, flag, COUNT(*) AS n, MAX(v) AS z FROM bid GROUP BY ROLLUP(k, flag) HAVING COUNT(*) > 3;
CREATE MATERIALIZED VIEW rolled AS
  SELECT COALESCE(k, '-') AS kk, COUNT(*) AS n, LISTAGG(k) FILTER (WHERE v < 5) AS l FROM bid GROUP BY ROLLUP(COALESCE(k, '-'));
CREATE MATERIALIZED VIEW alike AS SELECT k, flag FROM bid GROUP BY CUBE(k, flag);
CREATE MATERIALIZED VIEW twice AS
  SELECT flag, COUNT(*) AS n, GROUP_ID() AS i FROM bid GROUP BY GROUPING SETS (flag, (), flag);
CREATE MATERIALIZED VIEW updated AS
  SELECT r, flag, COUNT(*) AS n, SUM(v) AS s, MIN(k) AS a FROM latest GROUP BY CUBE(r, flag);
CREATE MATERIALIZED VIEW tens AS
  SELECT window_start, window_end, k, flag, COUNT(*) AS n, SUM(price) AS s, GROUPING(k) AS gk, GROUPING(flag) AS gf
  FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, ROLLUP(k, flag);
CREATE MATERIALIZED VIEW hops AS
  SELECT window_start, window_end, flag, COUNT(*) AS n, COUNT(DISTINCT k) AS dk, GROUPING(flag) AS g
  FROM HOP(TABLE bid, DESCRIPTOR(ts), INTERVAL '4' SECOND, INTERVAL '20' SECOND)
  GROUP BY window_start, window_end, CUBE(flag);
CREATE MATERIALIZED VIEW some_windows AS
  SELECT window_start, window_end, k, COUNT(*) AS n
  FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '60' SECOND)
  GROUP BY GROUPING SETS ((window_start, window_end), (window_start, window_end, k), k);
