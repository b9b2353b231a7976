-- A table together with itself and with another one: distinct rows of both, windows over both, the first rows.
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3),
  WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '2' SECOND)
  WITH ('connector'='filesystem', 'path'='bids', 'format'='json');
CREATE TABLE other (auction BIGINT, price BIGINT) WITH ('connector'='filesystem', 'path'='other.csv', 'format'='csv');

CREATE MATERIALIZED VIEW kinds AS
  SELECT DISTINCT auction, kind FROM (SELECT auction, 'bid' AS kind FROM bid UNION ALL SELECT auction, 'other' FROM other);

CREATE MATERIALIZED VIEW twice AS
  SELECT window_start, COUNT(*) AS n, SUM(price) AS total
  FROM TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND) WHERE price < 60 OR bidder > 20 GROUP BY window_start, window_end;

CREATE MATERIALIZED VIEW some_of_them AS SELECT auction, price FROM other LIMIT 5 OFFSET 2;
