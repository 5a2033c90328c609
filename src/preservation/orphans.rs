//! Objects on a site that no row names: found by listing the site, told, and removed after a set time when nothing
//! says that they were ever taken in charge.
//!
//! The one thing to know: an object that an archive, an accession or a transfer names is never touched, nor one that
//! bears a commit marker. The marker says that rows were committed once: it is the catalogue that is incomplete.

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{
    Error, Preservation, Turn, blocking, event_object, media, orphan_queries as queries, plan_queries,
};
use crate::model::{Agent, ArchiveId, Event, EventType, Outcome, TenantId};
use crate::storage;

/// Objects looked up together.
const PAGE: usize = 500;

impl Preservation {
    /// Compares what a site holds of a tenant's with the rows.
    pub async fn list_site(&self, tenant: TenantId, subject: Uuid) -> Result<Turn, Error> {
        let Some(site) = self.site_named(subject) else { return Ok(Turn::Done) };
        let mut tx = self.db.read(tenant).await?;
        // Copies come before their rows while a site is filled.
        if media::active(&mut tx).await?.is_some() {
            return Ok(Turn::Done);
        }
        drop(tx);
        let began = self.clock.now();
        let (pages, mut page) = mpsc::channel(2);
        let (storage, listed) = (self.storage.clone(), site.clone());
        let listing = tokio::spawn(blocking(move || list(&storage, tenant, &listed, &pages)));
        while let Some(objects) = page.recv().await {
            self.enter_unnamed(tenant, &site, objects).await?;
        }
        match listing.await? {
            Ok(()) => {}
            Err(Error::Storage(error @ (storage::Error::Away { .. } | storage::Error::Slow { .. }))) => {
                self.is_away(&site, &error.to_string()).await?;
                return Ok(Turn::Done);
            }
            Err(error) => return Err(error),
        }
        self.forget_named(tenant, &site, began).await?;
        self.remove_old(tenant, &site).await?;
        let mut tx = self.db.technical().await?;
        plan_queries::save_listed(&mut tx, tenant, &site, self.clock.now()).await?;
        tx.commit().await?;
        Ok(Turn::Done)
    }

    async fn enter_unnamed(&self, tenant: TenantId, site: &str, objects: Vec<Uuid>) -> Result<(), Error> {
        let mut tx = self.db.read(tenant).await?;
        let unnamed = queries::unnamed(&mut tx, &objects).await?;
        drop(tx);
        if unnamed.is_empty() {
            return Ok(());
        }
        let mut technical = self.db.technical().await?;
        let new = queries::unknown(&mut technical, tenant, site, &unnamed).await?;
        self.tell(tenant, site, EventType::Incident, Outcome::Ko, &new, "objet qu’aucune ligne ne nomme")
            .await?;
        queries::see(&mut technical, tenant, site, &unnamed, self.clock.now()).await?;
        Ok(technical.commit().await?)
    }

    /// Orphans that the listing did not meet: somebody took them away, or a row names them now.
    async fn forget_named(&self, tenant: TenantId, site: &str, began: DateTime<Utc>) -> Result<(), Error> {
        let mut technical = self.db.technical().await?;
        let gone = queries::delete_unseen(&mut technical, tenant, site, began).await?;
        self.tell(tenant, site, EventType::Reparation, Outcome::Ok, &gone, "plus orphelin").await?;
        Ok(technical.commit().await?)
    }

    /// Removes those that have been orphans for long and bear no commit marker.
    async fn remove_old(&self, tenant: TenantId, site: &str) -> Result<(), Error> {
        let before = self.clock.now() - TimeDelta::days(self.settings.orphan_days.into());
        let mut technical = self.db.technical().await?;
        let old = queries::older_than(&mut technical, tenant, site, before).await?;
        drop(technical);
        for archive in old {
            let mut tx = self.db.read(tenant).await?;
            let is_named = queries::unnamed(&mut tx, &[archive]).await?.is_empty();
            drop(tx);
            let (storage, at) = (self.storage.clone(), site.to_owned());
            if is_named || !blocking(move || remove(&storage, tenant, ArchiveId(archive), &at)).await? {
                continue;
            }
            self.tell(
                tenant,
                site,
                EventType::Reparation,
                Outcome::Ok,
                &[archive],
                "objet orphelin mis de côté",
            )
            .await?;
            let mut technical = self.db.technical().await?;
            queries::delete(&mut technical, tenant, site, archive).await?;
            technical.commit().await?;
        }
        Ok(())
    }

    async fn tell(
        &self,
        tenant: TenantId,
        site: &str,
        event_type: EventType,
        outcome: Outcome,
        objects: &[Uuid],
        finding: &str,
    ) -> Result<(), Error> {
        if objects.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.write(tenant).await?;
        for object in objects {
            let detail = vec![("constat", finding.to_owned()), ("site", site.to_owned())];
            let object = event_object(ArchiveId(*object));
            tx.record(Event { event_type, outcome, agent: Agent::Service, object, detail });
        }
        Ok(tx.commit().await?)
    }
}

/// Gives every object of a tenant on a site, page by page; stops when nobody listens any more.
fn list(
    storage: &storage::Storage,
    tenant: TenantId,
    site: &str,
    pages: &mpsc::Sender<Vec<Uuid>>,
) -> Result<(), storage::Error> {
    let store = storage.tenant(tenant).on(&[site])?;
    let mut page = Vec::with_capacity(PAGE);
    for archive in store.list()? {
        page.push(archive?.0);
        if page.len() == PAGE && pages.blocking_send(std::mem::take(&mut page)).is_err() {
            return Ok(());
        }
    }
    if !page.is_empty() {
        pages.blocking_send(page).ok();
    }
    Ok(())
}

/// `false`: its rows were committed once, it stays.
fn remove(
    storage: &storage::Storage,
    tenant: TenantId,
    archive: ArchiveId,
    site: &str,
) -> Result<bool, storage::Error> {
    let store = storage.tenant(tenant).on(&[site])?;
    match store.technical_metadata(archive) {
        Ok(known) if known.marker.is_some() => return Ok(false),
        Ok(_) | Err(storage::Error::Damaged { .. } | storage::Error::Absent(_)) => {}
        Err(error) => return Err(error),
    }
    if store.is_confirmed(archive)? {
        return Ok(false);
    }
    store.put_aside(archive).map(|()| true)
}
