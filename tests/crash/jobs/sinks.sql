-- A statement set that fills several tables: with a key, without one, of a window, of constant rows.
SET 'commit-interval' = '1 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT, price DECIMAL(10, 2), d DOUBLE, flag BOOLEAN, ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'bids/*', 'format' = 'json', 'on-error' = 'skip');
CREATE TABLE trip (id BIGINT, k STRING, v INT, at_text STRING)
WITH ('connector' = 'filesystem', 'path' = 'trips', 'format' = 'csv');
CREATE TABLE log_of (id BIGINT, k STRING, price DECIMAL(10, 2)) WITH ('connector' = 'sqlite');
CREATE TABLE sums (k STRING, s BIGINT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'sqlite');
CREATE TABLE window_sums (w TIMESTAMP(3), flag BOOLEAN, s BIGINT) WITH ('connector' = 'sqlite');
CREATE TABLE mixed (source STRING, a BIGINT, b STRING) WITH ('connector' = 'sqlite');
EXECUTE STATEMENT SET BEGIN
  INSERT INTO log_of SELECT id, k, price FROM bid WHERE MOD(id, 2) = 0;
  INSERT INTO sums SELECT k, SUM(v), COUNT(*) FROM bid WHERE k IS NOT NULL GROUP BY k;
  INSERT INTO window_sums SELECT window_start, flag, SUM(v)
    FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '20' SECOND) GROUP BY window_start, window_end, flag;
  INSERT INTO mixed SELECT 'trip', id, k FROM trip WHERE v > 500
    UNION ALL SELECT 'constant', a, b FROM (VALUES (1, 'one'), (2, 'two')) AS c (a, b);
END;
