//! Attestations from their texts beside the journal's copy, each held to the journal's entry that declares it.
//!
//! Never enters a text whose digest no entry has, nor one about a transfer or an archive that is not there: of those the
//! journal's entry alone remains. Proofs are made again by the next seal.

use fail::fail_point;
use uuid::Uuid;

use super::rebuild::{Rebuilt, Told};
use super::{Error, Recovery, blocking, entry_queries};
use crate::db::TenantTx;
use crate::evidence::attestation;
use crate::evidence::copy::read_statements;
use crate::model::{Agent, Event, EventType, Outcome, TenantId};
use crate::proof::attestation as form;
use crate::proof::journal_copy::{ENTRIES, Kept};
use crate::storage::TenantStore;

const UNDECLARED: &str = "aucune entrée du journal ne la déclare";

/// What became of a text.
enum Entering {
    Entered,
    /// The database has it.
    Known,
    /// What it is about is not there.
    Alone,
    /// Its number, and why it is not believed, in French.
    Faulty(String, String),
}

impl Recovery {
    /// Enters what entries of the journal declare, as far as the journal goes.
    pub(super) async fn attestations(
        &self,
        tenant: TenantId,
        store: &TenantStore,
        rebuilt: &mut Rebuilt,
        tell: &mut (dyn FnMut(Told<'_>) + Send),
    ) -> Result<(), Error> {
        let mut tx = self.db.read(tenant).await?;
        let last = crate::evidence::copy::head(&mut tx).await?.map_or(0, |head| head.seq);
        drop(tx);
        let mut before = 0;
        while before < last {
            let at_hand = store.clone();
            let kept = blocking(move || Ok(read_statements(&at_hand, before)?)).await?;
            if !kept.is_empty() {
                self.page(tenant, (before, kept), rebuilt, tell).await?;
            }
            before += ENTRIES;
        }
        Ok(())
    }

    async fn page(
        &self,
        tenant: TenantId,
        (before, kept): (i64, Vec<Result<Kept, String>>),
        rebuilt: &mut Rebuilt,
        tell: &mut (dyn FnMut(Told<'_>) + Send),
    ) -> Result<(), Error> {
        let mut tx = self.db.write(tenant).await?;
        let mut entered = 0;
        for (line, kept) in (1..).zip(kept) {
            let what = match kept {
                Ok(kept) => enter(&mut tx, &kept).await?,
                Err(reason) => Entering::Faulty(format!("ligne {line} après l'entrée {before}"), reason),
            };
            match what {
                Entering::Entered => entered += 1,
                Entering::Known => {}
                Entering::Alone => rebuilt.attestations_alone += 1,
                Entering::Faulty(number, reason) => {
                    rebuilt.attestations_faulty += 1;
                    tell(Told::Attestation { number: &number, reason: &reason });
                }
            }
        }
        if entered == 0 {
            return Ok(());
        }
        rebuilt.attestations += entered;
        tx.record(Event {
            event_type: EventType::Reconstruction,
            outcome: Outcome::Ok,
            agent: Agent::Operator,
            object: format!("member:{}", rebuilt.code),
            detail: vec![
                ("etape", "attestations".to_owned()),
                ("apres_entree", before.to_string()),
                ("attestations", entered.to_string()),
            ],
        });
        tx.commit().await?;
        fail_point!("rebuild-attestations");
        Ok(())
    }
}

async fn enter(tx: &mut TenantTx, kept: &Kept) -> Result<Entering, Error> {
    let statement = match form::Statement::from_text(&kept.text) {
        Ok(statement) => statement,
        Err(reason) => return Ok(Entering::Faulty(kept.id.to_string(), reason)),
    };
    let faulty = |reason: String| Ok(Entering::Faulty(statement.number.clone(), reason));
    let Some(entry) = attestation::entry(tx, &statement.number).await? else {
        return faulty(UNDECLARED.into());
    };
    // The same reading as that of a file which somebody holds: digest, number and kind, against the entry.
    let file = match form::file(&kept.text, &entry, None) {
        Ok(file) => file,
        Err(error) => return faulty(error.to_string()),
    };
    if let Err(fault) = form::read(file.as_bytes()) {
        return faulty(fault.to_string());
    }
    let identifier = |text: &str| Uuid::parse_str(text).ok();
    let about = (
        identifier(&statement.transfer.id),
        statement.archive.as_ref().map(|archive| identifier(&archive.id)),
    );
    let (Some(transfer), archive) = about else { return faulty("le versement est illisible".into()) };
    if archive == Some(None) {
        return faulty("l'archive est illisible".into());
    }
    Ok(match entry_queries::put_attestation(tx, kept, &statement, transfer, archive.flatten()).await? {
        (1, _) => Entering::Entered,
        (_, true) => Entering::Known,
        (_, false) => Entering::Alone,
    })
}
