// SPDX-License-Identifier: Apache-2.0
#include "symbols/call_names.h"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace allocprof::symbols {
namespace {

constexpr std::string_view kNoReturn[] = {
    "abort",
    "exit",
    "_exit",
    "_Exit",
    "quick_exit",
    "pthread_exit",
    "thrd_exit",
    "err",
    "errx",
    "verr",
    "verrx",
    "longjmp",
    "_longjmp",
    "siglongjmp",
    "__longjmp_chk",
    "__assert_fail",
    "__assert_perror_fail",
    "__assert",
    "__stack_chk_fail",
    "__fortify_fail",
    "__chk_fail",
    "_Unwind_Resume",
    "__cxa_throw",
    "__cxa_rethrow",
    "__cxa_bad_cast",
    "__cxa_bad_typeid",
    "__cxa_throw_bad_array_new_length",
    "__cxa_throw_bad_array_length",
    "__cxa_pure_virtual",
    "__cxa_call_unexpected",
    "__cxa_call_terminate",
    "_ZSt9terminatev",
    "std::terminate()",
    "__clang_call_terminate",
    "rust_begin_unwind",
    "__rust_start_panic",
    "rust_panic",
};

// Anywhere in the name.
constexpr std::string_view kNoReturnPart[] = {
    "std::__throw_",
    "__throw_bad_",
    "__throw_length_error",
    "__throw_out_of_range",
    "__throw_logic_error",
    "__throw_runtime_error",
    "__throw_invalid_argument",
    "core::panicking::",
    "core::option::unwrap_failed",
    "core::option::expect_failed",
    "core::result::unwrap_failed",
    "core::slice::index::slice_",
    "core::str::slice_error_fail",
    "alloc::alloc::handle_alloc_error",
    "alloc::raw_vec::handle_error",
    "alloc::raw_vec::capacity_overflow",
    "std::process::exit",
    "std::process::abort",
};

constexpr std::string_view kTwice[] = {"setjmp",      "_setjmp",  "sigsetjmp",
                                       "__sigsetjmp", "__setjmp", "vfork"};

constexpr std::string_view kFree[] = {"free", "cfree", "__libc_free", "realloc", "reallocarray"};

constexpr std::string_view kFreePart[] = {"free",    "delete", "dealloc", "destroy",
                                          "release", "unref",  "dispose", "drop_in_place"};

template <size_t N>
bool IsOneOf(const std::string_view (&list)[N], std::string_view name) {
  return std::find(std::begin(list), std::end(list), name) != std::end(list);
}

bool ContainsNoCase(std::string_view text, std::string_view word) {
  return std::search(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == b;
         }) != text.end();
}

}  // namespace

bool NeverReturns(std::string_view name) {
  if (name.empty()) return false;
  return IsOneOf(kNoReturn, name) ||
         std::any_of(std::begin(kNoReturnPart), std::end(kNoReturnPart),
                     [&](std::string_view part) { return name.find(part) != name.npos; });
}

bool ReturnsTwice(std::string_view name) { return IsOneOf(kTwice, name); }

bool Frees(std::string_view name) {
  if (IsOneOf(kFree, name)) return true;
  if (name.substr(0, 4) == "_Zdl" || name.substr(0, 4) == "_Zda") return true;
  return std::any_of(std::begin(kFreePart), std::end(kFreePart),
                     [&](std::string_view part) { return ContainsNoCase(name, part); });
}

}  // namespace allocprof::symbols
