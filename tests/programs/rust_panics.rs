// SPDX-License-Identifier: Apache-2.0
// Panics that unwind through frames with destructors, caught and begun again, on the main thread and
// on another: every landing pad allocates or frees. Prints how many were caught.
use std::panic;
use std::thread;

struct Noisy(String);

impl Drop for Noisy {
    fn drop(&mut self) {
        let copy = format!("{} dropped", self.0);
        std::hint::black_box(copy);
    }
}

#[inline(never)]
fn descend(depth: u32, until: u32) -> usize {
    let here = Noisy(format!("frame {depth}"));
    if depth == until {
        panic!("at {depth}: {}", here.0);
    }
    descend(depth + 1, until) + here.0.len()
}

fn catch(rounds: u32) -> u32 {
    (0..rounds)
        .filter(|round| panic::catch_unwind(|| descend(0, round % 40)).is_err())
        .count() as u32
}

fn main() {
    panic::set_hook(Box::new(|info| {
        std::hint::black_box(info.to_string());
    }));
    let other = thread::spawn(|| catch(300));
    let here = catch(300);
    println!("{} caught", here + other.join().expect("the thread ends well"));
}
