// SPDX-License-Identifier: Apache-2.0
#include "base/temporary_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

namespace allocprof {
namespace {

std::string Folder() {
  const char* folder = std::getenv("TMPDIR");
  return folder != nullptr && *folder != '\0' ? folder : "/tmp";
}

int OpenNameless(const std::string& folder) {
  const int fd = open(folder.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  // Not every file system has O_TMPFILE.
  std::string name = folder + "/allocprof.XXXXXX";
  const int named = mkostemp(name.data(), O_CLOEXEC);
  if (named >= 0) unlink(name.c_str());
  return named;
}

}  // namespace

Result<TemporaryFile> TemporaryFile::Make() {
  const std::string folder = Folder();
  const int fd = OpenNameless(folder);
  FILE* file = fd >= 0 ? fdopen(fd, "w+") : nullptr;
  if (file != nullptr) return TemporaryFile(File(file, std::fclose));
  const int error = errno;
  if (fd >= 0) close(fd);
  return Status(ErrorCode::kUnreadable,
                "no temporary file in " + folder + ": " + std::strerror(error) + "; set TMPDIR");
}

void TemporaryFile::Write(std::string_view bytes) {
  std::fwrite(bytes.data(), 1, bytes.size(), file_.get());
}

Status TemporaryFile::Finish() {
  if (std::fflush(file_.get()) == 0 && good()) return Status::Ok();
  return Status(ErrorCode::kUnreadable,
                "no room for a temporary copy in " + Folder() + "; set TMPDIR");
}

int TemporaryFile::descriptor() const { return fileno(file_.get()); }

}  // namespace allocprof
