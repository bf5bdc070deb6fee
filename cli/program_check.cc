// SPDX-License-Identifier: Apache-2.0
#include "program_check.h"

#include <elf.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <string_view>

#include "elf_check.h"

namespace allocprof::cli {
namespace {

// As the kernel has it, a script's interpreter may be a script.
constexpr size_t kMostInterpreters = 4;
constexpr size_t kScriptHead = 64 * 1024;

std::string Head(const std::string& path, size_t size) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(size, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(size));
  bytes.resize(static_cast<size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return bytes;
}

std::string Interpreter(std::string_view script) {
  std::string_view line = script.substr(2, script.find('\n') - 2);
  const size_t begin = line.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return "";
  line.remove_prefix(begin);
  return std::string(line.substr(0, line.find_first_of(" \t")));
}

// "#!/usr/bin/env NAME" runs NAME; "-S" lets it have arguments.
std::string ThroughEnv(std::string_view script) {
  std::string_view line = script.substr(2, script.find('\n') - 2);
  const auto next = [&]() -> std::string_view {
    const size_t begin = std::min(line.find_first_not_of(" \t\r"), line.size());
    const size_t end = std::min(line.find_first_of(" \t\r", begin), line.size());
    const std::string_view word = line.substr(begin, end - begin);
    line.remove_prefix(end);
    return word;
  };
  const std::string_view first = next();
  if (first.substr(first.rfind('/') + 1) != "env") return "";
  std::string_view word = next();
  if (word == "-S") word = next();
  if (word.empty() || word.front() == '-' || word.find('=') != std::string_view::npos) return "";
  return FindProgram(std::string(word));
}

bool IsMountedNoExec(const std::string& path) {
  struct statvfs st = {};
  return statvfs(path.c_str(), &st) == 0 && (st.f_flag & ST_NOEXEC) != 0;
}

// The kernel starts it in secure mode, in which the loader leaves out preloads with a path.
std::string Privileges(const std::string& path) {
  struct stat st = {};
  if (stat(path.c_str(), &st) != 0) return "";
  if ((st.st_mode & S_ISUID) != 0 && st.st_uid != geteuid()) {
    return fmt::format("set-user-ID bit, owner {}", st.st_uid);
  }
  if ((st.st_mode & S_ISGID) != 0 && st.st_gid != getegid()) {
    return fmt::format("set-group-ID bit, group {}", st.st_gid);
  }
  if (geteuid() != 0 && getxattr(path.c_str(), "security.capability", nullptr, 0) > 0) {
    return "file capabilities (getcap shows them)";
  }
  return "";
}

// Commands that have their work done in a place which the preload does not reach.
const char* Elsewhere(const std::string& program) {
  static const std::map<std::string, const char*> launchers = {
      {"docker", "in a container"},
      {"podman", "in a container"},
      {"ssh", "on another machine"},
      {"systemd-run", "from the service manager"},
      {"flatpak", "in a sandbox"},
      {"snap", "in a sandbox"},
      {"bazel", "in a server process with a cleaned environment"},
  };
  const auto it = launchers.find(std::filesystem::path(program).filename().string());
  return it == launchers.end() ? nullptr : it->second;
}

// Lines of a shell script after which the commands it starts have no preload.
std::string ClearingLine(std::string_view script) {
  int number = 0;
  while (!script.empty()) {
    const size_t end = std::min(script.find('\n'), script.size());
    std::string_view line = script.substr(0, end);
    script.remove_prefix(std::min(end + 1, script.size()));
    number++;
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    if (line.starts_with('#')) continue;
    for (const char* habit : {"env -i", "unset LD_PRELOAD", "LD_PRELOAD=", "sudo "}) {
      if (line.find(habit) != std::string_view::npos) {
        return fmt::format("line {}: {}", number, line.substr(0, 60));
      }
    }
  }
  return "";
}

void CheckFile(const std::string& path, Findings* found) {
  struct stat st = {};
  if (stat(path.c_str(), &st) != 0) {
    found->push_back({Weight::kStops, "not_found", "cannot be found",
                      path + ": " + std::strerror(errno), "check the name and PATH"});
    return;
  }
  if (!S_ISREG(st.st_mode)) {
    found->push_back(
        {Weight::kStops, "not_found", "is not a file to run", path, "name the program's file"});
    return;
  }
  if (IsMountedNoExec(path)) {
    found->push_back({Weight::kStops, "noexec", "lies on a file system mounted noexec", path,
                      "copy it elsewhere"});
  } else if (access(path.c_str(), X_OK) != 0) {
    found->push_back({Weight::kStops, "not_executable", "may not be executed",
                      fmt::format("mode {:o}", st.st_mode & 07777), "chmod +x " + path});
  }
  if (std::string why = Privileges(path); !why.empty()) {
    found->push_back({Weight::kStops, "privileges",
                      "changes its user, group or capabilities, so the loader preloads nothing",
                      std::move(why), "record a copy without them, made with cp"});
  }
}

std::string Dotted(const std::vector<int>& version) {
  return fmt::format("{}", fmt::join(version, "."));
}

// The libc that the program's own loader will find beside itself.
void CheckLibc(const symbols::ProgramFacts& program, const symbols::ProgramFacts& library,
               Findings* found) {
  if (program.interpreter.empty()) return;
  std::error_code error;
  const auto loader = std::filesystem::canonical(program.interpreter, error);
  if (error) {
    found->push_back({Weight::kStops, "loader_missing", "has a loader that is not there",
                      program.interpreter + ": " + error.message(),
                      "install the libc that it was linked for"});
    return;
  }
  const std::string libc = (loader.parent_path() / "libc.so.6").string();
  if (library.glibc.empty() || access(libc.c_str(), R_OK) != 0) return;
  if (symbols::DefinesGlibc(libc, library.glibc)) return;
  found->push_back({Weight::kStops, "glibc",
                    fmt::format("runs with a glibc older than {}, which libtrace.so needs",
                                Dotted(library.glibc)),
                    fmt::format("{} does not define GLIBC_{}", libc, Dotted(library.glibc)),
                    "record it on a newer system, or build allocprof on this one"});
}

void CheckLibrary(const std::string& library, Findings* found) {
  if (!IsMountedNoExec(library)) return;
  found->push_back({Weight::kStops, "noexec",
                    "will not get libtrace.so, which lies on a file system mounted noexec", library,
                    "copy it elsewhere and set ALLOCPROF_LIB"});
}

void Append(Findings more, const std::string& who, Findings* found) {
  for (Finding& finding : more) {
    finding.what = who + finding.what;
    found->push_back(std::move(finding));
  }
}

}  // namespace

std::string FindProgram(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const char* variable = std::getenv("PATH");
  const std::string_view path = variable != nullptr ? variable : "/bin:/usr/bin";
  for (size_t at = 0; at <= path.size();) {
    const size_t end = std::min(path.find(':', at), path.size());
    const std::string folder(path.substr(at, end - at));
    const std::string candidate = (folder.empty() ? "." : folder) + "/" + name;
    struct stat st = {};
    if (stat(candidate.c_str(), &st) == 0 && S_ISREG(st.st_mode) &&
        access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
    at = end + 1;
  }
  return "";
}

Diagnosis DiagnoseProgram(const std::string& program, const std::string& library) {
  Diagnosis d;
  d.program = program;
  std::string path = FindProgram(program);
  if (path.empty()) {
    d.findings.push_back({Weight::kStops, "not_found", "cannot be found", "no such program in PATH",
                          "check the name and PATH"});
    return d;
  }
  const symbols::ProgramFacts own =
      symbols::ReadProgramFacts(library, {}).value_or(symbols::ProgramFacts{});
  if (const char* where = Elsewhere(program); where != nullptr) {
    d.findings.push_back({Weight::kLimits, "elsewhere",
                          fmt::format("has its command run {}, out of the preload's reach", where),
                          "its name", "run allocprof there"});
  }
  while (!path.empty() && d.files.size() <= kMostInterpreters) {
    const std::string who = d.files.empty() ? "" : "is a script of " + path + ", which ";
    const bool seen = std::find(d.files.begin(), d.files.end(), path) != d.files.end();
    if (seen) break;
    d.files.push_back(path);
    Findings of_file;
    CheckFile(path, &of_file);
    const bool readable = of_file.empty() || of_file.front().rule != std::string_view("not_found");
    Append(std::move(of_file), who, &d.findings);
    if (!readable) break;

    const std::string head = Head(path, kScriptHead);
    if (head.starts_with("#!")) {
      if (const std::string line = ClearingLine(head); !line.empty()) {
        d.findings.push_back({Weight::kLimits, "clears_preload",
                              who + "starts commands without the preload", line,
                              "record those commands by themselves"});
      }
      const std::string env = ThroughEnv(head);
      path = env.empty() ? Interpreter(head) : env;
      continue;
    }
    if (const auto facts = symbols::ReadProgramFacts(path, TellingNames()); facts.has_value()) {
      d.kind = Kind(*facts);
      Findings of_elf = CheckProgram(*facts, own);
      if (of_elf.empty() || of_elf.front().weight != Weight::kStops) {
        CheckLibc(*facts, own, &of_elf);
      }
      Append(std::move(of_elf), who, &d.findings);
    }
    std::error_code error;
    const auto real = std::filesystem::canonical(path, error);
    const std::string name = std::filesystem::path(path).filename().string();
    if (!error && real.filename() == "rustup" && name != "rustup") {
      d.findings.push_back({Weight::kLimits, "proxy",
                            "is rustup's proxy: the program of that name is another file",
                            path + " is " + real.string(),
                            fmt::format("allocprof doctor \"$(rustup which {})\"", name)});
    }
    break;
  }
  CheckLibrary(library, &d.findings);
  std::stable_sort(d.findings.begin(), d.findings.end(),
                   [](const Finding& a, const Finding& b) { return a.weight < b.weight; });
  return d;
}

std::string WhyNotRecordable(const Diagnosis& diagnosis, const std::string& own_malloc) {
  for (const Finding& finding : diagnosis.findings) {
    const std::string_view rule = finding.rule;
    if (finding.weight != Weight::kStops || rule == "not_found" || rule == "not_executable") {
      continue;
    }
    if (rule == "own_malloc" && own_malloc == "libraries") continue;
    return finding.what + ": " + finding.remedy;
  }
  return "";
}

}  // namespace allocprof::cli
