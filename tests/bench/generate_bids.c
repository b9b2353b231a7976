/* Writes Nexmark-like bids as JSON lines: the same for the same arguments. Prices, auctions and the
 * spread of times follow the benchmark's generator in spirit; hot auctions take part of the bids.
 *
 *   generate_bids ROWS AUCTIONS ROWS_PER_SECOND > bids.jsonl */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t state = 88172645463325252u;

/* Written in blocks as large as those of cp: the page cache then holds the file in large folios, as
 * it does a file that was copied or read from a disk. In pages of 4 KiB, one at a time, reading it
 * again costs the kernel twice as much (tests/bench/README.md). */
static char block[1 << 20];

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

int main(int argc, char **argv)
{
    static const char *const channels[] = {"Google", "Facebook", "Baidu", "Apple"};
    uint64_t rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;
    uint64_t auctions = argc > 2 ? strtoull(argv[2], NULL, 10) : 100;
    uint64_t per_second = argc > 3 ? strtoull(argv[3], NULL, 10) : 10000;
    if (auctions == 0 || per_second == 0)
        return 2;
    setvbuf(stdout, block, _IOFBF, sizeof block);
    for (uint64_t i = 0; i < rows; i++) {
        uint64_t micros = i * 1000000 / per_second;
        time_t seconds = (time_t)(1704067200 + micros / 1000000); /* 2024-01-01 */
        struct tm tm;
        char when[32];
        gmtime_r(&seconds, &tm);
        strftime(when, sizeof when, "%Y-%m-%d %H:%M:%S", &tm);
        uint64_t auction = 1000 + next() % auctions, price = 1 + next() % 10000;
        unsigned channel = (unsigned)(next() % 4);
        printf("{\"auction\":%" PRIu64 ",\"bidder\":%" PRIu64 ",\"price\":%" PRIu64
               ",\"channel\":\"%s\",\"url\":\"https://www.nexmark.com/"
               "item.htm?query=1&channel_id=%u\",\"dateTime\":\"%s.%03u\",\"extra\":\"%016" PRIx64
               "%08" PRIx64 "\"}\n",
               auction, 1000 + next() % 100000, price, channels[channel], channel, when,
               (unsigned)(micros / 1000 % 1000), next(), next() & 0xffffffff);
    }
    return 0;
}
