-- A morning in a shop: orders as JSON, payments as CSV from two tills, and what one would like to
-- know about them at any moment. Run it with
--
--     weir run examples/shop/job.sql --db app.db
--
-- and read the views with any SQLite client. README.md says what is wrong with the data.

CREATE TABLE orders (
  order_id BIGINT, ordered_at TIMESTAMP(3), customer STRING, channel STRING, items INT, amount DECIMAL(9, 2),
  WATERMARK FOR ordered_at AS ordered_at - INTERVAL '30' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'orders.jsonl', 'format' = 'json');

CREATE TABLE payments (
  order_id BIGINT, paid_at TIMESTAMP(3), `method` STRING, amount DECIMAL(9, 2),
  WATERMARK FOR paid_at AS paid_at - INTERVAL '30' SECOND
) WITH ('connector' = 'filesystem', 'path' = 'payments', 'format' = 'csv');

-- Every half hour: a window is written once the watermark has passed its end.
CREATE MATERIALIZED VIEW sales AS
  SELECT window_start, window_end, COUNT(*) AS orders, COUNT(DISTINCT customer) AS customers,
         SUM(amount) AS revenue, SUM(amount) FILTER (WHERE channel = 'web') AS on_the_web
  FROM TABLE(TUMBLE(TABLE orders, DESCRIPTOR(ordered_at), INTERVAL '30' MINUTE))
  GROUP BY window_start, window_end;

-- All the time: a customer appears when the sum passes 700, and the row is kept current.
CREATE MATERIALIZED VIEW big_customers AS
  SELECT customer, COUNT(*) AS orders, SUM(amount) AS spent, MAX(amount) AS largest
  FROM orders GROUP BY customer HAVING SUM(amount) > 700;

-- An item's price divides by the number of items, which is 0 in two records.
CREATE MATERIALIZED VIEW item_price AS
  SELECT channel, COUNT(*) AS orders, CAST(AVG(amount / items) AS DECIMAL(9, 2)) AS mean
  FROM orders GROUP BY channel;

-- How money came in, hour by hour, where there was enough of it; a voucher is no money.
CREATE MATERIALIZED VIEW takings AS
  SELECT window_start, `method`, COUNT(*) AS payments, SUM(amount) AS total
  FROM TABLE(TUMBLE(TABLE payments, DESCRIPTOR(paid_at), INTERVAL '1' HOUR))
  WHERE `method` <> 'voucher'
  GROUP BY window_start, window_end, `method` HAVING COUNT(*) > 20;

-- What was ordered and not paid, or paid and not ordered: both streams as one ledger.
CREATE VIEW ledger AS
  SELECT order_id, amount AS due FROM orders UNION ALL SELECT order_id, -amount FROM payments;
CREATE MATERIALIZED VIEW unsettled AS
  SELECT order_id, SUM(due) AS due FROM ledger GROUP BY order_id HAVING SUM(due) <> 0;
