//! What somebody may deposit: the agreements open to them, in plain words, the last used first.

use chrono::{DateTime, Utc};

use super::draft::By;
use super::ground::{admitted, may_write};
use super::{Drafting, Error, sent_queries};
use crate::registry;

/// A kind of deposit open to somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    /// Identifier of the agreement.
    pub agreement: String,
    pub name: String,
    /// What goes in, in the words of the profile's author.
    pub notice: String,
    /// When this person last deposited so, by a draft.
    pub last: Option<DateTime<Utc>>,
}

impl Drafting {
    /// Those open to this person today, the last used first, then by name.
    ///
    /// # Errors
    /// When the rows cannot be read.
    pub async fn flows(&self, by: &By) -> Result<Vec<Flow>, Error> {
        let today = self.clock.today();
        let mut tx = self.db.read(by.tenant).await?;
        let agreements = registry::queries::agreements(&mut tx).await?;
        let profiles = registry::profile_queries::profiles(&mut tx).await?;
        drop(tx);
        let last = sent_queries::last_by_agreement(&mut self.db.technical().await?, by).await?;
        let mut flows = Vec::new();
        for agreement in agreements {
            let reached =
                |producer: &String| by.scope.reaches(Some(&agreement.identifier), Some(producer), None);
            let is_open = agreement.is_open_on(today) && agreement.originating_agencies.iter().any(reached);
            let admitted = admitted(&agreement, &profiles);
            if !is_open || !may_write(&agreement, &admitted) {
                continue;
            }
            let notice = match &admitted[..] {
                [only] => only.notice.split("\n\n").next().unwrap_or_default().trim().to_owned(),
                _ => String::new(),
            };
            let at = last.iter().find(|(identifier, _)| *identifier == agreement.identifier);
            flows.push(Flow {
                last: at.map(|(_, at)| *at),
                agreement: agreement.identifier,
                name: agreement.name,
                notice,
            });
        }
        flows.sort_by_key(|flow| std::cmp::Reverse(flow.last));
        Ok(flows)
    }
}
