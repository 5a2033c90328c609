//! Who takes part in a transfer: as the command line says, or the agreement in the member's file.

use super::super::Failure;
use super::make::small;
use super::{Arguments, Reasons};

/// Who takes part.
pub(super) struct Parties {
    pub archival: String,
    pub transferring: String,
    pub originating: String,
}

/// Those that the command line names, else those of the agreement in the member's file.
pub(super) fn parties(arguments: &Arguments, reasons: &mut Reasons) -> Result<Option<Parties>, Failure> {
    let agreement = match &arguments.member {
        None => toml::Table::new(),
        Some(path) => {
            let member: toml::Table = String::from_utf8(small(path)?)?.parse()?;
            let agreements = member.get("agreement").and_then(toml::Value::as_array);
            let is_it = |of: &&toml::Value| {
                of.get("identifier").and_then(toml::Value::as_str) == Some(&arguments.agreement)
            };
            let found = agreements.into_iter().flatten().find(is_it).and_then(toml::Value::as_table);
            if found.is_none() {
                reasons.push(format!("{} n'a pas d'accord « {} »", path.display(), arguments.agreement));
            }
            found.cloned().unwrap_or_default()
        }
    };
    let mut party = |given: &Option<String>, key: &str, option: &str| {
        let of_file = match agreement.get(key) {
            Some(toml::Value::String(one)) => Some(one.clone()),
            Some(toml::Value::Array(many)) if many.len() == 1 => many[0].as_str().map(str::to_owned),
            _ => None,
        };
        let found = given.clone().or(of_file);
        if found.is_none() {
            reasons.push(format!(
                "donnez --{option} : l'accord n'en nomme pas un seul, ou --member n'est pas donné"
            ));
        }
        found
    };
    let archival = party(&arguments.archival_agency, "archival_agency", "archival-agency");
    let transferring = party(&arguments.transferring_agency, "transferring", "transferring-agency");
    let originating = party(&arguments.originating_agency, "originating", "originating-agency");
    Ok(match (archival, transferring, originating) {
        (Some(archival), Some(transferring), Some(originating)) => {
            Some(Parties { archival, transferring, originating })
        }
        _ => None,
    })
}
