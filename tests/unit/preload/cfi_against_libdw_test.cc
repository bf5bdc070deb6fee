// SPDX-License-Identifier: Apache-2.0
//
// Rules against a second oracle, at rest: elfutils reads the same tables of the same files, so the
// two must agree at any address, in prologues, epilogues and PLTs too.
#include <dlfcn.h>
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <link.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "cfi.h"

namespace allocprof {
namespace {

constexpr int kRbp = 6, kRsp = 7, kReturnColumn = 16;

std::string Sum(const std::string& base, int64_t offset) {
  return base + (offset < 0 ? "" : "+") + std::to_string(offset);
}

std::string Base(Dwarf_Word reg) { return reg == kRsp ? "rsp" : reg == kRbp ? "rbp" : "odd"; }

// A register plus an offset at the start of `ops`, in either of its two spellings.
bool Breg(const Dwarf_Op& op, Dwarf_Word* reg, int64_t* offset) {
  if (op.atom == DW_OP_bregx) {
    *reg = op.number;
    *offset = static_cast<int64_t>(op.number2);
    return true;
  }
  if (op.atom < DW_OP_breg0 || op.atom > DW_OP_breg31) return false;
  *reg = op.atom - DW_OP_breg0;
  *offset = static_cast<int64_t>(op.number);
  return true;
}

std::string CfaText(Dwarf_Op* ops, size_t n, uintptr_t at) {
  Dwarf_Word reg = 0;
  int64_t offset = 0;
  if (n == 0 || !Breg(ops[0], &reg, &offset) || Base(reg) == "odd") return "odd";
  if (n == 1) return Sum(Base(reg), offset);
  if (ops[1].atom == DW_OP_deref && n == 2) return "*(" + Sum(Base(reg), offset) + ")+0";
  if (ops[1].atom == DW_OP_deref && n == 3 && ops[2].atom == DW_OP_plus_uconst) {
    return "*(" + Sum(Base(reg), offset) + ")" + Sum("", static_cast<int64_t>(ops[2].number));
  }
  // A PLT entry: 8 more once its push is done, by the low bits of the address.
  if (n == 9 && ops[1].atom == DW_OP_breg16 && ops[2].atom == DW_OP_lit15) {
    const int limit = ops[4].atom - DW_OP_lit0;
    return Sum(Base(reg), offset + (static_cast<int>(at & 15) >= limit ? 8 : 0));
  }
  return "odd";
}

std::string RegisterText(Dwarf_Frame* frame, int reg) {
  Dwarf_Op memory[3], *ops = nullptr;
  size_t n = 0;
  if (dwarf_frame_register(frame, reg, memory, &ops, &n) != 0) return "odd";
  if (n == 0) return ops == nullptr ? "same" : "undefined";
  if (ops[0].atom == DW_OP_call_frame_cfa) {
    if (n == 1) return "*(cfa+0)";
    if (n == 2 && ops[1].atom == DW_OP_plus_uconst) {
      return "*(" + Sum("cfa", static_cast<int64_t>(ops[1].number)) + ")";
    }
    // An expression begins with the CFA on its stack, wanted or not.
    Dwarf_Word base = 0;
    int64_t offset = 0;
    if (n == 2 && Breg(ops[1], &base, &offset) && base == kRbp) {
      return "*(" + Sum("rbp", offset) + ")";
    }
  }
  return "odd";
}

std::string CfaText(const Rule& rule) {
  switch (rule.kind) {
    case RuleKind::kSp:
      return Sum("rsp", rule.offset);
    case RuleKind::kBp:
      return Sum("rbp", rule.offset);
    case RuleKind::kDerefSp:
      return "*(" + Sum("rsp", rule.offset) + ")" + Sum("", rule.plus());
    case RuleKind::kDerefBp:
      return "*(" + Sum("rbp", rule.offset) + ")" + Sum("", rule.plus());
    default:
      return "none";
  }
}

std::string BpText(const Rule& rule) {
  switch (rule.bp()) {
    case Rule::kBpAtCfa:
      return "*(" + Sum("cfa", rule.bp_slot * 8) + ")";
    case Rule::kBpAtBp:
      return "*(" + Sum("rbp", rule.bp_slot * 8) + ")";
    default:
      return "same";
  }
}

struct OpenElf {
  explicit OpenElf(const std::string& path) : fd(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    elf_version(EV_CURRENT);
    elf = elf_begin(fd, ELF_C_READ_MMAP, nullptr);
    cfi = elf == nullptr ? nullptr : dwarf_getcfi_elf(elf);
  }
  ~OpenElf() {
    if (cfi != nullptr) dwarf_cfi_end(cfi);
    if (elf != nullptr) elf_end(elf);
    if (fd >= 0) close(fd);
  }
  int fd;
  Elf* elf;
  Dwarf_CFI* cfi = nullptr;
};

struct LoadedModule {
  std::string path;
  uintptr_t bias, code_low, code_high;
};

int Collect(dl_phdr_info* info, size_t, void* data) {
  for (int i = 0; i < info->dlpi_phnum; i++) {
    const auto& segment = info->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_X) == 0) continue;
    const std::string path = *info->dlpi_name == '\0' ? "/proc/self/exe" : info->dlpi_name;
    const uintptr_t low = info->dlpi_addr + segment.p_vaddr;
    static_cast<std::vector<LoadedModule>*>(data)->push_back(
        {path, info->dlpi_addr, low, low + segment.p_memsz});
  }
  return 0;
}

