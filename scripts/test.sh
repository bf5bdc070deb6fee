#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds, then runs every test. Arguments go to ctest: scripts/test.sh -R endings
# The last line is "N passed, N failed"; the exit status is 0 only if some ran and none failed.
set -eu
cd "$(dirname "$0")/.."

if ! scripts/setup.sh || ! scripts/build.sh; then
  echo "0 passed, 0 failed"
  exit 1
fi

results=$PWD/build/test-results.xml
rm -f "$results"
status=0
ctest --test-dir build --parallel "$(nproc)" --output-on-failure --no-tests=error \
  --output-junit "$results" "$@" || status=$?

# One line a test: status="run" when it passed; "fail" or "notrun" when it did not.
count() {
  grep -c "^[[:space:]]*<testcase .*status=\"$1\"" "$results" || true
}
passed=0
failed=0
if [ -f "$results" ]; then
  passed=$(count run)
  failed=$(($(count '[^"]*') - passed))
fi
if [ "$status" -eq 0 ] && { [ "$passed" -eq 0 ] || [ "$failed" -gt 0 ]; }; then
  status=1
fi
echo "$passed passed, $failed failed"
exit "$status"
