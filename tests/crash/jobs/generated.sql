-- seed: fixed
-- Rows that are generated, and constant ones.
SET 'commit-interval' = '1 ms';
CREATE TABLE numbers (id BIGINT, r INT, name STRING, d DOUBLE) WITH ('connector' = 'datagen', 'number-of-rows' = '12000', 'rows-per-second' = '1000000',
  'fields.id.kind' = 'sequence', 'fields.id.start' = '1', 'fields.id.end' = '12000',
  'fields.r.min' = '0', 'fields.r.max' = '999', 'fields.name.length' = '3');

CREATE MATERIALIZED VIEW per_r AS SELECT r, COUNT(*) AS n, SUM(id) AS s, MAX(name) AS z, MIN(d) AS a FROM numbers GROUP BY r;
CREATE MATERIALIZED VIEW kept AS SELECT id, r, name, d FROM numbers WHERE MOD(id, 4) = 0;
CREATE MATERIALIZED VIEW constants AS SELECT a, UPPER(b) AS b FROM (VALUES (1, 'x'), (2, 'y'), (2, 'y')) AS c (a, b);
