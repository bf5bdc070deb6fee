// SPDX-License-Identifier: Apache-2.0
// How many allocations does this make? None in main; what there are is std's runtime's.
fn main() {}
