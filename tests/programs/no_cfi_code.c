// SPDX-License-Identifier: Apache-2.0
// Part of no_cfi: built with -fno-asynchronous-unwind-tables -fno-omit-frame-pointer, as some
// distributions' kernels of old and many a JIT build their code.
#include <stdlib.h>

void* allocate_below(int depth, size_t size) {
  void* volatile block = depth == 0 ? malloc(size) : allocate_below(depth - 1, size);
  return block;
}
