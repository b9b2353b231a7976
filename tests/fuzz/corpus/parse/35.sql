SELECT ARRAY[1, 2, 3][1], MAP['a', 1, 'b', 2]['a'], ROW(1, 'x'), t.r.f, t.a[1].b, `select`.`from` FROM t AS t (a, b);
