// SPDX-License-Identifier: Apache-2.0
// What Rust programs allocate with: a growing Vec, a String, a HashMap, a Box, a thread.
// grow_vec pushes 1,000 u64: one allocation of 4 and 8 reallocations, 8 to 1,024 elements.
use std::collections::HashMap;
use std::thread;

#[inline(never)]
fn grow_vec(length: u64) -> Vec<u64> {
    let mut numbers = Vec::new();
    for i in 0..length {
        numbers.push(i);
    }
    numbers
}

#[inline(never)]
fn join_words(numbers: &[u64]) -> String {
    let mut text = String::new();
    for number in numbers {
        text.push_str(&number.to_string());
        text.push(' ');
    }
    text
}

#[inline(never)]
fn count_lengths(text: &str) -> HashMap<usize, Vec<String>> {
    let mut by_length: HashMap<usize, Vec<String>> = HashMap::new();
    for word in text.split_whitespace() {
        by_length.entry(word.len()).or_default().push(word.to_string());
    }
    by_length
}

#[inline(never)]
fn box_up(number: u64) -> Box<[u64; 16]> {
    Box::new([number; 16])
}

fn main() {
    let numbers = grow_vec(1000);
    let text = join_words(&numbers);
    let by_length = count_lengths(&text);
    let boxes: Vec<_> = numbers.iter().map(|number| box_up(*number)).collect();
    let sum = thread::spawn(move || boxes.iter().map(|b| b[0] + b[15]).sum::<u64>())
        .join()
        .expect("the thread ends well");
    println!("{} bytes of text, {} lengths, sum {}", text.len(), by_length.len(), sum);
}
