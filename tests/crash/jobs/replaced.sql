-- before: replaced
-- Views that are built anew beside those of a job that has ended, and take their place all at once.
SET 'commit-interval' = '1 ms';
CREATE OR REPLACE MATERIALIZED VIEW per_key AS
  SELECT k, COUNT(*) AS n, SUM(v) AS s, COUNT(DISTINCT v) AS dv FROM bid WHERE v > 100 GROUP BY k;
CREATE OR REPLACE MATERIALIZED VIEW twenties AS
  SELECT window_start, COUNT(*) AS n, MAX(price) AS top
  FROM TUMBLE(TABLE bid, DESCRIPTOR(ts), INTERVAL '20' SECOND) GROUP BY window_start, window_end;
CREATE OR REPLACE MATERIALIZED VIEW high AS SELECT id, v, k FROM bid WHERE v > 800;
