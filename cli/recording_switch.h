// SPDX-License-Identifier: Apache-2.0
//
// Switches the recording of a running process on and off, through the word in its spool that its
// hooks look at (src/wire/spool.h, Control).
//
// The process is named by its pid, whose mapped spool is found in /proc, or by its trace. Whose
// spool it is, is checked by pid and start time. Errors: no such process, not recorded, ended, no
// right to its memory; nothing is written then.
#pragma once

#include <cstdint>
#include <string>

#include "base/status.h"
#include "command.h"
#include "wire/spool.h"

namespace allocprof::cli {

struct Switched {
  uint32_t pid = 0;
  std::string trace;
  bool changed = false;  // false: it was so already
};

// `name` is a pid or the path of a trace.
Result<Switched> SwitchRecording(const std::string& name, wire::Control to);

// The whole of `allocprof start` and `allocprof stop`.
int RunSwitch(const Command& command, std::vector<std::string> words, wire::Control to);

}  // namespace allocprof::cli
