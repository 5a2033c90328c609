//! How a rebuild begins: the member, what its register was, its journal as it was copied, and the entry that says so.
//!
//! Never puts an entry back that does not follow the one before, never replaces a row that the database has.

use fail::fail_point;
use serde_json::Value;
use uuid::Uuid;

use super::rebuild::{Asked, Objects, Purpose};
use super::{
    Error, Recovery, blocking, copies, numbers, queries, register_queries, site, statement_queries,
    usage_queries,
};
use crate::db::{self, TenantTx};
use crate::evidence::copy::{self, read_after, read_head};
use crate::model::{Agent, Event, EventType, Outcome, TenantId};
use crate::proof::journal_copy::Head;
use crate::storage::TenantStore;

/// A rebuild that has begun, or that goes on.
pub(super) struct Begun {
    pub rebuild_id: Uuid,
    pub code: String,
    /// Entries put back in the journal.
    pub journal_entries: i64,
}

impl Recovery {
    /// Begins, or goes on with what was cut. When it returns, the member has its rows and its journal.
    pub(super) async fn begin(
        &self,
        asked: &Asked,
        tenant: TenantId,
        store: &TenantStore,
        objects: &Objects,
    ) -> Result<Begun, Error> {
        let at_hand = store.clone();
        let (register, mut copied) =
            blocking(move || Ok((copies::read_register(&at_hand)?, read_head(&at_hand)?))).await?;
        if let Purpose::Rehearsal { journal, .. } = &asked.purpose {
            copied.clone_from(journal);
        }
        let code = self.whose(tenant, store, register.as_ref(), copied.as_ref(), objects).await?;
        let maker = Maker { recovery: self, code: &code, register: register.as_ref() };
        let mut journal_entries = 0;
        let mut aside = None;
        if let Some(copied) = &copied {
            let to_the_end = matches!(asked.purpose, Purpose::Recovery { .. });
            match maker.put_journal_back(tenant, store, copied, to_the_end).await {
                Err(Error::TwoJournals { .. })
                    if matches!(asked.purpose, Purpose::Recovery { keep_journal: true, .. }) =>
                {
                    aside = Some(copied);
                }
                entries => journal_entries = entries?,
            }
        }
        let mut tx = self.db.write(tenant).await?;
        maker.member(&mut tx).await?;
        if let Some(register) = &register {
            let (found, here) =
                (register["schema"].as_i64().unwrap_or(0), register_queries::schema(&mut tx).await?);
            if found != here {
                return Err(Error::OtherSchema { found, here });
            }
            register_queries::put_sites(&mut tx, register).await?;
            if !register_queries::has_others(&mut tx, register).await? {
                register_queries::put_back(&mut tx, register).await?;
            }
        }
        usage_queries::put_back(&mut tx).await?;
        statement_queries::put_back(&mut tx).await?;
        let rebuild_id = match queries::unfinished(&mut tx, &asked.site).await? {
            Some(id) => id,
            None => {
                let (id, now) = (self.clock.fresh_id(), self.clock.now());
                let count = objects.ids.len() as u64;
                queries::insert_rebuild(&mut tx, id, &asked.site, now, count, &objects.digest).await?;
                id
            }
        };
        if let Some(copied) = aside {
            let (store, copied) = (store.clone(), copied.clone());
            let why = format!("aside-{rebuild_id}");
            blocking(move || Ok(copy::put_aside(&store, &copied, &why)?)).await?;
        }
        tx.record(began(asked, &code, objects, journal_entries, copied.as_ref(), aside.is_some()));
        fail_point!("rebuild-before-begin");
        tx.commit().await?;
        fail_point!("rebuild-after-begin");
        Ok(Begun { rebuild_id, code, journal_entries })
    }

