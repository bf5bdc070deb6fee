// SPDX-License-Identifier: Apache-2.0
//
// Debuginfod: files by build-id from the servers that DEBUGINFOD_URLS names.
//
// Owns: the client of libdebuginfod, which is loaded at the first question and never linked: it
// brings curl and its thirty libraries. Cache, time-outs and progress are that library's, by its
// own variables DEBUGINFOD_CACHE_PATH, DEBUGINFOD_TIMEOUT and DEBUGINFOD_PROGRESS.
// Errors: a file that no server has is an empty answer. A server that cannot be reached ends the
// asking, so that a report waits for it once and not for every module; failure() says why.
// What is fetched is not trusted: the caller compares the build-id.
// Source: debuginfod_find_debuginfo(3). Thread-safety: any thread; one question at a time.
#pragma once

#include <memory>
#include <mutex>
#include <string>

namespace allocprof::symbols {

class Debuginfod {
 public:
  enum class Kind { kExecutable, kDebugInfo };

  Debuginfod();
  ~Debuginfod();
  Debuginfod(const Debuginfod&) = delete;
  Debuginfod& operator=(const Debuginfod&) = delete;

  // Why nothing can be asked on this machine, with the remedy; empty if it can.
  static std::string WhyNot();

  // Path of the file in the cache. `build_id` is lower-case hex.
  std::string Fetch(Kind kind, const std::string& build_id);

  // Why the asking ended early; empty while it goes on.
  std::string failure() const;

 private:
  struct Library;

  mutable std::mutex mutex_;
  std::unique_ptr<Library> library_;
  std::string failure_;
};

}  // namespace allocprof::symbols
