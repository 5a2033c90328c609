//! What is said of the format of each file: not known, not the one declared, not one that the agreement accepts.
//!
//! Never refuses by itself: a file is looked at before anybody knows the agreement, which then makes a refusal of what it
//! refuses. What is declared is compared when it is a PUID that the signatures know, and when bytes told the format.

use super::identify::{IdentifiedObject, Place, Tables};
use crate::formats::{Basis, Identification};
use crate::model::findings as f;
use crate::model::format::is_puid;
use crate::model::{Agreement, BinaryObject, Finding, Findings, WhenAmiss};
use crate::package::Package;

/// What tells a format that differs from a media type that does, both `format.mismatch`.
pub(super) const FORMAT_ID: &str = "FormatId";
/// Files of formats not accepted that are told one by one.
const TOLD_MAX: usize = 100;

/// What is amiss with the format of a file just read.
pub(super) fn look(
    tables: Tables<'_>,
    object: &BinaryObject,
    (name, shown): (&str, &str),
    named: &Identification,
    found: &mut Findings,
) {
    let declared = object.format_id.as_deref().map(str::trim).filter(|puid| is_puid(puid));
    let Some(format) = named.format.as_deref() else {
        let message = match declared {
            Some(puid) => format!("rien dans {shown}, déclaré {puid}, ne dit son format"),
            None => format!("rien dans {shown} ne dit son format"),
        };
        found.push(Finding::new(&f::FORMAT_UNIDENTIFIED, message).at_line(object.line).in_path(name));
        return;
    };
    let is_other =
        |puid: &&str| *puid != format.puid && named.others.iter().all(|other| other.puid != **puid);
    let Some(puid) = declared.filter(is_other).filter(|_| named.basis != Basis::Extension) else { return };
    let Some(wanted) = tables.signatures.find(puid) else { return };
    let message = format!(
        "{shown} est déclaré {puid} ({}) et se trouve être {} ({})",
        title(&wanted.name, &wanted.version),
        format.puid,
        title(&format.name, &format.version)
    );
    let finding = Finding::new(&f::FORMAT_MISMATCH, message).at_line(object.line).in_path(name);
    found.push(finding.about(FORMAT_ID));
}

fn title(name: &str, version: &str) -> String {
    if version.is_empty() || name.ends_with(version) { name.to_owned() } else { format!("{name} {version}") }
}

/// What the agreement refuses of what was only said.
pub(super) fn judge(findings: &mut [Finding], agreement: Option<&Agreement>) {
    let Some(policy) = agreement.map(|agreement| &agreement.formats) else { return };
    for finding in findings {
        let (when, why) = if *finding.kind == f::FORMAT_UNIDENTIFIED {
            (policy.unknown, "l'accord refuse les fichiers dont le format n'est pas reconnu")
        } else if *finding.kind == f::FORMAT_MISMATCH && finding.about == Some(FORMAT_ID) {
            (policy.differs, "l'accord refuse les fichiers qui ne sont pas du format déclaré")
        } else {
            continue;
        };
        if when == WhenAmiss::Refuse {
            finding.kind = &f::FORMAT_REFUSED;
            finding.message = format!("{} : {why}", finding.message);
        }
    }
}

/// Files of formats that the agreement does not accept.
pub(super) fn refused(
    objects: &[IdentifiedObject],
    package: &Package,
    agreement: &Agreement,
) -> Vec<Finding> {
    let is_refused = |object: &&IdentifiedObject| {
        object.format.as_deref().is_some_and(|format| !agreement.formats.accepts(&format.puid))
    };
    let mut refused = objects.iter().filter(is_refused);
    let mut told: Vec<Finding> =
        refused.by_ref().take(TOLD_MAX).map(|object| not_accepted(object, package, agreement)).collect();
    let more = refused.count();
    if more > 0 {
        let message = format!("{more} autres fichiers sont d'un format que l'accord n'accepte pas");
        told.push(Finding::new(&f::FORMAT_REFUSED, message));
    }
    told
}

fn not_accepted(object: &IdentifiedObject, package: &Package, agreement: &Agreement) -> Finding {
    let (shown, path) = match object.place {
        Place::Entry(entry) => {
            let name = &package.entries()[entry].name;
            (format!("le fichier « {name} »"), name.clone())
        }
        Place::Inline => {
            ("un contenu joint au bordereau".to_owned(), "BinaryDataObject/Attachment".to_owned())
        }
    };
    let format = object.format.as_deref();
    let (puid, title) =
        format.map(|format| (format.puid.as_str(), title(&format.name, &format.version))).unwrap_or_default();
    let message = format!(
        "{shown} est du format {puid} ({title}), que l'accord « {} » n'accepte pas (il accepte {})",
        agreement.identifier,
        accepted(&agreement.formats.accepted)
    );
    Finding::new(&f::FORMAT_REFUSED, message).at_line(object.line).in_path(path)
}

/// The formats accepted, as far as a sentence can hold them.
fn accepted(puids: &[String]) -> String {
    const SHOWN_MAX: usize = 12;
    let shown = puids.iter().take(SHOWN_MAX).map(String::as_str).collect::<Vec<_>>().join(", ");
    if puids.len() > SHOWN_MAX { format!("{shown}…") } else { shown }
}
