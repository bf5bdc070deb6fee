// SPDX-License-Identifier: Apache-2.0
//
// Any trace as plain JSON, one record a line: what jq and people read. Stack ids are the thread's
// own, as recorded; events are in time order, each realloc as its two halves.
#pragma once

#include <ostream>
#include <string>

#include "base/status.h"

namespace allocprof::trace {

Status Dump(const std::string& path, std::ostream& out);

}  // namespace allocprof::trace
