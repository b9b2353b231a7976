/* Catalog: what the database file knows: declared tables, views, materialized views, jobs. Objects
 * are kept as the canonical text of their statement; the planner parses it again when it needs it,
 * so that there is one description of an object and no second one to fall out of step.
 * Everything is in tables with the prefix _weir_ (schema.sql.h), made on first use by an owner.
 * Loaded into memory at open; changes are written through and belong to the caller's transaction;
 * catalog_reload forgets what a rolled-back transaction had done. Pointers to objects and jobs hold
 * until the object or job is changed or dropped, or until catalog_reload.
 * Temporary objects live in memory alone, survive catalog_reload, and hide stored ones of the same
 * name. */
#ifndef WEIR_STORAGE_CATALOG_CATALOG_H
#define WEIR_STORAGE_CATALOG_CATALOG_H

#include "storage/base/clock.h"
#include "storage/base/shard.h"
#include "storage/data/schema.h"
#include "storage/sqlite/db.h"

/* Of the _weir_ tables. A higher one in a file is E4005; a lower one is brought up to date at open,
 * in a transaction of its own; by a reader it is refused, E4011. */
enum { CATALOG_FORMAT = 7 };

typedef enum ObjectKind {
    OBJECT_TABLE,
    OBJECT_VIEW,
    OBJECT_MATERIALIZED_VIEW,
} ObjectKind;
const char *object_kind_name(ObjectKind kind); /* "table", "view", "materialized view" */

typedef struct CatalogObject {
    Text name;
    ObjectKind kind;
    Text sql;       /* canonical CREATE statement */
    int64_t job;    /* of a materialized view; 0: none */
    bool temporary; /* not stored */
} CatalogObject;

typedef enum JobState {
    JOB_CREATED,  /* nothing committed yet */
    JOB_RUNNING,  /* was running when last committed: after a crash it starts again */
    JOB_FINISHED, /* bounded and read to its end */
    JOB_STOPPED,  /* by STOP JOB: for good */
    JOB_FAILED,
    JOB_PAUSED,    /* by PAUSE JOB, until RESUME JOB */
    JOB_SUSPENDED, /* the process that ran it has ended; the next one goes on with it */
    JOB_HELD,      /* WAITING, for a reason that will pass; to be gone on with like RUNNING */
} JobState;
const char *job_state_name(JobState state); /* "RUNNING" ... */
bool job_state_is_over(JobState state);     /* FINISHED, STOPPED, FAILED */

typedef struct CatalogJob {
    int64_t id;
    Text sql;  /* canonical print of its statements */
    Text plan; /* EXPLAIN of the physical plan it runs */
    JobState state;
    Text reason; /* why it does not run */
    Micros created, updated;
    int64_t replaces; /* the job whose views it builds anew, until it takes their place; 0: none */
    Shard shard;      /* of the partitions of its topics */
} CatalogJob;

typedef struct Catalog Catalog;

CHECKED Status catalog_open(Db *db, Meter *meter, Catalog **out, Diag *diag);
void catalog_close(Catalog *catalog);
CHECKED Status catalog_reload(Catalog *catalog, Diag *diag);
/* Of a reader: reads the file again when somebody has written to it, as of one moment. */
CHECKED Status catalog_refresh(Catalog *catalog, Diag *diag);
Db *catalog_db(Catalog *catalog);
uint64_t catalog_hash_seed(const Catalog *catalog); /* random, made with the file */
Text catalog_uuid(const Catalog *catalog);          /* likewise; 36 characters */
/* Makes the _weir_ tables if they are not there. Every function that writes does it by itself; for
 * others that write to them (reject_log.h). In a transaction. */
CHECKED Status catalog_make_tables(Catalog *catalog, Diag *diag);
/* The file has a table, view or index of that name (as SQLite compares names) that is not one of
 * our materialized views: a new one cannot be made beside it. */
CHECKED Status catalog_foreign_table_exists(Catalog *catalog, Text name, bool *exists, Diag *diag);

const CatalogObject *catalog_find(const Catalog *catalog, Text name); /* NULL when absent */
uint32_t catalog_object_count(const Catalog *catalog);
const CatalogObject *catalog_object(const Catalog *catalog, uint32_t index); /* in order of names */
/* Replaces one of the same name. */
CHECKED Status catalog_put_object(Catalog *catalog, const CatalogObject *object, Diag *diag);
/* With its declared columns; not the SQLite table. Nothing happens when there is none. */
CHECKED Status catalog_drop_object(Catalog *catalog, Text name, Diag *diag);
/* The declared columns of a result table, for _weir_columns. */
CHECKED Status catalog_put_columns(Catalog *catalog, Text table, const Schema *schema, Diag *diag);

CHECKED Status catalog_add_job(Catalog *catalog, Text sql, Text plan, Micros now, int64_t *id,
                               Diag *diag);
/* The job builds the other's views anew; 0: it has taken their place. `sql`: its statements from
 * now on. */
CHECKED Status catalog_set_replaces(Catalog *catalog, int64_t id, int64_t other, Text sql,
                                    Diag *diag);
/* Only of a job that keeps no positions yet, or none any more. `plan`: with it, as EXPLAIN. */
CHECKED Status catalog_set_shard(Catalog *catalog, int64_t id, Shard shard, Text plan, Diag *diag);
/* For people: the views and tables that it fills. */
CHECKED Status catalog_name_job(Catalog *catalog, int64_t id, Text name, Diag *diag);
CHECKED Status catalog_set_job(Catalog *catalog, int64_t id, JobState state, Text reason,
                               Micros now, Diag *diag);
/* It runs once more. */
CHECKED Status catalog_restart_job(Catalog *catalog, int64_t id, Micros now, Diag *diag);
/* Forgets what it needs to go on where it was. */
CHECKED Status catalog_forget_recovery(Catalog *catalog, int64_t id, Diag *diag);
/* With all that is kept about it; not its objects. */
CHECKED Status catalog_drop_job(Catalog *catalog, int64_t id, Diag *diag);
/* The same of the last one, which has never worked: the next one has its number. */
CHECKED Status catalog_undo_job(Catalog *catalog, int64_t id, Diag *diag);
const CatalogJob *catalog_find_job(const Catalog *catalog, int64_t id); /* NULL when absent */
uint32_t catalog_job_count(const Catalog *catalog);
const CatalogJob *catalog_job(const Catalog *catalog, uint32_t index); /* by id */

#endif
