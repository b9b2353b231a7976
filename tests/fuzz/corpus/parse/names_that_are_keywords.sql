SELECT key, value, type, date, user, time, zone, map, one, per, match, define, pattern, sets, plan, job FROM view;
SELECT row, array, multiset, interval, first, last, next, rows, range, partition FROM catalog;
SELECT year, month, day, hour, minute, second, week, quarter, doy FROM t;
SELECT cast, trim, position, extract, unnest, cube, rollup, descriptor, filter, any FROM t;
SELECT t.order, t.select, t.table FROM t;
SELECT a AS key, b AS value, c AS first FROM t AS partition;
SELECT * FROM orders$late, `a$`, b$1$2;
SELECT größe, 名前 FROM Zürich;
