//! What repairs set aside on the sites is removed for good once it is old, and that is journaled: whose it was is in
//! its name.
//!
//! Nothing that has a name in a storage root is looked at here, hence nothing that a row names.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Error, Preservation, blocking, queries};
use crate::db;
use crate::model::{Agent, Event, EventType, Outcome, TenantId};

/// Names told in one event; the others are counted.
const NAMED_MAX: usize = 50;

impl Preservation {
    /// Sweeps every site that is there; how many things set aside were removed.
    pub async fn sweep_sites(&self) -> Result<usize, Error> {
        let storage = self.storage.clone();
        let age = Duration::from_secs(u64::from(self.settings.set_aside_days) * 86_400);
        let mut removed = 0;
        for swept in blocking(move || storage.sweep(age)).await? {
            tracing::info!(
                site.name = %swept.site, staged = swept.staged, set_aside = swept.set_aside.len(), "a site was swept"
            );
            removed += swept.set_aside.len();
            let mut of_tenant: BTreeMap<TenantId, Vec<String>> = BTreeMap::new();
            for name in swept.set_aside {
                if let Some(tenant) = name.split('.').next().and_then(TenantId::of_storage_root) {
                    of_tenant.entry(tenant).or_default().push(name);
                }
            }
            for (tenant, names) in of_tenant {
                self.tell_swept(tenant, &swept.site, names).await?;
            }
        }
        Ok(removed)
    }

    async fn tell_swept(&self, tenant: TenantId, site: &str, names: Vec<String>) -> Result<(), Error> {
        let mut tx = self.db.write(tenant).await?;
        let code = match queries::member_code(&mut tx).await {
            // A storage root of nobody that the rows know.
            Err(db::Error::UnknownTenant) => return Ok(()),
            code => code?,
        };
        let mut detail = vec![
            ("constat", "éléments mis de côté effacés".to_owned()),
            ("nombre", names.len().to_string()),
            ("site", site.to_owned()),
        ];
        detail.extend(names.into_iter().take(NAMED_MAX).map(|name| ("element", name)));
        tx.record(Event {
            event_type: EventType::Reparation,
            outcome: Outcome::Ok,
            agent: Agent::Service,
            object: format!("member:{code}"),
            detail,
        });
        Ok(tx.commit().await?)
    }
}
