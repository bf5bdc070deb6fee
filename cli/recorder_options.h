// SPDX-License-Identifier: Apache-2.0
//
// The recorder's options as options of `allocprof run`, from the one table src/wire/options.def.
//
// No state. Thread-safety: the table is constant.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace allocprof::cli {

enum class OptionType { kText, kSize, kCount, kChoice };

struct RecorderOption {
  std::string flag;      // --max-size
  std::string variable;  // ALLOCPROF_MAX_SIZE
  OptionType type;
  std::string fallback;
  uint64_t min, max;
  std::string help;
  std::vector<std::string> choices;
};

// Without OUTPUT, which `run` has as -o.
const std::vector<RecorderOption>& RecorderOptions();

// Empty if the recorder will take `value`, else why not: "'5' is not a size from 16.0 KiB to
// 1.0 MiB". Judges as preload/options.cc does.
std::string Objection(const RecorderOption& option, const std::string& value);

}  // namespace allocprof::cli
