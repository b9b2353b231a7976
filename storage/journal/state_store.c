/* A checkpoint becomes valid by one row of _weir_checkpoints. What it replaces goes afterwards, a
 * share with each commit (sweep.h), as there can be as much of it as there is state, and a commit
 * must not wait for all of it. So until the sweep is over the file has more than a restart needs,
 * and none of that does harm:
 *
 *   older versions of a page that is there whole are loaded first and then written over;
 *   the stream is read in the valid version alone;
 *   a set that the stream does not name is not read, and its number is never given out again;
 *   rows of a version above the valid one, of a checkpoint that was cut off, are passed over;
 *   entries of the journal up to the checkpoint's epoch are not read.
 *
 * The next checkpoint may be written meanwhile, but becomes valid only when the sweep is over. So
 * what has gathered is never more than what one checkpoint replaces, and rows that were cut off are
 * gone before a version above theirs is valid. A run that begins finds by itself what the one
 * before has left: first every set in the file is doomed, and loading spares those that it meets
 * and dooms what it sees to be superfluous in them. */
#include "storage/journal/state_store.h"

#include <assert.h>
#include <stdio.h>

#include "storage/base/crash_point.h"
#include "storage/base/hash.h"
#include "storage/base/limits.h"
#include "storage/journal/sweep.h"

enum {
    STREAM_CHUNK = 1 << 20,
    STREAM_SET = 0
}; /* the stream is kept as pages of a set that no container has */

/* What is known of the job's rows in the file. */
typedef struct Known {
    CheckpointInfo checkpoint;
    uint64_t version;   /* of the valid checkpoint; 0: none */
    bool journal_begun; /* nothing is in it that no checkpoint precedes */
} Known;

