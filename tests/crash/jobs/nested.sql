-- Nested values: as keys of groups, under DISTINCT, unnested over groups that change, and in tables.
SET 'commit-interval' = '5 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT, price DECIMAL(10, 2), d DOUBLE, flag BOOLEAN, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');

CREATE MATERIALIZED VIEW by_row AS
  SELECT r, COUNT(*) AS n, SUM(v) AS s FROM (SELECT ROW(k, ARRAY[MOD(v, 7), id - id]) AS r, v FROM bid) GROUP BY r;
CREATE MATERIALIZED VIEW by_map AS
  SELECT m, COUNT(DISTINCT a) AS dn FROM
    (SELECT MAP[CAST(flag AS STRING), k, 'five', CAST(MOD(v, 5) AS STRING)] AS m, ARRAY[v, MOD(id, 10)] AS a FROM bid) GROUP BY m;
CREATE MATERIALIZED VIEW unnested AS
  SELECT x, COUNT(*) AS n, SUM(o) AS s FROM
    (SELECT ARRAY[k, CAST(MOD(v, 3) AS STRING)] AS a, COUNT(*) AS c FROM bid GROUP BY ARRAY[k, CAST(MOD(v, 3) AS STRING)])
    CROSS JOIN UNNEST(a) WITH ORDINALITY AS u (x, o) GROUP BY x;
CREATE MATERIALIZED VIEW rows_of AS
  SELECT id, ROW(v, price) AS r, x FROM bid LEFT JOIN UNNEST(CASE WHEN flag THEN ARRAY[k, 'z'] END) AS u (x) ON TRUE WHERE v > 600;
CREATE MATERIALIZED VIEW matching AS
  SELECT a, n, x FROM (SELECT ARRAY_SORT(ARRAY[MOD(v, 3), MOD(id, 2)]) AS a, COUNT(*) AS n FROM bid GROUP BY ARRAY_SORT(ARRAY[MOD(v, 3), MOD(id, 2)]))
    LEFT JOIN UNNEST(ARRAY_DISTINCT(a)) AS u (x) ON x < MOD(n, 3);

CREATE MATERIALIZED VIEW collected AS
  SELECT MOD(id, 50) AS g, COLLECT(k) AS ck, COLLECT(ARRAY[MOD(v, 3), v - v]) AS ca, ARRAY_AGG(DISTINCT MOD(v, 5)) AS av,
    FIRST_VALUE(ROW(k, v)) AS f, LAST_VALUE(ARRAY[k, CAST(v AS STRING)]) AS l, PERCENTILE(v, ARRAY[0.1, 0.5, 0.9]) AS p FROM bid GROUP BY MOD(id, 50);
CREATE MATERIALIZED VIEW collected_changes AS
  SELECT MOD(n, 4) AS m, COLLECT(r) AS c, ARRAY_AGG(n) AS a, FIRST_VALUE(r) AS f, COUNT(DISTINCT r) AS d FROM
    (SELECT ROW(k, MOD(v, 3)) AS r, COUNT(*) AS n FROM bid GROUP BY ROW(k, MOD(v, 3))) GROUP BY MOD(n, 4);
CREATE MATERIALIZED VIEW collected_windows AS
  SELECT window_end, k, COLLECT(MOD(v, 4)) AS c, ARRAY_AGG(flag) AS a, LAST_VALUE(ROW(v, price)) AS l
  FROM HOP(TABLE bid, DESCRIPTOR(ts), INTERVAL '5' SECOND, INTERVAL '10' SECOND) GROUP BY window_start, window_end, k;

CREATE MATERIALIZED VIEW top AS
  SELECT g, r, v FROM (SELECT MOD(id, 20) AS g, ROW(k, ARRAY[v]) AS r, v FROM bid) QUALIFY ROW_NUMBER() OVER (PARTITION BY g ORDER BY r DESC) <= 2;
CREATE MATERIALIZED VIEW arranged AS
  SELECT MOD(n, 4) AS m, ARRAY_AGG(r ORDER BY n DESC, r) AS a, LISTAGG(k ORDER BY n, k) AS l FROM
    (SELECT ROW(k, MOD(v, 3)) AS r, k, COUNT(*) AS n FROM bid GROUP BY k, ROW(k, MOD(v, 3))) GROUP BY MOD(n, 4);
