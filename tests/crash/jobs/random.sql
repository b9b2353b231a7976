-- seed: fixed
-- What is drawn: RAND and UUID without a seed, in two parts of the job that share no table.
SET 'commit-interval' = '1 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT) WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');
CREATE TABLE trip (id BIGINT, k STRING, v INT, at_text STRING)
WITH ('connector' = 'filesystem', 'path' = 'trips', 'format' = 'csv');

CREATE MATERIALIZED VIEW drawn AS SELECT id, RAND() AS r FROM bid;
CREATE MATERIALIZED VIEW drawn_too AS SELECT k, COUNT(*) AS n, MIN(UUID()) AS u FROM trip GROUP BY k;
