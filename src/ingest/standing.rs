//! Whether the member may deposit today: its convention, its own dates, what the pilot suspended. Reading never asks this.

use chrono::NaiveDate;

use crate::model::findings as f;
use crate::model::{Closed, Finding, Standing};

/// Why the member does not deposit today, when it does not.
pub(super) fn check(standing: &Standing, today: NaiveDate) -> Option<Finding> {
    let (kind, message) = match standing.closed_on(today)? {
        Closed::NoConvention => {
            (&f::HEADER_CONVENTION_MISSING, "La collectivité n'a pas de convention en vigueur.".to_owned())
        }
        Closed::ConventionOutOfDates(convention) => {
            let when = match convention.valid_until.filter(|until| *until < today) {
                Some(until) => format!("a pris fin le {until}"),
                None => "n'a pas encore commencé".to_owned(),
            };
            let message = format!("La convention « {} » de la collectivité {when}.", convention.identifier);
            (&f::HEADER_CONVENTION_MISSING, message)
        }
        Closed::Suspended(suspension) => {
            let message = format!(
                "Les versements de la collectivité sont suspendus depuis le {} : {}",
                suspension.from, suspension.reason
            );
            (&f::HEADER_MEMBER_SUSPENDED, message)
        }
        Closed::Member => {
            let follows = standing.successor.as_ref().map(|code| format!(" ; lui succède : {code}"));
            let message =
                format!("La collectivité n'existe pas à cette date{}.", follows.unwrap_or_default());
            (&f::HEADER_MEMBER_CLOSED, message)
        }
    };
    Some(Finding::new(kind, message))
}
