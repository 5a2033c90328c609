//! Heads of other services' logs, cosigned by this one as their witness.
//!
//! Never cosigns a head that does not follow the last one, and never forgets how far it saw: that is in the rows and on the
//! sites before the cosignature leaves. A database that was rolled back is reminded by the sites.

use tokio::sync::Mutex;

use super::{Error, Sealing, blocking, platform};
use crate::evidence::witness_queries as queries;
use crate::keys::Keys;
use crate::proof::checkpoint::Checkpoint;
use crate::proof::digest::sha256;
use crate::proof::merkle::Hash;
use crate::proof::note::{Kind, Note, Signature, Signer, Verifier};
use crate::proof::witness::{Log, Refusal, Request};
use crate::witness::Witness;

/// Who witnesses whom.
#[derive(Clone, Debug)]
pub struct Witnessing {
    /// Keys by which this service cosigns, other than those that sign its own logs.
    pub keys: Keys,
    /// Logs of others that it cosigns.
    pub logs: Vec<Log>,
    /// Services that cosign ours.
    pub witnesses: Vec<Witness>,
}

/// Of two heads shown at once, one after the other.
static ONE: Mutex<()> = Mutex::const_new(());

/// Where the last head of a log is kept on the sites.
fn name(origin: &str) -> String {
    format!("witnessed/{}.note", hex::encode(sha256(origin.as_bytes())))
}

impl Sealing {
    /// Cosigns a head that follows the last one; the line to be put under it.
    pub async fn cosign(&self, request: &Request) -> Result<Result<Signature, Refusal>, Error> {
        let Some(witnessing) = &self.witnessing else { return Ok(Err(Refusal::Unknown)) };
        // What is not signed by a log that is known costs nothing more.
        let head = match request.head(&witnessing.logs) {
            Ok(head) => head,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let _one = ONE.lock().await;
        let last = self.last_witnessed(witnessing, &head.origin).await?;
        if let Err(refusal) = request.follows(&head, last) {
            tracing::warn!(origin = head.origin, %refusal, "a head is not cosigned");
            return Ok(Err(refusal));
        }
        let now = self.clock.now();
        let key = witnessing.keys.in_use(now)?;
        let line = request.note.cosignature(now.timestamp().unsigned_abs(), &key)?;
        let mut note = Note::parse(&request.note.to_string())?;
        note.add(line.clone());
        let mut tx = self.db.technical().await?;
        let (old, size, text) = (request.old.cast_signed(), head.size.cast_signed(), note.to_string());
        if !queries::advance(&mut tx, &head.origin, old, (size, &head.root), &text, now).await? {
            let size = queries::witnessed(&mut tx, &head.origin).await?.map_or(0, |last| last.size);
            return Ok(Err(Refusal::Conflict { size: size.unsigned_abs() }));
        }
        tx.commit().await?;
        let (store, name) = (self.storage.tenant(platform()), name(&head.origin));
        let sites = self.storage.sites().count();
        blocking(move || {
            let mut failed = store.keep(&name, text.as_bytes())?;
            failed.iter().for_each(
                |(site, error)| tracing::warn!(%error, site, "a witnessed head is not kept everywhere"),
            );
            // Kept nowhere but here, it is not given.
            let last = failed.pop().filter(|_| failed.len() + 1 >= sites);
            last.map_or(Ok(()), |(_, error)| Err(error.into()))
        })
        .await?;
        Ok(Ok(line))
    }

    /// The last head of a log that was cosigned, with the line of ours, by the hash of its origin.
    pub async fn witnessed_head(&self, origin_hash: &str) -> Result<Option<String>, Error> {
        let logs = self.witnessing.iter().flat_map(|witnessing| &witnessing.logs);
        let mut logs = logs.filter(|log| hex::encode(sha256(log.origin.as_bytes())) == origin_hash);
        let Some(log) = logs.next() else { return Ok(None) };
        let last = queries::witnessed(&mut self.db.technical().await?, &log.origin).await?;
        Ok(last.map(|last| last.note))
    }

    /// Services that cosign the heads of this one.
    pub fn witnesses(&self) -> impl Iterator<Item = &Witness> {
        self.witnessing.iter().flat_map(|witnessing| &witnessing.witnesses)
    }

    /// Keys by which this service cosigns, as others set them.
    pub fn witness_keys(&self) -> Result<Vec<Verifier>, Error> {
        let Some(witnessing) = self.witnessing.as_ref().filter(|witnessing| !witnessing.logs.is_empty())
        else {
            return Ok(Vec::new());
        };
        // Made when it is first looked at: others need it before they ask.
        let in_use = witnessing.keys.in_use(self.clock.now())?.verifier(Kind::Cosignature)?;
        Ok(vec![in_use])
    }

    /// How far this service saw a log: as the rows or the sites have it, whichever saw further.
    async fn last_witnessed(
        &self,
        witnessing: &Witnessing,
        origin: &str,
    ) -> Result<Option<(u64, Hash)>, Error> {
        let row = queries::witnessed(&mut self.db.technical().await?, origin).await?.map(|row| row.note);
        let (storage, name) = (self.storage.clone(), name(origin));
        let kept = blocking(move || {
            let mut kept = Vec::new();
            for site in storage.sites() {
                match storage.tenant(platform()).on(&[site])?.kept(&name) {
                    Ok(bytes) => kept.extend(bytes.and_then(|bytes| String::from_utf8(bytes).ok())),
                    Err(error) => tracing::warn!(%error, site, "witnessed heads of a site were not read"),
                }
            }
            Ok(kept)
        })
        .await?;
        let own: Vec<Verifier> = witnessing
            .keys
            .known()?
            .into_iter()
            .map(|known| Verifier::new(known.verifier.name(), Kind::Cosignature, *known.verifier.key()))
            .collect::<Result<_, _>>()?;
        let heads = row.into_iter().chain(kept).filter_map(|text| {
            let note = Note::parse(&text).ok()?;
            own.iter().find(|key| note.signed_by(key).is_some())?;
            Checkpoint::parse(note.text()).ok().filter(|head| head.origin == origin)
        });
        Ok(heads.max_by_key(|head| head.size).map(|head| (head.size, head.root)))
    }
}
