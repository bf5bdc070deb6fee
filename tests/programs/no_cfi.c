// SPDX-License-Identifier: Apache-2.0
// Allocations below code that has no unwind tables: C built without them but with frame pointers
// (no_cfi_code.c), and assembly that keeps a frame pointer, or that does not. Prints how many
// blocks it was given; argv[1] says how often each is called.
#include <stdio.h>
#include <stdlib.h>

void* allocate_below(int depth, size_t size);  // no_cfi_code.c
void* asm_with_frame(void* (*call)(size_t), size_t size);
void* asm_without_frame(void* (*call)(size_t), size_t size);

// Neither has a line of CFI. The second leaves rbp as its caller has it: a walk by frame pointers
// goes on at the caller's caller, or stops; it must not read outside the stack for it.
__asm__(
    ".text\n"
    ".type asm_with_frame, @function\n"
    "asm_with_frame:\n"
    "  push %rbp\n  mov %rsp, %rbp\n  mov %rdi, %rax\n  mov %rsi, %rdi\n  call *%rax\n"
    "  pop %rbp\n  ret\n"
    ".size asm_with_frame, . - asm_with_frame\n"
    ".type asm_without_frame, @function\n"
    "asm_without_frame:\n"
    "  sub $40, %rsp\n  mov %rdi, %rax\n  mov %rsi, %rdi\n  call *%rax\n  add $40, %rsp\n  ret\n"
    ".size asm_without_frame, . - asm_without_frame\n");

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? atoi(argv[1]) : 100;
  int given = 0;
  for (int i = 0; i < rounds; i++) {
    void* blocks[] = {allocate_below(i % 30, 24), asm_with_frame(malloc, 40),
                      asm_without_frame(malloc, 56)};
    for (size_t k = 0; k < sizeof(blocks) / sizeof(blocks[0]); k++) {
      given += blocks[k] != NULL;
      free(blocks[k]);
    }
  }
  printf("%d blocks\n", given);
  return 0;
}
