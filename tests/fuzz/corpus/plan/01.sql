SELECT a, b FROM t WHERE a > 1 AND c LIKE 'x%';
