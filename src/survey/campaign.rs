//! A campaign's stages, each with the one function that leads out of it, and who took it.
//!
//! Never goes back. The one thing to know: each act is one transaction that holds the campaign's row; done twice, the second does
//! nothing and says so ([`NotDone::Already`]).

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{
    By, Campaign, Channel, Error, NotDone, ProducerKind, Stage, Surveys, campaign_queries as queries,
};
use crate::db::Technical;

/// Characters of a campaign's name.
pub const NAME_CHARS_MAX: usize = 120;

/// A stage that was entered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub stage: Stage,
    pub at: DateTime<Utc>,
    /// Name of the person.
    pub by: String,
}

/// A file that was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// Otherwise of answers.
    pub of_producers: bool,
    pub sha512: Vec<u8>,
    pub lines: u64,
    pub at: DateTime<Utc>,
    pub by: String,
}

/// How far a campaign is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub invited: u64,
    pub answered: u64,
    pub on_paper: u64,
    pub without_email: u64,
}

/// One who is asked, in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub siren: String,
    pub name: String,
    pub kind: ProducerKind,
    pub has_email: bool,
    /// By what they answered; none: not yet.
    pub channel: Option<Channel>,
}

/// Whom a list is of.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// A number, or a part of the name.
    pub words: String,
    pub answered: Option<bool>,
}

/// Why a campaign was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotMade {
    NameWrong,
    DatePassed,
    /// There is one of that name.
    Known(Uuid),
}

impl Surveys {
    /// Makes a campaign.
    pub async fn create(
        &self,
        by: By,
        name: &str,
        answer_by: NaiveDate,
    ) -> Result<Result<Uuid, NotMade>, Error> {
        let name = name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARS_MAX || name.contains(char::is_control) {
            return Ok(Err(NotMade::NameWrong));
        }
        let mut tx = self.db.technical().await?;
        if let Some(known) = queries::id_named(&mut tx, name).await? {
            return Ok(Err(NotMade::Known(known)));
        }
        if answer_by < self.clock.today() {
            return Ok(Err(NotMade::DatePassed));
        }
        let (id, now) = (self.clock.fresh_id(), self.clock.now());
        let campaign = Campaign {
            id,
            name: name.to_owned(),
            answer_by,
            stage: Stage::Draft,
            reminders: 0,
            opened_at: None,
            closed_at: None,
        };
        if !queries::insert_campaign(&mut tx, &campaign, by.person, now).await? {
            // Of two who make it at once, one did.
            let known = queries::id_named(&mut tx, name).await?;
            return Ok(Err(known.map_or(NotMade::NameWrong, NotMade::Known)));
        }
        queries::insert_step(&mut tx, (id, Stage::Draft), by.person, now).await?;
        tx.commit().await?;
        Ok(Ok(id))
    }

    /// Opens a campaign, and writes to everybody who is asked; how many letters were put.
    pub async fn open(&self, by: By, id: Uuid) -> Result<Result<u64, NotDone>, Error> {
        let mut tx = self.db.technical().await?;
        let mut campaign = match self.taken(&mut tx, id, Stage::Draft).await? {
            Ok(campaign) => campaign,
            Err(why) => return Ok(Err(why)),
        };
        if queries::progress(&mut tx, id).await?.invited == 0 {
            return Ok(Err(NotDone::NoProducer));
        }
        campaign.opened_at = Some(self.clock.now());
        self.enter(&mut tx, by, &mut campaign, Stage::Open).await?;
        let letters = self.invite(&mut tx, by, &campaign).await?;
        tx.commit().await?;
        Ok(Ok(letters))
    }

    /// Writes again to those who are silent, after so many reminders; how many letters were put.
    pub async fn remind(&self, by: By, id: Uuid, after: u32) -> Result<Result<u64, NotDone>, Error> {
        let mut tx = self.db.technical().await?;
        let Some(mut campaign) = queries::lock_campaign(&mut tx, id).await? else {
            return Ok(Err(NotDone::Unknown));
        };
        if !campaign.stage.is_open() {
            return Ok(Err(NotDone::NotNow(campaign.stage)));
        }
        if campaign.reminders != after {
            return Ok(Err(NotDone::Already));
        }
        campaign.reminders += 1;
        self.enter(&mut tx, by, &mut campaign, Stage::Reminded).await?;
        let letters = self.write_to_silent(&mut tx, by, &campaign).await?;
        tx.commit().await?;
        Ok(Ok(letters))
    }

    /// Closes a campaign: no answer any more.
    pub async fn close(&self, by: By, id: Uuid) -> Result<Result<(), NotDone>, Error> {
        let mut tx = self.db.technical().await?;
        let Some(mut campaign) = queries::lock_campaign(&mut tx, id).await? else {
            return Ok(Err(NotDone::Unknown));
        };
        if !campaign.stage.is_open() {
            let is_done = campaign.stage.is_final();
            return Ok(Err(if is_done { NotDone::Already } else { NotDone::NotNow(campaign.stage) }));
        }
        campaign.closed_at = Some(self.clock.now());
        self.enter(&mut tx, by, &mut campaign, Stage::Closed).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Takes the figures of a closed campaign as final.
    pub async fn take_as_analysed(&self, by: By, id: Uuid) -> Result<Result<(), NotDone>, Error> {
        self.pass(by, id, Stage::Closed, Stage::Analysed).await
    }

    /// Says that the figures were given to those who answered.
    pub async fn give_back(&self, by: By, id: Uuid) -> Result<Result<(), NotDone>, Error> {
        self.pass(by, id, Stage::Analysed, Stage::GivenBack).await
    }

    async fn pass(&self, by: By, id: Uuid, from: Stage, to: Stage) -> Result<Result<(), NotDone>, Error> {
        let mut tx = self.db.technical().await?;
        let mut campaign = match self.taken(&mut tx, id, from).await? {
            Ok(campaign) => campaign,
            Err(why) => return Ok(Err(why)),
        };
        self.enter(&mut tx, by, &mut campaign, to).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// A campaign at this stage, held.
    async fn taken(
        &self,
        tx: &mut Technical,
        id: Uuid,
        at: Stage,
    ) -> Result<Result<Campaign, NotDone>, Error> {
        Ok(match queries::lock_campaign(tx, id).await? {
            None => Err(NotDone::Unknown),
            Some(campaign) if campaign.stage == at => Ok(campaign),
            Some(Campaign { stage, .. }) if stage.rank() > at.rank() => Err(NotDone::Already),
            Some(Campaign { stage, .. }) => Err(NotDone::NotNow(stage)),
        })
    }

    async fn enter(
        &self,
        tx: &mut Technical,
        by: By,
        campaign: &mut Campaign,
        stage: Stage,
    ) -> Result<(), Error> {
        campaign.stage = stage;
        queries::set_stage(tx, campaign).await?;
        queries::insert_step(tx, (campaign.id, stage), by.person, self.clock.now()).await?;
        Ok(())
    }
}

impl Stage {
    /// How far it is.
    fn rank(self) -> usize {
        Stage::ALL.iter().position(|stage| *stage == self).unwrap_or_default()
    }
}
