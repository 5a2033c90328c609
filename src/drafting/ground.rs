//! What the registers say of the agreement that a draft comes under: its profile, the rule of its schedule, who takes part.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::draft::{By, Draft};
use super::{Drafting, Error};
use crate::model::{Agreement, Party, RetentionRule, SedaVersion};
use crate::registry::{self, Profile as Registered};
use crate::seda::fill::{Kind, kinds};
use crate::seda::profile::Profile;

/// Versions that are written.
const VERSIONS: [SedaVersion; 3] = [SedaVersion::V2_1, SedaVersion::V2_2, SedaVersion::V2_3];

/// An agreement, ready to be written for.
pub(super) struct Ground {
    pub agreement: Agreement,
    /// Those that may be chosen: identifier and name.
    pub profiles: Vec<(String, String)>,
    pub profile: Option<(Registered, Arc<Profile>)>,
    pub version: SedaVersion,
    pub kinds: Vec<Kind>,
    pub rule: Option<RetentionRule>,
    /// Names by identifier.
    pub names: BTreeMap<String, String>,
    /// Producing services that the person deposits for.
    pub producers: Vec<String>,
}

impl Ground {
    /// A party's name, as people know it.
    pub fn name<'a>(&'a self, identifier: &'a str) -> &'a str {
        self.names.get(identifier).map_or(identifier, String::as_str)
    }
}

/// Whether what is deposited under an agreement may be written for whoever deposits, with these profiles.
pub(super) fn may_write(agreement: &Agreement, profiles: &[&Registered]) -> bool {
    !agreement.profile_imposed || !profiles.is_empty()
}

/// The profiles of the register that an agreement admits and whose messages are written.
pub(super) fn admitted<'a>(agreement: &Agreement, all: &'a [Registered]) -> Vec<&'a Registered> {
    let is_written = |profile: &&Registered| match profile.in_force.seda_version.as_deref() {
        Some(number) => VERSIONS.iter().any(|version| version.number() == number),
        None => true,
    };
    let is_admitted =
        |profile: &&Registered| profile.active && agreement.profiles.contains(&profile.identifier);
    all.iter().filter(is_admitted).filter(is_written).collect()
}

impl Drafting {
    /// What a draft comes under, while the person may deposit under it and it is open; else `None`.
    pub(super) async fn ground(&self, by: &By, draft: &Draft) -> Result<Option<Ground>, Error> {
        let today = self.clock.today();
        let mut tx = self.db.read(by.tenant).await?;
        let Some(agreement) = registry::queries::find_agreement(&mut tx, &draft.agreement).await? else {
            return Ok(None);
        };
        let reached =
            |producer: &&String| by.scope.reaches(Some(&agreement.identifier), Some(producer), None);
        let producers: Vec<String> = agreement.originating_agencies.iter().filter(reached).cloned().collect();
        if !agreement.is_open_on(today) || producers.is_empty() {
            return Ok(None);
        }
        let all = registry::profile_queries::profiles(&mut tx).await?;
        let parties = registry::queries::parties(&mut tx).await?;
        let mut rule = None;
        if let Some(code) = &agreement.conditions.typology {
            let versions = registry::retention_queries::versions_of(&mut tx, code).await?;
            rule = registry::retention::in_force(code, versions, today);
        }
        drop(tx);
        let admitted = admitted(&agreement, &all);
        if !may_write(&agreement, &admitted) {
            return Ok(None);
        }
        let said = draft.whole().values.get(super::answers::PROFILE).map(String::as_str);
        let chosen = match (said, &admitted[..]) {
            (Some(name), all) => all.iter().find(|profile| profile.identifier == name),
            (None, [only]) => Some(only),
            _ => None,
        };
        let profile = match chosen {
            Some(registered) => {
                let compiled = self.profiles.of(&self.db, by.tenant, registered).await?;
                Some(((*registered).clone(), compiled))
            }
            None => None,
        };
        let version = profile.as_ref().and_then(|(_, profile)| profile.seda_version());
        let version = version.filter(|version| VERSIONS.contains(version)).unwrap_or(SedaVersion::V2_1);
        let kinds = match &profile {
            Some((_, profile)) => kinds(profile.grammar(), version.namespace()),
            None => Vec::new(),
        };
        Ok(Some(Ground {
            profiles: admitted.iter().map(|one| (one.identifier.clone(), one.name.clone())).collect(),
            names: parties.into_iter().map(|Party { identifier, name, .. }| (identifier, name)).collect(),
            profile,
            version,
            kinds,
            rule,
            producers,
            agreement,
        }))
    }
}
