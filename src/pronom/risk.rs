//! The formats that a member holds, and the risk given to each: by the member, else by the starter's table.

use super::{Error, Pronom, queries, starter};
use crate::model::{Agent, Event, EventType, FormatRisk, NamedFormat, Outcome, PersonId, Role, TenantId};

/// Formats listed.
const HELD_MAX: u32 = 1_000;

/// Objects of one format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// `None`: nothing names them, or nobody looked.
    pub format: Option<NamedFormat>,
    /// `false`: taken in charge before formats were named.
    pub is_looked_at: bool,
    pub objects: u64,
    pub size_bytes: u64,
    /// Objects among them that the signatures in force have not named.
    pub otherwise: u64,
    /// The risk that the member gave.
    pub given: Option<FormatRisk>,
}

impl Held {
    /// The risk given by the member, else the starter's; `None` when neither has one. What has no name is to be watched.
    pub fn risk(&self) -> Option<FormatRisk> {
        match &self.format {
            Some(format) => self.given.or_else(|| starter(&format.puid)),
            None if self.is_looked_at => Some(FormatRisk::Watch),
            None => None,
        }
    }
}

/// Everything that a member holds, by format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// The most bytes first.
    pub formats: Vec<Held>,
    /// There are more formats than are listed.
    pub is_cut: bool,
    /// Version of the signatures in force.
    pub signatures: String,
}

impl Pronom {
    /// The formats that a member holds.
    pub async fn holdings(&self, tenant: TenantId) -> Result<Holdings, Error> {
        let signatures = self.signatures.get().await?;
        let mut tx = self.db.read(tenant).await?;
        let mut formats = queries::held(&mut tx, signatures.version(), i64::from(HELD_MAX) + 1).await?;
        let is_cut = formats.len() > HELD_MAX as usize;
        formats.truncate(HELD_MAX as usize);
        // By the names in force: rows keep the words of the signatures that named them.
        for named in formats.iter_mut().filter_map(|held| held.format.as_mut()) {
            if let Some(format) = signatures.find(&named.puid) {
                named.name.clone_from(&format.name);
                named.version.clone_from(&format.version);
                named.mime.clone_from(&format.mime);
            }
        }
        Ok(Holdings { formats, is_cut, signatures: signatures.version().to_owned() })
    }

    /// Gives a risk to a format that the member holds; `false` when it holds none such. Giving it the one it has changes nothing.
    pub async fn set_risk(
        &self,
        tenant: TenantId,
        (by, role): (PersonId, Role),
        puid: &str,
        risk: FormatRisk,
    ) -> Result<bool, Error> {
        let mut tx = self.db.write(tenant).await?;
        if !queries::is_held(&mut tx, puid).await? {
            return Ok(false);
        }
        let before = queries::find_risk(&mut tx, puid).await?;
        if before == Some(risk) {
            return Ok(true);
        }
        queries::set_risk(&mut tx, puid, risk, by, self.clock.now()).await?;
        let was = before.or_else(|| starter(puid)).map_or("none", FormatRisk::word);
        tx.record(Event {
            event_type: EventType::Parametrage,
            outcome: Outcome::Ok,
            agent: Agent::Person(by, role),
            object: format!("format:{puid}"),
            detail: vec![("risque", format!("{was} > {}", risk.word()))],
        });
        tx.commit().await?;
        Ok(true)
    }
}
