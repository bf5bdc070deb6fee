// SPDX-License-Identifier: Apache-2.0
//
// Hazard: an address freed by one thread is given to another at once. A tool that notes the free
// after the fact, or a realloc late, takes the two for one and invents leaks.
// Known: 400,000 allocations by four threads, none leaks.
#include <pthread.h>

#include "known.h"

static void* churn(void* unused) {
  (void)unused;
  for (int i = 0; i < 50000; i++) {
    char* p = (char*)known();
    // There and back: the block moves, and its old place is anybody's.
    p = (char*)realloc(p, 100000);
    CHECK(p != NULL && p[0] == 1);
    p = (char*)realloc(p, kKnown);
    CHECK(p != NULL && p[0] == 1);
    free(p);
  }
  return NULL;
}

int main(void) {
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], NULL, churn, NULL) == 0);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  return 0;
}
