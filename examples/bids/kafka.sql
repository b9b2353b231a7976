-- The bids of bids.jsonl from a topic: a view of them, and the dear ones into another topic.
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING)
  WITH ('connector'='kafka', 'topic'='bids', 'properties.bootstrap.servers'='127.0.0.1:9092',
    'scan.startup.mode'='earliest-offset', 'format'='json');

CREATE MATERIALIZED VIEW per_channel AS
  SELECT channel, COUNT(*) AS n, AVG(price) AS mean FROM bid GROUP BY channel;

CREATE TABLE dear (auction BIGINT, bidder BIGINT, price BIGINT)
  WITH ('connector'='kafka', 'topic'='dear', 'properties.bootstrap.servers'='127.0.0.1:9092', 'format'='json');
INSERT INTO dear SELECT auction, bidder, price FROM bid WHERE price > 180;
