//! Tables taken in one transaction each: who is asked, and answers on paper; tried first without a trace.
//!
//! The one thing to know: a second table of producers adds, or says anew what is said of some; it takes nobody away and no answer.

use std::collections::HashSet;

use chrono::NaiveDate;
use uuid::Uuid;

use super::tables::{self, Paper};
use super::{By, Error, NotDone, Surveys, answer_queries, campaign_queries as queries, producer_queries};
use crate::proof::digest::sha512;

/// Why a table was not taken.
#[derive(Debug)]
pub enum NotTaken {
    /// Every line that is wrong.
    Lines(Vec<String>),
    Campaign(NotDone),
}

/// What a table came to, or would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    pub added: u64,
    pub changed: u64,
    /// As they were.
    pub same: u64,
    /// Letters put.
    pub letters: u64,
}

/// The answer to an import.
type Outcome = Result<Result<Taken, NotTaken>, Error>;

impl Surveys {
    /// Imports those who are asked; `dry`: nothing is kept. Of an open campaign, who is new is written to at once.
    pub async fn import_producers(&self, by: By, id: Uuid, file: &[u8], dry: bool) -> Outcome {
        let producers = match text(file).and_then(tables::producers) {
            Ok(producers) => producers,
            Err(faults) => return Ok(Err(NotTaken::Lines(faults))),
        };
        let mut tx = self.db.technical().await?;
        let Some(campaign) = queries::lock_campaign(&mut tx, id).await? else {
            return Ok(Err(NotTaken::Campaign(NotDone::Unknown)));
        };
        if campaign.stage.is_final() {
            return Ok(Err(NotTaken::Campaign(NotDone::NotNow(campaign.stage))));
        }
        let put = producer_queries::put_producers(&mut tx, id, &producers).await?;
        let mut taken = counted(producers.len(), &put);
        if dry {
            return Ok(Ok(taken));
        }
        let file = (sha512(file), producers.len());
        queries::insert_import(&mut tx, (id, "producers"), (&file.0, file.1), by.person, self.clock.now())
            .await?;
        if campaign.stage.is_open() {
            taken.letters = self.invite(&mut tx, by, &campaign).await?;
        }
        tx.commit().await?;
        Ok(Ok(taken))
    }

    /// Imports answers that came on paper; `dry`: nothing is kept.
    pub async fn import_papers(&self, by: By, id: Uuid, file: &[u8], dry: bool) -> Outcome {
        let mut tx = self.db.technical().await?;
        let Some(campaign) = queries::lock_campaign(&mut tx, id).await? else {
            return Ok(Err(NotTaken::Campaign(NotDone::Unknown)));
        };
        if !campaign.stage.is_open() {
            return Ok(Err(NotTaken::Campaign(NotDone::NotNow(campaign.stage))));
        }
        let asked: HashSet<String> = producer_queries::sirens(&mut tx, id).await?.into_iter().collect();
        let papers = text(file).and_then(|table| tables::papers(table, &asked, self.clock.today()));
        let papers = match papers {
            Ok(papers) => papers,
            Err(faults) => return Ok(Err(NotTaken::Lines(faults))),
        };
        let known = answer_queries::dates(&mut tx, id).await?;
        let later = |paper: &Paper| -> Option<NaiveDate> {
            known.get(&paper.siren).copied().filter(|date| *date > paper.answered_on)
        };
        let told = |paper| later(paper).map(|date| format!("{} : {}", paper.siren, NotDone::Older(date)));
        let older: Vec<String> = papers.iter().filter_map(told).collect();
        if !older.is_empty() {
            return Ok(Err(NotTaken::Lines(older)));
        }
        let mut put = Vec::new();
        for paper in &papers {
            let entry = self.paper(by, paper.answered_on);
            if answer_queries::put_answer(&mut tx, (id, &paper.siren), &paper.reply, &entry).await? {
                put.push(!known.contains_key(&paper.siren));
            }
        }
        if !dry {
            let digest = sha512(file);
            let file = (digest.as_slice(), papers.len());
            queries::insert_import(&mut tx, (id, "answers"), file, by.person, self.clock.now()).await?;
            tx.commit().await?;
        }
        Ok(Ok(counted(papers.len(), &put)))
    }
}

/// Of so many lines, those that changed something, each whether it is new.
fn counted(lines: usize, put: &[bool]) -> Taken {
    let added = put.iter().filter(|is_new| **is_new).count();
    let (changed, same) = (put.len() - added, lines - put.len());
    let [added, changed, same] = [added, changed, same].map(|count| count as u64);
    Taken { added, changed, same, letters: 0 }
}

fn text(file: &[u8]) -> Result<&str, Vec<String>> {
    std::str::from_utf8(file).map_err(|error| {
        let line = 1 + file.iter().take(error.valid_up_to()).filter(|byte| **byte == b'\n').count();
        vec![format!("ligne {line} : le fichier n’est pas en UTF-8")]
    })
}
