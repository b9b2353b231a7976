/* KafkaEnds: where the partitions of a topic end, as far as a sink knows: the first offset behind
 * the last record that it has seen there. Deleting records, by retention, by hand or by compaction,
 * never brings an end back: one that is below what it was is of another topic of the same name, or
 * of a broker that has lost what it had confirmed. */
#ifndef WEIR_STORAGE_CONNECTOR_KAFKA_ENDS_H
#define WEIR_STORAGE_CONNECTOR_KAFKA_ENDS_H

#include "storage/base/mem.h"
#include "storage/base/strbuf.h"

typedef struct KafkaEnds {
    Meter *meter;
    int64_t *offset; /* by partition; 0: nothing is known to be in front of it */
    uint32_t count;
} KafkaEnds;

void kafka_ends_open(KafkaEnds *ends, Meter *meter);
void kafka_ends_close(KafkaEnds *ends);
void kafka_ends_clear(KafkaEnds *ends);

static inline int64_t kafka_ends_get(const KafkaEnds *ends, uint32_t partition)
{
    return partition < ends->count ? ends->offset[partition] : 0;
}

/* To the offset, unless it is there or behind it. */
CHECKED Status kafka_ends_raise(KafkaEnds *ends, uint32_t partition, int64_t offset);
/* Each to that of `other`. */
CHECKED Status kafka_ends_raise_all(KafkaEnds *ends, const KafkaEnds *other);

/* The first partition that in `now` ends before `ends`; UINT32_MAX: none does. */
uint32_t kafka_ends_find_gone(const KafkaEnds *ends, const KafkaEnds *now);
/* The first one that in `now` ends behind `ends`, by more than the record with which a broker notes
 * a commit, by and by; UINT32_MAX: none does. */
uint32_t kafka_ends_find_grown(const KafkaEnds *ends, const KafkaEnds *now);

/* As bytes. ST_STATE: those that are loaded are no such. */
void kafka_ends_save(const KafkaEnds *ends, StrBuf *out);
CHECKED Status kafka_ends_load(KafkaEnds *ends, Text bytes);

#endif
