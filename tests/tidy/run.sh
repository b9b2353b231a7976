#!/usr/bin/env bash
# Runs every check over the project. Each is also a test of its own, and so is its self-test.
cd "$(dirname "$0")" || exit 2
bad=0
for check in check_*.py; do
    python3 "$check" || bad=1
done
exit "$bad"
