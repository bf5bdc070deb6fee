// SPDX-License-Identifier: Apache-2.0
//
// Symbolizer: recorded addresses to function names, source lines and inlined calls.
//
// Owns: every file opened for it and every answer given, until it is destroyed. A module's file and
// debug info are opened at its first address and kept.
// Errors: none are returned. What cannot be known stays empty and is counted, because a report
// without some names is still a report; a wrong name is not.
// Never asks the network: debuginfod stays out even when DEBUGINFOD_URLS is set.
// Thread-safety: none; one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "symbols/frame.h"
#include "symbols/options.h"

namespace allocprof::symbols {

// A loaded ELF file as the trace describes it.
struct Module {
  std::string path;      // absolute, without sysroot; anything else, as "[vdso]", has no file
  std::string build_id;  // hex; empty when the trace has none
};

struct Counters {
  uint64_t modules = 0;                      // distinct modules asked about
  uint64_t modules_without_file = 0;         // no readable ELF program or library at the path
  uint64_t modules_with_wrong_build_id = 0;  // a file, but not the one recorded; left unused
  uint64_t modules_without_debug_info = 0;   // a right file; names come from symbols alone
  uint64_t addresses = 0;                    // distinct (module, address) pairs resolved
  uint64_t unresolved = 0;                   // of these, outermost function unknown
};

class Symbolizer {
 public:
  explicit Symbolizer(Options options);
  ~Symbolizer();
  Symbolizer(const Symbolizer&) = delete;
  Symbolizer& operator=(const Symbolizer&) = delete;

  // Frames at `vaddr`, innermost first; never empty. `vaddr` is an ELF virtual address (pc less
  // load bias), already moved back by one where it came from a return address. The reference lives
  // as long as the Symbolizer.
  const std::vector<Frame>& Resolve(const Module& module, uint64_t vaddr);

  // Start of the function that holds `vaddr`: of its ELF symbol, else of its DWARF subprogram, else
  // of its entry in the unwind tables, which stripped files keep.
  std::optional<uint64_t> FunctionStart(const Module& module, uint64_t vaddr);

  // The program's entry point: _start.
  std::optional<uint64_t> EntryPoint(const Module& module);

  // Start of the program's main(): from symbols, then DWARF, then the start-up code.
  std::optional<uint64_t> MainAddress(const Module& module);

  const Counters& counters() const { return counters_; }

 private:
  struct LoadedModule;
  struct ByPathAndId {
    bool operator()(const Module& a, const Module& b) const;
  };

  LoadedModule& Load(const Module& module);
  std::vector<Frame> Find(LoadedModule& loaded, uint64_t vaddr);

  Options options_;
  Counters counters_;
  std::map<Module, std::unique_ptr<LoadedModule>, ByPathAndId> modules_;
};

}  // namespace allocprof::symbols
