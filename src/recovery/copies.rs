//! The journal and the register of each member, copied beside its archives on every site each minute: what the objects do
//! not say, and what was written since the last backup.
//!
//! A site that is away is behind, and catches up when it is back; the others do not wait for it. The register goes first:
//! an entry that is copied never speaks of what is not.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use fail::fail_point;
use serde_json::Value;
use uuid::Uuid;

use super::{Error, Recovery, blocking, copy_queries, queries, register_queries};
use crate::db::{self, Technical, TenantRead};
use crate::evidence::copy;
use crate::model::TenantId;
use crate::proof::journal_copy::Head;
use crate::registry;
use crate::storage::TenantStore;

/// Job: bring the copies of a member's journal up to date.
pub const JOB_COPY: &str = "copy_journal";

const REGISTER: &str = "register.json";

/// A copy that lags behind its journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behind {
    pub tenant: TenantId,
    pub site: String,
    pub since: DateTime<Utc>,
}

impl Recovery {
    /// Asks for a job for each member whose copies lag behind its journal.
    pub async fn ask_for_copies(&self) -> Result<(), Error> {
        let now = self.clock.now();
        for (tenant, sites) in self.lagging().await? {
            let mut tx = self.db.technical().await?;
            for site in sites {
                copy_queries::note_behind(&mut tx, tenant.as_uuid(), &site, now).await?;
            }
            tx.enqueue(tenant, JOB_COPY, tenant.as_uuid(), now).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Brings what lags behind up to date at once, before a stop; a job that does the same harms nothing.
    pub async fn copy_what_lags(&self) -> Result<(), Error> {
        for (tenant, _) in self.lagging().await? {
            self.copy_journal(tenant).await?;
        }
        Ok(())
    }

    /// Members whose copies lag behind their journals, with the sites where they do.
    async fn lagging(&self) -> Result<Vec<(TenantId, Vec<String>)>, Error> {
        let mut tx = self.db.technical().await?;
        let members = registry::queries::members(&mut tx).await?;
        let mut copied: HashMap<(Uuid, String), (i64, i64)> = HashMap::new();
        for row in copy_queries::copies(&mut tx).await? {
            copied.insert((row.tenant_id, row.site), (row.seq, row.register_schema));
        }
        drop(tx);
        let mut lagging = Vec::new();
        for member in members {
            let mut tx = self.db.read(member.tenant).await?;
            let seq = copy::head(&mut tx).await?.map_or(0, |head| head.seq);
            let schema = register_queries::schema(&mut tx).await?;
            let sites = self.sites_of(&mut tx).await?.into_iter();
            let known = |site: &String| copied.get(&(member.tenant.as_uuid(), site.clone()));
            // A register of another schema is as late as a journal: no rebuild would take it.
            let is_late = |(there, of): &(i64, i64)| *there < seq || *of != schema;
            let behind: Vec<String> = sites.filter(|site| known(site).is_none_or(is_late)).collect();
            if seq > 0 && !behind.is_empty() {
                lagging.push((member.tenant, behind));
            }
        }
        Ok(lagging)
    }

    /// Brings every site's copy up to where the journal ends. A site that is away is left behind; one that remembers
    /// what the database has forgotten is an error, once the others are done.
    pub async fn copy_journal(&self, tenant: TenantId) -> Result<(), Error> {
        let mut failure = None;
        let mut tx = self.db.read(tenant).await?;
        let (sites, schema) = (self.sites_of(&mut tx).await?, register_queries::schema(&mut tx).await?);
        drop(tx);
        for site in sites {
            let store = self.storage.tenant(tenant).on(&[&site])?;
            match self.copy_to(tenant, &store).await {
                Ok(None) => {}
                Ok(Some(head)) => {
                    let mut tx = self.db.technical().await?;
                    let reached = (head.seq, schema);
                    copy_queries::note_copied(&mut tx, tenant.as_uuid(), &site, reached, self.clock.now())
                        .await?;
                    tx.commit().await?;
                }
                Err(error @ (Error::Storage(_) | Error::Copy(copy::Error::Storage(_)))) => {
                    tracing::warn!(%error, site, tenant.id = %tenant, "the copy of a journal lags behind");
                }
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(()), Err)
    }

    /// The member's sites that the settings know.
    async fn sites_of(&self, tx: &mut TenantRead) -> Result<Vec<String>, Error> {
        let own = queries::member_sites(tx).await?;
        let all = self.storage.sites().map(str::to_owned);
        Ok(all.filter(|site| own.as_ref().is_none_or(|own| own.contains(site))).collect())
    }

    async fn copy_to(&self, tenant: TenantId, store: &TenantStore) -> Result<Option<Head>, Error> {
        let at_hand = store.clone();
        let (before, register) =
            blocking(move || Ok((copy::read_head(&at_hand)?, kept_register(&at_hand)?))).await?;
        let mut tx = self.db.read(tenant).await?;
        if let Some(before) = &before
            && !copy::has(&mut tx, before).await?
        {
            return Err(copy::Error::Forgotten { seq: before.seq }.into());
        }
        let after = before.map_or(0, |before| before.seq);
        let schema = register.as_deref().and_then(schema_of);
        let other_schema = schema != Some(register_queries::schema(&mut tx).await?);
        if other_schema || copy_queries::register_changed(&mut tx, after).await? {
            let text = format!("{:#}\n", register_queries::register(&mut tx).await?);
            drop(tx);
            if register.as_deref() != Some(text.as_bytes()) {
                let at_hand = store.clone();
                blocking(move || match at_hand.keep(REGISTER, text.as_bytes())?.pop() {
                    Some((_, error)) => Err(error.into()),
                    None => Ok(()),
                })
                .await?;
            }
        } else {
            // The copy has transactions of its own: a member's share of connections may be one.
            drop(tx);
        }
        fail_point!("copy-before-journal");
        let (_, head) = copy::copy(&self.db, tenant, store).await?;
        fail_point!("copy-after-journal");
        Ok(head)
    }
}

/// Copies that have lagged behind since before this moment, longest first.
pub async fn behind(tx: &mut Technical, before: DateTime<Utc>) -> Result<Vec<Behind>, db::Error> {
    let rows = copy_queries::behind(tx, before).await?.into_iter();
    let behind = rows.map(|row| Behind {
        tenant: TenantId::from_row(row.tenant_id),
        site: row.site,
        since: row.since,
    });
    Ok(behind.collect())
}

/// What the site keeps of the member's register; none when it keeps nothing.
pub(super) fn read_register(store: &TenantStore) -> Result<Option<Value>, Error> {
    let Some(bytes) = kept_register(store)? else { return Ok(None) };
    let register: Value =
        serde_json::from_slice(&bytes).map_err(|error| Error::Register(error.to_string()))?;
    match register["form"].as_u64() {
        Some(1) => Ok(Some(register)),
        _ => Err(Error::Register("forme inconnue".into())),
    }
}

fn kept_register(store: &TenantStore) -> Result<Option<Vec<u8>>, Error> {
    Ok(store.kept(REGISTER)?)
}

fn schema_of(register: &[u8]) -> Option<i64> {
    serde_json::from_slice::<Value>(register).ok()?["schema"].as_i64()
}
