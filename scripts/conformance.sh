#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the conformance programs, one a hazard, under an allocation profiler and prints one table:
# was the program undisturbed, how many of its known events were kept, is what was found right.
#   scripts/conformance.sh [--tool allocprof|heaptrack|none] [--only PROGRAM] [--markdown]
# Builds nothing: run scripts/build.sh first. Exits 1 if a row is not in order.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
if [ ! -e "$root/build/tests/conformance/edges" ]; then
  echo "conformance.sh: build/tests/conformance is not there; run scripts/build.sh first" >&2
  exit 1
fi
PYTHONDONTWRITEBYTECODE=1 exec python3 "$root/tests/conformance/conformance.py" \
  --build "$root/build" "$@"
