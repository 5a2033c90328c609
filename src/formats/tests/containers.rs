//! ZIP and OLE2 documents by what they hold.

use super::super::{Basis, Settings, Signatures, Sniffed};
use super::ole_maker::ole;
use super::zip_maker::{Packed, archive, zip};
use super::{file, format_of, named, plain, signature, small, streamed};

/// The file of one container signature.
pub fn inner(path: &str, sequences: &str) -> String {
    let signatures = match sequences {
        "" => String::new(),
        _ => format!(
            "<BinarySignatures><InternalSignatureCollection>{}</InternalSignatureCollection></BinarySignatures>",
            signature(1, sequences)
        ),
    };
    format!("<File><Path>{path}</Path>{signatures}</File>")
}

/// Formats 1 and 2 by their bytes (a ZIP, an OLE2), others by what they hold: kind and files of each, from 10.
pub fn containers(of: &[(&str, &str)]) -> Signatures {
    let bytes = signature(1, &plain("BOFoffset", 0, 0, "'PK' 03 04"))
        + &signature(2, &plain("BOFoffset", 0, 0, "D0CF11E0A1B11AE1"));
    let mut formats = format_of(1) + &format_of(2);
    let (mut inside, mut mappings) = (String::new(), String::new());
    for (id, (kind, files)) in (10..).zip(of) {
        formats += &format!(
            "<FileFormat ID=\"{id}\" PUID=\"test/{id}\"><HasPriorityOverFileFormatID>1</HasPriorityOverFileFormatID></FileFormat>"
        );
        inside += &format!(
            "<ContainerSignature Id=\"{id}\" ContainerType=\"{kind}\"><Description>d</Description><Files>{files}</Files></ContainerSignature>"
        );
        mappings += &format!("<FileFormatMapping signatureId=\"{id}\" Puid=\"test/{id}\"/>");
    }
    let containers = format!(
        "<ContainerSignatureMapping schemaVersion=\"1.0\" signatureVersion=\"3\"><ContainerSignatures>{inside}\
         </ContainerSignatures><FileFormatMappings>{mappings}</FileFormatMappings><TriggerPuids>\
         <TriggerPuid ContainerType=\"ZIP\" Puid=\"test/1\"/><TriggerPuid ContainerType=\"OLE2\" Puid=\"test/2\"/>\
         </TriggerPuids></ContainerSignatureMapping>"
    );
    let read = Signatures::from_droid(file(&bytes, &formats).as_bytes(), Some(containers.as_bytes()));
    read.expect("signature files")
}

fn told(signatures: &Signatures, bytes: &[u8]) -> (String, Basis) {
    let found = named(signatures, bytes, "");
    (found.puid().unwrap_or("").to_owned(), found.basis)
}

#[test]
fn a_zip_by_the_presence_of_a_file_and_by_its_bytes() {
    let both = inner("mimetype", &plain("BOFoffset", 0, 0, "'a/b'")) + &inner("deep/there.xml", "");
    let signatures = containers(&[("ZIP", &both)]);
    assert_eq!(signatures.version(), "7, conteneurs 3");
    let inside = ("test/10".to_owned(), Basis::Container);
    let outside = ("test/1".to_owned(), Basis::Signature);
    assert_eq!(told(&signatures, &zip(&[("mimetype", b"a/b"), ("deep/there.xml", b"")])), inside);
    assert_eq!(told(&signatures, &zip(&[("mimetype", b"a/c"), ("deep/there.xml", b"")])), outside);
    assert_eq!(told(&signatures, &zip(&[("mimetype", b"a/b")])), outside, "a file is missing");
    let packed = archive(&[Packed::deflated("mimetype", b"a/b"), Packed::stored("deep/there.xml", b"x")]);
    assert_eq!(told(&signatures, &packed), inside, "deflated");
    assert_eq!(
        told(&signatures, &[b"prefix", &packed[..]].concat()).0,
        "",
        "a ZIP begins with its first file"
    );
}

#[test]
fn a_zip_after_other_bytes_has_its_offsets_shifted() {
    let signatures = containers(&[("ZIP", &inner("a", &plain("BOFoffset", 0, 0, "'inside'")))]);
    let archive = zip(&[("a", b"inside")]);
    let shifted = [b"PK\x03\x04 whatever precedes", &archive[..]].concat();
    assert_eq!(told(&signatures, &shifted).0, "test/10");
}

#[test]
fn an_inner_file_is_read_as_far_as_its_sequences_ask() {
    let far = [vec![b'.'; 300_000], b"HERE".to_vec(), vec![b'.'; 20], b"LAST".to_vec()].concat();
    let files = |sequences: &str| inner("far", sequences);
    let anywhere = files(&plain("", 0, 0, "'HERE'"));
    let at_end = files(&plain("EOFoffset", 0, 0, "'LAST'"));
    let near = files(&plain("BOFoffset", 0, 40, "'HERE'"));
    let signatures = containers(&[("ZIP", &anywhere), ("ZIP", &at_end), ("ZIP", &near)]);
    let found = named(&signatures, &archive(&[Packed::deflated("far", &far)]), "");
    let told: Vec<&str> =
        found.format.iter().chain(&found.others).map(|format| format.puid.as_str()).collect();
    assert_eq!(told, ["test/10", "test/11"]);
}

