// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <string>
#include <vector>

#include "command_line.h"
#include "message.h"

int main(int argc, char** argv) {
  using namespace allocprof::cli;
  try {
    return RunCommandLine(std::vector<std::string>(argv + (argc > 0 ? 1 : 0), argv + argc));
  } catch (const std::exception& error) {
    SayError(error.what());
    return kExitFailed;
  }
}
