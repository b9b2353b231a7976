#include "shell/settings.h"

#include "grammar/ast.h"
#include "storage/base/vec.h"

static const OptionDef settings_table[] = {
    {"table.local-time-zone", OPTION_TEXT, "UTC", NULL, OPTION_RESULT,
     "the time zone of TIMESTAMP_LTZ in texts, casts and windows"},
    {"commit-interval", OPTION_DURATION, "50 ms", NULL, OPTION_EXTENSION,
     "how often results become visible"},
    {"commit-size", OPTION_SIZE, "16 mb", NULL, OPTION_EXTENSION,
     "so much of changes is committed at once, and waits at most while commits are held up"},
    {"synchronous", OPTION_ENUM, "NORMAL", "NORMAL|FULL", OPTION_EXTENSION,
     "FULL: commits are synced to the disk one by one, as those of jobs with sinks outside of the "
     "file always are; NORMAL: a loss of power can take the last ones back, and the job does them "
     "again"},
    {"wal-warn-size", OPTION_SIZE, "256 mb", NULL, OPTION_EXTENSION,
     "a WAL that has grown so far, since another process reads an old snapshot, is told of"},
    {"wal-slow-size", OPTION_SIZE, "1 gb", NULL, OPTION_EXTENSION,
     "from here on commits come every 10 seconds only"},
    {"wal-pause-size", OPTION_SIZE, "4 gb", NULL, OPTION_EXTENSION,
     "here, or at a fifth of the free disk, jobs pause until the WAL can be emptied"},
    {"sql-client.execution.result-mode", OPTION_ENUM, "tableau", "tableau|changelog|table", 0,
     "how a SELECT is shown: its changes, those of bounded queries folded into rows; each change; "
     "or the table "
     "that they make, kept current on a terminal and printed at the end"},
    {"sql-client.execution.max-table-result.rows", OPTION_INT, "1000000", NULL, 0,
     "rows that the result mode table keeps; beyond that the oldest go. 0: no bound"},
    {"sql-client.verbose", OPTION_BOOL, "false", NULL, OPTION_IGNORED,
     "errors always say what is known"},
    {"table.exec.source.idle-timeout", OPTION_DURATION, "0 ms", NULL, OPTION_RESULT,
     "a split without rows for this long does not hold back the watermark; 0: off"},
    {"table.exec.emit.allow-lateness", OPTION_DURATION, "0 ms", NULL, OPTION_RESULT,
     "rows that come behind a window's end by no more than this still count in it: its results are "
     "corrected"},
    {"table.exec.emit.late-fire.enabled", OPTION_BOOL, "false", NULL, OPTION_RESULT,
     "the same: where lateness is allowed, results are corrected"},
    {"table.exec.emit.late-fire.delay", OPTION_DURATION, "0 ms", NULL, OPTION_RESULT,
     "corrections wait for so long, by the clock; 0: each goes out at once"},
    {"table.exec.emit.early-fire.enabled", OPTION_BOOL, "false", NULL, OPTION_RESULT,
     "results of windows that are still filling go out, too"},
    {"table.exec.emit.early-fire.delay", OPTION_DURATION, "0 ms", NULL, OPTION_RESULT,
     "they wait for so long, by the clock; 0: each change goes out at once"},
    {"table.exec.state.ttl", OPTION_DURATION, "0 ms", NULL, OPTION_RESULT,
     "what GROUP BY, DISTINCT, Top-N, deduplication, INTERSECT, EXCEPT, OVER, upsert-kafka tables "
     "and UpsertMaterialize remember of a key is forgotten when nothing has written it for so "
     "long; "
     "0: never"},
    {"table.exec.sink.upsert-materialize", OPTION_ENUM, "AUTO", "AUTO|FORCE|NONE", OPTION_RESULT,
     "of rows that have one PRIMARY KEY in a table and are different ones in the query the last is "
     "shown, and the one before when it is taken back; NONE: whatever comes replaces or deletes"},
    {"table.exec.mini-batch.enabled", OPTION_BOOL, "false", NULL, OPTION_IGNORED,
     "work is always done in batches"},
    {"table.exec.mini-batch.allow-latency", OPTION_DURATION, "0 ms", NULL, OPTION_IGNORED,
     "see commit-interval"},
    {"table.exec.mini-batch.size", OPTION_INT, "-1", NULL, OPTION_IGNORED, "see commit-interval"},
    {"table.exec.sink.not-null-enforcer", OPTION_ENUM, "ERROR", "ERROR|DROP", OPTION_IGNORED,
     "a NULL in a NOT NULL column is rejected under 'on-error'"},
    {"table.exec.sink.type-length-enforcer", OPTION_ENUM, "IGNORE", "IGNORE|TRIM_PAD",
     OPTION_RESULT,
     "TRIM_PAD: INSERT cuts what is longer than its column of CHAR(n), VARCHAR(n), BINARY(n), "
     "VARBINARY(n), and fills up CHAR and BINARY, where the query's column has that type already "
     "and its values do not keep to it; a cast from another type always does"},
    {"table.exec.legacy-cast-behaviour", OPTION_ENUM, "DISABLED", "DISABLED", OPTION_IGNORED,
     "there is the one behaviour"},
    {"table.exec.source.rowtime-null-handling", OPTION_ENUM, "FAIL", "FAIL|DROP|SKIP_WATERMARK",
     OPTION_IGNORED, "a NULL rowtime is rejected under 'on-error'"},
    {"table.dml-sync", OPTION_BOOL, "false", NULL, OPTION_IGNORED,
     "weir run always waits, the shell never does"},
    {"execution.runtime-mode", OPTION_ENUM, "streaming", "streaming|batch|automatic",
     OPTION_IGNORED, "bounded input ends by itself"},
    {"parallelism.default", OPTION_INT, "1", NULL, OPTION_IGNORED, "results do not depend on it"},
    {"pipeline.name", OPTION_TEXT, NULL, NULL, OPTION_IGNORED, "a job is known by its number"},
    {"pipeline.auto-watermark-interval", OPTION_DURATION, "200 ms", NULL, OPTION_IGNORED,
     "watermarks are exact per row"},
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};

