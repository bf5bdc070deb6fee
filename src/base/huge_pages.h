// SPDX-License-Identifier: Apache-2.0
//
// HugePages: a vector's allocator for arrays that are large and looked into at random. From kLeast
// bytes on they ask for huge pages: a five hundredth of the page faults, and of the TLB's misses.
// Where the kernel has none nothing changes. Throws std::bad_alloc. Thread-safety: has no state.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <vector>

namespace allocprof {

template <typename T>
struct HugePages {
  using value_type = T;

  static constexpr size_t kPage = size_t{2} << 20;
  static constexpr size_t kLeast = 2 * kPage;

  HugePages() = default;
  template <typename Other>
  HugePages(const HugePages<Other>&) {}

  T* allocate(size_t n) {
    if (n > SIZE_MAX / 2 / sizeof(T)) throw std::bad_alloc();
    const size_t bytes = n * sizeof(T);
    void* const memory = bytes < kLeast
                             ? std::malloc(bytes)
                             : std::aligned_alloc(kPage, (bytes + kPage - 1) / kPage * kPage);
    if (memory == nullptr) throw std::bad_alloc();
    if (bytes >= kLeast) madvise(memory, bytes, MADV_HUGEPAGE);
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, size_t) { std::free(memory); }

  bool operator==(const HugePages&) const { return true; }
};

template <typename T>
using HugeVector = std::vector<T, HugePages<T>>;

}  // namespace allocprof
