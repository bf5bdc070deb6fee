// SPDX-License-Identifier: Apache-2.0
//
// Symbolizer: recorded addresses to function names, source lines and inlined calls.
//
// Owns: every file opened for it and every answer given, until it is destroyed. A module's file and
// debug info are opened at its first address and kept.
// Errors: none are returned. What cannot be known stays empty and is counted, because a report
// without some names is still a report; a wrong name is not.
// Asks the network only if Options::debuginfod says so: DEBUGINFOD_URLS alone does nothing.
// Thread-safety: none; one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "symbols/file_finder.h"
#include "symbols/frame.h"
#include "symbols/module.h"
#include "symbols/options.h"
#include "trace/module_symbols.h"

namespace allocprof::symbols {

// What was found of a module that was asked about.
struct ModuleFiles {
  Module module;
  bool file = false;                             // a readable ELF program or library of its build
  bool debug_info = false;                       // else names come from symbols alone
  std::vector<RefusedFile> refused;              // found, but of another build; left unused
  std::vector<std::string> missing_split_files;  // .dwo files that its debug info is in
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

  // What a symbolised trace knows of a module: answers come from there first. Call it before the
  // first question about the module; records of one module add up.
  void Embed(const Module& module, const trace::ModuleSymbols& known);
  // Whether anything was asked about the module, or embedded.
  bool Knows(const Module& module) const { return modules_.count(module) != 0; }
  // Every answer given of a module, for such a trace.
  trace::ModuleSymbols Given(const Module& module) const;

  // Of every module asked about, by path.
  std::vector<ModuleFiles> modules() const;
  // Why debuginfod was given up; empty if it was not.
  std::string debuginfod_failure() const { return finder_.debuginfod_failure(); }

 private:
  struct LoadedModule;

  LoadedModule& Of(const Module& module);
  // The same with its files opened, unless they were.
  LoadedModule& Load(const Module& module);
  std::vector<Frame> Find(LoadedModule& loaded, uint64_t vaddr);
  static std::optional<uint64_t> FindMain(LoadedModule& loaded);
  static ModuleFiles FilesOf(const LoadedModule& loaded);

  FileFinder finder_;
  std::map<Module, std::unique_ptr<LoadedModule>> modules_;
};

}  // namespace allocprof::symbols
