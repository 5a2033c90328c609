//! Reports read again by another program: what they say they are, how they are tagged, what they bear.

use lopdf::{Dictionary, Document, Object};

use super::*;

fn fact(name: &str, value: &str) -> Fact {
    Fact { name: name.into(), value: value.into() }
}

fn column(name: &str, share: f32) -> Column {
    Column { name: name.into(), share }
}

fn files(rows: usize) -> Block {
    let digest = "3f9a0c55d1".repeat(12) + "3f9a0c55";
    Block::Table(Table {
        caption: "Empreintes SHA-512 des fichiers reçus.".into(),
        columns: vec![column("Fichier", 2.0), column("Octets", 0.8), column("SHA-512", 5.2)],
        rows: (0..rows)
            .map(|row| vec![format!("deliberation-{row}.pdf"), "48 213".into(), digest.clone()])
            .collect(),
        lines_max: 3,
    })
}

fn report(blocks: Vec<Block>) -> Report {
    Report {
        issuer: "Archives départementales de l’Ardèche".into(),
        issuer_note: "Service d’archivage électronique mutualisé".into(),
        title: "Attestation de prise en charge".into(),
        reference: "Attestation n° LAMASTRE-ATT-2027-000012".into(),
        subject: "Prise en charge d’une archive par le service d’archivage électronique".into(),
        at: "2027-03-01T08:00:05Z".parse().unwrap(),
        blocks,
        foot: "Document produit par le service ; il se vérifie à l’adresse ci-dessus, sans compte.".into(),
    }
}

fn certificate() -> Report {
    let address = "https://archives.ardeche.fr/verify?numero=LAMASTRE-ATT-2027-000012";
    report(vec![
        Block::Lead("Le service atteste avoir pris en charge, le 1er mars 2027 à 9 h 00 min 5 s, l’archive désignée ci-dessous.".into()),
        Block::Facts(vec![
            fact("Collectivité", "Commune de Lamastre"),
            fact("Cote", "LAMASTRE-2027-000012"),
            fact("Intitulé", "Délibérations du conseil municipal, 2026"),
        ]),
        Block::Heading("Empreintes".into()),
        files(2),
        Block::Notice(Tone::Waiting, "En attente de scellement : la preuve sera complétée sous un jour.".into()),
        Block::Code(Code {
            address: address.into(),
            alternative: format!("Code QR : {address}"),
            heading: "Vérifier cette attestation".into(),
            words: vec!["Photographiez le code, ou saisissez l’adresse et l’empreinte.".into()],
        }),
    ])
}

fn parsed(report: &Report) -> Document {
    Document::load_mem(&pdf(report).expect("a PDF")).expect("a PDF that another program reads")
}

