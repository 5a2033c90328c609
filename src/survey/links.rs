//! The links by which producers answer without an account: one each, in a letter, or handed over.
//!
//! Never keeps a link: its digest in the rows, itself sealed in the letter that waits. The one thing to know: a link serves until the
//! closing, whatever others were made since.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use uuid::Uuid;

use super::link_queries::{self, Made, Recipient};
use super::{By, Campaign, Error, NotDone, Surveys, campaign_queries, producer_queries};
use crate::db::Technical;
use crate::identity::{fresh_secret, kept};
use crate::mail::{self, Letter, SurveyLetter};

impl Surveys {
    /// A link to be handed over to a producer; nobody can tell it again.
    pub async fn link_to_hand_over(&self, id: Uuid, siren: &str) -> Result<Result<String, NotDone>, Error> {
        let mut tx = self.db.technical().await?;
        let Some(campaign) = campaign_queries::hold_campaign(&mut tx, id).await? else {
            return Ok(Err(NotDone::Unknown));
        };
        if !campaign.stage.is_open() {
            return Ok(Err(NotDone::NotNow(campaign.stage)));
        }
        if producer_queries::producer(&mut tx, id, siren).await?.is_none() {
            return Ok(Err(NotDone::Unknown));
        }
        let link = fresh_secret()?;
        let made = Made { hash: kept(&link).unwrap_or_default(), siren: siren.to_owned(), email: None };
        link_queries::insert_links(&mut tx, id, &[made], self.clock.now()).await?;
        tx.commit().await?;
        Ok(Ok(link))
    }

    /// Writes to those to whom no letter was sent at their address; how many.
    pub(super) async fn invite(&self, tx: &mut Technical, by: By, campaign: &Campaign) -> Result<u64, Error> {
        let silent = self.recipients(tx, campaign, true).await?;
        self.write(tx, by, campaign, &silent, false).await
    }

    /// Writes to all who have not answered; how many.
    pub(super) async fn write_to_silent(
        &self,
        tx: &mut Technical,
        by: By,
        campaign: &Campaign,
    ) -> Result<u64, Error> {
        let silent = self.recipients(tx, campaign, false).await?;
        self.write(tx, by, campaign, &silent, true).await
    }

    /// Nobody, when no letter leaves.
    async fn recipients(
        &self,
        tx: &mut Technical,
        campaign: &Campaign,
        unwritten: bool,
    ) -> Result<Vec<Recipient>, Error> {
        if !self.writes {
            return Ok(Vec::new());
        }
        Ok(link_queries::silent(tx, campaign.id, unwritten).await?)
    }

    async fn write(
        &self,
        tx: &mut Technical,
        by: By,
        campaign: &Campaign,
        to: &[Recipient],
        again: bool,
    ) -> Result<u64, Error> {
        let (mut links, mut letters) = (Vec::new(), Vec::new());
        for recipient in to {
            let link = fresh_secret()?;
            let sealed = STANDARD.encode(self.at_rest.seal(SurveyLetter::LINK, link.as_bytes())?);
            let letter = Letter::Survey(SurveyLetter {
                sealed,
                again,
                campaign: campaign.name.clone(),
                producer: recipient.name.clone(),
                answer_by: campaign.answer_by,
            });
            letters.push((recipient.email.clone(), format!("survey:{}", self.clock.fresh_id()), letter));
            links.push(Made {
                hash: kept(&link).unwrap_or_default(),
                siren: recipient.siren.clone(),
                email: Some(recipient.email.clone()),
            });
        }
        link_queries::insert_links(tx, campaign.id, &links, self.clock.now()).await?;
        mail::write_each(tx, &self.clock, by.tenant, &letters).await?;
        Ok(letters.len() as u64)
    }
}
