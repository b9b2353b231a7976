/* What is on a simulated disk, looked at through SQLite's own interface, as any other client would:
 * all that a job gives, as text, and whether the database is whole. The disk stays as it is. */
#ifndef WEIR_TESTS_SIM_INSPECT_H
#define WEIR_TESTS_SIM_INSPECT_H

#include "storage/base/strbuf.h"
#include "tests/sim/fault_vfs.h"

/* Every table but those that say how the job got there, its rows sorted; "error: ..." when SQLite
 * cannot read it. No other disk is in use. */
void inspect_tables(const Disk *disk, const char *path, StrBuf *out);
/* What the queries answer, with a zero byte behind each. */
void inspect_answers(const Disk *disk, const char *path, Text queries, StrBuf *out);
/* false: what PRAGMA integrity_check says. */
bool inspect_integrity(const Disk *disk, const char *path, StrBuf *out);

#endif
