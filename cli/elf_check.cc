// SPDX-License-Identifier: Apache-2.0
#include "elf_check.h"

#include <elf.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace allocprof::cli {
namespace {

using symbols::ProgramFacts;

// Names that only that thing defines. `exact` marks names under which it takes the program's malloc
// calls only if the program was written for it.
struct Mark {
  const char* of;
  std::vector<std::string_view> names;
};

const std::vector<Mark>& Sanitizers() {
  static const std::vector<Mark> marks = {{"AddressSanitizer", {"__asan_init"}},
                                          {"HWAddressSanitizer", {"__hwasan_init"}},
                                          {"MemorySanitizer", {"__msan_init"}},
                                          {"ThreadSanitizer", {"__tsan_init"}},
                                          {"LeakSanitizer", {"__lsan_init"}}};
  return marks;
}

const std::vector<Mark>& Allocators() {
  static const std::vector<Mark> marks = {
      {"jemalloc",
       {"_rjem_malloc", "_rjem_mallocx", "_rjem_je_malloc_default", "je_malloc", "je_mallocx",
        "jemalloc_postfork_child", "mallocx", "mallctl"}},
      {"mimalloc", {"mi_malloc", "mi_heap_malloc", "mi_malloc_aligned", "_mi_heap_main"}},
      {"tcmalloc", {"tc_malloc", "tc_new", "TCMallocInternalMalloc", "TCMalloc_SystemAlloc"}},
      {"rpmalloc", {"rpmalloc", "rpaligned_alloc"}},
      {"snmalloc", {"sn_malloc", "sn_rust_alloc"}},
      {"Scudo", {"scudo_malloc", "__scudo_print_stats"}},
      {"the Boehm collector", {"GC_malloc", "GC_gcollect"}},
  };
  return marks;
}

// Programs whose own memory management stands before malloc.
struct Runtime {
  const char* of;
  std::vector<std::string_view> names;  // defined or imported
  std::string_view needed;              // or this library, up to its version
  const char* what;
  const char* remedy;
};

const std::vector<Runtime>& Runtimes() {
  static const std::vector<Runtime> runtimes = {
      {"Python",
       {"Py_BytesMain", "PyObject_Malloc"},
       "libpython3",
       "is Python, which cuts objects of up to 512 bytes from arenas of its own",
       "set PYTHONMALLOC=malloc to see each of them"},
      {"Node.js",
       {"node_module_register"},
       "libnode",
       "is Node.js: JavaScript objects live in V8's heap, which is mapped and not allocated",
       "look at them with node --heap-prof; what is recorded is what C and C++ allocate"},
      {"Java",
       {"JLI_Launch"},
       "libjli",
       "starts a Java machine: objects live in its heap, which is mapped and not allocated",
       "look at them with Java's own tools; what is recorded is what C and C++ allocate"},
  };
  return runtimes;
}

const char* MachineName(uint16_t machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_386:
      return "x86";
    case EM_AARCH64:
      return "AArch64";
    case EM_ARM:
      return "ARM";
    case EM_RISCV:
      return "RISC-V";
    case EM_PPC64:
      return "POWER";
    case EM_S390:
      return "S/390";
    default:
      return nullptr;
  }
}

std::string Machine(const ProgramFacts& facts) {
  const char* name = MachineName(facts.machine);
  return fmt::format("{}-bit {}", facts.elf_class == ELFCLASS64 ? 64 : 32,
                     name != nullptr ? name : fmt::format("machine {}", facts.machine).c_str());
}

std::optional<std::string_view> FirstOf(const Mark& mark, const std::set<std::string>& names) {
  const auto it = std::find_if(mark.names.begin(), mark.names.end(), [&](std::string_view name) {
    return names.contains(std::string(name));
  });
  return it == mark.names.end() ? std::nullopt : std::optional(*it);
}

