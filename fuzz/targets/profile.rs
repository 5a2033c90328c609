//! Any bytes as a RELAX NG profile, then, after a zero byte, a document for it.
#![no_main]

use chartrier_fuzz::model::Limits;
use chartrier_fuzz::seda::pass::check_profile;
use chartrier_fuzz::seda::relaxng::{self, Bundle, compile};
use libfuzzer_sys::fuzz_target;

const DOCUMENT: &[u8] = b"<a b='1' xml:id='x'><c>text 12</c><d/><c>2026-01-01</c></a>";

fuzz_target!(|bytes: &[u8]| {
    let (profile, document) = match bytes.iter().position(|&byte| byte == 0) {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, DOCUMENT),
    };
    let bounds = relaxng::Limits { patterns_max: 20_000, steps_max: 200_000, ..relaxng::Limits::default() };
    let Ok(profile) = compile(profile, &Bundle::new(), &bounds) else { return };
    let limits = Limits { findings_max: 50, ..Limits::default() };
    let _ = check_profile(document, &profile.grammar, &limits);
});
