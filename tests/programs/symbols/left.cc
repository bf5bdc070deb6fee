// SPDX-License-Identifier: Apache-2.0
#include "parts.h"

namespace parts {
namespace {

template <typename Number>
__attribute__((always_inline)) inline Number Doubled(Number n) {
  Tank tank(static_cast<size_t>(n) * 100);
  return n + n + tank.bytes()[0];
}

}  // namespace

__attribute__((noinline)) int Left(int n) { return Doubled(n) + 1; }

}  // namespace parts

int main() { return parts::Left(3) + parts::Right(4) == 0 ? 1 : 0; }
