#!/usr/bin/env bash
# Builds weir and its yardsticks, and runs the benchmarks; arguments go to run.py.
set -euo pipefail
cd "$(dirname "$0")/../.."
cmake --preset release -B build/bench -DWEIR_BENCH=ON > /dev/null
cmake --build build/bench --target weir measured generate_bids sqlite_upsert sqlite_one_row simdjson_file bench_json monitor_cost kafka_consume kafka_produce > /dev/null
exec python3 tests/bench/run.py build/bench "$@"
