-- Standard input, a pipe: what was read of it and not yet used is kept. Windows, late rows, groups.
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3),
  WATERMARK FOR `dateTime` AS `dateTime` - INTERVAL '2' SECOND)
  WITH ('connector'='stdin', 'format'='json');

CREATE MATERIALIZED VIEW busy AS
  SELECT window_start, window_end, auction, COUNT(*) AS n, MAX(price) AS top
  FROM TABLE(TUMBLE(TABLE bid, DESCRIPTOR(`dateTime`), INTERVAL '5' SECOND)) GROUP BY window_start, window_end, auction;

CREATE MATERIALIZED VIEW passed AS SELECT bidder, price FROM bid WHERE price > 40;

CREATE MATERIALIZED VIEW everything AS SELECT channel, COUNT(*) AS n, SUM(price) AS total FROM bid GROUP BY channel;
