// SPDX-License-Identifier: Apache-2.0
#include "recorded_traces.h"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "trace/ends.h"
#include "trace/replay.h"

namespace allocprof::cli {
namespace {

std::string HostName() {
  std::string name(256, '\0');
  if (gethostname(name.data(), name.size() - 1) != 0) return "*";
  return name.substr(0, name.find('\0'));
}

std::string Pattern(const std::string& output) {
  std::string pattern;
  for (size_t i = 0; i < output.size(); i++) {
    const char c = output[i];
    const char next = c == '%' && i + 1 < output.size() ? output[i + 1] : '\0';
    if (next == 'p' || next == 'e') {
      pattern += '*';
      i++;
    } else if (next == 'h') {
      pattern += HostName();
      i++;
    } else if (next == '%') {
      pattern += '%';
      i++;
    } else {
      if (std::string_view("*?[]\\").find(c) != std::string_view::npos) pattern += '\\';
      pattern += c;
    }
  }
  return pattern;
}

// trace.json is trace.<pid>.json, or trace.<pid>.<n>.json, for a child.
std::string ChildPattern(const std::string& pattern) {
  static constexpr std::string_view kSuffix = ".json";
  if (!pattern.ends_with(kSuffix)) return pattern + ".[0-9]*";
  return pattern.substr(0, pattern.size() - kSuffix.size()) + ".[0-9]*.json";
}

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Counting reads about 200 MB/s.
constexpr uint64_t kMostBytesToCount = uint64_t{32} << 20;

class Nothing final : public trace::EventSink {
 public:
  void Define(uint32_t, const wire::Event&) override {}
  void Deeper(uint32_t, const wire::Event&) override {}
  void OnEvent(uint32_t, const wire::Event&) override {}
  void OnEvents(uint32_t, const wire::Event*, const wire::Event*) override {}
};

std::optional<uint64_t> Count(const std::string& path) {
  const Result<trace::Trace> trace = trace::Load(path);
  if (!trace.ok()) return std::nullopt;
  Nothing nothing;
  return trace::Replay(trace.value(), &nothing).totals.allocations;
}

// Takes what it reads from `bytes`, those that may still be read.
std::optional<RecordedTrace> Look(const std::string& path, uint64_t* bytes) {
  const std::optional<trace::Ends> ends = trace::ReadEnds(path);
  if (!ends) return std::nullopt;
  RecordedTrace trace{path, ends->header.pid, BaseName(ends->header.exe), {}};
  trace.runs = ends->ending == trace::Ending::kRunning;
  trace.own_malloc = ends->header.hooked == "none";
  if (ends->totals) {
    trace.allocations = ends->totals->allocations;
  } else if (ends->text_bytes <= *bytes) {
    *bytes -= ends->text_bytes;
    trace.allocations = Count(path);
  }
  return trace;
}

}  // namespace

TraceWatch::TraceWatch(const std::string& output)
    : patterns_{Pattern(output), ChildPattern(Pattern(output))}, before_(Present()) {}

std::map<std::string, TraceWatch::Identity> TraceWatch::Present() const {
  std::map<std::string, Identity> present;
  for (const std::string& pattern : patterns_) {
    glob_t found = {};
    if (glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
      for (size_t i = 0; i < found.gl_pathc; i++) {
        struct stat st = {};
        const std::string path = found.gl_pathv[i];
        if (path.ends_with(".spool") || lstat(path.c_str(), &st) != 0) continue;
        if (!S_ISREG(st.st_mode)) continue;
        present[path] = {st.st_dev, st.st_ino, st.st_mtim.tv_sec, st.st_mtim.tv_nsec, st.st_size};
      }
    }
    globfree(&found);
  }
  return present;
}

std::vector<RecordedTrace> TraceWatch::NewTraces(pid_t root) const {
  std::vector<RecordedTrace> traces;
  uint64_t bytes = kMostBytesToCount;
  for (const auto& [path, identity] : Present()) {
    const auto old = before_.find(path);
    if (old != before_.end() && old->second == identity) continue;
    std::optional<RecordedTrace> trace = Look(path, &bytes);
    if (trace.has_value()) traces.push_back(std::move(*trace));
  }
  // After an exec the same pid has further traces, with longer names.
  std::sort(traces.begin(), traces.end(), [&](const RecordedTrace& a, const RecordedTrace& b) {
    const auto rank = [&](const RecordedTrace& t) {
      return std::make_tuple(t.pid != static_cast<uint64_t>(root), t.path.size());
    };
    return std::tuple_cat(rank(a), std::tie(a.path)) < std::tuple_cat(rank(b), std::tie(b.path));
  });
  return traces;
}

}  // namespace allocprof::cli
