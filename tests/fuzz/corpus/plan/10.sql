SELECT a FROM nowhere; SELECT nothing FROM t; SELECT LOWR(c) FROM t; SELECT a + c FROM t; SELECT SUM(a), b FROM t;
