// SPDX-License-Identifier: Apache-2.0
//
// Does what it is told, a line at a time, and answers "ok": so that a test can do something else to
// it in between. Itself it allocates nothing.
//
//   keep N SIZE    N blocks, kept on a pile
//   drop N         frees the N last of the pile
//   grow N SIZE    reallocs the N last of the pile
//   churn N        N times malloc(16) and free
//   deep N         a block from N calls deep, kept
//   map BYTES      one mapping more, of its own
//   remap BYTES    the last mapping gets another size
//   unmap          the last mapping goes
//   stack BYTES    touches so much of the stack
//   threads N      N threads, one after the other, each 3 blocks of 50 bytes, freed
//   quit
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { kPile = 1 << 16, kMappings = 64 };
static void* pile[kPile];
static int piled;
static struct {
  void* at;
  size_t size;
} mappings[kMappings];
static int mapped;

__attribute__((noinline)) static void keep(int n, size_t size) {
  for (int i = 0; i < n && piled < kPile; i++) pile[piled++] = malloc(size);
}
__attribute__((noinline)) static void drop(int n) {
  while (n-- > 0 && piled > 0) free(pile[--piled]);
}
__attribute__((noinline)) static void grow(int n, size_t size) {
  for (int i = piled - n; i < piled; i++) pile[i] = realloc(pile[i], size);
}
__attribute__((noinline)) static void churn(int n) {
  for (int i = 0; i < n; i++) free(malloc(16));
}
__attribute__((noinline)) static int deep(int n) {
  volatile int here = n;
  if (n > 0) return deep(n - 1) + here;
  keep(1, 77);
  return here;
}
__attribute__((noinline)) static void touch_stack(size_t bytes) {
  volatile char place[4096];
  place[0] = 1;
  if (bytes > sizeof(place)) touch_stack(bytes - sizeof(place));
  place[1] = 2;
}

__attribute__((noinline)) static void map_memory(size_t bytes) {
  mappings[mapped].at =
      mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mappings[mapped++].size = bytes;
}
__attribute__((noinline)) static void remap_memory(size_t bytes) {
  const int last = mapped - 1;
  mappings[last].at = mremap(mappings[last].at, mappings[last].size, bytes, MREMAP_MAYMOVE);
  mappings[last].size = bytes;
}
__attribute__((noinline)) static void unmap_memory(void) {
  mapped--;
  munmap(mappings[mapped].at, mappings[mapped].size);
}

static void* in_thread(void* nothing) {
  void* blocks[3];
  for (int i = 0; i < 3; i++) blocks[i] = malloc(50);
  for (int i = 0; i < 3; i++) free(blocks[i]);
  return nothing;
}
__attribute__((noinline)) static int run_threads(int n) {
  for (int i = 0; i < n; i++) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, in_thread, NULL) != 0) return 1;
    pthread_join(thread, NULL);
  }
  return 0;
}

// One line from stdin, without stdio's buffers.
static int read_line(char* line, int room) {
  int n = 0;
  while (n < room - 1 && read(0, line + n, 1) == 1) {
    if (line[n] == '\n') {
      line[n] = '\0';
      return 1;
    }
    n++;
  }
  return 0;
}

static size_t number_after(const char** at) {
  char* end;
  const size_t n = strtoul(*at, &end, 10);
  *at = end;
  return n;
}

int main(void) {
  char line[128];
  while (read_line(line, sizeof(line))) {
    const char* at = strchr(line, ' ');
    const size_t word = at != NULL ? (size_t)(at - line) : strlen(line);
    const size_t first = at != NULL ? number_after(&at) : 0;
    const size_t second = at != NULL ? number_after(&at) : 0;
#define TOLD(name) (word == sizeof(name) - 1 && memcmp(line, name, word) == 0)
    if (TOLD("keep")) {
      keep((int)first, second);
    } else if (TOLD("drop")) {
      drop((int)first);
    } else if (TOLD("grow")) {
      grow((int)first, second);
    } else if (TOLD("churn")) {
      churn((int)first);
    } else if (TOLD("deep")) {
      deep((int)first);
    } else if (TOLD("map")) {
      map_memory(first);
    } else if (TOLD("remap")) {
      remap_memory(first);
    } else if (TOLD("unmap")) {
      unmap_memory();
    } else if (TOLD("stack")) {
      touch_stack(first);
    } else if (TOLD("threads")) {
      if (run_threads((int)first) != 0) return 3;
    } else {
      return TOLD("quit") ? 0 : 2;
    }
    if (write(1, "ok\n", 3) != 3) return 4;
  }
  return 0;
}
