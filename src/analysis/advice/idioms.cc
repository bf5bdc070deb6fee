// SPDX-License-Identifier: Apache-2.0
#include "analysis/advice/idioms.h"

#include <algorithm>
#include <string>

#include "analysis/plumbing.h"

namespace allocprof::analysis {
namespace {

constexpr Idiom kClone = {
    "clone", "a clone()",
    "borrow instead, it is dropped before the function returns; or clone_from into one kept", false,
    true};
constexpr Idiom kToString = {
    "to_string", "a to_string()",
    "write! the value into a String that is kept and cleared, or pass the value itself on", false,
    true};
constexpr Idiom kFormat = {"format!", "a format!",
                           "write! into a String that is kept and cleared instead"};
constexpr Idiom kCollect = {"collect", "a collect()",
                            "go on with the iterator itself, or collect into a SmallVec"};
constexpr Idiom kVecPush = {"Vec::push", "a Vec that grows"};
constexpr Idiom kStringPush = {"String::push_str", "a String that grows"};
constexpr Idiom kBox = {"Box", "a Box", "hold the value itself, it never leaves the function",
                        true};
constexpr Idiom kRc = {"Rc", "an Rc or Arc",
                       "hold the value itself, nothing shares it beyond the function", true};
constexpr Idiom kVector = {"vector growth", "a std::vector that grows"};
constexpr Idiom kVectorSized = {"vector", "a std::vector"};
constexpr Idiom kString = {"string", "a std::string longer than the 15 bytes that it holds itself",
                           "use a std::string_view where nothing is changed, or a char array", true,
                           true};
constexpr Idiom kStringGrowth = {"string growth", "a std::string that grows"};
constexpr Idiom kStream = {"ostringstream", "an ostringstream",
                           "use std::to_chars or std::snprintf into a local array", true};
constexpr Idiom kRegex = {"regex", "a std::regex that is compiled each time",
                          "make it `static const std::regex`, which is compiled once"};
constexpr Idiom kFunction = {"std::function",
                             "a std::function that captures more than the 16 bytes it holds itself",
                             "take the callable as a template parameter, or capture a reference"};
constexpr Idiom kShared = {"shared_ptr", "a shared_ptr",
                           "hold the object itself, nothing shares it beyond the function", true};
constexpr Idiom kUnique = {"unique_ptr", "a unique_ptr",
                           "hold the object itself, it never leaves the function", true};
constexpr Idiom kNode = {"node", "a node of a container"};
constexpr Idiom kStrdup = {"strdup", "a copy of a string", nullptr, false, true};

struct Row {
  std::string_view part;  // of the bare name
  bool from_start;
  const Idiom* idiom;
};

// The first row that fits a frame counts.
constexpr Row kRows[] = {
    // Rust
    {"::to_string", false, &kToString},
    {"alloc::fmt::format", true, &kFormat},
    {"::clone", false, &kClone},
    {"::to_owned", false, &kClone},
    {"::to_vec", false, &kClone},
    {"::collect", false, &kCollect},
    {"::from_iter", false, &kCollect},
    {"alloc::string::String::push", true, &kStringPush},
    {"alloc::vec::Vec::push", true, &kVecPush},
    {"alloc::vec::Vec::extend", true, &kVecPush},
    {"alloc::vec::Vec::reserve", true, &kVecPush},
    {"alloc::raw_vec::RawVec::grow_one", true, &kVecPush},
    {"alloc::boxed::Box::new", true, &kBox},
    {"alloc::rc::Rc::new", true, &kRc},
    {"alloc::sync::Arc::new", true, &kRc},
    // C
    {"strdup", false, &kStrdup},
    {"strndup", false, &kStrdup},
    {"Strdup", false, &kStrdup},
    {"Strndup", false, &kStrdup},
    // C++
    {"std::__cxx11::basic_regex", true, &kRegex},
    {"std::__detail::_Compiler", true, &kRegex},
    {"std::__detail::_Executor", true, &kRegex},
    {"std::__cxx11::basic_ostringstream", true, &kStream},
    {"std::__cxx11::basic_stringstream", true, &kStream},
    {"std::__cxx11::basic_stringbuf", true, &kStream},
    {"std::function", true, &kFunction},
    {"std::_Function_base", true, &kFunction},
    {"std::make_shared", true, &kShared},
    {"std::shared_ptr", true, &kShared},
    {"std::__shared_count", true, &kShared},
    {"std::make_unique", true, &kUnique},
    {"std::vector::push_back", true, &kVector},
    {"std::vector::emplace_back", true, &kVector},
    {"std::vector::_M_realloc_", true, &kVector},
    {"std::vector::_M_fill_insert", true, &kVector},
    {"std::vector", true, &kVectorSized},
    {"std::_Vector_base", true, &kVectorSized},
    {"std::__cxx11::basic_string::push_back", true, &kStringGrowth},
    {"std::__cxx11::basic_string::append", true, &kStringGrowth},
    {"std::__cxx11::basic_string::_M_append", true, &kStringGrowth},
    {"std::__cxx11::basic_string::operator+=", true, &kStringGrowth},
    {"std::__cxx11::basic_string::_M_mutate", true, &kStringGrowth},
    {"std::__cxx11::basic_string", true, &kString},
    {"std::operator+", true, &kString},
    {"std::__cxx11::to_string", true, &kString},
    {"std::__cxx11::list", true, &kNode},
    {"std::map", true, &kNode},
    {"std::set", true, &kNode},
    {"std::_Rb_tree", true, &kNode},
    {"std::unordered_map", true, &kNode},
    {"std::unordered_set", true, &kNode},
    {"std::_Hashtable", true, &kNode},
};

bool IsContainer(const Idiom* idiom) {
  return idiom == &kVecPush || idiom == &kVector || idiom == &kVectorSized || idiom == &kNode;
}

const Idiom* Of(std::string_view bare) {
  for (const Row& row : kRows) {
    const size_t at = bare.find(row.part);
    if (row.from_start ? at == 0 : at != bare.npos && at + row.part.size() == bare.size()) {
      return row.idiom;
    }
  }
  return nullptr;
}

}  // namespace

const Idiom* IdiomOf(const model::Profile& profile, const Frames& frames, uint32_t node,
                     uint32_t function) {
  const auto& nodes = profile.stacks.nodes();
  const Idiom* found = nullptr;
  for (; node != 0; node = nodes[node].parent) {
    for (const FrameRef& ref : frames.OfLocation(nodes[node].location)) {
      if (ref.function == function) return found;
      const Idiom* idiom = Of(BareName(frames.functions()[ref.function].name));
      // What a container's element asks for is not the container's.
      if (idiom != nullptr && (found == nullptr || !IsContainer(idiom))) found = idiom;
    }
  }
  return nullptr;
}

}  // namespace allocprof::analysis
