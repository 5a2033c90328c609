//! Any bytes as a file to name, whole and as a stream, and as the signature files that name.
#![no_main]

use std::io::Cursor;
use std::sync::LazyLock;

use chartrier_fuzz::formats::{Settings, Signatures, Sniffed};
use libfuzzer_sys::fuzz_target;

/// Windows that a fuzzer's input passes.
static SIGNATURES: LazyLock<Signatures> = LazyLock::new(|| {
    let settings =
        Settings { head_bytes: 1_024, tail_bytes: 512, inner_bytes: 128 << 10, ..Settings::default() };
    Signatures::built_in().with_settings(settings)
});

/// A file that each signature file under trial is tried on.
const TRIED: &[u8] = b"%PDF-1.4 <?xml AAAA PK\x03\x04 %%EOF";

fuzz_target!(|bytes: &[u8]| {
    let whole = SIGNATURES.identify(&mut Cursor::new(bytes), "a.pdf").expect("memory can be read");
    let mut sniffer = SIGNATURES.sniffer();
    let piece = usize::from(bytes.first().copied().unwrap_or(0)) + 1;
    bytes.chunks(piece).for_each(|piece| sniffer.feed(piece));
    let streamed = match sniffer.conclude("a.pdf").expect("memory can be read") {
        Sniffed::Known(found) => found,
        Sniffed::Container(pending) => pending.open(&mut Cursor::new(bytes)).expect("memory can be read"),
    };
    assert_eq!(whole.puid(), streamed.puid(), "a stream is named as the file is");
    for (signatures, containers) in [(bytes, None), (FORMATS, Some(bytes))] {
        if let Ok(read) = Signatures::from_droid(signatures, containers) {
            read.identify(&mut Cursor::new(TRIED), "").expect("memory can be read");
        }
    }
});

/// The least signature file, for a container signature file under trial to stand on.
const FORMATS: &[u8] = b"<FFSignatureFile><InternalSignatureCollection><InternalSignature ID=\"1\">\
    <ByteSequence Reference=\"BOFoffset\"><SubSequence SubSeqMinOffset=\"0\" SubSeqMaxOffset=\"99\">\
    <Sequence>504B0304</Sequence></SubSequence></ByteSequence></InternalSignature></InternalSignatureCollection>\
    <FileFormatCollection><FileFormat ID=\"1\" PUID=\"a/1\"><InternalSignatureID>1</InternalSignatureID></FileFormat>\
    </FileFormatCollection></FFSignatureFile>";