bool IsGo(const ProgramFacts& program) {
  return program.sections.contains(".go.buildinfo") ||
         program.sections.contains(".note.go.buildid") || program.sections.contains(".gopclntab");
}

bool IsLibrary(const ProgramFacts& program) {
  return program.type == ET_DYN && program.interpreter.empty() && program.has_dynamic &&
         !program.is_pie && (!program.soname.empty() || !program.needed.empty());
}

Findings CheckLoading(const ProgramFacts& program, const ProgramFacts& library) {
  Findings found;
  if (program.type != ET_EXEC && program.type != ET_DYN) {
    found.push_back({Weight::kStops, "not_a_program", "is an ELF file but not a program",
                     fmt::format("e_type {}", program.type), "name the linked program"});
  } else if (library.machine != 0 &&
             (program.machine != library.machine || program.elf_class != library.elf_class ||
              program.encoding != library.encoding)) {
    found.push_back(
        {Weight::kStops, "machine",
         fmt::format("is a {} program, and libtrace.so is {}", Machine(program), Machine(library)),
         fmt::format("e_machine {}, class {}", program.machine,
                     program.elf_class == ELFCLASS64 ? 64 : 32),
         fmt::format("build it for {}", Machine(library))});
  } else if (IsLibrary(program)) {
    found.push_back({Weight::kStops, "library", "is a shared library, not a program",
                     "no PT_INTERP segment, and it names itself or others as libraries",
                     "record a program that loads it"});
  } else if (program.interpreter.empty()) {
    found.push_back({Weight::kStops, IsGo(program) ? "go" : "static",
                     fmt::format("is statically linked{}, so nothing can be preloaded",
                                 program.is_pie ? " (static-pie)" : ""),
                     fmt::format("no PT_INTERP segment{}", IsGo(program) ? ", Go's sections" : ""),
                     IsGo(program) ? "use Go's own profiler: its memory is mapped by its runtime"
                                   : "link it dynamically, without -static or -static-pie"});
  } else if (program.interpreter.find("ld-musl") != std::string::npos) {
    found.push_back({Weight::kStops, "musl", "uses musl, for which libtrace.so is not built",
                     "PT_INTERP is " + program.interpreter, "link it with glibc"});
  } else if (program.interpreter.find("/ld-linux") == std::string::npos &&
             program.interpreter.find("/ld.so") == std::string::npos) {
    found.push_back({Weight::kStops, "loader", "is loaded by another loader than glibc's",
                     "PT_INTERP is " + program.interpreter, "link it with glibc"});
  }
  return found;
}

Findings CheckSanitizers(const ProgramFacts& program) {
  Findings found;
  for (const Mark& mark : Sanitizers()) {
    std::optional<std::string_view> name = FirstOf(mark, program.imported);
    if (!name) name = FirstOf(mark, program.defined);
    if (!name) continue;
    found.push_back(
        {Weight::kStops, "sanitizer",
         fmt::format("is built with {}, which has its own malloc and must come first", mark.of),
         fmt::format("symbol {}", *name), "build it without -fsanitize to record it"});
  }
  return found;
}

std::string AllocatorName(const ProgramFacts& program) {
  for (const Mark& mark : Allocators()) {
    if (FirstOf(mark, program.defined)) return std::string(" (") + mark.of + ")";
  }
  return "";
}

void CheckAllocators(const ProgramFacts& program, Findings* found) {
  if (program.exported.contains("malloc")) {
    std::string names;
    for (const char* name : {"malloc", "calloc", "realloc", "free", "posix_memalign"}) {
      if (program.exported.contains(name)) names += std::string(names.empty() ? "" : ", ") + name;
    }
    found->push_back(
        {Weight::kStops, "own_malloc",
         fmt::format("exports its own malloc{}, which comes before any that is preloaded",
                     AllocatorName(program)),
         fmt::format("the executable's .dynsym defines {}", names),
         "allocprof run --own-malloc libraries records what its libraries allocate; for the "
         "program's own calls build it without that allocator"});
    return;
  }
  for (const Mark& mark : Allocators()) {
    std::optional<std::string_view> name = FirstOf(mark, program.defined);
    const bool linked_in = name.has_value();
    if (!name) name = FirstOf(mark, program.imported);
    if (!name) continue;
    found->push_back(
        {Weight::kLimits, "prefixed_allocator",
         fmt::format("{} {} under names of its own: what {} serves does not pass through malloc",
                     linked_in ? "has linked in" : "calls", mark.of, linked_in ? "it" : "that"),
         fmt::format("symbol {}{}", *name, linked_in ? "" : ", imported"),
         "build it with the system's allocator to record those; in Rust, without "
         "#[global_allocator]"});
  }
}

