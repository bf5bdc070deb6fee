// SPDX-License-Identifier: Apache-2.0
// Stacks that are hard to walk, each with allocations in it: alloca and VLA frames, frames
// realigned for vectors, exceptions and longjmp out of deep calls, recursion deeper than any
// buffer, coroutines on stacks of their own (in the heap and in a mapping), handlers on an
// alternative stack, qsort calling back. Prints a checksum; exits 0. What matters is that the
// recorder finds each stack as libunwind does, and disturbs nothing.
#include <alloca.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include <cstdio>
#include <stdexcept>
#include <string>

static unsigned long sum = 0;

__attribute__((noipa)) static void allocate(size_t n) {
  char* p = static_cast<char*>(malloc(n + 1));
  memset(p, static_cast<int>(n), n + 1);
  sum += static_cast<unsigned char>(p[n]);
  free(p);
}

__attribute__((noipa)) static void with_alloca(size_t n) {
  char* p = static_cast<char*>(alloca(n * 17 % 4000 + 1));
  p[0] = static_cast<char>(n);
  allocate(n);
  sum += static_cast<unsigned char>(p[0]);
}

__attribute__((noipa)) static void with_vla(size_t n, int depth) {
  volatile char array[n * 31 % 700 + 1];
  array[0] = 1;
  if (depth > 0) with_vla(n + 1, depth - 1);
  with_alloca(n);
  sum += static_cast<unsigned char>(array[0]);
}

struct alignas(64) Wide {
  char bytes[64];
};

__attribute__((noipa)) static void realigned(size_t n) {
  Wide wide;
  memset(&wide, static_cast<int>(n), sizeof(wide));
  asm volatile("" : : "r"(&wide) : "memory");
  allocate(n);
  with_alloca(n);
}

__attribute__((noipa)) static void thrower(int depth) {
  std::string text(static_cast<size_t>(depth) * 3 + 20, 'x');
  if (depth == 0) throw std::runtime_error(text);
  thrower(depth - 1);
  allocate(text.size());
}

static jmp_buf back;

__attribute__((noipa)) static void jumper(int depth) {
  allocate(static_cast<size_t>(depth) + 1);
  if (depth == 0) longjmp(back, 1);
  jumper(depth - 1);
  allocate(1);
}

__attribute__((noipa)) static void recurse(int depth) {
  if (depth % 1000 == 0) allocate(static_cast<size_t>(depth) % 97);
  if (depth > 0) recurse(depth - 1);
  sum++;
}

static ucontext_t home, routine;

static void coroutine_body() {
  for (size_t i = 0; i < 20; i++) {
    allocate(i);
    with_vla(i, 3);
    swapcontext(&routine, &home);
  }
}

__attribute__((noipa)) static void coroutine(char* stack, size_t size) {
  getcontext(&routine);
  routine.uc_stack.ss_sp = stack;
  routine.uc_stack.ss_size = size;
  routine.uc_link = &home;
  makecontext(&routine, coroutine_body, 0);
  for (int i = 0; i < 20; i++) {
    swapcontext(&home, &routine);
    allocate(static_cast<size_t>(i));
  }
}

static void handler(int) { allocate(5); }

__attribute__((noipa)) static void on_another_stack(size_t n) {
  raise(SIGUSR1);
  allocate(n);
}

static int compare(const void* a, const void* b) {
  allocate(3);
  return *static_cast<const int*>(a) - *static_cast<const int*>(b);
}

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? atoi(argv[1]) : 50;
  const size_t stack_size = 64 * 1024;
  char* mapped = static_cast<char*>(
      mmap(nullptr, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  char* in_heap = static_cast<char*>(malloc(stack_size));
  stack_t alternative = {};
  alternative.ss_sp = malloc(stack_size);
  alternative.ss_size = stack_size;
  sigaltstack(&alternative, nullptr);
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_ONSTACK;
  sigaction(SIGUSR1, &action, nullptr);

  for (int i = 0; i < rounds; i++) {
    const auto n = static_cast<size_t>(i);
    with_vla(n, 5);
    realigned(n);
    try {
      thrower(i % 20);
    } catch (const std::exception& e) {
      sum += strlen(e.what());
    }
    if (setjmp(back) == 0) jumper(i % 30);
    if (i % 10 == 0) recurse(30000);
    coroutine(mapped, stack_size);
    coroutine(in_heap, stack_size);
    on_another_stack(n);
    int numbers[9] = {5, 3, 8, 1, 9, 2, 7, 4, 6};
    qsort(numbers, 9, sizeof(int), compare);
  }
  free(alternative.ss_sp);
  free(in_heap);
  printf("%lu\n", sum);
  return 0;
}
