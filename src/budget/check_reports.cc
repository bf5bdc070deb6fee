// SPDX-License-Identifier: Apache-2.0
#include "budget/check_reports.h"

#include <algorithm>

namespace allocprof::budget {

const std::vector<CheckFormat>& CheckFormats() {
  static const std::vector<CheckFormat> formats = {
      {"text", "for people, editors and problem matchers: as gcc writes errors", WriteCheckText},
      {"json", "everything, as allocprof.check/1", WriteCheckJson},
      {"md", "Markdown, for a pull request", WriteCheckMarkdown},
      {"junit", "JUnit XML: a test case a limit", WriteJUnit},
      {"sarif", "SARIF 2.1.0, with stacks", WriteSarif},
      {"github", "annotations of a GitHub workflow", WriteGitHub},
      {"gitlab", "GitLab's code quality report", WriteGitLab},
      {"ctest", "CTest's measurements", WriteCTest},
  };
  return formats;
}

const CheckFormat* FindCheckFormat(const std::string& name) {
  const auto& formats = CheckFormats();
  const auto it = std::find_if(formats.begin(), formats.end(),
                               [&](const CheckFormat& format) { return name == format.name; });
  return it == formats.end() ? nullptr : &*it;
}

}  // namespace allocprof::budget
