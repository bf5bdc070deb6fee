// SPDX-License-Identifier: Apache-2.0
#include "trace/module_symbols.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <unordered_map>

namespace allocprof::trace {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

// Of one line: some hundred KiB.
constexpr size_t kMostAddresses = 4096;
constexpr size_t kMostFlows = 32768;

constexpr size_t kFrameMembers = 4;  // function, file, line, inlined

// A name may be long and stand in many frames, but not without bounds: real records grow tenfold.
constexpr uint64_t kMostGrowth = 64, kGrowthToStart = 64 * 1024;

class StringTable {
 public:
  uint64_t IndexOf(const std::string& text) {
    const auto [it, fresh] = index_.try_emplace(text, index_.size());
    if (fresh) list_.push_back(text);
    return it->second;
  }
  const ordered_json& list() const { return list_; }

 private:
  std::unordered_map<std::string, uint64_t> index_;
  ordered_json list_ = ordered_json::array();
};

ordered_json NumberOrNull(const std::optional<uint64_t>& number) {
  return number ? ordered_json(*number) : ordered_json(nullptr);
}

std::string Line(const ordered_json& record) {
  return record.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

ordered_json Addresses(const std::vector<KnownAddress>& addresses, size_t begin, size_t end,
                       StringTable* strings) {
  ordered_json rows = ordered_json::array();
  for (size_t i = begin; i < end; i++) {
    const KnownAddress& a = addresses[i];
    ordered_json row = {a.address, NumberOrNull(a.start)};
    for (const KnownFrame& f : a.frames) {
      row.push_back(strings->IndexOf(f.function));
      row.push_back(strings->IndexOf(f.file));
      row.push_back(static_cast<uint64_t>(std::max(f.line, 0)));
      row.push_back(f.inlined ? 1u : 0u);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

void AddFlows(uint32_t module, const char* key, const std::vector<KnownFlow>& flows,
              std::vector<std::string>* records) {
  for (size_t at = 0; at < flows.size(); at += kMostFlows) {
    ordered_json list = ordered_json::array();
    for (size_t i = at; i < std::min(at + kMostFlows, flows.size()); i++) {
      list.push_back(flows[i].from);
      list.push_back(flows[i].to);
      list.push_back(flows[i].answer);
    }
    records->push_back(Line({{"k", "symbols"}, {"module", module}, {key, std::move(list)}}));
  }
}

// What a record may leave out is absent; what it has must be of its type.
class Parser {
 public:
  explicit Parser(const json& record) : record_(record) {}

  bool good() const { return good_; }

  const json* Member(const char* key, json::value_t type) {
    const auto it = record_.find(key);
    if (it == record_.end()) return nullptr;
    good_ = good_ && it->type() == type;
    return good_ ? &*it : nullptr;
  }
  uint64_t Number(const json& value, uint64_t most = UINT64_MAX) {
    if (!value.is_number_unsigned() || value.get<uint64_t>() > most) {
      good_ = false;
      return 0;
    }
    return value.get<uint64_t>();
  }
  std::optional<uint64_t> MaybeNumber(const json& value) {
    if (value.is_null()) return std::nullopt;
    return Number(value);
  }
  std::string Text(const json& value) {
    good_ = good_ && value.is_string();
    return good_ ? value.get<std::string>() : std::string();
  }
  void Fail() { good_ = false; }

 private:
  const json& record_;
  bool good_ = true;
};

constexpr auto kArray = json::value_t::array;

// `room` is how many bytes of text the frames may take.
void ParseAddresses(const json& rows, const std::vector<std::string>& strings, uint64_t room,
                    Parser* parser, ModuleSymbols* to) {
  for (const json& row : rows) {
    if (!row.is_array() || row.size() < 2 + kFrameMembers ||
        (row.size() - 2) % kFrameMembers != 0) {
      return parser->Fail();
    }
    KnownAddress a;
    a.address = parser->Number(row[0]);
    a.start = parser->MaybeNumber(row[1]);
    for (size_t i = 2; i < row.size(); i += kFrameMembers) {
      const uint64_t function = parser->Number(row[i]), file = parser->Number(row[i + 1]);
      if (function >= strings.size() || file >= strings.size()) return parser->Fail();
      const uint64_t size = strings[function].size() + strings[file].size();
      if (size > room) return parser->Fail();
      room -= size;
      a.frames.push_back({strings[function], strings[file],
                          static_cast<int>(parser->Number(row[i + 2], INT32_MAX)),
                          parser->Number(row[i + 3], 1) == 1});
    }
    to->addresses.push_back(std::move(a));
  }
}

void ParseFlows(const json* list, Parser* parser, std::vector<KnownFlow>* to) {
  if (list == nullptr) return;
  if (list->size() % 3 != 0) return parser->Fail();
  for (size_t i = 0; i < list->size(); i += 3) {
    to->push_back({parser->Number((*list)[i]), parser->Number((*list)[i + 1]),
                   static_cast<uint8_t>(parser->Number((*list)[i + 2], 2))});
  }
}

}  // namespace

std::vector<std::string> SymbolsRecords(const ModuleSymbols& s) {
  std::vector<std::string> records;
  ordered_json facts = {
      {"k", "symbols"}, {"module", s.module}, {"file", s.file}, {"debug_info", s.debug_info}};
  if (!s.refused.empty()) facts["refused"] = s.refused;
  if (!s.missing_split_files.empty()) facts["missing_split_files"] = s.missing_split_files;
  if (s.entry) facts["entry"] = *s.entry;
  if (s.main) facts["main"] = *s.main;
  records.push_back(Line(facts));
  for (size_t at = 0; at < s.addresses.size(); at += kMostAddresses) {
    StringTable strings;
    ordered_json rows =
        Addresses(s.addresses, at, std::min(at + kMostAddresses, s.addresses.size()), &strings);
    records.push_back(Line({{"k", "symbols"},
                            {"module", s.module},
                            {"strings", strings.list()},
                            {"addresses", std::move(rows)}}));
  }
  AddFlows(s.module, "reaches", s.reaches, &records);
  AddFlows(s.module, "tail_calls", s.tail_calls, &records);
  return records;
}

std::optional<ModuleSymbols> ParseSymbolsRecord(std::string_view line) {
  const json record = json::parse(line, nullptr, false);
  if (!record.is_object()) return std::nullopt;
  Parser parser(record);
  ModuleSymbols s;
  if (const json* j = parser.Member("module", json::value_t::number_unsigned)) {
    s.module = static_cast<uint32_t>(parser.Number(*j, UINT32_MAX));
  }
  if (const json* j = parser.Member("file", json::value_t::boolean)) s.file = j->get<bool>();
  if (const json* j = parser.Member("debug_info", json::value_t::boolean)) {
    s.debug_info = j->get<bool>();
  }
  if (const json* j = parser.Member("refused", kArray)) {
    for (const json& pair : *j) {
      if (!pair.is_array() || pair.size() != 2) return std::nullopt;
      s.refused.emplace_back(parser.Text(pair[0]), parser.Text(pair[1]));
    }
  }
  if (const json* j = parser.Member("missing_split_files", kArray)) {
    for (const json& name : *j) s.missing_split_files.push_back(parser.Text(name));
  }
  if (const json* j = parser.Member("entry", json::value_t::number_unsigned)) {
    s.entry = parser.Number(*j);
  }
  if (const json* j = parser.Member("main", json::value_t::number_unsigned)) {
    s.main = parser.Number(*j);
  }
  std::vector<std::string> strings;
  if (const json* j = parser.Member("strings", kArray)) {
    for (const json& text : *j) strings.push_back(parser.Text(text));
  }
  if (const json* j = parser.Member("addresses", kArray)) {
    ParseAddresses(*j, strings, kGrowthToStart + kMostGrowth * line.size(), &parser, &s);
  }
  ParseFlows(parser.Member("reaches", kArray), &parser, &s.reaches);
  ParseFlows(parser.Member("tail_calls", kArray), &parser, &s.tail_calls);
  if (!parser.good() || s.module == 0) return std::nullopt;
  return s;
}

}  // namespace allocprof::trace
