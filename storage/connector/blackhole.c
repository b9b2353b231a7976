#include "storage/connector/connector.h"

static Status blackhole_write(Sink *sink, const Batch *batch, Diag *diag)
{
    (void)sink;
    (void)batch;
    (void)diag;
    return ST_OK;
}

static Status blackhole_commit(Sink *sink, uint64_t epoch, Diag *diag)
{
    (void)sink;
    (void)epoch;
    (void)diag;
    return ST_OK;
}

static void blackhole_close(Sink *sink)
{
    (void)sink;
}

static Status blackhole_open_sink(const TableSpec *table, SourceEnv *env, const SinkMemory *memory,
                                  uint64_t *stored_epoch, Sink **out, Diag *diag)
{
    (void)memory;
    *stored_epoch = 0;
    (void)table;
    (void)diag;
    TRY_NEW(*out, env->arena);
    **out = (Sink){.write = blackhole_write, .commit = blackhole_commit, .close = blackhole_close};
    return ST_OK;
}

static const OptionDef blackhole_options[] = {
    {NULL, OPTION_TEXT, NULL, NULL, 0, NULL},
};

const ConnectorClass blackhole_connector = {
    .name = "blackhole",
    .doc = "takes every row and keeps none",
    .options = blackhole_options,
    .accepts_updates = true,
    .open_sink = blackhole_open_sink,
};
