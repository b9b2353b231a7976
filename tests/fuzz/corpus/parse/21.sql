SELECT * FROM r, LATERAL TABLE(f(r.a)) AS t (x, y), UNNEST(r.arr) WITH ORDINALITY AS u (e, o);
