-- State with a time to live, which is longer than the run: by when a row comes hangs on the run, and what is forgotten on that. What forgets in earnest is in tests/sim and tests/unit/executor/run/test_state_ttl.c.
SET 'commit-interval' = '5 ms';
SET 'table.exec.state.ttl' = '2 h';
CREATE TABLE bid (id BIGINT, k STRING, v INT, price DECIMAL(10, 2), d DOUBLE, flag BOOLEAN, ts TIMESTAMP(3), pt AS PROCTIME(),
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');
CREATE VIEW few AS SELECT * FROM bid WHERE MOD(id, 4) = 0;
CREATE VIEW totals AS SELECT MOD(id, 50) AS r, COUNT(*) AS n, SUM(price) AS total FROM few GROUP BY MOD(id, 50);

CREATE MATERIALIZED VIEW per_key AS SELECT k, COUNT(*) AS n, MAX(v) AS top FROM few GROUP BY k;
CREATE MATERIALIZED VIEW distincts AS
  SELECT flag, COUNT(DISTINCT v) AS dv, SUM(DISTINCT v) AS sv, COUNT(DISTINCT k) AS dk FROM few GROUP BY flag;
CREATE MATERIALIZED VIEW distincts_of_updates AS
  SELECT n, COUNT(*) AS c, COUNT(DISTINCT total) AS d, MIN(r) AS least FROM totals GROUP BY n;
CREATE MATERIALIZED VIEW pairs AS SELECT DISTINCT k, MOD(v, 10) AS digit FROM few;
CREATE MATERIALIZED VIEW hinted AS SELECT /*+ STATE_TTL('few' = '1 d') */ v, COUNT(*) AS n FROM few GROUP BY v;
CREATE MATERIALIZED VIEW dearest AS
  SELECT k, id, price, rn FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY k ORDER BY price DESC, v) AS rn FROM few) WHERE rn <= 5;
CREATE MATERIALIZED VIEW leaders AS
  SELECT r, n, total, rn FROM (SELECT *, ROW_NUMBER() OVER (ORDER BY total DESC) AS rn FROM totals) WHERE rn <= 12;
CREATE MATERIALIZED VIEW first_come AS SELECT k, v, id FROM few QUALIFY ROW_NUMBER() OVER (PARTITION BY k, v ORDER BY pt) = 1;
CREATE MATERIALIZED VIEW firsts AS SELECT v, id, ts FROM few QUALIFY ROW_NUMBER() OVER (PARTITION BY v ORDER BY ts) = 1;
CREATE MATERIALIZED VIEW lasts AS SELECT k, v, id, ts FROM few QUALIFY ROW_NUMBER() OVER (PARTITION BY k, MOD(v, 10) ORDER BY ts DESC) = 1;
CREATE MATERIALIZED VIEW so_far AS
  SELECT id, SUM(v) OVER w AS total, LAG(v) OVER w AS before, COUNT(DISTINCT k) OVER w AS ks FROM few WINDOW w AS (PARTITION BY MOD(v, 30) ORDER BY ts);
CREATE MATERIALIZED VIEW numbered AS SELECT id, ROW_NUMBER() OVER (PARTITION BY k ORDER BY pt) AS n FROM few;
CREATE MATERIALIZED VIEW followed AS SELECT id, LEAD(id) OVER (PARTITION BY flag, MOD(v, 9) ORDER BY ts) AS next_id FROM few;
CREATE MATERIALIZED VIEW places AS SELECT r, n, RANK() OVER (PARTITION BY n ORDER BY total DESC) AS place FROM totals;
CREATE MATERIALIZED VIEW common AS SELECT k, v FROM few WHERE flag INTERSECT SELECT k, v FROM few WHERE NOT flag;
CREATE MATERIALIZED VIEW more AS SELECT MOD(v, 90) AS r FROM few EXCEPT ALL SELECT MOD(v, 80) FROM few;
