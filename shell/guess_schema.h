/* Guess: what records look like to be, as a table: the formats of their values and keys, columns,
 * the one that has the time of events. From a sample, so it is a guess; whoever is shown it may
 * know better. */
#ifndef WEIR_SHELL_GUESS_SCHEMA_H
#define WEIR_SHELL_GUESS_SCHEMA_H

#include "storage/base/arena.h"
#include "storage/base/strbuf.h"
#include "storage/base/text.h"
#include "storage/data/options.h"

typedef struct SampleRecord {
    bool has_key, has_value;
    Text key, value;
} SampleRecord;

typedef enum GuessFormat { GUESS_NO_FORMAT, GUESS_JSON, GUESS_CSV, GUESS_RAW } GuessFormat;

typedef struct GuessColumn {
    Text name, type;
} GuessColumn;

/* The value of a record, or its key. */
typedef struct GuessPart {
    GuessFormat format; /* GUESS_NO_FORMAT: there is no key */
    GuessColumn *column;
    uint32_t count;
    bool iso;            /* json: times as ISO-8601 has them */
    char delimiter;      /* csv */
    bool empty_is_null;  /* csv: where a column is no STRING */
    uint32_t seen, odd;  /* records; of them, those that are not of the format */
    bool names_left_out; /* json: there were more than a table has */
} GuessPart;

typedef struct Guess {
    GuessPart value, key;
    Text key_prefix;  /* of the key's columns, as theirs are names of the value's, too */
    Text time;        /* the column with the time of events; empty: none */
    Text time_from;   /* it is computed from this one, */
    int time_digits;  /* a number of seconds (0) or milliseconds (3) */
    Text record_time; /* a name for the time that Kafka has, where there is no other */
} Guess;

/* The columns' texts live in the arena. */
CHECKED Status guess_schema(const SampleRecord *record, uint32_t count, Arena *arena, Guess *out);

/* CREATE TABLE, with a semicolon and a line feed. `option`: of the connector, printed first.
 * `messages`: it is one that has keys and times, else its records are lines. */
void guess_print_table(const Guess *guess, Text name, const OptionEntry *option, uint32_t options,
                       bool messages, StrBuf *out);
const char *guess_format_name(GuessFormat format);

#endif
