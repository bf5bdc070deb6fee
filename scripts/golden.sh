#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Compares what allocprof prints with tests/golden:
#   scripts/golden.sh            says what differs; exit 1 if anything does
#   scripts/golden.sh --update   writes the expectations anew: read the diff before committing it
set -eu
cd "$(dirname "$0")/.."

update=""
case ${1:-} in
  "") ;;
  --update) update="--update" ;;
  *) sed -n '3,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
scripts/build.sh
status=0
for folder in tests/golden/*/; do
  # shellcheck disable=SC2086 # an option or nothing
  python3 tests/golden/golden.py $update build/allocprof "$folder" || status=1
done
exit "$status"
