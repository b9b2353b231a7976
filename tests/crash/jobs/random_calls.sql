-- seed: fixed
-- Several calls that draw for one row, and one that has a seed: each goes on where it was.
SET 'commit-interval' = '1 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');
CREATE TABLE trip (id BIGINT, k STRING, v INT, at_text STRING)
WITH ('connector' = 'filesystem', 'path' = 'trips', 'format' = 'csv');

CREATE MATERIALIZED VIEW drawn AS SELECT id, RAND() AS r, RAND_INTEGER(1000) AS i, UUID() AS u FROM bid;
CREATE MATERIALIZED VIEW drawn_too AS SELECT k, COUNT(*) AS n, MAX(RAND()) AS r, MIN(UUID()) AS u, MAX(RAND(7)) AS s FROM trip GROUP BY k;
