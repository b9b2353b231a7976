CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3), extra STRING,
  WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '4' SECOND)
  WITH ('connector'='filesystem', 'path'='bids.jsonl', 'format'='json');

CREATE MATERIALIZED VIEW busy AS
  SELECT window_start, window_end, auction, COUNT(*) AS n, SUM(price) AS total, MAX(price) AS top
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '10' SECOND))
  WHERE price > 100 GROUP BY window_start, window_end, auction HAVING COUNT(*) > 1;

CREATE MATERIALIZED VIEW per_channel AS
  SELECT channel, COUNT(*) AS n, AVG(price) AS mean FROM bid GROUP BY channel;
