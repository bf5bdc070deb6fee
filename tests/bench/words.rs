// SPDX-License-Identifier: Apache-2.0
// An allocation-bound Rust program for the overhead table: strings, vectors, a map, all short-lived.
// The argument says how many threads share the work, each with a map of its own.
use std::collections::HashMap;

fn work(rounds: u32) -> (usize, usize) {
    let mut lists: HashMap<String, Vec<String>> = HashMap::new();
    for i in 0..rounds {
        let key = format!("key {}", i.wrapping_mul(2_654_435_761) % 20_000);
        let list = lists.entry(key).or_default();
        list.push(i.to_string());
        if list.len() > 16 {
            list.clear();
        }
    }
    (lists.len(), lists.values().map(|l| l.len()).sum())
}

fn main() {
    let threads: u32 = std::env::args().nth(1).and_then(|a| a.parse().ok()).unwrap_or(1);
    if threads == 1 {
        println!("{:?}", work(600_000));
        return;
    }
    let all: Vec<_> = (0..threads)
        .map(|_| std::thread::spawn(move || work(600_000 / threads)))
        .collect();
    for one in all {
        println!("{:?}", one.join().expect("a thread ends well"));
    }
}
