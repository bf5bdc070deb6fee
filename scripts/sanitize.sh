#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds and runs the unit tests, corpora and goldens under a sanitizer, by the preset of its name:
#   scripts/sanitize.sh asan|ubsan|tsan [ctest arguments]
set -eu
cd "$(dirname "$0")/.."

preset=${1:-}
case $preset in
  asan | ubsan | tsan) shift ;;
  *) sed -n '3,4s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
generator=""
if [ ! -f "build-$preset/CMakeCache.txt" ] && command -v ninja >/dev/null 2>&1; then
  generator="-GNinja"
fi
# shellcheck disable=SC2086 # an option or nothing
cmake --preset "$preset" $generator >/dev/null
cmake --build --preset "$preset" --parallel "$(nproc)" >"build-$preset/build.log" 2>&1 ||
  { tail -40 "build-$preset/build.log" >&2; exit 1; }
exec ctest --preset "$preset" --parallel "$(nproc)" "$@"
