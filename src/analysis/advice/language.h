// SPDX-License-Identifier: Apache-2.0
//
// The language that a call site is written in, told by its file, else by its name and the frames
// around it. Thread-safety: pure functions.
#pragma once

#include <string_view>

namespace allocprof::analysis {

enum class Language { kC, kCxx, kRust };

// `rust_program`: Rust's runtime is on the stack. `file` may be empty.
Language LanguageOf(std::string_view function, std::string_view file, bool rust_program);

const char* LanguageName(Language language);

}  // namespace allocprof::analysis
