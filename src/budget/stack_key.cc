// SPDX-License-Identifier: Apache-2.0
#include "budget/stack_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "analysis/plumbing.h"

namespace allocprof::budget {
namespace {

// What gcc and clang append to the names of the copies that they make of a function.
constexpr std::string_view kClones[] = {".constprop.", ".isra.",     ".part.",      ".cold",
                                        ".llvm.",      ".lto_priv.", ".localalias", " [clone "};

constexpr std::string_view kAnonymous = "(anonymous namespace)";

std::string WithoutClones(std::string name) {
  for (const std::string_view clone : kClones) name.resize(std::min(name.find(clone), name.size()));
  return name;
}

// "{closure#2}" is "{closure}": another closure before it moves the number.
std::string WithoutNumbers(const std::string& name) {
  std::string out;
  for (size_t i = 0; i < name.size(); i++) {
    if (name[i] != '#') {
      out += name[i];
      continue;
    }
    while (i + 1 < name.size() && std::isdigit(static_cast<unsigned char>(name[i + 1]))) i++;
  }
  return out;
}

// Templates carry what they return: "void make" is "make".
std::string WithoutReturnType(const std::string& name) {
  const size_t operator_at = name.find("operator");
  const size_t space = operator_at == name.npos ? name.rfind(' ') : name.rfind(' ', operator_at);
  return space == name.npos ? name : name.substr(space + 1);
}

// Frames of `stack` that its key is made of.
std::vector<const report::Frame*> KeyFrames(const Frames& stack) {
  std::vector<const report::Frame*> frames;
  const auto keep = [&](auto passes) {
    for (const report::Frame& frame : stack) {
      if (passes(frame)) frames.push_back(&frame);
    }
    return !frames.empty();
  };
  if (keep([](const report::Frame& f) { return !f.system && !f.plumbing; })) return frames;
  if (keep([](const report::Frame& f) { return !f.plumbing; })) return frames;
  keep([](const report::Frame&) { return true; });
  return frames;
}

}  // namespace

std::string KeyName(const report::Frame& frame) {
  // A name made of module and offset is no symbol.
  if (frame.function.empty() || frame.function.rfind(frame.module + "+0x", 0) == 0 ||
      frame.function.front() == '[') {
    return NameOf(frame);
  }
  std::string name = analysis::BareName(WithoutClones(frame.function));
  for (size_t at; (at = name.find("[abi:")) != name.npos;) {
    name.erase(at, name.find(']', at) - at + 1);
  }
  for (size_t at; (at = name.find(kAnonymous)) != name.npos;) {
    name.replace(at, kAnonymous.size(), "{anonymous}");
  }
  name = WithoutReturnType(WithoutNumbers(name));
  return name.empty() ? NameOf(frame) : name;
}

std::string StackKey(const Frames& stack) {
  std::string key, last;
  for (const report::Frame* frame : KeyFrames(stack)) {
    std::string name = KeyName(*frame);
    std::replace(name.begin(), name.end(), '\n', ' ');
    if (name == last) continue;
    key += (key.empty() ? "" : "\n") + name;
    last = std::move(name);
  }
  return key;
}

std::string KeyId(const std::string& key) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a
  for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return fmt::format("{:016x}", hash);
}

size_t CallSiteOf(const Frames& stack) {
  size_t outside_plumbing = stack.size();
  for (size_t i = 0; i < stack.size(); i++) {
    if (stack[i].plumbing) continue;
    if (outside_plumbing == stack.size()) outside_plumbing = i;
    if (!stack[i].system) return i;
  }
  return outside_plumbing < stack.size() ? outside_plumbing : 0;
}

size_t PlaceOf(const Frames& stack) {
  for (size_t i = 0; i < stack.size(); i++) {
    const report::Frame& f = stack[i];
    if (!f.plumbing && !f.system && !f.file.empty() && f.line > 0) return i;
  }
  return CallSiteOf(stack);
}

std::string NameOf(const report::Frame& frame) {
  if (!frame.function.empty()) return frame.function;
  return fmt::format("{}+{:#x}", frame.module.empty() ? "?" : frame.module, frame.offset);
}

std::string ShortStack(const Frames& stack, size_t most) {
  std::string text, last;
  size_t shown = 0;
  for (const report::Frame* frame : KeyFrames(stack)) {
    std::string name = KeyName(*frame);
    if (name == last) continue;
    if (shown == most) return text + " < ...";
    text += (shown++ == 0 ? "" : " < ") + name;
    last = std::move(name);
  }
  return text;
}

}  // namespace allocprof::budget
