// SPDX-License-Identifier: Apache-2.0
//
// Raw Linux system calls for x86-64. libc's wrappers would set the program's errno and are
// cancellation points: a thread cancelled inside malloc would be our doing. Every function returns
// the kernel's answer, a negative errno on failure.
// Source: System V AMD64 psABI, appendix A.2.1; include/uapi/asm/unistd_64.h.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#if !defined(__x86_64__)
#error "the native recorder is written for x86-64"
#endif

namespace allocprof::sys {

#ifdef ALLOCPROF_FAULTS
// The seam of the test build libtrace_faults.so, see tests/faults/: true when this call is to
// answer `result` and is not to be made, or has been made in part.
bool Fault(long n, const long (&arguments)[6], long* result);
#endif

inline long Call(long n, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) {
#ifdef ALLOCPROF_FAULTS
  long faulted;
  if (Fault(n, {a, b, c, d, e, f}, &faulted)) return faulted;
#endif
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  long result;
  asm volatile("syscall"
               : "=a"(result)
               : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

inline long Word(const void* p) { return reinterpret_cast<long>(p); }
inline bool Failed(long r) { return r < 0 && r > -4096; }

// A call that a signal interrupted is made again, but not for ever.
template <typename Make>
inline long Again(const Make& make) {
  long r = make();
  for (int tries = 0; r == -4 /* EINTR */ && tries < 100; tries++) r = make();
  return r;
}

inline int Open(const char* path, int flags, int mode = 0) {
  return static_cast<int>(
      Again([=] { return Call(SYS_openat, -100 /* AT_FDCWD */, Word(path), flags, mode); }));
}
inline int Close(int fd) { return static_cast<int>(Call(SYS_close, fd)); }
inline long Read(int fd, void* buf, size_t n) {
  return Again([=] { return Call(SYS_read, fd, Word(buf), static_cast<long>(n)); });
}
inline long Write(int fd, const void* buf, size_t n) {
  return Call(SYS_write, fd, Word(buf), static_cast<long>(n));
}
inline long PWrite(int fd, const void* buf, size_t n, uint64_t offset) {
  return Again([=] {
    return Call(SYS_pwrite64, fd, Word(buf), static_cast<long>(n), static_cast<long>(offset));
  });
}
inline int Unlink(const char* path) { return static_cast<int>(Call(SYS_unlink, Word(path))); }
inline int Fcntl(int fd, int cmd, long arg) {
  return static_cast<int>(Call(SYS_fcntl, fd, cmd, arg));
}
inline int FStat(int fd, void* st) { return static_cast<int>(Call(SYS_fstat, fd, Word(st))); }
inline int Ioctl(int fd, unsigned long request, void* arg) {
  return static_cast<int>(Call(SYS_ioctl, fd, static_cast<long>(request), Word(arg)));
}
inline int FAllocate(int fd, uint64_t offset, uint64_t n) {
  return static_cast<int>(Again(
      [=] { return Call(SYS_fallocate, fd, 0, static_cast<long>(offset), static_cast<long>(n)); }));
}
inline void* MMap(size_t n, int prot, int flags, int fd, uint64_t offset) {
  long r = Call(SYS_mmap, 0, static_cast<long>(n), prot, flags, fd, static_cast<long>(offset));
  return Failed(r) ? nullptr : reinterpret_cast<void*>(r);
}
inline int MUnmap(void* p, size_t n) {
  return static_cast<int>(Call(SYS_munmap, Word(p), static_cast<long>(n)));
}
inline int MAdvise(void* p, size_t n, int advice) {
  return static_cast<int>(Call(SYS_madvise, Word(p), static_cast<long>(n), advice));
}
inline long ReadLink(const char* path, char* buf, size_t n) {
  return Call(SYS_readlink, Word(path), Word(buf), static_cast<long>(n));
}
inline long GetCwd(char* buf, size_t n) {
  return Call(SYS_getcwd, Word(buf), static_cast<long>(n));
}
inline uint32_t GetPid() { return static_cast<uint32_t>(Call(SYS_getpid)); }
inline uint32_t GetTid() { return static_cast<uint32_t>(Call(SYS_gettid)); }
inline bool ThreadIsGone(uint32_t pid, uint32_t tid) {
  return Call(SYS_tgkill, pid, tid, 0) == -3 /* ESRCH */;
}
inline int ThreadName(char* name16) {
  return static_cast<int>(Call(SYS_prctl, 16 /* PR_GET_NAME */, Word(name16)));
}
// Reads [at, at + n) of this process where it may not be mapped. Returns the bytes read.
inline long ReadOwnMemory(uintptr_t at, void* out, size_t n) {
  struct {
    uintptr_t base;
    size_t bytes;
  } local{reinterpret_cast<uintptr_t>(out), n}, remote{at, n};
  return Call(SYS_process_vm_readv, Call(SYS_getpid), Word(&local), 1, Word(&remote), 1, 0);
}
inline void Yield() { Call(SYS_sched_yield); }

// All signals off while in scope. REQUIRES: the same thread leaves that entered.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    uint64_t all = ~uint64_t{0};
    Call(SYS_rt_sigprocmask, 2 /* SIG_SETMASK */, Word(&all), Word(&saved_), 8);
  }
  ~SignalsBlocked() { Call(SYS_rt_sigprocmask, 2, Word(&saved_), 0, 8); }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;

 private:
  uint64_t saved_ = 0;
};

}  // namespace allocprof::sys