void CheckRuntimes(const ProgramFacts& program, Findings* found) {
  if (IsGo(program) && !program.interpreter.empty()) {
    found->push_back({Weight::kLimits, "go",
                      "is a Go program: its runtime maps memory and does not call malloc",
                      "Go's sections", "use Go's own profiler; cgo's C code is recorded"});
  }
  for (const Runtime& runtime : Runtimes()) {
    const auto in = [&](const std::set<std::string>& names) {
      return std::any_of(runtime.names.begin(), runtime.names.end(),
                         [&](std::string_view name) { return names.contains(std::string(name)); });
    };
    const auto library =
        std::find_if(program.needed.begin(), program.needed.end(),
                     [&](const std::string& name) { return name.starts_with(runtime.needed); });
    if (!in(program.defined) && !in(program.imported) && library == program.needed.end()) continue;
    found->push_back({Weight::kLimits, "runtime", runtime.what,
                      library != program.needed.end() ? "needs " + *library
                                                      : "symbols of " + std::string(runtime.of),
                      runtime.remedy});
  }
}

void CheckHabits(const ProgramFacts& program, Findings* found) {
  for (const char* name : {"seccomp_load", "seccomp_init"}) {
    if (!program.imported.contains(name)) continue;
    found->push_back({Weight::kNote, "seccomp",
                      "can put a filter on system calls: from then on the recorder may not write",
                      fmt::format("imports {}", name),
                      "keep trace.json.spool beside the trace, where the last events are"});
    break;
  }
  if (program.imported.contains("dlmopen")) {
    found->push_back({Weight::kNote, "dlmopen",
                      "can load libraries with a libc of their own, whose malloc is not recorded",
                      "imports dlmopen", "expect their blocks to be missing"});
  }
}

}  // namespace

const std::set<std::string_view>& TellingNames() {
  static const std::set<std::string_view> names = [] {
    std::set<std::string_view> all = {"malloc",  "calloc",       "realloc",        "free",
                                      "dlmopen", "seccomp_load", "posix_memalign", "seccomp_init"};
    for (const auto* marks : {&Sanitizers(), &Allocators()}) {
      for (const Mark& mark : *marks) all.insert(mark.names.begin(), mark.names.end());
    }
    for (const Runtime& runtime : Runtimes())
      all.insert(runtime.names.begin(), runtime.names.end());
    return all;
  }();
  return names;
}

Findings CheckProgram(const ProgramFacts& program, const ProgramFacts& library) {
  Findings found = CheckLoading(program, library);
  // What cannot be loaded at all has no second problem.
  if (!found.empty()) return found;
  found = CheckSanitizers(program);
  // A sanitizer's runtime, linked in, exports malloc as well.
  if (found.empty()) CheckAllocators(program, &found);
  CheckRuntimes(program, &found);
  CheckHabits(program, &found);
  return found;
}

std::string Kind(const ProgramFacts& program) {
  const std::string machine = Machine(program);
  if (IsLibrary(program)) return machine + " shared library";
  if (program.interpreter.empty()) {
    return machine + " program, statically linked" + (program.is_pie ? " (static-pie)" : "");
  }
  return machine + " program, loaded by " + program.interpreter;
}

}  // namespace allocprof::cli
