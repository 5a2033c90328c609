//! Files and signature files made to harm: each answers, soon, within its bounds.

use std::io::{Cursor, Read, Seek, SeekFrom};

use super::super::{Basis, Error, Settings, Warning};
use super::containers::{containers, inner};
use super::ole_maker::ole;
use super::zip_maker::{Packed, archive, zip};
use super::{file, format_of, named, plain, read, sequence, signature, signatures};

#[test]
fn signature_files_that_are_none_are_refused_in_words() {
    let refused = |text: &str| match read(text) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("accepted: {}", &text[..text.len().min(80)]),
    };
    assert!(refused("").contains("FFSignatureFile"));
    assert!(refused("<a/>").contains("FFSignatureFile"));
    assert!(refused("not xml at all").contains("FFSignatureFile"));
    assert!(refused("<FFSignatureFile>").contains("coupé"));
    assert!(refused("<FFSignatureFile></other>").contains("mal formé"));
    let doctype = "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><FFSignatureFile/>";
    assert!(refused(doctype).contains("DOCTYPE"));
    assert!(refused(&file("", "<FileFormat ID=\"1\" PUID=\"&unknown;\"/>")).contains("mal formé"));
    assert!(refused(&file("", "<FileFormat ID=\"1\"/>")).contains("PUID"));
    let number = "<FileFormat ID=\"1\" PUID=\"t/1\"/>";
    assert!(
        refused(&file(&signature(1, &plain("BOFoffset", 0, 0, "41").replace("\"0\"", "\"x\"")), number))
            .contains("nombre")
    );
}

#[test]
fn signature_files_past_their_bounds_are_refused() {
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert!(matches!(read(&file(&deep, "")), Err(Error::TooLarge(_))));
    let long = plain("BOFoffset", 0, 0, &"41".repeat(200_000));
    assert!(matches!(read(&file(&signature(1, &long), &format_of(1))), Err(Error::TooLarge(_))));
    let endless = std::io::repeat(b' ');
    assert!(matches!(super::Signatures::from_droid(endless, None::<&[u8]>), Err(Error::TooLarge(_))));
    let many = "<ByteSequence/>".repeat(5);
    let read = read(&file(&signature(1, &many), &format_of(1))).expect("the rest serves");
    assert_eq!(read.left_out().len(), 1);
}

#[test]
fn offsets_beyond_any_file_match_nothing_and_overflow_nothing() {
    let most = u64::MAX;
    for (hold, min, max) in
        [("BOFoffset", most, most), ("EOFoffset", most, most), ("BOFoffset", 0, most), ("EOFoffset", 0, most)]
    {
        let inside = format!(
            "<Sequence>4142</Sequence><LeftFragment Position=\"1\" MinOffset=\"0\" MaxOffset=\"{most}\">40</LeftFragment>\
             <RightFragment Position=\"1\" MinOffset=\"{most}\" MaxOffset=\"{most}\">43</RightFragment>"
        );
        let one = signatures(&[&sequence(hold, min, max, &inside)]);
        assert!(!super::holds(&one, b"@ABC.....@ABC"));
    }
    let ranged = signatures(&[&plain("BOFoffset", 0, most, "4142")]);
    assert!(super::holds(&ranged, b"......AB"));
}

