-- seed: fixed
-- What is drawn: RAND, RAND_INTEGER and UUID without a seed, in two jobs' parts that share no table.
SET 'commit-interval' = '5 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');
CREATE TABLE trip (id BIGINT, k STRING, v INT, at_text STRING)
WITH ('connector' = 'filesystem', 'path' = 'trips', 'format' = 'csv');

CREATE MATERIALIZED VIEW drawn AS SELECT id, RAND() AS r, RAND_INTEGER(1000) AS i, UUID() AS u FROM bid;
CREATE MATERIALIZED VIEW drawn_too AS SELECT k, COUNT(*) AS n, MAX(RAND()) AS r, MIN(UUID()) AS u FROM trip GROUP BY k;
