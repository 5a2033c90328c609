//! What a signature says it signs (2.3): the unit of a signed document says that it is one.
//!
//! Never looks at the signature itself. That the reference names a unit at all is judged with the other references.

use std::io;

use super::description::{Family, Manifest};
use crate::model::{Finding, Findings, Referent, findings};

const ROLE: (&str, &str) = ("SigningInformation/SigningRole", "SignedDocument");

/// Each unit named as a signed document has that role.
///
/// # Errors
/// When the scratch that holds the description fails.
pub fn roles(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    for (reference, target) in manifest.references().zip(manifest.reference_targets()) {
        let (reference, target) = (reference?, target?);
        let (Referent::SignedDocument, Some(number)) = (reference.referent, target.number(Family::Unit))
        else {
            continue;
        };
        let unit = manifest.unit(number)?;
        let mut said = unit.content.others.iter();
        let has_role = said.any(|(path, text)| (path.as_str(), text.as_str()) == ROLE);
        if !has_role && found.wants(&findings::REFERENCE_SIGNED_DOCUMENT) {
            let message =
                format!("l'unité {} est désignée comme document signé, et ne se dit pas telle", unit.id);
            let finding = Finding::new(&findings::REFERENCE_SIGNED_DOCUMENT, message);
            found.push(finding.at_line(reference.line).in_path(&unit.id));
        }
    }
    Ok(())
}
