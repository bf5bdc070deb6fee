// SPDX-License-Identifier: Apache-2.0
#include "odd_frames.h"

#include <alloca.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <thread>

namespace allocprof {
namespace {

struct Climb {
  unsigned seed;
  int height;
  const std::function<void()>* visit;
};

// Keeps memory from being optimised away, and a call from being the last thing of a function.
void Touch(volatile void* p) { asm volatile("" : : "r"(p) : "memory"); }

void Step(Climb c);

__attribute__((noinline, optimize("omit-frame-pointer"))) void Plain(Climb c) {
  char local[40];
  Touch(local);
  Step(c);
  Touch(local);
}

__attribute__((noinline)) void WithFramePointer(Climb c) {
  char local[120];
  Touch(local);
  Step(c);
  Touch(local);
}

__attribute__((noinline, optimize("omit-frame-pointer"))) void WithAlloca(Climb c) {
  auto* local = static_cast<char*>(alloca(c.seed % 700 + 1));
  local[0] = 1;
  Touch(local);
  Step(c);
  Touch(local);
}

__attribute__((noinline)) void WithArrayOfAnySize(Climb c) {
  // As a C99 array: two blocks, the inner one given back before the outer.
  for (unsigned round = 0; round < 2; round++) {
    auto* local = static_cast<char*>(alloca(16 * (round + 1) + c.seed % 97));
    memset(local, 0, 16);
    Touch(local);
  }
  Step(c);
  Touch(&c);
}

__attribute__((noinline, optimize("omit-frame-pointer"))) void Realigned(Climb c) {
  alignas(64) char local[128];
  Touch(local);
  Step(c);
  Touch(local);
}

__attribute__((noinline, optimize("omit-frame-pointer"))) void RealignedWithAlloca(Climb c) {
  alignas(32) char local[64];
  auto* more = static_cast<char*>(alloca(c.seed % 300 + 1));
  more[0] = 1;
  Touch(local);
  Touch(more);
  Step(c);
  Touch(local);
}

__attribute__((noinline, optimize("omit-frame-pointer"))) long ManyArguments(Climb c, long a,
                                                                             long b, long d, long e,
                                                                             long f, long g) {
  volatile long sum = a + b + d + e + f + g;
  Step(c);
  return sum;
}

thread_local Climb in_callback;
thread_local bool climbed;

int Compare(const void* a, const void* b) {
  if (!climbed) {
    climbed = true;
    Step(in_callback);
  }
  return *static_cast<const int*>(a) - *static_cast<const int*>(b);
}

__attribute__((noinline)) void ThroughQsort(Climb c) {
  int values[] = {3, 1, 2};
  in_callback = c;
  climbed = false;
  qsort(values, 3, sizeof(int), Compare);
  Touch(values);
}

__attribute__((noinline)) void ThroughBsearch(Climb c) {
  const int values[] = {1, 2, 3}, key = 2;
  in_callback = c;
  climbed = false;
  Touch(bsearch(&key, values, 3, sizeof(int), Compare));
}

__attribute__((noinline)) void ThroughException(Climb c) {
  try {
    throw c;
  } catch (const Climb& caught) {
    Step(caught);
    Touch(&c);
  }
}

__attribute__((noinline)) void ThroughFunction(Climb c) {
  const std::function<void(int)> f = [&c](int) {
    Step(c);
    Touch(&c);
  };
  f(3);
}

void Step(Climb c) {
  if (c.height == 0) {
    (*c.visit)();
    return;
  }
  const unsigned kind = c.seed % 10;
  c.seed = c.seed * 1664525 + 1013904223;
  c.seed ^= c.seed >> 13;
  c.height--;
  switch (kind) {
    case 0:
      Plain(c);
      break;
    case 1:
      WithFramePointer(c);
      break;
    case 2:
      WithAlloca(c);
      break;
    case 3:
      WithArrayOfAnySize(c);
      break;
    case 4:
      Realigned(c);
      break;
    case 5:
      RealignedWithAlloca(c);
      break;
    case 6:
      ManyArguments(c, 1, 2, 3, 4, 5, 6);
      break;
    case 7:
      ThroughQsort(c);
      break;
    case 8:
      c.height % 2 == 0 ? ThroughBsearch(c) : ThroughException(c);
      break;
    default:
      ThroughFunction(c);
      break;
  }
  Touch(&c);
}

const std::function<void()>* in_handler;
void Handle(int) { (*in_handler)(); }

}  // namespace

void ClimbAndVisit(unsigned seed, int height, const std::function<void()>& visit) {
  Step({seed, height, &visit});
}

void ClimbInThread(unsigned seed, int height, const std::function<void()>& visit) {
  std::thread([&] { ClimbAndVisit(seed, height, visit); }).join();
}

void VisitInHandler(const std::function<void()>& visit) {
  in_handler = &visit;
  struct sigaction action {
  }, before;
  action.sa_handler = Handle;
  sigaction(SIGUSR1, &action, &before);
  raise(SIGUSR1);
  sigaction(SIGUSR1, &before, nullptr);
}

}  // namespace allocprof
