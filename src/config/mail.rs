//! The settings of the mail relay, looked at. A wrong one is refused whether there is a relay or not.

use std::path::Path;

use super::secret;
use super::written::Mail;
use crate::mail::{Settings, Tls};

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
        user => {
            let password = secret::line(&data.join(&written.password_file));
            Some((user.to_owned(), password.map_err(|reason| ("mail.password_file", reason))?))
        }
    };
    let (host, port, from) = (written.host.clone(), written.port, written.from.clone());
    Ok(Some(Settings { host, port, tls, credentials, from }))
}
