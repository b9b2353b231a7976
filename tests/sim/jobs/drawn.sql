-- What is drawn, in rows and in groups; two queries that share no table.
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3))
  WITH ('connector'='filesystem', 'path'='bids', 'format'='json');
CREATE TABLE other (auction BIGINT, price BIGINT) WITH ('connector'='filesystem', 'path'='other.csv', 'format'='csv');

CREATE MATERIALIZED VIEW drawn AS SELECT auction, RAND() AS r, RAND_INTEGER(1000) AS i, UUID() AS u FROM bid;

CREATE MATERIALIZED VIEW most AS SELECT auction, MAX(RAND()) AS r, MIN(UUID()) AS u, MAX(RAND(7)) AS s FROM other GROUP BY auction;
