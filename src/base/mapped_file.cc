// SPDX-License-Identifier: Apache-2.0
#include "base/mapped_file.h"

#include <errno.h>
#include <fcntl.h>
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

// No trace compresses as well as this; what unfolds further was made to fill a disk.
constexpr uint64_t kMostUnfolding = 5000;
constexpr uint64_t kUnfoldingToStart = 16 << 20;

// Copies `fd` from its current position, decompressing zstd.
Status Copy(int fd, const std::string& path, TemporaryFile* out) {
  bool first = true, zstd = false;
  uint64_t read = 0, written = 0;
  std::vector<char> in(ZSTD_DStreamInSize()), plain(ZSTD_DStreamOutSize());
  std::unique_ptr<ZSTD_DStream, size_t (*)(ZSTD_DStream*)> stream(ZSTD_createDStream(),
                                                                  ZSTD_freeDStream);
  while (out->good()) {
    const ssize_t n = ReadAtLeast(fd, in.data(), in.size(), 4);
    if (n < 0) return Unreadable(path, errno);
    if (n == 0) break;
    if (first) zstd = IsZstd(in.data(), n);
    first = false;
    if (!zstd) {
      out->Write({in.data(), static_cast<size_t>(n)});
      continue;
    }
    read += static_cast<uint64_t>(n);
    ZSTD_inBuffer input{in.data(), static_cast<size_t>(n), 0};
    // An output buffer that came back full may have more behind it, also at the end of the input.
    for (bool full = false; input.pos < input.size || full;) {
      ZSTD_outBuffer output{plain.data(), plain.size(), 0};
      const size_t left = ZSTD_decompressStream(stream.get(), &output, &input);
      out->Write({plain.data(), output.pos});
      written += output.pos;
      full = output.pos == output.size;
      // A damaged frame: what came before it is read, and its loss shows as a cut trace.
      if (ZSTD_isError(left)) return Status::Ok();
      if (written > kUnfoldingToStart + kMostUnfolding * read) {
        return Status(ErrorCode::kDamaged,
                      path + ": unfolds into more than " + std::to_string(kMostUnfolding) +
                          " times its size, which no trace does; compress the trace again");
      }
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

  char magic[4] = {};
  const bool seekable = S_ISREG(st.st_mode);
  if (seekable && !IsZstd(magic, pread(in.fd, magic, sizeof(magic), 0))) {
    Result<MappedFile> file = Map(in.fd, path);
    if (file.ok()) {
      file.value().device_ = st.st_dev;
      file.value().inode_ = st.st_ino;
    }
    return file;
  }
  Result<TemporaryFile> copy = TemporaryFile::Make();
  if (!copy.ok()) return copy.status();
  if (const Status s = Copy(in.fd, path, &copy.value()); !s.ok()) return s;
  return Of(&copy.value());
}

Result<MappedFile> MappedFile::Of(TemporaryFile* file) {
  if (const Status s = file->Finish(); !s.ok()) return s;
  return Map(file->descriptor(), "temporary file");
}

Result<MappedFile> MappedFile::Map(int fd, const std::string& path) {
  struct stat st;
  if (fstat(fd, &st) != 0) return Unreadable(path, errno);
  MappedFile file;
  if (st.st_size > 0) {
    void* p = mmap(nullptr, static_cast<size_t>(st.st_size), PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED) return Unreadable(path, errno);
    file.bytes_ = {static_cast<const char*>(p), static_cast<size_t>(st.st_size)};
  }
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
