#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| switchyard_dialect_fuzz::accents::accent(bytes));
