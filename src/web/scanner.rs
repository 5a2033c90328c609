//! How the virus scanner stands, for the operator's page and the metrics.
//!
//! Never a part of readiness, nor of the time it takes: deposits are received while the scanner is away, and wait.

use super::State;
use crate::db::jobs;
use crate::ingest;
use crate::model::Engine;

/// What was found of it.
#[derive(Clone, Debug)]
pub struct Report {
    pub standing: Standing,
    /// Transfers that wait for it.
    pub waiting: u64,
}

/// The scanner of the service.
#[derive(Clone, Debug)]
pub enum Standing {
    /// The settings name none.
    None,
    Answers {
        address: String,
        engine: Engine,
        /// Of its signatures, when it dates them.
        age_days: Option<i64>,
    },
    Silent {
        address: String,
    },
}

/// Looks, within seconds.
pub async fn look(state: &State) -> Report {
    let Some(scanner) = state.ingest.scanner().cloned() else {
        return Report { standing: Standing::None, waiting: 0 };
    };
    let address = scanner.address().to_string();
    let probed = tokio::task::spawn_blocking(move || scanner.probe()).await;
    let standing = match probed {
        Ok(Ok(engine)) => {
            let age = engine.signatures_date.map(|date| (state.clock.today() - date).num_days());
            Standing::Answers { address, engine, age_days: age }
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "the virus scanner does not answer");
            Standing::Silent { address }
        }
        Err(error) => {
            tracing::error!(%error, "the virus scanner was not looked at");
            Standing::Silent { address }
        }
    };
    let waiting = jobs::waiting(&state.db).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the transfers that wait were not counted");
        Vec::new()
    });
    let for_it = waiting.iter().filter(|(cause, _)| cause == ingest::WAITS_FOR_SCANNER);
    let waiting = for_it.map(|(_, jobs)| jobs).sum();
    Report { standing, waiting }
}

impl Standing {
    /// Whether it answers; `None` when there is none.
    pub fn answers(&self) -> Option<bool> {
        match self {
            Standing::None => None,
            Standing::Answers { .. } => Some(true),
            Standing::Silent { .. } => Some(false),
        }
    }

    /// Age of its signatures, when it answers and dates them.
    pub fn age_days(&self) -> Option<i64> {
        match self {
            Standing::Answers { age_days, .. } => *age_days,
            _ => None,
        }
    }
}
