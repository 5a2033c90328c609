//! Answers taken: by a producer's link, or typed from paper by the pilot.
//!
//! Never takes one before the opening nor after the closing: the campaign's row is held meanwhile.

use chrono::NaiveDate;
use uuid::Uuid;

use super::answer_queries::{self, Entry};
use super::{
    By, Campaign, Channel, Error, Kept, NotDone, Producer, Reply, Surveys, campaign_queries, link_queries,
    producer_queries,
};
use crate::db::Technical;
use crate::identity::kept;

/// Whoever a link leads to.
#[derive(Clone, Debug)]
pub struct Holder {
    pub campaign: Campaign,
    pub producer: Producer,
    /// What they answered so far.
    pub answer: Option<Kept>,
}

impl Surveys {
    /// Whom a link is of; none when it never was.
    pub async fn holder(&self, link: &str) -> Result<Option<Holder>, Error> {
        let Some(hash) = kept(link) else { return Ok(None) };
        let mut tx = self.db.technical().await?;
        let Some((id, siren)) = link_queries::holder_of(&mut tx, &hash).await? else { return Ok(None) };
        let campaign = campaign_queries::campaign(&mut tx, id).await?;
        let producer = producer_queries::producer(&mut tx, id, &siren).await?;
        let answer = answer_queries::answer(&mut tx, id, &siren).await?;
        Ok(campaign.zip(producer).map(|(campaign, producer)| Holder { campaign, producer, answer }))
    }

    /// Takes the answer of whoever holds a link, in the place of the one before.
    pub async fn answer(&self, link: &str, reply: &Reply) -> Result<Result<(), NotDone>, Error> {
        let Some(hash) = kept(link) else { return Ok(Err(NotDone::Unknown)) };
        let mut tx = self.db.technical().await?;
        let Some((id, siren)) = link_queries::holder_of(&mut tx, &hash).await? else {
            return Ok(Err(NotDone::Unknown));
        };
        if let Err(why) = takes_answers(&mut tx, id).await? {
            return Ok(Err(why));
        }
        let answered_on = self.clock.today();
        let entry = Entry { channel: Channel::Link, by: None, answered_on, now: self.clock.now() };
        answer_queries::put_answer(&mut tx, (id, &siren), reply, &entry).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Enters an answer that came on paper, bearing this date.
    pub async fn enter_paper(
        &self,
        by: By,
        (id, siren): (Uuid, &str),
        reply: &Reply,
        answered_on: NaiveDate,
    ) -> Result<Result<(), NotDone>, Error> {
        if answered_on > self.clock.today() {
            return Ok(Err(NotDone::Future));
        }
        let mut tx = self.db.technical().await?;
        if let Err(why) = takes_answers(&mut tx, id).await? {
            return Ok(Err(why));
        }
        if producer_queries::producer(&mut tx, id, siren).await?.is_none() {
            return Ok(Err(NotDone::Unknown));
        }
        let known = answer_queries::answer(&mut tx, id, siren).await?;
        if let Some(later) = known.map(|known| known.answered_on).filter(|known| *known > answered_on) {
            return Ok(Err(NotDone::Older(later)));
        }
        answer_queries::put_answer(&mut tx, (id, siren), reply, &self.paper(by, answered_on)).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    pub(super) fn paper(&self, by: By, answered_on: NaiveDate) -> Entry {
        Entry { channel: Channel::Paper, by: Some(by.person), answered_on, now: self.clock.now() }
    }
}

/// Whether a campaign takes answers; until the end of the transaction it is not closed.
pub(super) async fn takes_answers(tx: &mut Technical, id: Uuid) -> Result<Result<(), NotDone>, Error> {
    Ok(match campaign_queries::hold_campaign(tx, id).await? {
        None => Err(NotDone::Unknown),
        Some(campaign) if campaign.stage.is_open() => Ok(()),
        Some(campaign) => Err(NotDone::NotNow(campaign.stage)),
    })
}
