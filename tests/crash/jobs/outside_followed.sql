-- kind: followed
-- Sinks outside of the database, of a file that grows: what is in them goes on over a clean stop, too.
SET 'commit-interval' = '1 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT)
WITH ('connector' = 'filesystem', 'path' = 'feed', 'format' = 'json', 'source.monitor-interval' = '20 ms');
CREATE TABLE passed (id BIGINT, k STRING) WITH ('connector' = 'sqlite');
CREATE TABLE passed_outside (id BIGINT, k STRING)
WITH ('connector' = 'filesystem', 'path' = 'out/passed_outside', 'format' = 'csv',
  'sink.rolling-policy.file-size' = '10 kb');
CREATE TABLE sums (k STRING, s BIGINT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'sqlite');
CREATE TABLE sums_outside (k STRING, s BIGINT, n BIGINT, PRIMARY KEY (k) NOT ENFORCED)
WITH ('connector' = 'sqlite', 'path' = 'out/other.db');
EXECUTE STATEMENT SET BEGIN
  INSERT INTO passed SELECT id, k FROM bid WHERE MOD(id, 2) = 0;
  INSERT INTO passed_outside SELECT id, k FROM bid WHERE MOD(id, 2) = 0;
  INSERT INTO sums SELECT k, SUM(v), COUNT(*) FROM bid WHERE k IS NOT NULL GROUP BY k;
  INSERT INTO sums_outside SELECT k, SUM(v), COUNT(*) FROM bid WHERE k IS NOT NULL GROUP BY k;
END;
