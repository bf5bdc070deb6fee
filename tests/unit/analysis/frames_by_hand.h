// SPDX-License-Identifier: Apache-2.0
//
// A recording whose frames have the names that a test gives them: "demo:main" is main() in a
// module named demo. The modules are files of symbols, made when the report is asked for.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/build_report.h"
#include "support/recording.h"

namespace allocprof::analysis {

class FramesByHand {
 public:
  test::Recording recording;

  // Outermost first. A name without a module is in no module.
  test::Stack Stack(const std::vector<std::string>& frames);

  // The i-th block of 16 bytes or more, allocated by thread 1.
  FramesByHand& Malloc(const std::vector<std::string>& frames, uint64_t size = 100);

  // With the conservation laws checked on it, all rows shown unless told otherwise.
  report::Report Report(ReportOptions options = {.top = 0});

 private:
  struct Module {
    uint64_t base = 0;
    std::map<std::string, uint64_t> functions;  // ELF addresses
  };

  std::map<std::string, Module> modules_;
  uint64_t next_address_ = 0x10000;
};

// Values of a report, as text: of a scalar, and of a table's cell in the row whose first column
// has the name.
std::string ScalarText(const report::Report& report, const std::string& group,
                       const std::string& key);
std::string CellText(const report::Report& report, const std::string& table, const std::string& row,
                     const std::string& column);

}  // namespace allocprof::analysis
