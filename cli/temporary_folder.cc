// SPDX-License-Identifier: Apache-2.0
#include "temporary_folder.h"

#include <fmt/format.h>
#include <stdlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace allocprof::cli {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  std::error_code error;
  std::string name = (fs::temp_directory_path(error) / "allocprof-XXXXXX").string();
  if (mkdtemp(name.data()) != nullptr) {
    path_ = name;
    return;
  }
  status_ = Status(ErrorCode::kUnreadable,
                   fmt::format("no temporary folder can be made: {}; set TMPDIR to one that can be "
                               "written",
                               std::strerror(errno)));
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  if (!path_.empty()) fs::remove_all(path_, error);
}

}  // namespace allocprof::cli
