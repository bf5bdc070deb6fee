// SPDX-License-Identifier: Apache-2.0
#include "symbols/symbolizer.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "symbols/debug_info.h"
#include "symbols/elf_file.h"
#include "symbols/elf_symbols.h"
#include "symbols/entry_point.h"
#include "symbols/unwind_ranges.h"

namespace allocprof::symbols {
namespace {

size_t LeadingUnderscores(std::string_view name) {
  return std::min(name.find_first_not_of('_'), name.size());
}

// The better name of a function whose debug info has no C++ or Rust linkage name. The symbol wins
// where it knows more: the parameters of a static C++ function, the public alias of a C one
// (malloc, not __libc_malloc). Else the debug info does: a symbol may be another function's, folded
// into this one, or the compiler's name for a part or copy of it.
std::string BetterName(const FunctionName& name, std::string_view symbol) {
  if (name.text.empty()) return std::string(symbol);
  const std::string_view base = std::string_view(name.plain).substr(0, name.plain.find('<'));
  const bool has_parameters = symbol.find('(') != std::string_view::npos;
  if (has_parameters && symbol.find(base) != std::string_view::npos) {
    return std::string(symbol.substr(0, symbol.find(" [clone ")));
  }
  const bool cleaner = LeadingUnderscores(symbol) < LeadingUnderscores(name.plain);
  return cleaner ? std::string(symbol) : name.text;
}

}  // namespace

// Declared in the order of dependence: each member points into those above it.
struct Symbolizer::LoadedModule {
  ModuleFiles files;
  std::unique_ptr<ElfFile> file;        // null: unresolved throughout
  std::unique_ptr<ElfFile> debug_file;  // null when the file has debug info itself
  ElfSymbols symbols;
  std::unique_ptr<DebugInfo> debug_info;
  std::unique_ptr<UnwindRanges> unwind_ranges;
  std::unordered_map<uint64_t, std::vector<Frame>> answers;
};

Symbolizer::Symbolizer(Options options) : finder_(std::move(options)) {}
Symbolizer::~Symbolizer() = default;

Symbolizer::LoadedModule& Symbolizer::Load(const Module& module) {
  std::unique_ptr<LoadedModule>& entry = modules_[module];
  if (entry != nullptr) return *entry;
  entry = std::make_unique<LoadedModule>();
  LoadedModule& loaded = *entry;
  loaded.files.module = module;
  loaded.file = finder_.ModuleFile(module, &loaded.files.refused);
  if (!loaded.file) return loaded;
  loaded.files.file = true;
  if (!loaded.file->HasDebugInfo()) {
    loaded.debug_file = finder_.DebugFile(*loaded.file, module.path, &loaded.files.refused);
  }
  loaded.symbols.Add(*loaded.file);
  if (loaded.debug_file) loaded.symbols.Add(*loaded.debug_file);
  loaded.symbols.Seal();
  const ElfFile& dwarf_file = loaded.debug_file ? *loaded.debug_file : *loaded.file;
  loaded.debug_info = DebugInfo::Open(dwarf_file, *loaded.file, finder_, module.path);
  loaded.files.debug_info = loaded.debug_info != nullptr;
  loaded.unwind_ranges = std::make_unique<UnwindRanges>(*loaded.file);
  return loaded;
}

const std::vector<Frame>& Symbolizer::Resolve(const Module& module, uint64_t vaddr) {
  LoadedModule& loaded = Load(module);
  auto [entry, fresh] = loaded.answers.try_emplace(vaddr);
  std::vector<Frame>& frames = entry->second;
  if (fresh) frames = Find(loaded, vaddr);
  return frames;
}

std::vector<Frame> Symbolizer::Find(LoadedModule& loaded, uint64_t vaddr) {
  DebugInfo::Location location;
  if (loaded.debug_info) location = loaded.debug_info->Find(vaddr);
  if (location.frames.empty()) location.frames.emplace_back();
  const FunctionName* name = location.function;
  if (name != nullptr && name->from_linkage) return std::move(location.frames);
  const auto symbol = loaded.file ? loaded.symbols.Find(vaddr) : std::nullopt;
  if (symbol) {
    location.frames.back().function =
        name != nullptr ? BetterName(*name, symbol->name) : std::string(symbol->name);
  }
  return std::move(location.frames);
}

std::optional<uint64_t> Symbolizer::FunctionStart(const Module& module, uint64_t vaddr) {
  LoadedModule& loaded = Load(module);
  if (!loaded.file) return std::nullopt;
  if (const auto symbol = loaded.symbols.Find(vaddr)) return symbol->start;
  if (loaded.debug_info) {
    if (const auto start = loaded.debug_info->FunctionStart(vaddr)) return start;
  }
  return loaded.unwind_ranges->Start(vaddr);
}

std::optional<uint64_t> Symbolizer::EntryPoint(const Module& module) {
  LoadedModule& loaded = Load(module);
  return loaded.file ? std::optional(loaded.file->entry()) : std::nullopt;
}

std::optional<uint64_t> Symbolizer::MainAddress(const Module& module) {
  LoadedModule& loaded = Load(module);
  if (!loaded.file) return std::nullopt;
  if (const auto start = loaded.symbols.StartOf("main")) return start;
  if (loaded.debug_info) {
    if (const auto start = loaded.debug_info->EntryOf("main")) return start;
  }
  return MainFromEntryPoint(*loaded.file);
}

std::vector<ModuleFiles> Symbolizer::modules() const {
  std::vector<ModuleFiles> all;
  for (const auto& [module, loaded] : modules_) {
    all.push_back(loaded->files);
    if (loaded->debug_info) {
      all.back().missing_split_files = loaded->debug_info->missing_split_files();
    }
  }
  return all;
}

}  // namespace allocprof::symbols
