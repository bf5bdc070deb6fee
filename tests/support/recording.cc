// SPDX-License-Identifier: Apache-2.0
#include "support/recording.h"

#include <stdexcept>

#include "support/temp_dir.h"

namespace allocprof::test {

BlockBuilder& Recording::Block(uint32_t thread) {
  ThreadBlocks& t = threads_[thread];
  if (t.fresh) {
    t.blocks.emplace_back(thread, now, t.blocks.empty() ? 1 : t.blocks.back().next_id());
    t.fresh = false;
  }
  return t.blocks.back();
}

uint32_t Recording::Id(uint32_t thread, const Stack& stack) {
  BlockBuilder& block = Block(thread);
  std::map<Stack, uint32_t>& ids = threads_[thread].ids;
  uint32_t parent = 0;
  Stack path;
  for (const uint64_t pc : stack) {
    path.push_back(pc);
    const auto [it, fresh] = ids.try_emplace(path, 0);
    if (fresh) it->second = block.Define(parent, pc, 32, 32 * path.size());
    parent = it->second;
  }
  return parent;
}

Recording& Recording::Malloc(uint32_t thread, const Stack& stack, uint64_t address, uint64_t size,
                             wire::Entry entry) {
  const uint32_t id = Id(thread, stack);
  Block(thread).Alloc(id, address, size, Tick(), entry);
  return *this;
}

Recording& Recording::Free(uint32_t thread, uint64_t address, const Stack& stack) {
  const uint32_t id = Id(thread, stack);
  Block(thread).Free(id, address, Tick());
  return *this;
}

Recording& Recording::Realloc(uint32_t thread, const Stack& stack, uint64_t old_address,
                              uint64_t address, uint64_t size) {
  return ReallocDeath(thread, stack, old_address).ReallocBirth(thread, stack, address, size);
}

Recording& Recording::ReallocDeath(uint32_t thread, const Stack& stack, uint64_t old_address) {
  const uint32_t id = Id(thread, stack);
  Block(thread).ReallocFree(id, old_address, Tick());
  return *this;
}

Recording& Recording::ReallocBirth(uint32_t thread, const Stack& stack, uint64_t address,
                                   uint64_t size) {
  return Malloc(thread, stack, address, size, wire::Entry::kRealloc);
}

Recording& Recording::Failed(uint32_t thread, const Stack& stack, uint64_t size) {
  const uint32_t id = Id(thread, stack);
  Block(thread).Failed(id, size, Tick());
  return *this;
}

Recording& Recording::Enter(uint32_t thread, uint64_t name, uint8_t flags) {
  Block(thread).Region(flags, name, Tick());
  return *this;
}

Recording& Recording::Leave(uint32_t thread, uint64_t name) {
  Block(thread).Region(wire::kRegionEnd, name, Tick());
  return *this;
}

Recording& Recording::Pool(uint32_t thread, wire::PoolOp operation, uint64_t name, uint64_t address,
                           uint64_t size, const Stack& stack) {
  const uint32_t id = Id(thread, stack);
  Block(thread).Pool(operation, name, id, address, size);
  return *this;
}

Recording& Recording::Name(uint64_t id, const std::string& name) {
  records_.Line(R"({"k":"name","id":)" + std::to_string(id) + R"(,"name":")" + name + R"("})");
  return *this;
}

Recording& Recording::Cut(uint32_t thread) {
  threads_[thread].fresh = true;
  return *this;
}

TraceBuilder Recording::WithChunks() const {
  TraceBuilder out = records_;
  for (const auto& [thread, t] : threads_) {
    out.Thread(thread, kPid + thread - 1, thread == 1 ? "main" : "worker");
    uint64_t position = 0;
    for (const BlockBuilder& block : t.blocks) {
      out.Chunk(block, position);
      position += 16384;
    }
  }
  return out;
}

std::string Recording::Text() const { return WithChunks().End(now).text(); }
std::string Recording::TextWithoutEnd() const { return WithChunks().text(); }

std::shared_ptr<const trace::Trace> Recording::Load() const {
  TempDir dir;
  Result<trace::Trace> loaded = trace::Load(dir.Write("trace.json", Text()));
  if (!loaded.ok()) throw std::runtime_error(loaded.status().message());
  return std::make_shared<const trace::Trace>(std::move(loaded.value()));
}

}  // namespace allocprof::test
