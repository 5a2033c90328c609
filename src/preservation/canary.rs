//! Canaries: objects of the platform's own, archives of a tenant that is no member's, damaged now and then to measure
//! how long wrong bytes live.
//!
//! They are planned, read, found and mended by what reads members' archives, which does not know them apart: a
//! reading that has stopped, or that sees nothing, leaves them unfound. Nothing here ever reads or harms an
//! archive of a member.

use chrono::TimeDelta;
use fail::fail_point;
use uuid::Uuid;

use super::canary_object::{self, Seed};
use super::canary_queries::{self, Asked};
use super::{Error, Preservation, blocking, vault};
use crate::model::{ArchiveId, TenantId};
use crate::storage::Authority;

/// Code of the tenant whose archives the canaries are.
pub(super) const CODE: &str = TenantId::CANARIES;

/// What the site remembers of a copy damaged so.
const REFERENCE: &str = "objet témoin abîmé exprès";

/// Namespace of the canaries' identifiers (UUID version 5); never to change.
const CANARIES: Uuid = Uuid::from_u128(0x2f6a_90c7_4be3_4d18_b7a5_0c9e_63d1_88f2);

/// The tenant whose archives the canaries are.
pub(super) fn tenant() -> TenantId {
    TenantId::of_canaries()
}

/// The archive that is the canary of this number.
fn archive(number: u32) -> ArchiveId {
    ArchiveId(Uuid::new_v5(&CANARIES, &number.to_be_bytes()))
}

/// How a canary is damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Its copy is gone.
    Removed,
    /// Another object, whole in itself, is in its place.
    Replaced,
    /// One byte of its file is another.
    Altered,
}

impl Manner {
    fn word(self) -> &'static str {
        match self {
            Manner::Removed => "removed",
            Manner::Replaced => "replaced",
            Manner::Altered => "altered",
        }
    }
}

impl Preservation {
    /// Puts canaries in place where they are missing, damages one when it is time, and learns what was found.
    pub async fn tend_canaries(&self) -> Result<(), Error> {
        if self.settings.canaries == 0 {
            return Ok(());
        }
        self.place_canaries().await?;
        self.learn().await?;
        self.damage_one().await
    }

    /// Every canary whole on every site. Run again after a crash, it writes the same bytes.
    async fn place_canaries(&self) -> Result<(), Error> {
        self.enter_tenant().await?;
        let sites = self.sites();
        for number in 0..self.settings.canaries {
            let archive = archive(number);
            let mut tx = self.db.read(tenant()).await?;
            let placed = canary_queries::sites_of(&mut tx, archive).await?;
            drop(tx);
            if placed.is_empty() {
                self.place(number).await?;
            } else {
                for site in sites.iter().filter(|site| !placed.contains(site)) {
                    self.place_on(archive, site, &placed).await?;
                }
            }
        }
        Ok(())
    }

    async fn place(&self, number: u32) -> Result<(), Error> {
        let (archive, storage) = (archive(number), self.storage.clone());
        let placed = blocking(move || {
            let store = storage.tenant(tenant());
            let (object, mut source) = canary_object::object(Seed::Right(number));
            let copies = store.deposit(archive, &object, &mut source)?.complete()?;
            Ok((copies, store.technical_metadata(archive)?.inventory_sha512))
        });
        let (copies, inventory) = placed.await?;
        fail_point!("canary-placed");
        self.enter_canary(number, archive, &copies, inventory).await?;
        let (storage, marker) = (self.storage.clone(), format!("{{\"canary\":{number}}}\n"));
        blocking(move || storage.tenant(tenant()).confirm(archive, marker.as_bytes())).await
    }

