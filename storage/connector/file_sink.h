/* Writing part files: ConnectorClass.open_sink of the filesystem. A part is hidden while it is
 * written (part_folder.h); a commit makes what was written durable, and when the part has reached
 * its size or age, finishes it. A finished part is shown: it gets its visible name. Visible parts
 * are whole and hold committed rows only.
 *
 * Exactly once. save gives: E, the last epoch committed; `first`, the number of the first part that
 * is not shown; `part`, that of the part in hand or, when there is none, of the next; its committed
 * length. Parts from `first` to before `part` are finished. A part is shown by the commit after the
 * one that finished it, when that it is finished has been saved, or by finish, before which all is
 * saved. Say the job is killed, or the power fails, and the saved memory is that of E:
 *
 * - before or while the rows of E + 1 are written, or in its commit before fdatasync has returned:
 *   the part in hand may be longer than the length, with anything behind it, and is cut back. All
 *   before the length was durable when E was committed, and is not written again since.
 * - a part made after E may be there or not, whole or torn: its number is `part` or above, the
 *   memory has no length for it, and it is removed; the job writes its rows again. It cannot have
 *   been shown, since only what is saved is shown.
 * - the commit of E + 1 is through, with its fdatasync, and perhaps finished the part in hand, but
 *   the memory of E + 1 is not saved: being finished is no more than a number in memory, so that
 *   this is the first case. The job writes E + 1 again, and the same part is finished again.
 * - a part's first commit also syncs the directory before it returns, so that a part of which the
 *   memory has a length is there by its name.
 * - the commit of E + 1 was showing the parts from `first` to before `part`, which the memory of E
 *   calls finished: any of the renames may be done or not, durable or not, since the directory is
 *   synced after them. Those that are hidden are shown when the sink is opened, those that are not
 *   were shown before, and a reader may have fetched them since. The directory is synced before the
 *   commit returns, so that a memory that calls them shown is only saved when they are.
 * - in finish, the part in hand, which the memory of E still gives a length, was shown or not: it
 *   is there by one of its two names. Shown, it is finished, and the next number is the next
 * part's. If it is there by neither, somebody took it away, and whether before or after it was
 * shown is not known: E3006.
 * - while opening: cutting back, removing and showing can be done again from any state they leave.
 *
 * A write that fails for what passes, as when the disk is full, leaves its rows in memory, and what
 * it has written of them behind the committed length. The commit then fails with nothing changed
 * but that, and is asked again. A part that cannot be shown leaves those before it shown, durably,
 * and `first` says so. Any other failed write, and a failed fsync of any kind, fails the commit for
 * good, and the sink is closed. What is cut back when it is opened again includes all that the
 * failure may have hurt.
 *
 * A copy of the job's database has the same owner. While one is in use the other finds the lock
 * taken. When the other one went further meanwhile, a part is shown that the database does not
 * know, or the one in hand is too short or ends otherwise: each is E3006, and nothing is touched.
 * One case is not noticed here: the other one only added to the part in hand. What it added is cut
 * off, and it is the other one that is told E3006 when it is started again. */
#ifndef WEIR_STORAGE_CONNECTOR_FILE_SINK_H
#define WEIR_STORAGE_CONNECTOR_FILE_SINK_H

#include "storage/connector/connector.h"

CHECKED Status file_open_sink(const TableSpec *table, SourceEnv *env, const SinkMemory *memory,
                              uint64_t *stored_epoch, Sink **out, Diag *diag);

#endif
