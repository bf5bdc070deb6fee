// SPDX-License-Identifier: Apache-2.0
// An allocation-bound Rust program for the overhead table: strings, vectors, a map, all short-lived.
use std::collections::HashMap;

fn main() {
    let mut lists: HashMap<String, Vec<String>> = HashMap::new();
    for i in 0..600_000u32 {
        let key = format!("key {}", i.wrapping_mul(2_654_435_761) % 20_000);
        let list = lists.entry(key).or_default();
        list.push(i.to_string());
        if list.len() > 16 {
            list.clear();
        }
    }
    let kept: usize = lists.values().map(|l| l.len()).sum();
    println!("{} {}", lists.len(), kept);
}
