#include "storage/journal/state_store.h"

#include <assert.h>

#include "storage/base/crash_point.h"
#include "storage/base/hash.h"
#include "storage/base/limits.h"

enum {
    STREAM_CHUNK = 1 << 20,
    STREAM_SET = 0
}; /* the stream is kept as pages of a set that no container has */

/* What is known of the job's rows in the file. */
typedef struct Known {
    CheckpointInfo checkpoint;
    uint64_t version; /* of the valid checkpoint; 0: none */
    bool tidy;        /* nothing of an unfinished checkpoint is left */
} Known;

struct StateStore {
    Db *db;
    int64_t job;
    Meter *meter;
    Known known, committed; /* in the running transaction, and before it */
    StateWalk walk;         /* its load_pages finds the store by it */
    StrBuf stream;          /* read; the walk's input */
    Text damaged;           /* what was found to be so */
    uint64_t next_epoch;    /* of the journal, to be read */
    DbStatement *put_page, *drop_older, *drop_set, *pages, *put_entry, *next_entry;
};

/* --- opening --- */

/* Nothing of it is looked at: what it says is not known. */
static Status check_format(const StateStore *store, const DbStatement *row, Diag *diag)
{
    int64_t format = db_column_i64(row, 3);
    if (format == STATE_FORMAT)
        return ST_OK;
    diag_error(diag, E4012, SPAN_NONE,
               "what job %lld needs to go on was kept by Weir %.*s in another layout (%lld, this "
               "version has %d)",
               (long long)store->job, TEXT_ARG(db_column_text(row, 4)), (long long)format,
               STATE_FORMAT);
    diag_hint(diag, "let that version run the job to its end, or drop what the job keeps and "
                    "create it again");
    return ST_STATE;
}

static Status read_checkpoint(StateStore *store, Diag *diag)
{
    DbStatement *query;
    bool row = false;
    TRY(db_prepare(store->db,
                   TEXT("SELECT version, epoch, last_set, format, engine FROM _weir_checkpoints"
                        " WHERE job = ?1"),
                   &query, diag));
    Status status = db_bind_i64(query, 1, store->job);
    if (status == ST_OK)
        status = db_step(query, &row, diag);
    if (status == ST_OK && row)
        status = check_format(store, query, diag);
    if (status == ST_OK && row) {
        store->known.version = (uint64_t)db_column_i64(query, 0);
        store->known.checkpoint = (CheckpointInfo){true, (uint64_t)db_column_i64(query, 1),
                                                   (uint64_t)db_column_i64(query, 2)};
    }
    db_statement_close(query);
    store->next_epoch = store->known.checkpoint.epoch + 1;
    store->committed = store->known;
    return status;
}

