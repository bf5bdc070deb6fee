// SPDX-License-Identifier: Apache-2.0
#include "mapping.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <memory>
#include <thread>

namespace allocprof {
namespace {

uintptr_t Address(const void* p) { return reinterpret_cast<uintptr_t>(p); }

void ExpectMapped(uintptr_t address) {
  Mapping m{};
  ASSERT_TRUE(FindMapping(address, &m));
  EXPECT_LE(m.low, address);
  EXPECT_GT(m.high, address);
  EXPECT_EQ(m.low % 4096, 0u);
  EXPECT_EQ(m.high % 4096, 0u);
}

TEST(MappingTest, TheStackIsMapped) {
  const int local = 0;
  ExpectMapped(Address(&local));
}

TEST(MappingTest, AThreadsStackIsMapped) {
  std::thread([] {
    const int local = 0;
    ExpectMapped(Address(&local));
  }).join();
}

TEST(MappingTest, TheHeapIsMapped) {
  const auto small = std::make_unique<char[]>(100);
  const auto large = std::make_unique<char[]>(1 << 24);
  ExpectMapped(Address(small.get()));
  ExpectMapped(Address(large.get()));
}

TEST(MappingTest, CodeIsMapped) { ExpectMapped(reinterpret_cast<uintptr_t>(&FindMapping)); }

TEST(MappingTest, AMappingHasItsFirstByteAndNotTheOneBehindItsLast) {
  // Three pages of which the outer two are given back.
  auto* pages =
      static_cast<char*>(mmap(nullptr, 3 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(pages, MAP_FAILED);
  ASSERT_EQ(munmap(pages, 4096), 0);
  ASSERT_EQ(munmap(pages + 2 * 4096, 4096), 0);
  const uintptr_t page = Address(pages) + 4096;
  Mapping m{};
  for (const uintptr_t inside : {page, page + 1, page + 4095}) {
    ASSERT_TRUE(FindMapping(inside, &m));
    EXPECT_EQ(m.low, page);
    EXPECT_EQ(m.high, page + 4096);
  }
  EXPECT_FALSE(FindMapping(page - 1, &m));
  EXPECT_FALSE(FindMapping(page + 4096, &m));
  munmap(pages + 4096, 4096);
}

TEST(MappingTest, AddressesOfNothingAreNotMapped) {
  Mapping m{};
  for (const uintptr_t address :
       {uintptr_t{0}, uintptr_t{4095}, uintptr_t{1} << 47, UINTPTR_MAX / 2}) {
    EXPECT_FALSE(FindMapping(address, &m)) << address;
  }
}

TEST(MappingTest, NoDescriptorIsLeftOpen) {
  const int before = dup(0);
  close(before);
  Mapping m{};
  for (int i = 0; i < 100; i++) FindMapping(Address(&m), &m);
  const int after = dup(0);
  close(after);
  EXPECT_EQ(before, after);
}

}  // namespace
}  // namespace allocprof
