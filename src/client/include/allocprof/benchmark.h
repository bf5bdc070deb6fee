// SPDX-License-Identifier: Apache-2.0
//
// Google Benchmark's memory figures from the recorder: allocations and allocated bytes of an
// iteration, of the whole process. In main, before RunSpecifiedBenchmarks:
//
//   allocprof::BenchmarkMemory memory;
//   memory.Register();                      does nothing without libtrace.so
//
// max_bytes_used stays 0: no peak is counted in the process. Source: benchmark.h, MemoryManager,
// of 1.7; in 1.8 and later its older Stop is gone, hence no `override` on that one.
#ifndef ALLOCPROF_BENCHMARK_H
#define ALLOCPROF_BENCHMARK_H

#include <allocprof/allocprof.h>
#include <benchmark/benchmark.h>

#include <cstdint>

namespace allocprof {

class BenchmarkMemory : public benchmark::MemoryManager {
 public:
  void Register() {
    if (allocprof_is_recording()) benchmark::RegisterMemoryManager(this);
  }

  void Start() override { before_ = allocprof_process_counters(); }

  void Stop(Result& result) override {
    const allocprof_counters after = allocprof_process_counters();
    result.num_allocs = static_cast<int64_t>(after.allocations - before_.allocations);
    result.total_allocated_bytes =
        static_cast<int64_t>(after.allocated_bytes - before_.allocated_bytes);
  }
  virtual void Stop(Result* result) { Stop(*result); }

 private:
  allocprof_counters before_ = {};
};

}  // namespace allocprof

#endif  // ALLOCPROF_BENCHMARK_H
