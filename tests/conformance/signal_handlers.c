// SPDX-License-Identifier: Apache-2.0
//
// Hazard: handlers that allocate while the main line does not, on an alternative stack too; and
// that the tool takes no signal and blocks none. Known: 2,000 pairs.
#define _GNU_SOURCE
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "known.h"

static volatile sig_atomic_t handled;

static void handler(int signal) {
  (void)signal;
  known_pairs(10);
  handled++;
}

int main(void) {
  sigset_t mask, none;
  CHECK(sigprocmask(SIG_BLOCK, NULL, &mask) == 0);
  sigemptyset(&none);
  CHECK(memcmp(&mask, &none, sizeof(long)) == 0);
  for (int signal = 1; signal < 32; signal++) {
    struct sigaction action;
    if (signal == SIGKILL || signal == SIGSTOP) continue;
    CHECK(sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
  }
  stack_t alternative = {.ss_sp = malloc(64 * 1024), .ss_size = 64 * 1024};
  CHECK(sigaltstack(&alternative, NULL) == 0);
  struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
  CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
  for (int i = 0; i < 100; i++) raise(SIGUSR1);
  action.sa_flags = 0;
  CHECK(sigaction(SIGALRM, &action, NULL) == 0);
  const struct itimerval often = {{0, 200}, {0, 200}};
  CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
  while (handled < 200) {
    sigset_t waiting;
    sigemptyset(&waiting);
    sigsuspend(&waiting);
    if (handled == 199) {
      const struct itimerval never = {{0, 0}, {0, 0}};
      setitimer(ITIMER_REAL, &never, NULL);
      raise(SIGUSR1);
    }
  }
  CHECK(handled == 200);
  return 0;
}
