/* A job that keeps its results in a database file of its own (job_bench.h, db_fixture.h). */
#ifndef WEIR_TESTS_SUPPORT_JOB_DB_BENCH_H
#define WEIR_TESTS_SUPPORT_JOB_DB_BENCH_H

#include "job_bench.h"

#include "db_fixture.h"

typedef struct JobDbBench {
    JobBench job;
    Fixture fixture;
    Db *db;
    Catalog *catalog;
    int64_t id;
} JobDbBench;

static inline void job_db_must(JobDbBench *b, Status status)
{
    if (status != ST_OK)
        fail_msg("%d: %s", status, b->job.diag.message);
}

static inline void job_db_open(JobDbBench *b)
{
    Diag *diag = &b->job.diag;
    memset(b, 0, sizeof *b);
    job_bench_open(&b->job);
    fixture_open(&b->fixture);
    job_db_must(b, db_open(text_of(b->fixture.path), DB_OWNER, NULL, &b->db, diag));
    job_db_must(b, catalog_open(b->db, NULL, &b->catalog, diag));
    job_db_must(b, db_begin(b->db, diag));
    job_db_must(b, catalog_make_tables(b->catalog, diag));
    job_db_must(b, catalog_add_job(b->catalog, TEXT("CREATE"), TEXT("plan"), 0, &b->id, diag));
    job_db_must(b, catalog_set_job(b->catalog, b->id, JOB_RUNNING, TEXT_NONE, 0, diag));
    job_db_must(b, db_commit(b->db, diag));
    b->job.config.catalog = b->catalog;
    b->job.config.id = b->id;
}

static inline void job_db_close(JobDbBench *b)
{
    job_bench_close(&b->job);
    catalog_close(b->catalog);
    db_close(b->db);
    fixture_close(&b->fixture);
}

/* A result table of the input's columns, with the first one as its key when the input is updated.
 */
static inline PlanNode *job_db_result(JobDbBench *b, PlanNode *input, const char *name)
{
    static const uint32_t first[] = {0};
    StrBuf ddl;
    PlanNode *sink = plan_bench_sink(&b->job.plan, input, SINK_RESULT);
    bool append = input->changelog == CHANGELOG_APPEND;
    sink->as.sink.name = text_of(name);
    sink->as.sink.result = (ResultSpec){.name = text_of(name),
                                        .schema = sink->schema,
                                        .append_only = append,
                                        .key = append ? NULL : first,
                                        .key_count = append ? 0 : 1};
    strbuf_init(&ddl, NULL);
    result_table_ddl(&sink->as.sink.result, &ddl);
    job_db_must(b, db_exec(b->db, strbuf_cstr(&ddl), &b->job.diag));
    strbuf_close(&ddl);
    return sink;
}

static inline void job_db_shows(JobDbBench *b, const char *sql, const char *expected)
{
    assert_string_equal(fixture_query(&b->fixture, sql), expected);
}

#endif
