// SPDX-License-Identifier: Apache-2.0
#include "process.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "cost.h"
#include "family.h"
#include "line.h"
#include "options.h"
#include "real.h"
#include "rule_table.h"
#include "switch.h"
#include "sys.h"
#include "timeline.h"
#include "trace_file.h"
#include "unwind_libunwind.h"
#include "usage.h"

namespace allocprof {

Process* process = nullptr;
char exe_path[kPathMax];
char root_output[kPathMax];
uint64_t root_pid = 0, root_start_ticks = 0;

namespace {

// The program's stderr as it was at the start: a message must not land in a file that the program
// opened as descriptor 2 later.
uint64_t stderr_device, stderr_inode;

// What is done once in the life of this image, and kept by forked children.
bool once_done = false;
bool cannot_start = false;  // for want of memory: not tried again at each allocation

bool StartOnce() {
  if (once_done) return true;
  if (cannot_start || (real.malloc == nullptr && !ResolveReal())) return false;
  // Before libc has set it there are no options to read, and no program to record.
  if (environ == nullptr) return false;
  struct stat st;
  if (sys::FStat(2, &st) == 0) {
    stderr_device = st.st_dev;
    stderr_inode = st.st_ino;
  }
  void* page =
      sys::MMap(sizeof(Process), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  cannot_start = page == nullptr || sys::MAdvise(page, sizeof(Process), MADV_WIPEONFORK) != 0 ||
                 !MapRuleTable();
  if (cannot_start) {
    Say("not recording", "no memory for the recorder", "raise the limit (ulimit -v)");
    return false;
  }
  NoteHeapStart();
  ChooseStampClock();
  MeasureCostClock();
  ReadOptions();
  const long n = sys::ReadLink("/proc/self/exe", exe_path, sizeof(exe_path) - 1);
  exe_path[n > 0 ? n : 0] = '\0';
  process = static_cast<Process*>(page);
  once_done = true;
  return true;
}

bool StartRecording() {
  if (!StartOnce()) return false;
  process->pid = sys::GetPid();
  process->start_ticks = StartTicks(process->pid);
  process->first_stamp = Stamp();
  process->first_ns = Nanoseconds(CLOCK_MONOTONIC);
  process->next_tick.store(process->first_stamp + FirstTickAfter(), std::memory_order_relaxed);
  const Role role = FindRole();
  if (role == Role::kNotFollowed) return false;
  if (role == Role::kForked) {
    // Rules are kept across fork, but this trace has no module records yet.
    module_generation.fetch_add(1);
  }
  LoadLibunwind();
  if (!OpenTrace(role == Role::kRoot)) return false;
  BeginAsOption();
  return true;
}

std::atomic<uint32_t> starting{0};

}  // namespace

bool ProcessReady() {
  if (process != nullptr) {
    const State state = process->state.load(std::memory_order_acquire);
    if (state == State::kRecording) return true;
    if (state != State::kNone) return false;
  }
  // One thread starts; a child forked while another thread of its parent was starting finds the
  // word taken, hence the pid in it.
  const uint32_t pid = sys::GetPid();
  uint32_t holder = starting.load(std::memory_order_relaxed);
  if (holder == pid || !starting.compare_exchange_strong(holder, pid)) return false;
  const bool recording = StartRecording();
  if (process != nullptr) {
    process->state.store(recording ? State::kRecording : State::kOff, std::memory_order_release);
  }
  starting.store(0, std::memory_order_release);
  return recording;
}

void Say(const char* what, const char* about, const char* remedy) {
  struct stat st;
  if (sys::FStat(2, &st) != 0 || st.st_dev != stderr_device || st.st_ino != stderr_inode) return;
  char buffer[1024];
  Line line(buffer, sizeof(buffer) - 1);
  line.Raw("allocprof: ").Raw(what).Raw(": ");
  line.Raw(about, strlen(about) < 600 ? strlen(about) : 600).Raw("; ").Raw(remedy);
  buffer[line.size()] = '\n';
  sys::Write(2, buffer, line.size() + 1);
}

}  // namespace allocprof
