-- Views over views: rows are taken back; MIN and MAX of values that go, DISTINCT over updates, bags of equal rows.
SET 'commit-interval' = '20 ms';
CREATE TABLE bid (id BIGINT, k STRING, v INT, price DECIMAL(10, 2), d DOUBLE, flag BOOLEAN, ts TIMESTAMP(3))
WITH ('connector' = 'filesystem', 'path' = 'bids', 'format' = 'json');

CREATE MATERIALIZED VIEW per_bidder AS
  SELECT MOD(id, 301) AS bidder, COUNT(*) AS n, SUM(v) AS s, MAX(k) AS k, SUM(d) AS d, SUM(price) AS p FROM bid WHERE id < 600 GROUP BY MOD(id, 301);
CREATE MATERIALIZED VIEW per_n AS
  SELECT n, COUNT(*) AS bidders, MIN(s) AS a, MAX(s) AS z, MIN(k) AS ka, COUNT(DISTINCT k) AS dk, SUM(DISTINCT s) AS ds
  FROM per_bidder GROUP BY n;
CREATE MATERIALIZED VIEW sums_of_n AS
  SELECT n, SUM(d) AS d, AVG(d) AS md, AVG(s) AS ms, SUM(p) AS p, AVG(p) AS mp, COUNT(k) AS nk, COUNT(DISTINCT p) AS dp,
    MIN(p) AS ap, MAX(d) FILTER (WHERE s > 2000) AS zd, COUNT(DISTINCT k) FILTER (WHERE s > 2000) AS rich
  FROM per_bidder GROUP BY n;
CREATE MATERIALIZED VIEW spread AS
  SELECT COUNT(*) AS levels, MAX(bidders) AS most, MIN(n) AS least, SUM(bidders) AS bidders FROM per_n;
CREATE MATERIALIZED VIEW seen AS SELECT DISTINCT MOD(s, 1000) AS s, k FROM per_bidder WHERE MOD(bidder, 7) = 0;
CREATE MATERIALIZED VIEW bag AS SELECT n, s > 5000 AS rich FROM per_bidder;
