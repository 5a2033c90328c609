//! Everything that was sealed checked again, from the first entry: each text, each link, each seal's root and signature.
//!
//! Reads only. The next seal trusts the tiles that the last ones left; this does not.

use super::Error;
use super::Sealing;
use crate::db::TenantRead;
use crate::evidence;
use crate::evidence::seal_queries::{self as queries, KeptSeal};
use crate::model::TenantId;
use crate::proof::journal::Walk;
use crate::proof::merkle::{self, Edge};
use crate::proof::note::{Note, Verifier};
use crate::proof::seal::{self, Record};

/// Entries, or seals, read at a time.
const PAGE: i64 = 1_000;

/// A journal that is what was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    pub entries: i64,
    pub seals: u64,
}

/// The seals still to come, in order.
struct Seals {
    page: std::vec::IntoIter<KeptSeal>,
    walk: seal::Walk,
    verifiers: Vec<Verifier>,
    origin: String,
}

impl Sealing {
    /// Checks a member's journal against its seals.
    pub async fn check(&self, tenant: TenantId, code: &str) -> Result<Checked, Error> {
        let verifiers = self.keys.known()?.into_iter().map(|key| key.verifier).collect();
        let origin = self.origin(code);
        let mut tx = self.db.read(tenant).await?;
        let mut seals =
            Seals { page: Vec::new().into_iter(), walk: seal::Walk::default(), verifiers, origin };
        let (mut walk, mut tree) = (Walk::default(), Edge::default());
        let mut next = seals.next(&mut tx).await?;
        loop {
            while let Some(due) = next.take_if(|due| due.size == tree.size()) {
                if due.root != tree.root() {
                    let reason = "les entrées qu'il scelle ne sont plus celles du journal".to_string();
                    return Err(Error::Forked { number: due.number, reason });
                }
                next = seals.next(&mut tx).await?;
            }
            let page = evidence::journal_page(&mut tx, walk.seq(), to_read(&tree, next.as_ref())).await?;
            if page.is_empty() {
                break;
            }
            for row in &page {
                walk.step(row.seq, &row.entry, &row.hash)?;
                tree.push(merkle::leaf(&walk.hash()));
            }
        }
        if let Some(due) = next {
            let reason = format!("il scelle {} entrées, et le journal n'en a que {}", due.size, walk.seq());
            return Err(Error::Forked { number: due.number, reason });
        }
        let head = evidence::journal_head(&mut tx).await?;
        if head != (walk.seq(), walk.hash()) {
            let reason = "le journal ne finit pas où sa tête le dit".to_string();
            return Err(Error::Forked { number: seals.number(), reason });
        }
        Ok(Checked { entries: walk.seq(), seals: seals.number() })
    }
}

/// Entries up to the next seal's last, a page at most.
fn to_read(tree: &Edge, next: Option<&Record>) -> i64 {
    next.map_or(PAGE, |due| due.size.saturating_sub(tree.size()).cast_signed().clamp(1, PAGE))
}

impl Seals {
    fn number(&self) -> u64 {
        self.walk.last().map_or(0, |last| last.number)
    }

    /// The next seal, bound to those before it and signed.
    async fn next(&mut self, tx: &mut TenantRead) -> Result<Option<Record>, Error> {
        let after = self.number().cast_signed();
        let kept = match self.page.next() {
            Some(kept) => kept,
            None => {
                self.page = queries::seals_after(tx, after, PAGE).await?.into_iter();
                let Some(kept) = self.page.next() else { return Ok(None) };
                kept
            }
        };
        let record = Record::parse(&kept.record)?;
        let note = Note::parse(&kept.note)?;
        self.walk.step(&record)?;
        let is_signed = self.verifiers.iter().any(|verifier| note.signed_by(verifier).is_some());
        let is_its = note.text() == record.checkpoint().body() && record.log == self.origin;
        if !is_its || !is_signed || record.number.cast_signed() != kept.number {
            let reason = "sa signature n'est pas celle de ce service".to_string();
            return Err(Error::Forked { number: record.number, reason });
        }
        Ok(Some(record))
    }
}
