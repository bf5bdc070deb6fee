// SPDX-License-Identifier: Apache-2.0
#include "symbols/source_text.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "symbols/source_path.h"

namespace allocprof::symbols {
namespace {

constexpr size_t kMostBytes = size_t{16} << 20;  // of a file
constexpr size_t kMostHeld = size_t{256} << 20;  // of all
constexpr size_t kMostOfLine = 400;

// The whole file, or nothing.
std::string BytesOf(const std::string& path) {
  // O_NONBLOCK: a FIFO in the file's place must not hold us up before fstat tells.
  const int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return {};
  std::string bytes;
  struct stat st;
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
      static_cast<uint64_t>(st.st_size) <= kMostBytes) {
    bytes.resize(static_cast<size_t>(st.st_size));
    size_t have = 0;
    for (ssize_t n = 1; n > 0 && have < bytes.size();
         have += static_cast<size_t>(std::max<ssize_t>(n, 0))) {
      n = read(fd, bytes.data() + have, bytes.size() - have);
    }
    bytes.resize(have);
  }
  close(fd);
  // A program or an archive in place of the source: debug info of another machine.
  if (bytes.find('\0') != std::string::npos) bytes.clear();
  return bytes;
}

}  // namespace

const SourceText::File& SourceText::Read(const std::string& name) {
  const auto [entry, fresh] = files_.try_emplace(name);
  File& file = entry->second;
  // Normalised, an absolute name has no ".." left.
  if (!fresh || !name.starts_with('/') || name != NormalizePath(name) || held_ >= kMostHeld) {
    return file;
  }
  file.bytes = BytesOf(sysroot_ + name);
  held_ += file.bytes.size();
  for (size_t at = 0; at < file.bytes.size();) {
    file.starts.push_back(at);
    const size_t end = file.bytes.find('\n', at);
    at = end == std::string::npos ? file.bytes.size() : end + 1;
  }
  return file;
}

std::vector<SourceLine> SourceText::Around(const std::string& name, int line, int around) {
  std::vector<SourceLine> lines;
  const File& file = Read(name);
  const int64_t count = static_cast<int64_t>(file.starts.size());
  if (line < 1 || line > count) return lines;
  const int64_t first = std::max<int64_t>(1, int64_t{line} - std::max(around, 0));
  const int64_t last = std::min<int64_t>(count, int64_t{line} + std::max(around, 0));
  for (int64_t n = first; n <= last; n++) {
    const size_t begin = file.starts[static_cast<size_t>(n - 1)];
    const size_t end = n < count ? file.starts[static_cast<size_t>(n)] : file.bytes.size();
    std::string_view text = std::string_view(file.bytes).substr(begin, end - begin);
    while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
    lines.push_back({static_cast<int>(n), std::string(text.substr(0, kMostOfLine))});
  }
  return lines;
}

}  // namespace allocprof::symbols
