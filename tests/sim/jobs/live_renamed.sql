-- A file that is renamed and begun again while it is read, beside a file that is read once.
-- arrives: any time
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3))
  WITH ('connector'='filesystem', 'path'='log', 'format'='json', 'source.monitor-interval'='30 ms');
CREATE TABLE other (auction BIGINT, price BIGINT) WITH ('connector'='filesystem', 'path'='other.csv', 'format'='csv');

CREATE MATERIALIZED VIEW rows_of AS SELECT auction, bidder, price, `dateTime` FROM bid;

CREATE MATERIALIZED VIEW both_of_them AS
  SELECT auction, COUNT(*) AS n, SUM(price) AS total
  FROM (SELECT auction, price FROM bid UNION ALL SELECT auction, price FROM other) GROUP BY auction;
