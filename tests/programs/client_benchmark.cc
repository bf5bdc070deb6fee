// SPDX-License-Identifier: Apache-2.0
// A benchmark whose iteration makes two allocations of 24 bytes in all (allocprof/benchmark.h).
#include <allocprof/benchmark.h>

#include <cstdlib>

namespace {

void TwoBlocks(benchmark::State& state) {
  for (auto _ : state) {
    void* volatile a = malloc(8);
    void* volatile b = malloc(16);
    free(a);
    free(b);
  }
}
BENCHMARK(TwoBlocks)->Iterations(1000);

}  // namespace

int main(int argc, char** argv) {
  allocprof::BenchmarkMemory memory;
  memory.Register();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
