#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Builds allocprof, records a program with nothing but LD_PRELOAD and prints the report.
#   scripts/demo.sh            records a sqlite3 job: a table, 40,000 rows, an index, a query
#   scripts/demo.sh CMD ARG…   records that command
# The trace stays in build/demo/trace.json. Exits as the recorded program did.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
"$root/scripts/setup.sh"
"$root/scripts/build.sh"

rm -rf "$root/build/demo"
mkdir -p "$root/build/demo"
trace=$root/build/demo/trace.json

sqlite_job() {
  cat <<'SQL'
CREATE TABLE visits(id INTEGER PRIMARY KEY, page TEXT, seconds INTEGER);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000)
  INSERT INTO visits(page, seconds) SELECT 'page-' || (i % 997), i % 61 FROM n;
CREATE INDEX visits_by_page ON visits(page);
SELECT page, count(*), sum(seconds) FROM visits GROUP BY page ORDER BY 3 DESC LIMIT 5;
SQL
}

status=0
if [ $# -eq 0 ]; then
  echo "\$ LD_PRELOAD=build/libtrace.so ALLOCPROF_OUTPUT=build/demo/trace.json sqlite3 :memory:"
  sqlite_job >"$root/build/demo/job.sql"
  LD_PRELOAD="$root/build/libtrace.so" ALLOCPROF_OUTPUT="$trace" \
    sqlite3 :memory: <"$root/build/demo/job.sql" || status=$?
else
  echo "\$ LD_PRELOAD=build/libtrace.so ALLOCPROF_OUTPUT=build/demo/trace.json $*"
  LD_PRELOAD="$root/build/libtrace.so" ALLOCPROF_OUTPUT="$trace" "$@" || status=$?
fi

echo
echo "\$ build/allocprof report build/demo/trace.json"
"$root/build/allocprof" report "$trace"
exit "$status"
