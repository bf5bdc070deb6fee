#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What recording costs, beside heaptrack's library where it is installed: real programs, runs
# interleaved, medians. Builds nothing: run scripts/build.sh first. Options go to the benchmark:
#   scripts/bench.sh --rounds 9 --only sqlite3,perl --json bench.json
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
if [ ! -e "$root/build/libtrace.so" ]; then
  echo "bench.sh: build/libtrace.so is not there; run scripts/build.sh first" >&2
  exit 1
fi
PYTHONDONTWRITEBYTECODE=1 exec python3 "$root/tests/bench/overhead.py" "$root/build" "$@"
