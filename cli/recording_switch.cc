// SPDX-License-Identifier: Apache-2.0
#include "recording_switch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <iterator>

#include "arguments.h"
#include "message.h"

namespace allocprof::cli {
namespace {

constexpr std::string_view kSpoolSuffix = ".spool";

Status Refusal(const std::string& text) { return Status(ErrorCode::kUnreadable, text); }

// Field 22 of /proc/pid/stat, 0 if there is no such process or it is a zombie.
uint64_t StartTicks(const std::string& pid) {
  std::ifstream in("/proc/" + pid + "/stat");
  const std::string stat((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  size_t at = stat.rfind(')');
  if (at == stat.npos || at + 2 >= stat.size() || stat[at + 2] == 'Z') return 0;
  for (int field = 2; field < 22; field++) {
    at = stat.find(' ', at + 1);
    if (at == stat.npos) return 0;
  }
  return std::strtoull(stat.c_str() + at + 1, nullptr, 10);
}

// The spools that a process has mapped: its own, and its parent's if it was forked.
Result<std::vector<std::string>> MappedSpools(const std::string& pid) {
  std::ifstream maps("/proc/" + pid + "/maps");
  if (!maps) {
    return Refusal(errno == ENOENT ? "there is no process " + pid
                                   : fmt::format("process {}: its mappings cannot be read: {}; run "
                                                 "as its owner",
                                                 pid, std::strerror(errno)));
  }
  std::vector<std::string> found;
  for (std::string line; std::getline(maps, line);) {
    const size_t slash = line.find('/');
    if (slash == line.npos || !line.ends_with(kSpoolSuffix)) continue;
    std::string path = line.substr(slash);
    if (std::find(found.begin(), found.end(), path) == found.end()) {
      found.push_back(std::move(path));
    }
  }
  if (found.empty()) {
    return Refusal("process " + pid +
                   " is not being recorded, or could make no shared spool; start it with: "
                   "allocprof run --start off -- CMD");
  }
  return found;
}

class SpoolFile {
 public:
  explicit SpoolFile(const std::string& path) : fd_(open(path.c_str(), O_RDWR | O_CLOEXEC)) {
    if (fd_ < 0) return;
    whole_ = pread(fd_, &head_, sizeof(head_), 0) == static_cast<ssize_t>(sizeof(head_)) &&
             memcmp(head_.magic, wire::kSpoolMagic, sizeof(head_.magic)) == 0 &&
             head_.version == static_cast<uint32_t>(wire::kFormatMajor);
  }
  ~SpoolFile() {
    if (fd_ >= 0) close(fd_);
  }
  SpoolFile(const SpoolFile&) = delete;
  SpoolFile& operator=(const SpoolFile&) = delete;

  bool open_failed() const { return fd_ < 0; }
  bool whole() const { return whole_; }
  const wire::SpoolHeader& head() const { return head_; }
  // A write to the file is seen at once in the mapping of the process.
  bool Set(wire::Control to) {
    const auto word = static_cast<uint32_t>(to);
    return pwrite(fd_, &word, sizeof(word), offsetof(wire::SpoolHeader, control)) ==
           static_cast<ssize_t>(sizeof(word));
  }

 private:
  int fd_;
  wire::SpoolHeader head_{};
  bool whole_ = false;
};

Result<Switched> SwitchSpool(const std::string& path, wire::Control to) {
  SpoolFile spool(path);
  if (spool.open_failed()) {
    return Refusal(fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  }
  if (!spool.whole()) return Refusal(path + ": not a spool of this version of allocprof");
  const wire::SpoolHeader& head = spool.head();
  if (StartTicks(std::to_string(head.pid)) != head.start_ticks) {
    return Refusal(fmt::format("{}: its process, {}, has ended", path, head.pid));
  }
  if (head.ending != wire::Ending::kNone) {
    return Refusal(
        fmt::format("{}: process {} records into it no more: it ends, or has replaced "
                    "itself by exec; name its pid",
                    path, head.pid));
  }
  Switched done;
  done.pid = head.pid;
  done.trace = path.substr(0, path.size() - kSpoolSuffix.size());
  done.changed = head.control != static_cast<uint32_t>(to);
  if (!spool.Set(to)) {
    return Refusal(fmt::format("{}: cannot be written: {}", path, std::strerror(errno)));
  }
  return done;
}

}  // namespace

Result<Switched> SwitchRecording(const std::string& name, wire::Control to) {
  const bool is_pid = !name.empty() && name.find_first_not_of("0123456789") == name.npos;
  if (!is_pid) {
    const std::string path = name + std::string(kSpoolSuffix);
    if (access(name.c_str(), F_OK) != 0) {
      return Refusal(fmt::format("{}: {}; name a pid or the trace of a running process", name,
                                 std::strerror(errno)));
    }
    if (access(path.c_str(), F_OK) != 0) {
      return Refusal(name + ": nothing is recording into it: it has no spool beside it");
    }
    return SwitchSpool(path, to);
  }
  const Result<std::vector<std::string>> paths = MappedSpools(name);
  if (!paths.ok()) return paths.status();
  for (const std::string& path : paths.value()) {
    const SpoolFile spool(path);
    if (spool.whole() && std::to_string(spool.head().pid) == name) return SwitchSpool(path, to);
  }
  // Of another pid namespace, or not ours to open: the first says why.
  return SwitchSpool(paths.value().front(), to);
}

int RunSwitch(const Command& command, std::vector<std::string> words, wire::Control to) {
  std::string name;
  CLI::App app;
  app.add_option("PID|TRACE", name, "a process that is being recorded, or its trace")
      ->required()
      ->option_text(" ");
  if (const auto done = Parse(command, &app, std::move(words)); done.has_value()) return *done;
  const Result<Switched> switched = SwitchRecording(name, to);
  if (!switched.ok()) return Fail(switched.status());
  const Switched& s = switched.value();
  const char* const word = to == wire::Control::kOn ? "on" : "off";
  Say(fmt::format("recording of process {} into {} {} {}", s.pid, s.trace,
                  s.changed ? "is now" : "was already", word));
  return kExitOk;
}

}  // namespace allocprof::cli
