//! The rules of archive profiles in a member's file, and of the agreements that list them.

use super::faults::{Faults, identifier, one_of, text};
use super::file::{Grammar, Profile};
use super::library;
use super::profiles::NOTICE_CHARS_MAX;
use super::read::{Text, WrittenAgreement, WrittenProfile};

/// A profile whose file compiled.
pub(super) fn check_profile(written: &WrittenProfile, grammar: Grammar, faults: &mut Faults) -> Profile {
    if let Some(state) = &written.state {
        one_of(state, &["active", "inactive"], faults);
    }
    Profile {
        identifier: identifier(&written.identifier, faults),
        name: text(&written.name, faults),
        notice: match (&written.notice, &written.library) {
            (Some(written), _) => notice(written, faults),
            (None, Some(model)) => {
                library::find(model.get_ref()).map(|model| model.notice.clone()).unwrap_or_default()
            }
            (None, None) => String::new(),
        },
        active: written.state.as_ref().map(|state| state.get_ref() == "active"),
        grammar,
    }
}

/// A notice, of several lines if need be: what the portal takes comes back from an export.
fn notice(written: &Text, faults: &mut Faults) -> String {
    let value = written.get_ref();
    let unprintable = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let right = value.chars().count() <= NOTICE_CHARS_MAX && !value.contains(unprintable);
    faults.unless(right, written, format!("un texte de {NOTICE_CHARS_MAX} signes au plus est attendu"));
    value.clone()
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
