//! Every construct of PRONOM's writing, matched and just not matched.

use super::super::syntax;
use super::{file, format_of, holds, matched, plain, read, sequence, signature, signatures};

/// A sequence, bytes it matches, bytes it does not.
type Tried = (&'static str, &'static [&'static [u8]], &'static [&'static [u8]]);

#[test]
fn a_sequence_is_held_at_the_beginning_between_its_offsets() {
    let exact = signatures(&[&plain("BOFoffset", 2, 2, "4142")]);
    assert!(holds(&exact, b"..AB"));
    assert!(!holds(&exact, b".AB") && !holds(&exact, b"...AB"));
    let ranged = signatures(&[&plain("BOFoffset", 1, 3, "4142")]);
    let held = [&b"AB"[..], b".AB", b"..AB", b"...AB", b"....AB"].map(|bytes| holds(&ranged, bytes));
    assert_eq!(held, [false, true, true, true, false]);
}

#[test]
fn a_sequence_is_held_at_the_end_between_its_offsets() {
    let ranged = signatures(&[&plain("EOFoffset", 1, 2, "4142")]);
    let held = [&b"..AB"[..], b"..AB.", b"..AB..", b"..AB..."].map(|bytes| holds(&ranged, bytes));
    assert_eq!(held, [false, true, true, false]);
}

#[test]
fn a_sequence_held_nowhere_is_found_anywhere() {
    let loose = signatures(&[&plain("", 0, 0, "414243")]);
    for bytes in [&b"ABC"[..], b"......ABC", b"..ABC....."] {
        assert!(holds(&loose, bytes));
    }
    assert!(!holds(&loose, b"AB.C") && !holds(&loose, b""));
}

#[test]
fn all_sequences_of_a_signature_must_match() {
    let both = plain("BOFoffset", 0, 0, "4142") + &plain("EOFoffset", 0, 0, "5A");
    let both = signatures(&[&both]);
    assert!(holds(&both, b"AB..Z"));
    assert!(!holds(&both, b"AB..") && !holds(&both, b"..Z"));
}

#[test]
fn fragments_lie_around_the_sequence_at_their_distances() {
    let inside = "<Sequence>4D4D</Sequence>\
        <LeftFragment MinOffset=\"1\" MaxOffset=\"2\" Position=\"1\">4C</LeftFragment>\
        <LeftFragment MinOffset=\"0\" MaxOffset=\"0\" Position=\"2\">4B</LeftFragment>\
        <RightFragment MinOffset=\"2\" MaxOffset=\"2\" Position=\"1\">4E</RightFragment>\
        <RightFragment MinOffset=\"0\" MaxOffset=\"1\" Position=\"2\">4F</RightFragment>";
    let one = signatures(&[&sequence("BOFoffset", 0, 0, inside)]);
    for bytes in [&b"KL.MM..NO"[..], b"KL..MM..N.O"] {
        assert!(holds(&one, bytes), "{bytes:?}");
    }
    for bytes in [&b"KLMM..NO"[..], b"KL...MM..NO", b"KL.MM.NO", b"KL.MM..N..O", b".KL.MM..NO", b"L.MM..NO"] {
        assert!(!holds(&one, bytes), "{bytes:?}");
    }
}

#[test]
fn fragments_of_one_position_are_alternatives_of_any_width() {
    let inside = "<Sequence>5858</Sequence>\
        <LeftFragment MinOffset=\"0\" MaxOffset=\"0\" Position=\"1\">0A</LeftFragment>\
        <LeftFragment MinOffset=\"0\" MaxOffset=\"0\" Position=\"1\">0D0A</LeftFragment>\
        <LeftFragment MinOffset=\"0\" MaxOffset=\"0\" Position=\"2\">41</LeftFragment>\
        <RightFragment MinOffset=\"0\" MaxOffset=\"0\" Position=\"1\">0A</RightFragment>\
        <RightFragment MinOffset=\"1\" MaxOffset=\"1\" Position=\"1\">2E</RightFragment>";
    let one = signatures(&[&sequence("BOFoffset", 0, 0, inside)]);
    for bytes in [&b"A\nXX\n"[..], b"A\r\nXX\n", b"A\r\nXX_."] {
        assert!(holds(&one, bytes), "{bytes:?}");
    }
    for bytes in [&b"A\rXX\n"[..], b"A\n\nXX\n", b"A\nXX.", b"AXX\n"] {
        assert!(!holds(&one, bytes), "{bytes:?}");
    }
}

#[test]
fn subsequences_follow_one_another_from_the_beginning() {
    let parts = "<ByteSequence Reference=\"BOFoffset\">\
        <SubSequence Position=\"1\" SubSeqMinOffset=\"0\" SubSeqMaxOffset=\"0\"><Sequence>41</Sequence></SubSequence>\
        <SubSequence Position=\"2\" SubSeqMinOffset=\"2\"><Sequence>42</Sequence></SubSequence>\
        <SubSequence Position=\"3\" SubSeqMinOffset=\"0\" SubSeqMaxOffset=\"1\"><Sequence>43</Sequence></SubSequence>\
        </ByteSequence>";
    let one = signatures(&[parts]);
    for bytes in [&b"A..BC"[..], b"A....B.C", b"A..B..BC", b"AB.B.C"] {
        assert!(holds(&one, bytes), "{bytes:?}");
    }
    for bytes in [&b"A.BC"[..], b"A..B..C", b".A..BC", b"A..CB"] {
        assert!(!holds(&one, bytes), "{bytes:?}");
    }
}

#[test]
fn subsequences_precede_one_another_from_the_end() {
    let parts = "<ByteSequence Reference=\"EOFoffset\">\
        <SubSequence Position=\"1\" SubSeqMinOffset=\"1\" SubSeqMaxOffset=\"2\"><Sequence>41</Sequence></SubSequence>\
        <SubSequence Position=\"2\" SubSeqMinOffset=\"0\" SubSeqMaxOffset=\"1\"><Sequence>42</Sequence></SubSequence>\
        </ByteSequence>";
    let one = signatures(&[parts]);
    for bytes in [&b"...A.B"[..], b"A..B.", b"A.B."] {
        assert!(holds(&one, bytes), "{bytes:?}");
    }
    for bytes in [&b"AB"[..], b"A...B", b"A.B.."] {
        assert!(!holds(&one, bytes), "{bytes:?}");
    }
}

#[test]
fn classes_ranges_negations_and_masks_hold_one_byte_or_several() {
    let tables: [Tried; 12] = [
        ("41??43", &[b"ABC", b"A\0C"], &[b"AC", b"ABB"]),
        ("41[30:39]43", &[b"A0C", b"A9C"], &[b"A/C", b"A:C"]),
        ("41[!30]43", &[b"A1C"], &[b"A0C", b"AC"]),
        ("41[!30:39]43", &[b"A:C"], &[b"A5C"]),
        ("41[0000:1000]", &[b"A\0\0", b"A\x0f\xff", b"A\x10\0"], &[b"A\x10\x01", b"A\x20\0", b"A\0"]),
        ("41[!0000]", &[b"A\0\x01", b"A\x01\0"], &[b"A\0\0"]),
        ("41[&amp;01]", &[b"A\x01", b"A\x03"], &[b"A\x02"]),
        ("41[!&amp;01]00", &[b"A\x02\0"], &[b"A\x01\0"]),
        ("41[~03]", &[b"A\x01", b"A\x02"], &[b"A\x04"]),
        ("'A'['6'-'7']00", &[b"A6\0", b"A7\0"], &[b"A8\0"]),
        ("41[0A 0D]", &[b"A\n", b"A\r"], &[b"A\x0b"]),
        ("\"it's\" 0A", &[b"it's\n"], &[b"its\n"]),
    ];
    for (text, held, other) in tables {
        let one = signatures(&[&plain("BOFoffset", 0, 0, text)]);
        held.iter().for_each(|bytes| assert!(holds(&one, bytes), "{text}: {bytes:?}"));
        other.iter().for_each(|bytes| assert!(!holds(&one, bytes), "{text}: {bytes:?}"));
    }
}

#[test]
fn gaps_and_alternatives_may_stand_inside_a_sequence() {
    let tables: [Tried; 6] = [
        ("41{2}42", &[b"A..B"], &[b"A.B", b"A...B"]),
        ("41{1-2}42", &[b"A.B", b"A..B"], &[b"AB", b"A...B"]),
        ("41{1-*}42", &[b"A.B", b"A.......B"], &[b"AB"]),
        ("41*42", &[b"AB", b"A.....B"], &[b"BA"]),
        ("'v=' (22|27) '1' (22|27)", &[b"v=\"1\"", b"v='1'"], &[b"v=1", b"v=\"2\""]),
        ("41(42|4343|[30:39])44", &[b"ABD", b"ACCD", b"A7D"], &[b"ACD", b"AD"]),
    ];
    for (text, held, other) in tables {
        let one = signatures(&[&plain("BOFoffset", 0, 0, text)]);
        held.iter().for_each(|bytes| assert!(holds(&one, bytes), "{text}: {bytes:?}"));
        other.iter().for_each(|bytes| assert!(!holds(&one, bytes), "{text}: {bytes:?}"));
    }
}

#[test]
fn several_signatures_are_told_at_once() {
    let several = signatures(&[
        &plain("BOFoffset", 0, 0, "4142"),
        &plain("BOFoffset", 0, 0, "414243"),
        &plain("EOFoffset", 0, 4, "5A"),
        &plain("", 0, 0, "4D4E"),
        &plain("BOFoffset", 3, 9000, "4D4E4F"),
    ]);
    assert_eq!(matched(&several, b"ABCMNOZ"), ["test/1", "test/2", "test/3", "test/4", "test/5"]);
    assert_eq!(matched(&several, b"AB.MN"), ["test/1", "test/4"]);
    assert_eq!(matched(&several, b"......"), Vec::<String>::new());
}

#[test]
fn what_is_not_understood_is_left_out_and_named() {
    for wrong in
        ["4", "GG", "41[", "41[42:41]", "41[4142:43]", "41{2", "41(42", "41)", "'ab", "41(42*43|44)", ""]
    {
        assert!(syntax::read(wrong).is_err(), "{wrong:?} is refused");
        let bad = plain("BOFoffset", 0, 0, wrong);
        let both = signature(1, &bad) + &signature(2, &plain("BOFoffset", 0, 0, "41"));
        let read = read(&file(&both, &(format_of(1) + &format_of(2)))).expect("the rest serves");
        assert_eq!(read.left_out().len(), 1, "{wrong:?}");
        assert_eq!(read.left_out()[0].0, "1");
        assert_eq!(matched(&read, b"A"), ["test/2"]);
    }
    let indirect = plain("IndirectOffset", 0, 0, "41");
    let read = read(&file(&signature(1, &indirect), &format_of(1))).expect("a signature file");
    assert!(read.left_out()[0].1.contains("IndirectOffset"), "{:?}", read.left_out());
}
