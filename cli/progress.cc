// SPDX-License-Identifier: Apache-2.0
#include "progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace allocprof::cli {
namespace {

constexpr std::chrono::milliseconds kPatience{500};
constexpr std::chrono::milliseconds kRefresh{100};
constexpr double kRemainderIsGuess = 0.02;  // of the work: before that nobody knows how long

}  // namespace

std::string ProgressText(const std::string& what, double share, double elapsed_s, int width,
                         bool utf8) {
  share = std::clamp(share, 0.0, 1.0);
  std::string end = fmt::format(" {:3.0f} %", std::floor(100 * share));
  if (share > kRemainderIsGuess) {
    end += fmt::format(", {:.0f} s left", std::ceil(elapsed_s / share * (1 - share)));
  }
  // The bar takes what is left; a long name loses its beginning.
  constexpr int kBar = 30, kLeastName = 12;
  const int room = width - static_cast<int>(end.size()) - kBar - 2;
  std::string name = what;
  if (static_cast<int>(name.size()) > std::max(room, kLeastName)) {
    name = "..." + name.substr(name.size() - static_cast<size_t>(std::max(room, kLeastName)) + 3);
  }
  const int filled = static_cast<int>(share * kBar);
  std::string bar;
  for (int i = 0; i < kBar; i++) bar += i < filled ? (utf8 ? "█" : "#") : (utf8 ? "░" : ".");
  return fmt::format("{}  {}{}", name, bar, end);
}

Progress::Progress(std::string what, bool enabled, int width, bool utf8,
                   std::function<void(const std::string&)> write)
    : what_(std::move(what)),
      enabled_(enabled),
      width_(width),
      utf8_(utf8),
      write_(std::move(write)) {}

Progress::~Progress() {
  if (shown_ != Clock::time_point()) write_("\r\x1b[K");
}

void Progress::Update(double share, Clock::time_point now) {
  if (!enabled_ || now - start_ < kPatience || now - shown_ < kRefresh) return;
  shown_ = now;
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  write_("\r" + ProgressText(what_, share, elapsed, width_ - 1, utf8_) + "\x1b[K");
}

Progress TerminalProgress(std::string what, const EnvironmentLookup& environment) {
  const char* term = environment("TERM");
  const bool enabled =
      isatty(STDERR_FILENO) != 0 && term != nullptr && std::strcmp(term, "dumb") != 0;
  return Progress(std::move(what), enabled, TextWidth(STDERR_FILENO, environment),
                  ShowsUtf8(environment), [](const std::string& text) {
                    // Nothing to do where it cannot be shown.
                    [[maybe_unused]] const ssize_t n =
                        ::write(STDERR_FILENO, text.data(), text.size());
                  });
}

}  // namespace allocprof::cli
