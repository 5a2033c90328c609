//! When seals are due: each day (UTC), for every member and for the platform, whatever happened; and how that stands.

use chrono::{DateTime, Utc};

use super::alert::{self, Alert};
use super::{Error, Sealed, Sealing, platform};
use crate::evidence::seal_queries::{self as queries, SealState};
use crate::evidence::stamping_queries::{self, Stamping};
use crate::evidence::token_queries;
use crate::evidence::witness_queries::{self, WitnessState};
use crate::model::{Agent, Event, EventType, Outcome, TenantId};
use crate::registry;

/// How the sealing of every log stands, for the operator.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The platform first, then the members by code.
    pub logs: Vec<LogStanding>,
    /// `None`: no authority is set.
    pub stamping: Option<Stamping>,
    /// Sites that hold other bytes under the name of some stamp: how many stamps, and the first seal of them.
    pub contradicted: Vec<(String, i64, i64)>,
    /// How the witnesses of the settings stand.
    pub witnesses: Vec<WitnessState>,
    /// What must be looked at.
    pub alerts: Vec<Alert>,
}

/// How the sealing of one log stands.
#[derive(Clone, Debug)]
pub struct LogStanding {
    /// `None`: the platform's own.
    pub code: Option<String>,
    pub state: Option<SealState>,
    /// Site, number of the last seal published there, when.
    pub copies: Vec<(String, i64, DateTime<Utc>)>,
}

impl Sealing {
    /// Seals what has no seal of today, and publishes what is not published; one log's trouble leaves the others to go
    /// on.
    pub async fn seal_what_is_due(&self) -> Result<(), Error> {
        let today = self.clock.now().date_naive();
        let mut tx = self.db.technical().await?;
        let members = registry::queries::members(&mut tx).await?;
        let states = queries::seal_states(&mut tx).await?;
        drop(tx);
        let sealed_today = |tenant: TenantId| {
            let of = |state: &&SealState| state.tenant == tenant;
            states
                .iter()
                .find(of)
                .and_then(|state| state.sealed_at)
                .is_some_and(|at| at.date_naive() >= today)
        };
        let mut sealed = false;
        for member in members.iter().filter(|member| !sealed_today(member.tenant)) {
            match self.seal_and_note(member.tenant, &member.code, Agent::Service).await {
                Ok(_) => sealed = true,
                Err(error) if error.is_race() => {}
                Err(error) => tracing::error!(%error, tenant.id = %member.tenant, "a journal was not sealed"),
            }
        }
        if (sealed || !sealed_today(platform()))
            && let Err(error) = self.seal_platform().await
            && !error.is_race()
        {
            tracing::error!(%error, "the platform's log was not sealed");
        }
        for member in &members {
            if let Err(error) = self.publish(member.tenant, &member.code).await {
                tracing::warn!(%error, tenant.id = %member.tenant, "seals are not published everywhere");
            }
        }
        self.publish_platform().await
    }

    /// Seals a member's journal and says how that went; a log that is not what was sealed is an incident, once.
    pub(super) async fn seal_and_note(
        &self,
        tenant: TenantId,
        code: &str,
        by: Agent,
    ) -> Result<Sealed, Error> {
        let outcome = self.seal(tenant, code, by).await;
        match &outcome {
            Ok(sealed) => self.note_sealed(tenant, sealed.number).await?,
            Err(error) if error.is_race() || error.is_transient() => {}
            Err(error) => {
                if self.note_trouble(tenant, error).await? && error.is_of_log() {
                    self.record_incident(tenant, code, error).await?;
                }
            }
        }
        outcome
    }

    /// How the sealing of every log stands.
    pub async fn standing(&self) -> Result<Standing, Error> {
        let mut tx = self.db.technical().await?;
        let members = registry::queries::members(&mut tx).await?;
        let states = queries::seal_states(&mut tx).await?;
        let copies = queries::seal_copies(&mut tx).await?;
        let stamping = stamping_queries::stamping(&mut tx).await?;
        let stamping = (!self.authorities.all.is_empty()).then_some(stamping);
        let contradicted = token_queries::contradicted(&mut tx).await?;
        let asked =
            |state: &WitnessState| self.witnesses().any(|witness| witness.key().name() == state.witness);
        let witnesses = witness_queries::states(&mut tx).await?.into_iter().filter(asked).collect();
        let codes = members.into_iter().map(|member| (member.tenant, Some(member.code)));
        let logs = std::iter::once((platform(), None)).chain(codes).map(|(tenant, code)| LogStanding {
            code,
            state: states.iter().find(|state| state.tenant == tenant).cloned(),
            copies: copies
                .iter()
                .filter(|(of, ..)| *of == tenant)
                .map(|(_, site, number, at)| (site.clone(), *number, *at))
                .collect(),
        });
        let (logs, alerts) = (logs.collect(), Vec::new());
        let mut standing = Standing { logs, stamping, contradicted, witnesses, alerts };
        standing.alerts = alert::alerts(self.clock.now(), self.authorities.renew_days, &standing);
        Ok(standing)
    }

    pub(super) async fn note_sealed(&self, tenant: TenantId, number: u64) -> Result<(), Error> {
        let mut tx = self.db.technical().await?;
        queries::note_sealed(&mut tx, tenant, number.cast_signed(), self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Whether the trouble is new.
    pub(super) async fn note_trouble(&self, tenant: TenantId, error: &Error) -> Result<bool, Error> {
        let mut tx = self.db.technical().await?;
        let is_new = queries::note_trouble(&mut tx, tenant, &error.to_string(), self.clock.now()).await?;
        tx.commit().await?;
        Ok(is_new)
    }

    async fn record_incident(&self, tenant: TenantId, code: &str, error: &Error) -> Result<(), Error> {
        let mut tx = self.db.write(tenant).await?;
        tx.record(Event {
            event_type: EventType::Incident,
            outcome: Outcome::Ko,
            agent: Agent::Service,
            object: format!("journal:{code}"),
            detail: vec![("reason", error.to_string())],
        });
        Ok(tx.commit().await?)
    }
}
