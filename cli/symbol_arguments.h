// SPDX-License-Identifier: Apache-2.0
//
// Where the recorded program's files are looked for: --sysroot, --debug-dir, --debuginfod, the same
// for every command that names functions.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "symbols/options.h"

namespace allocprof::cli {

// Call it once for an app, with what outlives the parsing.
void BindSymbolOptions(CLI::App* app, symbols::Options* to);

// After parsing: the exit code if the options cannot be had here, and that was said.
// `command` is the name to say it with.
std::optional<int> RefuseSymbolOptions(const std::string& command, const symbols::Options& options);

}  // namespace allocprof::cli
