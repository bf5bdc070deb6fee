// SPDX-License-Identifier: Apache-2.0
// Writes without allocating: stdio would add a buffer to the counts a program is known for.
#pragma once
#include <stddef.h>
#include <string.h>
#include <unistd.h>

static inline void say(const char* text) {
  size_t left = strlen(text);
  while (left > 0) {
    ssize_t written = write(STDOUT_FILENO, text, left);
    if (written <= 0) _exit(120);
    text += written;
    left -= (size_t)written;
  }
}

static inline void say_number(const char* name, unsigned long value) {
  char digits[24];
  char* at = digits + sizeof digits - 1;
  *at = '\0';
  do {
    *--at = (char)('0' + value % 10);
    value /= 10;
  } while (value > 0);
  say(name);
  say(" ");
  say(at);
  say("\n");
}
