// SPDX-License-Identifier: Apache-2.0
//
// A whole file as read-only bytes. Owns the mapping (or, for standard input and compressed files,
// a temporary file's). The bytes may change under the reader if another process writes the file;
// everything read from them is checked before use.
#pragma once

#include <string>
#include <string_view>

#include "base/status.h"
#include "base/temporary_file.h"

namespace allocprof {

class MappedFile {
 public:
  // "-" is standard input. A zstd file is decompressed, whatever its name, into a temporary file;
  // one that unfolds beyond what a trace can is an error.
  static Result<MappedFile> Open(const std::string& path);
  // All that was written to `file`, which may be closed afterwards.
  static Result<MappedFile> Of(TemporaryFile* file);

  MappedFile() = default;
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  ~MappedFile();

  std::string_view bytes() const { return bytes_; }
  // Gives memory back: pages that were read are read from the file again when they are wanted.
  void ForgetPages() const;
  // Of the file that was named; 0 for standard input.
  uint64_t device() const { return device_; }
  uint64_t inode() const { return inode_; }

 private:
  static Result<MappedFile> Map(int fd, const std::string& path);

  std::string_view bytes_;
  uint64_t device_ = 0;
  uint64_t inode_ = 0;
};

}  // namespace allocprof
