// SPDX-License-Identifier: Apache-2.0
//
// allocprof stop PID|TRACE: switches the recording of a running process off.
#include "recording_switch.h"

namespace allocprof::cli {

int RunStop(const Command& command, std::vector<std::string> words) {
  return RunSwitch(command, std::move(words), wire::Control::kOff);
}

}  // namespace allocprof::cli
