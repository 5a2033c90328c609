//! Witnesses as settings say them: those that cosign our heads, and the logs of others that we cosign; a table for each.

use std::collections::BTreeMap;

use super::written::{Witness, Witnessed};
use crate::proof::note::{Kind, Verifier};
use crate::proof::witness::Log;
use crate::witness::Settings;

/// The setting at fault, and why.
type Refused = (String, String);

/// Services that cosign our heads, in the order of their names.
pub(super) fn witnesses(tables: &BTreeMap<String, Witness>) -> Result<Vec<Settings>, Refused> {
    let witness = |(name, said): (&String, &Witness)| {
        if !said.url.starts_with("http://") && !said.url.starts_with("https://") {
            let reason = "une adresse http:// ou https:// est attendue".to_string();
            return Err((format!("witness.{name}.url"), reason));
        }
        let key = key(&format!("witness.{name}.key"), &said.key, Kind::Cosignature)?;
        Ok(Settings { name: name.clone(), url: said.url.clone(), key })
    };
    tables.iter().map(witness).collect()
}

/// Logs of others that we cosign.
pub(super) fn witnessed(tables: &BTreeMap<String, Witnessed>) -> Result<Vec<Log>, Refused> {
    let log = |(name, said): (&String, &Witnessed)| {
        if said.origin.is_empty() {
            let reason = "la première ligne des têtes de ce journal est attendue".to_string();
            return Err((format!("witnessed.{name}.origin"), reason));
        }
        let key = key(&format!("witnessed.{name}.key"), &said.key, Kind::Ed25519)?;
        Ok(Log { origin: said.origin.clone(), key })
    };
    tables.iter().map(log).collect()
}

fn key(setting: &str, text: &str, kind: Kind) -> Result<Verifier, Refused> {
    let key = Verifier::parse(text).map_err(|error| (setting.to_string(), error.to_string()))?;
    if key.kind() != kind {
        let reason = match kind {
            Kind::Ed25519 => "c'est la clé d'un témoin : celle qui signe le journal est attendue",
            Kind::Cosignature => {
                "c'est la clé d'un journal : celle par laquelle le témoin cosigne est attendue"
            }
        };
        return Err((setting.to_string(), reason.into()));
    }
    Ok(key)
}
