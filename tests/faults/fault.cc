// SPDX-License-Identifier: Apache-2.0
//
// The plan of faults in libtrace_faults.so, from the environment:
//   FAULT_CALL=N      the system call's number
//   FAULT_FROM=K      its K-th call in this process, from 1, is the first that fails
//   FAULT_COUNT=K     so many fail; 0: all from there on
//   FAULT_ERROR=E     with this errno; 0: of a write the first half is made
// Without FAULT_CALL none fails. As all of preload/ it needs only libc, and allocates nothing.
#include <atomic>

#include "options.h"
#include "sys.h"

namespace allocprof::sys {
namespace {

struct Plan {
  long call = -1;
  uint64_t from = 1;
  uint64_t count = 1;
  long error = 0;
};

Plan plan;
std::atomic<uint32_t> plan_state{0};  // 0 not read, 1 being read, 2 there
std::atomic<uint64_t> made{0};

uint64_t NumberOf(const char* name, uint64_t fallback) {
  const char* c = Environment(name);
  if (c == nullptr) return fallback;
  uint64_t v = 0;
  for (; *c >= '0' && *c <= '9'; c++) v = v * 10 + static_cast<uint64_t>(*c - '0');
  return v;
}

bool Ready() {
  uint32_t none = 0;
  if (plan_state.compare_exchange_strong(none, 1)) {
    plan.from = NumberOf("FAULT_FROM", 1);
    plan.count = NumberOf("FAULT_COUNT", 1);
    plan.error = static_cast<long>(NumberOf("FAULT_ERROR", 0));
    plan.call = static_cast<long>(NumberOf("FAULT_CALL", 9999));
    plan_state.store(2);
  }
  return plan_state.load() == 2;
}

long HalfOfWrite(const long (&a)[6]) {
  long result;
  register long r10 asm("r10") = a[3];
  asm volatile("syscall"
               : "=a"(result)
               : "a"(plan.call), "D"(a[0]), "S"(a[1]), "d"((a[2] + 1) / 2), "r"(r10)
               : "rcx", "r11", "memory");
  return result;
}

}  // namespace

bool Fault(long n, const long (&arguments)[6], long* result) {
  if (!Ready() || n != plan.call) return false;
  const uint64_t number = made.fetch_add(1) + 1;
  if (number < plan.from || (plan.count != 0 && number >= plan.from + plan.count)) return false;
  *result = plan.error != 0 ? -plan.error : HalfOfWrite(arguments);
  return true;
}

}  // namespace allocprof::sys
