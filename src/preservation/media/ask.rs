//! A migration asked for by the operator: what is refused, and what begins.

use super::super::{Error, JOB_MIGRATE, Preservation, queries as rows};
use super::{ELSEWHERE_MIN, Step, queries, record};
use crate::db::TenantTx;
use crate::model::{Agent, TenantId};

/// Why a site cannot join or leave; the sentence is for the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Another migration of this member is under way.
    UnderWay,
    /// The site keeps every archive of the member already.
    Filled,
    /// The member has nothing there.
    NotThere,
    /// Fewer than two of the other sites have a copy of every archive.
    Unfilled,
    /// The set of sites would not do.
    Set(String),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Refusal::UnderWay => f.write_str("une migration est déjà en cours pour cette collectivité"),
            Refusal::Filled => f.write_str("ce site garde déjà toutes les archives de cette collectivité"),
            Refusal::NotThere => f.write_str("ce site ne garde rien de cette collectivité"),
            Refusal::Unfilled => f.write_str(
                "moins de deux autres sites ont une copie de chaque archive : remplissez-les d'abord (sites add)",
            ),
            Refusal::Set(sentence) => f.write_str(sentence),
        }
    }
}

impl Preservation {
    /// A site joins a member's set: deposits use it from now on, and what is older is copied there.
    pub async fn add_site(
        &self,
        by: Agent,
        tenant: TenantId,
        site: &str,
    ) -> Result<Result<(), Refusal>, Error> {
        let mut tx = self.db.write(tenant).await?;
        let (set, is_written) = self.set(queries::lock_set(&mut tx).await?);
        let is_member = set.iter().any(|known| known == site);
        let mut new = set;
        if !is_member {
            new.push(site.to_owned());
        }
        if let Some(sentence) = self.storage.refusal_of(&new) {
            return Ok(Err(Refusal::Set(sentence)));
        }
        if queries::is_under_way(&mut tx).await? {
            return Ok(Err(Refusal::UnderWay));
        }
        if is_member && !queries::lacks_copies(&mut tx, site).await? {
            return Ok(Err(Refusal::Filled));
        }
        if !is_member || !is_written {
            queries::set_sites(&mut tx, &new).await?;
        }
        self.begin(tx, by, site, Step::Copying).await
    }

    /// A site leaves a member's set: nothing is destroyed there before two good copies stand elsewhere.
    pub async fn retire_site(
        &self,
        by: Agent,
        tenant: TenantId,
        site: &str,
    ) -> Result<Result<(), Refusal>, Error> {
        let mut tx = self.db.write(tenant).await?;
        let (set, _) = self.set(queries::lock_set(&mut tx).await?);
        let has_copies = rows::sites_of_copies(&mut tx).await?.iter().any(|there| there == site);
        if !set.iter().any(|known| known == site) && !has_copies {
            return Ok(Err(Refusal::NotThere));
        }
        let new: Vec<String> = set.into_iter().filter(|known| known != site).collect();
        if let Some(sentence) = self.storage.refusal_of(&new) {
            return Ok(Err(Refusal::Set(sentence)));
        }
        if queries::is_under_way(&mut tx).await? {
            return Ok(Err(Refusal::UnderWay));
        }
        let mut filled = 0;
        for other in &new {
            filled += usize::from(!queries::lacks_copies(&mut tx, other).await?);
        }
        if filled < ELSEWHERE_MIN {
            return Ok(Err(Refusal::Unfilled));
        }
        self.begin(tx, by, site, Step::Verifying).await
    }

    /// The member's set, and whether it is written or that of the settings.
    fn set(&self, written: Option<Vec<String>>) -> (Vec<String>, bool) {
        let is_written = written.is_some();
        (written.unwrap_or_else(|| self.sites()), is_written)
    }

    async fn begin(
        &self,
        mut tx: TenantTx,
        by: Agent,
        site: &str,
        step: Step,
    ) -> Result<Result<(), Refusal>, Error> {
        let (id, now) = (self.clock.fresh_id(), self.clock.now());
        let switched_at = (step == Step::Copying).then_some(now);
        queries::insert(&mut tx, id, site, step.word(), now, switched_at).await?;
        let code = rows::member_code(&mut tx).await?;
        let what = if step == Step::Copying { "ajout demandé" } else { "retrait demandé" };
        let detail = vec![("etape", what.to_owned()), ("site", site.to_owned())];
        record(&mut tx, by, format!("member:{code}"), detail);
        tx.enqueue_background(JOB_MIGRATE, id, now).await?;
        let tenant = tx.tenant();
        tx.commit().await?;
        self.tell_progress(tenant, id, None).await?;
        Ok(Ok(()))
    }
}
