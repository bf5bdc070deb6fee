// SPDX-License-Identifier: Apache-2.0
#include "view/registry.h"

#include <algorithm>

#include "view/csv.h"
#include "view/json.h"
#include "view/markdown.h"
#include "view/text.h"

namespace allocprof::view {
namespace {

Status Text(const report::Report& report, const ViewOptions& options, std::ostream& out) {
  WriteText(report, options.text, out);
  return Status::Ok();
}

Status JsonFormat(const report::Report& report, const ViewOptions&, std::ostream& out) {
  WriteJson(report, out);
  return Status::Ok();
}

Status OneTable(const report::Report& report, const ViewOptions& options, std::ostream& out,
                void (*write)(const report::Table&, std::ostream&)) {
  const report::Table* table = report::FindTable(report, options.table);
  if (table != nullptr) {
    write(*table, out);
    return Status::Ok();
  }
  std::string keys;
  for (const report::Table& known : report.tables) keys += (keys.empty() ? "" : ", ") + known.key;
  return {ErrorCode::kUsage,
          "no table '" + options.table + "' in this report; --table takes one of: " + keys};
}

Status Csv(const report::Report& report, const ViewOptions& options, std::ostream& out) {
  return OneTable(report, options, out, WriteCsv);
}

Status Markdown(const report::Report& report, const ViewOptions& options, std::ostream& out) {
  return OneTable(report, options, out, WriteMarkdown);
}

}  // namespace

const std::vector<Format>& Formats() {
  static const std::vector<Format> formats = {
      {"text", "for people at a terminal", 10, false, Text},
      {"json", "everything, as allocprof.report/1", 0, false, JsonFormat},
      {"csv", "one table with exact figures", 0, true, Csv},
      {"md", "one table in Markdown, for a pull request", 10, true, Markdown},
  };
  return formats;
}

const Format* FindFormat(const std::string& name) {
  const std::vector<Format>& formats = Formats();
  const auto it = std::find_if(formats.begin(), formats.end(),
                               [&](const Format& format) { return name == format.name; });
  return it == formats.end() ? nullptr : &*it;
}

}  // namespace allocprof::view
