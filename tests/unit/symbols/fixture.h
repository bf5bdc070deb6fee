// SPDX-License-Identifier: Apache-2.0
//
// What the symbol tests know about their fixtures, found without the code under test.
#pragma once

#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <string>

#include "symbols/frame.h"

namespace allocprof::symbols {

// Path of a built fixture; see CMakeLists.txt for their names.
std::string Fixture(const std::string& name);

// st_value of a symbol in the .symtab of a fixture; the test fails when it is not there.
uint64_t AddressOf(const std::string& fixture, const std::string& symbol);
uint64_t SizeOf(const std::string& fixture, const std::string& symbol);

// Path and marked line of a fixture's source; `marker` stands there as LINE(marker).
std::string SourceOf(const std::string& name);
int LineOf(const std::string& source, const std::string& marker);

// The build-id of a fixture as readelf prints it.
std::string BuildIdOf(const std::string& fixture);

// How GoogleTest shows a frame.
void PrintTo(const Frame& frame, std::ostream* out);

// A directory for one test's arrangement of files, removed afterwards.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  std::string path() const { return path_.string(); }
  // Copies a fixture to `as` below this directory and returns the new path.
  std::string Put(const std::string& fixture, const std::string& as) const;

 private:
  std::filesystem::path path_;
};

}  // namespace allocprof::symbols
