// SPDX-License-Identifier: Apache-2.0
//
// How the text report is drawn. Width is in columns of the terminal.
#pragma once

namespace allocprof::view {

struct TextOptions {
  int width = 80;
  bool color = false;
  bool utf8 = true;
  bool show_plumbing = false;  // every frame of the allocator and of container insides
  bool long_advice = false;    // every piece of advice, with its stack
};

}  // namespace allocprof::view
