//! Sites as settings say them: a list of places, and a table for each.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use super::secret;
use super::written::Site;
use crate::storage::{About, BucketSettings, Place, SiteSettings};

/// The setting at fault, and why.
type Refused = (String, String);

const TIMEOUT_SECONDS: u64 = 60;
const RETRY_SECONDS: u64 = 120;

/// The sites of `storage.sites`, with what their tables say.
pub(super) fn sites(
    list: &str,
    tables: &BTreeMap<String, Site>,
    data: &Path,
) -> Result<Vec<SiteSettings>, Refused> {
    let refused = |reason: &str| ("storage.sites".to_string(), reason.to_string());
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let mut sites = Vec::new();
    for site in list.split(',').map(str::trim).filter(|site| !site.is_empty()) {
        let (name, place) = site.split_once('=').ok_or(refused("nom=dossier est attendu"))?;
        if name.is_empty() || !name.chars().all(plain) {
            return Err(refused("un nom de site est fait de minuscules, chiffres et tirets"));
        }
        let said = tables.get(name).cloned().unwrap_or_default();
        let about = About {
            location: said.location.clone(),
            country: said.country.clone(),
            owner: said.owner.clone(),
            qualification: said.qualification.clone(),
        };
        let place = match place.contains("://") {
            true => Place::Bucket(bucket(name, place, &said, data)?),
            false => Place::Folder(data.join(place)),
        };
        sites.push(SiteSettings { name: name.to_string(), place, about });
    }
    if let Some(name) = tables.keys().find(|name| sites.iter().all(|site| site.name != **name)) {
        return Err((format!("sites.{name}"), "storage.sites ne nomme aucun site de ce nom".to_string()));
    }
    if sites.len() < 2 { Err(refused("deux sites au moins sont nécessaires")) } else { Ok(sites) }
}

fn bucket(name: &str, url: &str, said: &Site, data: &Path) -> Result<BucketSettings, Refused> {
    let key_file = data.join(&said.key_file);
    let refused = |reason: String| (format!("sites.{name}.key_file"), reason);
    if said.key_file.as_os_str().is_empty() {
        return Err(refused("le fichier de la clé du seau est attendu".to_string()));
    }
    secret::kept(&key_file).map_err(refused)?;
    Ok(BucketSettings {
        url: url.to_string(),
        endpoint: said.endpoint.trim_end_matches('/').to_string(),
        region: said.region.clone(),
        key_file,
        timeout: Duration::from_secs(said.timeout_seconds.unwrap_or(TIMEOUT_SECONDS)),
        retry: Duration::from_secs(said.retry_seconds.unwrap_or(RETRY_SECONDS)),
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_bucket_needs_a_key_that_others_cannot_read() {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key");
        let said = Site { key_file: "key".into(), country: "FR".into(), ..Site::default() };
        let tables = BTreeMap::from([("loin".to_string(), said)]);
        let read = || sites("pres=p,loin=s3://seau/archives", &tables, folder.path());
        assert!(read().is_err_and(|(name, _)| name == "sites.loin.key_file"));
        std::fs::write(&key, "id\nsecret\n").unwrap();
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(read().is_err_and(|(_, reason)| reason.contains("chmod 600")));
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        let sites = read().unwrap();
        assert_eq!(sites[1].about.country, "FR");
        assert!(matches!(&sites[1].place, Place::Bucket(bucket) if bucket.url == "s3://seau/archives"));
    }

    #[test]
    fn a_table_of_no_site_is_refused() {
        let tables = BTreeMap::from([("ouest".to_string(), Site::default())]);
        let refused = sites("nord=a,sud=b", &tables, Path::new("/"));
        assert!(refused.is_err_and(|(name, _)| name == "sites.ouest"));
    }
}
