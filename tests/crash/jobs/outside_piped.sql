-- stdin: pipe
-- A pipe into sinks outside of the database: what a replay writes again comes from what was kept of the pipe.
SET 'commit-interval' = '1 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT) WITH ('connector' = 'stdin', 'format' = 'json');
CREATE TABLE passed (id BIGINT, k STRING, v INT) WITH ('connector' = 'sqlite');
CREATE TABLE passed_outside (id BIGINT, k STRING, v INT)
WITH ('connector' = 'filesystem', 'path' = 'out/passed_outside', 'format' = 'csv',
  'sink.rolling-policy.file-size' = '10 kb');
CREATE TABLE counts (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED) WITH ('connector' = 'sqlite');
CREATE TABLE counts_outside (k STRING, n BIGINT, PRIMARY KEY (k) NOT ENFORCED)
WITH ('connector' = 'sqlite', 'path' = 'out/other.db');
EXECUTE STATEMENT SET BEGIN
  INSERT INTO passed SELECT id, k, v FROM bid WHERE MOD(id, 3) = 0;
  INSERT INTO passed_outside SELECT id, k, v FROM bid WHERE MOD(id, 3) = 0;
  INSERT INTO counts SELECT k, COUNT(*) FROM bid WHERE k IS NOT NULL GROUP BY k;
  INSERT INTO counts_outside SELECT k, COUNT(*) FROM bid WHERE k IS NOT NULL GROUP BY k;
END;
