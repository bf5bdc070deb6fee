// SPDX-License-Identifier: Apache-2.0
#include "symbols/demangle.h"

#include <csetjmp>
#include <cstddef>

// After the standard headers: libiberty declares basename() itself when nobody else did.
#include <libiberty/demangle.h>

namespace allocprof::symbols {
namespace {

constexpr int kOptions = DMGL_PARAMS | DMGL_ANSI | DMGL_RET_DROP;
constexpr size_t kMaxOutput = size_t{1} << 20;

struct Sink {
  std::string text;
  std::jmp_buf too_long;
};

// libiberty's printers cannot be told to stop, and a name of a few hundred bytes can keep them
// busy for years. Their frames are C with nothing to release but small Rust punycode buffers, so
// jumping over them is sound.
void Append(const char* text, size_t size, void* opaque) {
  Sink* sink = static_cast<Sink*>(opaque);
  if (size > kMaxOutput - sink->text.size()) std::longjmp(sink->too_long, 1);
  sink->text.append(text, size);
}

using Demangler = int (*)(const char*, int, demangle_callbackref, void*);

// No object with a destructor may be born here or below: the jump would skip it.
bool Run(Demangler demangler, const char* symbol, Sink* sink) {
  sink->text.clear();
  if (setjmp(sink->too_long) != 0) return false;
  return demangler(symbol, kOptions, Append, sink) != 0 && !sink->text.empty();
}

}  // namespace

std::string Demangle(std::string_view symbol) {
  std::string name(symbol);
  const bool mangled = name.starts_with("_Z") || name.starts_with("_R");
  if (!mangled || name.find('\0') != std::string::npos) return name;
  Sink sink;
  // Rust first: its legacy names are valid C++ names too, with the hash as the last component.
  if (Run(rust_demangle_callback, name.c_str(), &sink)) return sink.text;
  if (Run(cplus_demangle_v3_callback, name.c_str(), &sink)) return sink.text;
  return name;
}

}  // namespace allocprof::symbols
