//! Stamps kept in the rows, and put beside the seals on every site: never over another.

use super::publish::keep_once;
use super::stamp::{TURN, token_name};
use super::{Error, Sealing, Which, blocking};
use crate::evidence::token_queries::{self as queries, KeptToken};
use crate::model::TenantId;
use crate::storage;
use crate::timestamp::{Authority, Stamped};

impl Sealing {
    /// Keeps a token of a log's seal; whether it is the one that counts, as a number.
    pub(super) async fn keep_token(
        &self,
        log: Which,
        (number, ordinal): (i64, i16),
        authority: &Authority,
        stamped: Stamped,
    ) -> Result<usize, Error> {
        let kept = KeptToken {
            number,
            ordinal,
            authority: authority.name().to_string(),
            is_demonstration: authority.is_demonstration(),
            algorithm: stamped.stamp.algorithm.name().to_string(),
            token: stamped.token,
            stamped_at: stamped.stamp.at,
            signer: stamped.stamp.authority,
            certificate_ends: stamped.stamp.certificate_ends,
        };
        let mut tx = self.db.technical().await?;
        let is_kept = queries::insert_token(&mut tx, log.tenant(), &kept).await?;
        tx.commit().await?;
        Ok(usize::from(is_kept))
    }

    /// Puts the tokens beside the seals, on every site of their log; one that is away gets them later.
    pub(super) async fn publish_tokens(&self) -> Result<(), Error> {
        for tenant in queries::stamped_logs(&mut self.db.technical().await?).await? {
            for site in self.sites_of(Which::of(tenant)).await? {
                self.publish_tokens_on(tenant, &site).await?;
            }
        }
        Ok(())
    }

    /// What the site holds under the name of another token stays there, and is told.
    async fn publish_tokens_on(&self, tenant: TenantId, site: &str) -> Result<(), Error> {
        let store = self.storage.tenant(tenant).on(&[site])?;
        let mut tx = self.db.technical().await?;
        let tokens = queries::unpublished(&mut tx, tenant, site, TURN * 4).await?;
        drop(tx);
        for (number, ordinal, bytes) in tokens {
            let name = token_name(number.cast_unsigned(), ordinal.cast_unsigned());
            let (at_hand, file) = (store.clone(), name.clone());
            let published = blocking(move || keep_once(&at_hand, &file, &bytes)).await;
            let mut tx = self.db.technical().await?;
            match published {
                Ok(()) => queries::note_token_published(&mut tx, tenant, (number, ordinal), site).await?,
                Err(Error::Storage(storage::Error::Occupied { .. })) => {
                    if queries::note_token_contradicted(&mut tx, tenant, (number, ordinal), site).await? {
                        tracing::error!(site, name, "a site holds other bytes under a time stamp's name");
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, site, "time stamps are not published everywhere");
                    break;
                }
            }
            tx.commit().await?;
        }
        Ok(())
    }
}
