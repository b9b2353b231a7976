-- Files that appear and grow: rows as they are, groups, groups of groups, distinct rows; records that are refused.
-- arrives: any time
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3))
  WITH ('connector'='filesystem', 'path'='feed', 'format'='json', 'source.monitor-interval'='20 ms');

CREATE MATERIALIZED VIEW dear AS SELECT auction, price, channel, `dateTime` FROM bid WHERE price > 50;

CREATE MATERIALIZED VIEW sizes AS
  SELECT n, COUNT(*) AS auctions, MAX(total) AS largest
  FROM (SELECT auction, COUNT(*) AS n, SUM(price) AS total FROM bid GROUP BY auction) GROUP BY n;

CREATE MATERIALIZED VIEW pairs AS SELECT DISTINCT auction, channel FROM bid;
