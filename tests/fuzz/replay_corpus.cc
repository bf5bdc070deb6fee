// SPDX-License-Identifier: Apache-2.0
//
// Runs a fuzz target over every file of the folders named, each in a buffer of exactly its size:
// what a fuzzer once found stays found, with any compiler and without a fuzzer.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "support/exact_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

int main(int argc, char** argv) {
  int replayed = 0;
  for (int i = 1; i < argc; i++) {
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string text((std::istreambuf_iterator<char>(in)),
                             std::istreambuf_iterator<char>());
      // Said before it runs: if it crashes, this is the last line.
      std::printf("%s (%zu bytes)\n", entry.path().filename().c_str(), text.size());
      std::fflush(stdout);
      const allocprof::test::ExactBytes bytes(text);
      LLVMFuzzerTestOneInput(bytes.begin(), bytes.size());
      replayed++;
    }
  }
  if (replayed == 0) std::fprintf(stderr, "replay_corpus: no inputs\n");
  return replayed == 0 ? 1 : 0;
}
