-- Files that fall idle and come back. What is late hangs on the moment; that nothing is lost or counted twice does not.
-- arrives: any time
-- compare: SELECT (SELECT sum(n) FROM busy) + (SELECT count(*) FROM "busy$late")
-- compare: SELECT view, read, used + late, filtered, rejected, skipped FROM _weir_counts
-- compare: SELECT late = (SELECT count(*) FROM "busy$late") FROM _weir_counts WHERE view = 'busy'
-- compare: SELECT * FROM seen
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3),
  WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '1' SECOND)
  WITH ('connector'='filesystem', 'path'='feed', 'format'='json', 'source.monitor-interval'='20 ms',
    'scan.watermark.idle-timeout'='2 s');

CREATE MATERIALIZED VIEW busy AS
  SELECT window_start, window_end, auction, COUNT(*) AS n
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '3' SECOND))
  GROUP BY window_start, window_end, auction;

CREATE MATERIALIZED VIEW seen AS SELECT auction, `dateTime` FROM bid;
