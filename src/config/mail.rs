//! The settings of the mail relay, looked at. A wrong one is refused whether there is a relay or not.

use std::path::Path;

use super::written::Mail;
use crate::mail::{Settings, Tls};

/// Longest password file.
const PASSWORD_BYTES_MAX: u64 = 4_096;

/// The relay's settings, `None` when it has no host; else the setting's name and the reason.
pub(super) fn checked(written: &Mail, data: &Path) -> Result<Option<Settings>, (&'static str, String)> {
    let tls = match written.tls.as_str() {
        "starttls" => Tls::Starttls,
        "tls" => Tls::Tls,
        "none" => Tls::None,
        _ => return Err(("mail.tls", "starttls, tls ou none".into())),
    };
    if written.port == 0 {
        return Err(("mail.port", "de 1 à 65535".into()));
    }
    if written.user.is_empty() != written.password_file.as_os_str().is_empty() {
        return Err(("mail.password_file", "user et password_file vont ensemble".into()));
    }
    if !written.user.is_empty() && tls == Tls::None {
        return Err(("mail.tls", "un mot de passe ne part pas en clair : starttls ou tls".into()));
    }
    if written.host.is_empty() {
        return Ok(None);
    }
    let from =
        written.from.rsplit_once('<').map_or(written.from.as_str(), |(_, rest)| rest.trim_end_matches('>'));
    if !crate::mail::is_address(from) {
        return Err(("mail.from", "« Nom <adresse@domaine> » est attendu".into()));
    }
    let credentials = match written.user.as_str() {
        "" => None,
        user => Some((user.to_owned(), password(&data.join(&written.password_file))?)),
    };
    let (host, port, from) = (written.host.clone(), written.port, written.from.clone());
    Ok(Some(Settings { host, port, tls, credentials, from }))
}

/// The file's first line.
fn password(path: &Path) -> Result<String, (&'static str, String)> {
    let unread = |reason: String| ("mail.password_file", format!("{} : {reason}", path.display()));
    let size = std::fs::metadata(path).map_err(|error| unread(error.to_string()))?.len();
    if size > PASSWORD_BYTES_MAX {
        return Err(unread("fichier trop gros".into()));
    }
    let text = std::fs::read_to_string(path).map_err(|error| unread(error.to_string()))?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() { Err(unread("la première ligne est vide".into())) } else { Ok(line.to_owned()) }
}
