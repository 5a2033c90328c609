//! What an agreement asks beyond parties, profiles, formats and sizes: age, retention schedule, digests, signatures.

use super::identify::Identified;
use crate::model::findings as f;
use crate::model::{Age, Agreement, CopySaid, Finding, Heading, Indication, RetentionRule, Signing};
use crate::seda::retention::weaknesses;

/// Everything against it. `rule`: the one in force of the schedule that the agreement names.
pub(super) fn check(
    identified: &Identified,
    heading: &Heading,
    agreement: &Agreement,
    rule: Option<&RetentionRule>,
) -> Vec<Finding> {
    let mut findings: Vec<Finding> = definitive(identified, agreement).into_iter().collect();
    if let Some(rule) = rule {
        findings.extend(weaknesses(&identified.appraisals, rule));
    }
    findings.extend(digests(identified, agreement));
    findings.extend(message_signature(identified, heading, agreement));
    findings.extend(document_signatures(identified, agreement));
    findings
}

/// Archives are kept on each site that the agreement asks.
pub(super) fn service_level(agreement: &Agreement, sites: &[String]) -> Option<Finding> {
    let missing: Vec<&str> =
        agreement.conditions.sites.iter().filter(|site| !sites.contains(site)).map(String::as_str).collect();
    (!missing.is_empty()).then(|| {
        let message = format!(
            "l'accord « {} » demande que ses archives soient gardées aussi sur {}",
            agreement.identifier,
            missing.join(", ")
        );
        Finding::new(&f::HEADER_SERVICE_LEVEL, message).in_path("ArchivalAgreement")
    })
}

/// A scan without a procedure is a simple copy: taken, with a warning, unless the agreement asks more (norms §10).
pub(super) fn copy(said: Option<CopySaid>, agreement: Option<&Agreement>) -> Option<Finding> {
    if said != Some(CopySaid::Simple) {
        return None;
    }
    Some(match agreement.filter(|agreement| agreement.conditions.reliable_copy) {
        Some(agreement) => {
            let message = format!("l'accord « {} » demande des copies fiables", agreement.identifier);
            Finding::new(&f::HEADER_COPY_NOT_RELIABLE, message)
        }
        None => Finding::new(&f::HEADER_COPY_SIMPLE, "le versement est une numérisation sans procédure"),
    })
}

/// What is kept for ever has nothing to destroy.
fn definitive(identified: &Identified, agreement: &Agreement) -> Option<Finding> {
    let said = identified.appraisals.each().find(|said| said.destroys)?;
    (agreement.conditions.age == Age::Definitif).then(|| {
        let message = format!(
            "l'unité {} est à éliminer, et l'accord « {} » ne reçoit que des archives définitives",
            said.first_id, agreement.identifier
        );
        Finding::new(&f::RULE_DEFINITIVE, message).at_line(said.line).in_path(&said.first_id)
    })
}

/// One finding an algorithm.
fn digests(identified: &Identified, agreement: &Agreement) -> Vec<Finding> {
    let admitted = &agreement.conditions.digests;
    if admitted.is_empty() {
        return Vec::new();
    }
    let mut refused: Vec<(Option<&'static str>, u64, u64)> = Vec::new();
    for object in &identified.objects {
        let name = object.declared.map(|algorithm| algorithm.name());
        if name.is_some_and(|name| admitted.iter().any(|known| known == name)) {
            continue;
        }
        match refused.iter_mut().find(|(known, ..)| *known == name) {
            Some((_, files, _)) => *files += 1,
            None => refused.push((name, 1, object.line)),
        }
    }
    let told = |(name, files, line): (Option<&'static str>, u64, u64)| {
        let said = match name {
            Some(name) => format!("{files} fichier(s) ont une empreinte {name}"),
            None => format!("{files} fichier(s) n'ont pas d'empreinte"),
        };
        let message =
            format!("{said} ; l'accord « {} » demande {}", agreement.identifier, admitted.join(", "));
        Finding::new(&f::OBJECT_DIGEST_NOT_ADMITTED, message).at_line(line)
    };
    refused.into_iter().map(told).collect()
}

fn message_signature(identified: &Identified, heading: &Heading, agreement: &Agreement) -> Option<Finding> {
    let (asked, name) = (agreement.conditions.message_signature, &agreement.identifier);
    let refuse = |kind, message: String| Some(Finding::new(kind, message).in_path("Signature"));
    match (asked, heading.signature_line) {
        (Signing::Free, _) | (Signing::Required, Some(_)) => None,
        (_, None) => {
            refuse(&f::HEADER_SIGNATURE_MISSING, format!("l'accord « {name} » demande un bordereau signé"))
        }
        (Signing::Valid, Some(line)) => {
            let file =
                identified.manifest_entry.map(|entry| identified.package.entries()[entry].name.as_str());
            let of_message = |told: &&crate::model::signature::Signature| Some(told.file.as_str()) == file;
            let mut found = identified.signatures.told.iter().filter(of_message).peekable();
            let is_told = found.peek().is_some();
            if is_told && found.all(|signature| signature.indication == Indication::Passed) {
                return None;
            }
            let message = format!("l'accord « {name} » demande un bordereau dont la signature soit valide");
            refuse(&f::HEADER_SIGNATURE_REFUSED, message).map(|finding| finding.at_line(line))
        }
    }
}

/// Of the documents: those of the message itself are not theirs.
fn document_signatures(identified: &Identified, agreement: &Agreement) -> Vec<Finding> {
    let (asked, name) = (agreement.conditions.document_signatures, &agreement.identifier);
    if asked == Signing::Free {
        return Vec::new();
    }
    let message = identified.manifest_entry.map(|entry| identified.package.entries()[entry].name.as_str());
    let found: Vec<_> =
        identified.signatures.told.iter().filter(|told| Some(told.file.as_str()) != message).collect();
    if found.is_empty() {
        let message =
            format!("l'accord « {name} » demande des documents signés, et aucun ne porte de signature");
        return vec![Finding::new(&f::SIGNATURE_MISSING, message)];
    }
    if asked == Signing::Required {
        return Vec::new();
    }
    let untold = identified.signatures.count().saturating_sub(identified.signatures.told.len() as u64);
    let untold = (untold > 0).then(|| {
        let message = format!(
            "{untold} autres signatures n'ont pas été détaillées ; l'accord « {name} » les demande valides"
        );
        Finding::new(&f::SIGNATURE_UNVERIFIED, message)
    });
    let bad = found.iter().filter_map(|signature| {
        let (kind, what) = match signature.indication {
            Indication::Passed => return None,
            Indication::Failed => (&f::SIGNATURE_REFUSED, "n'est pas valide"),
            Indication::Indeterminate => (&f::SIGNATURE_UNVERIFIED, "n'a pas pu être vérifiée"),
        };
        let why = signature.reason.map(|reason| format!(" : {}", reason.label())).unwrap_or_default();
        let message = format!(
            "la signature de « {} » {what}{why} ; l'accord « {name} » la demande valide",
            signature.file
        );
        Some(Finding::new(kind, message).in_path(&signature.file))
    });
    untold.into_iter().chain(bad.take(100)).collect()
}