    /// The member's code: the database's, or what the site says, once it is that of this folder.
    async fn whose(
        &self,
        tenant: TenantId,
        store: &TenantStore,
        register: Option<&Value>,
        copied: Option<&Head>,
        objects: &Objects,
    ) -> Result<String, Error> {
        let mut tx = self.db.read(tenant).await?;
        if let Some(code) = queries::member_code(&mut tx).await? {
            return Ok(code);
        }
        drop(tx);
        let is_right = move |code: &str| TenantId::of_member(code) == tenant;
        let said = [
            copied.map(|head| head.member.as_str()),
            register.and_then(|register| register["code"].as_str()),
        ];
        if let Some(code) = said.into_iter().flatten().find(|code| is_right(code)) {
            return Ok(code.to_owned());
        }
        let (store, ids) = (store.clone(), objects.ids.clone());
        blocking(move || {
            let codes =
                ids.into_iter().filter_map(|id| site::accession(&store, id)).filter_map(|accession| {
                    numbers::codes_in(&accession.cote).find(|code| is_right(code)).map(str::to_owned)
                });
            { codes }.next().ok_or(Error::WhoseIsIt(tenant))
        })
        .await
    }
}

/// Makes what is missing of the member.
struct Maker<'a> {
    recovery: &'a Recovery,
    code: &'a str,
    register: Option<&'a Value>,
}

impl Maker<'_> {
    /// The member's row, its quota and its journal, unless they are there.
    async fn member(&self, tx: &mut TenantTx) -> Result<(), Error> {
        if queries::member_code(tx).await?.is_some() {
            return Ok(());
        }
        let now = self.recovery.clock.now();
        match self.register {
            Some(register) => register_queries::put_member(tx, register).await?,
            None => queries::insert_member(tx, self.code, now).await?,
        }
        queries::insert_quota(tx).await?;
        queries::insert_journal_head(tx, now).await?;
        Ok(())
    }

    /// Puts back what the journal lacks of its copy, page after page; how many entries. To the end: those after the head
    /// too, which a copy that was cut may hold.
    async fn put_journal_back(
        &self,
        tenant: TenantId,
        store: &TenantStore,
        copied: &Head,
        to_the_end: bool,
    ) -> Result<i64, Error> {
        let db = &self.recovery.db;
        let mut tx = db.read(tenant).await?;
        let there = match queries::member_code(&mut tx).await? {
            Some(_) => copy::head(&mut tx).await?.map_or(0, |head| head.seq),
            None => 0,
        };
        if there >= copied.seq {
            let has = copy::has(&mut tx, copied).await?;
            let two = Error::TwoJournals { code: self.code.to_owned(), seq: copied.seq };
            return if has { Ok(0) } else { Err(two) };
        }
        drop(tx);
        let mut seq = there;
        loop {
            let (store, head) = (store.clone(), copied.clone());
            let mut texts = blocking(move || Ok(read_after(&store, &head, seq)?)).await?;
            if !to_the_end {
                texts.truncate(usize::try_from(copied.seq - seq).unwrap_or(0));
            }
            if texts.is_empty() {
                return Ok(seq - there);
            }
            let mut tx = db.write(tenant).await?;
            self.member(&mut tx).await?;
            match tx.put_back_lost_journal_entries(&texts).await {
                // The first of them does not follow what the database has.
                Err(db::Error::Journal(_)) if seq == there && there > 0 => {
                    return Err(Error::TwoJournals { code: self.code.to_owned(), seq });
                }
                put => put?,
            }
            tx.commit().await?;
            fail_point!("rebuild-journal-page");
            seq += texts.len() as i64;
        }
    }
}

fn began(
    asked: &Asked,
    code: &str,
    objects: &Objects,
    journal_entries: i64,
    copied: Option<&Head>,
    aside: bool,
) -> Event {
    let mut detail = vec![
        ("etape", "debut".to_owned()),
        ("site", asked.site.clone()),
        ("objets", objects.ids.len().to_string()),
        ("objets_sha256", hex::encode(objects.digest)),
        ("entrees_du_journal", journal_entries.to_string()),
    ];
    if let Some(copied) = copied {
        detail.push(("copie_du_journal", format!("{} {}", copied.seq, copied.hash)));
    }
    if aside {
        detail.push(("copie_du_journal_a_part", "oui".to_owned()));
    }
    let object = format!("member:{code}");
    Event {
        event_type: EventType::Reconstruction,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object,
        detail,
    }
}
