-- Groups without windows: each aggregate, DISTINCT, FILTER, HAVING, NULL keys, keys of two columns.
SET 'commit-interval' = '5 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT, price DECIMAL(10, 2), d DOUBLE, flag BOOLEAN, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');

CREATE MATERIALIZED VIEW per_key AS
  SELECT k, COUNT(*) AS n, COUNT(v) AS nv, SUM(v) AS s, AVG(v) AS m, MIN(v) AS a, MAX(v) AS z,
    SUM(price) AS total, AVG(price) AS mean, MIN(k) AS ka, MAX(ts) AS last, MIN(d) AS da, MAX(flag) AS f,
    SUM(d) AS sd, AVG(d) AS md, SUM(CAST(v AS FLOAT)) AS sf, AVG(CAST(d AS FLOAT)) AS mf
  FROM bid GROUP BY k;
CREATE MATERIALIZED VIEW distincts AS
  SELECT flag, MOD(id, 5) AS five, COUNT(DISTINCT k) AS dk, COUNT(DISTINCT v) AS dv, SUM(DISTINCT v) AS sv,
    AVG(DISTINCT price) AS ap, COUNT(*) FILTER (WHERE v > 500) AS big, SUM(v) FILTER (WHERE flag) AS flagged,
    COUNT(DISTINCT v) FILTER (WHERE price > 50) AS dear
  FROM bid GROUP BY flag, MOD(id, 5);
CREATE MATERIALIZED VIEW often AS
  SELECT MOD(v, 97) AS r, COUNT(*) AS n, MAX(price) AS top FROM bid GROUP BY MOD(v, 97)
  HAVING COUNT(*) > 20 AND MIN(v) < 400;
CREATE MATERIALIZED VIEW overall AS SELECT COUNT(*) AS n, SUM(price) AS total, COUNT(DISTINCT k) AS keys FROM bid;
-- Aggregates whose state is more than a number, over inserts and over updates.
CREATE MATERIALIZED VIEW lists AS
  SELECT MOD(id, 50) AS r, LISTAGG(k, '+') AS l, JSON_ARRAYAGG(v) AS j, JSON_OBJECTAGG(KEY k VALUE v) AS o,
    FIRST_VALUE(k) AS f, LAST_VALUE(price) AS z, ARG_MAX(k, v) AS top, MEDIAN(v) AS m, STDDEV_POP(d) AS sd,
    VAR_SAMP(price) AS vp, APPROX_COUNT_DISTINCT(v) AS n, BOOL_OR(flag) AS b
  FROM bid GROUP BY MOD(id, 50);
CREATE VIEW last_bid AS SELECT k, LAST_VALUE(v) AS v, LAST_VALUE(d) AS d, MAX(id) AS id FROM bid GROUP BY k;
CREATE MATERIALIZED VIEW updated AS
  SELECT MOD(v, 3) AS r, LISTAGG(DISTINCT k, '+') AS l, FIRST_VALUE(k) AS f, LAST_VALUE(k) AS z, ARG_MIN(k, v) AS least,
    PERCENTILE(v, 0.25) AS q, SUM(d) AS s, VAR_POP(d) AS p, JSON_OBJECTAGG(KEY k VALUE v) AS o
  FROM last_bid GROUP BY MOD(v, 3);