    /// A site that the settings name anew gets its copies, from one that is not damaged now.
    async fn place_on(&self, archive: ArchiveId, site: &str, placed: &[String]) -> Result<(), Error> {
        let known = self.sites();
        let from: Vec<String> = placed.iter().filter(|from| known.contains(from)).cloned().collect();
        let (storage, to) = (self.storage.clone(), site.to_owned());
        let location = blocking(move || {
            let good = vault::check(&storage, tenant(), archive, &from, &|_| Ok(()))?;
            let Some(good) = good.into_iter().find(|report| report.faults.is_empty()) else {
                return Ok(None);
            };
            vault::mend(&storage, tenant(), archive, (&to, &good.site), None)?;
            Ok(Some(good.path))
        });
        match location.await? {
            Some(path) => self.enter_copy(archive, site, &path).await,
            None => Ok(()),
        }
    }

    /// Damages a canary when the last one was long enough ago, or when a crash came between asking and doing.
    async fn damage_one(&self) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.db.technical().await?;
        let asked = match canary_queries::undone(&mut tx).await? {
            Some(asked) => asked,
            None => {
                let (count, last) = canary_queries::history(&mut tx).await?;
                let every = TimeDelta::days(self.settings.canary_days.into());
                if last.is_some_and(|last| now - last < every) {
                    return Ok(());
                }
                let living = canary_queries::damaged(&mut tx).await?;
                let Some(asked) = self.chosen(count, &living) else { return Ok(()) };
                canary_queries::ask(&mut tx, &asked, now).await?;
                asked
            }
        };
        tx.commit().await?;
        fail_point!("canary-asked");
        self.damage(&asked).await?;
        fail_point!("canary-damaged");
        let mut tx = self.db.technical().await?;
        canary_queries::set_done(&mut tx, asked.damage_id, self.clock.now()).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Each site in turn, each manner in turn, the canaries one after the other; those still damaged are spared.
    fn chosen(&self, count: u64, damaged: &[ArchiveId]) -> Option<Asked> {
        let sites = self.sites();
        let turns = sites.len() as u64;
        let site = sites.get(usize::try_from(count % turns.max(1)).ok()?)?.clone();
        let manner = [Manner::Altered, Manner::Removed, Manner::Altered, Manner::Replaced];
        let manner = manner[usize::try_from(count / turns % 4).unwrap_or(0)];
        let canaries = u64::from(self.settings.canaries);
        let mut numbers = (0..canaries).map(|step| (count + step) % canaries);
        let archive = numbers.find_map(|number| {
            let archive = archive(u32::try_from(number).ok()?);
            (!damaged.contains(&archive)).then_some(archive)
        })?;
        Some(Asked { damage_id: self.clock.fresh_id(), archive, site, manner: manner.word().into() })
    }

    async fn damage(&self, asked: &Asked) -> Result<(), Error> {
        let (storage, asked) = (self.storage.clone(), asked.clone());
        let canaries = self.settings.canaries;
        blocking(move || {
            let store = storage.tenant(tenant()).on(&[&asked.site])?;
            let number = (0..canaries).find(|number| archive(*number) == asked.archive).unwrap_or_default();
            if asked.manner == Manner::Altered.word() {
                let wrong = canary_object::wrong_byte(number);
                return store.harm_a_canary_on_purpose(asked.archive, canary_object::STORED_PATH, wrong);
            }
            if let Some(authority) = Authority::of(REFERENCE) {
                store.destroy(asked.archive, &authority)?;
            }
            if asked.manner == Manner::Replaced.word() {
                let (object, mut source) = canary_object::object(Seed::Wrong(number));
                store.deposit(asked.archive, &object, &mut source)?.complete()?;
            }
            Ok(())
        })
        .await
    }

    /// What the readings have said of the canaries since: found by the schedule, found otherwise, mended.
    async fn learn(&self) -> Result<(), Error> {
        let mut technical = self.db.technical().await?;
        let living = canary_queries::living(&mut technical).await?;
        let mut tx = self.db.read(tenant()).await?;
        for damage in living {
            let Some(seen) = canary_queries::incident_of(&mut tx, &damage).await? else { continue };
            let found_at = Some(seen.opened_at.max(damage.done_at)).filter(|_| seen.by_schedule);
            canary_queries::set_seen(&mut technical, damage.damage_id, found_at, seen.repaired_at).await?;
        }
        drop(tx);
        Ok(technical.commit().await?)
    }
}
