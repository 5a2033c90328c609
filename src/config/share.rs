//! `[share]`: what one member may have of the service at once.

use std::time::Duration;

use super::written;
use crate::web::shares;

/// What one member may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// At the web door.
    pub web: shares::Settings,
    /// Lanes of a worker.
    pub jobs: usize,
    /// Of the database, at once.
    pub connections: u32,
    /// Longest wait for one of them.
    pub connection_wait: Duration,
    /// Longest statement of a page.
    pub statement_max: Duration,
}

/// A setting's path, and what is wrong with it.
type Wrong = (String, String);

/// Each within what the whole process has, so that something is left for the others.
pub(super) fn checked(share: &written::Share, jobs: usize, connections: u32) -> Result<Share, Wrong> {
    let within = |name: &str, value: u32, least: u32, most: u32| -> Result<u32, Wrong> {
        if (least..=most).contains(&value) {
            Ok(value)
        } else {
            Err((format!("share.{name}"), format!("de {least} à {most}")))
        }
    };
    let web = |kind: &str, per_second, burst, at_once| {
        Ok::<_, Wrong>(shares::Share {
            per_second: within(&format!("{kind}_per_second"), per_second, 1, 100_000)?,
            burst: within(&format!("{kind}_burst"), burst, 1, 1_000_000)?,
            at_once: within(&format!("{kind}_at_once"), at_once, 1, 10_000)?,
        })
    };
    let seconds = |name, value| Ok::<_, Wrong>(Duration::from_secs(within(name, value, 1, 120)?.into()));
    // A worker of one lane has it for whoever comes.
    let lanes = u32::try_from(jobs).unwrap_or(u32::MAX).saturating_sub(1).max(1);
    Ok(Share {
        web: shares::Settings {
            requests: web(
                "requests",
                share.requests_per_second,
                share.requests_burst,
                share.requests_at_once,
            )?,
            uploads: web("uploads", share.uploads_per_second, share.uploads_burst, share.uploads_at_once)?,
        },
        jobs: within("jobs", share.jobs, 1, 255)?.min(lanes) as usize,
        connections: within("connections", share.connections, 1, 10_000)?.min(connections - 1),
        connection_wait: seconds("connection_wait_seconds", share.connection_wait_seconds)?,
        statement_max: seconds("statement_seconds", share.statement_seconds)?,
    })
}
