//! The settings of the identity provider, looked at.

use std::path::Path;

use super::secret;
use super::written::Provider;
use crate::identity::{ProviderAccount, ProviderSettings};

/// The provider's settings, `None` when it has no issuer; else the setting's name and the reason.
pub(super) fn checked(
    written: &Provider,
    data: &Path,
    public_url: &str,
) -> Result<Option<ProviderSettings>, (&'static str, String)> {
    let account = match written.account.as_str() {
        "email" => ProviderAccount::Email,
        "login" => ProviderAccount::Login,
        _ => return Err(("provider.account", "email ou login".into())),
    };
    if written.issuer.is_empty() {
        return Ok(None);
    }
    let is_here = |host: &str| written.issuer.starts_with(&format!("http://{host}:"));
    if !written.issuer.starts_with("https://") && !is_here("127.0.0.1") && !is_here("localhost") {
        return Err(("provider.issuer", "une adresse https:// est attendue".into()));
    }
    if written.client_id.is_empty() {
        return Err(("provider.client_id", "l’identifiant donné par le fournisseur est attendu".into()));
    }
    let client_secret = match written.client_secret_file.as_os_str().is_empty() {
        true => String::new(),
        false => secret::line(&data.join(&written.client_secret_file))
            .map_err(|reason| ("provider.client_secret_file", reason))?,
    };
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
    Ok(Some(ProviderSettings {
        issuer: written.issuer.clone(),
        client_id: written.client_id.clone(),
        client_secret,
        label: written.label.clone(),
        scopes: words(&written.scopes),
        acr_values: words(&written.acr_values),
        strong_acr: words(&written.strong_acr),
        account,
        email_is_checked: written.email_is_checked,
        signed_userinfo: written.signed_userinfo,
        redirect: format!("{public_url}/connexion/fournisseur/retour"),
    }))
}
