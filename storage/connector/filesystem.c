#include "storage/connector/file_compare.h"
#include "storage/connector/file_list.h"
#include "storage/connector/file_sink.h"
#include "storage/connector/file_source.h"
#include "storage/connector/name_pattern.h"

static const OptionDef filesystem_options[] = {
    {"path", OPTION_TEXT, NULL, NULL, OPTION_REQUIRED | OPTION_RESULT,
     "a file, a directory or a pattern with * ? [ ]; a directory when rows are written"},
    {"source.monitor-interval", OPTION_DURATION, NULL, NULL, OPTION_RESULT,
     "follow the files as they grow and look for new ones so often; without it they are read once"},
    {"source.path.regex-pattern", OPTION_TEXT, NULL, NULL, OPTION_RESULT,
     "read only files whose whole path matches"},
    {"on-truncate", OPTION_ENUM, "fail", "fail|restart", OPTION_EXTENSION | OPTION_RESULT,
     "what happens when a followed file was cut and is written anew: the job stops, or reads it "
     "from "
     "the beginning"},
    {"partition.default-name", OPTION_TEXT, "__DEFAULT_PARTITION__", NULL, OPTION_IGNORED,
     "tables with PARTITIONED BY are not supported yet"},
    {"sink.rolling-policy.file-size", OPTION_SIZE, "128MB", NULL, 0,
     "a written file that reached this size is finished at the next commit"},
    {"sink.rolling-policy.rollover-interval", OPTION_DURATION, "30 min", NULL, 0,
     "a written file of this age is finished at the next commit"},
    {"sink.rolling-policy.check-interval", OPTION_DURATION, "1 min", NULL, OPTION_IGNORED,
     "size and age are looked at with every commit"},
    {"auto-compaction", OPTION_BOOL, "false", NULL, OPTION_UNSUPPORTED,
     "written files are not merged afterwards"},
    {"compaction.file-size", OPTION_SIZE, NULL, NULL, OPTION_UNSUPPORTED,
     "written files are not merged afterwards"},
    {"sink.partition-commit.#", OPTION_TEXT, NULL, NULL, OPTION_UNSUPPORTED,
     "tables with PARTITIONED BY are not supported yet"},
    {"source.report-statistics", OPTION_TEXT, NULL, NULL, OPTION_IGNORED,
     "the planner does not use statistics of files"},
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};

static bool filesystem_bounded(const TableSpec *table)
{
    return !file_is_followed(table);
}

static bool filesystem_replayable(const TableSpec *table)
{
    (void)table;
    return true;
}

static Micros filesystem_monitor_interval(const TableSpec *table)
{
    return file_is_followed(table)
               ? option_duration(&table->scope, table->options, "source.monitor-interval")
               : 0;
}

static bool filesystem_exactly_once(const TableSpec *table)
{
    (void)table;
    return true;
}

/* "hdfs://..." and the like. */
static bool has_foreign_scheme(Text path)
{
    const char *colon = memchr(path.ptr, ':', path.size);
    return colon != NULL && path.ptr + path.size - colon > 3 && colon[1] == '/' &&
           colon[2] == '/' && !text_starts_with(path, TEXT("file://"));
}

static Status filesystem_check(const TableSpec *table, Span span, Diag *diag)
{
    const OptionEntry *path = option_find(table->options, "path");
    const OptionEntry *pattern = option_find(table->options, "source.path.regex-pattern");
    if (path == NULL)
        return diag_error(diag, E2113, span, "the connector needs the option \"path\"");
    if (path->value.size == 0 || memchr(path->value.ptr, '\0', path->value.size) != NULL)
        return diag_error(diag, E2114, path->value_span, "the path is empty or has a zero byte");
    if (has_foreign_scheme(path->value))
        return diag_error(diag, E2002, path->value_span,
                          "only local files can be read and written");
    if (file_is_followed(table) &&
        option_duration(&table->scope, table->options, "source.monitor-interval") == 0)
        return diag_error(diag, E2114,
                          option_find(table->options, "source.monitor-interval")->value_span,
                          "\"source.monitor-interval\" must be above 0");
    return pattern == NULL ? ST_OK : name_pattern_check(pattern, diag);
}

static const ConnectorMetadata filesystem_metadata[] = {
    {"file.path", METADATA_TEXT, false, NULL},
    {"file.name", METADATA_TEXT, false, NULL},
    {"file.size", METADATA_BIGINT, false, NULL},
    {"file.modification-time", METADATA_INSTANT, false, NULL},
    {NULL, METADATA_TEXT, false, NULL},
};

const ConnectorClass filesystem_connector = {
    .name = "filesystem",
    .doc = "files of this machine, read once or followed; written as part files into a directory",
    .options = filesystem_options,
    .needs_format = true,
    .takes_format = true,
    .metadata = filesystem_metadata,
    .replayable = filesystem_replayable,
    .read_once = file_restarts_when_cut,
    .bounded = filesystem_bounded,
    .list = file_list,
    .monitor_interval = filesystem_monitor_interval,
    .open_split = file_open_split,
    .compare = file_compare,
    .accepts_updates = false,
    .exactly_once = filesystem_exactly_once,
    .open_sink = file_open_sink,
    .check = filesystem_check,
};
