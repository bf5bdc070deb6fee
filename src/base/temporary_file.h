// SPDX-License-Identifier: Apache-2.0
//
// TemporaryFile: a file without a name, in $TMPDIR or /tmp, that goes when it is closed.
//
// Errors: they stick; Finish tells. Thread-safety: none.
#pragma once

#include <cstdio>
#include <memory>
#include <string_view>

#include "base/status.h"

namespace allocprof {

class TemporaryFile {
 public:
  static Result<TemporaryFile> Make();

  void Write(std::string_view bytes);
  bool good() const { return std::ferror(file_.get()) == 0; }
  // Writes out what is buffered.
  Status Finish();
  int descriptor() const;

 private:
  using File = std::unique_ptr<FILE, int (*)(FILE*)>;
  explicit TemporaryFile(File file) : file_(std::move(file)) {}

  File file_;
};

}  // namespace allocprof
