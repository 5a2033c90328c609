//! Pages of attestations: each kind on one page, whatever it is given.

use lopdf::Document;

use super::paper;
use crate::proof::attestation::{Archive, Control, Copy, Counted, File, Kind, Member, Statement, Transfer};

fn statement(kind: Kind, files: usize) -> Statement {
    let archive = Archive {
        id: "0191d3a0-0000-7000-8000-000000000001".into(),
        cote: "saint-aubrac-2027-000012".into(),
        title: "Délibérations du conseil municipal, séance du 12 novembre 2026".into(),
        agreement: "SA-ACTES".into(),
        profile: Some("ACTES-2.1, version 1".into()),
        originating_agency: Some("21960017800012".into()),
        taken_in_charge_at: "2027-03-01T08:00:05.123Z".into(),
        unit_count: 3,
        file_count: files as u64,
        size_bytes: 1_234_567,
        inventory_sha512: Some("5f".repeat(64)),
        formats: vec![
            Counted { name: "Acrobat PDF/A 1b (fmt/354)".into(), count: 3 },
            Counted { name: "XML (fmt/101)".into(), count: 1 },
        ],
    };
    let copy = |site: &str| Copy {
        site: site.into(),
        read_at: "2027-03-01T08:00:05.123Z".into(),
        intact: true,
        size_bytes: Some(1_300_000),
        inventory_sha512: Some("5f".repeat(64)),
        faults: vec![],
    };
    let control = |name: &str, outcome: &str| Control { name: name.into(), outcome: outcome.into() };
    let reception = kind == Kind::Reception;
    Statement {
        form: Statement::FORM,
        kind,
        number: "saint-aubrac-ATT-2027-000012".into(),
        issued_at: "2027-03-01T08:00:05.123Z".into(),
        member: Member { code: "saint-aubrac".into(), name: "Commune de Saint-Aubrac-sur-Loine".into() },
        transfer: Transfer {
            id: "0191d3a0-0000-7000-8000-000000000002".into(),
            message_identifier: (!reception).then(|| "SIP-2027-000045".into()),
            transferring_agency: (!reception).then(|| "21960017800012".into()),
            file_name: "actes-2027-03.zip".into(),
            received_at: "2027-03-01T07:59:58Z".into(),
            size_bytes: 1_100_000,
            sha512: "c1".repeat(64),
        },
        archive: (!reception).then_some(archive),
        controls: vec![
            control("container", "pass"),
            control("format", "warning"),
            control("virus_coverage", "complete"),
        ],
        copies: if reception { vec![] } else { vec![copy("nord"), copy("sud")] },
        files: (0..if reception { 0 } else { files })
            .map(|number| File {
                name: format!("deliberation-2026-{number:03}.pdf"),
                size_bytes: 48_213,
                sha512: format!("{number:02x}").repeat(64),
            })
            .collect(),
    }
}

fn page(statement: &Statement, proved: bool) -> (usize, String) {
    let sha256 = "e3".repeat(32);
    let bytes = paper::pdf(statement, &sha256, proved, "https://archives.example.fr").expect("a page");
    if let Some(folder) = option_env!("CHARTRIER_PAGES") {
        let name = format!("{folder}/{}-{proved}.pdf", statement.kind.word());
        std::fs::write(name, &bytes).expect("a folder to look at them");
    }
    let document = Document::load_mem(&bytes).expect("a PDF");
    let pages: Vec<u32> = document.get_pages().into_keys().collect();
    let text = document.extract_text(&pages).expect("text");
    (pages.len(), text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn each_kind_says_on_one_page_what_it_declares_and_where_it_is_verified() {
    for (kind, title, said) in [
        (Kind::Reception, "Accusé de réception", "ne vaut pas prise en charge"),
        (Kind::PriseEnCharge, "Attestation de prise en charge", "2 copies relues : nord, sud"),
        (Kind::Integrite, "Attestation d’intégrité", "toutes sont intactes"),
    ] {
        for proved in [false, true] {
            let (pages, text) = page(&statement(kind, 4), proved);
            assert_eq!(pages, 1, "{title}");
            for part in [
                title,
                said,
                "N° saint-aubrac-ATT-2027-000012 · 1er mars 2027 à 9 h 00 min 5 s",
                "https://archives.example.fr/verify?numero=saint-aubrac-ATT-2027-000012",
                if proved { "Scellé" } else { "En attente de scellement" },
            ] {
                assert!(text.contains(part), "{part}: {text}");
            }
        }
    }
    let (_, text) = page(&statement(Kind::PriseEnCharge, 4), false);
    assert!(
        text.contains("1 famille sans anomalie ; avertissements : format ; antivirus : tous les fichiers"),
        "{text}"
    );
    assert!(text.contains("deliberation-2026-001.pdf"), "{text}");
    let (_, text) = page(&statement(Kind::PriseEnCharge, 2), true);
    assert!(text.contains("Chaque fichier de l’archive"), "{text}");
}

#[test]
fn a_copy_found_wrong_is_declared_wrong() {
    let mut statement = statement(Kind::Integrite, 2);
    statement.copies[1].intact = false;
    statement.copies[1].faults = vec!["fichier altéré : v1/content/x".into()];
    let (pages, text) = page(&statement, false);
    assert_eq!(pages, 1);
    assert!(text.contains("n’est PAS établie") && text.contains("EN DÉFAUT : fichier altéré"), "{text}");
    assert!(!text.contains("toutes sont intactes"), "{text}");
}

#[test]
fn whatever_its_values_it_stays_on_one_page() {
    let long = "très long ".repeat(400);
    for kind in [Kind::Reception, Kind::PriseEnCharge, Kind::Integrite] {
        let mut statement = statement(kind, 200);
        statement.member.name = long.clone();
        statement.transfer.file_name = "x".repeat(5_000);
        statement.transfer.message_identifier = Some(long.clone());
        statement.controls =
            (0..30).map(|_| Control { name: "unit".into(), outcome: "warning".into() }).collect();
        if let Some(archive) = &mut statement.archive {
            (archive.title, archive.agreement, archive.profile) =
                (long.clone(), long.clone(), Some(long.clone()));
            archive.originating_agency = Some(long.clone());
            archive.formats = (0..99).map(|count| Counted { name: long.clone(), count }).collect();
        }
        statement.copies.iter_mut().for_each(|copy| copy.faults = vec![long.clone(); 30]);
        let (pages, text) = page(&statement, false);
        assert_eq!(pages, 1, "{kind:?}: {}", text.len());
        assert!(text.contains("/verify?numero="), "{kind:?}");
    }
    let (pages, text) = page(&statement(Kind::PriseEnCharge, 200), false);
    assert_eq!(pages, 1);
    assert!(text.contains("autres sont dans le fichier JSON"), "{text}");
}
