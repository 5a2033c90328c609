//! The rules of archive profiles in a member's file, and of the agreements that list them.

use super::check::{Faults, identifier, one_of, text};
use super::file::{Grammar, Profile};
use super::read::{WrittenAgreement, WrittenProfile};

/// A profile whose file compiled.
pub(super) fn check_profile(written: &WrittenProfile, grammar: Grammar, faults: &mut Faults) -> Profile {
    if let Some(state) = &written.state {
        one_of(state, &["active", "inactive"], faults);
    }
    Profile {
        identifier: identifier(&written.identifier, faults),
        name: text(&written.name, faults),
        notice: written.notice.as_ref().map(|notice| text(notice, faults)).unwrap_or_default(),
        active: written.state.as_ref().map(|state| state.get_ref() == "active"),
        grammar,
    }
}

/// The profiles an agreement lists are this file's; one that imposes some lists some.
pub(super) fn check_imposed(written: &WrittenAgreement, profiles: &[WrittenProfile], faults: &mut Faults) {
    for profile in written.profiles.iter().flatten() {
        let known = profiles.iter().any(|known| known.identifier.get_ref() == profile.get_ref());
        faults.unless(known, profile, format!("aucun profil « {} » dans ce fichier", profile.get_ref()));
    }
    if let Some(imposed) = written.profile_imposed.as_ref().filter(|imposed| *imposed.get_ref()) {
        let lists = written.profiles.as_ref().is_some_and(|profiles| !profiles.is_empty());
        faults.unless(lists, imposed, "un accord qui exige un profil en nomme au moins un (profiles)");
    }
}
