//! From what matched to one answer.

use super::super::{Basis, Warning};
use super::{file, named, plain, read, signature};
use crate::formats::Signatures;

/// Formats 1 to 3 by their first byte, 4 and 5 by extension only, plain text.
fn several() -> Signatures {
    let signatures: String = [(1, "41"), (2, "4142"), (3, "414243"), (9, "5A")]
        .map(|(id, text)| signature(id, &plain("BOFoffset", 0, 0, text)))
        .concat();
    let format = |id: u32, puid: &str, inside: &str| {
        format!(
            "<FileFormat ID=\"{id}\" PUID=\"{puid}\" Name=\"N{id}\" MIMEType=\"a/b\">{inside}</FileFormat>"
        )
    };
    let formats = [
        format(1, "t/1", "<InternalSignatureID>1</InternalSignatureID><Extension>one</Extension>"),
        format(
            2,
            "t/2",
            "<InternalSignatureID>2</InternalSignatureID><Extension>two</Extension>\
             <HasPriorityOverFileFormatID>1</HasPriorityOverFileFormatID>",
        ),
        format(
            3,
            "t/3",
            "<InternalSignatureID>3</InternalSignatureID><Extension>three</Extension>\
             <HasPriorityOverFileFormatID>2</HasPriorityOverFileFormatID>",
        ),
        format(4, "t/4", "<Extension>four</Extension><Extension>both</Extension>"),
        format(5, "t/5", "<Extension>BOTH</Extension>"),
        format(6, "x-fmt/111", "<Extension>txt</Extension>"),
        format(7, "t/7", "<InternalSignatureID>9</InternalSignatureID><Extension>seven</Extension>"),
        format(8, "t/8", "<InternalSignatureID>9</InternalSignatureID><Extension>eight</Extension>"),
    ];
    read(&file(&signatures, &formats.concat())).expect("a signature file")
}

fn told(bytes: &[u8], name: &str) -> (Option<String>, Basis, Vec<Warning>) {
    let found = named(&several(), bytes, name);
    (found.puid().map(str::to_owned), found.basis, found.warnings)
}

#[test]
fn preference_goes_through_formats_that_did_not_match_as_well() {
    let puid = |bytes: &[u8]| told(bytes, "").0;
    assert_eq!(puid(b"A\0"), Some("t/1".into()));
    assert_eq!(puid(b"AB\0"), Some("t/2".into()));
    // 3 is preferred to 2, and 2 to 1.
    assert_eq!(puid(b"ABC\0"), Some("t/3".into()));
}

#[test]
fn among_several_those_of_the_extension_are_kept() {
    assert_eq!(told(b"Z\0", "f.eight"), (Some("t/8".into()), Basis::Signature, vec![]));
    let found = named(&several(), b"Z\0", "f.one");
    assert_eq!(found.warnings, [Warning::ExtensionMismatch, Warning::Several]);
    assert_eq!(found.others.iter().map(|format| format.puid.as_str()).collect::<Vec<_>>(), ["t/8"]);
}

#[test]
fn a_name_that_does_not_fit_is_told() {
    assert_eq!(told(b"A\0", "f.ONE"), (Some("t/1".into()), Basis::Signature, vec![]));
    assert_eq!(
        told(b"A\0", "f.two"),
        (Some("t/1".into()), Basis::Signature, vec![Warning::ExtensionMismatch])
    );
    assert_eq!(
        told(b"A\0", "f"),
        (Some("t/1".into()), Basis::Signature, vec![]),
        "no extension, nothing to say"
    );
    assert_eq!(told(b"A\0", "folder.two/f"), (Some("t/1".into()), Basis::Signature, vec![]));
}

#[test]
fn the_name_alone_tells_only_what_bytes_cannot() {
    assert_eq!(told(b"\0\0", "f.four"), (Some("t/4".into()), Basis::Extension, vec![Warning::ExtensionOnly]));
    assert_eq!(told(b"\0\0", "f.both"), (None, Basis::None, vec![Warning::Unconfirmed]), "two have it");
    assert_eq!(
        told(b"\0\0", "f.one"),
        (None, Basis::None, vec![Warning::Unconfirmed]),
        "its bytes would tell"
    );
    assert_eq!(told(b"\0\0", "f.none"), (None, Basis::None, vec![]));
}

#[test]
fn a_text_is_told_by_its_characters() {
    assert_eq!(told(b"bonjour", "f.txt"), (Some("x-fmt/111".into()), Basis::Extension, vec![]));
    assert_eq!(told(b"\0\0", "f.txt"), (None, Basis::None, vec![Warning::Unconfirmed]));
    assert_eq!(told(b"bonjour", "f"), (Some("x-fmt/111".into()), Basis::Signature, vec![Warning::TextOnly]));
    let empty = (Some("x-fmt/111".into()), Basis::Extension, vec![Warning::Empty, Warning::ExtensionOnly]);
    assert_eq!(told(b"", "f.txt"), empty);
    assert_eq!(told(b"", "f"), (None, Basis::None, vec![Warning::Empty]));
}

#[test]
fn preferences_in_a_circle_prefer_nothing() {
    let format = |id: u32, over: u32| {
        format!(
            "<FileFormat ID=\"{id}\" PUID=\"t/{id}\"><InternalSignatureID>1</InternalSignatureID>\
             <HasPriorityOverFileFormatID>{over}</HasPriorityOverFileFormatID></FileFormat>"
        )
    };
    let circle = file(&signature(1, &plain("BOFoffset", 0, 0, "41")), &(format(1, 2) + &format(2, 1)));
    let found = named(&read(&circle).expect("a signature file"), b"A", "");
    assert_eq!((found.puid(), &found.warnings[..]), (Some("t/1"), &[Warning::Several][..]));
}
