INSERT INTO o (a, b) SELECT a, b FROM t /*+ OPTIONS('k'='v') */ GROUP BY a, b;
