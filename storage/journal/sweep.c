#include "storage/journal/sweep.h"

#include <assert.h>

#include "storage/base/crash_point.h"

enum {
    STATEMENT_BYTES = 4096, /* finding and deleting a row takes as long as writing so many bytes */
    RANGE_PAGES = 64        /* joined into one range: looking for a row passes those that stay */
};

/* --- what is doomed --- */

static bool is_joined(const Doomed *last, const Doomed *range)
{
    return last->set == range->set && last->first_version == range->first_version &&
           last->last_version == range->last_version &&
           (uint64_t)last->last_page + 1 == range->first_page &&
           range->last_page - last->first_page < RANGE_PAGES;
}

Status sweep_doom(Sweep *sweep, const Doomed *range)
{
    SweepPlace *place = &sweep->place;
    /* Only one that a rollback takes back, too, is made longer. */
    if (place->count > sweep->committed.count &&
        is_joined(&sweep->range[place->count - 1], range)) {
        sweep->range[place->count - 1].last_page = range->last_page;
        return ST_OK;
    }
    if (place->count == sweep->capacity) {
        uint32_t larger = sweep->capacity == 0 ? 64 : sweep->capacity * 2;
        void *grown = mem_realloc(sweep->meter, sweep->range,
                                  sweep->capacity * sizeof *sweep->range, larger * sizeof *range);
        if (grown == NULL)
            return ST_NOMEM;
        sweep->range = grown;
        sweep->capacity = larger;
    }
    sweep->range[place->count++] = *range;
    return ST_OK;
}

void sweep_doom_journal(Sweep *sweep, uint64_t last_epoch)
{
    sweep->place.journal = last_epoch;
}

void sweep_settle(Sweep *sweep)
{
    assert(sweep->place.next == 0);
    sweep->committed = sweep->place;
}

/* --- opening --- */

static Status prepare_statements(Sweep *sweep, Diag *diag)
{
    const struct {
        DbStatement **statement;
        Text sql;
    } all[] = {
        {&sweep->next_set, TEXT("SELECT pageset FROM _weir_state WHERE job = ?1 AND pageset > ?2 "
                                "ORDER BY pageset LIMIT 1")},
        {&sweep->find_page,
         TEXT("SELECT rowid, length(bytes) FROM _weir_state WHERE job = ?1 AND pageset = ?2 AND "
              "page BETWEEN ?3 AND ?4 AND version BETWEEN ?5 AND ?6 ORDER BY page LIMIT 1")},
        {&sweep->drop_page, TEXT("DELETE FROM _weir_state WHERE job = ?1 AND rowid = ?2")},
        {&sweep->find_entry, TEXT("SELECT epoch, length(body) FROM _weir_journal WHERE job = ?1 "
                                  "AND epoch <= ?2 ORDER BY epoch LIMIT 1")},
        {&sweep->drop_entry, TEXT("DELETE FROM _weir_journal WHERE job = ?1 AND epoch = ?2")},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        TRY(db_prepare(sweep->db, all[i].sql, all[i].statement, diag));
    return ST_OK;
}

/* The first row that the statement finds. */
static Status first_row(DbStatement *statement, const DbValue *value, uint32_t count,
                        int64_t column[2], bool *found, Diag *diag)
{
    db_statement_reset(statement);
    TRY(db_bind_values(statement, value, count));
    Status status = db_step(statement, found, diag);
    for (int i = 0; status == ST_OK && *found && i < 2 && i < db_column_count(statement); i++)
        column[i] = db_column_i64(statement, i);
    db_statement_reset(statement);
    return status;
}

/* By one step in the index each, however many pages they have. */
static Status doom_sets(Sweep *sweep, Diag *diag)
{
    int64_t set[2] = {-1};
    bool found;
    for (;;) {
        const DbValue value[] = {db_value_i64(sweep->job), db_value_i64(set[0])};
        TRY(first_row(sweep->next_set, value, 2, set, &found, diag));
        if (!found)
            break;
        TRY(sweep_doom(sweep, &(Doomed){(uint64_t)set[0], ANY_PAGE, ANY_VERSION}));
        sweep->last_set = (uint64_t)set[0];
    }
    sweep->sets = sweep->place.count;
    return ST_OK;
}

Status sweep_open(Sweep *sweep, Db *db, int64_t job, Meter *meter, Diag *diag)
{
    *sweep = (Sweep){.db = db, .job = job, .meter = meter};
    TRY(prepare_statements(sweep, diag));
    TRY(doom_sets(sweep, diag));
    sweep_settle(sweep);
    return ST_OK;
}

static void drop_ranges(Sweep *sweep)
{
    mem_free(sweep->meter, sweep->range, sweep->capacity * sizeof *sweep->range);
    sweep->range = NULL;
    sweep->capacity = sweep->sets = 0;
}

void sweep_close(Sweep *sweep)
{
    db_statement_close(sweep->next_set);
    db_statement_close(sweep->find_page);
    db_statement_close(sweep->drop_page);
    db_statement_close(sweep->find_entry);
    db_statement_close(sweep->drop_entry);
    drop_ranges(sweep);
}

void sweep_spare(Sweep *sweep, uint64_t set)
{
    uint32_t low = 0, high = sweep->sets;
    assert(sweep->place.next == 0);
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (sweep->range[middle].set < set)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < sweep->sets && sweep->range[low].set == set)
        sweep->range[low] = (Doomed){.set = set, .first_page = 1}; /* up to page 0: nothing */
}

