// SPDX-License-Identifier: Apache-2.0
//
// Which sites' leaks a user's suppressions take out of the account.
#pragma once

#include <cstdint>
#include <vector>

#include "analysis/frames.h"
#include "analysis/suppressions.h"
#include "model/profile.h"

namespace allocprof::analysis {

inline constexpr uint32_t kNotSuppressed = UINT32_MAX;

class SuppressedSites {
 public:
  SuppressedSites(const std::vector<Suppression>& suppressions, const model::Profile& profile,
                  const Frames& frames);

  // Index of the first suppression that matches one of the site's frames, or kNotSuppressed.
  uint32_t Of(const model::Site& site) const;

 private:
  const model::Profile& profile_;
  std::vector<uint32_t> by_location_;  // the first that matches the location
};

}  // namespace allocprof::analysis
