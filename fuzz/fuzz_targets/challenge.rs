//! The query of a handshake.
#![no_main]

#[allow(dead_code, reason = "the other targets use the rest")]
#[path = "../../tests/it/webhook/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|data: &[u8]| checks::challenge(data));
