// SPDX-License-Identifier: Apache-2.0
//
// Hazard: exceptions and longjmp leave frames that a tool has remembered; coroutines have stacks of
// their own. Known: 3,000 pairs.
#include <setjmp.h>
#include <ucontext.h>

#include <stdexcept>

#include "known.h"

namespace {

jmp_buf place;
ucontext_t main_context, coroutine;

[[gnu::noinline]] void Throw(int depth) {
  if (depth == 0) {
    known_pairs(1);
    throw std::runtime_error("as meant");
  }
  Throw(depth - 1);
  known_pairs(1);  // never reached
}

[[gnu::noinline]] void Jump(int depth) {
  if (depth == 0) {
    known_pairs(1);
    longjmp(place, 1);
  }
  Jump(depth - 1);
  known_pairs(1);
}

void Coroutine() {
  for (;;) {
    known_pairs(1);
    swapcontext(&coroutine, &main_context);
  }
}

}  // namespace

int main() {
  for (volatile int i = 0; i < 1000; i = i + 1) {
    bool caught = false;
    try {
      Throw(i % 50);
    } catch (const std::runtime_error&) {
      caught = true;
    }
    CHECK(caught);
  }
  for (volatile int i = 0; i < 1000; i = i + 1) {
    if (setjmp(place) == 0) Jump(i % 50);
  }
  static char stack[64 * 1024];
  getcontext(&coroutine);
  coroutine.uc_stack.ss_sp = stack;
  coroutine.uc_stack.ss_size = sizeof(stack);
  makecontext(&coroutine, Coroutine, 0);
  for (int i = 0; i < 1000; i++) CHECK(swapcontext(&main_context, &coroutine) == 0);
  return 0;
}
