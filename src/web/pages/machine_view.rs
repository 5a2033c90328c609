//! The pages of the connectors as they are shown: what each says, in words.
//!
//! Pure: from what the registers say of machines.

use askama::Template;

use super::connector_settings::{self as settings, Group, Setting};
use super::connector_words as said;
use super::connectors::{Choice, buses, forms};
use super::shell::{Account, At, Badge, FieldError, Link, Section, Shell};
use super::words;
use crate::membership::calls::Noted;
use crate::membership::connectors::Bus;
use crate::membership::expected::Missed;
use crate::membership::machines::{Known, OVERLAP_DAYS};
use crate::membership::readiness::{Check, could_deposit};
use crate::model::{Agreement, MachineId};

/// `GET /applications`.
#[derive(Template)]
#[template(path = "machines/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub lines: Vec<Line>,
    /// Deposits that were expected and did not come.
    pub missed: Vec<String>,
}

/// An application.
pub struct Line {
    pub address: String,
    pub name: String,
    pub client_id: String,
    pub agreements: String,
    pub used: String,
    pub is_closed: bool,
}

/// `GET /applications/{id}`.
#[derive(Template)]
#[template(path = "machines/machine.html")]
pub struct MachinePage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub notice: Option<&'static str>,
    /// A secret just made, told this once.
    pub secret: Vec<Setting>,
    pub name: String,
    pub client_id: String,
    pub tiers: Option<String>,
    pub address: String,
    pub used: String,
    /// Until when the secret before serves.
    pub former: Option<String>,
    pub overlap_days: u32,
    pub has_keys: bool,
    pub certificates: String,
    /// Identifier, name, whether it is assigned.
    pub agreements: Vec<(String, String, bool)>,
    pub is_closed: bool,
    pub settings: Vec<Setting>,
    pub groups: Vec<Group>,
    /// Its secret does not open the As@lae door, by which it deposits.
    pub is_too_old: bool,
    pub buses: Vec<Choice>,
    pub forms: Vec<Choice>,
    pub calls: Vec<CallLine>,
    /// Once it was asked for.
    pub checks: Vec<CheckLine>,
    pub could_deposit: bool,
    pub errors: Vec<FieldError>,
    known: Known,
}

/// A call.
pub struct CallLine {
    pub at: At,
    pub what: &'static str,
    pub outcome: Badge,
    pub identifier: Option<String>,
    /// The page of the transfer that it was about.
    pub transfer: Option<String>,
    pub detail: String,
}

/// Something that was looked at.
pub struct CheckLine {
    pub state: Badge,
    pub said: String,
    /// Empty when it is well.
    pub todo: String,
}

/// What the registers say of a machine.
pub struct Told<'a> {
    pub known: &'a Known,
    /// Of the member.
    pub agreements: &'a [Agreement],
    pub calls: &'a [Noted],
    /// Whoever looks sees transfers.
    pub sees_transfers: bool,
    pub public_url: &'a str,
}

/// The list.
pub fn list_page(account: Account, known: &[Known], missed: &[Missed]) -> ListPage {
    let lines = known.iter().map(|one| Line {
        address: address(one.machine_id),
        name: one.name.clone(),
        client_id: one.client_id.clone(),
        agreements: one.agreements.join(", "),
        used: used(one),
        is_closed: one.is_closed,
    });
    let shell =
        Shell { title: "Connecteurs".into(), account: Some(account), section: Section::People, top: false };
    ListPage { shell, lines: lines.collect(), missed: missed.iter().map(said::missed).collect() }
}

/// A connector's page.
pub fn page(account: Account, told: &Told<'_>) -> MachinePage {
    let known = told.known;
    let agreements = told
        .agreements
        .iter()
        .map(|one| (one.identifier.clone(), one.name.clone(), known.agreements.contains(&one.identifier)));
    MachinePage {
        csrf: account.csrf.clone(),
        shell: Shell {
            title: known.name.clone(),
            account: Some(account),
            section: Section::People,
            top: false,
        },
        trail: vec![Link::new("Personnes", "/personnes"), Link::new("Connecteurs", "/applications")],
        notice: None,
        secret: Vec::new(),
        name: known.name.clone(),
        client_id: known.client_id.clone(),
        tiers: known.tiers.clone(),
        address: address(known.machine_id),
        used: used(known),
        former: known.former_until.map(|until| words::moment(until).words),
        overlap_days: OVERLAP_DAYS,
        has_keys: known.has_keys,
        certificates: known.certificates.join("\n"),
        agreements: agreements.collect(),
        is_closed: known.is_closed,
        settings: settings::of_machine(known, told.public_url),
        groups: settings::of_agreements(known, told.agreements),
        is_too_old: !known.has_basic && known.bus != Some(Bus::Api),
        buses: buses(known.bus),
        forms: forms(known.replies),
        calls: told.calls.iter().map(|noted| call(noted, told.sees_transfers)).collect(),
        checks: Vec::new(),
        could_deposit: false,
        errors: Vec::new(),
        known: known.clone(),
    }
}

impl MachinePage {
    /// Shows a secret just made.
    pub fn tell(&mut self, secret: &str) {
        self.secret = settings::of_secret(&self.known, secret);
    }

    /// Shows what was looked at.
    pub fn checked(&mut self, checks: &[Check]) {
        let line = |check: &Check| {
            let (said, todo) = said::check(check);
            CheckLine { state: said::gravity(check.gravity()), said, todo }
        };
        self.checks = checks.iter().map(line).collect();
        self.could_deposit = could_deposit(checks);
    }
}

fn call(noted: &Noted, sees_transfers: bool) -> CallLine {
    let transfer = noted.transfer.filter(|_| sees_transfers);
    CallLine {
        at: words::moment(noted.at),
        what: said::what(noted.what),
        outcome: said::outcome(noted),
        identifier: noted.message_identifier.clone(),
        transfer: transfer.map(|id| format!("/versements/{id}")),
        detail: noted.detail.clone(),
    }
}

/// When and how it was last used.
fn used(known: &Known) -> String {
    let how = match known.used_by.as_deref() {
        Some("former secret" | "former basic") => ", avec l’ancien secret",
        Some("assertion") => ", par une clé",
        Some("certificate") => ", par un certificat",
        _ => "",
    };
    known.used_at.map_or("jamais".into(), |at| format!("{}{how}", words::moment(at).words))
}

pub(super) fn address(id: MachineId) -> String {
    format!("/applications/{id}")
}
