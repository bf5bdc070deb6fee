#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Fuzzes one of the readers of hostile bytes with clang's libFuzzer:
#   scripts/fuzz.sh trace|spool|block|cfi|elf|budget [SECONDS, default 60]
# New inputs go to build-fuzz/found/TARGET; a crash is kept there and is the exit status. Name it by
# what it breaks and put it into tests/fuzz/corpus/TARGET, where ctest replays it.
set -eu
cd "$(dirname "$0")/.."

target=${1:-}
seconds=${2:-60}
case $target in
  trace | spool | block | cfi | elf | budget) ;;
  *) sed -n '3,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
if ! command -v clang++ >/dev/null 2>&1; then
  echo "fuzz.sh: no clang++; on Debian: apt-get install clang libclang-rt-14-dev" >&2
  exit 1
fi
if ! echo 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }' |
  clang++ -fsanitize=fuzzer,address -x c++ -o /dev/null - 2>/dev/null; then
  echo "fuzz.sh: clang++ has no fuzzer runtime; on Debian: apt-get install libclang-rt-14-dev" >&2
  exit 1
fi

cmake -S tests/fuzz/libfuzzer -B build-fuzz -DCMAKE_C_COMPILER=clang \
  -DCMAKE_CXX_COMPILER=clang++ >/dev/null
cmake --build build-fuzz --target "fuzz_$target" >build-fuzz/build.log 2>&1 ||
  { cat build-fuzz/build.log >&2; exit 1; }
mkdir -p "build-fuzz/found/$target"
exec "build-fuzz/fuzz_$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
  -print_final_stats=1 -artifact_prefix="build-fuzz/found/$target-" \
  "build-fuzz/found/$target" "tests/fuzz/corpus/$target"
