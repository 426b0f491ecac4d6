#![no_main]

use switchyard_fuzz::speak;
use switchyard_types::Dialect;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| speak(Dialect::Gemini, bytes));
