// SPDX-License-Identifier: Apache-2.0
// Allocations in signal handlers, only where POSIX lets them be sound. A handler for SIGUSR1,
// raised by raise_here 100 times and so never in the middle of malloc, keeps one block of 33
// bytes each (in_handler) on an alternate stack: the frames cross the signal trampoline and two
// stacks. A 1 ms timer's handler calls free(NULL), which enters the recorder's hook wherever
// the main line is, in a hook of its own included; main_line makes 200,000 temporary
// allocations of 17 bytes meanwhile. The alternate stack is static. Nothing else is allocated.
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/time.h>
#include <unistd.h>

static void* volatile kept;
static char other_stack[65536];

__attribute__((noipa)) static void in_handler(int number) {
  (void)number;
  kept = malloc(33);
}

static void at_timer(int number) {
  (void)number;
  free(NULL);
}

__attribute__((noipa)) static void raise_here(void) {
  for (int i = 0; i < 100; ++i) raise(SIGUSR1);
}

__attribute__((noipa)) static void main_line(void) {
  for (int i = 0; i < 200000; ++i) {
    void* block = malloc(17);
    free(block);
  }
}

int main(void) {
  stack_t alternate = {.ss_sp = other_stack, .ss_size = sizeof other_stack};
  struct sigaction on_usr1 = {.sa_handler = in_handler, .sa_flags = SA_ONSTACK};
  struct sigaction on_alarm = {.sa_handler = at_timer, .sa_flags = SA_RESTART};
  struct itimerval each_ms = {{0, 1000}, {0, 1000}};
  struct itimerval never = {{0, 0}, {0, 0}};
  if (sigaltstack(&alternate, NULL) != 0 || sigaction(SIGUSR1, &on_usr1, NULL) != 0 ||
      sigaction(SIGALRM, &on_alarm, NULL) != 0) {
    return 1;
  }
  if (setitimer(ITIMER_REAL, &each_ms, NULL) != 0) return 1;
  main_line();
  raise_here();
  return setitimer(ITIMER_REAL, &never, NULL);
}
