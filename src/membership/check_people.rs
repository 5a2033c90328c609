//! The rules of people and machines in a member's file: who they are, and what nobody holds together.

use std::collections::BTreeMap;

use super::faults::{Faults, has_part, identifier, one_of, sorted, text};
use super::file::{Agreement, Machine, Party, Person};
use super::read::{Text, WrittenMachine, WrittenPerson};
use crate::mail::is_address;
use crate::model::{Holding, ReplyForm, Role};

const SECRET_BYTES_MIN: usize = 12;

/// Roles that nobody holds together in one member (norms §8, separation of duties).
const APART: [(Role, Role); 4] = [
    (Role::Archivist, Role::ControlAuthority),
    (Role::Archivist, Role::Operator),
    (Role::MemberAdmin, Role::ControlAuthority),
    (Role::Operator, Role::ControlAuthority),
];

pub(super) fn check_person(
    written: &WrittenPerson,
    known: (&[Agreement], &[Party]),
    faults: &mut Faults,
) -> Person {
    let login = identifier(&written.login, faults);
    faults.unless(
        login == login.to_lowercase(),
        &written.login,
        "l'identifiant de connexion est en minuscules",
    );
    let holdings = check_holdings(written, known, faults);
    for (one, other) in apart(&holdings) {
        let reason = format!("nul n'est à la fois {} et {}", one.label(), other.label());
        faults.at(&written.login, reason);
    }
    if let Some(email) = &written.email {
        faults.unless(
            is_address(email.get_ref()),
            email,
            "une adresse électronique « nom@domaine » est attendue",
        );
    }
    Person {
        login,
        name: text(&written.name, faults),
        email: written.email.as_ref().map(|email| email.get_ref().clone()),
        holdings,
        password: secret(&written.password, faults),
    }
}

/// Roles held together that nobody holds together (norms §8).
pub(super) fn apart(holdings: &[Holding]) -> Vec<(Role, Role)> {
    let has = |role: Role| holdings.iter().any(|held| held.role == role);
    APART.into_iter().filter(|(one, other)| has(*one) && has(*other)).collect()
}

/// Each role once: for the whole member, or for the agreements and producing services named, which the file has.
fn check_holdings(
    written: &WrittenPerson,
    (agreements, parties): (&[Agreement], &[Party]),
    faults: &mut Faults,
) -> Vec<Holding> {
    let words: Vec<&str> = Role::ALL.iter().map(|role| role.word()).collect();
    let mut holdings: BTreeMap<Role, Holding> = BTreeMap::new();
    for word in &written.roles {
        one_of(word, &words, faults);
        let role = Role::from_word(word.get_ref());
        holdings.extend(role.map(|role| (role, Holding::whole(role))));
    }
    for scoped in &written.scoped {
        one_of(&scoped.role, &words, faults);
        for name in scoped.agreements.iter().flatten() {
            let known = agreements.iter().any(|known| known.identifier == *name.get_ref());
            faults.unless(known, name, format!("aucun accord « {} » dans ce fichier", name.get_ref()));
        }
        scoped.producers.iter().flatten().for_each(|name| has_part(name, parties, "originating", faults));
        let Some(role) = Role::from_word(scoped.role.get_ref()) else { continue };
        faults.unless(
            !matches!(role, Role::Operator | Role::Pilot),
            &scoped.role,
            "ce rôle vaut pour tout le service : il ne se restreint pas",
        );
        let of = |list: &Option<Vec<Text>>| list.as_deref().map(sorted);
        let held = Holding {
            agreements: of(&scoped.agreements),
            producers: of(&scoped.producers),
            ..Holding::whole(role)
        };
        let first = holdings.insert(role, held).is_none();
        faults.unless(first, &scoped.role, "un rôle est donné une seule fois à une personne");
    }
    faults.unless(!holdings.is_empty(), &written.login, "une personne a au moins un rôle");
    holdings.into_values().collect()
}

pub(super) fn check_machine(
    written: &WrittenMachine,
    agreements: &[Agreement],
    faults: &mut Faults,
) -> Machine {
    for agreement in &written.agreements {
        let known = agreements.iter().any(|known| known.identifier == *agreement.get_ref());
        faults.unless(known, agreement, format!("aucun accord « {} » dans ce fichier", agreement.get_ref()));
    }
    let forms = [ReplyForm::Asalae, ReplyForm::Strict].map(ReplyForm::word);
    written.replies.iter().for_each(|form| one_of(form, &forms, faults));
    Machine {
        client_id: identifier(&written.client_id, faults),
        name: text(&written.name, faults),
        agreements: sorted(&written.agreements),
        secret: secret(&written.secret, faults),
        replies: written.replies.as_ref().and_then(|form| ReplyForm::from_word(form.get_ref())),
    }
}

fn secret(secret: &Option<Text>, faults: &mut Faults) -> Option<String> {
    let secret = secret.as_ref()?;
    let right = (SECRET_BYTES_MIN..=crate::identity::PASSWORD_BYTES_MAX).contains(&secret.get_ref().len());
    faults.unless(right, secret, format!("trop court : {SECRET_BYTES_MIN} caractères au moins"));
    Some(secret.get_ref().clone())
}
