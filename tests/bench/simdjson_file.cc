// A bare simdjson loop over a file that is in memory: the time of the loop alone, in nanoseconds of CPU.
#include <simdjson.h>

#include <cinttypes>
#include <cstdio>
#include <ctime>

#include "bench_json.h"

static double cpu_ns()
{
    timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

int main(int argc, char **argv)
{
    simdjson::padded_string text;
    if (argc != 2 || simdjson::padded_string::load(argv[1]).get(text) != simdjson::SUCCESS)
        return 2;
    uint64_t sum = 0;
    simdjson_loop(text.data(), text.size(), 0, &sum); // once to warm up
    double from = cpu_ns();
    uint64_t rows = simdjson_loop(text.data(), text.size(), 0, &sum);
    std::printf("%.0f %" PRIu64 " %" PRIu64 "\n", cpu_ns() - from, rows, sum);
}
