CREATE TABLE k (a INT, b AS a + 1, c TIMESTAMP(3), WATERMARK FOR c AS c, PRIMARY KEY (a) NOT ENFORCED) WITH ('connector' = 'datagen', 'number-of-rows' = '5');
