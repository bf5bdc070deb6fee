// SPDX-License-Identifier: Apache-2.0
//
// ModuleSymbols: what a symbolised trace holds of one module, so that a report needs no file of it.
//
// Owns: the "symbols" record and its text. The content is hostile: a record whose indexes or
// numbers do not fit is none. Addresses are ELF virtual addresses. Format: src/wire/FORMAT.md.
// Thread-safety: a value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace allocprof::trace {

struct KnownFrame {
  std::string function, file;
  int line = 0;
  bool inlined = false;
};

struct KnownAddress {
  uint64_t address = 0;
  std::optional<uint64_t> start;   // of the function; only where it was asked for
  std::vector<KnownFrame> frames;  // innermost first
};

// Two places in code, each address << 1 | whether it is exact, and an answer about them.
struct KnownFlow {
  uint64_t from = 0, to = 0;
  uint8_t answer = 0;
};

struct ModuleSymbols {
  uint32_t module = 0;  // its id in the trace
  bool file = false, debug_info = false;
  std::vector<std::pair<std::string, std::string>> refused;  // path and build-id
  std::vector<std::string> missing_split_files;
  std::optional<uint64_t> entry, main;
  std::vector<KnownAddress> addresses;
  std::vector<KnownFlow> reaches;     // from and to
  std::vector<KnownFlow> tail_calls;  // from, and in `to` whether one that frees
};

inline constexpr std::string_view kSymbolsRecord = "{\"k\":\"symbols\",";

// The records of a module, each one line without newline; several where there is much to say.
std::vector<std::string> SymbolsRecords(const ModuleSymbols& symbols);

// Nothing if the line is no such record.
std::optional<ModuleSymbols> ParseSymbolsRecord(std::string_view line);

}  // namespace allocprof::trace
