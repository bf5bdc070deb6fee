// SPDX-License-Identifier: Apache-2.0
#include "clock.h"

#include <cpuid.h>

namespace allocprof {

void ChooseStampClock() {
  uint32_t a = 0, b = 0, c = 0, d = 0;
  stamp_is_tsc = __get_cpuid(0x80000007, &a, &b, &c, &d) != 0 && (d >> 8 & 1) != 0;
}

}  // namespace allocprof
