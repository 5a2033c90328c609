//! Our own table: a minimal file of each format it knows.

use super::super::{Basis, Signatures};
use super::{named, zip_maker::zip};

fn told(bytes: &[u8], name: &str) -> (String, Basis) {
    let found = named(&Signatures::built_in(), bytes, name);
    (found.puid().unwrap_or("").to_owned(), found.basis)
}

fn pdf(version: &str, xmp: &str) -> Vec<u8> {
    format!("%PDF-{version}\n1 0 obj\n{xmp}\nendobj\ntrailer\n%%EOF\n").into_bytes()
}

#[test]
fn every_line_of_the_table_is_understood() {
    let signatures = Signatures::built_in();
    assert_eq!(signatures.left_out(), []);
    assert!(signatures.formats().len() > 60);
    assert_eq!(signatures.version(), "intégrée");
    let wrong = super::super::builtin::read("fmt/1 | a | b | c | d |\n    begin 0-0 XY\n");
    assert!(wrong.is_err_and(|line| line.contains("XY")), "a line that is wrong is told");
}

#[test]
fn pdf_by_version_and_pdf_a_by_what_it_declares() {
    for (version, puid) in [("1.0", "fmt/14"), ("1.4", "fmt/18"), ("1.7", "fmt/276"), ("2.0", "fmt/1129")] {
        assert_eq!(told(&pdf(version, ""), "a.pdf"), (puid.into(), Basis::Signature), "{version}");
    }
    assert_eq!(told(b"%PDF-1.4\ncut", "a.pdf"), (String::new(), Basis::None), "without its end");
    let element = |part, level| {
        format!("<pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>{level}</pdfaid:conformance>")
    };
    let attribute = |part, level| format!("<rdf:D pdfaid:conformance='{level}'\n pdfaid:part = '{part}'/>");
    for (part, level, puid) in
        [(1, "A", "fmt/95"), (1, "B", "fmt/354"), (2, "B", "fmt/477"), (3, "U", "fmt/481")]
    {
        for xmp in [element(part, level), attribute(part, level)] {
            assert_eq!(told(&pdf("1.6", &xmp), "a.pdf").0, puid, "{xmp}");
        }
    }
    assert_eq!(told(&pdf("2.0", "<pdfaid:part>4</pdfaid:part>"), "a.pdf").0, "fmt/1910");
    assert_eq!(told(&pdf("2.0", &element(4, "F")), "a.pdf").0, "fmt/1912");
}

#[test]
fn xml_and_the_exchange_protocol_of_public_accounting() {
    assert_eq!(told(b"<?xml version=\"1.0\"?><a/>", "a.xml").0, "fmt/101");
    assert_eq!(told(b"\xef\xbb\xbf<?xml version=\"1.0\"?><a/>", "a.xml").0, "fmt/101");
    let utf16: Vec<u8> =
        "\u{feff}<?xml version=\"1.0\"?><a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(told(&utf16, "a.xml").0, "fmt/101");
    let pes = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n<n:PES_Aller xmlns:n=\"urn:x\">";
    let found = named(&Signatures::built_in(), pes, "a.xml");
    assert_eq!(found.puid(), Some("fmt/101"));
    assert!(found.format.is_some_and(|format| format.name.contains("PES")), "the protocol is named");
    assert_eq!(found.warnings, []);
}

#[test]
fn office_documents_by_what_their_zip_holds() {
    let odt = |mime: &str, version: &str| {
        let content = format!("<office:document-content office:version=\"{version}\"/>");
        zip(&[("mimetype", mime.as_bytes()), ("content.xml", content.as_bytes())])
    };
    let text = "application/vnd.oasis.opendocument.text";
    assert_eq!(told(&odt(text, "1.2"), "a.odt"), ("fmt/291".into(), Basis::Container));
    assert_eq!(told(&odt(text, "1.3"), "a.odt"), ("fmt/1756".into(), Basis::Container));
    let sheet = "application/vnd.oasis.opendocument.spreadsheet";
    assert_eq!(told(&odt(sheet, "1.1"), "a.ods"), ("fmt/294".into(), Basis::Container));
    let template = "application/vnd.oasis.opendocument.text-template";
    assert_eq!(
        told(&odt(template, "1.2"), "a.ott"),
        ("x-fmt/263".into(), Basis::Signature),
        "a template is another"
    );
    let kinds = [
        ("wordprocessingml.document", "fmt/412"),
        ("spreadsheetml.sheet", "fmt/214"),
        ("presentationml.presentation", "fmt/215"),
    ];
    for (kind, puid) in kinds {
        let types = format!(
            "<Override ContentType=\"application/vnd.openxmlformats-officedocument.{kind}.main+xml\"/>"
        );
        assert_eq!(told(&zip(&[("[Content_Types].xml", types.as_bytes())]), "a").0, puid);
    }
    assert_eq!(told(&zip(&[("a.txt", b"a")]), "a.zip"), ("x-fmt/263".into(), Basis::Signature));
}

#[test]
fn images_sounds_films_and_messages() {
    let jpeg = |version| [&b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01"[..], &[version], b"\0\xff\xd9"].concat();
    let exif = b"\xff\xd8\xff\xe1\0\x40Exif\0\0MM\0*\0\0\0\x08\0\x01\x90\0\0\x07\0\0\0\x040220\0\0";
    let png = |chunk: &[u8]| [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", &[0; 17][..], b"\0\0\0\0", chunk].concat();
    let frame = |length: usize| [&b"\xff\xfb\x90\0"[..], &vec![0; length - 4]].concat();
    let mail =
        b"From: a@example.fr\r\nTo: b@example.fr\r\nSubject: x\r\nDate: Mon, 1 Jan 2026 00:00:00 +0100\r\n";
    let files: [(&str, Vec<u8>); 18] = [
        ("fmt/42", jpeg(0)),
        ("fmt/43", jpeg(1)),
        ("fmt/44", jpeg(2)),
        ("fmt/41", b"\xff\xd8\xff\xdb\0".to_vec()),
        ("fmt/645", exif.to_vec()),
        ("fmt/11", png(b"IDAT")),
        ("fmt/12", png(b"sRGB")),
        ("fmt/13", png(b"iTXt")),
        ("fmt/353", b"II*\0\x08\0\0\0".to_vec()),
        ("fmt/353", b"MM\0*\0\0\0\x08".to_vec()),
        ("fmt/3", b"GIF87a\0".to_vec()),
        ("fmt/4", b"GIF89a\0".to_vec()),
        ("fmt/134", b"ID3\x04\0\0".to_vec()),
        ("fmt/134", [frame(417), frame(418), frame(417)].concat()),
        ("fmt/199", b"\0\0\0\x18ftypmp42\0\0\0\0".to_vec()),
        ("fmt/141", b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0".to_vec()),
        ("fmt/278", [&mail[..], b"\r\nBonjour\r\n"].concat()),
        ("fmt/950", [&mail[..], b"MIME-Version: 1.0\r\n\r\nBonjour\r\n"].concat()),
    ];
    for (puid, bytes) in files {
        assert_eq!(told(&bytes, "a"), (puid.into(), Basis::Signature), "{puid}: {bytes:?}");
    }
    assert_eq!(told(b"a;b\n", "a.csv"), ("x-fmt/18".into(), Basis::Extension));
    assert_eq!(told(b"a\n", "a.txt"), ("x-fmt/111".into(), Basis::Extension));
}
