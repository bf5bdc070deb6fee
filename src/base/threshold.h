// SPDX-License-Identifier: Apache-2.0
//
// A least amount as a user writes it: "1000", "64 KiB", "0.5 %".
//
// Owns: the spelling of sizes in arguments (kB, MB, GB are powers of 1000; KiB, K, MiB, M, GiB, G
// of 1024). Errors: what is no amount. Thread-safety: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"

namespace allocprof {

struct Threshold {
  double amount = 0;
  bool percent = false;  // of the whole

  // The least value that passes.
  double Of(double whole) const { return percent ? amount / 100 * whole : amount; }
};

// Errors: "'12 apples' is no amount: write 1000, 64KiB or 0.5%".
Result<Threshold> ParseThreshold(std::string_view text);

}  // namespace allocprof
