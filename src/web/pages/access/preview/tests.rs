//! Texts, documents and flows as a page shows them.

use super::*;

fn shown(bytes: &[u8], whole: bool) -> (String, bool) {
    match text_preview(bytes, whole) {
        Preview::Text { text, cut } => (text, cut),
        _ => panic!("a text"),
    }
}

fn document(bytes: &[u8]) -> (Option<Sheet>, Vec<XmlLine>, bool) {
    match xml_preview(bytes, true) {
        Preview::Xml { sheet, lines, cut } => (sheet, lines, cut),
        _ => panic!("a document"),
    }
}

fn demonstration(path: &str) -> Vec<u8> {
    std::fs::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("demo").join(path)).unwrap()
}

#[test]
fn texts_of_two_ages_are_read() {
    assert_eq!(
        shown("\u{feff}Délibération\r\nn° 4\0".as_bytes(), true),
        ("Délibération\nn° 4".into(), false)
    );
    assert_eq!(shown(b"D\xe9lib\xe9ration \x80 \x9cuvre", true).0, "Délibération € œuvre");
    assert_eq!(shown(&"é".as_bytes()[..1], false), (String::new(), true));
    let (text, cut) = shown(&vec![b'a'; TEXT_BYTES_MAX + 1], true);
    assert_eq!((text.len(), cut), (TEXT_BYTES_MAX, true));
}

#[test]
fn a_document_is_a_list_of_its_elements_and_what_is_none_is_a_text() {
    let (sheet, lines, cut) = document(b"<a x='1 &lt; 2'>un <b>deux</b> trois<c/></a>");
    assert!(sheet.is_none() && !cut);
    let told: Vec<(usize, &str, &str)> =
        lines.iter().map(|line| (line.depth, line.name.as_str(), line.text.as_str())).collect();
    assert_eq!(told, [(0, "a", "un trois"), (1, "b", "deux"), (1, "c", "")]);
    assert_eq!(lines[0].attributes, [("x".to_owned(), "1 < 2".to_owned())]);
    let (_, lines, cut) = document(b"<a><b>deux</b><c>");
    assert!(cut && lines.len() == 3, "what is cut is shown as far as it goes");
    for none in [&b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"[..], b"pas du XML", b""]
    {
        assert!(matches!(xml_preview(none, true), Preview::Text { .. }));
    }
    let many = format!("<a>{}</a>", "<b/>".repeat(30_000));
    let (_, lines, cut) = document(many.as_bytes());
    assert!(cut && lines.len() == LINES_MAX);
    let long = format!("<a>{}</a>", "mot ".repeat(10_000));
    assert!(document(long.as_bytes()).1[0].text.chars().count() <= 301);
    assert_eq!(XmlLine { depth: 9_000, ..lines[0].clone() }.indent().len(), 48);
}

#[test]
fn a_flow_of_accounts_is_told_piece_by_piece() {
    let flow = demonstration(
        "haute-valmoure/02-pes-mandats-colleges/content/PESALR2_22960001000024_260609_1184.xml",
    );
    let sheet = document(&flow).0.expect("a sheet");
    assert_eq!((sheet.title.as_str(), sheet.rows.len(), sheet.cut), ("Mandats de dépenses", 3, false));
    assert_eq!(
        sheet.rows[0],
        [
            "20411",
            "Dotation de fonctionnement, collège des Trois-Gués",
            "Collège des Trois-Gués",
            "48\u{202f}210,00\u{a0}€"
        ]
    );
    let fact =
        |label: &str| sheet.facts.iter().find(|fact| fact.label == label).map(|fact| fact.value.as_str());
    assert_eq!(fact("Bordereau"), Some("1184"));
    assert_eq!(fact("Date du bordereau"), Some("9\u{a0}juin 2026"));
    let receipt = demonstration(
        "haute-valmoure/02-pes-mandats-colleges/content/PESALR2_22960001000024_260609_1184_ACK.xml",
    );
    let sheet = document(&receipt).0.expect("a sheet");
    assert_eq!((sheet.rows.len(), sheet.rows[2].join(" ").as_str()), (3, "2026 1184 20413 Pris en compte"));
}

#[test]
fn an_act_s_receipt_is_told_with_its_files() {
    let receipt = demonstration(
        "haute-valmoure/01-actes-pont-de-loine/content/096-229600010-20260316-CP2026-03-042-DE-1-2.xml",
    );
    let sheet = document(&receipt).0.expect("a sheet");
    let fact =
        |label: &str| sheet.facts.iter().find(|fact| fact.label == label).map(|fact| fact.value.as_str());
    assert_eq!(fact("Numéro de l’acte"), Some("CP2026-03-042"));
    assert_eq!(fact("Nature"), Some("Délibération"));
    assert_eq!(fact("Matière"), Some("7.5"));
    assert_eq!(fact("Reçu en préfecture"), Some("18\u{a0}mars 2026"));
    assert_eq!(sheet.rows.len(), 2);
}
