#!/usr/bin/env bash
# Runs the job into a fresh database and compares what the README shows with expected.txt, which was
# worked out by hand.
# usage: check.sh WEIR FOLDER
set -euo pipefail
weir=$(realpath "$1")
mkdir -p "$2"
db=$(realpath "$2")/bids.db
cd "$(dirname "$0")"
rm -f "$db" "$db-wal" "$db-shm"
"$weir" run job.sql --db "$db"
{
    echo busy
    sqlite3 "$db" 'SELECT * FROM busy ORDER BY window_start'
    echo per_channel
    sqlite3 "$db" 'SELECT * FROM per_channel ORDER BY channel'
    echo 'busy$late'
    sqlite3 "$db" 'SELECT rowtime, watermark, line FROM "busy$late"'
    echo 'busy$errors'
    sqlite3 "$db" 'SELECT line, code, field, message FROM "busy$errors"'
    echo _weir_counts
    sqlite3 "$db" 'SELECT view, source, read, used, filtered, late, rejected, skipped FROM _weir_counts ORDER BY view'
} | diff expected.txt -
