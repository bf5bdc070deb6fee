// SPDX-License-Identifier: Apache-2.0
//
// The recorder's options, read once from the environment by the table src/wire/options.def: a row
// there is a member here, of the same name.
// A bad value is said in one line on stderr and the default stands.
#pragma once

#include <stdint.h>

namespace allocprof {

enum class OptionType { kText, kSize, kCount, kChoice };

template <OptionType>
struct OptionValue {
  using Type = const char*;  // points into the environment or to the default
};
template <>
struct OptionValue<OptionType::kSize> {
  using Type = uint64_t;
};
template <>
struct OptionValue<OptionType::kCount> {
  using Type = uint64_t;
};

struct Options {
#define OPTION(name, type, fallback, min, max, help) OptionValue<OptionType::type>::Type name;
#include "wire/options.def"
#undef OPTION
};

extern Options options;

// Reads `environ`. REQUIRES: libc has set it.
void ReadOptions();

// The value of NAME=value in `environ`, or nullptr.
const char* Environment(const char* name);

bool Is(const char* value, const char* word);

}  // namespace allocprof
