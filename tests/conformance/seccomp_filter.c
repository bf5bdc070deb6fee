// SPDX-License-Identifier: Apache-2.0
//
// Hazard: a sandbox that kills the process on any system call but read, write, futex, brk, the
// mapping of anonymous memory and the end. A tool that writes when it likes is the program's death.
// Known: 20 pairs, all before the filter.
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "known.h"

#define ALLOW(name)                                      \
  BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), \
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

int main(void) {
  known_pairs(20);
  struct sock_filter filter[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      ALLOW(read),
      ALLOW(write),
      ALLOW(futex),
      ALLOW(brk),
      ALLOW(mmap),
      ALLOW(munmap),
      ALLOW(exit_group),
      ALLOW(exit),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS)};
  struct sock_fprog program = {sizeof(filter) / sizeof(filter[0]), filter};
  CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
  for (int i = 0; i < 20; i++) free(malloc(64));
  syscall(SYS_exit_group, 0);
  return 1;
}
