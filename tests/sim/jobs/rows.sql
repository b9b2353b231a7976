-- Rows as they are, with and without a key, of two tables, and constant ones; expressions that fail.
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3))
  WITH ('connector'='filesystem', 'path'='bids', 'format'='json');
CREATE TABLE other (auction BIGINT, price BIGINT) WITH ('connector'='filesystem', 'path'='other.csv', 'format'='csv');

CREATE MATERIALIZED VIEW dear AS SELECT auction, price * 100 / (price - 42) AS ratio, channel FROM bid WHERE price > 30;

CREATE MATERIALIZED VIEW both_of_them AS
  SELECT auction, price FROM bid UNION ALL SELECT auction, price FROM other;

CREATE MATERIALIZED VIEW few AS SELECT v, COUNT(*) AS n FROM (VALUES (1), (2), (1), (3)) AS t (v) GROUP BY v;

CREATE MATERIALIZED VIEW first_rows AS SELECT bidder, price FROM bid LIMIT 7;
