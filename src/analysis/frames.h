// SPDX-License-Identifier: Apache-2.0
//
// A profile's locations as named frames: symbolised once, functions interned, classified.
//
// Owns: the symbolizer's answers in compact form. Thread-safety: built by one thread, then read.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/profile.h"
#include "report/report.h"
#include "symbols/symbolizer.h"

namespace allocprof::analysis {

struct Function {
  std::string name;    // demangled; "module+0xstart" without a symbol; empty: nothing is known
  std::string module;  // base name
  std::string file;
  int line = 0;  // the first line seen in it
  bool plumbing = false;
  bool system = false;
  bool wrapper = false;  // plumbing that is the module's own
  bool named = false;    // by a symbol
};

struct FrameRef {
  uint32_t function;
  uint32_t file;  // index into files()
  int line;
  bool inlined;
};

class Frames {
 public:
  Frames(const model::Profile& profile, symbols::Symbolizer* symbolizer);

  const std::vector<Function>& functions() const { return functions_; }
  const std::vector<std::string>& files() const { return files_; }
  // Innermost first, at least one.
  const std::vector<FrameRef>& OfLocation(uint32_t location) const {
    return by_location_[location];
  }
  // What was found of each module that a location is in, by path.
  const std::vector<symbols::ModuleFiles>& modules() const { return modules_; }
  // Why debuginfod was given up; empty if it was not, or not asked for.
  const std::string& debuginfod_failure() const { return debuginfod_failure_; }
  uint64_t unresolved_locations() const { return unresolved_; }

  // The nodes of a stack, innermost first.
  std::vector<uint32_t> Chain(uint32_t node) const;

  // An unnamed function inside of a wrapper of malloc is a part of it: between it and the wrapper,
  // further out, are unnamed functions of the same module alone.
  bool IsInsideWrapper(uint32_t node, size_t frame_of_location) const;

  // The frame that a stack is counted for: the innermost outside std, core, alloc and the system's
  // libraries; else the innermost that is not plumbing; else the innermost. 0xffffffff: no frames.
  uint32_t CallSite(uint32_t node) const;

  std::vector<report::Frame> Show(uint32_t node) const;

  // The last column of `table` is the node of each row's stack, so that it was ranked along: takes
  // it off and shows the stacks.
  void ShowStacks(report::Table* table) const;

 private:
  std::string NameWithout(symbols::Symbolizer* symbolizer, const model::Location& location,
                          const std::string& module) const;

  const model::Profile& profile_;
  std::vector<Function> functions_;
  std::vector<std::string> files_;
  std::vector<std::vector<FrameRef>> by_location_;
  std::vector<symbols::ModuleFiles> modules_;
  std::string debuginfod_failure_;
  uint64_t unresolved_ = 0;
};

// "/usr/lib/libc.so.6" -> "libc.so.6"; "" for no module.
std::string ModuleName(const model::Profile& profile, uint32_t module);

}  // namespace allocprof::analysis
