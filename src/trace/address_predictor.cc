// SPDX-License-Identifier: Apache-2.0
#include "trace/address_predictor.h"

#include <algorithm>

#include "wire/codec.h"

namespace allocprof::trace {
namespace {

// Tokens of a birth: below kDepth the place among the freed ones, from the last.
constexpr uint64_t kDepth = 8;
constexpr uint64_t kNext = kDepth;  // next_address_
constexpr uint64_t kLiteral = kDepth + 1;
// Tokens of a death: 0 a literal, else one more than the zigzag of the births' difference.

constexpr size_t kMostFreed = 4096;

}  // namespace

bool AddressPredictor::BirthHasLiteral(uint64_t token) { return token == kLiteral; }

AddressToken AddressPredictor::Birth(uint64_t address, uint64_t size) {
  const uint64_t size_class = ClassOf(size);
  live_[address] = {++births_, size_class};
  std::vector<uint64_t>& freed = freed_[size_class];
  const size_t depth = std::min<size_t>(kDepth, freed.size());
  for (size_t i = 0; i < depth; i++) {
    const auto at = freed.end() - 1 - static_cast<ptrdiff_t>(i);
    if (*at != address) continue;
    freed.erase(at);
    return {i, false, 0};
  }
  const bool next = address == next_address_;
  next_address_ = address + size_class * 16;
  if (next) return {kNext, false, 0};
  const AddressToken token{kLiteral, true, wire::PackAddress(address, last_literal_)};
  last_literal_ = address;
  return token;
}

bool AddressPredictor::BirthAtToken(uint64_t token, uint64_t size, uint64_t* address) {
  const uint64_t size_class = ClassOf(size);
  if (token == kNext) {
    *address = next_address_;
    next_address_ += size_class * 16;
  } else {
    std::vector<uint64_t>& freed = freed_[size_class];
    if (token >= std::min<uint64_t>(kDepth, freed.size())) return false;
    const auto at = freed.end() - 1 - static_cast<ptrdiff_t>(token);
    *address = *at;
    freed.erase(at);
  }
  live_[++births_] = {*address, size_class};
  return true;
}

bool AddressPredictor::BirthAtLiteral(uint64_t literal, uint64_t size, uint64_t* address) {
  const uint64_t size_class = ClassOf(size);
  *address = last_literal_ = wire::UnpackAddress(literal, last_literal_);
  next_address_ = *address + size_class * 16;
  live_[++births_] = {*address, size_class};
  return true;
}

AddressToken AddressPredictor::Death(uint64_t address) {
  const auto found = live_.find(address);
  if (found == live_.end()) {
    const AddressToken token{0, true, wire::PackAddress(address, last_literal_)};
    last_literal_ = address;
    return token;
  }
  const Block block = found->second;
  live_.erase(found);
  const uint64_t step = wire::ZigZag(static_cast<int64_t>(block.place - last_freed_birth_));
  last_freed_birth_ = block.place;
  Freed(address, block.size_class);
  return {step + 1, false, 0};
}

bool AddressPredictor::DeathAtToken(uint64_t token, uint64_t* address) {
  last_freed_birth_ += static_cast<uint64_t>(wire::UnZigZag(token - 1));
  const auto found = live_.find(last_freed_birth_);
  if (found == live_.end()) return false;
  *address = found->second.place;
  const uint64_t size_class = found->second.size_class;
  live_.erase(found);
  Freed(*address, size_class);
  return true;
}

bool AddressPredictor::DeathAtLiteral(uint64_t literal, uint64_t* address) {
  *address = last_literal_ = wire::UnpackAddress(literal, last_literal_);
  return true;
}

void AddressPredictor::Freed(uint64_t address, uint64_t size_class) {
  std::vector<uint64_t>& freed = freed_[size_class];
  if (freed.size() == kMostFreed) freed.erase(freed.begin(), freed.begin() + kMostFreed / 2);
  freed.push_back(address);
}

}  // namespace allocprof::trace
