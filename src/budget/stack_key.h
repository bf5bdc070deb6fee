// SPDX-License-Identifier: Apache-2.0
//
// When two call stacks, of two runs or of two builds, are the same: by the names of the user's own
// functions, without what changes although nobody changed the stack: addresses, lines, template
// arguments, the compiler's clones, the library's insides, depth of a recursion.
//
// Limit: a stripped function is its module and offset, and so another in each build.
// Thread-safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "report/report.h"

namespace allocprof::budget {

using Frames = std::vector<report::Frame>;

// "parse_value" of "void parse_value<int>(Input&) [clone .isra.0]".
std::string KeyName(const report::Frame& frame);

// Names, innermost first, a line each. Of frames that are not the language's or the system's, if
// there are any.
std::string StackKey(const Frames& stack);

// 16 hexadecimal digits that stand for a key.
std::string KeyId(const std::string& key);

// The index of the frame that a stack is counted for, as Frames::CallSite has it; frames.size() if
// it is empty.
size_t CallSiteOf(const Frames& stack);

// The index of the innermost frame of the user's own code whose file and line are known, else of
// the call site.
size_t PlaceOf(const Frames& stack);

// As shown: the frame's function, or "module+0x12".
std::string NameOf(const report::Frame& frame);

// "parse_value < parse < main": own frames, at most `most` of them.
std::string ShortStack(const Frames& stack, size_t most);

}  // namespace allocprof::budget
