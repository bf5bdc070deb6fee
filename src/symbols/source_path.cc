// SPDX-License-Identifier: Apache-2.0
#include "symbols/source_path.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace allocprof::symbols {

std::string NormalizePath(std::string_view path) {
  const bool absolute = path.starts_with('/');
  std::vector<std::string_view> parts;
  for (size_t at = 0; at < path.size();) {
    const size_t end = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, end - at);
    at = end + 1;
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.push_back(part);
    } else if (!parts.empty() && parts.back() != "..") {
      parts.pop_back();
    } else if (!absolute) {
      parts.push_back(part);
    }
  }
  std::string out = absolute ? "/" : "";
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i != 0) out += '/';
    out += parts[i];
  }
  return out;
}

std::string SourcePath(std::string_view comp_dir, std::string_view path) {
  if (path.empty() || path == "???") return {};
  if (path.starts_with('/') || comp_dir.empty()) return NormalizePath(path);
  std::string prefix(comp_dir);
  prefix += '/';
  if (path.starts_with(prefix)) return NormalizePath(path);
  return NormalizePath(prefix.append(path));
}

}  // namespace allocprof::symbols
