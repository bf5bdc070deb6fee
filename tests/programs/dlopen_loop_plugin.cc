// SPDX-License-Identifier: Apache-2.0
// The plugin that dlopen_loop opens and closes: its constructor keeps a vector until its
// destructor; plugin_work allocates twenty strings and throws and catches an exception, so
// the C++ unwinder runs in code that is about to go.
#include <stdexcept>
#include <string>
#include <vector>

static std::vector<int> made_at_load(100, 7);

extern "C" int plugin_work(int number) {
  std::vector<std::string> texts;
  for (int i = 0; i < 20; ++i) texts.emplace_back(40 + i, 'x');
  try {
    if (texts.size() == 20) throw std::runtime_error("thrown on purpose");
  } catch (const std::exception&) {
    return made_at_load[static_cast<size_t>(number) % 100] + static_cast<int>(texts.size());
  }
  return 0;
}
