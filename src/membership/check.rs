//! The rules of a member's file, beyond its grammar: every fault found, each with its place.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate};
use toml::Spanned;
use toml::value::Datetime;

use super::check_conditions::check_conditions;
use super::check_convention::{check_ages, check_convention};
use super::check_formats::check_formats;
use super::check_limits::check_limits;
use super::check_numbering::check_numbering;
use super::check_profiles::{check_imposed, check_profile};
use super::check_virus::check_virus;
use super::file::{Agreement, Grammar, Machine, Member, Party, Person, Quota, Validity};
use super::read::{
    Text, Written, WrittenAgreement, WrittenMachine, WrittenParty, WrittenPerson, WrittenProfile,
};
use crate::mail::is_address;
use crate::model::numbers::{is_siren, is_siret};
use crate::model::{Holding, MEMBER_KINDS, ReplyForm, Role};
use crate::seda::tolerance::Tolerance;
use crate::storage::Storage;

const PARTS: [&str; 3] = ["archival", "transferring", "originating"];
const TEXT_BYTES_MAX: usize = 500;
const IDENTIFIER_BYTES_MAX: usize = 254;
const SECRET_BYTES_MIN: usize = 12;

/// Roles that nobody holds together in one member (norms §8, separation of duties).
const APART: [(Role, Role); 4] = [
    (Role::Archivist, Role::ControlAuthority),
    (Role::Archivist, Role::Operator),
    (Role::MemberAdmin, Role::ControlAuthority),
    (Role::Operator, Role::ControlAuthority),
];

/// Faults found so far, each with its place in the text.
#[derive(Default)]
pub(super) struct Faults(Vec<(usize, String)>);

impl Faults {
    pub(super) fn at<T>(&mut self, place: &Spanned<T>, reason: impl Into<String>) {
        self.0.push((place.span().start, reason.into()));
    }

    pub(super) fn unless<T>(&mut self, right: bool, place: &Spanned<T>, reason: impl Into<String>) {
        if !right {
            self.at(place, reason);
        }
    }
}

/// The member that is written, or everything that is wrong with it. `grammars`: the profiles whose file compiled.
pub(super) fn checked(
    written: &Written,
    folder: &str,
    grammars: Vec<(&WrittenProfile, Grammar)>,
    storage: &Storage,
    today: NaiveDate,
) -> Result<Member, Vec<(usize, String)>> {
    let faults = &mut Faults::default();
    let code = written.code.get_ref();
    check_identity(written, folder, faults);
    let quota = check_quota(written, faults);
    if let Some(sites) = &written.sites
        && let Some(reason) = storage.refusal_of(sites.get_ref())
    {
        faults.at(sites, format!("sites : {reason}"));
    }
    let parties: Vec<Party> = written.party.iter().map(|party| check_party(party, faults)).collect();
    let agreements: Vec<Agreement> =
        written.agreement.iter().map(|agreement| check_agreement(agreement, &parties, faults)).collect();
    written.agreement.iter().for_each(|agreement| check_imposed(agreement, &written.profile, faults));
    written.agreement.iter().for_each(|agreement| check_sites(agreement, written, storage, faults));
    let convention = check_convention(written, today, faults);
    check_ages(written, convention.as_ref(), &agreements, faults);
    check_successors(written, faults);
    let member = Member {
        code: code.clone(),
        name: text(&written.name, faults),
        kind: written.kind.get_ref().clone(),
        siren: written.siren.get_ref().clone(),
        department: text(&written.department, faults),
        quota,
        sites: written.sites.as_ref().map(|sites| sites.get_ref().clone()),
        own_stamps: written.own_stamps,
        population: population(written, today, faults),
        validity: validity(&written.valid_from, &written.valid_until, faults),
        successor: written.successor.as_ref().map(|code| code.get_ref().clone()),
        control: written.control.as_ref().map(|name| text(name, faults)),
        convention,
        people: written
            .person
            .iter()
            .map(|person| check_person(person, (&agreements, &parties), faults))
            .collect(),
        numbering: check_numbering(written, faults),
        machines: written.machine.iter().map(|machine| check_machine(machine, &agreements, faults)).collect(),
        parties,
        profiles: grammars
            .into_iter()
            .map(|(profile, grammar)| check_profile(profile, grammar, faults))
            .collect(),
        agreements,
    };
    unique(written.party.iter().map(|party| &party.identifier), faults);
    unique(written.profile.iter().map(|profile| &profile.identifier), faults);
    unique(written.agreement.iter().map(|agreement| &agreement.identifier), faults);
    unique(written.person.iter().map(|person| &person.login), faults);
    unique(written.machine.iter().map(|machine| &machine.client_id), faults);
    if faults.0.is_empty() { Ok(member) } else { Err(std::mem::take(&mut faults.0)) }
}

