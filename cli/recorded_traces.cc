// SPDX-License-Identifier: Apache-2.0
#include "recorded_traces.h"

#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>

namespace allocprof::cli {
namespace {

using Json = nlohmann::json;

// The header holds the command line, of which 64 KiB are kept, each byte up to 6 when escaped.
constexpr size_t kLongestHeader = 512 * 1024;
constexpr size_t kLongestEnd = 64 * 1024;

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

uint64_t UnsignedOf(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_number_unsigned() ? it->get<uint64_t>() : 0;
}

// The first line is an object that the records continue: it ends with a comma.
Json HeaderOf(std::ifstream* file) {
  std::string line(kLongestHeader, '\0');
  file->read(line.data(), static_cast<std::streamsize>(line.size()));
  line.resize(static_cast<size_t>(file->gcount()));
  line.resize(std::min(line.find('\n'), line.size()));
  if (line.empty() || line.back() != ',') return {};
  line.back() = '}';
  return Json::parse(line, nullptr, false);
}

Json EndOf(std::ifstream* file) {
  file->clear();
  file->seekg(0, std::ios::end);
  const std::streamoff size = file->tellg();
  const std::streamoff from = std::max<std::streamoff>(0, size - std::streamoff{kLongestEnd});
  std::string tail(static_cast<size_t>(size - from), '\0');
  file->seekg(from);
  file->read(tail.data(), static_cast<std::streamsize>(tail.size()));
  const size_t begin = tail.rfind("\n{\"k\":\"end\"");
  if (begin == std::string::npos) return {};
  const size_t end = tail.find('\n', begin + 1);
  return Json::parse(tail.substr(begin + 1, end - begin - 1), nullptr, false);
}

}  // namespace

std::optional<RecordedTrace> ReadEnds(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const Json header = HeaderOf(&file);
  if (!header.is_object() || !header.contains("allocprof")) return std::nullopt;
  RecordedTrace trace;
  trace.path = path;
  trace.pid = UnsignedOf(header, "pid");
  const auto exe = header.find("exe");
  if (exe != header.end() && exe->is_string()) trace.exe = BaseName(exe->get<std::string>());
  const Json end = EndOf(&file);
  if (end.is_object() && end.contains("totals") && end["totals"].is_object()) {
    trace.allocations = UnsignedOf(end["totals"], "allocations");
  }
  return trace;
}

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
  for (const auto& [path, identity] : Present()) {
    const auto old = before_.find(path);
    if (old != before_.end() && old->second == identity) continue;
    std::optional<RecordedTrace> trace = ReadEnds(path);
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
