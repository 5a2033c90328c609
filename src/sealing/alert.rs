//! What the operator must look at in seals and time stamps. Rules only: the standing is given.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::Paris;

use super::schedule::Standing;
use super::stamp::WAITING_MAX;

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alert {
    /// Seals have waited for their stamp since then.
    Unstamped { since: DateTime<Utc>, reason: String },
    /// Stamps whose certificate ends then, and that no authority renews.
    NotRenewed { ends: DateTime<Utc>, reason: String },
    /// A site holds other bytes under the name of stamps.
    Contradicted { site: String, tokens: i64, first: i64 },
    /// A witness has not cosigned our heads since then.
    NotWitnessed { witness: String, since: DateTime<Utc>, reason: String },
    /// A log is not sealed: the reason is of the log, or of its keys.
    NotSealed { code: Option<String>, reason: String },
}

/// The alerts of this standing, where stamps are renewed so many days before their certificate ends: half of them may
/// pass, for an authority changes its certificate when it likes.
pub(super) fn alerts(now: DateTime<Utc>, renew_days: u32, standing: &Standing) -> Vec<Alert> {
    let mut alerts = Vec::new();
    for log in &standing.logs {
        if let Some(reason) = log.state.as_ref().and_then(|state| state.trouble.clone()) {
            alerts.push(Alert::NotSealed { code: log.code.clone(), reason });
        }
    }
    if let Some(stamping) = &standing.stamping {
        if let Some(since) = stamping.waiting_since.filter(|since| now - *since > WAITING_MAX) {
            alerts.push(Alert::Unstamped { since, reason: stamping.reason.clone().unwrap_or_default() });
        }
        let patience = TimeDelta::days(renew_days.into()) / 2;
        if let Some(renewal) = stamping.renewal.as_ref().filter(|renewal| renewal.ends - now < patience) {
            alerts.push(Alert::NotRenewed { ends: renewal.ends, reason: renewal.reason.clone() });
        }
    }
    for state in &standing.witnesses {
        if let (Some(reason), Some(since)) = (&state.trouble, state.trouble_since)
            && (now - since > WAITING_MAX || state.forked)
        {
            let (witness, reason) = (state.witness.clone(), reason.clone());
            alerts.push(Alert::NotWitnessed { witness, since, reason });
        }
    }
    let contradicted = standing.contradicted.iter();
    alerts.extend(contradicted.map(|(site, tokens, first)| {
        let (site, tokens, first) = (site.clone(), *tokens, *first);
        Alert::Contradicted { site, tokens, first }
    }));
    alerts
}

impl Alert {
    /// Every word, for those who count.
    pub const WORDS: [&'static str; 5] =
        ["seals_unstamped", "stamps_not_renewed", "stamps_contradicted", "log_not_sealed", "not_witnessed"];

    /// One word of ours for its kind.
    pub fn word(&self) -> &'static str {
        match self {
            Alert::Unstamped { .. } => "seals_unstamped",
            Alert::NotRenewed { .. } => "stamps_not_renewed",
            Alert::Contradicted { .. } => "stamps_contradicted",
            Alert::NotSealed { .. } => "log_not_sealed",
            Alert::NotWitnessed { .. } => "not_witnessed",
        }
    }
}

impl fmt::Display for Alert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = |at: &DateTime<Utc>| at.with_timezone(&Paris).format("%d/%m/%Y").to_string();
        match self {
            Alert::Unstamped { since, reason } => {
                write!(
                    f,
                    "Des scellements attendent leur jeton d’horodatage depuis le {} : {reason}.",
                    day(since)
                )
            }
            Alert::NotRenewed { ends, reason } => write!(
                f,
                "Des jetons d’horodatage ne sont pas renouvelés, et leur certificat finit le {} : {reason}.",
                day(ends)
            ),
            Alert::Contradicted { site, tokens, first } => write!(
                f,
                "Le site {site} a d’autres octets sous le nom de {tokens} jeton(s) d’horodatage, à partir du scellement {first} : \
                 comparez-les à ceux des autres sites, puis retirez-les."
            ),
            Alert::NotWitnessed { witness, since, reason } => {
                write!(f, "Le témoin {witness} n’a rien cosigné depuis le {} : {reason}.", day(since))
            }
            Alert::NotSealed { code, reason } => {
                write!(
                    f,
                    "Le journal {} n’est pas scellé : {reason}.",
                    code.as_deref().unwrap_or("plateforme")
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::stamping_queries::{Renewal, Stamping};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_head_may_wait_a_day_and_a_renewal_half_of_its_time() {
        let now = at("2027-03-02T03:00:00Z");
        let standing = |stamping| Standing {
            logs: Vec::new(),
            stamping: Some(stamping),
            contradicted: vec![("nord".into(), 2, 7)],
            witnesses: Vec::new(),
            alerts: Vec::new(),
        };
        let waiting = standing(Stamping { waiting_since: Some(now), ..Stamping::default() });
        let words = |after: TimeDelta, standing: &Standing| -> Vec<_> {
            alerts(now + after, 30, standing).iter().map(Alert::word).collect()
        };
        assert_eq!(words(TimeDelta::hours(24), &waiting), ["stamps_contradicted"]);
        let late = TimeDelta::hours(24) + TimeDelta::seconds(1);
        assert_eq!(words(late, &waiting), ["seals_unstamped", "stamps_contradicted"]);
        let renewal = Renewal { since: now, reason: "aucune".into(), ends: now + TimeDelta::days(20) };
        let ending = standing(Stamping { renewal: Some(renewal), ..Stamping::default() });
        assert_eq!(words(TimeDelta::days(5), &ending), ["stamps_contradicted"]);
        assert_eq!(words(TimeDelta::days(6), &ending), ["stamps_not_renewed", "stamps_contradicted"]);
        for alert in alerts(now + TimeDelta::days(9), 30, &ending) {
            assert!(Alert::WORDS.contains(&alert.word()) && alert.to_string().ends_with('.'), "{alert}");
        }
    }
}
