// SPDX-License-Identifier: Apache-2.0
// The same as C++: there a region ends by a destructor.
#include "client_regions.c"
