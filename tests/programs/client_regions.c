// SPDX-License-Identifier: Apache-2.0
// What a program says of itself (allocprof/allocprof.h), and what is asked of it in return.
// Region "parse" is entered 3 times and has 30 pairs of malloc and free of 16 bytes, of which 6 in
// "inner"; "audio" is free of allocations but for 2 pairs, of which one is permitted in "log"; the pool "arena"
// gives 4 blocks, takes one back, then all. Outside of regions: 5 pairs, and one block that leaks.
// Prints: whether it is recorded; what the thread counted over 7 pairs; process counts at last.
#include <allocprof/allocprof.h>
#include <stdio.h>
#include <stdlib.h>

void* volatile kept;

static void pairs(int n) {
  for (int i = 0; i < n; i++) {
    kept = malloc(16);
    free(kept);
  }
}

int main(void) {
  static char out[256];
  setvbuf(stdout, out, _IOFBF, sizeof(out));
  for (int i = 0; i < 3; i++) {
    ALLOCPROF_REGION("parse");
    pairs(8);
    ALLOCPROF_REGION("inner");
    pairs(2);
  }
  allocprof_mark("parsed");
  allocprof_thread_name("boss");
  {
    ALLOCPROF_NO_ALLOC("audio");
    pairs(1);
    ALLOCPROF_PERMIT("log");
    pairs(1);
  }
  pairs(5);
  kept = malloc(100);

  static char arena[256];
  for (int i = 0; i < 4; i++) allocprof_pool_alloc("arena", arena + 32 * i, 32);
  allocprof_pool_free("arena", arena);
  allocprof_pool_reset("arena");

  const struct allocprof_counters before = allocprof_thread_counters();
  pairs(7);
  const struct allocprof_counters after = allocprof_thread_counters();
  allocprof_pause();
  kept = malloc(1000);
  allocprof_resume();
  const struct allocprof_counters all = allocprof_process_counters();
  printf("%d %d %d %d %d %d\n", allocprof_is_recording(),
         (int)(after.allocations - before.allocations),
         (int)(after.allocated_bytes - before.allocated_bytes), (int)(after.frees - before.frees),
         (int)all.allocations, (int)all.frees);
  return 0;
}
