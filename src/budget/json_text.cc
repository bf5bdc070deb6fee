// SPDX-License-Identifier: Apache-2.0
#include "budget/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <set>
#include <vector>

#include "view/display_text.h"

namespace allocprof::budget {
namespace {

// A baseline of a thousand budgets; a budget is far smaller.
constexpr size_t kLargestFile = size_t{64} << 20;

// What is deeper is no budget, and would only cost stack.
constexpr int kDeepest = 16;

// Follows the parser: which keys the objects around the current place have had.
class Watch {
 public:
  bool operator()(int depth, Json::parse_event_t event, Json& parsed) {
    using Event = Json::parse_event_t;
    if (event == Event::object_start) keys_.emplace_back();
    if (event == Event::object_end && !keys_.empty()) keys_.pop_back();
    if (depth > kDeepest) too_deep_ = true;
    if (event == Event::key && !keys_.empty()) {
      const std::string key = parsed.get<std::string>();
      if (!keys_.back().insert(key).second && repeated_.empty()) repeated_ = key;
    }
    return depth <= kDeepest;  // deeper ones are not even kept
  }

  std::string Objection() const {
    if (too_deep_) return "is nested too deep";
    if (repeated_.empty()) return "";
    return fmt::format("has the key '{}' twice in one object; keep one of them",
                       view::Printable(repeated_, true));
  }

 private:
  std::vector<std::set<std::string>> keys_;
  std::string repeated_;
  bool too_deep_ = false;
};

// "line 3, column 5", from a position in the text.
std::string PlaceOf(std::string_view text, size_t at) {
  const std::string_view before = text.substr(0, std::min(at > 0 ? at - 1 : 0, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const size_t newline = before.rfind('\n');
  const size_t column = newline == before.npos ? before.size() + 1 : before.size() - newline;
  return fmt::format("line {}, column {}", line, column);
}

}  // namespace

Result<std::string> ReadSmallFile(const std::string& path, const std::string& remedy) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  const auto failed = [&] {
    const bool missing = errno == ENOENT;
    return Status(ErrorCode::kUsage,
                  fmt::format("{}: cannot be read: {}; {}", path,
                              missing ? "no such file" : std::strerror(errno), remedy));
  };
  if (!file) return failed();
  std::string text;
  char block[65536];
  while (file.read(block, sizeof block) || file.gcount() > 0) {
    text.append(block, static_cast<size_t>(file.gcount()));
    if (text.size() > kLargestFile) {
      return Status(ErrorCode::kUsage, path + ": is larger than 64 MiB; " + remedy);
    }
  }
  if (file.bad() || errno == EISDIR) return failed();
  return text;
}

Result<Json> ParseJson(const std::string& path, std::string_view text) {
  Watch watch;
  try {
    Json json = Json::parse(
        text,
        [&](int depth, Json::parse_event_t event, Json& parsed) {
          return watch(depth, event, parsed);
        },
        true, true);
    if (const std::string objection = watch.Objection(); !objection.empty()) {
      return Status(ErrorCode::kUsage, path + ": " + objection);
    }
    return json;
  } catch (const Json::parse_error& error) {
    return Status(ErrorCode::kUsage, fmt::format("{}: {}: is no JSON from here on; mend it there",
                                                 path, PlaceOf(text, error.byte)));
  } catch (const Json::exception& error) {
    // A number that no double holds.
    return Status(ErrorCode::kUsage,
                  fmt::format("{}: is no JSON: {}", path, view::Printable(error.what(), true)));
  }
}

std::string JsonText(const Json& json) {
  std::string text = json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (size_t at = 0; (at = text.find("##[", at)) != text.npos; at += 3) {
    text.replace(at, 3, "##\\u005b");
  }
  return text;
}

std::string PointerPart(std::string_view key) {
  std::string part;
  for (const char c : key) {
    if (c == '~') {
      part += "~0";
    } else if (c == '/') {
      part += "~1";
    } else {
      part += c;
    }
  }
  return view::Printable(part, true);
}

Status Mistake(const std::string& path, const std::string& pointer, const std::string& what) {
  return {ErrorCode::kUsage, fmt::format("{}: {}: {}", path, pointer.empty() ? "/" : pointer,
                                         view::Printable(what, true))};
}

}  // namespace allocprof::budget