static Status prepare_statements(StateStore *store, Diag *diag)
{
    const struct {
        DbStatement **statement;
        Text sql;
    } all[] = {
        {&store->put_page, TEXT("INSERT OR REPLACE INTO _weir_state (job, pageset, page, version, "
                                "bytes) VALUES (?1, ?2, ?3, ?4, ?5)")},
        {&store->drop_older, TEXT("DELETE FROM _weir_state WHERE job = ?1 AND pageset = ?2 AND "
                                  "page = ?3 AND version < ?4")},
        {&store->drop_set, TEXT("DELETE FROM _weir_state WHERE job = ?1 AND pageset = ?2")},
        {&store->pages, TEXT("SELECT page, bytes FROM _weir_state WHERE job = ?1 AND pageset = ?2 "
                             "AND version <= ?3 ORDER BY page, version")},
        {&store->put_entry, TEXT("INSERT OR REPLACE INTO _weir_journal (job, epoch, body, digest, "
                                 "checksum) VALUES (?1, ?2, ?3, ?4, ?5)")},
        {&store->next_entry,
         TEXT("SELECT body, digest, checksum FROM _weir_journal WHERE job = ?1 AND epoch = ?2")},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        TRY(db_prepare(store->db, all[i].sql, all[i].statement, diag));
    return read_checkpoint(store, diag);
}

Status state_store_open(Db *db, int64_t job, Meter *meter, StateStore **out, Diag *diag)
{
    StateStore *store = mem_alloc_zeroed(meter, sizeof *store);
    if (store == NULL)
        return ST_NOMEM;
    store->db = db;
    store->job = job;
    store->meter = meter;
    strbuf_init(&store->stream, meter);
    Status status = prepare_statements(store, diag);
    if (status != ST_OK) {
        state_store_close(store);
        return status;
    }
    *out = store;
    return ST_OK;
}

void state_store_close(StateStore *store)
{
    if (store == NULL)
        return;
    db_statement_close(store->put_page);
    db_statement_close(store->drop_older);
    db_statement_close(store->drop_set);
    db_statement_close(store->pages);
    db_statement_close(store->put_entry);
    db_statement_close(store->next_entry);
    strbuf_close(&store->stream);
    mem_free(store->meter, store, sizeof *store);
}

void state_store_committed(StateStore *store)
{
    store->committed = store->known;
}

void state_store_rolled_back(StateStore *store)
{
    store->known = store->committed;
}

CheckpointInfo state_store_checkpoint(const StateStore *store)
{
    return store->known.checkpoint;
}

Status state_store_clear(StateStore *store, Diag *diag)
{
    DbValue job = db_value_i64(store->job);
    TRY(db_run(store->db, TEXT("DELETE FROM _weir_state WHERE job = ?1"), &job, 1, diag));
    TRY(db_run(store->db, TEXT("DELETE FROM _weir_journal WHERE job = ?1"), &job, 1, diag));
    TRY(db_run(store->db, TEXT("DELETE FROM _weir_checkpoints WHERE job = ?1"), &job, 1, diag));
    TRY(db_run(store->db, TEXT("DELETE FROM _weir_sinks WHERE job = ?1"), &job, 1, diag));
    store->known.checkpoint = (CheckpointInfo){0};
    store->known.version = 0;
    store->next_epoch = 1;
    CRASH_POINT(CLEAR_AFTER);
    return ST_OK;
}

/* --- sinks --- */

Status state_store_put_sink(StateStore *store, uint32_t sink, Text bytes, Diag *diag)
{
    const DbValue value[] = {db_value_i64(store->job), db_value_i64(sink), db_value_bytes(bytes)};
    return db_run(store->db,
                  TEXT("INSERT OR REPLACE INTO _weir_sinks (job, sink, bytes) VALUES (?1, ?2, ?3)"),
                  value, 3, diag);
}

Status state_store_sink(StateStore *store, uint32_t sink, Arena *arena, bool *exists, Text *bytes,
                        Diag *diag)
{
    const DbValue value[] = {db_value_i64(store->job), db_value_i64(sink)};
    DbStatement *query;
    TRY(db_prepare(store->db, TEXT("SELECT bytes FROM _weir_sinks WHERE job = ?1 AND sink = ?2"),
                   &query, diag));
    Status status = db_bind_values(query, value, 2);
    if (status == ST_OK)
        status = db_step(query, exists, diag);
    if (status == ST_OK && *exists)
        status = arena_text(arena, db_column_text(query, 0), bytes);
    db_statement_close(query);
    return status;
}

Status state_store_last_epoch(StateStore *store, uint64_t *epoch, Diag *diag)
{
    DbStatement *query;
    bool row;
    TRY(db_prepare(store->db,
                   TEXT("SELECT coalesce(max(epoch), 0) FROM _weir_journal WHERE job = ?1"), &query,
                   diag));
    Status status = db_bind_i64(query, 1, store->job);
    if (status == ST_OK)
        status = db_step(query, &row, diag);
    if (status == ST_OK)
        *epoch = (uint64_t)db_column_i64(query, 0);
    if (*epoch < store->known.checkpoint.epoch)
        *epoch = store->known.checkpoint.epoch;
    db_statement_close(query);
    return status;
}

/* --- writing --- */

static Status run(DbStatement *statement, const DbValue *value, uint32_t count, Diag *diag)
{
    bool row;
    db_statement_reset(statement);
    TRY(db_bind_values(statement, value, count));
    Status status = db_step(statement, &row, diag);
    db_statement_reset(statement);
    return status;
}

static Status put_bytes(StateStore *store, uint64_t set, uint32_t page, Text bytes, Diag *diag)
{
    const DbValue value[] = {db_value_i64(store->job), db_value_i64((int64_t)set),
                             db_value_i64(page), db_value_i64((int64_t)store->known.version + 1),
                             db_value_bytes(bytes)};
    return run(store->put_page, value, 5, diag);
}

static Status drop_older(StateStore *store, uint64_t set, uint32_t page, Diag *diag)
{
    const DbValue value[] = {db_value_i64(store->job), db_value_i64((int64_t)set),
                             db_value_i64(page), db_value_i64((int64_t)store->known.version + 1)};
    return run(store->drop_older, value, 4, diag);
}

/* A page set of an unfinished checkpoint may have had a number that is given out again. */
static Status drop_unfinished(StateStore *store, Diag *diag)
{
    if (store->known.tidy)
        return ST_OK;
    const DbValue value[] = {db_value_i64(store->job), db_value_i64((int64_t)store->known.version)};
    TRY(db_run(store->db, TEXT("DELETE FROM _weir_state WHERE job = ?1 AND version > ?2"), value, 2,
               diag));
    store->known.tidy = true;
    CRASH_POINT(UNFINISHED_DROPPED);
    return ST_OK;
}

Status state_store_put_page(StateStore *store, const FrozenPage *page, Text blob, Diag *diag)
{
    TRY(drop_unfinished(store, diag));
    return put_bytes(store, page->set_id, page->index, blob, diag);
}

void state_store_give_up(StateStore *store)
{
    store->known.tidy = store->committed.tidy = false;
}

/* In chunks, each with its checksum behind it. */
static Status put_stream(StateStore *store, Text stream, Diag *diag)
{
    StrBuf chunk;
    Status status = ST_OK;
    uint32_t page = 0;
    strbuf_init(&chunk, store->meter);
    do {
        uint32_t size = stream.size < STREAM_CHUNK ? stream.size : STREAM_CHUNK;
        uint64_t check = hash_bytes(stream.ptr, size, page);
        strbuf_clear(&chunk);
        strbuf_put(&chunk, stream.ptr, size);
        strbuf_put(&chunk, &check, sizeof check);
        status = strbuf_status(&chunk);
        if (status == ST_OK)
            status = put_bytes(store, STREAM_SET, page++, strbuf_as_text(&chunk), diag);
        CRASH_POINT(FINISH_STREAM);
        stream.ptr += size;
        stream.size -= size;
    } while (status == ST_OK && stream.size > 0);
    strbuf_close(&chunk);
    return status;
}

/* What the new checkpoint replaces: older versions of pages that it has whole, the old stream, sets
 * that are gone, the journal up to it. */
static Status drop_replaced(StateStore *store, uint64_t epoch, const Freeze *freeze, Diag *diag)
{
    for (uint32_t i = 0; i < freeze->count; i++) {
        if (frozen_page_is_whole(&freeze->page[i]))
            TRY(drop_older(store, freeze->page[i].set_id, freeze->page[i].index, diag));
    }
    const DbValue value[] = {db_value_i64(store->job),
                             db_value_i64((int64_t)store->known.version + 1),
                             db_value_i64((int64_t)epoch + DEFECT(JOURNAL_CUT))};
    TRY(db_run(store->db,
               TEXT("DELETE FROM _weir_state WHERE job = ?1 AND pageset = 0 AND version < ?2"),
               value, 2, diag));
    for (uint32_t i = 0; i < freeze->gone_before; i++) {
        const DbValue gone[] = {value[0], db_value_i64((int64_t)freeze->gone[i])};
        TRY(run(store->drop_set, gone, 2, diag));
    }
    return db_run(store->db, TEXT("DELETE FROM _weir_journal WHERE job = ?1 AND epoch <= ?3"),
                  value, 3, diag);
}

Status state_store_finish(StateStore *store, uint64_t epoch, Text stream, const Freeze *freeze,
                          Diag *diag)
{
    assert(freeze_left(freeze) == 0 && !freeze->broken);
    CRASH_POINT(FINISH_BEFORE);
    TRY(drop_unfinished(store, diag));
    TRY(put_stream(store, stream, diag));
    TRY(drop_replaced(store, epoch, freeze, diag));
    CRASH_POINT(FINISH_REPLACED);
    const DbValue value[] = {
        db_value_i64(store->job),     db_value_i64((int64_t)store->known.version + 1),
        db_value_i64((int64_t)epoch), db_value_i64((int64_t)freeze->last_set_id),
        db_value_i64(STATE_FORMAT),   db_value_text(TEXT(WEIR_VERSION))};
    TRY(db_run(store->db,
               TEXT("INSERT OR REPLACE INTO _weir_checkpoints (job, version, epoch, last_set, "
                    "format, engine) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
               value, 6, diag));
    store->known.version++;
    store->known.checkpoint = (CheckpointInfo){true, epoch, freeze->last_set_id};
    CRASH_POINT(FINISH_AFTER);
    return ST_OK;
}

/* --- reading --- */

static StateStore *store_of(StateWalk *walk)
{
    return (StateStore *)(void *)((char *)walk - offsetof(StateStore, walk));
}

/* Each row of the set's pages to `take`. */
static Status read_pages(StateStore *store, uint64_t set,
                         Status (*take)(void *context, uint32_t page, Text bytes), void *context,
                         Diag *diag)
{
    const DbValue value[] = {db_value_i64(store->job), db_value_i64((int64_t)set),
                             db_value_i64((int64_t)store->known.version)};
    bool row = true;
    db_statement_reset(store->pages);
    Status status = db_bind_values(store->pages, value, 3);
    while (status == ST_OK) {
        status = db_step(store->pages, &row, diag);
        if (status != ST_OK || !row)
            break;
        int64_t page = db_column_i64(store->pages, 0);
        status = page < 0 || page >= UINT32_MAX
                     ? ST_STATE
                     : take(context, (uint32_t)page, db_column_text(store->pages, 1));
        if (status == ST_STATE)
            store->damaged = TEXT("a page of its state");
    }
    db_statement_reset(store->pages);
    return status;
}

static Status take_page(void *context, uint32_t page, Text bytes)
{
    return page_blob_load(context, page, bytes.ptr, bytes.size);
}

static Status load_pages(StateWalk *walk, PageSet *set)
{
    Diag ignored = {0};
    return read_pages(store_of(walk), set->id, take_page, set, &ignored);
}

static Status take_chunk(void *context, uint32_t page, Text bytes)
{
    StrBuf *stream = context;
    uint64_t check;
    if (bytes.size < sizeof check || stream->size != (size_t)page * STREAM_CHUNK)
        return ST_STATE;
    uint32_t size = bytes.size - (uint32_t)sizeof check;
    memcpy(&check, bytes.ptr + size, sizeof check);
    if (check != hash_bytes(bytes.ptr, size, page))
        return ST_STATE;
    strbuf_put(stream, bytes.ptr, size);
    return strbuf_status(stream);
}

Status state_store_read_end(StateStore *store, Status status, Diag *diag)
{
    if (status != ST_STATE || diag->set)
        return status;
    Text what = store->damaged.size > 0 ? store->damaged : TEXT("its structure");
    diag_error(diag, E4008, SPAN_NONE, "the checkpoint of job %lld is damaged: %.*s",
               (long long)store->job, TEXT_ARG(what));
    return ST_STATE;
}

Status state_store_read(StateStore *store, Freeze *freeze, StateWalk **walk, Diag *diag)
{
    strbuf_clear(&store->stream);
    store->damaged = TEXT_NONE;
    Status status = read_pages(store, STREAM_SET, take_chunk, &store->stream, diag);
    if (status != ST_OK)
        return state_store_read_end(store, status, diag);
    store->walk = (StateWalk){.loading = true,
                              .freeze = freeze,
                              .in = strbuf_as_text(&store->stream),
                              .load_pages = load_pages};
    *walk = &store->walk;
    return ST_OK;
}

/* --- journal --- */

static uint64_t entry_check(const JournalEntry *entry)
{
    return hash_bytes(entry->body.ptr, entry->body.size, hash_u64(entry->epoch, entry->digest));
}

Status journal_put(StateStore *store, const JournalEntry *entry, Diag *diag)
{
    const DbValue value[] = {db_value_i64(store->job), db_value_i64((int64_t)entry->epoch),
                             db_value_bytes(entry->body), db_value_i64((int64_t)entry->digest),
                             db_value_i64((int64_t)entry_check(entry))};
    return run(store->put_entry, value, 5, diag);
}

Status journal_next(StateStore *store, JournalEntry *entry, bool *found, Diag *diag)
{
    const DbValue value[] = {db_value_i64(store->job), db_value_i64((int64_t)store->next_epoch)};
    db_statement_reset(store->next_entry);
    TRY(db_bind_values(store->next_entry, value, 2));
    TRY(db_step(store->next_entry, found, diag));
    if (!*found)
        return ST_OK;
    *entry = (JournalEntry){.epoch = store->next_epoch,
                            .body = db_column_text(store->next_entry, 0),
                            .digest = (uint64_t)db_column_i64(store->next_entry, 1)};
    if ((uint64_t)db_column_i64(store->next_entry, 2) != entry_check(entry))
        return diag_error(diag, E4008, SPAN_NONE,
                          "epoch %llu of the journal of job %lld is damaged",
                          (unsigned long long)entry->epoch, (long long)store->job);
    store->next_epoch++;
    return ST_OK;
}
