// SPDX-License-Identifier: Apache-2.0
//
// Known for: the advice that each function is given, and none for those whose name ends in Fine.
// tests/integration/advice.py holds the rules.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>
#include <memory>
#include <regex>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#define APART __attribute__((noipa))

namespace known {

APART void Use(const volatile void* p) { (void)*static_cast<const volatile char*>(p); }

// inline
APART void SmallBuffer(std::size_t size) {
  auto* p = static_cast<char*>(std::malloc(16 + size % 32));
  *p = 1;
  Use(p);
  std::free(p);
}

// inline, as a value
APART void LocalUnique(long value) {
  const auto p = std::make_unique<long>(value);
  Use(p.get());
}

// inline, as a value
APART void LocalShared(long value) {
  const auto p = std::make_shared<long>(value);
  Use(p.get());
}

// inline, without std::function
APART void LocalFunction(long value) {
  const long more[4] = {value, value, value, value};
  const std::function<long()> f = [more] { return more[0] + more[3]; };
  if (f() < 0) std::abort();
}

// inline, by std::to_chars
APART void Streamed(int value) {
  std::ostringstream out;
  out << "a value that is longer than what a string holds itself: " << value;
  if (out.str().empty()) std::abort();
}

// a regex compiled each time
APART void Compiled(const std::string& text) {
  const std::regex pattern("[a-z]+");
  if (!std::regex_match(text, pattern)) std::abort();
}

// reserve
APART void Grow(int count) {
  std::vector<long> numbers;
  for (int i = 0; i < count; i++) numbers.push_back(i);
  Use(numbers.data());
}

// The same with reserve(): one block, which fits into the frame.
APART void Reserved(int count) {
  std::vector<long> numbers;
  numbers.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; i++) numbers.push_back(i);
  Use(numbers.data());
}

// reuse: too large for a frame
APART void ScratchInLoop(int times) {
  for (int i = 0; i < times; i++) {
    std::vector<char> scratch(5000 + static_cast<std::size_t>(i) % 100);
    Use(scratch.data());
  }
}

// caller-buffer
APART std::string MakeName(int number) {
  std::string name(30, 'n');
  name[0] = static_cast<char>('0' + number % 10);
  return name;
}

APART void NameUser(int number) {
  const std::string name = MakeName(number);
  Use(name.data());
}

struct Node {
  Node* next;
  long payload[6];
};

// arena
APART Node* BuildList(int count) {
  Node* head = nullptr;
  for (int i = 0; i < count; i++) head = new Node{head, {}};
  return head;
}

APART void DropList(Node* head) {
  while (head != nullptr) {
    Node* next = head->next;
    delete head;
    head = next;
  }
}

// No advice: each lives for a while, in no order that helps.
APART void QueueFine(std::deque<std::unique_ptr<char[]>>& queue, int i) {
  queue.push_back(std::make_unique<char[]>(1000 + static_cast<std::size_t>(i) * 37 % 5000));
  if (queue.size() > 200) queue.pop_front();
}

// tiny
APART void Boxes(std::vector<std::unique_ptr<int>>& boxes, int count) {
  for (int i = 0; i < count; i++) boxes[static_cast<std::size_t>(i)] = std::make_unique<int>(i);
}

// leak-growing
void* volatile lost;
APART void LeakSome() {
  lost = std::malloc(100);
  *static_cast<char*>(lost) = 1;
}

// leak-once
APART void LeakTable() {
  static void* table;
  table = std::malloc(300000);
  Use(table);
  table = nullptr;
}

// cross-thread
APART void Produce(std::vector<std::atomic<char*>>& slots) {
  for (auto& slot : slots)
    slot = new char[64 + static_cast<std::size_t>(&slot - slots.data()) % 64];
}

APART void Consume(std::vector<std::atomic<char*>>& slots) {
  for (auto& slot : slots) {
    delete[] slot.load();
    std::this_thread::yield();
  }
}

// oversized
APART void Large(std::size_t more) {
  auto* p = static_cast<char*>(std::malloc(500000 + more));
  *p = 1;
  Use(p);
  std::free(p);
}

// intern
APART void Label(std::vector<std::string>& labels, const std::string& kind) {
  labels.push_back(kind);
}

// No advice: names of many lengths, each its own.
APART void NameFine(std::vector<std::string>& names, int i) {
  names.emplace_back(20 + static_cast<std::size_t>(i) * 7 % 40, static_cast<char>('a' + i % 26));
}

using Bytes = std::unique_ptr<char[]>;

// No advice: more and more of them, each larger, but held, and all freed when the program ends. So
// looks a leak, a buffer that grows, and what an arena could hold.
APART void KeepFine(std::vector<Bytes>& kept, int i) {
  kept.push_back(std::make_unique<char[]>(100 + static_cast<std::size_t>(i) * 3));
}

// No advice: tiny, but few.
APART void SomeBoxesFine(std::vector<std::unique_ptr<int>>& boxes, int count) {
  for (int i = 0; i < count; i++) boxes.push_back(std::make_unique<int>(i));
}

// No advice: large, but all needed at once.
APART void LargeFine(std::vector<Bytes>& kept) { kept.push_back(std::make_unique<char[]>(400000)); }

// No advice: a table as large as that which leaks, freed at the end.
APART Bytes TableFine() { return std::make_unique<char[]>(300000); }

}  // namespace known

int main() {
  using namespace known;
  const std::string kind = "a kind of record that many have";
  std::vector<std::string> labels, names;
  std::vector<Bytes> kept, large;
  std::vector<std::unique_ptr<int>> some_boxes;
  labels.reserve(3000);
  names.reserve(3000);
  kept.reserve(3000);
  large.reserve(100);
  some_boxes.reserve(5000);
  const Bytes table = TableFine();
  SomeBoxesFine(some_boxes, 5000);
  std::deque<std::unique_ptr<char[]>> queue;
  std::vector<std::unique_ptr<int>> boxes(20000);
  LeakTable();
  for (int round = 0; round < 40; round++) {
    for (int i = 0; i < 50; i++) {
      SmallBuffer(static_cast<std::size_t>(i));
      LocalUnique(i);
      LocalShared(i);
      LocalFunction(i);
      Streamed(i);
      NameUser(i);
      QueueFine(queue, i + round);
      Reserved(60);
      LeakSome();
      Label(labels, kind);
      NameFine(names, i + round * 50);
      KeepFine(kept, i + round * 50);
    }
    for (int i = 0; i < 5; i++) Compiled("word");
    for (int i = 0; i < 20; i++) Grow(200);
    ScratchInLoop(50);
    DropList(BuildList(500));
    Large(static_cast<std::size_t>(round) * 1000);
    LargeFine(large);
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  Boxes(boxes, 20000);
  std::vector<std::atomic<char*>> slots(3000);
  Produce(slots);
  std::thread([&] {
    Consume(slots);
    // The same thread frees them, beside another that works.
    std::deque<std::unique_ptr<char[]>> own;
    for (int i = 0; i < 2000; i++) QueueFine(own, i);
  }).join();
  // To the end of the run, however long all that took.
  for (int i = 0; i < 30; i++) {
    LeakSome();
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return 0;
}