const OptionScope settings_scope = {.table = {settings_table}, .tables = 1, .what = "SET"};

void settings_open(Settings *settings)
{
    *settings = (Settings){0};
    arena_init(&settings->arena, NULL);
}

void settings_close(Settings *settings)
{
    arena_close(&settings->arena);
}

Status settings_copy(const Settings *from, Settings *to)
{
    settings_open(to);
    for (uint32_t i = 0; i < from->count; i++)
        TRY(settings_set(to, &from->entry[i], NULL));
    return ST_OK;
}

OptionList settings_list(const Settings *settings)
{
    return (OptionList){settings->entry, settings->count};
}

Status settings_set(Settings *settings, const OptionEntry *pair, Diag *diag)
{
    if (!text_starts_with(pair->key, TEXT("var."))) {
        OptionList one = {pair, 1};
        TRY(options_check(&settings_scope, one, pair->key_span, diag));
    }
    OptionEntry entry = {0};
    TRY(arena_text(&settings->arena, pair->key, &entry.key));
    TRY(arena_text(&settings->arena, pair->value, &entry.value));
    settings_reset(settings, pair->key);
    if (settings->count == settings->capacity) {
        void *items = settings->entry;
        TRY(vec_grow(&settings->arena, &items, settings->count, &settings->capacity, sizeof entry));
        settings->entry = items;
    }
    settings->entry[settings->count++] = entry;
    return ST_OK;
}

void settings_reset(Settings *settings, Text key)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < settings->count; i++) {
        if (key.size > 0 && !text_equal(settings->entry[i].key, key))
            settings->entry[kept++] = settings->entry[i];
    }
    settings->count = kept;
}

QuerySettings settings_of_queries(const Settings *settings)
{
    const OptionScope *scope = &settings_scope;
    OptionList list = settings_list(settings);
    QuerySettings out = {0};
    EmitStrategy *emit = &out.emit;
    emit->lateness = option_duration(scope, list, "table.exec.emit.allow-lateness");
    emit->early = option_bool(scope, list, "table.exec.emit.early-fire.enabled");
    emit->early_delay = option_duration(scope, list, "table.exec.emit.early-fire.delay");
    emit->late = emit->lateness > 0; /* what was let in is of use only where it goes out */
    emit->late_delay = option_duration(scope, list, "table.exec.emit.late-fire.delay");
    out.state_ttl = option_duration(scope, list, "table.exec.state.ttl");
    out.upsert_materialize =
        (UpsertMaterialize)option_enum(scope, list, "table.exec.sink.upsert-materialize");
    out.fits_lengths = option_enum(scope, list, "table.exec.sink.type-length-enforcer") > 0;
    return out;
}

void settings_print_results(const Settings *settings, StrBuf *out)
{
    for (uint32_t i = 0; i < settings->count; i++) {
        const OptionDef *def = option_find_def(&settings_scope, settings->entry[i].key);
        if (def == NULL || (def->flags & OPTION_RESULT) == 0)
            continue;
        strbuf_string(out, "SET ");
        ast_print_string(settings->entry[i].key, out);
        strbuf_string(out, " = ");
        ast_print_string(settings->entry[i].value, out);
        strbuf_string(out, ";\n");
    }
}
