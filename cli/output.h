// SPDX-License-Identifier: Apache-2.0
//
// Where a command's product goes: a file, or standard output.
//
// Errors: a path that cannot be opened, a disk that is full. A reader of a pipe that goes away ends
// the process quietly, by SIGPIPE, as it does any Unix tool.
// Thread-safety: one thread.
#pragma once

#include <fstream>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "base/status.h"

namespace allocprof::cli {

class Output {
 public:
  // "-" or nothing is standard output. Refuses to write over the `inputs`, the traces that are
  // read.
  static Result<std::unique_ptr<Output>> Open(const std::string& path,
                                              const std::vector<std::string>& inputs);

  std::ostream& stream();
  bool is_terminal() const;

  // Writes out what is buffered; every error shows here at the latest.
  Status Close();

  // Closes what was made well. Else, or if that fails, a file is removed: half a trace is not left
  // in the name of a whole one. A device stays.
  Status CloseWhole(Status made);

 private:
  std::string path_;  // empty: standard output
  std::ofstream file_;
};

}  // namespace allocprof::cli
