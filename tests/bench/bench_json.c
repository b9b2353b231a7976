/* ns of CPU a row of the json decoder over Nexmark-like bids in memory, next to a bare simdjson
 * loop over the same bytes, in interleaved rounds; the last column is the ratio of the two. Prints
 * the median of the rounds. Arguments: rows (default 500000), rounds (default 7). */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench_json.h"
#include "storage/format/format.h"

enum { BLOCK_BYTES = 256 << 10, ROUNDS_MAX = 99, CASES = 5, COLUMNS = 7 };

typedef struct Corpus {
    char *bytes;
    size_t size;
    Block **block; /* the same bytes, cut between records */
    uint32_t blocks;
} Corpus;

static double cpu_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time); /* other programs do not count */
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static size_t print_bid(char *out, uint64_t i, uint64_t *random)
{
    static const char *const channel[] = {"Google", "Facebook", "Baidu", "Apple", "channel-4711"};
    uint64_t r = next_random(random), second = i / 1000;
    return (size_t)sprintf(
        out,
        "{\"auction\":%llu,\"bidder\":%llu,\"price\":%llu,\"channel\":\"%s\",\"url\":"
        "\"https://www.nexmark.com/%llx/item.htm?query=1\",\"dateTime\":\"2020-01-%02llu "
        "%02llu:%02llu:%02llu.%03llu\","
        "\"extra\":\"%08llx%.*s\"}\n",
        (unsigned long long)(1000 + r % 100), (unsigned long long)(1000 + (r >> 8) % 5000),
        (unsigned long long)(100 + (r >> 20) % 10000000), channel[(r >> 45) % 5],
        (unsigned long long)(r >> 44), (unsigned long long)(1 + second / 86400 % 28),
        (unsigned long long)(second / 3600 % 24), (unsigned long long)(second / 60 % 60),
        (unsigned long long)(second % 60), (unsigned long long)(i % 1000),
        (unsigned long long)(r & 0xffffffff), (int)(r >> 50) % 24, "abcdefghijklmnopqrstuvwxyz");
}

static Corpus make_corpus(uint64_t rows)
{
    Corpus corpus = {.bytes = malloc(rows * 320 + simdjson_padding())};
    uint64_t random = 88172645463325252;
    for (uint64_t i = 0; i < rows; i++)
        corpus.size += print_bid(corpus.bytes + corpus.size, i, &random);
    corpus.block = malloc((corpus.size / (BLOCK_BYTES - 4096) + 2) * sizeof *corpus.block);
    for (size_t at = 0; at < corpus.size;) {
        Block *block = block_make(NULL, BLOCK_BYTES);
        size_t size = corpus.size - at < BLOCK_BYTES ? corpus.size - at : BLOCK_BYTES;
        while (corpus.bytes[at + size - 1] != '\n')
            size--;
        memcpy(block->bytes, corpus.bytes + at, size);
        block->size = size;
        corpus.block[corpus.blocks++] = block;
        at += size;
    }
    return corpus;
}

static Field bid_field[COLUMNS];

static void make_schema(void)
{
    static const char *const name[] = {"auction", "bidder",   "price", "channel",
                                       "url",     "dateTime", "extra"};
    for (int i = 0; i < COLUMNS; i++)
        bid_field[i] = (Field){.name = text_of(name[i]),
                               .type = i < 3    ? type_make(TYPE_BIGINT)
                                       : i == 5 ? type_sized(TYPE_TIMESTAMP, 3)
                                                : type_string()};
}

typedef struct Case {
    const char *name;
    uint32_t wanted[COLUMNS], count;
    bool filter; /* price > 5000000: about half */
    int simdjson_all;
} Case;

static const Case cases[CASES] = {
    {"3 of 7: auction price dateTime", {0, 2, 5}, 3, false, 0},
    {"4 of 7: + channel", {0, 2, 3, 5}, 4, false, 0},
    {"4 of 7, half filtered out", {0, 2, 3, 5}, 4, true, 0},
    {"7 of 7", {0, 1, 2, 3, 4, 5, 6}, 7, false, 1},
    {"none", {0}, 0, false, 0},
};

