// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <memory>
#include <utility>
#include <vector>

namespace allocprof {
namespace {

struct Descriptor {
  int fd = -1;
  ~Descriptor() {
    if (fd > 0) close(fd);
  }
};

Status Unreadable(const std::string& path, int error) {
  const ErrorCode code = error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnreadable;
  std::string message = path + ": " + strerror(error);
  if (error == ENOENT) message += "; record a program first: allocprof run -- CMD";
  return Status(code, message);
}

using File = std::unique_ptr<FILE, int (*)(FILE*)>;

bool IsZstd(const char* bytes, ssize_t n) {
  return n >= 4 && memcmp(bytes, "\x28\xb5\x2f\xfd", 4) == 0;
}

// As read(2), but fewer than `least` bytes come only at the end of the file.
ssize_t ReadAtLeast(int fd, char* out, size_t room, size_t least) {
  size_t have = 0;
  do {
    const ssize_t n = read(fd, out + have, room - have);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return n;
    if (n == 0) break;
    have += static_cast<size_t>(n);
  } while (have < least);
  return static_cast<ssize_t>(have);
}

// Copies `fd` from its current position into an anonymous temporary file, decompressing zstd.
Status Copy(int fd, const std::string& path, FILE* out) {
  bool first = true, zstd = false;
  std::vector<char> in(ZSTD_DStreamInSize()), plain(ZSTD_DStreamOutSize());
  std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(),
                                                                  ZSTD_freeDStream);
  for (;;) {
    const ssize_t n = ReadAtLeast(fd, in.data(), in.size(), 4);
    if (n < 0) return Unreadable(path, errno);
    if (n == 0) break;
    if (first) zstd = IsZstd(in.data(), n);
    first = false;
    if (!zstd) {
      if (fwrite(in.data(), 1, static_cast<size_t>(n), out) != static_cast<size_t>(n)) {
        return Status(ErrorCode::kUnreadable, path + ": no room for a temporary copy; set TMPDIR");
      }
      continue;
    }
    ZSTD_inBuffer input{in.data(), static_cast<size_t>(n), 0};
    while (input.pos < input.size) {
      ZSTD_outBuffer output{plain.data(), plain.size(), 0};
      const size_t r = ZSTD_decompressStream(stream.get(), &output, &input);
      if (fwrite(plain.data(), 1, output.pos, out) != output.pos) {
        return Status(ErrorCode::kUnreadable, path + ": no room for a temporary copy; set TMPDIR");
      }
      // A damaged frame: what came before it is read, and its loss shows as a cut trace.
      if (ZSTD_isError(r)) return Status::Ok();
    }
  }
  return Status::Ok();
}

}  // namespace

Result<MappedFile> MappedFile::Open(const std::string& path) {
  Descriptor in{path == "-" ? 0 : open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (in.fd < 0) return Unreadable(path, errno);
  struct stat st;
  if (fstat(in.fd, &st) != 0) return Unreadable(path, errno);
  if (S_ISDIR(st.st_mode))
    return Status(ErrorCode::kUnreadable, path + ": is a directory, not a trace");

  File copy(nullptr, fclose);
  int fd = in.fd;
  char magic[4] = {};
  const bool seekable = S_ISREG(st.st_mode);
  if (!seekable || IsZstd(magic, pread(fd, magic, sizeof(magic), 0))) {
    copy.reset(tmpfile());
    if (copy == nullptr) return Unreadable("temporary file for " + path, errno);
    if (const Status s = Copy(fd, path, copy.get()); !s.ok()) return s;
    if (fflush(copy.get()) != 0) return Unreadable(path, errno);
    fd = fileno(copy.get());
    if (fstat(fd, &st) != 0) return Unreadable(path, errno);
  }

  MappedFile file;
  if (st.st_size > 0) {
    void* p = mmap(nullptr, static_cast<size_t>(st.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) return Unreadable(path, errno);
    file.bytes_ = {static_cast<const char*>(p), static_cast<size_t>(st.st_size)};
  }
  file.device_ = seekable ? st.st_dev : 0;
  file.inode_ = seekable ? st.st_ino : 0;
  return file;
}

// Every mapping is of a file and never written to, so nothing is lost.
void MappedFile::ForgetPages() const {
  if (!bytes_.empty()) madvise(const_cast<char*>(bytes_.data()), bytes_.size(), MADV_DONTNEED);
}

MappedFile::MappedFile(MappedFile&& other) noexcept { *this = std::move(other); }

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
  return *this;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace allocprof