struct StateStore {
    Db *db;
    int64_t job;
    Meter *meter;
    Known known, committed; /* in the running transaction, and before it */
    uint64_t cut_version;   /* the highest that a checkpoint which was cut off has left */
    Sweep sweep;
    bool loaded;         /* what is to be spared is known, if there is anything */
    StateWalk walk;      /* its load_pages finds the store by it */
    StrBuf stream;       /* read; the walk's input */
    StrBuf entry;        /* of the journal, read */
    Text damaged;        /* what was found to be so */
    uint64_t next_epoch; /* of the journal, to be read */
    DbStatement *put_page, *pages, *put_entry, *next_entry;
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

static Status fail_damaged(const StateStore *store, const char *what, Text part, Diag *diag)
{
    long long job = (long long)store->job;
    Status status = diag_error(diag, E4008, SPAN_NONE, "%s of job %lld is damaged: %.*s", what, job,
                               TEXT_ARG(part));
    diag_hint(diag,
              "restore a backup of the database; or begin again: STOP JOB '%lld', and run its "
              "script",
              job);
    return status;
}

static int64_t row_check(int64_t job, uint64_t version, uint64_t epoch, uint64_t last_set)
{
    uint64_t check = hash_u64((uint64_t)job, version);
    check = hash_u64(epoch, check);
    return (int64_t)hash_u64(last_set, hash_u64(STATE_FORMAT, check));
}

static Status read_checkpoint(StateStore *store, Diag *diag)
{
    DbStatement *query;
    bool row = false;
    TRY(db_prepare(store->db,
                   TEXT("SELECT version, epoch, last_set, format, engine, checksum"
                        " FROM _weir_checkpoints WHERE job = ?1"),
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
        const CheckpointInfo *read = &store->known.checkpoint;
        if (db_column_i64(query, 5) !=
            row_check(store->job, store->known.version, read->epoch, read->last_set_id))
            status = fail_damaged(store, "the checkpoint", TEXT("its row"), diag);
    }
    db_statement_close(query);
    store->next_epoch = store->known.checkpoint.epoch + 1;
    store->known.journal_begun = store->known.checkpoint.exists;
    store->committed = store->known;
    return status;
}

/* What the run before has left. */
static Status open_sweep(StateStore *store, Diag *diag)
{
    CheckpointInfo *checkpoint = &store->known.checkpoint;
    TRY(sweep_open(&store->sweep, store->db, store->job, store->meter, diag));
    sweep_doom_journal(&store->sweep, checkpoint->epoch);
    sweep_settle(&store->sweep);
    if (checkpoint->last_set_id < store->sweep.last_set)
        checkpoint->last_set_id = store->sweep.last_set;
    store->committed = store->known;
    store->loaded = !checkpoint->exists;
    return ST_OK;
}

static Status prepare_statements(StateStore *store, Diag *diag)
{
    const struct {
        DbStatement **statement;
        Text sql;
    } all[] = {
        {&store->put_page, TEXT("INSERT OR REPLACE INTO _weir_state (job, pageset, page, version, "
                                "bytes) VALUES (?1, ?2, ?3, ?4, ?5)")},
        {&store->pages, TEXT("SELECT page, version, bytes FROM _weir_state WHERE job = ?1 AND "
                             "pageset = ?2 ORDER BY page, version")},
        {&store->put_entry, TEXT("INSERT OR REPLACE INTO _weir_journal (job, epoch, body, digest, "
                                 "checksum) VALUES (?1, ?2, ?3, ?4, ?5)")},
        {&store->next_entry,
         TEXT("SELECT body, digest, checksum FROM _weir_journal WHERE job = ?1 AND epoch = ?2")},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        TRY(db_prepare(store->db, all[i].sql, all[i].statement, diag));
    TRY(read_checkpoint(store, diag));
    return open_sweep(store, diag);
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
    strbuf_init(&store->entry, meter);
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
    db_statement_close(store->pages);
    db_statement_close(store->put_entry);
    db_statement_close(store->next_entry);
    sweep_close(&store->sweep);
    strbuf_close(&store->stream);
    strbuf_close(&store->entry);
    mem_free(store->meter, store, sizeof *store);
}

void state_store_committed(StateStore *store)
{
    store->committed = store->known;
    sweep_committed(&store->sweep);
}

void state_store_rolled_back(StateStore *store)
{
    store->known = store->committed;
    sweep_rolled_back(&store->sweep);
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
    sweep_forget(&store->sweep);
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

/* That is being written. One that was given up had the same: its rows are written over, but for
 * those of sets that are gone, and these are swept. */
static uint64_t next_version(const StateStore *store)
{
    uint64_t last = store->known.version;
    return (last > store->cut_version ? last : store->cut_version) + 1;
}

static Status put_bytes(StateStore *store, uint64_t set, uint32_t page, Text bytes, Diag *diag)
{
    const DbValue value[] = {db_value_i64(store->job), db_value_i64((int64_t)set),
                             db_value_i64(page), db_value_i64((int64_t)next_version(store)),
                             db_value_bytes(bytes)};
    return run(store->put_page, value, 5, diag);
}

Status state_store_put_page(StateStore *store, const FrozenPage *page, Text blob, Diag *diag)
{
    return put_bytes(store, page->set_id, page->index, blob, diag);
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
static Status doom_replaced(StateStore *store, uint64_t epoch, const Freeze *freeze)
{
    Sweep *sweep = &store->sweep;
    uint64_t replaced = store->known.version;
    sweep_doom_journal(sweep, epoch + DEFECT(JOURNAL_CUT));
    for (uint32_t i = 0; i < freeze->gone_before; i++)
        TRY(sweep_doom(sweep, &(Doomed){freeze->gone[i], ANY_PAGE, ANY_VERSION}));
    if (replaced == 0)
        return ST_OK; /* the first one */
    TRY(sweep_doom(sweep, &(Doomed){STREAM_SET, ANY_PAGE, 0, replaced}));
    for (uint32_t i = 0; i < freeze->count; i++) {
        const FrozenPage *page = &freeze->page[i];
        if (frozen_page_is_whole(page))
            TRY(sweep_doom(sweep, &(Doomed){page->set_id, page->index, page->index, 0, replaced}));
    }
    return ST_OK;
}

Status state_store_finish(StateStore *store, uint64_t epoch, Text stream, const Freeze *freeze,
                          Diag *diag)
{
    assert(freeze_left(freeze) == 0 && !freeze->broken && sweep_is_over(&store->sweep));
    CRASH_POINT(FINISH_BEFORE);
    TRY(put_stream(store, stream, diag));
    uint64_t version = next_version(store);
    const DbValue value[] = {
        db_value_i64(store->job),
        db_value_i64((int64_t)version),
        db_value_i64((int64_t)epoch),
        db_value_i64((int64_t)freeze->last_set_id),
        db_value_i64(STATE_FORMAT),
        db_value_text(TEXT(WEIR_VERSION)),
        db_value_i64(row_check(store->job, version, epoch, freeze->last_set_id))};
    TRY(db_run(store->db,
               TEXT("INSERT OR REPLACE INTO _weir_checkpoints (job, version, epoch, last_set, "
                    "format, engine, checksum) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)"),
               value, 7, diag));
    TRY(doom_replaced(store, epoch, freeze));
    store->known.version = version;
    store->known.checkpoint = (CheckpointInfo){true, epoch, freeze->last_set_id};
    CRASH_POINT(FINISH_AFTER);
    return ST_OK;
}

Status state_store_sweep(StateStore *store, uint64_t bytes, Diag *diag)
{
    assert(store->loaded);
    return sweep_go_on(&store->sweep, bytes, diag);
}

bool state_store_is_swept(const StateStore *store)
{
    return sweep_is_over(&store->sweep);
}

/* --- reading --- */

static StateStore *store_of(StateWalk *walk)
{
    return (StateStore *)(void *)((char *)walk - offsetof(StateStore, walk));
}

typedef struct PageRow {
    uint32_t page;
    bool first; /* of the page's */
    uint64_t version;
    Text bytes;
} PageRow;

/* Each valid row of the set's pages to `take`: those from `oldest` on, up to the checkpoint's
 * version. */
static Status read_pages(StateStore *store, uint64_t set, uint64_t oldest,
                         Status (*take)(StateStore *store, const PageRow *row, void *context),
                         void *context, Diag *diag)
{
    const DbValue value[] = {db_value_i64(store->job), db_value_i64((int64_t)set)};
    bool found = true;
    int64_t page = -1;
    db_statement_reset(store->pages);
    Status status = db_bind_values(store->pages, value, 2);
    while (status == ST_OK) {
        status = db_step(store->pages, &found, diag);
        if (status != ST_OK || !found)
            break;
        PageRow row = {.first = db_column_i64(store->pages, 0) != page,
                       .version = (uint64_t)db_column_i64(store->pages, 1)};
        page = db_column_i64(store->pages, 0);
        row.page = (uint32_t)page;
        if (page < 0 || page >= UINT32_MAX || row.version >= INT64_MAX) {
            status = ST_STATE;
        } else if (row.version < oldest || row.version > store->known.version) {
            status = sweep_doom(&store->sweep,
                                &(Doomed){set, row.page, row.page, row.version, row.version});
            if (row.version > store->cut_version)
                store->cut_version = row.version;
        } else {
            row.bytes = db_column_text(store->pages, 2);
            status = take(store, &row, context);
        }
        if (status == ST_STATE)
            store->damaged = TEXT("a page of its state");
    }
    db_statement_reset(store->pages);
    sweep_spare(&store->sweep, set);
    sweep_settle(&store->sweep);
    return status;
}

static Status take_page(StateStore *store, const PageRow *row, void *context)
{
    PageSet *set = context;
    TRY(page_blob_load(set, row->page, row->bytes.ptr, row->bytes.size));
    bool whole = set->page[row->page].pieces == 0;
    return row->first || !whole ? ST_OK
                                : sweep_doom(&store->sweep, &(Doomed){set->id, row->page, row->page,
                                                                      0, row->version - 1});
}

static Status load_pages(StateWalk *walk, PageSet *set)
{
    Diag ignored = {0};
    return read_pages(store_of(walk), set->id, 0, take_page, set, &ignored);
}

static Status take_chunk(StateStore *store, const PageRow *row, void *context)
{
    StrBuf *stream = context;
    Text bytes = row->bytes;
    uint32_t page = row->page;
    uint64_t check;
    (void)store;
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
    store->loaded = store->loaded || status == ST_OK;
    if (status != ST_STATE || diag->set)
        return status;
    Text what = store->damaged.size > 0 ? store->damaged : TEXT("its structure");
    return fail_damaged(store, "the checkpoint", what, diag);
}

Status state_store_read(StateStore *store, Freeze *freeze, StateWalk **walk, Diag *diag)
{
    strbuf_clear(&store->stream);
    store->damaged = TEXT_NONE;
    Status status =
        read_pages(store, STREAM_SET, store->known.version, take_chunk, &store->stream, diag);
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

/* Of a run that was cut off before its first checkpoint: its epochs count for nothing, and those of
 * this one have the same numbers. They are few, as the first checkpoint is that of a job which has
 * read nothing yet. */
static Status begin_journal(StateStore *store, Diag *diag)
{
    if (store->known.journal_begun)
        return ST_OK;
    DbValue job = db_value_i64(store->job);
    TRY(db_run(store->db, TEXT("DELETE FROM _weir_journal WHERE job = ?1"), &job, 1, diag));
    store->known.journal_begun = true;
    return ST_OK;
}

Status journal_put(StateStore *store, const JournalEntry *entry, Diag *diag)
{
    TRY(begin_journal(store, diag));
    const DbValue value[] = {db_value_i64(store->job), db_value_i64((int64_t)entry->epoch),
                             db_value_bytes(entry->body), db_value_i64((int64_t)entry->digest),
                             db_value_i64((int64_t)entry_check(entry))};
    return run(store->put_entry, value, 5, diag);
}

/* Where the journal ends, no later commit is known of: neither by an entry behind a gap, nor by the
 * ring of the last commits, where one has stood since its transaction. */
static Status check_end(StateStore *store, Diag *diag)
{
    DbStatement *query;
    bool row;
    uint64_t last = 0;
    TRY(db_prepare(store->db,
                   TEXT("SELECT max((SELECT coalesce(max(epoch), 0) FROM _weir_journal WHERE job ="
                        " ?1), (SELECT coalesce(max(epoch), 0) FROM _weir_epochs WHERE job = ?1))"),
                   &query, diag));
    Status status = db_bind_i64(query, 1, store->job);
    if (status == ST_OK)
        status = db_step(query, &row, diag);
    if (status == ST_OK)
        last = (uint64_t)db_column_i64(query, 0);
    db_statement_close(query);
    TRY(status);
    if (last < store->next_epoch)
        return ST_OK;
    return diag_error(diag, E4008, SPAN_NONE,
                      "epoch %llu is missing in the journal of job %lld, which had got to %llu",
                      (unsigned long long)store->next_epoch, (long long)store->job,
                      (unsigned long long)last);
}

Status journal_next(StateStore *store, JournalEntry *entry, bool *found, Diag *diag)
{
    const DbValue value[] = {db_value_i64(store->job), db_value_i64((int64_t)store->next_epoch)};
    db_statement_reset(store->next_entry);
    TRY(db_bind_values(store->next_entry, value, 2));
    TRY(db_step(store->next_entry, found, diag));
    if (!*found)
        return check_end(store, diag);
    strbuf_clear(&store->entry);
    strbuf_text(&store->entry, db_column_text(store->next_entry, 0));
    *entry = (JournalEntry){.epoch = store->next_epoch,
                            .body = strbuf_as_text(&store->entry),
                            .digest = (uint64_t)db_column_i64(store->next_entry, 1)};
    uint64_t check = (uint64_t)db_column_i64(store->next_entry, 2);
    db_statement_reset(store->next_entry); /* else no table could be dropped until the next call */
    TRY(strbuf_status(&store->entry));
    if (check != entry_check(entry)) {
        char words[48];
        snprintf(words, sizeof words, "epoch %llu", (unsigned long long)entry->epoch);
        return fail_damaged(store, "the journal", text_of(words), diag);
    }
    store->next_epoch++;
    return ST_OK;
}