static double run_weir(const Case *c, const Corpus *corpus, uint64_t rows)
{
    Schema schema = {COLUMNS, bid_field};
    Comparison over = {.column = 2,
                       .op = PREDICATE_GT,
                       .value = {.type = type_make(TYPE_BIGINT), .as.i64 = 5000000}};
    OptionScope scope = {{json_format.options}, 1, "bench"};
    DecodeSpec spec = {.schema = &schema,
                       .wanted = c->wanted,
                       .wanted_count = c->count,
                       .predicate = {&over, c->filter},
                       .scope = &scope};
    Field wanted[COLUMNS];
    for (uint32_t i = 0; i < c->count; i++)
        wanted[i] = bid_field[c->wanted[i]];
    Schema narrow = {c->count, wanted};
    Arena arena;
    Decoder *decoder;
    BatchBuilder builder;
    uint64_t seen = 0, offset = 0;
    arena_init(&arena, NULL);
    if (json_format.open_decoder(&arena, NULL, &spec, &decoder) != ST_OK ||
        builder_open(&builder, NULL, &narrow) != ST_OK)
        exit(2);
    double start = cpu_ns();
    for (uint32_t b = 0; b < corpus->blocks; b++) {
        Block *block = corpus->block[b];
        for (size_t at = 0, used; at < block->size; at += used, offset += used) {
            DecodeInput input = {
                block->bytes + at, block->size - at, block, offset, offset == 0, false, false};
            builder_reset(&builder);
            if (decoder->decode(decoder, &input, &builder, &used) != ST_OK ||
                builder.rejected_count > 0)
                exit(2);
            seen += builder.rows;
        }
    }
    double time = cpu_ns() - start;
    builder_close(&builder);
    arena_close(&arena);
    if (seen != rows) {
        fprintf(stderr, "%s: %llu rows\n", c->name, (unsigned long long)seen);
        exit(2);
    }
    return time / (double)rows;
}

static double run_simdjson(const Case *c, const Corpus *corpus, uint64_t rows)
{
    uint64_t sum;
    double start = cpu_ns();
    if (simdjson_loop(corpus->bytes, corpus->size, c->simdjson_all, &sum) != rows)
        exit(2);
    return (cpu_ns() - start) / (double)rows;
}

static int compare_doubles(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

int main(int argc, char **argv)
{
    uint64_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 500000;
    int rounds = argc > 2 ? (int)strtoul(argv[2], NULL, 10) % ROUNDS_MAX : 7;
    static double weir[CASES][ROUNDS_MAX], other[CASES][ROUNDS_MAX];
    make_schema();
    Corpus corpus = make_corpus(rows);
    for (int round = 0; round < rounds; round++) {
        for (int c = 0; c < CASES; c++) {
            weir[c][round] = run_weir(&cases[c], &corpus, rows);
            other[c][round] = run_simdjson(&cases[c], &corpus, rows);
        }
    }
    printf("%llu bids, %.0f bytes a row, median of %d rounds, ns of CPU a row\n",
           (unsigned long long)rows, (double)corpus.size / (double)rows, rounds);
    printf("%-32s %8s %8s %16s\n", "columns", "weir", "simdjson", "simdjson / weir");
    for (int c = 0; c < CASES; c++) {
        qsort(weir[c], (size_t)rounds, sizeof(double), compare_doubles);
        qsort(other[c], (size_t)rounds, sizeof(double), compare_doubles);
        printf("%-32s %8.1f %8.1f %16.2f\n", cases[c].name, weir[c][rounds / 2],
               other[c][rounds / 2], other[c][rounds / 2] / weir[c][rounds / 2]);
    }
    for (uint32_t b = 0; b < corpus.blocks; b++)
        block_release(corpus.block[b]);
    free(corpus.block);
    free(corpus.bytes);
    return 0;
}
