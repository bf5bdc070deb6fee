// SPDX-License-Identifier: Apache-2.0
//
// Known for: which of its allocations die before the frame that asked for them returns. Each
// function that allocates says how many blocks a call of it asks for and how many are contained;
// tests/integration/containment.py holds the sums. Built at -O0, -O1, -O2 and -O3.
//
// APART keeps a function what it is in the source: its own frame, and no copy of it. Blocks are
// written to through `use`, so that no compiler takes an allocation away.
#include <alloca.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifdef __clang__
#define APART __attribute__((noinline))
#else
#define APART __attribute__((noipa))
#endif
#define ROUNDS 100

APART static void use(void* p) { *(volatile char*)p = 1; }

// 1, 0: freed by the next call.
APART static void next_call(size_t size) {
  static void* last;
  free(last);
  last = malloc(size);
  use(last);
}

// 1 in two calls, 0: one call asks, the next frees.
APART static void toggle(void) {
  static void* held;
  if (held != NULL) {
    free(held);
    held = NULL;
  } else {
    held = malloc(16);
    use(held);
  }
}

// The same; to free is the last that it does.
APART static void toggle_tail(void) {
  static void* held;
  void* p = held;
  if (p == NULL) {
    p = malloc(16);
    use(p);
    held = p;
    return;
  }
  held = NULL;
  free(p);
}

// 10, 10: a batch.
APART static void two_loops(void) {
  void* batch[10];
  for (int i = 0; i < 10; i++) {
    batch[i] = malloc(32);
    use(batch[i]);
  }
  for (int i = 0; i < 10; i++) free(batch[i]);
}

// 10 in two calls, 0: a batch that one call asks for and the next frees.
APART static void split_batch(int phase) {
  static void* batch[10];
  if (phase == 0) {
    for (int i = 0; i < 10; i++) {
      batch[i] = malloc(32);
      use(batch[i]);
    }
  } else {
    for (int i = 0; i < 10; i++) free(batch[i]);
  }
}

// 5, 5: a buffer that each turn of the loop replaces.
APART static void reuse(void) {
  char* buffer = NULL;
  for (int i = 1; i <= 5; i++) {
    free(buffer);
    buffer = malloc((size_t)i * 8);
    use(buffer);
  }
  free(buffer);
}

// 1, 1: the last call of the function frees.
APART static void tail_free(void) {
  void* p = malloc(24);
  use(p);
  free(p);
}

APART static void dispose(void* p) {
  use(p);
  free(p);
}

// 1, 1: the last call is of a function that frees.
APART static void tail_dispose(void) {
  void* p = malloc(24);
  use(p);
  dispose(p);
}

// 1, 0: whoever asks for it frees it, one frame up.
APART static void* maker(void) {
  void* p = malloc(40);
  memset(p, 0, 40);
  return p;
}

APART static void maker_user(void) {
  void* p = maker();
  use(p);
  free(p);
}

// 1, 0: two frames up.
APART static void* deep_maker(void) {
  void* p = malloc(48);
  use(p);
  return p;
}

APART static void* deep_between(void) {
  void* p = deep_maker();
  use(p);
  return p;
}

APART static void deep_user(void) {
  void* p = deep_between();
  use(p);
  free(p);
}

// 1, 1: called by callers that have no event of their own.
APART static void quiet_leaf(void) {
  void* p = malloc(16);
  use(p);
  free(p);
}

APART static void quiet_middle(int times) {
  volatile int turns = 0;
  for (int i = 0; i < times; i++) {
    quiet_leaf();
    turns++;
  }
}

// 1, 1: asked for before the recursion, freed after it.
APART static void recurse(int depth) {
  void* p = malloc(16);
  use(p);
  if (depth > 1) recurse(depth - 1);
  free(p);
}

// 1, 0: each frees what the activation below it made.
APART static void* hand_up(int depth) {
  if (depth > 1) {
    void* below = hand_up(depth - 1);
    use(below);
    free(below);
  }
  void* p = malloc(16);
  use(p);
  return p;
}

APART static void hand_up_user(void) { free(hand_up(4)); }

// 2, 1: of its two blocks one is returned.
APART static void* two_sites(void) {
  void* scratch = malloc(64);
  void* result = malloc(8);
  use(scratch);
  use(result);
  free(scratch);
  return result;
}

APART static void two_sites_user(void) {
  void* p = two_sites();
  use(p);
  free(p);
}

// 3, 3: a switch in a loop.
APART static void interpret(const unsigned char* code) {
  void* slot[3] = {NULL, NULL, NULL};
  for (;;) {
    switch (*code++) {
      case 0:
        return;
      case 1:
        slot[0] = malloc(16);
        use(slot[0]);
        break;
      case 2:
        slot[1] = malloc(24);
        use(slot[1]);
        break;
      case 3:
        slot[2] = malloc(32);
        use(slot[2]);
        break;
      case 4:
        free(slot[0]);
        break;
      case 5:
        free(slot[1]);
        break;
      case 6:
        free(slot[2]);
        break;
      default:
        break;
    }
  }
}

// 3 in six calls, 0: the same switch, a call for each step.
APART static void step(int operation) {
  static void* slot[3];
  switch (operation) {
    case 1:
      slot[0] = malloc(16);
      use(slot[0]);
      break;
    case 2:
      slot[1] = malloc(24);
      use(slot[1]);
      break;
    case 3:
      slot[2] = malloc(32);
      use(slot[2]);
      break;
    case 4:
      free(slot[0]);
      slot[0] = NULL;
      break;
    case 5:
      free(slot[1]);
      slot[1] = NULL;
      break;
    case 6:
      free(slot[2]);
      slot[2] = NULL;
      break;
    default:
      break;
  }
  use(&operation);
}

