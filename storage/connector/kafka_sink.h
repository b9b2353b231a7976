/* Writing into a topic: ConnectorClass.open_sink of kafka and upsert-kafka.
 *
 * Exactly once. The epoch's rows wait in memory until its own transaction is durable; then they go
 * out in a transaction of the broker's, with a marker that tells the epoch (kafka_producer.h). The
 * job's database need not know that they have gone: when it goes on after a crash, the marker says
 * from which epoch on rows are to be sent again.
 *
 * Who writes. Each run of a job has an incarnation, a random number. It is in the marker from the
 * first transaction on that comes after it is durable in the database; a replay sends, before that,
 * under the name of the run before. So a run that follows knows the marker of the one before it,
 * whenever that ended. init_transactions keeps older runs from writing. A copy of the database has
 * the same memory and another incarnation: whichever of the two is fenced, or started again, finds
 * a marker that it has not written, and stops (E3006).
 *
 * What is there. The database keeps behind which offset each partition goes on (kafka_ends.h): a
 * topic that ends in front of it is another one of the same name. A broker forgets the marker of a
 * job that stands still for long: then the ends must be exactly those of the clean stop, for
 * whatever came since may be of a newer copy of the database; and the first epoch writes the marker
 * anew, under the new incarnation, so that a second one that does without is told. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_SINK_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_SINK_H

#include "storage/connector/connector.h"

bool kafka_is_exactly_once(const TableSpec *table);

CHECKED Status kafka_open_sink(const TableSpec *table, SourceEnv *env, const SinkMemory *memory,
                               uint64_t *stored_epoch, Sink **out, Diag *diag);
/* The same of net changes: the last record of a key counts, one without a value deletes. */
CHECKED Status upsert_kafka_open_sink(const TableSpec *table, SourceEnv *env,
                                      const SinkMemory *memory, uint64_t *stored_epoch, Sink **out,
                                      Diag *diag);

#endif
