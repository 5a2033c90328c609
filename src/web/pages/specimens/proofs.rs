//! Made-up pages of proofs: an attestation looked at, the keys, the seals.

use super::frame::{at, outside, shell};
use crate::attestation::Look;
use crate::evidence::seal_queries::SealState;
use crate::evidence::stamping_queries::{Renewal, Stamping};
use crate::evidence::witness_queries::WitnessState;
use crate::model::TenantId;
use crate::proof::sealed::Shown;
use crate::sealing::{Alert, LogStanding, Standing};
use crate::web::pages::seals::{self, SealsPage};
use crate::web::pages::shell::Section;
use crate::web::pages::trust::{AuthorityLine, KeyLine, Recipe, StampRecipe, TrustPage};
use crate::web::pages::verdict::verdict;
use crate::web::pages::verify::VerifyPage;

pub fn verified() -> VerifyPage {
    let shown = Shown {
        log: "archives.example.fr/sal".into(),
        size: 12_345,
        seal: None,
        platform_size: 42,
        stamps: Vec::new(),
        log_stamps: Vec::new(),
        witnesses: Vec::new(),
        unchecked: vec!["que les certificats n’étaient pas révoqués à la date des jetons".into()],
    };
    let look = Look::Genuine {
        title: "Attestation de prise en charge",
        issued_at: at("2026-03-12T10:00:00Z"),
        registered: true,
        proof: Some(Ok(shown)),
    };
    VerifyPage {
        shell: outside("Vérifier une attestation"),
        csrf: "jeton".into(),
        number: "sal-ATT-2026-000012".into(),
        digest: "ab".repeat(32),
        errors: Vec::new(),
        verdict: Some(verdict(look)),
    }
}

pub fn trust() -> TrustPage {
    TrustPage {
        shell: outside("Clés et certificats"),
        service: "archives.example.fr".into(),
        keys: vec![KeyLine {
            key: "archives.example.fr+0123abcd+AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAh".into(),
            state: "en service depuis le 1er mars 2026 à 3 h 00".into(),
            file: "cle-0123abcd.pem".into(),
            pem: "-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n".into(),
        }],
        authorities: vec![AuthorityLine {
            name: "demonstration".into(),
            state: "",
            is_demonstration: true,
            file: "racines-demonstration.pem".into(),
            roots: "-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----".into(),
        }],
        origin: "archives.example.fr/plateforme".into(),
        witnesses: vec![(
            "voisin".into(),
            "archives.voisin.fr/temoin+0123abcd+BAIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAh".into(),
        )],
        witness_keys: vec![
            "archives.example.fr/temoin+89abcdef+BAIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyAh".into(),
        ],
        recipe: Some(Recipe {
            log: "archives.example.fr/log/plateforme".into(),
            seal: "000012".into(),
            key_file: "cle-0123abcd.pem".into(),
            stamps: vec![StampRecipe {
                name: "000012.1".into(),
                parts: "000012.texte".into(),
                roots_file: "racines-demonstration.pem".into(),
            }],
        }),
    }
}

pub fn sealed() -> SealsPage {
    let now = at("2026-03-12T10:00:00Z");
    let log = |code: Option<&str>, number, trouble: Option<&str>| LogStanding {
        code: code.map(str::to_owned),
        state: Some(SealState {
            tenant: TenantId::of_member(code.unwrap_or("x")),
            number,
            sealed_at: Some(at("2026-03-12T03:00:00Z")),
            trouble: trouble.map(str::to_owned),
            trouble_since: trouble.map(|_| now),
        }),
        copies: vec![("nord".into(), number, now), ("sud".into(), number, now)],
    };
    let standing = Standing {
        logs: vec![
            log(None, 120, None),
            log(Some("sal"), 118, None),
            log(
                Some("val"),
                97,
                Some("scellement 98 : les sites ont un scellement d’entrées que la base n’a pas"),
            ),
        ],
        stamping: Some(Stamping {
            waiting_since: Some(at("2026-03-11T03:00:00Z")),
            reason: Some("l’autorité « premiere » ne répond pas : délai dépassé".into()),
            tried_at: Some(now),
            failures: 9,
            next_at: Some(at("2026-03-12T09:40:00Z")),
            renewal: Some(Renewal {
                since: at("2026-03-01T03:00:00Z"),
                reason: "le certificat de l’autorité « premiere » ne finit pas plus tard".into(),
                ends: at("2026-05-01T03:00:00Z"),
            }),
        }),
        contradicted: vec![("sud".into(), 1, 101)],
        witnesses: vec![WitnessState {
            witness: "archives.voisin.fr/temoin".into(),
            size: 240,
            tried_at: now,
            trouble: None,
            trouble_since: None,
            forked: false,
        }],
        alerts: vec![
            Alert::Unstamped { since: at("2026-03-11T03:00:00Z"), reason: "délai dépassé".into() },
            Alert::Contradicted { site: "sud".into(), tokens: 1, first: 101 },
        ],
    };
    let account = shell("Scellements", Section::Operations, "exploitant").account.expect("somebody");
    seals::page(account, &standing, now)
}
