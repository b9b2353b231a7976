CREATE TABLE IF NOT EXISTS rides (
  ride_id BIGINT, driver STRING, fare DECIMAL(9,2), pos ROW<lat DOUBLE, lon DOUBLE>, ms BIGINT,
  ts AS TO_TIMESTAMP_LTZ(ms, 3),                       -- computed column
  pt AS PROCTIME(),                                    -- processing-time attribute
  rec_ts TIMESTAMP_LTZ(3) METADATA FROM 'timestamp',   -- readable and writable
  `partition` INT METADATA VIRTUAL, `offset` BIGINT METADATA VIRTUAL,   -- read only
  PRIMARY KEY (ride_id) NOT ENFORCED,               -- or inline on a column; kafka accepts it only with a CDC format, upsert-kafka requires it
  WATERMARK FOR ts AS ts - INTERVAL '4' SECOND
) COMMENT 'raw rides' /* filesystem: PARTITIONED BY (driver) */ WITH ('connector' = 'kafka', 'topic' = 'rides', 'properties.bootstrap.servers' = 'h:9092', 'format' = 'json');
CREATE TABLE rides_replay WITH ('scan.startup.mode' = 'earliest-offset') LIKE rides (EXCLUDING CONSTRAINTS OVERWRITING OPTIONS);
CREATE TABLE busy WITH ('connector' = 'print') AS SELECT driver, COUNT(*) n FROM rides GROUP BY driver;
CREATE TEMPORARY VIEW cheap AS SELECT * FROM rides WHERE fare < 5;
INSERT INTO out_t (driver, n) SELECT driver, COUNT(*) FROM rides /*+ OPTIONS('scan.startup.mode'='latest-offset') */ GROUP BY driver;
INSERT INTO out_t SELECT 1 ON CONFLICT DO DEDUPLICATE;   -- 2.3+; also DO NOTHING, DO ERROR; required when upsert key <> sink key
EXECUTE STATEMENT SET BEGIN INSERT INTO a SELECT 1; INSERT INTO b SELECT CASE WHEN a THEN b END FROM c; END;
SET 'table.local-time-zone' = 'UTC'; RESET 'table.local-time-zone'; SET; RESET; SET var.x = 1; SET table.local-time-zone = Europe/Berlin;
SHOW TABLES; SHOW VIEWS; SHOW CREATE TABLE rides; SHOW FUNCTIONS; SHOW JOBS; DESCRIBE rides; USE db1; DROP TABLE IF EXISTS rides;
EXPLAIN ESTIMATED_COST, CHANGELOG_MODE, PLAN_ADVICE, JSON_EXECUTION_PLAN SELECT 1; EXPLAIN PLAN FOR SELECT 1; EXPLAIN STATEMENT SET BEGIN INSERT INTO a SELECT 1; END;
STOP JOB 'id' WITH SAVEPOINT WITH DRAIN; CREATE FUNCTION f AS 'cls' LANGUAGE PYTHON; ALTER TABLE rides ADD c INT; COMPILE PLAN 'p.json' FOR INSERT INTO a SELECT 1; EXECUTE PLAN 'p.json';
SELECT window_start, window_end, driver, SUM(fare) FROM TABLE(TUMBLE(TABLE rides, DESCRIPTOR(ts), INTERVAL '10' MINUTES)) GROUP BY window_start, window_end, driver;
SELECT * FROM HOP(TABLE rides, DESCRIPTOR(ts), INTERVAL '1' MINUTE /*slide*/, INTERVAL '5' MINUTES /*size*/);
SELECT * FROM CUMULATE(TABLE rides, DESCRIPTOR(ts), INTERVAL '1' HOUR /*step*/, INTERVAL '1' DAY /*size*/ , 1);
SELECT * FROM SESSION(TABLE rides PARTITION BY driver, DESCRIPTOR(ts), INTERVAL '15' MINUTES);
SELECT * FROM TUMBLE(DATA => TABLE rides, TIMECOL => DESCRIPTOR(ts), SIZE => INTERVAL '1' HOUR, `OFFSET` => INTERVAL '5' MINUTES)
 GROUP BY window_start, window_end, GROUPING SETS ((driver), ()) ;
SELECT driver, HOP_START(ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE), COUNT(*) FROM rides GROUP BY driver, HOP(ts, INTERVAL '1' MINUTE, INTERVAL '5' MINUTE);
SELECT * FROM rides r JOIN pays p ON r.ride_id = p.ride_id AND p.ts BETWEEN r.ts AND r.ts + INTERVAL '30' MINUTE;           -- interval join
SELECT /*+ EARLY_FIRE('delay'='5s', 'time-mode'='proctime') */ * FROM rides r LEFT JOIN pays p ON true;
SELECT * FROM rides r LEFT JOIN rates FOR SYSTEM_TIME AS OF r.ts AS x ON r.cur = x.cur;   -- versioned: PK of rates in ON, watermarks on both sides
SELECT * FROM rides r JOIN LATERAL SNAPSHOT(input => TABLE rates, on_time => DESCRIPTOR(u_ts), load_completed_idle_timeout => INTERVAL '10' SECOND) s ON r.cur = s.cur;
SELECT L.k FROM TABLE(TUMBLE(TABLE a)) L FULL JOIN TABLE(TUMBLE(TABLE b)) R ON L.k = R.k AND L.window_start = R.window_start AND L.window_end = R.window_end;
SELECT driver, AVG(fare) OVER w FROM rides WINDOW w AS (PARTITION BY driver ORDER BY ts RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW);  -- or ROWS n
SELECT * FROM (SELECT *, ROW_NUMBER() OVER (PARTITION BY driver ORDER BY fare DESC) rn FROM rides) WHERE rn <= 3;            -- Top-N; partition by window_start, window_end = window Top-N
SELECT * FROM rides MATCH_RECOGNIZE (PARTITION BY driver ORDER BY ts MEASURES FIRST(A.ts) AS t0, LAST(B.fare) AS f, MATCH_ROWTIME(ts) AS rt
  ONE ROW PER MATCH AFTER MATCH SKIP PAST LAST ROW PATTERN (A B{2,5}? C) WITHIN INTERVAL '1' HOUR
  DEFINE A AS fare > 50, B AS B.fare < LAST(B.fare, 1) OR LAST(B.fare, 1) IS NULL, C AS C.fare > A.fare) AS m;
SELECT /*+ STATE_TTL('r'='1d', 'p'='6h') */ 1 ; SELECT /*+ LOOKUP('table'='c', 'retry-predicate'='lookup_miss', 'retry-strategy'='fixed_delay', 'fixed-delay'='1s', 'max-attempts'='3') */ 1;
SELECT * FROM TO_CHANGELOG(input => TABLE agg PARTITION BY k); SELECT * FROM DEDUPLICATE_KEEP_FIRST(input => TABLE t PARTITION BY k, on_time => DESCRIPTOR(ts));
