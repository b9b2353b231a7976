#include "shell/statement_help.h"

#include <assert.h>

static const StatementHelp help_table[] = {
    {STATEMENT_QUERY, true,
     "Prints what a query gives, as it comes; typed alone over kept views, the answer is SQLite's.",
     "SELECT auction, price FROM bid WHERE price > 100"},
    {STATEMENT_CREATE_TABLE, true,
     "Declares a source or a sink: columns, watermark, connector, format.",
     "CREATE TABLE paid (auction BIGINT, price INT) WITH ('connector' = 'print')"},
    {STATEMENT_CREATE_VIEW, true, "Gives a query a name; nothing is kept.",
     "CREATE VIEW dear AS SELECT * FROM bid WHERE price > 100"},
    {STATEMENT_CREATE_MATERIALIZED_VIEW, true,
     "Makes a table of the database and keeps it current by a job.",
     "CREATE MATERIALIZED VIEW busy AS SELECT auction, COUNT(*) AS n FROM bid GROUP BY auction"},
    {STATEMENT_CREATE_MATERIALIZED_TABLE, true, "Flink's spelling of the same.",
     "CREATE MATERIALIZED TABLE top AS SELECT auction, MAX(price) AS p FROM bid GROUP BY auction"},
    {STATEMENT_CREATE_FUNCTION, false, "Declares a user's function.",
     "CREATE FUNCTION f AS 'org.example.F'"},
    {STATEMENT_CREATE_DATABASE, false, "Declares a database.", "CREATE DATABASE d"},
    {STATEMENT_CREATE_CATALOG, false, "Declares a catalog.",
     "CREATE CATALOG c WITH ('type' = 'jdbc')"},
    {STATEMENT_ALTER_TABLE, false, "Changes a table.", "ALTER TABLE bid RENAME TO bids"},
    {STATEMENT_ALTER_VIEW, false, "Changes a view.", "ALTER VIEW dear RENAME TO expensive"},
    {STATEMENT_ALTER_MATERIALIZED_VIEW, false, "Changes a materialized view.",
     "ALTER MATERIALIZED VIEW busy SUSPEND"},
    {STATEMENT_ALTER_MATERIALIZED_TABLE, false, "Changes a materialized table.",
     "ALTER MATERIALIZED TABLE top SUSPEND"},
    {STATEMENT_ALTER_FUNCTION, false, "Changes a user's function.",
     "ALTER FUNCTION f AS 'org.example.G'"},
    {STATEMENT_ALTER_DATABASE, false, "Changes a database.", "ALTER DATABASE d SET ('k' = 'v')"},
    {STATEMENT_ALTER_CATALOG, false, "Changes a catalog.", "ALTER CATALOG c SET ('k' = 'v')"},
    {STATEMENT_DROP, true, "Takes away a table, a view or a materialized view, whose job it stops.",
     "DROP MATERIALIZED VIEW busy"},
    {STATEMENT_INSERT, true, "Writes the rows of a query into a table, by a job.",
     "INSERT INTO done SELECT auction, price FROM bid"},
    {STATEMENT_STATEMENT_SET, true, "Runs several INSERTs as one job that reads each source once.",
     "EXECUTE STATEMENT SET BEGIN INSERT INTO done SELECT auction, price FROM bid; END"},
    {STATEMENT_SET, true, "Sets a key, or shows what is set.",
     "SET 'table.local-time-zone' = 'Europe/Berlin'"},
    {STATEMENT_RESET, true, "Gives a key, or all, its default again.",
     "RESET 'table.local-time-zone'"},
    {STATEMENT_SHOW, true, "Lists objects, functions or jobs, or prints a CREATE statement.",
     "SHOW CREATE TABLE bid"},
    {STATEMENT_DESCRIBE, true, "Lists the columns of a table or view.", "DESCRIBE bid"},
    {STATEMENT_EXPLAIN, true,
     "Prints the plan of a query, an INSERT or a materialized view; EXPLAIN WHY says what a job "
     "waits for; not yet with ANALYZE.",
     "EXPLAIN SELECT auction, COUNT(*) FROM bid GROUP BY auction"},
    {STATEMENT_USE, false, "Chooses a catalog or a database.", "USE CATALOG c"},
    {STATEMENT_STOP_JOB, true,
     "Ends a job of SHOW JOBS for good, at the end of its epoch; its tables stay.", "STOP JOB '2'"},
    {STATEMENT_PAUSE_JOB, true,
     "Halts a job at the end of its epoch, also over restarts, until RESUME JOB.", "PAUSE JOB '3'"},
    {STATEMENT_RESUME_JOB, true, "Lets a job go on where it was: a paused one, or one that failed.",
     "RESUME JOB '3'"},
    {STATEMENT_COMPILE_PLAN, false, "Writes a plan into a file.",
     "COMPILE PLAN 'p.json' FOR INSERT INTO done SELECT auction, price FROM bid"},
    {STATEMENT_EXECUTE_PLAN, false, "Runs a plan of a file.", "EXECUTE PLAN 'p.json'"},
    {STATEMENT_ADD_JAR, false, "Loads Java classes.", "ADD JAR 'f.jar'"},
    {STATEMENT_REMOVE_JAR, false, "Unloads Java classes.", "REMOVE JAR 'f.jar'"},
    {STATEMENT_LOAD_MODULE, false, "Loads a module of functions.", "LOAD MODULE hive"},
    {STATEMENT_UNLOAD_MODULE, false, "Unloads a module of functions.", "UNLOAD MODULE hive"},
    {STATEMENT_RETRY_REJECTED, false, "Tries rejected records again.", "RETRY REJECTED FROM bid"},
    {STATEMENT_TRUNCATE, false, "Empties a table.", "TRUNCATE TABLE done"},
    {STATEMENT_DELETE, false, "Deletes rows of a table.", "DELETE FROM done WHERE price = 0"},
    {STATEMENT_UPDATE, false, "Changes rows of a table.", "UPDATE done SET price = 0"},
    {STATEMENT_ANALYZE, false, "Gathers statistics of a table.",
     "ANALYZE TABLE bid COMPUTE STATISTICS"},
    {STATEMENT_CALL, false, "Calls a procedure.", "CALL p(1)"},
};

uint32_t statement_help_count(void)
{
    return sizeof help_table / sizeof *help_table;
}

const StatementHelp *statement_help_get(uint32_t index)
{
    assert(index < statement_help_count());
    return &help_table[index];
}
