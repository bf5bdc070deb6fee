// SPDX-License-Identifier: Apache-2.0
//
// Known for: the advice that each function is given, and none for those whose name ends in fine.
// tests/integration/advice.py holds the rules.
use std::collections::VecDeque;
use std::fmt::Write;
use std::hint::black_box;

// inline: SmallVec
#[inline(never)]
fn small_vec(n: usize) {
    let mut v: Vec<u32> = Vec::with_capacity(n % 8 + 1);
    v.push(n as u32);
    black_box(&v);
}

// inline: a value
#[inline(never)]
fn local_box(n: u64) {
    let b = Box::new([n; 4]);
    black_box(&b);
}

// inline: borrow
#[inline(never)]
fn cloned(text: &String) {
    let copy = text.clone();
    black_box(&copy);
}

// inline: write!
#[inline(never)]
fn formatted(n: usize) {
    let s = format!("a number, {}, in a sentence", n);
    black_box(&s);
}

// reserve
#[inline(never)]
fn grow(n: u32) {
    let mut v = Vec::new();
    for i in 0..n {
        v.push(black_box(i));
    }
    black_box(&v);
}

// reserve
#[inline(never)]
fn concatenated(n: u32) {
    let mut s = String::new();
    for _ in 0..n {
        s.push_str(black_box("a few words "));
    }
    black_box(&s);
}

// reuse: with_capacity and too large for a frame
#[inline(never)]
fn scratch_in_loop(times: usize) {
    for i in 0..times {
        let v: Vec<u8> = Vec::with_capacity(5000 + i);
        black_box(&v);
    }
}

// Nothing: one String for all, and it is cleared.
#[inline(never)]
fn reused_fine(times: usize) {
    let mut s = String::with_capacity(100);
    for i in 0..times {
        s.clear();
        write!(s, "number {}", i).unwrap();
        black_box(&s);
    }
}

struct Node {
    next: Option<Box<Node>>,
    payload: [u64; 6],
}

// arena
#[inline(never)]
fn build_list(n: u64) -> Option<Box<Node>> {
    let mut head = None;
    for i in 0..n {
        head = Some(Box::new(Node { next: head, payload: [i; 6] }));
    }
    head
}

#[inline(never)]
fn drop_list(mut head: Option<Box<Node>>) {
    while let Some(mut node) = head {
        black_box(node.payload[0]);
        head = node.next.take();
    }
}

// tiny
#[inline(never)]
fn boxes(out: &mut [Option<Box<u32>>]) {
    for (i, slot) in out.iter_mut().enumerate() {
        *slot = Some(Box::new(i as u32));
    }
}

// Nothing: each lives for a while.
#[inline(never)]
fn queue_fine(queue: &mut VecDeque<Vec<u8>>, i: usize) {
    queue.push_back(vec![1; 1000 + i * 37 % 5000]);
    if queue.len() > 200 {
        queue.pop_front();
    }
}

fn main() {
    let mut queue = VecDeque::with_capacity(300);
    let mut many: Vec<Option<Box<u32>>> = (0..20000).map(|_| None).collect();
    let text = "text that is cloned again and again".to_string();
    for round in 0..40 {
        for i in 0..50 {
            small_vec(i);
            local_box(i as u64);
            cloned(&text);
            formatted(i);
            queue_fine(&mut queue, i + round);
        }
        for _ in 0..20 {
            grow(200);
            concatenated(50);
        }
        scratch_in_loop(50);
        reused_fine(50);
        drop_list(build_list(500));
    }
    boxes(&mut many);
    black_box(&many);
}
