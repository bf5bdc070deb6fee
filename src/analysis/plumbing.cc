// SPDX-License-Identifier: Apache-2.0
#include "analysis/plumbing.h"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace allocprof::analysis {
namespace {

enum class Match { kName, kPrefix, kModule };

struct Row {
  Match match;
  std::string_view text;
};

constexpr Row kPlumbing[] = {
    // The malloc family, by its public names and glibc's.
    {Match::kName, "malloc"},
    {Match::kName, "calloc"},
    {Match::kName, "realloc"},
    {Match::kName, "reallocarray"},
    {Match::kName, "free"},
    {Match::kName, "posix_memalign"},
    {Match::kName, "aligned_alloc"},
    {Match::kName, "memalign"},
    {Match::kName, "valloc"},
    {Match::kName, "pvalloc"},
    {Match::kPrefix, "__libc_malloc"},
    {Match::kPrefix, "__libc_calloc"},
    {Match::kPrefix, "__libc_realloc"},
    {Match::kPrefix, "__libc_memalign"},
    // C++: operators and allocators.
    {Match::kPrefix, "operator new"},
    {Match::kPrefix, "operator delete"},
    {Match::kPrefix, "std::allocator"},
    {Match::kPrefix, "std::__new_allocator"},
    {Match::kPrefix, "std::__allocate"},
    {Match::kPrefix, "std::__detail::_Hashtable_alloc"},
    {Match::kPrefix, "std::__allocated_ptr"},
    {Match::kPrefix, "std::pmr::"},
    {Match::kPrefix, "__gnu_cxx::new_allocator"},
    {Match::kPrefix, "__gnu_cxx::__alloc_traits"},
    {Match::kPrefix, "__gnu_cxx::__aligned_membuf"},
    // Containers: their reserved-name insides, whatever the container.
    {Match::kPrefix, "std::_Vector_base"},
    {Match::kPrefix, "std::vector::_"},
    {Match::kPrefix, "std::_Deque_base"},
    {Match::kPrefix, "std::deque::_"},
    {Match::kPrefix, "std::_Rb_tree"},
    {Match::kPrefix, "std::_Hashtable"},
    {Match::kPrefix, "std::__detail::_"},
    {Match::kPrefix, "std::_List_base"},
    {Match::kPrefix, "std::__cxx11::_List_base"},
    {Match::kPrefix, "std::__cxx11::list::_"},
    {Match::kPrefix, "std::_Fwd_list_base"},
    {Match::kPrefix, "std::__cxx11::basic_string::_"},
    {Match::kPrefix, "std::basic_string::_"},
    {Match::kPrefix, "std::string::_"},
    {Match::kPrefix, "std::_Function_base"},
    {Match::kPrefix, "std::__shared_count"},
    {Match::kPrefix, "std::__shared_ptr"},
    {Match::kPrefix, "std::__uniq_ptr"},
    {Match::kPrefix, "std::__uninitialized"},
    {Match::kPrefix, "std::__relocate"},
    {Match::kPrefix, "std::_Construct"},
    {Match::kPrefix, "std::__do_"},
    // Rust.
    {Match::kPrefix, "__rust_"},
    {Match::kPrefix, "__rustc::__rust"},
    {Match::kPrefix, "__rdl_"},
    {Match::kPrefix, "__rg_"},
    {Match::kPrefix, "alloc::alloc::"},
    {Match::kPrefix, "alloc::raw_vec::"},
    {Match::kPrefix, "std::alloc::"},
    {Match::kPrefix, "std::sys::alloc::"},
    {Match::kPrefix, "core::alloc::"},
    {Match::kPrefix, "hashbrown::raw::"},
    {Match::kPrefix, "alloc::boxed::Box::new"},
    {Match::kPrefix, "alloc::boxed::Box::try_new"},
    // libc's wrappers, and what they call.
    {Match::kName, "_start"},
    {Match::kModule, "libc.so"},
    {Match::kModule, "libc-2"},
    {Match::kModule, "ld-linux-"},
};

// Programs' and libraries' own wrappers of malloc, which call for memory for everybody: gnulib's,
// libiberty's and git's, GLib's, SQLite's, GMP's, OpenSSL's and GCC's; CPython's, its allocators of
// objects among them, and Perl's.
constexpr std::string_view kWrappers[] = {"xmalloc",
                                          "xcalloc",
                                          "xrealloc",
                                          "xzalloc",
                                          "xmallocz",
                                          "xmallocz_gently",
                                          "do_xmalloc",
                                          "do_xmallocz",
                                          "xreallocarray",
                                          "xnmalloc",
                                          "xnrealloc",
                                          "x2realloc",
                                          "x2nrealloc",
                                          "xcharalloc",
                                          "ximalloc",
                                          "xicalloc",
                                          "xirealloc",
                                          "xpalloc",
                                          "xmemdup",
                                          "xmemdupz",
                                          "xmemdup0",
                                          "xstrdup",
                                          "xstrndup",
                                          "g_malloc",
                                          "g_malloc0",
                                          "g_malloc_n",
                                          "g_malloc0_n",
                                          "g_realloc",
                                          "g_realloc_n",
                                          "g_try_malloc",
                                          "g_try_malloc0",
                                          "g_try_malloc_n",
                                          "g_try_realloc",
                                          "g_try_realloc_n",
                                          "g_slice_alloc",
                                          "g_slice_alloc0",
                                          "g_strdup",
                                          "g_strndup",
                                          "g_memdup",
                                          "g_memdup2",
                                          "sqlite3MemMalloc",
                                          "sqlite3MemRealloc",
                                          "sqlite3Malloc",
                                          "sqlite3MallocZero",
                                          "sqlite3Realloc",
                                          "sqlite3_malloc",
                                          "sqlite3_malloc64",
                                          "sqlite3_realloc",
                                          "sqlite3_realloc64",
                                          "mallocWithAlarm",
                                          "dbMallocRawFinish",
                                          "dbReallocFinish",
                                          "sqlite3DbMallocRaw",
                                          "sqlite3DbMallocRawNN",
                                          "sqlite3DbMallocZero",
                                          "sqlite3DbRealloc",
                                          "sqlite3DbReallocOrFree",
                                          "__gmp_default_allocate",
                                          "__gmp_default_reallocate",
                                          "CRYPTO_malloc",
                                          "CRYPTO_zalloc",
                                          "CRYPTO_calloc",
                                          "CRYPTO_realloc",
                                          "CRYPTO_memdup",
                                          "CRYPTO_strdup",
                                          "va_heap::reserve"};
constexpr std::string_view kWrapperPrefixes[] = {"PyMem_",
                                                 "_PyMem_",
                                                 "PyObject_Malloc",
                                                 "PyObject_Calloc",
                                                 "PyObject_Realloc",
                                                 "_PyObject_Malloc",
                                                 "_PyObject_Calloc",
                                                 "_PyObject_Realloc",
                                                 "_PyObject_New",
                                                 "_PyObject_GC_New",
                                                 "_PyObject_GC_Malloc",
                                                 "_PyObject_GC_Resize",
                                                 "PyType_GenericAlloc",
                                                 "_PyType_AllocNoTrack",
                                                 "Perl_safesys",
                                                 "Perl_savepv",
                                                 "Perl_savesharedpv",
                                                 "Perl_savesvpv"};

constexpr Row kSystem[] = {
    {Match::kPrefix, "std::"},        {Match::kPrefix, "core::"},
    {Match::kPrefix, "alloc::"},      {Match::kPrefix, "__gnu_cxx::"},
    {Match::kPrefix, "hashbrown::"},  {Match::kPrefix, "__cxa_"},
    {Match::kModule, "libstdc++.so"}, {Match::kModule, "libgcc_s.so"},
    {Match::kModule, "libm.so"},      {Match::kModule, "libpthread.so"},
    {Match::kModule, "libdl.so"},     {Match::kModule, "libc++.so"},
};

template <size_t N>
bool Find(const Row (&table)[N], std::string_view name, std::string_view module) {
  return std::any_of(table, table + N, [&](const Row& row) {
    switch (row.match) {
      case Match::kName:
        return name == row.text;
      case Match::kPrefix:
        return name.substr(0, row.text.size()) == row.text;
      case Match::kModule:
        return module.substr(0, row.text.size()) == row.text;
    }
    return false;
  });
}

bool IsNamePart(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

// Whether `name` ends in the keyword, and not in a longer word.
bool EndsInOperator(std::string_view name) {
  constexpr std::string_view kWord = "operator";
  if (name.size() < kWord.size() || name.substr(name.size() - kWord.size()) != kWord) return false;
  return name.size() == kWord.size() || !IsNamePart(name[name.size() - kWord.size() - 1]);
}

// Of the operators that could be taken for brackets the one at the start of `text`, or nothing.
std::string_view OperatorAt(std::string_view text) {
  for (const std::string_view op :
       {"()", "<=>", "<<=", ">>=", "->*", "<<", ">>", "<=", ">=", "->", "<", ">"}) {
    if (text.substr(0, op.size()) == op) return op;
  }
  return {};
}

// Rust's types that belong to no crate.
bool IsPrimitive(std::string_view type) {
  static constexpr std::string_view kPrimitives[] = {"bool", "char", "str", "u8",    "u16",  "u32",
                                                     "u64",  "u128", "i8",  "i16",   "i32",  "i64",
                                                     "i128", "f32",  "f64", "usize", "isize"};
  return std::find(std::begin(kPrimitives), std::end(kPrimitives), type) != std::end(kPrimitives) ||
         type.starts_with('[') || type.starts_with('(') || type.starts_with("fn(") ||
         type.starts_with("unsafe fn(") || type.starts_with("extern ");
}

// "&mut dyn some::Trait" is "some::Trait".
std::string_view WithoutReference(std::string_view type) {
  for (bool again = true; again;) {
    again = false;
    for (const std::string_view sigil : {"&", "*const ", "*mut ", "mut ", "dyn "}) {
      if (!type.starts_with(sigil)) continue;
      type.remove_prefix(sigil.size());
      again = true;
    }
  }
  return type;
}

// Rust's qualified path, "<Type as Trait>::f" or "<Type>::f": the function is its type's, and its
// trait's where the type is the language's.
std::string WithoutTrait(std::string_view function) {
  int depth = 0;
  size_t end = 0, as = function.npos;
  for (; end < function.size(); end++) {
    if (function[end] == '<') depth++;
    if (function[end] == '>' && function[end - 1] != '-' && --depth == 0) break;
    if (depth == 1 && as == function.npos && function.substr(end, 4) == " as ") as = end;
  }
  if (end >= function.size()) return std::string(function.substr(1));
  std::string_view owner = WithoutReference(function.substr(1, std::min(as, end) - 1));
  if (IsPrimitive(owner)) {
    owner = as < end ? function.substr(as + 4, end - as - 4) : std::string_view("core::primitive");
  }
  return std::string(owner) + std::string(function.substr(end + 1));
}

}  // namespace

std::string BareName(std::string_view function) {
  constexpr std::string_view kAnonymous = "(anonymous namespace)";
  std::string joined(function);
  while (!joined.empty() && joined[0] == '<') joined = WithoutTrait(joined);
  function = joined;
  std::string out;
  int depth = 0;
  for (size_t i = 0; i < function.size(); i++) {
    const char c = function[i];
    const std::string_view rest = function.substr(i);
    if (const std::string_view op = OperatorAt(rest);
        depth == 0 && !op.empty() && EndsInOperator(out)) {
      out += op;
      i += op.size() - 1;
    } else if (c == '<') {
      // "operator<< <char>", Rust's "parse::<i32>": what leads to the arguments goes with them.
      if (depth == 0 && out.size() > 1 && out.compare(out.size() - 2, 2, "::") == 0) {
        out.resize(out.size() - 2);
      }
      if (depth == 0 && !out.empty() && out.back() == ' ') out.pop_back();
      depth++;
    } else if (c == '>') {
      // Not the arrow of a function's type.
      if (depth > 0 && function[i - 1] != '-') depth--;
    } else if (depth == 0 && c == '(') {
      if (rest.substr(0, kAnonymous.size()) != kAnonymous) break;
      out += kAnonymous;
      i += kAnonymous.size() - 1;
    } else if (depth == 0) {
      out += c;
    }
  }
  return out;
}

bool IsWrapper(std::string_view bare_name) {
  return std::find(std::begin(kWrappers), std::end(kWrappers), bare_name) != std::end(kWrappers) ||
         std::any_of(std::begin(kWrapperPrefixes), std::end(kWrapperPrefixes),
                     [&](std::string_view prefix) { return bare_name.starts_with(prefix); });
}

bool IsPlumbing(std::string_view bare_name, std::string_view module) {
  return Find(kPlumbing, bare_name, module) || IsWrapper(bare_name);
}

bool IsSystemFile(std::string_view file) {
  for (const std::string_view part :
       {"library/alloc/src/", "library/core/src/", "library/std/src/", "/include/c++/"}) {
    if (file.find(part) != file.npos) return true;
  }
  return false;
}

bool IsSystem(std::string_view bare_name, std::string_view module) {
  return Find(kSystem, bare_name, module) || IsPlumbing(bare_name, module);
}

}  // namespace allocprof::analysis
