/* RecordBuffer: bytes read from a stream on their way into a decoder. Keeps what was not decoded
 * yet (an unfinished record) and the place where the next bytes go; blocks that rows point into are
 * left alone and replaced. Where the bytes come from is the reader's matter. */
#ifndef WEIR_STORAGE_CONNECTOR_RECORD_BUFFER_H
#define WEIR_STORAGE_CONNECTOR_RECORD_BUFFER_H

#include "storage/connector/connector.h"

typedef struct RecordBuffer {
    Meter *meter;
    Arena arena; /* the decoder's: a job that runs for long opens many, one after another */
    Decoder *decoder;
    Block *block;    /* NULL: nothing is buffered */
    size_t from, to; /* the undecoded bytes of the block */
    uint64_t offset; /* of the first of them in the stream */
    uint64_t begun;  /* what lies in front of it is no part of what is decoded */
} RecordBuffer;

/* Opens the table's decoder for the physical columns of the scan; the first bytes will be those at
 * `start`, of something that began at `begun` in the stream. */
CHECKED Status record_buffer_open(RecordBuffer *buffer, const ScanSpec *scan, SourceEnv *env,
                                  const SplitPosition *start, uint64_t begun);
void record_buffer_close(RecordBuffer *buffer);

static inline SplitPosition record_buffer_position(const RecordBuffer *buffer)
{
    return (SplitPosition){buffer->offset, buffer->decoder->line, buffer->decoder->inside};
}
static inline size_t record_buffer_left(const RecordBuffer *buffer)
{
    return buffer->to - buffer->from;
}
/* Where to put up to *size more bytes, at least one; `hint`: how many are expected to come. */
CHECKED Status record_buffer_room(RecordBuffer *buffer, size_t hint, char **room, size_t *size);
static inline void record_buffer_filled(RecordBuffer *buffer, size_t size)
{
    buffer->to += size;
}
/* Puts in as many of these bytes as there is room for: *count. */
CHECKED Status record_buffer_put(RecordBuffer *buffer, Text bytes, size_t *count);
/* Decodes into the builder what there is. `at_end`: nothing will follow. */
CHECKED Status record_buffer_decode(RecordBuffer *buffer, BatchBuilder *out, bool at_end);
/* Gives the block back when it holds nothing. */
void record_buffer_rest(RecordBuffer *buffer);

static inline bool builder_has_something(const BatchBuilder *builder)
{
    return builder->rows > 0 || builder->rejected_count > 0;
}

#endif
