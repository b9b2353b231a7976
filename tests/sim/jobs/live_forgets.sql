-- State that is forgotten by a clock that goes on. Which row of a key is the first of a life hangs on the moment; not which keys there are. That a replay forgets what the job forgot is told by the digest of what only inserts.
-- arrives: any time
-- compare: SELECT auction FROM counts ORDER BY auction
-- compare: SELECT min(n) > 0 AND min(bidders) > 0 FROM counts
-- compare: SELECT auction, channel FROM pairs ORDER BY auction, channel
-- compare: SELECT DISTINCT channel FROM firsts ORDER BY channel
-- compare: SELECT DISTINCT auction FROM numbered ORDER BY auction
-- compare: SELECT view, read, used, late, filtered, rejected, skipped FROM _weir_counts
SET 'table.exec.state.ttl' = '3 s';
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3), pt AS PROCTIME())
  WITH ('connector'='filesystem', 'path'='feed', 'format'='json', 'source.monitor-interval'='20 ms');

CREATE MATERIALIZED VIEW counts AS
  SELECT auction, COUNT(*) AS n, COUNT(DISTINCT bidder) AS bidders FROM bid GROUP BY auction;

CREATE MATERIALIZED VIEW pairs AS SELECT DISTINCT auction, channel FROM bid;

CREATE MATERIALIZED VIEW firsts AS
  SELECT CONCAT(channel, '') AS channel, price
  FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY auction, channel ORDER BY pt) AS rn FROM bid) WHERE rn = 1;

CREATE MATERIALIZED VIEW numbered AS
  SELECT auction, price, ROW_NUMBER() OVER (PARTITION BY auction ORDER BY pt) AS n FROM bid;

CREATE MATERIALIZED VIEW places AS
  SELECT auction, price, SUM(price) OVER (PARTITION BY auction, channel ORDER BY price) AS up_to FROM bid WHERE price > 90;

CREATE MATERIALIZED VIEW tops AS
  SELECT auction, price FROM bid QUALIFY ROW_NUMBER() OVER (PARTITION BY channel ORDER BY price DESC) <= 2;

CREATE MATERIALIZED VIEW both_sides AS
  SELECT auction FROM bid WHERE price > 50 INTERSECT ALL SELECT auction FROM bid WHERE price <= 50;
