// SPDX-License-Identifier: Apache-2.0
#include "symbols/code_flow.h"

#include <elf.h>

#include <optional>
#include <unordered_map>
#include <utility>

#include "symbols/call_names.h"
#include "symbols/elf_symbols.h"

namespace allocprof::symbols {
namespace {

// How many functions deep it is asked whether a call returns, or where a tail call leads to.
constexpr int kDepth = 3;

}  // namespace

// Declared in the order of dependence: each member points into those above it.
struct CodeFlow::LoadedModule {
  std::unique_ptr<ElfFile> file;  // null: no code
  ElfSymbols symbols;
  std::optional<FunctionParts> parts;
  std::optional<Imports> imports;
  std::map<uint64_t, std::shared_ptr<FlowGraph>> graphs;  // by the start of each of its parts
  std::unordered_map<uint64_t, bool> returns;
};

CodeFlow::CodeFlow(Options options) : finder_(std::move(options)) {}
CodeFlow::~CodeFlow() = default;

CodeFlow::LoadedModule& CodeFlow::Load(const Module& module) {
  auto& slot = modules_[module];
  if (slot != nullptr) return *slot;
  slot = std::make_unique<LoadedModule>();
  LoadedModule& loaded = *slot;
  std::vector<RefusedFile> refused;  // the symbolizer tells of them
  auto file = finder_.ModuleFile(module, &refused);
  if (!file || file->machine() != EM_X86_64) return loaded;
  loaded.file = std::move(file);
  loaded.symbols.Add(*loaded.file);
  loaded.symbols.Seal();
  loaded.parts.emplace(*loaded.file);
  loaded.imports.emplace(*loaded.file);
  return loaded;
}

std::string CodeFlow::NameOf(LoadedModule& loaded, uint64_t address) {
  if (const auto symbol = loaded.symbols.Find(address); symbol && symbol->start == address) {
    return std::string(symbol->name);
  }
  return std::string(loaded.imports->OfStub(address).name);
}

FlowGraph* CodeFlow::GraphOf(LoadedModule& loaded, uint64_t address, int depth) {
  if (!loaded.file) return nullptr;
  const auto part = loaded.parts->Find(address);
  // A separate debug file knows its functions and holds no code.
  if (!part || loaded.file->ReadCode(address, 1).empty()) return nullptr;
  auto& graph = loaded.graphs[part->begin];
  if (graph == nullptr) {
    const CodeContext context{*loaded.file, *loaded.parts, *loaded.imports,
                              [&](uint64_t at) { return NameOf(loaded, at); },
                              [&, depth](uint64_t at) { return Returns(loaded, at, depth + 1); }};
    const auto made = std::make_shared<FlowGraph>(context, *part);
    // A function is known by each of its parts. Of two graphs that share one, the first met may be
    // of a cold part alone, from which nothing leads back.
    for (const FunctionPart& other : made->parts()) {
      auto& known = loaded.graphs[other.begin];
      if (known == nullptr || known->parts().size() < made->parts().size()) known = made;
    }
    if (graph == nullptr) graph = made;
  }
  return graph.get();
}

// Whether a function returns is not known while it is being looked at (recursion) and beyond some
// depth: it does, then.
bool CodeFlow::Returns(LoadedModule& loaded, uint64_t address, int depth) {
  if (depth > kDepth) return true;
  const auto [found, fresh] = loaded.returns.try_emplace(address, true);
  if (!fresh) return found->second;
  FlowGraph* graph = GraphOf(loaded, address, depth);
  const bool returns = graph == nullptr || graph->entry() != address || graph->Returns();
  loaded.returns[address] = returns;
  return returns;
}

Reach CodeFlow::Reaches(const Module& module, CodePoint from, CodePoint to) {
  LoadedModule& loaded = Load(module);
  FlowGraph* graph = GraphOf(loaded, from.exact ? from.address : from.address - 1, 0);
  if (graph == nullptr) return to.address > from.address ? Reach::kYes : Reach::kNo;
  if (graph->Contains(to.exact ? to.address : to.address - 1)) return graph->Reaches(from, to);
  return ReachesByTailCall(loaded, graph->TailCallsFrom(from), to, 1);
}

Reach CodeFlow::ReachesByTailCall(LoadedModule& loaded, const std::vector<const TailCall*>& calls,
                                  CodePoint to, int depth) {
  for (const TailCall* call : calls) {
    if (call->target == 0 || depth > kDepth) continue;
    FlowGraph* graph = GraphOf(loaded, call->target, 0);
    if (graph == nullptr || graph->entry() != call->target) continue;
    const Reach reach = graph->Contains(to.exact ? to.address : to.address - 1)
                            ? graph->ReachesFromEntry(to)
                            : ReachesByTailCall(loaded, graph->TailCallsFromEntry(), to, depth + 1);
    if (reach == Reach::kYes) return reach;
  }
  return Reach::kNo;
}

Reach CodeFlow::EndsInTailCall(const Module& module, CodePoint from, bool freeing) {
  LoadedModule& loaded = Load(module);
  FlowGraph* graph = GraphOf(loaded, from.exact ? from.address : from.address - 1, 0);
  if (graph == nullptr) return Reach::kUnknown;
  return Leaves(loaded, graph->TailCallsFrom(from), freeing, 1);
}

Reach CodeFlow::Leaves(LoadedModule& loaded, const std::vector<const TailCall*>& calls,
                       bool freeing, int depth) {
  for (const TailCall* call : calls) {
    if (!freeing || Frees(call->name)) return Reach::kYes;
    if (call->target == 0 || depth > kDepth) continue;
    FlowGraph* graph = GraphOf(loaded, call->target, 0);
    if (graph == nullptr || graph->entry() != call->target) continue;
    if (Leaves(loaded, graph->TailCallsFromEntry(), freeing, depth + 1) == Reach::kYes) {
      return Reach::kYes;
    }
  }
  return Reach::kNo;
}

}  // namespace allocprof::symbols
