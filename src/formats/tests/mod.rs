//! Signature files of our own making, tried on bytes of our own making.
//!
//! No PRONOM file is needed here: every construct is written by hand, every answer known.

use std::io::Cursor;

use super::{Error, Identification, Settings, Signatures, Sniffed};

mod constructs;
mod containers;
mod hostile;
mod judged;
mod naive;
mod ole_maker;
mod streams;
mod table;
mod zip_maker;

/// A signature file: signatures, then formats.
pub fn file(signatures: &str, formats: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?><FFSignatureFile xmlns=\"urn:ours\" Version=\"7\"><InternalSignatureCollection>\
         {signatures}</InternalSignatureCollection><FileFormatCollection>{formats}</FileFormatCollection>\
         </FFSignatureFile>"
    )
}

/// A signature of these byte sequences.
pub fn signature(id: u32, sequences: &str) -> String {
    format!("<InternalSignature ID=\"{id}\" Specificity=\"Specific\">{sequences}</InternalSignature>")
}

/// A byte sequence of one subsequence: its hold (`BOFoffset`, `EOFoffset`, or nothing), its offsets, its inside.
pub fn sequence(hold: &str, min: u64, max: u64, inside: &str) -> String {
    let reference = if hold.is_empty() { String::new() } else { format!(" Reference=\"{hold}\"") };
    let max = if hold.is_empty() { String::new() } else { format!(" SubSeqMaxOffset=\"{max}\"") };
    format!(
        "<ByteSequence{reference}><SubSequence Position=\"1\" SubSeqMinOffset=\"{min}\"{max}>{inside}\
         <DefaultShift>2</DefaultShift><Shift Byte=\"00\">1</Shift></SubSequence></ByteSequence>"
    )
}

/// A plain sequence.
pub fn plain(hold: &str, min: u64, max: u64, text: &str) -> String {
    sequence(hold, min, max, &format!("<Sequence>{text}</Sequence>"))
}

/// A format `test/ID` told by the signature of the same number.
pub fn format_of(id: u32) -> String {
    format!(
        "<FileFormat ID=\"{id}\" PUID=\"test/{id}\" Name=\"Format {id}\"><InternalSignatureID>{id}</InternalSignatureID>\
         </FileFormat>"
    )
}

/// The signatures of a file.
pub fn read(xml: &str) -> Result<Signatures, Error> {
    Signatures::from_droid(xml.as_bytes(), None::<&[u8]>)
}

/// Signatures each of one list of sequences, with a format each, from 1.
pub fn signatures(sequences: &[&str]) -> Signatures {
    let numbered = || (1..).zip(sequences);
    let signatures: String = numbered().map(|(id, sequences)| signature(id, sequences)).collect();
    let formats: String = numbered().map(|(id, _)| format_of(id)).collect();
    let read = read(&file(&signatures, &formats)).expect("a signature file");
    assert_eq!(read.left_out(), [], "every signature is understood");
    read
}

/// The answer for bytes of this name.
pub fn named(signatures: &Signatures, bytes: &[u8], name: &str) -> Identification {
    signatures.identify(&mut Cursor::new(bytes), name).expect("memory can be read")
}

/// Every PUID that the bytes match, none preferred by name.
pub fn matched(signatures: &Signatures, bytes: &[u8]) -> Vec<String> {
    let found = named(signatures, bytes, "");
    let all = found.format.iter().chain(&found.others);
    all.map(|format| format.puid.clone()).collect()
}

/// Whether the only signature matches.
pub fn holds(signatures: &Signatures, bytes: &[u8]) -> bool {
    !matched(signatures, bytes).is_empty()
}

/// The answer for a stream fed in pieces of this size.
pub fn streamed(signatures: &Signatures, bytes: &[u8], piece: usize, name: &str) -> Identification {
    let mut sniffer = signatures.sniffer();
    bytes.chunks(piece).for_each(|piece| sniffer.feed(piece));
    match sniffer.conclude(name).expect("memory can be read") {
        Sniffed::Known(found) => found,
        Sniffed::Container(pending) => pending.open(&mut Cursor::new(bytes)).expect("memory can be read"),
    }
}

/// Windows small enough for a test to pass them.
pub fn small() -> Settings {
    Settings { head_bytes: 512, tail_bytes: 256, ..Settings::default() }
}
