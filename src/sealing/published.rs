//! What the sites hold of a log's seals: read to find out a database that forgot, or one that tells another story.

use super::publish::{CHECKPOINT, note_name, record_name};
use super::{Error, Sealing, blocking};
use crate::model::TenantId;
use crate::proof::note::{Note, Verifier};
use crate::proof::seal::Record;
use crate::storage::TenantStore;

/// The furthest seals that a site holds of a log.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// Each with its note, in order, without gap, as far back as was asked for.
    seals: Vec<(Record, Note)>,
    site: String,
}

impl Published {
    /// The site that holds them.
    pub(super) fn site(&self) -> &str {
        &self.site
    }

    /// Those after `last`, which must be the one published under its number, if it was published.
    pub(super) fn after(&self, last: Option<&Record>) -> Result<&[(Record, Note)], Error> {
        let number = last.map_or(0, |last| last.number);
        let at = self.seals.partition_point(|(record, _)| record.number <= number);
        let same = at.checked_sub(1).map(|at| &self.seals[at].0).filter(|same| same.number == number);
        if let (Some(last), Some(published)) = (last, same)
            && last != published
        {
            let reason = "les sites en ont un autre sous ce numéro".to_string();
            return Err(Error::Forked { number, reason });
        }
        Ok(&self.seals[at..])
    }
}

impl Sealing {
    /// The seals of a log that are published beyond those of its rows, with the last of the rows'. Sites that are away
    /// are passed over: what they hold is compared when they are back.
    pub(super) async fn published(&self, tenant: TenantId, origin: &str) -> Result<Published, Error> {
        let mut tx = self.db.read(tenant).await?;
        let known = crate::evidence::seal_queries::last_seal(&mut tx).await?.map_or(0, |seal| seal.number);
        drop(tx);
        self.published_beyond(tenant, origin, known.cast_unsigned()).await
    }

    /// The seals of a log that are published from the one numbered `known` on.
    pub(super) async fn published_beyond(
        &self,
        tenant: TenantId,
        origin: &str,
        known: u64,
    ) -> Result<Published, Error> {
        let verifiers: Vec<Verifier> = self.keys.known()?.into_iter().map(|key| key.verifier).collect();
        let (storage, origin) = (self.storage.clone(), origin.to_string());
        blocking(move || {
            let mut furthest = Published::default();
            for site in storage.sites() {
                let store = storage.tenant(tenant).on(&[site])?;
                match read(&store, known, &origin, &verifiers) {
                    Ok(found) if found.seals.last().map(number) > furthest.seals.last().map(number) => {
                        furthest = Published { site: site.to_owned(), ..found };
                    }
                    Ok(_) => {}
                    Err(Error::Storage(error)) => {
                        tracing::warn!(%error, site, "seals of a site were not read");
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(furthest)
        })
        .await
    }
}

fn number((record, _): &(Record, Note)) -> u64 {
    record.number
}

/// The seals of one site from the one numbered `known` on; those that a crash kept from the head too.
fn read(store: &TenantStore, known: u64, origin: &str, verifiers: &[Verifier]) -> Result<Published, Error> {
    let head = text(store, CHECKPOINT)?.map(|head| Note::parse(&head)).transpose()?;
    let binding = head.as_ref().and_then(|head| head.text().lines().nth(3)?.strip_prefix("seal "));
    let last = binding.and_then(|line| line.split(' ').next()?.parse().ok()).unwrap_or(0);
    let damaged = |name: String, reason: &str| Error::Damaged { name, reason: reason.to_string() };
    let mut seals = Vec::new();
    for number in known.max(1).. {
        let (name, note_name) = (record_name(number), note_name(number));
        let (record, note) = match (text(store, &name)?, text(store, &note_name)?) {
            (Some(record), Some(note)) => (record, note),
            (record, _) if number <= last => {
                let missing = if record.is_none() { name } else { note_name };
                return Err(damaged(missing, "le fichier manque, et des scellements suivants sont là"));
            }
            // What has no note was never signed.
            _ => break,
        };
        let (record, note) = (Record::parse(record.trim_end())?, Note::parse(&note)?);
        let is_signed = verifiers.iter().any(|verifier| note.signed_by(verifier).is_some());
        let is_ours =
            record.log == origin && record.number == number && note.text() == record.checkpoint().body();
        if !is_ours || !is_signed {
            return Err(damaged(note_name, "ce n'est pas un scellement signé par ce service"));
        }
        seals.push((record, note));
    }
    Ok(Published { seals, site: String::new() })
}

fn text(store: &TenantStore, name: &str) -> Result<Option<String>, Error> {
    let not_text = |_| Error::Damaged { name: name.to_string(), reason: "ce n'est pas du texte".to_string() };
    store.kept(name)?.map(|bytes| String::from_utf8(bytes).map_err(not_text)).transpose()
}
