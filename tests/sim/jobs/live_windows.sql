-- Windows over files that grow: the next piece comes when the last one is committed, so that it is the same rows that
-- are late.
-- arrives: in step
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3),
  WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '1' SECOND)
  WITH ('connector'='filesystem', 'path'='feed', 'format'='json', 'source.monitor-interval'='20 ms');

CREATE MATERIALIZED VIEW busy AS
  SELECT window_start, window_end, auction, COUNT(*) AS n, SUM(price) AS total
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '3' SECOND))
  GROUP BY window_start, window_end, auction;

CREATE MATERIALIZED VIEW first_rows AS SELECT bidder, price FROM bid LIMIT 9;