#[test]
fn an_ole2_document_by_its_streams() {
    let big = [vec![b'.'; 9_000], b"DEEP".to_vec()].concat();
    let signatures = containers(&[
        ("OLE2", &inner("CompObj", &plain("BOFoffset", 2, 2, "'kind'"))),
        ("OLE2", &inner("Folder/Inside", "")),
        ("OLE2", &inner("Big", &plain("EOFoffset", 0, 0, "'DEEP'"))),
    ]);
    let streams: [(&str, &[u8]); 3] = [("\u{1}CompObj", b"..kind.."), ("Other", b"x"), ("Big", &big)];
    let found = named(&signatures, &ole(&streams), "");
    let told: Vec<&str> =
        found.format.iter().chain(&found.others).map(|format| format.puid.as_str()).collect();
    assert_eq!((told, found.basis), (vec!["test/10", "test/12"], Basis::Container));
    assert_eq!(told_of(&signatures, &[("Folder/Inside", b"1")]), "test/11");
    assert_eq!(told_of(&signatures, &[("Inside", b"1")]), "test/2", "a stream of that name elsewhere");
}

fn told_of(signatures: &Signatures, streams: &[(&str, &[u8])]) -> String {
    told(signatures, &ole(streams)).0
}

#[test]
fn an_ole2_document_of_many_small_streams_is_read() {
    let names: Vec<String> = (0..200).map(|at| format!("S{at}")).collect();
    let bytes = vec![b'.'; 700];
    let mut streams: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), bytes.as_slice())).collect();
    streams.push(("Wanted", b"wanted bytes"));
    let signatures = containers(&[("OLE2", &inner("Wanted", &plain("BOFoffset", 0, 0, "'wanted'")))]);
    assert_eq!(told_of(&signatures, &streams), "test/10");
}

#[test]
fn each_signature_that_asks_for_a_file_is_answered() {
    let asks = |text: &str| inner("f", &plain("BOFoffset", 0, 9, text));
    let (a, b, far) = (asks("'A'"), asks("'B'"), inner("f", &plain("", 0, 0, "'FAR'")));
    let missing = asks("'A'") + &inner("missing", "");
    let signatures = containers(&[("ZIP", &a), ("ZIP", &b), ("ZIP", &far), ("ZIP", &missing)]);
    let content = [b"..A".to_vec(), vec![b'.'; 200_000], b"FAR".to_vec()].concat();
    let found = named(&signatures, &zip(&[("f", &content)]), "");
    let told: Vec<&str> =
        found.format.iter().chain(&found.others).map(|format| format.puid.as_str()).collect();
    assert_eq!(told, ["test/10", "test/12"]);
}

#[test]
fn signatures_of_formats_not_known_are_left_out_and_named() {
    let known = file(&signature(1, &plain("BOFoffset", 0, 0, "41")), &format_of(1));
    let other = "<ContainerSignatureMapping signatureVersion=\"3\"><ContainerSignatures>\
        <ContainerSignature Id=\"5\" ContainerType=\"ZIP\"><Files><File><Path>a</Path></File></Files></ContainerSignature>\
        <ContainerSignature Id=\"6\" ContainerType=\"RAR\"><Files><File><Path>a</Path></File></Files></ContainerSignature>\
        </ContainerSignatures><FileFormatMappings><FileFormatMapping signatureId=\"5\" Puid=\"none/1\"/>\
        </FileFormatMappings></ContainerSignatureMapping>";
    let read = Signatures::from_droid(known.as_bytes(), Some(other.as_bytes())).expect("signature files");
    let mut left_out: Vec<&str> = read.left_out().iter().map(|(id, _)| id.as_str()).collect();
    left_out.sort_unstable();
    assert_eq!(left_out, ["5", "6"]);
}

#[test]
fn a_stream_longer_than_the_windows_asks_for_its_inside() {
    let signatures = containers(&[("ZIP", &inner("last", &plain("BOFoffset", 0, 0, "'inside'")))]);
    let signatures = signatures.with_settings(small());
    let long = zip(&[("filler", &[b'.'; 9_000]), ("last", b"inside")]);
    assert_eq!(streamed(&signatures, &long, 700, "").puid(), Some("test/10"));
    let mut sniffer = signatures.sniffer();
    long.chunks(100).for_each(|piece| sniffer.feed(piece));
    assert!(sniffer.looks_like_container());
    let Ok(Sniffed::Container(pending)) = sniffer.conclude("") else { panic!("its inside is wanted") };
    let closed = pending.closed();
    assert_eq!((closed.puid(), closed.basis), (Some("test/1"), Basis::Signature));
    assert!(closed.warnings.contains(&super::super::Warning::Cut), "said to be cut");
    assert!(Settings::default().head_bytes > small().head_bytes);
}