// 1, 1: goto by a table of labels.
APART static void threaded(const unsigned char* code) {
  static const void* const labels[] = {&&end, &&get, &&drop, &&pass};
  char other;
  void* p = NULL;
  goto* labels[*code++];
get:
  p = malloc(16);
  use(p);
  goto* labels[*code++];
drop:
  free(p);
  goto* labels[*code++];
pass:
  use(&other);
  goto* labels[*code++];
end:
  return;
}

// 1, 1: backwards by goto, and out of it.
APART static void by_goto(int turns) {
  void* p = NULL;
again:
  if (p != NULL) goto drop;
  p = malloc(16);
  use(p);
  if (turns-- > 0) goto again;
drop:
  free(p);
}

static jmp_buf back;

APART static void jump(int value) { longjmp(back, value); }

// 1, 1: freed after a longjmp to it.
APART static void set_and_free(void) {
  void* volatile p = NULL;
  if (setjmp(back) == 0) {
    p = malloc(16);
    use(p);
    jump(1);
  }
  free(p);
}

static void* left_behind;

// 1, 0: its frame is gone when it is freed.
APART static void ask_and_jump(void) {
  left_behind = malloc(16);
  use(left_behind);
  longjmp(back, 1);
}

APART static void free_after_jump(void) {
  if (setjmp(back) == 0) ask_and_jump();
  free(left_behind);
}

// 1, 1: frames of another size each time.
APART static void beside_alloca(size_t size) {
  char* room = alloca(size);
  use(room);
  void* p = malloc(size);
  use(p);
  free(p);
}

// 4, 4: a frame that grows between the two.
APART static void growing_frame(void) {
  void* batch[4];
  for (size_t i = 0; i < 4; i++) {
    use(alloca(64 * (i + 1)));
    batch[i] = malloc(16);
    use(batch[i]);
  }
  for (int i = 0; i < 4; i++) free(batch[i]);
}

// 1, 0: the frame's size is another one at each call.
APART static void next_call_alloca(size_t size) {
  static void* last;
  use(alloca(size));
  free(last);
  last = malloc(size);
  use(last);
}

// 5, 5: each step of the growth.
APART static void grow(void) {
  char* p = NULL;
  for (int i = 1; i <= 5; i++) {
    p = realloc(p, (size_t)i * 100);
    use(p);
  }
  free(p);
}

// 1, 0: never freed.
APART static void leak(void) { use(malloc(8)); }

// 1, 1, through a pointer.
APART static void called_back(void) {
  void* p = malloc(16);
  use(p);
  free(p);
}

APART static void call_twice(void (*f)(void)) {
  f();
  f();
}

// 1, 1: between the two the handler below runs on the same stack.
APART static void interrupted(void) {
  void* p = malloc(16);
  use(p);
  raise(SIGUSR1);
  free(p);
}

// 1, 1. Only a raise of the thread's own leads here: no lock of the allocator is held.
static void on_signal(int number) {
  (void)number;
  void* p = malloc(72);
  use(p);
  free(p);
}

// 1, 0: another thread frees it.
APART static void* free_it(void* p) {
  free(p);
  return NULL;
}

APART static void hand_over(void) {
  void* p = malloc(16);
  use(p);
  pthread_t thread;
  if (pthread_create(&thread, NULL, free_it, p) != 0) abort();
  pthread_join(thread, NULL);
}

// 10, 10, in a thread of its own.
APART static void* in_thread(void* unused) {
  for (int i = 0; i < 10; i++) {
    void* p = malloc(16);
    use(p);
    free(p);
  }
  return unused;
}

APART static void run_thread(void) {
  pthread_t thread;
  if (pthread_create(&thread, NULL, in_thread, NULL) != 0) abort();
  pthread_join(thread, NULL);
}

// 3, 2: the last block of a call is freed by the next. Where activation_rule.h errs: as the
// function could have gone round its loop once more, all but the very last are taken for contained.
APART static void loop_and_keep(void) {
  static void* last;
  static volatile int turns = 3;  // no compiler knows how often
  for (int i = 0; i < turns; i++) {
    free(last);
    last = malloc(56);
    use(last);
  }
}

int main(void) {
  static const unsigned char program[] = {1, 2, 3, 7, 4, 5, 6, 0};
  static const unsigned char gets[] = {1, 3, 2, 0};
  struct sigaction action;
  memset(&action, 0, sizeof(action));
  action.sa_handler = on_signal;
  sigaction(SIGUSR1, &action, NULL);
  for (int i = 0; i < ROUNDS; i++) {
    next_call((size_t)i + 1);
    toggle();
    toggle_tail();
    two_loops();
    split_batch(i % 2);
    reuse();
    tail_free();
    tail_dispose();
    maker_user();
    deep_user();
    recurse(3);
    hand_up_user();
    two_sites_user();
    interpret(program);
    step(i % 6 + 1);
    threaded(gets);
    by_goto(3);
    set_and_free();
    free_after_jump();
    beside_alloca((size_t)i + 1);
    growing_frame();
    next_call_alloca((size_t)i * 16 + 1);
    grow();
    leak();
    call_twice(called_back);
    interrupted();
  }
  for (int i = 0; i < ROUNDS; i++) next_call(8);
  for (int i = 0; i < ROUNDS; i++) toggle();
  for (int i = 0; i < ROUNDS; i++) toggle_tail();
  for (int i = 0; i < ROUNDS; i++) split_batch(i % 2);
  quiet_middle(ROUNDS);
  for (int i = 0; i < ROUNDS; i++) loop_and_keep();
  hand_over();
  run_thread();
  return 0;
}
