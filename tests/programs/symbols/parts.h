// SPDX-License-Identifier: Apache-2.0
//
// Inlined into both units of the program, so that their debug info shares it.
#pragma once

#include <stdlib.h>
#include <string.h>

namespace parts {

class Tank {
 public:
  explicit Tank(size_t size) : bytes_(static_cast<char*>(Fill(size))) {}
  ~Tank() { free(bytes_); }
  char* bytes() { return bytes_; }

 private:
  __attribute__((always_inline)) static inline void* Fill(size_t size) {
    void* block = malloc(size);
    if (block != nullptr) memset(block, 1, size);
    return block;
  }
  char* bytes_;
};

int Left(int n);
int Right(int n);

}  // namespace parts
