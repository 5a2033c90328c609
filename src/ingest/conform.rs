//! Between the fourth step and the fifth: the manifest read again, against the archive profile it declares.
//!
//! Which profile that is stands at the manifest's end, hence a second reading. Never judges whether the profile may be
//! declared (`decide` does); never reads a manifest that could not be read a first time.

use super::identify::Identified;
use super::validate::corrupt;
use super::{Error, Ingest, blocking};
use crate::model::findings as f;
use crate::model::{Agreement, Finding, Limits, ProfileId, TenantId};
use crate::registry::Profile as Registered;
use crate::seda::profile::{self, Profile};

/// An identified transfer, and what it has against the profile that applies to it: the only value `decide` takes.
pub struct Conformed {
    pub(super) identified: Identified,
    /// The profile declared, when it is one the transfer may declare.
    pub(super) applied: Option<Applied>,
}

/// The profile a manifest was checked against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    pub profile_id: ProfileId,
    pub identifier: String,
    pub version: u32,
    /// Of the grammar, hexadecimal.
    pub sha512: String,
}

impl Applied {
    /// For journal entries.
    pub(super) fn detail(&self) -> Vec<(&'static str, String)> {
        vec![
            ("profil", self.profile_id.to_string()),
            ("profil_version", self.version.to_string()),
            ("profil_sha512", self.sha512.clone()),
        ]
    }
}

/// Whether transfers under this agreement may declare the profile, as both stand now.
pub(super) fn is_admitted(profile: &Registered, agreement: &Agreement) -> bool {
    profile.active && agreement.profiles.contains(&profile.identifier)
}

impl Ingest {
    /// Checks the manifest against the profile it declares, when it is one that its agreement admits.
    pub(super) async fn conform(
        &self,
        tenant: TenantId,
        identified: Identified,
        agreement: Option<&Agreement>,
        profile: Option<&Registered>,
    ) -> Result<Conformed, Error> {
        let (Some(registered), Some(agreement)) = (profile, agreement) else {
            return Ok(Conformed { identified, applied: None });
        };
        if identified.manifest.is_none() || !is_admitted(registered, agreement) {
            return Ok(Conformed { identified, applied: None });
        }
        let compiled = self.profiles.of(&self.db, tenant, registered).await?;
        let applied = Applied {
            profile_id: registered.profile_id,
            identifier: registered.identifier.clone(),
            version: registered.in_force.version,
            sha512: hex::encode(&registered.in_force.sha512),
        };
        let limits = self.limits.clone();
        blocking(move || {
            let mut identified = identified;
            let found = check(&mut identified, &compiled, &limits)?;
            identified.findings.extend(found);
            Ok(Conformed { identified, applied: Some(applied) })
        })
        .await
    }
}

/// One reading of the manifest, from its beginning.
fn check(identified: &mut Identified, profile: &Profile, limits: &Limits) -> Result<Vec<Finding>, Error> {
    let (Some(manifest), Some(entry)) = (&identified.manifest, identified.manifest_entry) else {
        return Ok(Vec::new());
    };
    if let Some(version) = profile.seda_version().filter(|version| *version != manifest.heading.version) {
        let message = format!(
            "le profil est écrit pour le SEDA {}, le bordereau est en {}",
            version.number(),
            manifest.heading.version.number()
        );
        return Ok(vec![Finding::new(&f::PROFILE_VERSION, message)]);
    }
    let name = identified.package.entries()[entry].name.clone();
    let reader = identified.package.read(entry)?;
    match profile::check(profile, reader, limits) {
        Ok(found) => Ok(found),
        Err(error) => Ok(vec![corrupt(error, &name)?]),
    }
}
