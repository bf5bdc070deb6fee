// SPDX-License-Identifier: Apache-2.0
//
// A hand-made report of a sqlite3 run, for the tests of the views.
#pragma once

#include "report/report.h"

namespace allocprof::view {

report::Report SampleReport();

}  // namespace allocprof::view
