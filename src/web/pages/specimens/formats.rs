//! The pages of formats: a member's, with every risk; the operator's, with a file refused.

use super::frame::{at, shell};
use crate::model::{FormatRisk, NamedFormat};
use crate::pronom::{Held, Holdings, Run};
use crate::registry::signatures::Version;
use crate::web::pages::formats::held::{self, Done, HeldPage};
use crate::web::pages::formats::signatures::{self, SignaturesPage};
use crate::web::pages::shell::{FieldError, Section};

fn named(
    [puid, name, version, mime]: [&str; 4],
    objects: u64,
    size_bytes: u64,
    given: Option<FormatRisk>,
) -> Held {
    let [puid, name, version, mime] = [puid, name, version, mime].map(str::to_owned);
    let format = Some(NamedFormat { puid, name, version, mime });
    Held { format, is_looked_at: true, objects, size_bytes, otherwise: 12, given }
}

fn nameless(is_looked_at: bool, objects: u64, size_bytes: u64) -> Held {
    Held { format: None, is_looked_at, objects, size_bytes, otherwise: 3, given: None }
}

pub fn held() -> HeldPage {
    let pdf = ["fmt/354", "Acrobat PDF/A - Portable Document Format", "1b", "application/pdf"];
    let mp4 = ["fmt/199", "MPEG-4 Media File", "", "application/mp4, audio/mp4, video/mp4"];
    let doc = ["fmt/40", "Microsoft Word Document", "97-2003", "application/msword"];
    let odt = ["fmt/291", "OpenDocument Text", "1.2", "application/vnd.oasis.opendocument.text"];
    let formats = vec![
        named(pdf, 48_212, 96_400_000_000, None),
        named(mp4, 312, 41_000_000_000, None),
        named(doc, 9_120, 3_100_000_000, None),
        named(odt, 2_480, 410_000_000, Some(FormatRisk::Watch)),
        nameless(true, 41, 12_000_000),
        named(["fmt/900", "Format rare d’un logiciel de plans", "", ""], 4, 2_000_000, None),
        nameless(false, 1_020, 1_000_000),
    ];
    let holdings = Holdings { formats, is_cut: false, signatures: "109, conteneurs 25".into() };
    let run = Run {
        run_id: uuid::Uuid::nil(),
        signatures: "109".into(),
        started_at: at("2026-03-02T08:00:00Z"),
        looked_at: 60_000,
        changed: 1_204,
        unreadable: 2,
        ended_at: Some(at("2026-03-02T09:30:00Z")),
    };
    let account = shell("", Section::Formats, "archiviste").account.expect("somebody");
    held::page(account, &holdings, Some(&run), true, Some(Done::Risque))
}

pub fn signatures() -> SignaturesPage {
    let version = |version: &str, day: &str, by: Option<&str>, left_out| Version {
        version: version.into(),
        signatures_sha512: vec![0xa5; 64],
        containers_sha512: Some(vec![0x5a; 64]),
        format_count: 2_246,
        left_out,
        imported_at: at(day),
        imported_by: by.map(str::to_owned),
    };
    let versions = [
        version("109, conteneurs 25", "2026-03-01T10:00:00Z", Some("Léo Exploitant"), 3),
        version("108, conteneurs 24", "2025-11-01T10:00:00Z", None, 0),
    ];
    let why = "Ces fichiers ne peuvent pas servir, et rien n’a changé : le fichier est coupé avant sa fin.";
    let errors = vec![FieldError { field: "signatures", sentence: why.into() }];
    let account = shell("", Section::Operations, "exploitant").account.expect("somebody");
    signatures::page(account, &versions, None, errors)
}