#[test]
fn bytes_made_to_make_a_chain_search_long_are_given_up_and_said() {
    // Every place begins the chain, none ends it.
    let parts: String = (1..=30)
        .map(|position| {
            format!("<RightFragment Position=\"{position}\" MinOffset=\"0\" MaxOffset=\"900000\">[!42]??[!42]</RightFragment>")
        })
        .collect();
    let inside = format!(
        "<Sequence>4141</Sequence>{parts}<RightFragment Position=\"31\" MinOffset=\"0\" MaxOffset=\"9\">4242</RightFragment>"
    );
    let signatures = signatures(&[&sequence("BOFoffset", 0, 900_000, &inside)]);
    let signatures = signatures.with_settings(Settings { work_bytes: 4 << 20, ..Settings::default() });
    let began = std::time::Instant::now();
    let found = named(&signatures, &vec![b'A'; 1 << 20], "");
    assert_eq!(found.basis, Basis::None);
    assert_eq!(found.warnings, [Warning::Cut]);
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

#[test]
fn a_zip_bomb_stays_folded() {
    let signatures = containers(&[("ZIP", &inner("bomb", &plain("", 0, 0, "'NOT THERE'")))]);
    let bomb = archive(&[Packed::deflated("bomb", &vec![0; 64 << 20])]);
    assert!(bomb.len() < 100_000);
    let found = named(&signatures, &bomb, "");
    assert_eq!((found.puid(), found.basis), (Some("test/1"), Basis::Signature));
    assert!(found.warnings.contains(&Warning::Cut), "what lies past the bound was not looked at");
}

#[test]
fn zips_that_lie_are_read_as_far_as_they_go() {
    let signatures = containers(&[("ZIP", &inner("a", &plain("BOFoffset", 0, 0, "'inside'")))]);
    let puid = |bytes: &[u8]| named(&signatures, bytes, "").puid().map(str::to_owned);
    let good = zip(&[("a", b"inside")]);
    assert_eq!(puid(&good), Some("test/10".into()));
    // Whatever byte is wrong, there is an answer.
    for at in 4..good.len() {
        for value in [0, 0xff] {
            let mut wrong = good.clone();
            wrong[at] = value;
            assert!(puid(&wrong).is_some(), "byte {at} made {value}");
        }
        assert!(puid(&good[..at]).is_some(), "cut at {at}");
    }
    let mut method = Packed::stored("a", b"inside");
    method.method = 99;
    assert_eq!(puid(&archive(&[method])), Some("test/1".into()), "a compression that is not read");
    let mut damaged = Packed::deflated("a", b"inside");
    damaged.bytes.fill(0xff);
    assert_eq!(puid(&archive(&[damaged])), Some("test/1".into()));
}

#[test]
fn a_zip_of_more_files_than_allowed_is_said_to_be_cut() {
    let signatures = containers(&[("ZIP", &inner("last", ""))]);
    let signatures = signatures.with_settings(Settings { inner_files: 50, ..Settings::default() });
    let names: Vec<String> = (0..60).map(|at| format!("f{at}")).collect();
    let mut files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    files.push(("last", b""));
    let found = named(&signatures, &zip(&files), "");
    assert_eq!(found.puid(), Some("test/1"));
    assert!(found.warnings.contains(&Warning::Cut));
}

#[test]
fn ole2_tables_in_circles_are_left() {
    let signatures = containers(&[("OLE2", &inner("Wanted", &plain("BOFoffset", 0, 0, "'wanted'")))]);
    let big = [b"wanted".to_vec(), vec![b'.'; 20_000]].concat();
    let good = ole(&[("Wanted", &big), ("Small", b"x")]);
    assert_eq!(named(&signatures, &good, "").puid(), Some("test/10"));
    // Each sector number of the tables and of the directory made to point at every place, itself included.
    let words = (44..HEADER).chain(good.len() - 2 * HEADER * 4..good.len()).step_by(4);
    for at in words {
        for value in [0u32, 1, 2, 40, 0x7fff_ffff, 0xffff_fffe] {
            let mut wrong = good.clone();
            wrong[at..at + 4].copy_from_slice(&value.to_le_bytes());
            assert!(named(&signatures, &wrong, "").format.is_some(), "word {at} made {value}");
        }
    }
    for at in (8..good.len()).step_by(97) {
        assert!(named(&signatures, &good[..at], "").format.is_some(), "cut at {at}");
    }
}

const HEADER: usize = 512;

#[test]
fn a_document_that_is_its_own_table_is_left() {
    let signatures = containers(&[("OLE2", &inner("Wanted", ""))]);
    let mut document = ole(&[("Other", b"x")]);
    // The list of table sectors goes on in a sector that goes on in itself.
    document[68..72].copy_from_slice(&0u32.to_le_bytes());
    document[HEADER..2 * HEADER].fill(0);
    assert_eq!(named(&signatures, &document, "").puid(), Some("test/2"));
}

/// A reader that fails.
struct Failing(Cursor<Vec<u8>>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        Err(std::io::Error::other("the disk is gone"))
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_and_no_answer() {
    let signatures = signatures(&[&plain("BOFoffset", 0, 0, "41")]);
    let outcome = signatures.identify(&mut Failing(Cursor::new(vec![b'A'; 100])), "");
    assert!(outcome.is_err_and(|error| error.to_string().contains("gone")));
}
