// SPDX-License-Identifier: Apache-2.0
#include "parts.h"

namespace parts {
namespace {

struct Pump {
  __attribute__((always_inline)) inline int Run(int n) {
    Tank tank(static_cast<size_t>(n) * 1000);
    return tank.bytes()[n];
  }
};

}  // namespace

__attribute__((noinline, cold)) int Right(int n) { return Pump().Run(n) + 1; }

}  // namespace parts