/// The sites that an agreement asks are of those on which the member is kept.
fn check_sites(agreement: &WrittenAgreement, written: &Written, storage: &Storage, faults: &mut Faults) {
    for site in &agreement.sites {
        let name = site.get_ref();
        let kept = match &written.sites {
            Some(sites) => sites.get_ref().contains(name),
            None => storage.sites().any(|known| known == name),
        };
        faults.unless(kept, site, format!("la collectivité n'est pas gardée sur un site « {name} »"));
    }
}

fn check_quota(written: &Written, faults: &mut Faults) -> Quota {
    let of = &written.quota;
    let bytes = *of.bytes.get_ref();
    faults.unless(bytes >= 0, &of.bytes, "un nombre d'octets est attendu");
    let mut count = |number: &Option<Spanned<i64>>, most: i64, reason: &str| {
        let number = number.as_ref()?;
        faults.unless((0..=most).contains(number.get_ref()), number, reason);
        Some(*number.get_ref())
    };
    Quota {
        bytes,
        soft_bytes: count(&of.soft_bytes, bytes, "un nombre d'octets est attendu, bytes au plus"),
        objects: count(&of.objects, i64::MAX, "un nombre de fichiers est attendu"),
        deposits_per_day: count(&of.deposits_per_day, i64::MAX, "un nombre de versements est attendu"),
    }
}

/// Code, kind and SIREN.
fn check_identity(written: &Written, folder: &str, faults: &mut Faults) {
    let code = written.code.get_ref();
    faults.unless(
        code == folder,
        &written.code,
        format!("le code doit être le nom du dossier, « {folder} »"),
    );
    let shaped = code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    faults.unless(
        shaped && (1..=64).contains(&code.len()),
        &written.code,
        "code : a-z, 0-9 et - seulement, 64 au plus",
    );
    one_of(&written.kind, &MEMBER_KINDS, faults);
    faults.unless(
        is_siren(written.siren.get_ref()),
        &written.siren,
        "SIREN : neuf chiffres dont la clé est juste",
    );
}

fn check_party(written: &WrittenParty, faults: &mut Faults) -> Party {
    if let Some(siret) = &written.siret {
        faults.unless(is_siret(siret.get_ref()), siret, "SIRET : quatorze chiffres dont la clé est juste");
    }
    written.parts.iter().for_each(|part| one_of(part, &PARTS, faults));
    faults.unless(!written.parts.is_empty(), &written.identifier, "une partie a au moins un rôle (parts)");
    Party {
        identifier: identifier(&written.identifier, faults),
        name: text(&written.name, faults),
        siret: written.siret.as_ref().map(|siret| siret.get_ref().clone()),
        parts: written.parts.iter().map(|part| part.get_ref().clone()).collect(),
        validity: validity(&written.valid_from, &written.valid_until, faults),
        successor: written.successor.as_ref().map(|party| party.get_ref().clone()),
    }
}

/// Inhabitants, of a year that has come.
fn population(written: &Written, today: NaiveDate, faults: &mut Faults) -> Option<(i32, i16)> {
    let of = written.population.as_ref()?;
    let inhabitants = i32::try_from(*of.inhabitants.get_ref()).ok().filter(|count| *count >= 0);
    faults.unless(inhabitants.is_some(), &of.inhabitants, "un nombre d'habitants est attendu");
    let year = i16::try_from(*of.year.get_ref()).ok();
    let year = year.filter(|year| (1990..=today.year()).contains(&i32::from(*year)));
    faults.unless(year.is_some(), &of.year, "l'année du chiffre est attendue, de 1990 à cette année");
    inhabitants.zip(year)
}

/// Who follows is another, and what is followed has ended.
fn check_successors(written: &Written, faults: &mut Faults) {
    if let Some(code) = &written.successor {
        faults.unless(
            code.get_ref() != written.code.get_ref(),
            code,
            "une collectivité ne se succède pas à elle-même",
        );
        faults.unless(
            written.valid_until.is_some(),
            code,
            "une collectivité remplacée a une date de fin (valid_until)",
        );
    }
    for party in &written.party {
        let Some(successor) = &party.successor else { continue };
        let name = successor.get_ref();
        let is_other = party.identifier.get_ref() != name;
        let is_known = written.party.iter().any(|other| other.identifier.get_ref() == name);
        faults.unless(
            is_other && is_known,
            successor,
            format!("aucune autre partie « {name} » dans ce fichier"),
        );
        faults.unless(
            party.valid_until.is_some(),
            successor,
            "une partie remplacée a une date de fin (valid_until)",
        );
    }
}

