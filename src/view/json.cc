// SPDX-License-Identifier: Apache-2.0
#include "view/json.h"

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace allocprof::view {
namespace {

using Json = nlohmann::ordered_json;

Json OfValue(const report::Value& value) {
  return std::visit(
      [](const auto& v) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::monostate>) {
          return nullptr;
        } else {
          return v;
        }
      },
      value);
}

Json OfText(const std::string& text) { return text.empty() ? Json() : Json(text); }

// Sets `key` below `*node`. A part that runs into a plain value replaces it.
void SetNested(Json* node, std::string_view key, Json value) {
  for (;;) {
    const size_t dot = key.find('.');
    if (!node->is_object()) *node = Json::object();
    node = &(*node)[std::string(key.substr(0, dot))];
    if (dot == std::string_view::npos) break;
    key.remove_prefix(dot + 1);
  }
  *node = std::move(value);
}

Json OfGroup(const report::ScalarGroup& group) {
  Json object = Json::object();
  for (const report::Scalar& scalar : group.scalars) {
    SetNested(&object, scalar.key, OfValue(scalar.value));
  }
  return object;
}

Json OfFrame(const report::Frame& frame) {
  Json object = {{"function", OfText(frame.function)},
                 {"file", OfText(frame.file)},
                 {"line", frame.line > 0 ? Json(frame.line) : Json()},
                 {"module", OfText(frame.module)},
                 {"inlined", frame.inlined},
                 {"frame_bytes", frame.frame_bytes}};
  if (frame.function.empty()) object["offset"] = frame.offset;
  if (frame.frame_bytes_vary) object["frame_bytes_vary"] = true;
  if (frame.plumbing) object["plumbing"] = true;
  if (frame.system) object["system"] = true;
  return object;
}

Json OfRow(const report::Table& table, size_t index) {
  Json object = Json::object();
  if (index < table.stacks.size()) {
    Json& frames = object["frames"] = Json::array();
    for (const report::Frame& frame : table.stacks[index]) frames.push_back(OfFrame(frame));
  }
  const std::vector<report::Value>& row = table.rows[index];
  for (size_t i = 0; i < table.columns.size() && i < row.size(); i++) {
    SetNested(&object, table.columns[i].key, OfValue(row[i]));
  }
  return object;
}

Json OfOmitted(const report::Report& report) {
  Json omitted = Json::object();
  for (const report::Table& table : report.tables) {
    if (table.omitted_rows == 0) continue;
    Json& object = omitted[table.key] = Json::object();
    object["rows"] = table.omitted_rows;
    for (size_t i = 0; i < table.columns.size() && i < table.omitted.size(); i++) {
      if (std::holds_alternative<std::monostate>(table.omitted[i])) continue;
      SetNested(&object, table.columns[i].key, OfValue(table.omitted[i]));
    }
  }
  return omitted;
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

// Members are written as they are made, a row at a time: the whole as one Json would take many
// times the memory of the report.
void WriteJson(const report::Report& report, std::ostream& out) {
  out << "{\"schema\":" << Dump(report.schema);
  for (const report::ScalarGroup& group : report.groups) {
    out << ",\n" << Dump(group.key) << ":" << Dump(OfGroup(group));
  }
  for (const report::Table& table : report.tables) {
    out << ",\n" << Dump(table.key) << ":[";
    for (size_t i = 0; i < table.rows.size(); i++) {
      out << (i == 0 ? "\n" : ",\n") << Dump(OfRow(table, i));
    }
    out << "]";
  }
  out << ",\n\"omitted\":" << Dump(OfOmitted(report));
  out << ",\n\"notes\":" << Dump(report.notes) << "}\n";
}

}  // namespace allocprof::view
