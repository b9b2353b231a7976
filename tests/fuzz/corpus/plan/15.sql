CREATE TABLE k (a INT) WITH ('connector' = 'filesystem', 'pth' = 'x', 'format' = 'jsn'); SET 'table.local-time-zone' = 'Europe/Paris'; EXPLAIN SELECT a FROM t;
