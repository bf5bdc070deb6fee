// SPDX-License-Identifier: Apache-2.0
//
// allocprof start PID|TRACE: switches the recording of a running process on.
#include "recording_switch.h"

namespace allocprof::cli {

int RunStart(const Command& command, std::vector<std::string> words) {
  return RunSwitch(command, std::move(words), wire::Control::kOn);
}

}  // namespace allocprof::cli
