// SPDX-License-Identifier: Apache-2.0
#include "run_arguments.h"

#include <algorithm>
#include <cstddef>

namespace allocprof::cli {

RunArguments SplitRunArguments(const std::vector<std::string>& words,
                               const std::vector<std::string>& valued) {
  RunArguments split;
  size_t at = 0;
  while (at < words.size()) {
    const std::string& word = words[at];
    if (word == "--") {
      at++;
      break;
    }
    if (word.size() < 2 || word[0] != '-') break;
    split.own.push_back(word);
    at++;
    // "--ring=64K" and "-ofile" hold their value.
    const bool takes_next = std::find(valued.begin(), valued.end(), word) != valued.end();
    if (takes_next && at < words.size() && words[at] != "--") split.own.push_back(words[at++]);
  }
  split.command.assign(words.begin() + static_cast<ptrdiff_t>(at), words.end());
  return split;
}

}  // namespace allocprof::cli
