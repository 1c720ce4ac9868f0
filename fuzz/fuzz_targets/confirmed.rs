#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| balagh_fuzz::run("confirmed", bytes));
