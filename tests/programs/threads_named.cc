// SPDX-License-Identifier: Apache-2.0
// Three threads that name themselves: "alpha" makes 1,000 allocations of 24 bytes, "beta"
// 2,000 of 48, "gamma" 3,000 of 72, and each frees its own but the last. Not one more is made
// in a thread. Main itself makes those of std::thread and pthread_create.
#include <pthread.h>

#include <cstddef>
#include <thread>

static char* volatile last_block;

__attribute__((noipa)) static void allocate(std::size_t count, std::size_t size) {
  for (std::size_t i = 1; i < count; ++i) {
    char* block = new char[size];
    last_block = block;
    delete[] block;
  }
  last_block = new char[size];
}

static void run(const char* name, std::size_t count, std::size_t size) {
  pthread_setname_np(pthread_self(), name);
  allocate(count, size);
}

int main() {
  std::thread alpha(run, "alpha", 1000, 24);
  std::thread beta(run, "beta", 2000, 48);
  std::thread gamma(run, "gamma", 3000, 72);
  alpha.join();
  beta.join();
  gamma.join();
  return 0;
}
