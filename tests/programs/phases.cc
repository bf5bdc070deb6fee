// SPDX-License-Identifier: Apache-2.0
// Allocates before, in and after main, each at a site of its own:
//   before_main   3 blocks, 101 + 102 + 103 bytes: a static constructor
//   in_main       5 blocks, 201 + ... + 205 bytes
//   after_main    2 blocks, 301 + 302 bytes: exit handlers
//   at_the_end    1 block, 401 bytes: a static destructor
// 11 blocks, 2,325 bytes, and not one more: no part of libstdc++ is used, so the linker drops
// it and its start-up pool with it.
#include <cstdlib>

static void* volatile kept;

__attribute__((noipa)) static void before_main(std::size_t size) { kept = std::malloc(size); }
__attribute__((noipa)) static void in_main(std::size_t size) { kept = std::malloc(size); }
__attribute__((noipa)) static void after_main(std::size_t size) { kept = std::malloc(size); }
__attribute__((noipa)) static void at_the_end(std::size_t size) { kept = std::malloc(size); }

struct Global {
  Global() {
    for (std::size_t size = 101; size <= 103; ++size) before_main(size);
  }
  ~Global() { at_the_end(401); }
};
static Global global;

int main() {
  std::atexit([] { after_main(301); });
  std::atexit([] { after_main(302); });
  for (std::size_t size = 201; size <= 205; ++size) in_main(size);
  return 0;
}
