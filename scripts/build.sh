#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Configures and builds build/ in Release: build/libtrace.so, build/allocprof and the tests.
# Says nothing when all goes well, everything when it does not.
set -eu
cd "$(dirname "$0")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
quietly() {
  "$@" >"$log" 2>&1 || { cat "$log" >&2; echo "build.sh: failed: $*" >&2; exit 1; }
}

# The generator of an existing build folder is kept: CMake refuses to change it.
generator=""
if [ ! -f build/CMakeCache.txt ] && command -v ninja >/dev/null 2>&1; then
  generator="-GNinja"
fi
# shellcheck disable=SC2086 # an option or nothing
quietly cmake -S . -B build $generator -DCMAKE_BUILD_TYPE=Release
quietly cmake --build build --parallel "$(nproc)"
