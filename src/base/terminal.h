// SPDX-License-Identifier: Apache-2.0
//
// What the place where text goes can show: colour, width, characters beyond ASCII.
//
// Owns: the order in which flags, environment and terminal decide. No errors: there is always an
// answer. Thread-safety: functions without state; the environment must not change meanwhile.
#pragma once

#include <functional>

namespace allocprof {

enum class ColorChoice { kAuto, kAlways, kNever };

// The value of an environment variable or nullptr; std::getenv outside tests.
using EnvironmentLookup = std::function<const char*(const char*)>;

// The choice, then NO_COLOR, CLICOLOR_FORCE, TERM=dumb, then whether it is a terminal.
bool UsesColor(ColorChoice choice, bool is_terminal, const EnvironmentLookup& environment);

// Columns of the terminal at `fd`, else COLUMNS, else 80; at least 40.
int TextWidth(int fd, const EnvironmentLookup& environment);

// Whether the locale of LC_ALL, LC_CTYPE or LANG is UTF-8. Its name decides, not whether it is
// installed: a terminal in a container shows UTF-8 all the same.
bool ShowsUtf8(const EnvironmentLookup& environment);

}  // namespace allocprof
