// SPDX-License-Identifier: Apache-2.0
//
// A shared library of nothing but symbols: enough for an address to have the name that a test
// wants. Names are taken as they are; one that is not mangled is shown unchanged.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace allocprof::test {

struct NamedCode {
  std::string name;
  uint64_t start, size;  // ELF addresses
};

// Its code is [low, high), which has no bytes in the file.
std::string ElfWithSymbols(const std::vector<NamedCode>& functions, uint64_t low, uint64_t high);

}  // namespace allocprof::test
