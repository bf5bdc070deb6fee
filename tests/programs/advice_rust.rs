// SPDX-License-Identifier: Apache-2.0
//
// Known for: the advice that each function is given, and none for those whose name ends in fine.
// tests/integration/advice.py holds the rules.
use std::collections::VecDeque;
use std::fmt::Write;
use std::hint::black_box;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

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

// The same with with_capacity: one block, which fits into the frame.
#[inline(never)]
fn reserved(n: u64) {
    let mut v = Vec::with_capacity(n as usize);
    for i in 0..n {
        v.push(black_box(i));
    }
    black_box(&v);
}

// caller-buffer
#[inline(never)]
fn make_name(n: u8) -> String {
    let mut name = String::with_capacity(30);
    name.push((b'a' + n % 26) as char);
    name
}

#[inline(never)]
fn name_user(n: u8) {
    let name = make_name(n);
    black_box(&name);
}

// intern
#[inline(never)]
fn label(labels: &mut Vec<String>, kind: &String) {
    labels.push(kind.clone());
}

// Nothing: names of many lengths, each its own.
#[inline(never)]
fn name_fine(names: &mut Vec<String>, name: &str) {
    names.push(name.to_string());
}

// Nothing: more and more, each larger, but held, and all dropped when the program ends.
#[inline(never)]
fn keep_fine(kept: &mut Vec<Vec<u8>>, i: usize) {
    kept.push(vec![1; 100 + i * 3]);
}

// Nothing: tiny, but few.
#[inline(never)]
fn some_boxes_fine(boxes: &mut Vec<Box<u32>>) {
    for i in 0..5000 {
        boxes.push(Box::new(i));
    }
}

// leak-growing
#[inline(never)]
fn leak_some() {
    black_box(Box::leak(Box::new([1u8; 100])));
}

// leak-once
#[inline(never)]
fn leak_table() {
    black_box(Vec::leak(vec![1u8; 300000]));
}

// Nothing: as large, dropped at the end.
#[inline(never)]
fn table_fine() -> Vec<u8> {
    vec![1; 300000]
}

// oversized
#[inline(never)]
fn large(more: usize) {
    let v = vec![1u8; 500000 + more];
    black_box(&v);
}

// Nothing: large, but all needed at once.
#[inline(never)]
fn large_fine(kept: &mut Vec<Vec<u8>>) {
    kept.push(vec![1; 400000]);
}

// cross-thread
#[inline(never)]
fn produce(to: &mpsc::Sender<Vec<u8>>) {
    for i in 0..3000 {
        to.send(vec![1; 64 + i % 64]).unwrap();
    }
}

fn main() {
    let kind = "a kind of record".to_string();
    let (mut labels, mut names) = (Vec::with_capacity(3000), Vec::with_capacity(3000));
    let (mut kept, mut held) = (Vec::with_capacity(3000), Vec::with_capacity(100));
    let mut few = Vec::with_capacity(5000);
    let table = table_fine();
    let letters = "x".repeat(100);
    some_boxes_fine(&mut few);
    leak_table();
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
            reserved(60);
            name_user(i as u8);
            leak_some();
            label(&mut labels, &kind);
            let n = i + round * 50;
            name_fine(&mut names, &letters[..20 + n * 7 % 40]);
            keep_fine(&mut kept, n);
        }
        for _ in 0..20 {
            grow(200);
            concatenated(50);
        }
        scratch_in_loop(50);
        reused_fine(50);
        drop_list(build_list(500));
        large(round * 1000);
        large_fine(&mut held);
        thread::sleep(Duration::from_millis(2));
    }
    boxes(&mut many);
    black_box(&many);
    let (to, from) = mpsc::channel::<Vec<u8>>();
    let consumer = thread::spawn(move || {
        for v in from {
            black_box(&v);
        }
        let mut own = VecDeque::with_capacity(300);
        for i in 0..2000 {
            queue_fine(&mut own, i);
        }
    });
    produce(&to);
    drop(to);
    consumer.join().unwrap();
    // To the end of the run, however long all that took.
    for _ in 0..30 {
        leak_some();
        thread::sleep(Duration::from_millis(2));
    }
    black_box((&labels, &names, &kept, &held, &few, &table));
}
