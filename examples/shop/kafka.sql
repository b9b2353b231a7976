-- The morning in a shop once more, with Kafka around it: orders and payments come in two topics,
-- and what others want to know goes out in two. Run it, beside a broker, with
--
--     weir run examples/shop/kafka.sql --db app.db
--
-- It goes on until it is stopped, and then where it was. `./dev demo --kafka` does all of it.

CREATE TABLE orders (
  order_id BIGINT, ordered_at TIMESTAMP(3), customer STRING, channel STRING, items INT, amount DECIMAL(9, 2),
  `partition` INT METADATA VIRTUAL, `offset` BIGINT METADATA VIRTUAL,
  WATERMARK FOR ordered_at AS ordered_at - INTERVAL '30' SECOND
) WITH ('connector' = 'kafka', 'topic' = 'orders', 'properties.bootstrap.servers' = '127.0.0.1:9092',
  'scan.startup.mode' = 'earliest-offset', 'format' = 'json');

CREATE TABLE payments (
  order_id BIGINT, paid_at TIMESTAMP(3), `method` STRING, amount DECIMAL(9, 2)
) WITH ('connector' = 'kafka', 'topic' = 'payments', 'properties.bootstrap.servers' = '127.0.0.1:9092',
  'scan.startup.mode' = 'earliest-offset', 'format' = 'csv');

CREATE MATERIALIZED VIEW sales AS
  SELECT window_start, window_end, COUNT(*) AS orders, COUNT(DISTINCT customer) AS customers,
         SUM(amount) AS revenue, SUM(amount) FILTER (WHERE channel = 'web') AS on_the_web
  FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ordered_at), INTERVAL '30' MINUTE))
  GROUP BY window_start, window_end;

CREATE MATERIALIZED VIEW big_customers AS
  SELECT customer, COUNT(*) AS orders, SUM(amount) AS spent, MAX(amount) AS largest
  FROM orders GROUP BY customer HAVING SUM(amount) > 700;

-- A record for each order from the web, and where it was read, so that one sees which came.
CREATE TABLE web_orders (customer STRING, order_id BIGINT, amount DECIMAL(9, 2), from_partition INT, from_offset BIGINT)
WITH ('connector' = 'kafka', 'topic' = 'web_orders', 'properties.bootstrap.servers' = '127.0.0.1:9092',
  'key.format' = 'raw', 'key.fields' = 'customer', 'value.format' = 'json', 'value.fields-include' = 'EXCEPT_KEY');
INSERT INTO web_orders
  SELECT customer, order_id, amount, `partition`, `offset` FROM orders WHERE channel = 'web';

-- What is still to be paid: the last record of an order says it, and one without a value that it is settled.
CREATE TABLE unsettled (order_id BIGINT, due DECIMAL(9, 2), PRIMARY KEY (order_id) NOT ENFORCED)
WITH ('connector' = 'upsert-kafka', 'topic' = 'unsettled', 'properties.bootstrap.servers' = '127.0.0.1:9092',
  'key.format' = 'json', 'value.format' = 'json');
CREATE VIEW ledger AS
  SELECT order_id, amount AS due FROM orders UNION ALL SELECT order_id, -amount FROM payments;
INSERT INTO unsettled
  SELECT order_id, SUM(due) AS due FROM ledger GROUP BY order_id HAVING SUM(due) <> 0;
