/* Decoding as a fuzz target: whatever the bytes are, the decoder takes all of them, and what comes
 * of them does not depend on how many arrived at a time. The first byte chooses one of the target's
 * tables, the rest is the input. */
#ifndef WEIR_TESTS_FUZZ_FUZZ_DECODE_H
#define WEIR_TESTS_FUZZ_FUZZ_DECODE_H

#include "tests/fuzz/fuzz.h"
#include "tests/unit/storage/format/format_harness.h"

enum { FUZZ_INPUT_BYTES = 8 << 10 };

static inline void fuzz_report(const char *what, Text input, const char *more)
{
    fprintf(stderr, "%s: <%.*s> %s\n", what, TEXT_ARG(input), more);
    abort();
}

static inline void fuzz_decode_in_steps(const FormatTable *table, Text input, size_t step,
                                        StrBuf *out)
{
    const FormatRun run = {
        .table = table, .step = step, .print = {.places = true, .reasons = true}};
    format_run(&run, input, out);
}

static inline void fuzz_decode_table(const FormatClass *format, const char *declaration, Text input)
{
    /* A step of one byte is slow on long inputs: what is incomplete comes again each time. */
    const size_t step[] = {input.size < 512 ? 1 : 97, 13, 64};
    FormatTable table;
    StrBuf whole, parts;
    format_table(&table, format, text_of(declaration));
    strbuf_init(&whole, NULL);
    strbuf_init(&parts, NULL);
    fuzz_decode_in_steps(&table, input, 0, &whole);
    for (size_t i = 0; i < sizeof step / sizeof step[0]; i++) {
        strbuf_clear(&parts);
        fuzz_decode_in_steps(&table, input, step[i], &parts);
        if (!text_equal(strbuf_as_text(&whole), strbuf_as_text(&parts))) {
            fprintf(stderr, "whole:       %s\nin steps %zu: %s\n", strbuf_cstr(&whole), step[i],
                    strbuf_cstr(&parts));
            abort();
        }
    }
    strbuf_close(&parts);
    strbuf_close(&whole);
}

/* The input as one message, and nothing behind it matters. */
static inline void fuzz_message(const FormatTable *table, Text input, StrBuf *out)
{
    FormatRun run = {.table = table, .whole = true, .print = {.reasons = true}};
    StrBuf again = {0};
    format_run(&run, input, out);
    run.behind = '\n';
    format_run(&run, input, &again);
    if (!text_equal(strbuf_as_text(out), strbuf_as_text(&again)))
        fuzz_report("depends on what is behind", input, strbuf_cstr(&again));
    strbuf_close(&again);
}

static inline int fuzz_decode(const FormatClass *format, const char *const *declaration,
                              size_t count, const uint8_t *bytes, size_t size)
{
    if (size == 0 || size > FUZZ_INPUT_BYTES)
        return 0;
    const Text input = {(const char *)bytes + 1, (uint32_t)(size - 1)};
    fuzz_decode_table(format, declaration[bytes[0] % count], input);
    return 0;
}

/* Which bytes belong to which record is the same whichever columns are wanted. */
static inline void fuzz_columns(const FormatTable *table, Text input, bool whole)
{
    static const uint32_t last[] = {1};
    char *by_all = calloc(1, input.size + 1), *by_none = calloc(1, input.size + 1),
         *by_last = calloc(1, input.size + 1);
    FormatRun all = {.table = table, .whole = whole, .print = {.covered = by_all}};
    FormatRun none = all, one = all;
    none.wanted = one.wanted = last;
    one.wanted_count = 1;
    none.print.covered = by_none;
    one.print.covered = by_last;
    StrBuf out = {0};
    format_run(&all, input, &out);
    format_run(&none, input, &out);
    format_run(&one, input, &out);
    if (memcmp(by_all, by_none, input.size) != 0 || memcmp(by_all, by_last, input.size) != 0)
        fuzz_report("depends on the columns", input, strbuf_cstr(&out));
    strbuf_close(&out);
    free(by_all);
    free(by_none);
    free(by_last);
}

#endif
