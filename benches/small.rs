//! A small deposit: one manifest and three files of incompressible bytes, 200 KB in all. Shared by the benches.

#[path = "../tests/support/sip.rs"]
#[expect(dead_code, reason = "shared with the tests, which use the rest")]
pub mod sip;

/// Another one for each number.
pub fn deposit(number: usize) -> Vec<u8> {
    let mut sip = sip::Sip::with_files(&format!("BANC-{}-{number}", std::process::id()), 3);
    for (index, (_, bytes)) in sip.files.iter_mut().enumerate() {
        let mut state = (number * 3 + index + 1) as u64 | 1;
        bytes.extend((0..66_000).map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        }));
    }
    sip.zip()
}
