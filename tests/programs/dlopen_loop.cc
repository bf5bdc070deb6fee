// SPDX-License-Identifier: Apache-2.0
// One thread opens, calls and closes a plugin over and over while another allocates, for as
// many seconds as argv[1] says; then exits 0 (1 when a call into the plugin went wrong). A
// recorder that takes the loader's lock in a hook deadlocks here; SIGALRM ends the process then.
// Both threads rest a little in each round: a minute of full speed would fill the disk.
#include <dlfcn.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "say.h"

static std::atomic<bool> stop{false};

static void rest() { std::this_thread::sleep_for(std::chrono::microseconds(200)); }

static void allocate_in_bursts() {
  while (!stop) {
    for (std::size_t i = 0; i < 60; ++i) std::free(std::malloc(16 + i));
    rest();
  }
}

static unsigned long open_and_close(const char* plugin) {
  unsigned long rounds = 0;
  while (!stop) {
    void* handle = dlopen(plugin, RTLD_NOW);
    if (handle == nullptr) return 0;
    auto work = reinterpret_cast<int (*)(int)>(dlsym(handle, "plugin_work"));
    if (work == nullptr || work(static_cast<int>(rounds)) != 27) return 0;
    dlclose(handle);
    ++rounds;
    rest();
  }
  return rounds;
}

int main(int argc, char** argv) {
  const unsigned seconds = argc > 1 ? static_cast<unsigned>(std::atoi(argv[1])) : 1;
  alarm(seconds + 20);
  unsigned long rounds = 0;
  std::thread opener([&] { rounds = open_and_close(DLOPEN_LOOP_PLUGIN); });
  std::thread allocator(allocate_in_bursts);
  std::this_thread::sleep_for(std::chrono::seconds(seconds));
  stop = true;
  opener.join();
  allocator.join();
  say(rounds > 0 ? "rounds ended well\n" : "the plugin could not be used\n");
  return rounds > 0 ? 0 : 1;
}
