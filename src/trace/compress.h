// SPDX-License-Identifier: Apache-2.0
//
// CompressTrace: a trace as small as it gets, packed and then compressed by zstd.
//
// What is read back is the document, byte for byte, with the spool, if there is one, as records.
// Thread-safety: none.
#pragma once

#include <ostream>
#include <string>
#include <vector>

#include "base/status.h"

namespace allocprof::trace {

// Levels of zstd. The columns leave it little to find: on g++'s cc1plus level 19 takes 40 times as
// long as 3 for a sixth less, 9 three times as long for a tenth.
inline constexpr int kDefaultLevel = 9;

// Writes the copy that CopyDocument makes with `records`, compressed. Errors of `out` stay with it.
Status CompressTrace(const std::string& path, const std::vector<std::string>& records, int level,
                     std::ostream* out);

}  // namespace allocprof::trace
