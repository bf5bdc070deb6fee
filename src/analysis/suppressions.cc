// SPDX-License-Identifier: Apache-2.0
#include "analysis/suppressions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace allocprof::analysis {
namespace {

std::string_view Trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

}  // namespace

Result<std::vector<Suppression>> ParseSuppressions(std::string_view text, const std::string& path) {
  std::vector<Suppression> rows;
  int number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = Trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    number++;
    if (line.empty() || line.front() == '#') continue;
    const size_t colon = line.find(':');
    const auto wrong = [&](const std::string& why) {
      return Status(ErrorCode::kUsage,
                    fmt::format("{}:{}: {}; write leak:PATTERN", path, number, why));
    };
    if (colon == line.npos) return wrong(fmt::format("'{}' is no suppression", line));
    const std::string_view kind = line.substr(0, colon);
    if (kind != "leak") return wrong(fmt::format("'{}' suppresses no leaks", kind));
    const std::string_view pattern = Trimmed(line.substr(colon + 1));
    if (pattern.empty()) return wrong("the pattern is missing");
    rows.push_back({std::string(pattern), path, number});
  }
  return rows;
}

Result<std::vector<Suppression>> ReadSuppressions(const std::vector<std::string>& paths) {
  std::vector<Suppression> all;
  for (const std::string& path : paths) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (file) text << file.rdbuf();
    // Of a folder, opening succeeds and reading does not.
    if (!file || (text.fail() && errno != 0)) {
      return Status(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnreadable,
                    fmt::format("{}: cannot be read: {}; name a file of suppressions", path,
                                std::strerror(errno != 0 ? errno : EIO)));
    }
    Result<std::vector<Suppression>> rows = ParseSuppressions(text.str(), path);
    if (!rows.ok()) return rows.status();
    for (Suppression& row : rows.value()) all.push_back(std::move(row));
  }
  return all;
}

bool MatchesTemplate(std::string_view pattern, std::string_view text) {
  if (text.empty()) return false;
  const bool from_start = !pattern.empty() && pattern.front() == '^';
  if (from_start) pattern.remove_prefix(1);
  // As in LeakSanitizer, what follows a '$' has no meaning.
  const size_t dollar = pattern.find('$');
  const bool to_end = dollar != pattern.npos;
  if (to_end) pattern = pattern.substr(0, dollar);

  size_t at = 0;
  bool anchored = from_start;
  for (;;) {
    const size_t star = pattern.find('*');
    const std::string_view piece = pattern.substr(0, star);
    const bool last = star == pattern.npos;
    if (last && to_end) {
      if (text.size() < at + piece.size()) return false;
      return anchored ? text.substr(at) == piece : text.ends_with(piece);
    }
    const size_t found = text.find(piece, at);
    if (found == text.npos || (anchored && found != at)) return false;
    if (last) return true;
    at = found + piece.size();
    anchored = false;
    pattern.remove_prefix(star + 1);
  }
}

}  // namespace allocprof::analysis
