CREATE TABLE busy WITH ('connector' = 'print') AS SELECT driver, COUNT(*) n FROM rides GROUP BY driver;
