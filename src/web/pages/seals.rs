//! `/exploitation/scellements`: how the sealing of every log stands, for the operator: the last seal of each, where it is
//! published, whether it is stamped, and what is wrong.

use actix_web::{HttpResponse, web};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};

use super::shell::{Account, Badge, Fact, Link, Section, Shell, answer};
use super::words;
use crate::evidence::witness_queries::WitnessState;
use crate::sealing::{LogStanding, Standing, WAITING_MAX};
use crate::web::callers::Operator;
use crate::web::{Problem, State};

/// A seal older than this is late: they are made each day.
const LATE: TimeDelta = TimeDelta::hours(30);

/// `GET /exploitation/scellements`.
#[derive(Template)]
#[template(path = "operations/seals.html")]
pub struct SealsPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub alerts: Vec<String>,
    pub stamping: (Badge, Vec<Fact>),
    /// Key's name, and how the witness stands.
    pub witnesses: Vec<(String, String)>,
    pub logs: Vec<LogLine>,
}

/// A log.
pub struct LogLine {
    pub name: String,
    pub state: Badge,
    pub seal: String,
    pub sites: Vec<String>,
    pub trouble: Option<String>,
}

/// `GET /exploitation/scellements`.
pub async fn show(person: Operator, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let standing = state.sealing.standing().await?;
    Ok(answer(&page(Account::of(&person), &standing, state.clock.now())))
}

/// The page.
pub fn page(account: Account, standing: &Standing, now: DateTime<Utc>) -> SealsPage {
    SealsPage {
        shell: Shell {
            title: "Scellements".into(),
            account: Some(account),
            section: Section::Operations,
            top: false,
        },
        trail: vec![Link::new("Exploitation", "/exploitation")],
        alerts: standing.alerts.iter().map(ToString::to_string).collect(),
        stamping: stamping(standing, now),
        witnesses: standing.witnesses.iter().map(|state| (state.witness.clone(), witness(state))).collect(),
        logs: standing.logs.iter().map(|log| line(log, now)).collect(),
    }
}

fn stamping(standing: &Standing, now: DateTime<Utc>) -> (Badge, Vec<Fact>) {
    let Some(stamping) = &standing.stamping else {
        let fact = Fact::new(
            "Autorité",
            "Aucune n’est réglée : les scellements sont signés, non horodatés par un tiers.",
        );
        return (Badge { label: "Non horodatés", tone: "waiting", icon: "clock" }, vec![fact]);
    };
    let mut facts = Vec::new();
    if let Some(tried) = stamping.tried_at {
        facts.push(Fact::new("Dernière demande", &words::moment(tried).words));
    }
    let badge = match stamping.waiting_since {
        None => Badge { label: "Horodatés", tone: "kept", icon: "check" },
        Some(since) => {
            facts.push(Fact::new("Scellés non horodatés depuis", &words::moment(since).words));
            if now - since > WAITING_MAX {
                Badge { label: "Jeton attendu", tone: "refused", icon: "cross" }
            } else {
                Badge { label: "Jeton attendu", tone: "waiting", icon: "clock" }
            }
        }
    };
    if let Some(reason) = &stamping.reason {
        facts.push(Fact::new("Motif", reason));
    }
    if let Some(next) = stamping.next_at {
        facts.push(Fact::new("Prochaine demande", &words::moment(next).words));
    }
    if let Some(renewal) = &stamping.renewal {
        let ends = words::moment(renewal.ends).words;
        let words = format!("en attente ; le premier certificat finit le {ends} : {}", renewal.reason);
        facts.push(Fact::new("Renouvellement", &words));
    }
    (badge, facts)
}

fn witness(state: &WitnessState) -> String {
    match (&state.trouble, state.trouble_since) {
        (Some(reason), Some(since)) => {
            format!("en défaut depuis le {} : {reason}", words::moment(since).words)
        }
        _ => format!(
            "a cosigné {} têtes, la dernière le {}",
            words::number(state.size.unsigned_abs()),
            words::moment(state.tried_at).words
        ),
    }
}

fn line(log: &LogStanding, now: DateTime<Utc>) -> LogLine {
    let state = log.state.as_ref();
    let trouble = state.and_then(|state| state.trouble.clone());
    let sealed_at = state.and_then(|state| state.sealed_at);
    let badge = match (&trouble, sealed_at) {
        (Some(_), _) => Badge { label: "En défaut", tone: "refused", icon: "cross" },
        (None, Some(at)) if now - at <= LATE => Badge { label: "Scellé", tone: "kept", icon: "check" },
        (None, _) => Badge { label: "En retard", tone: "waiting", icon: "clock" },
    };
    let seal = match (state, sealed_at) {
        (Some(state), Some(at)) => {
            format!("n° {}, {}", words::number(state.number.unsigned_abs()), words::moment(at).words)
        }
        _ => "aucun encore".to_owned(),
    };
    let published = |(site, number, _): &(String, i64, DateTime<Utc>)| {
        let number = number.unsigned_abs();
        format!("{site} : jusqu’au n° {}", words::number(number))
    };
    LogLine {
        name: log.code.clone().unwrap_or_else(|| "Plateforme".to_owned()),
        state: badge,
        seal,
        sites: log.copies.iter().map(published).collect(),
        trouble,
    }
}
