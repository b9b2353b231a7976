SELECT * FROM (VALUES (1, 'a'), (2, NULL)) AS v (n, s) WHERE n > 1;