fn check_agreement(written: &WrittenAgreement, parties: &[Party], faults: &mut Faults) -> Agreement {
    one_of(&written.acceptance, &["automatic", "archivist"], faults);
    one_of(&written.state, &["active", "suspended"], faults);
    has_part(&written.archival_agency, parties, "archival", faults);
    written.transferring.iter().for_each(|agency| has_part(agency, parties, "transferring", faults));
    written.originating.iter().for_each(|agency| has_part(agency, parties, "originating", faults));
    faults.unless(
        !written.transferring.is_empty(),
        &written.identifier,
        "un accord a au moins un service versant",
    );
    let bytes = &written.transfer_bytes_max;
    faults.unless(*bytes.get_ref() > 0, bytes, "un nombre d'octets est attendu");
    let tolerances = Tolerance::ALL.map(Tolerance::name);
    written.tolerances.iter().for_each(|tolerance| one_of(tolerance, &tolerances, faults));
    let (virus, virus_large) = check_virus(written, faults);
    let formats = check_formats(written, faults);
    let limits = check_limits(written, faults);
    let conditions = check_conditions(written, faults);
    Agreement {
        identifier: identifier(&written.identifier, faults),
        name: text(&written.name, faults),
        acceptance: written.acceptance.get_ref().clone(),
        archival_agency: written.archival_agency.get_ref().clone(),
        transferring: sorted(&written.transferring),
        originating: sorted(&written.originating),
        transfer_bytes_max: *bytes.get_ref(),
        profiles: written.profiles.as_deref().map(sorted),
        profile_imposed: written.profile_imposed.as_ref().map(|imposed| *imposed.get_ref()),
        tolerances: sorted(&written.tolerances),
        virus,
        virus_large,
        formats,
        limits,
        conditions,
        validity: validity(&written.valid_from, &written.valid_until, faults),
        state: written.state.get_ref().clone(),
    }
}

fn check_person(written: &WrittenPerson, known: (&[Agreement], &[Party]), faults: &mut Faults) -> Person {
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

fn check_machine(written: &WrittenMachine, agreements: &[Agreement], faults: &mut Faults) -> Machine {
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

pub(super) fn one_of(word: &Text, words: &[&str], faults: &mut Faults) {
    let known = words.contains(&word.get_ref().as_str());
    faults.unless(known, word, format!("« {} » : attendu {}", word.get_ref(), words.join(", ")));
}

fn has_part(agency: &Text, parties: &[Party], part: &str, faults: &mut Faults) {
    let name = agency.get_ref();
    match parties.iter().find(|party| party.identifier == *name) {
        None => faults.at(agency, format!("aucune partie « {name} » dans ce fichier")),
        Some(party) if !party.parts.contains(part) => {
            faults.at(agency, format!("la partie « {name} » n'a pas le rôle {part}"));
        }
        Some(_) => {}
    }
}

pub(super) fn text(text: &Text, faults: &mut Faults) -> String {
    let value = text.get_ref();
    let right =
        !value.trim().is_empty() && value.len() <= TEXT_BYTES_MAX && !value.contains(char::is_control);
    faults.unless(right, text, format!("un texte d'une ligne est attendu, {TEXT_BYTES_MAX} octets au plus"));
    value.clone()
}

pub(super) fn identifier(text: &Text, faults: &mut Faults) -> String {
    let value = text.get_ref();
    let wrong = |character: char| character.is_control() || character.is_whitespace();
    let right = !value.is_empty() && value.len() <= IDENTIFIER_BYTES_MAX && !value.contains(wrong);
    faults.unless(
        right,
        text,
        format!("un identifiant sans espace est attendu, {IDENTIFIER_BYTES_MAX} octets au plus"),
    );
    value.clone()
}

fn secret(secret: &Option<Text>, faults: &mut Faults) -> Option<String> {
    let secret = secret.as_ref()?;
    let right = (SECRET_BYTES_MIN..=crate::identity::PASSWORD_BYTES_MAX).contains(&secret.get_ref().len());
    faults.unless(right, secret, format!("trop court : {SECRET_BYTES_MIN} caractères au moins"));
    Some(secret.get_ref().clone())
}

pub(super) fn validity(
    from: &Option<Spanned<Datetime>>,
    until: &Option<Spanned<Datetime>>,
    faults: &mut Faults,
) -> Validity {
    let validity = Validity { from: day(from, faults), until: day(until, faults) };
    if let (Some(first), Some(last), Some(place)) = (validity.from, validity.until, until) {
        faults.unless(first <= last, place, "la fin précède le début");
    }
    validity
}

pub(super) fn day(written: &Option<Spanned<Datetime>>, faults: &mut Faults) -> Option<NaiveDate> {
    let written = written.as_ref()?;
    let day = match written.get_ref() {
        Datetime { date: Some(date), time: None, offset: None } => {
            NaiveDate::from_ymd_opt(date.year.into(), date.month.into(), date.day.into())
        }
        _ => None,
    };
    faults.unless(day.is_some(), written, "une date sans heure est attendue : 2024-01-01");
    day
}

pub(super) fn sorted(texts: &[Text]) -> Vec<String> {
    let sorted: BTreeSet<&String> = texts.iter().map(Spanned::get_ref).collect();
    sorted.into_iter().cloned().collect()
}

fn unique<'a>(texts: impl Iterator<Item = &'a Text>, faults: &mut Faults) {
    let mut seen = BTreeMap::new();
    for text in texts {
        if seen.insert(text.get_ref(), ()).is_some() {
            faults.at(text, format!("« {} » est écrit deux fois", text.get_ref()));
        }
    }
}
