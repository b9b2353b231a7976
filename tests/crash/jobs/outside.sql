-- Sinks outside of the database: folders of parts, and another database; beside each the same rows inside.
SET 'commit-interval' = '1 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT, price DECIMAL(10, 2), ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '2' SECOND)
WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');
CREATE TABLE passed (id BIGINT, k STRING, price DECIMAL(10, 2)) WITH ('connector' = 'sqlite');
CREATE TABLE passed_outside (id BIGINT, k STRING, price DECIMAL(10, 2))
WITH ('connector' = 'filesystem', 'path' = 'out/passed_outside', 'format' = 'json',
  'sink.rolling-policy.file-size' = '60 kb');
CREATE TABLE chosen (id BIGINT, v INT) WITH ('connector' = 'sqlite');
CREATE TABLE chosen_outside (id BIGINT, v INT) WITH ('connector' = 'sqlite', 'path' = 'out/other.db');
CREATE TABLE sums (k STRING, s BIGINT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'sqlite');
CREATE TABLE sums_outside (k STRING, s BIGINT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED)
WITH ('connector' = 'sqlite', 'path' = 'out/other.db');
CREATE TABLE latest (n BIGINT, r BIGINT, PRIMARY KEY (n) NOT ENFORCED) WITH ('connector' = 'sqlite');
CREATE TABLE latest_outside (n BIGINT, r BIGINT, PRIMARY KEY (n) NOT ENFORCED)
WITH ('connector' = 'sqlite', 'path' = 'out/other.db');
CREATE TABLE tens (w TIMESTAMP(3), k STRING, n BIGINT) WITH ('connector' = 'sqlite');
CREATE TABLE tens_outside (w TIMESTAMP(3), k STRING, n BIGINT)
WITH ('connector' = 'filesystem', 'path' = 'out/tens_outside', 'format' = 'csv',
  'sink.rolling-policy.rollover-interval' = '10 ms');
EXECUTE STATEMENT SET BEGIN
  INSERT INTO passed SELECT id, k, price FROM bid WHERE MOD(id, 2) = 0;
  INSERT INTO passed_outside SELECT id, k, price FROM bid WHERE MOD(id, 2) = 0;
  INSERT INTO chosen SELECT id, v FROM bid WHERE v > 600;
  INSERT INTO chosen_outside SELECT id, v FROM bid WHERE v > 600;
  INSERT INTO sums SELECT k, SUM(v), COUNT(*) FROM bid WHERE k IS NOT NULL GROUP BY k;
  INSERT INTO sums_outside SELECT k, SUM(v), COUNT(*) FROM bid WHERE k IS NOT NULL GROUP BY k;
  INSERT INTO latest SELECT COUNT(*), MOD(id, 50) FROM bid GROUP BY MOD(id, 50);
  INSERT INTO latest_outside SELECT COUNT(*), MOD(id, 50) FROM bid GROUP BY MOD(id, 50);
  INSERT INTO tens SELECT window_start, k, COUNT(*)
    FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k;
  INSERT INTO tens_outside SELECT window_start, k, COUNT(*)
    FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '10' SECOND) GROUP BY window_start, window_end, k;
END;