struct Outcome {
  int agreed = 0, odd = 0, ends = 0, signals = 0;
};

void CompareAt(uintptr_t at, const LoadedModule& module, Dwarf_CFI* cfi,
               const dl_find_object& object, Outcome* outcome) {
  const Rule rule = CompileRule(at, static_cast<const uint8_t*>(object.dlfo_eh_frame),
                                reinterpret_cast<uintptr_t>(object.dlfo_map_start),
                                reinterpret_cast<uintptr_t>(object.dlfo_map_end));
  Dwarf_Frame* found = nullptr;
  const bool covered = dwarf_cfi_addrframe(cfi, at - module.bias, &found) == 0;
  const std::unique_ptr<Dwarf_Frame, decltype(&free)> frame(found, free);
  const std::string where = module.path + " at " + std::to_string(at - module.bias);
  if (!covered) {
    // The byte before a function: a return address there was made up, and ends the stack.
    Dwarf_Frame* next = nullptr;
    const bool begins = dwarf_cfi_addrframe(cfi, at + 1 - module.bias, &next) == 0;
    free(next);
    ASSERT_EQ(rule.kind, begins ? RuleKind::kEnd : RuleKind::kNoCfi) << where;
    return;
  }
  bool signal = false;
  dwarf_frame_info(found, nullptr, nullptr, &signal);
  if (signal) {
    EXPECT_EQ(rule.kind, RuleKind::kSignal) << where;
    outcome->signals++;
    return;
  }
  const std::string ra = RegisterText(found, kReturnColumn), bp = RegisterText(found, kRbp);
  if (ra == "undefined") {
    EXPECT_EQ(rule.kind, RuleKind::kEnd) << where;
    outcome->ends++;
    return;
  }
  Dwarf_Op* ops = nullptr;
  size_t n = 0;
  ASSERT_EQ(dwarf_frame_cfa(found, &ops, &n), 0) << where;
  const std::string cfa = CfaText(ops, n, at);
  const bool odd = cfa == "odd" || bp == "odd" || ra != "*(cfa-8)";
  ASSERT_EQ(rule.kind == RuleKind::kOdd, odd) << where << " " << cfa << " " << bp << " " << ra;
  if (odd) {
    outcome->odd++;
    return;
  }
  ASSERT_EQ(CfaText(rule), cfa) << where;
  ASSERT_EQ(BpText(rule), bp == "undefined" ? "same" : bp) << where;
  outcome->agreed++;
}

// Every `step`th address of the code.
Outcome CompareModule(const LoadedModule& module, uintptr_t step) {
  Outcome outcome;
  const OpenElf file(module.path);
  dl_find_object object{};
  if (file.cfi == nullptr ||
      _dl_find_object(reinterpret_cast<void*>(module.code_low), &object) != 0) {
    return outcome;
  }
  for (uintptr_t at = module.code_low; at < module.code_high; at += step) {
    CompareAt(at, module, file.cfi, object, &outcome);
    if (testing::Test::HasFatalFailure()) break;
  }
  return outcome;
}

std::vector<LoadedModule> Modules(const std::string& name) {
  std::vector<LoadedModule> all, out;
  dl_iterate_phdr(Collect, &all);
  for (const LoadedModule& m : all) {
    if (m.path.find(name) != std::string::npos) out.push_back(m);
  }
  return out;
}

// `odd_percent`: what the rules leave out must stay rare.
void ExpectAgreement(const std::string& name, uintptr_t step, int at_least, int odd_percent = 1) {
  const std::vector<LoadedModule> modules = Modules(name);
  ASSERT_EQ(modules.size(), 1u) << name;
  const Outcome o = CompareModule(modules[0], step);
  EXPECT_GT(o.agreed, at_least) << name;
  EXPECT_LT(o.odd * 100, o.agreed * odd_percent) << name << ": " << o.odd << " odd";
}

TEST(CfiAgainstLibdwTest, EveryAddressOfThisProgramAgrees) {
  ExpectAgreement("/proc/self/exe", 1, 50000);
}

TEST(CfiAgainstLibdwTest, LibcAgrees) { ExpectAgreement("libc.so.6", 3, 100000); }

// Its trampolines for lazy binding keep the CFA in rbx: nobody allocates below those.
TEST(CfiAgainstLibdwTest, TheLoaderAgrees) { ExpectAgreement("ld-linux", 1, 50000, 3); }

TEST(CfiAgainstLibdwTest, LibstdcxxAgrees) { ExpectAgreement("libstdc++.so", 7, 50000); }

TEST(CfiAgainstLibdwTest, LibcHasASignalFrameAndAnOutermostOne) {
  const std::vector<LoadedModule> modules = Modules("libc.so.6");
  ASSERT_EQ(modules.size(), 1u);
  const Outcome o = CompareModule(modules[0], 1);
  EXPECT_GT(o.signals, 0);
  EXPECT_GT(o.ends, 0);
}

}  // namespace
}  // namespace allocprof
