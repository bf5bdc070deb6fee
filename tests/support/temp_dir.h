// SPDX-License-Identifier: Apache-2.0
//
// A directory of a test's own; gone when it ends.
#pragma once

#include <string>
#include <string_view>

namespace allocprof::test {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  // Writes the file and returns its whole path.
  std::string Write(const std::string& name, std::string_view bytes) const;

 private:
  std::string path_;
};

}  // namespace allocprof::test
