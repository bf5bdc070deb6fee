// SPDX-License-Identifier: Apache-2.0
//
// AddressPredictor: addresses of blocks as small numbers that mostly repeat.
//
// An allocator gives back what was freed last in a size class, or the next address behind the last
// one; programs free blocks in the order of their births or against it. So an allocation's address
// is its place among the class's last freed ones, and a free's is the number of the birth, against
// the birth freed before. On g++'s cc1plus the addresses of an event take 0.5 bytes compressed that
// way, as deltas 1.8.
//
// Writer and reader see the same events and so keep the same state. The reader's tokens may be
// hostile: one that names nothing is refused. Memory: by live blocks and by what was freed last.
// Cost: a hash lookup or two an event. Thread-safety: none.
#pragma once

#include <tsl/hopscotch_map.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace allocprof::trace {

// What a column says of an address. Where the token says so, a literal stands in a column of its
// own: the address against the last literal, as wire::PackAddress has it.
struct AddressToken {
  uint64_t token = 0;
  bool has_literal = false;
  uint64_t literal = 0;
};

class AddressPredictor {
 public:
  // Writing: an event's address to its token.
  AddressToken Birth(uint64_t address, uint64_t size);
  AddressToken Death(uint64_t address);

  // Reading: `literal` is called for the next literal if the token asks for one. False if the token
  // is none that a writer makes.
  template <typename Literal>
  bool Birth(uint64_t token, uint64_t size, Literal&& literal, uint64_t* address) {
    if (BirthHasLiteral(token)) return BirthAtLiteral(literal(), size, address);
    return BirthAtToken(token, size, address);
  }
  template <typename Literal>
  bool Death(uint64_t token, Literal&& literal, uint64_t* address) {
    if (token == 0) return DeathAtLiteral(literal(), address);
    return DeathAtToken(token, address);
  }

 private:
  // As glibc's bins have them. Another allocator's classes predict less, and lose nothing.
  static uint64_t ClassOf(uint64_t size) { return size <= 24 ? 2 : (size + 23) / 16; }
  static bool BirthHasLiteral(uint64_t token);

  struct Block {
    uint64_t place;  // the number of its birth, or when reading its address
    uint64_t size_class;
  };
  struct Mixed {
    size_t operator()(uint64_t key) const { return key * 0x9e3779b97f4a7c15 >> 7; }
  };

  bool BirthAtToken(uint64_t token, uint64_t size, uint64_t* address);
  bool BirthAtLiteral(uint64_t literal, uint64_t size, uint64_t* address);
  bool DeathAtToken(uint64_t token, uint64_t* address);
  bool DeathAtLiteral(uint64_t literal, uint64_t* address);
  void Freed(uint64_t address, uint64_t size_class);

  // Writing: by address. Reading: by number of birth.
  tsl::hopscotch_map<uint64_t, Block, Mixed> live_;
  tsl::hopscotch_map<uint64_t, std::vector<uint64_t>, Mixed> freed_;  // by class, the last one last
  uint64_t births_ = 0;
  uint64_t last_freed_birth_ = 0;
  uint64_t next_address_ = 0;  // behind the last block that was not given out again
  uint64_t last_literal_ = 0;
};

}  // namespace allocprof::trace
