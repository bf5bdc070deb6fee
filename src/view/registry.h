// SPDX-License-Identifier: Apache-2.0
//
// The formats of a report: one row each. A new format is one file and one row of registry.cc.
//
// Errors: kUsage for a table that the report does not have. Thread-safety: the table is constant.
#pragma once

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "base/status.h"
#include "report/report.h"
#include "view/text_options.h"

namespace allocprof::view {

struct ViewOptions {
  TextOptions text;
  std::string table = "functions";  // the one that csv and md write
};

struct Format {
  const char* name;
  const char* help;
  uint64_t top;    // rows of a list unless asked otherwise; 0 is all
  bool one_table;  // writes options.table alone
  Status (*write)(const report::Report& report, const ViewOptions& options, std::ostream& out);
};

const std::vector<Format>& Formats();

// nullptr if there is none of that name.
const Format* FindFormat(const std::string& name);

}  // namespace allocprof::view
