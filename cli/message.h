// SPDX-License-Identifier: Apache-2.0
//
// What allocprof says on stderr: one line each, whatever is in it. stdout is the product alone.
//
// Thread-safety: one thread.
#pragma once

#include <string>

#include "base/status.h"

namespace allocprof::cli {

void SayError(const std::string& text);    // allocprof: error: <text>
void SayWarning(const std::string& text);  // allocprof: warning: <text>
void Say(const std::string& text);         // allocprof: <text>

// Says the error; returns the exit code for it. REQUIRES: !status.ok()
int Fail(const Status& status);

// " (did you mean 'x'?)", or nothing.
std::string DidYouMean(const std::string& nearest);

}  // namespace allocprof::cli
