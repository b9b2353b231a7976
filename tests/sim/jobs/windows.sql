-- Windows, a window over windows, rows that are late, records that are refused.
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3),
  WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '2' SECOND)
  WITH ('connector'='filesystem', 'path'='bids', 'format'='json');

CREATE MATERIALIZED VIEW busy AS
  SELECT window_start, window_end, auction, COUNT(*) AS n, SUM(price) AS total, MAX(price) AS top
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '5' SECOND))
  WHERE price > 20 GROUP BY window_start, window_end, auction;

CREATE MATERIALIZED VIEW quiet AS
  SELECT window_start, window_end, COUNT(DISTINCT channel) AS channels, AVG(price) AS mean
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '20' SECOND))
  GROUP BY window_start, window_end;
