// SPDX-License-Identifier: Apache-2.0
//
// Where libtrace.so is, and what LD_PRELOAD becomes.
#pragma once

#include <string>

#include "base/status.h"

namespace allocprof::cli {

// $ALLOCPROF_LIB, else libtrace.so beside this program, else allocprof/libtrace.so in
// the library folder that it was installed with. Absolute.
// Errors: there is none; or a space or colon in its path, at which LD_PRELOAD would cut it.
Result<std::string> FindPreloadLibrary();

// `library` before what is preloaded already; once.
std::string PreloadWith(const std::string& library, const std::string& existing);

}  // namespace allocprof::cli
