// SPDX-License-Identifier: Apache-2.0
#include "options.h"

#include <string.h>
#include <unistd.h>

#include "process.h"

namespace allocprof {

Options options;

namespace {

bool ParseNumber(const char* text, bool suffix, uint64_t min, uint64_t max, uint64_t* out) {
  uint64_t v = 0;
  const char* c = text;
  for (; *c >= '0' && *c <= '9'; c++) {
    if (__builtin_mul_overflow(v, uint64_t{10}, &v) ||
        __builtin_add_overflow(v, static_cast<uint64_t>(*c - '0'), &v)) {
      return false;
    }
  }
  if (c == text) return false;
  unsigned shift = 0;
  if (suffix && *c != '\0') {
    shift = *c == 'K' || *c == 'k'   ? 10
            : *c == 'M' || *c == 'm' ? 20
            : *c == 'G' || *c == 'g' ? 30
                                     : 0;
    if (shift == 0) return false;
    c++;
    if (c[0] == 'i' && c[1] == 'B') c += 2;
  }
  if (*c != '\0' || (shift != 0 && v >> (64 - shift) != 0)) return false;
  v <<= shift;
  if (v < min || v > max) return false;
  *out = v;
  return true;
}

// The row's help begins with the words, separated by '|', up to ':'. Before it stands the sentence
// on the default, up to "; ".
bool IsChoice(const char* value, const char* help) {
  const size_t n = strlen(value);
  for (const char* word = strstr(help, "; ") + 2;;) {
    const char* end = word;
    while (*end != '|' && *end != ':') end++;
    if (static_cast<size_t>(end - word) == n && memcmp(word, value, n) == 0) return true;
    if (*end == ':') return false;
    word = end + 1;
  }
}

void Set(const char** slot, OptionType type, const char* name, const char* value,
         const char* fallback, uint64_t min, uint64_t max, const char* help) {
  *slot = fallback;
  if (value == nullptr) return;
  const bool good = type == OptionType::kChoice ? IsChoice(value, help)
                                                : strlen(value) >= min && strlen(value) <= max;
  if (good) {
    *slot = value;
  } else {
    Say(name, value, help);
  }
}

void Set(uint64_t* slot, OptionType type, const char* name, const char* value, const char* fallback,
         uint64_t min, uint64_t max, const char* help) {
  ParseNumber(fallback, true, 0, UINT64_MAX, slot);
  if (value != nullptr && !ParseNumber(value, type == OptionType::kSize, min, max, slot))
    Say(name, value, help);
}

}  // namespace

bool Is(const char* value, const char* word) { return strcmp(value, word) == 0; }

const char* Environment(const char* name) {
  const size_t n = strlen(name);
  for (char** e = environ; e != nullptr && *e != nullptr; e++) {
    if (strncmp(*e, name, n) == 0 && (*e)[n] == '=') return *e + n + 1;
  }
  return nullptr;
}

void ReadOptions() {
#define OPTION(name, type, fallback, min, max, help)                    \
  Set(&options.name, OptionType::type, "bad value of ALLOCPROF_" #name, \
      Environment("ALLOCPROF_" #name), fallback, min, max,              \
      "the default " fallback " is used; " help);
#include "wire/options.def"
#undef OPTION
}

}  // namespace allocprof
