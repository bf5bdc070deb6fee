// SPDX-License-Identifier: Apache-2.0
#include "trace/chunk_line.h"

#include <charconv>

namespace allocprof::trace {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  bool Text(std::string_view expected) {
    if (rest_.substr(0, expected.size()) != expected) return false;
    rest_.remove_prefix(expected.size());
    return true;
  }
  template <typename Number>
  bool Digits(Number* out) {
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), *out);
    if (error != std::errc()) return false;
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    return true;
  }
  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

}  // namespace

bool ParseChunkLine(std::string_view line, Chunk* chunk) {
  constexpr std::string_view kEnd = "\"}";
  Reader r(line);
  const bool good = r.Text("{\"k\":\"chunk\",\"thread\":") && r.Digits(&chunk->thread) &&
                    r.Text(",\"pos\":[") && r.Digits(&chunk->first_position) && r.Text(",") &&
                    r.Digits(&chunk->last_position) && r.Text("],\"events\":") &&
                    r.Digits(&chunk->events) && r.Text(",\"t\":[") &&
                    r.Digits(&chunk->first_stamp) && r.Text(",") && r.Digits(&chunk->last_stamp) &&
                    r.Text("],\"data\":\"");
  if (!good || r.rest().size() < kEnd.size()) return false;
  const size_t n = r.rest().size() - kEnd.size();
  if (r.rest().substr(n) != kEnd) return false;
  // What stands in between is Base64, or the chunk is told as damaged when it is decoded.
  chunk->base64 = r.rest().substr(0, n);
  return true;
}

}  // namespace allocprof::trace