fn text(document: &Document) -> String {
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    document.extract_text(&pages).expect("text").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Kinds of the structure's elements, in reading order, marked content left out.
fn structure(document: &Document) -> Vec<String> {
    fn walk(document: &Document, object: &Object, found: &mut Vec<String>) {
        match document.dereference(object).map(|(_, object)| object) {
            Ok(Object::Array(kids)) => kids.iter().for_each(|kid| walk(document, kid, found)),
            Ok(Object::Dictionary(element)) => {
                if let Ok(kind) = element.get(b"S").and_then(Object::as_name) {
                    found.push(String::from_utf8_lossy(kind).into_owned());
                }
                element.get(b"K").iter().for_each(|kids| walk(document, kids, found));
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    let root = dictionary(document, document.catalog().expect("a catalog"), b"StructTreeRoot");
    walk(document, root.get(b"K").expect("elements"), &mut found);
    found
}

fn dictionary<'a>(document: &'a Document, of: &'a Dictionary, name: &[u8]) -> &'a Dictionary {
    document
        .dereference(of.get(name).expect("an entry"))
        .and_then(|(_, object)| object.as_dict())
        .expect("a dictionary")
}

#[test]
fn the_file_says_which_standards_it_follows_its_language_and_its_title() {
    let document = parsed(&certificate());
    let catalog = document.catalog().unwrap();
    let metadata = catalog.get(b"Metadata").and_then(Object::as_reference).unwrap();
    let xmp = document.get_object(metadata).and_then(Object::as_stream).unwrap();
    let xmp = String::from_utf8(xmp.decompressed_content().unwrap_or_else(|_| xmp.content.clone())).unwrap();
    for said in [
        "<pdfaid:part>2</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "Attestation de prise en charge – Attestation n° LAMASTRE-ATT-2027-000012",
    ] {
        assert!(xmp.contains(said), "{said} in {xmp}");
    }
    assert_eq!(catalog.get(b"Lang").and_then(Object::as_str).unwrap(), b"fr-FR");
    assert!(dictionary(&document, catalog, b"MarkInfo").get(b"Marked").and_then(Object::as_bool).unwrap());
    let preferences = dictionary(&document, catalog, b"ViewerPreferences");
    assert!(preferences.get(b"DisplayDocTitle").and_then(Object::as_bool).unwrap());
}

#[test]
fn its_parts_are_tagged_in_reading_order() {
    let document = parsed(&certificate());
    let kinds = structure(&document).join(" ");
    let facts = "Table TBody TR TH TD TR TH TD TR TH TD";
    let files = "Table Caption THead TR TH TH TH TBody TR TH TD TD TR TH TD TD";
    assert_eq!(kinds, format!("Document P P H1 P P {facts} H2 {files} P H2 Figure P P Link"));
    let text = text(&document);
    let places: Vec<usize> = [
        "Archives départementales de l’Ardèche",
        "Attestation de prise en charge",
        "Collectivité Commune de Lamastre",
        "Cote LAMASTRE-2027-000012",
        "Empreintes SHA-512 des fichiers reçus.",
        "deliberation-1.pdf",
        "En attente de scellement",
        "https://archives.ardeche.fr/verify?numero=LAMASTRE-ATT-2027-000012",
    ]
    .iter()
    .map(|part| text.find(part).unwrap_or_else(|| panic!("{part} in {text}")))
    .collect();
    assert!(places.is_sorted(), "{places:?}");
}

#[test]
fn the_same_report_gives_the_same_bytes_and_another_does_not() {
    let (report, mut other) = (certificate(), certificate());
    assert_eq!(pdf(&report).unwrap(), pdf(&report).unwrap());
    other.title.push('s');
    assert_ne!(pdf(&report).unwrap(), pdf(&other).unwrap());
}

#[test]
fn a_table_goes_on_over_the_pages_with_its_head_seen_again_and_read_once() {
    let report = report(vec![files(200)]);
    let document = parsed(&report);
    assert_eq!(document.get_pages().len(), page_count(&report));
    assert!(page_count(&report) > 5, "{}", page_count(&report));
    let kinds = structure(&document);
    let count = |kind: &str| kinds.iter().filter(|found| *found == kind).count();
    assert_eq!((count("Table"), count("THead"), count("TR")), (1, 1, 201));
    let text = text(&document);
    let pages = page_count(&report);
    assert_eq!(text.matches("Fichier Octets SHA-512").count(), pages);
    assert!(text.contains(&format!("Page {pages} sur {pages}")));
    assert!(text.contains("deliberation-199.pdf"));
}

#[test]
fn no_text_makes_it_fail_and_none_is_taken_for_markup() {
    let long = "x".repeat(20_000);
    let hostile = [
        "",
        " ",
        "\0\u{1}\u{7f}\n\r\t",
        "\u{feff}\u{fffe}\u{ffff}\u{e000}\u{10ffff}",
        "Şükrü Łódź ﬁn Ⅻ ½ Ω 漢字 مرحبا 👩‍👩‍👧 \u{301}",
        "\u{202e}gpj.exe",
        "(Tj) ET Q endstream endobj <</S /URI>> \\( #set",
        "<script>&amp;'\"",
        &long,
    ];
    for text in hostile {
        let mut report = certificate();
        let text = text.to_owned();
        (report.issuer, report.title, report.reference) = (text.clone(), text.clone(), text.clone());
        (report.subject, report.foot, report.issuer_note) = (text.clone(), text.clone(), text.clone());
        report.blocks.extend([
            Block::Facts(vec![fact(&text, &text)]),
            Block::Heading(text.clone()),
            Block::Paragraph(text.clone()),
            Block::Notice(Tone::Bad, text.clone()),
            Block::Table(Table {
                caption: text.clone(),
                columns: vec![column(&text, 1.0), column("b", 1.0)],
                rows: vec![vec![text.clone()], vec![], vec![text.clone(); 4]],
                lines_max: 2,
            }),
        ]);
        let shown: String = text.chars().take(60).collect();
        let bytes = pdf(&report).unwrap_or_else(|error| panic!("{shown:?}: {error}"));
        assert!(Document::load_mem(&bytes).is_ok(), "{shown:?}");
    }
    let shown = text(&parsed(&report(vec![Block::Paragraph(hostile[4].into())])));
    assert!(shown.contains("Sükrü Lódz fin XII ½ ? ?? ?"), "{shown}");
}

#[test]
fn what_is_too_long_is_cut_and_says_so() {
    let value = format!("début {}", "mot ".repeat(500));
    let shown = text(&parsed(&report(vec![Block::Facts(vec![fact("Intitulé", &value)])])));
    assert!(shown.contains("début mot"), "{shown}");
    assert!(shown.contains('…') && shown.matches("mot").count() < 100, "{shown}");
}

#[test]
fn the_code_is_the_address_with_its_white_border() {
    let dark = qr::code("https://archives.ardeche.fr/verify?numero=A-ATT-2027-000001");
    let (left, top, width, height) = dark[0];
    // The finder pattern's first line: seven modules, four from the edge.
    assert!((left - 4.0 * height).abs() < 1e-6 && (top - left).abs() < 1e-6, "{left} {top}");
    assert!((width - 7.0 * height).abs() < 1e-6, "{width} {height}");
    assert!(dark.iter().all(|(x, y, w, h)| x + w < 1.0 && y + h < 1.0));
    assert!(qr::code(&"x".repeat(10_000)).is_empty());
}
