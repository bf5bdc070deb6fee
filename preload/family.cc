// SPDX-License-Identifier: Apache-2.0
#include "family.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "line.h"
#include "options.h"
#include "process.h"
#include "sys.h"

namespace allocprof {
namespace {

constexpr char kRootVariable[] = "ALLOCPROF_ROOT";

// The pid in which this image was first recorded: another one means that we were forked.
uint32_t image_pid = 0;

// "<pid>:<start>:<path>" -> root_pid, root_start_ticks, root_output. False if it is malformed.
bool ReadRoot(const char* value) {
  uint64_t numbers[2] = {0, 0};
  for (int colons = 0; colons < 2; value++) {
    if (*value == ':') {
      colons++;
    } else if (*value >= '0' && *value <= '9') {
      numbers[colons] = numbers[colons] * 10 + static_cast<uint64_t>(*value - '0');
    } else {
      return false;
    }
  }
  if (*value != '/' || strlen(value) >= kPathMax) return false;
  memcpy(root_output, value, strlen(value) + 1);
  root_pid = numbers[0];
  root_start_ticks = numbers[1];
  return true;
}

bool IsEntry(const char* variable, const char* name) {
  const size_t n = strlen(name);
  return strncmp(variable, name, n) == 0 && variable[n] == '=';
}

// LD_PRELOAD with our own, relative entry made absolute; nullptr if it needs no change.
char* AbsolutePreload(const char* variable) {
  dl_find_object self{};
  if (_dl_find_object(reinterpret_cast<void*>(&AbsolutePreload), &self) != 0) return nullptr;
  const char* own = self.dlfo_link_map->l_name;
  const size_t n = strlen(own);
  if (n == 0 || own[0] == '/' || strchr(own, '/') == nullptr) return nullptr;
  char cwd[kPathMax];
  if (sys::GetCwd(cwd, sizeof(cwd)) <= 0) return nullptr;
  const char* at = strchr(variable, '=') + 1;
  for (at = strstr(at, own); at != nullptr; at = strstr(at + 1, own)) {
    const bool begins = at[-1] == '=' || at[-1] == ':' || at[-1] == ' ';
    if (begins && (at[n] == '\0' || at[n] == ':' || at[n] == ' ')) break;
  }
  if (at == nullptr) return nullptr;
  const size_t size = strlen(variable) + strlen(cwd) + 2;
  auto* out = static_cast<char*>(
      sys::MMap(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (out == nullptr) return nullptr;
  Line line(out, size - 1);
  line.Raw(variable, static_cast<size_t>(at - variable)).Raw(cwd).Raw("/").Raw(at);
  return out;
}

}  // namespace

Role FindRole() {
  const uint32_t pid = sys::GetPid();
  if (image_pid != 0 && image_pid != pid) {
    process->forked_from = image_pid;
    image_pid = pid;
    return Is(options.FOLLOW, "none") || Is(options.FOLLOW, "exec") ? Role::kNotFollowed
                                                                    : Role::kForked;
  }
  image_pid = pid;
  const char* root = Environment(kRootVariable);
  if (root == nullptr || !ReadRoot(root)) {
    root_pid = pid;
    root_start_ticks = process->start_ticks;
    return Role::kRoot;
  }
  return Is(options.FOLLOW, "none") || Is(options.FOLLOW, "fork") ? Role::kNotFollowed
                                                                  : Role::kExeced;
}

void MarkEnvironment() {
  size_t count = 0;
  while (environ[count] != nullptr) count++;
  const size_t bytes = (count + 2) * sizeof(char*) + kPathMax + 64;
  auto* memory = static_cast<char*>(
      sys::MMap(bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  if (memory == nullptr) return;
  char** entries = reinterpret_cast<char**>(memory);
  char* text = memory + (count + 2) * sizeof(char*);
  Line line(text, kPathMax + 63);
  line.Raw(kRootVariable).Raw("=").Number(root_pid).Raw(":").Number(root_start_ticks);
  line.Raw(":").Raw(root_output);

  size_t kept = 0;
  bool has_root = false;
  for (size_t i = 0; i < count; i++) {
    char* entry = environ[i];
    has_root = has_root || IsEntry(entry, kRootVariable);
    if (IsEntry(entry, "LD_PRELOAD")) {
      char* absolute = AbsolutePreload(entry);
      if (absolute != nullptr) entry = absolute;
    }
    entries[kept++] = entry;
  }
  if (!has_root) entries[kept++] = text;
  environ = entries;
}

uint64_t StartTicks(uint32_t pid) {
  char text[512];
  Line line(text, sizeof(text) - 1);
  line.Raw("/proc/").Number(pid).Raw("/stat");
  text[line.size()] = '\0';
  const int fd = sys::Open(text, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  const long n = sys::Read(fd, text, sizeof(text) - 1);
  sys::Close(fd);
  if (n <= 0) return 0;
  text[n] = '\0';
  // The program's name, field 2, may hold anything: count fields from its last parenthesis.
  const char* c = strrchr(text, ')');
  for (int field = 2; c != nullptr && field < 22; field++) c = strchr(c + 1, ' ');
  uint64_t ticks = 0;
  if (c != nullptr) {
    for (c++; *c >= '0' && *c <= '9'; c++) ticks = ticks * 10 + static_cast<uint64_t>(*c - '0');
  }
  return ticks;
}

}  // namespace allocprof
