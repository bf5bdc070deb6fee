// SPDX-License-Identifier: Apache-2.0
//
// CLI11 as every command uses it: examples first in help, one line for a mistake, a suggestion for
// a typo.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "command.h"

namespace allocprof::cli {

// Parses into the variables bound to `app`. Returns the exit code if the command is thereby done:
// help was asked for, or an argument is wrong and that was said.
std::optional<int> Parse(const Command& command, CLI::App* app, std::vector<std::string> arguments);

// Accepts one of `words`; says the nearest otherwise.
CLI::Validator OneOf(std::vector<std::string> words);

// Accepts digits alone: CLI11 makes 2^64-1 of -1.
CLI::Validator WholeNumber();

// "text, json or csv".
std::string Listed(const std::vector<std::string>& words);

}  // namespace allocprof::cli
