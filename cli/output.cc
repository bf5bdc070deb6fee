// SPDX-License-Identifier: Apache-2.0
#include "output.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iostream>

namespace allocprof::cli {
namespace {

bool SameFile(const std::string& a, const std::string& b) {
  struct stat of_a = {}, of_b = {};
  return stat(a.c_str(), &of_a) == 0 && stat(b.c_str(), &of_b) == 0 && S_ISREG(of_a.st_mode) &&
         of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino;
}

}  // namespace

Result<std::unique_ptr<Output>> Output::Open(const std::string& path,
                                             const std::vector<std::string>& inputs) {
  auto output = std::make_unique<Output>();
  if (path.empty() || path == "-") {
    // Some callers ignore it, and every write would then have to be looked at.
    std::signal(SIGPIPE, SIG_DFL);
    std::ios::sync_with_stdio(false);
    return output;
  }
  if (std::any_of(inputs.begin(), inputs.end(),
                  [&](const std::string& input) { return SameFile(path, input); })) {
    return Status(ErrorCode::kUsage,
                  fmt::format("{}: is the trace itself; name another file after -o", path));
  }
  output->path_ = path;
  errno = 0;
  output->file_.open(path, std::ios::binary | std::ios::trunc);
  if (!output->file_) {
    return Status(ErrorCode::kUnreadable,
                  fmt::format("{}: cannot be written: {}; name another file after -o", path,
                              std::strerror(errno)));
  }
  return output;
}

std::ostream& Output::stream() {
  if (path_.empty()) return std::cout;
  return file_;
}

bool Output::is_terminal() const { return path_.empty() && isatty(STDOUT_FILENO) == 1; }

Status Output::Close() {
  errno = 0;
  stream().flush();
  if (!path_.empty()) file_.close();
  if (stream()) return Status::Ok();
  // What failed may have been an earlier write.
  const char* why = errno != 0 ? std::strerror(errno) : "a write failed";
  return {ErrorCode::kUnreadable,
          fmt::format("{}: cannot be written: {}; make room or name another file after -o",
                      path_.empty() ? "standard output" : path_, why)};
}

Status Output::CloseWhole(Status made) {
  if (made.ok()) made = Close();
  std::error_code error;
  if (!made.ok() && std::filesystem::is_regular_file(path_, error)) {
    std::filesystem::remove(path_, error);
  }
  return made;
}

}  // namespace allocprof::cli
