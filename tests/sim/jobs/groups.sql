-- Groups that never close, groups of groups, which take rows back, and distinct rows.
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3))
  WITH ('connector'='filesystem', 'path'='bids', 'format'='json');

CREATE MATERIALIZED VIEW per_channel AS
  SELECT channel, COUNT(*) AS n, AVG(price) AS mean, MIN(price) AS low, MAX(channel) AS same
  FROM bid GROUP BY channel;

CREATE MATERIALIZED VIEW sizes AS
  SELECT n, COUNT(*) AS auctions, MAX(total) AS largest
  FROM (SELECT auction, COUNT(*) AS n, SUM(price) AS total FROM bid GROUP BY auction) GROUP BY n;

CREATE MATERIALIZED VIEW pairs AS SELECT DISTINCT auction, channel FROM bid;

CREATE MATERIALIZED VIEW everything AS SELECT COUNT(*) AS n, SUM(price) AS total, COUNT(DISTINCT bidder) AS bidders FROM bid;
