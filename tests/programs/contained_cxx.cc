// SPDX-License-Identifier: Apache-2.0
//
// Known for: which of its allocations die before the frame that asked for them returns, with
// exceptions and the standard library in between. As contained.c: behind each function's number of
// blocks a call stands how many of them are contained.
#include <cstdlib>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#ifdef __clang__
#define APART __attribute__((noinline))
#else
#define APART __attribute__((noipa))
#endif

namespace known {

constexpr int kRounds = 100;

APART void Use(void* p) { *static_cast<volatile char*>(p) = 1; }

struct Failure {
  int code;
};

// 1, 0: the exception, freed where it is caught.
APART void Throw() { throw Failure{1}; }

// 1, 1: freed where the exception is caught.
APART void CatchAndFree() {
  void* p = std::malloc(16);
  Use(p);
  try {
    Throw();
  } catch (const Failure&) {
    std::free(p);
  }
}

// 3, 3: tried until it works.
APART void Retry() {
  for (int attempt = 0;; attempt++) {
    void* p = std::malloc(24);
    Use(p);
    try {
      if (attempt < 2) Throw();
      std::free(p);
      return;
    } catch (const Failure&) {
      std::free(p);
    }
  }
}

// 1, 1: freed by a destructor while an exception passes.
APART void Unwound() {
  const auto p = std::make_unique<long>(1);
  Use(p.get());
  Throw();
}

APART void CatchUnwound() {
  try {
    Unwound();
  } catch (const Failure&) {
  }
}

// 5, 5: 1, 2, 4, 8 and 16 elements.
APART void LocalVector() {
  std::vector<long> numbers;
  for (int i = 0; i < 16; i++) numbers.push_back(i);
  Use(numbers.data());
}

// 1, 0: moved out to the caller.
APART std::string MakeString(int number) {
  std::string text(40, 'x');
  text[0] = static_cast<char>('0' + number % 10);
  return text;
}

APART void StringUser(int number) {
  std::string text = MakeString(number);
  Use(text.data());
}

struct Big {
  long values[8];
};

// 1, 1: too large for the function object itself.
APART void LocalFunction() {
  Big big{};
  std::function<long(int)> f = [big](int i) { return big.values[i]; };
  if (f(1) != 0) std::abort();
}

// 1, 1
APART void LocalShared() {
  auto shared = std::make_shared<Big>();
  auto copy = shared;
  Use(copy.get());
}

class Base {
 public:
  virtual ~Base() = default;
  APART void Release() { delete this; }
};

class Derived : public Base {
 public:
  long value = 0;
};

// 1, 1: the object deletes itself, a call further in.
APART void ReleaseItself() {
  Base* object = new Derived;
  Use(reinterpret_cast<char*>(object) + sizeof(void*));
  object->Release();
}

// 1, 0: kept by an object that outlives the call.
class Store {
 public:
  APART void Set(int n) {
    data_ = std::make_unique<char[]>(static_cast<std::size_t>(n) + 1);
    Use(data_.get());
  }

 private:
  std::unique_ptr<char[]> data_;
};

}  // namespace known

int main() {
  using namespace known;
  Store store;
  for (int i = 0; i < kRounds; i++) {
    CatchAndFree();
    Retry();
    CatchUnwound();
    LocalVector();
    StringUser(i);
    LocalFunction();
    LocalShared();
    ReleaseItself();
    store.Set(i);
  }
  return 0;
}
