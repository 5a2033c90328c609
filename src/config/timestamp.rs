//! Time-stamping authorities as settings say them: a table for each.

use std::collections::BTreeMap;
use std::path::Path;

use super::secret;
use super::written::Timestamp;
use crate::proof::token::Algorithm;
use crate::timestamp::Settings;

/// The setting at fault, and why.
type Refused = (String, String);

/// The authorities, in the order of their names.
pub(super) fn authorities(
    tables: &BTreeMap<String, Timestamp>,
    data: &Path,
) -> Result<Vec<Settings>, Refused> {
    tables.iter().map(|(name, said)| authority(name, said, data)).collect()
}

fn authority(name: &str, said: &Timestamp, data: &Path) -> Result<Settings, Refused> {
    let refused = |key: &str, reason: String| (format!("timestamp.{name}.{key}"), reason);
    if !said.url.starts_with("http://") && !said.url.starts_with("https://") {
        return Err(refused("url", "une adresse http:// ou https:// est attendue".into()));
    }
    let digest = if said.digest.is_empty() { "sha256" } else { &said.digest };
    let algorithm =
        Algorithm::named(digest).ok_or_else(|| refused("digest", "sha256 ou sha512 est attendu".into()))?;
    let path = data.join(&said.roots);
    if said.roots.as_os_str().is_empty() {
        let reason = "le fichier PEM des certificats racines de l’autorité est attendu".to_string();
        return Err(refused("roots", reason));
    }
    if said.user.is_empty() != said.password_file.as_os_str().is_empty() {
        return Err(refused("password_file", "user et password_file vont ensemble".into()));
    }
    if !said.user.is_empty() {
        secret::kept(&data.join(&said.password_file)).map_err(|reason| refused("password_file", reason))?;
    }
    let roots = std::fs::read(&path);
    let roots = roots.map_err(|error| refused("roots", format!("{} : {error}", path.display())))?;
    Ok(Settings {
        name: name.to_string(),
        url: said.url.clone(),
        policy: Some(said.policy.clone()).filter(|policy| !policy.is_empty()),
        user: (!said.user.is_empty()).then(|| (said.user.clone(), data.join(&said.password_file))),
        algorithm,
        roots,
        is_asked: said.ask,
        is_demonstration: false,
    })
}
