// SPDX-License-Identifier: Apache-2.0
//
// One table in GitHub's Markdown, for pull requests: the columns that text shows, figures as
// people read them. Stacks get a last column with the innermost frame that is not plumbing.
//
// Names are escaped: none can end a cell, open a tag or mark text up. No errors but those of the
// stream. Thread-safety: functions without state.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "report/report.h"

namespace allocprof::view {

// What Markdown and HTML would take for markup escaped; for text that is Printable.
std::string MarkdownText(std::string_view text);

void WriteMarkdown(const report::Table& table, std::ostream& out);

}  // namespace allocprof::view
