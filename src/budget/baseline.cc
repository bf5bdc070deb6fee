// SPDX-License-Identifier: Apache-2.0
#include "budget/baseline.h"

#include "budget/json_text.h"

namespace allocprof::budget {
namespace {

constexpr const char* kSchema = "allocprof.baseline/1";

Status Rewrite(const std::string& path, const std::string& pointer, const std::string& what) {
  return Mistake(path, pointer, what + "; write the file anew: allocprof baseline update TRACE");
}

Status ReadFigures(const std::string& path, const Json& json, const char* key,
                   std::map<std::string, uint64_t>* to) {
  const auto object = json.find(key);
  if (object == json.end()) return Status::Ok();
  if (!object->is_object()) return Rewrite(path, std::string("/") + key, "is no object");
  for (const auto& [name, figure] : object->items()) {
    if (!figure.is_number_unsigned()) {
      return Rewrite(path, std::string("/") + key + "/" + PointerPart(name), "is no whole number");
    }
    (*to)[name] = figure.get<uint64_t>();
  }
  return Status::Ok();
}

Status ReadStacks(const std::string& path, const Json& json, Baseline* to) {
  const auto stacks = json.find("stacks");
  if (stacks == json.end()) return Status::Ok();
  if (!stacks->is_object()) return Rewrite(path, "/stacks", "is no object");
  for (const auto& [name, stack] : stacks->items()) {
    const std::string pointer = "/stacks/" + PointerPart(name);
    if (!stack.is_object()) return Rewrite(path, pointer, "is no object");
    BaselineStack& entry = to->stacks[name];
    for (const auto& [key, value] : stack.items()) {
      if (key == "at" && value.is_string()) {
        entry.at = value.get<std::string>();
      } else if (value.is_number_unsigned()) {
        entry.figures[key] = value.get<uint64_t>();
      } else {
        return Rewrite(path, pointer + "/" + PointerPart(key), "is no whole number");
      }
    }
  }
  return Status::Ok();
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// {"a":1,} with an entry a line, after the key of the whole.
template <typename Entries, typename ToJson>
std::string Member(const char* key, const Entries& entries, ToJson to_json) {
  std::string text = Dump(key) + ":{";
  const char* separator = "\n";
  for (const auto& [name, entry] : entries) {
    text += separator + Dump(name) + ":" + Dump(to_json(entry));
    separator = ",\n";
  }
  return text + "\n}";
}

}  // namespace

std::optional<uint64_t> Baseline::Find(const std::string& budget, const std::string& metric) const {
  const auto it = figures.find(EntryKey(budget, metric));
  return it == figures.end() ? std::nullopt : std::optional(it->second);
}

Result<Baseline> ParseBaseline(const std::string& path, std::string_view text) {
  const Result<Json> json = ParseJson(path, text);
  if (!json.ok()) return json.status();
  Baseline baseline;
  if (!json.value().is_object()) return Rewrite(path, "", "is no object");
  const auto schema = json.value().find("schema");
  if (schema == json.value().end() || *schema != kSchema) {
    return Rewrite(path, "/schema", std::string("is not ") + kSchema);
  }
  for (const Status& status : {ReadFigures(path, json.value(), "figures", &baseline.figures),
                               ReadFigures(path, json.value(), "left_out", &baseline.left_out),
                               ReadStacks(path, json.value(), &baseline)}) {
    if (!status.ok()) return status;
  }
  return baseline;
}

Result<Baseline> ReadBaseline(const std::string& path, const std::string& remedy) {
  const Result<std::string> text = ReadSmallFile(path, remedy);
  if (!text.ok()) return text.status();
  return ParseBaseline(path, text.value());
}

std::string BaselineText(const Baseline& baseline) {
  const auto as_is = [](uint64_t figure) { return figure; };
  std::string text = "{" + Dump("schema") + ":" + Dump(kSchema) + ",\n";
  text += Member("figures", baseline.figures, as_is) + ",\n";
  text += Member("left_out", baseline.left_out, as_is) + ",\n";
  text += Member("stacks", baseline.stacks, [](const BaselineStack& stack) {
    Json object = Json::object();
    for (const auto& [metric, figure] : stack.figures) object[metric] = figure;
    object["at"] = stack.at;
    return object;
  });
  return text + "}\n";
}

}  // namespace allocprof::budget
