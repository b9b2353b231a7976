SET 'table.local-time-zone' = 'UTC'; RESET 'table.local-time-zone'; SET; RESET;
