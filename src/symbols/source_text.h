// SPDX-License-Identifier: Apache-2.0
//
// SourceText: lines of source files that debug info names, for those who show them.
//
// Owns: the files read, each once. Their names come from a trace or an ELF file and are hostile:
// only absolute names below the sysroot, without a way up, only regular files of at most 16 MiB
// that are text, are read; devices, pipes and what else a name may stand for are not opened to
// wait. Errors: what cannot be read has no lines. Lines are as in the file, without their end, cut
// at 400 bytes; whoever shows them escapes them. Thread-safety: none.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace allocprof::symbols {

struct SourceLine {
  int number = 0;  // from 1
  std::string text;
};

class SourceText {
 public:
  explicit SourceText(std::string sysroot) : sysroot_(std::move(sysroot)) {}

  // Line `line` of `file` with up to `around` lines before and after it; empty when there is none.
  std::vector<SourceLine> Around(const std::string& file, int line, int around);

 private:
  struct File {
    std::string bytes;
    std::vector<size_t> starts;  // of its lines
  };

  const File& Read(const std::string& file);

  std::string sysroot_;
  std::map<std::string, File> files_;
  size_t held_ = 0;  // bytes
};

}  // namespace allocprof::symbols
