// SPDX-License-Identifier: Apache-2.0
//
// A table whose rows are sentences, as paragraphs: the first shown column leads, the others follow
// below it with their titles. Thread-safety: functions without state.
#pragma once

#include <ostream>

#include "report/report.h"
#include "view/text_style.h"

namespace allocprof::view {

void WriteTextProse(const report::Table& table, const TextStyle& style, std::ostream& out);

}  // namespace allocprof::view
