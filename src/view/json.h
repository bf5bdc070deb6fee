// SPDX-License-Identifier: Apache-2.0
//
// The report as JSON: the stable interface "allocprof.report/1".
//
// {"schema":..., <group>:{...}, <table>:[{...}], "omitted":{<table>:{"rows":N, <column>:sum}},
// "notes":[...]}. A dot in a key nests. One row a line, so that large reports can be read with
// grep. A cut table has an entry in "omitted"; a whole one has none. Rows of stacks carry "frames",
// innermost first.
// No errors but those of the stream: any bytes in a name make valid JSON (U+FFFD for what is not
// UTF-8). Thread-safety: functions without state.
#pragma once

#include <ostream>

#include "report/report.h"

namespace allocprof::view {

void WriteJson(const report::Report& report, std::ostream& out);

}  // namespace allocprof::view
