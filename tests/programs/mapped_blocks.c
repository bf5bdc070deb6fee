// SPDX-License-Identifier: Apache-2.0
//
// Known for: blocks that glibc maps one by one. It prints what mallinfo2 says of them: most at
// once, their bytes then, and how many were mapped in all, counted by hand.
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t most, most_bytes, all, before;

static void* seen(void* p) {
  memset(p, 1, 1000);
  const struct mallinfo2 now = mallinfo2();
  if (now.hblks > most) most = now.hblks;
  if (now.hblkhd > most_bytes) most_bytes = now.hblkhd;
  if (now.hblks > before) all += now.hblks - before;
  before = now.hblks;
  return p;
}

static void drop(void* p) {
  free(p);
  before = mallinfo2().hblks;
}

int main(void) {
  void* blocks[10];
  for (int i = 0; i < 10; i++) blocks[i] = seen(malloc(200000));
  drop(blocks[0]);
  // Below the threshold that its free has set: not mapped any more.
  blocks[0] = seen(malloc(190000));
  for (int i = 0; i < 10; i++) drop(blocks[i]);
  // By realloc across the threshold, and on, where it stays mapped.
  void* p = seen(malloc(1000));
  void* beside = seen(malloc(1000));
  p = seen(realloc(p, 5000000));
  p = seen(realloc(p, 9000000));
  p = seen(realloc(p, 6000000));
  drop(p);
  drop(beside);
  printf("%zu %zu %zu\n", most, most_bytes, all);
  return 0;
}