/* --- sweeping --- */

/* Deletes the first row that is found; *bytes becomes more by what that has cost. */
static Status sweep_row(DbStatement *find, DbStatement *drop, const DbValue *value, uint32_t count,
                        uint64_t *bytes, bool *found, Diag *diag)
{
    int64_t row[2]; /* its key and its size */
    bool more;
    *bytes += STATEMENT_BYTES;
    TRY(first_row(find, value, count, row, found, diag));
    if (!*found)
        return ST_OK;
    *bytes += (uint64_t)row[1];
    const DbValue key[] = {value[0], db_value_i64(row[0])};
    TRY(first_row(drop, key, 2, row, &more, diag));
    CRASH_POINT(SWEEP_ROW);
    return ST_OK;
}

static Status sweep_journal(Sweep *sweep, uint64_t *bytes, Diag *diag)
{
    const DbValue value[] = {db_value_i64(sweep->job), db_value_i64((int64_t)sweep->place.journal)};
    bool found;
    TRY(sweep_row(sweep->find_entry, sweep->drop_entry, value, 2, bytes, &found, diag));
    if (!found)
        sweep->place.journal = 0;
    return ST_OK;
}

static Status sweep_range(Sweep *sweep, uint64_t *bytes, Diag *diag)
{
    const Doomed *range = &sweep->range[sweep->place.next];
    const DbValue value[] = {db_value_i64(sweep->job),
                             db_value_i64((int64_t)range->set),
                             db_value_i64(range->first_page),
                             db_value_i64(range->last_page),
                             db_value_i64((int64_t)range->first_version),
                             db_value_i64((int64_t)range->last_version)};
    bool found = false;
    if (range->first_page <= range->last_page)
        TRY(sweep_row(sweep->find_page, sweep->drop_page, value, 6, bytes, &found, diag));
    sweep->place.next += !found;
    return ST_OK;
}

Status sweep_go_on(Sweep *sweep, uint64_t bytes, Diag *diag)
{
    uint64_t done = 0;
    if (sweep_is_over(sweep))
        return ST_OK;
    while (done < bytes && sweep->place.journal != 0)
        TRY(sweep_journal(sweep, &done, diag));
    while (done < bytes && sweep->place.next < sweep->place.count)
        TRY(sweep_range(sweep, &done, diag));
    CRASH_POINT(SWEEP_SHARE);
    return ST_OK;
}

bool sweep_is_over(const Sweep *sweep)
{
    return sweep->place.journal == 0 && sweep->place.next == sweep->place.count;
}

void sweep_forget(Sweep *sweep)
{
    sweep->place.next = sweep->place.count;
    sweep->place.journal = 0;
}

/* The ranges go only here: until then a rollback may need them. */
void sweep_committed(Sweep *sweep)
{
    if (sweep->place.next == sweep->place.count) {
        drop_ranges(sweep);
        sweep->place.next = sweep->place.count = 0;
    }
    sweep->committed = sweep->place;
}

void sweep_rolled_back(Sweep *sweep)
{
    sweep->place = sweep->committed;
}
