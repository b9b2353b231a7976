-- Tables that are written: two in the database, with and without a key, and one in another (the disk knows one
-- connection to each).
CREATE TABLE bid (auction BIGINT, bidder BIGINT, price BIGINT, channel STRING, `dateTime` TIMESTAMP(3))
  WITH ('connector'='filesystem', 'path'='bids', 'format'='json');
CREATE TABLE log_of (auction BIGINT, price BIGINT) WITH ('connector'='sqlite', 'path'='outside.db');
CREATE TABLE sums (channel STRING, total BIGINT, n BIGINT, PRIMARY KEY (channel) NOT ENFORCED) WITH ('connector'='sqlite');
CREATE TABLE kept (bidder BIGINT, price BIGINT) WITH ('connector'='sqlite');
EXECUTE STATEMENT SET BEGIN
  INSERT INTO log_of SELECT auction, price FROM bid WHERE price > 50;
  INSERT INTO sums SELECT channel, SUM(price), COUNT(*) FROM bid GROUP BY channel;
  INSERT INTO kept SELECT bidder, price FROM bid;
END;
