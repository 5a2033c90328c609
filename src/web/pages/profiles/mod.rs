//! Archive profiles: their list, the import, one profile with its versions and agreements, its explanation.
//!
//! Never compiles nor binds: `crate::membership` does. These pages are the archivist's and the administrator's; a
//! depositor sees of a profile only its name, on a transfer.

pub mod acts;
mod asks;
pub mod explanation;
pub mod import;
pub mod list;
pub mod show;

use crate::membership::profiles::{By, Rng};
use crate::model::{Finding, ProfileId};
use crate::web::callers::ProfileKeeper;
use crate::web::pages::shell::Badge;
use crate::web::pages::upload::Upload;
use crate::web::pages::words;

/// Faults of a file shown; the rest are counted.
const REFUSED_MAX: usize = 50;

/// Why a file is no profile, line by line.
pub struct Refused {
    pub lines: Vec<RefusedLine>,
    pub more: usize,
}

/// One fault of the file.
pub struct RefusedLine {
    pub line: Option<u64>,
    pub title: String,
    pub message: String,
}

impl Refused {
    fn of(findings: &[Finding]) -> Self {
        let line = |finding: &Finding| RefusedLine {
            line: finding.line,
            title: words::sentence(finding.kind.title),
            message: words::sentence(&finding.message),
        };
        Self {
            lines: findings.iter().take(REFUSED_MAX).map(line).collect(),
            more: findings.len().saturating_sub(REFUSED_MAX),
        }
    }
}

/// The field that brings the profile's file.
const FILE: &str = "fichier";

fn rng_of(upload: &mut Upload) -> Option<Rng> {
    upload.take(FILE).map(|file| Rng { file_name: file.file_name, bytes: file.bytes })
}

/// The page of a profile.
pub fn address(id: ProfileId) -> String {
    format!("/profils/{id}")
}

/// « SEDA 2.1 ».
fn standard(version: Option<&str>) -> String {
    version.map_or_else(|| "Aucune version du SEDA".into(), |version| format!("SEDA\u{a0}{version}"))
}

fn badge(active: bool) -> Badge {
    if active {
        Badge { label: "En service", tone: "kept", icon: "check" }
    } else {
        Badge { label: "Hors service", tone: "waiting", icon: "cross" }
    }
}

fn by(person: &ProfileKeeper) -> By {
    By { tenant: person.tenant, person: person.person_id, role: person.role() }
}
