// SPDX-License-Identifier: Apache-2.0
#include "trace/descendants.h"

#include <glob.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>

#include "trace/process_tree.h"

namespace allocprof::trace {
namespace {

constexpr std::string_view kJson = ".json", kCompressed = ".zst";

std::string BaseName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// trace.json is trace.<pid>.json, or trace.<pid>.<n>.json, in another process of the run; and all
// the same with .zst behind it.
std::string PatternOf(const std::string& folder, std::string_view name) {
  if (name.ends_with(kCompressed)) name.remove_suffix(kCompressed.size());
  const bool json = name.ends_with(kJson);
  if (json) name.remove_suffix(kJson.size());
  std::string pattern;
  for (const char c : folder + std::string(name)) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern + ".[0-9]*" + std::string(json ? kJson : "");
}

void AddMatchesOf(const std::string& pattern, std::set<std::string>* paths) {
  glob_t found = {};
  if (glob(pattern.c_str(), GLOB_NOSORT, nullptr, &found) == 0) {
    for (size_t i = 0; i < found.gl_pathc; i++) {
      const std::string path = found.gl_pathv[i];
      struct stat st = {};
      // A pipe would wait for its writer.
      if (path.ends_with(".spool") || stat(path.c_str(), &st) != 0 || !S_ISREG(st.st_mode))
        continue;
      paths->insert(path);
    }
  }
  globfree(&found);
}

void AddMatches(const std::string& pattern, std::set<std::string>* paths) {
  AddMatchesOf(pattern, paths);
  AddMatchesOf(pattern + std::string(kCompressed), paths);
}

}  // namespace

std::vector<Descendant> FindDescendants(const std::string& path) {
  const std::optional<Ends> own = path == "-" ? std::nullopt : ReadEnds(path);
  if (!own.has_value()) return {};
  const Root root = RootOf(own->header);
  const std::string folder = path.substr(0, path.rfind('/') + 1);
  // By the name given, for traces that were renamed alike, and by the name that the run had.
  std::set<std::string> paths;
  AddMatches(PatternOf(folder, BaseName(path)), &paths);
  if (!root.output.empty()) {
    const std::string name = BaseName(root.output);
    AddMatches(PatternOf(folder, name), &paths);
    paths.insert(folder + name);
    paths.insert(folder + name + std::string(kCompressed));
  }
  std::vector<Ends> images = {*own};
  std::set<std::pair<uint32_t, uint64_t>> known = {{own->header.pid, own->header.stamp}};
  for (const std::string& candidate : paths) {
    std::optional<Ends> ends = ReadEnds(candidate);
    if (!ends.has_value() || !SameRun(ends->header, own->header)) continue;
    // A link, say, is the same trace again.
    if (known.emplace(ends->header.pid, ends->header.stamp).second) {
      images.push_back(std::move(*ends));
    }
  }
  std::vector<const Header*> headers;
  for (const Ends& image : images) headers.push_back(&image.header);
  const std::vector<TreePlace> places = ArrangeProcesses(headers);
  auto place = std::find_if(places.begin(), places.end(),
                            [](const TreePlace& candidate) { return candidate.index == 0; });
  const uint32_t level = place->level;
  std::vector<Descendant> below;
  for (++place; place != places.end() && place->level > level; ++place) {
    below.push_back({std::move(images[place->index]), place->level - level});
  }
  return below;
}

std::vector<std::string> TreeOf(const std::string& path) {
  std::vector<std::string> paths = {path};
  for (const Descendant& d : FindDescendants(path)) paths.push_back(d.ends.path);
  return paths;
}

}  // namespace allocprof::trace
