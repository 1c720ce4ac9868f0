//! Ways to end a wasm instance, for the tests that watch the edge function start another. They are
//! linked to the function here, and not in what is shipped.

#![expect(
    clippy::panic,
    clippy::arithmetic_side_effects,
    reason = "it is what they are for"
)]

use std::hint::black_box;

use wasm_bindgen::prelude::wasm_bindgen;

// What makes `configure` and `handle` of the function exports of this module too.
pub use balagh_edge::worker;

/// Ends the instance by a `panic`, a full `stack` or by all of its `memory`.
#[wasm_bindgen]
pub fn trap(how: &str) {
    match how {
        "stack" => drop(deeper(0)),
        // Asked for and never touched: the machine gives none of it.
        "memory" => loop {
            std::mem::forget(black_box(Vec::<u8>::with_capacity(1 << 30)));
        },
        _ => panic!("as asked"),
    }
}

fn deeper(depth: u64) -> u64 {
    let room = black_box([depth; 64]);
    // It always does; the compiler is not told.
    if black_box(true) {
        deeper(depth + 1) + room.iter().sum::<u64>()
    } else {
        0
    }
}
