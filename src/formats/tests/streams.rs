//! Windows, and what goes by between them.

use super::super::{Signatures, Warning};
use super::{named, plain, signatures, small, streamed};

/// A format told by its beginning and a declaration anywhere, another by its beginning alone, another by its end.
fn declared() -> Signatures {
    let anywhere = plain("BOFoffset", 0, 0, "'%DOC'") + &plain("", 0, 0, "'declares=' ('A'|'B')");
    let all = [anywhere, plain("BOFoffset", 0, 0, "'%DOC'"), plain("EOFoffset", 0, 2, "'TAIL'")];
    signatures(&[&all[0], &all[1], &all[2]]).with_settings(small())
}

fn puids(signatures: &Signatures, bytes: &[u8]) -> Vec<String> {
    let found = named(signatures, bytes, "");
    let told: Vec<String> =
        found.format.iter().chain(&found.others).map(|format| format.puid.clone()).collect();
    for piece in [1, 7, 256, 300, 769, 1 << 16] {
        let other = streamed(signatures, bytes, piece, "");
        let other: Vec<_> =
            other.format.iter().chain(&other.others).map(|format| format.puid.clone()).collect();
        assert_eq!(other, told, "a stream in pieces of {piece} tells the same, {} bytes", bytes.len());
    }
    told
}

/// `%DOC`, and `what` at a place of a file of this size.
fn document(size: usize, what: &[u8], at: usize) -> Vec<u8> {
    let mut bytes = vec![b'.'; size];
    bytes[..4].copy_from_slice(b"%DOC");
    bytes[at..at + what.len()].copy_from_slice(what);
    bytes
}

#[test]
fn a_declaration_is_found_wherever_it_lies() {
    let signatures = declared();
    for at in [10, 500, 510, 760, 765, 768, 2_000, 4_090, 19_700, 19_745, 19_990] {
        let bytes = document(20_000, b"declares=B", at);
        assert_eq!(puids(&signatures, &bytes), ["test/1", "test/2"], "at {at}");
    }
    assert_eq!(puids(&signatures, &document(20_000, b"declares=C", 9_000)), ["test/2"]);
}

#[test]
fn what_nothing_holds_is_found_wherever_it_lies() {
    let signatures = signatures(&[&plain("", 0, 0, "'ADRIFT'")]).with_settings(small());
    for at in [10, 765, 9_000, 19_742, 19_990] {
        assert_eq!(puids(&signatures, &document(20_000, b"ADRIFT", at)), ["test/1"], "at {at}");
    }
    assert!(puids(&signatures, &document(20_000, b"", 0)).is_empty());
}

#[test]
fn the_end_is_found_across_whatever_window_it_lies() {
    let signatures = declared();
    for size in [100, 511, 512, 513, 766, 767, 768, 769, 770, 771, 772, 1_023, 1_024, 1_025, 5_000] {
        let bytes = document(size, b"TAIL", size - 5);
        assert_eq!(puids(&signatures, &bytes), ["test/2", "test/3"], "{size} bytes");
    }
}

#[test]
fn a_stream_of_declarations_does_not_fill_the_memory() {
    let signatures = declared();
    let mut sniffer = signatures.sniffer();
    sniffer.feed(b"%DOC");
    for _ in 0..5_000 {
        sniffer.feed(&[&b"declares="[..], &[b'.'; 9_000]].concat());
    }
    let found = sniffer.conclude("").expect("memory can be read");
    let super::Sniffed::Known(found) = found else { panic!("no container") };
    assert_eq!(found.puid(), Some("test/2"));
    assert!(found.warnings.contains(&Warning::Cut), "a bound was met: {:?}", found.warnings);
}

#[test]
fn nothing_is_held_of_a_long_file_but_its_windows() {
    let signatures = declared();
    let mut sniffer = signatures.sniffer();
    for _ in 0..1_000 {
        sniffer.feed(&[b'.'; 4_096]);
    }
    assert!(!sniffer.has_room_for(1));
    assert_eq!(sniffer.held().len(), 768);
    assert!(
        sniffer.view().between(0, u64::MAX >> 20).map(|(_, bytes)| bytes.len()).sum::<usize>() <= 768 + 512
    );
}
