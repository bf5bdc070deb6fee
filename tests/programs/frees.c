// SPDX-License-Identifier: Apache-2.0
// Blocks that end in every way, each at a site of its own:
//   late_here       20 x  64 B, freed by main at its end
//   leak_here        7 x 100 B, never freed
//   temp_here       50 x  32 B, each freed before the next allocation: temporary, contained
//   deep_here        1 x  48 B, in a frame of more than 4,096 bytes; freed by main
//   contained_here  10 x  40 B, freed in order before it returns: contained; only the tenth
//                   is freed before its thread's next allocation: temporary
// 88 allocations, 4,028 bytes, 81 frees, 51 temporary, 60 contained. The peak, 2,428 bytes in
// 38 blocks, is reached at contained_here's tenth: late 1,280 + leak 700 + deep 48 + 400.
#include <stdlib.h>

static void* volatile leaked;

__attribute__((noipa)) static void late_here(void** blocks) {
  for (int i = 0; i < 20; ++i) blocks[i] = malloc(64);
}

__attribute__((noipa)) static void leak_here(void) {
  for (int i = 0; i < 7; ++i) leaked = malloc(100);
}

__attribute__((noipa)) static void temp_here(void) {
  for (int i = 0; i < 50; ++i) {
    void* block = malloc(32);
    free(block);
  }
}

// Forces the buffer to be there, in memory.
__attribute__((noipa)) static void use(char* buffer) { buffer[0] = 1; }

__attribute__((noipa)) static void* deep_here(void) {
  char buffer[4096];
  use(buffer);
  void* block = malloc(48);
  use(buffer);
  return block;
}

__attribute__((noipa)) static void contained_here(void) {
  void* blocks[10];
  for (int i = 0; i < 10; ++i) blocks[i] = malloc(40);
  for (int i = 0; i < 10; ++i) free(blocks[i]);
}

int main(void) {
  void* late[20];
  late_here(late);
  leak_here();
  temp_here();
  void* deep = deep_here();
  contained_here();
  free(deep);
  for (int i = 0; i < 20; ++i) free(late[i]);
  return 0;
}
