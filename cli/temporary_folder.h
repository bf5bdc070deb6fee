// SPDX-License-Identifier: Apache-2.0
//
// A folder for traces that nobody keeps: made empty, removed with all that is in it.
//
// Errors: `path` is empty if none could be made; errno says why. Thread-safety: one thread.
#pragma once

#include <string>

#include "base/status.h"

namespace allocprof::cli {

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  // Why there is none, and what to do. REQUIRES: path().empty()
  Status status() const { return status_; }

 private:
  std::string path_;
  Status status_;
};

}  // namespace allocprof::cli
