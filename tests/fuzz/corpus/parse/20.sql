SELECT * FROM r LEFT JOIN rates FOR SYSTEM_TIME AS OF r.ts AS x ON r.cur = x.cur;
