// SPDX-License-Identifier: Apache-2.0
//
// A progress line on standard error, where that is a terminal and the work takes longer than half
// a second. It is gone when the work is done. Thread-safety: one thread.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "base/terminal.h"

namespace allocprof::cli {

// "reading trace.json  [#####     ]  52 %  3 s left"; at most `width` characters, no newline.
std::string ProgressText(const std::string& what, double share, double elapsed_s, int width,
                         bool utf8);

class Progress {
 public:
  using Clock = std::chrono::steady_clock;

  // `write` gets text for the terminal; `enabled` false: nothing is ever written.
  Progress(std::string what, bool enabled, int width, bool utf8,
           std::function<void(const std::string&)> write);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Update(double share, Clock::time_point now = Clock::now());

 private:
  std::string what_;
  bool enabled_;
  int width_;
  bool utf8_;
  std::function<void(const std::string&)> write_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point shown_{};  // zero: never
};

// For standard error, unless it is no terminal or a dumb one.
Progress TerminalProgress(std::string what, const EnvironmentLookup& environment);

}  // namespace allocprof::cli
