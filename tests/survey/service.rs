//! A service with a clock that obeys and a pilot at work, for campaigns through the rows.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chartrier::clock::Clock;
use chartrier::db::Db;
use chartrier::mail::{Letter, SurveyLetter};
use chartrier::model::{PersonId, TenantId};
use chartrier::survey::campaign_queries::campaign;
use chartrier::survey::imports::{NotTaken, Taken};
use chartrier::survey::reply::Reply;
use chartrier::survey::{By, Campaign, Surveys};
use chrono::NaiveDate;
use uuid::Uuid;

use super::siren;
use crate::db::jobs::db_with;
use crate::support::at_rest;

pub const HEAD: &str = "siren;nom;type;population;email;contact\n";

pub struct Service {
    pub db: Db,
    pub clock: Clock,
    pub surveys: Surveys,
    pub by: By,
}

impl Service {
    pub async fn open(name: &str) -> Service {
        let clock = Clock::standing_at("2027-03-01T08:00:00Z".parse().unwrap());
        let db = db_with(name, &clock, &["a"]).await;
        let surveys = Surveys::new(db.clone(), clock.clone(), at_rest(), true);
        let by = By { tenant: TenantId::of_member("a"), person: PersonId(Uuid::from_u128(1)) };
        Service { db, clock, surveys, by }
    }

    pub async fn made(&self) -> Uuid {
        self.surveys.create(self.by, "Recensement", day("2027-04-30")).await.unwrap().unwrap()
    }

    pub async fn import(&self, id: Uuid, table: &str) -> Taken {
        self.surveys.import_producers(self.by, id, table.as_bytes(), false).await.unwrap().unwrap()
    }

    pub async fn papers(&self, id: Uuid, lines: &str) -> Result<Taken, NotTaken> {
        let table = format!("siren;q1;q1b;q1b_autre;q2;q2b;q2b_autre;canal;date\n{lines}");
        self.surveys.import_papers(self.by, id, table.as_bytes(), false).await.unwrap()
    }

    pub async fn campaign(&self, id: Uuid) -> Campaign {
        campaign(&mut self.db.technical().await.unwrap(), id).await.unwrap().unwrap()
    }

    /// Letters that wait: the address, and the link that is sealed in it.
    pub async fn letters(&self) -> Vec<(String, String)> {
        let mut tx = self.db.technical().await.unwrap();
        let rows: Vec<(String, String)> =
            sqlx::query_as("select recipient, letter from technical.letter order by letter_id")
                .fetch_all(tx.conn())
                .await
                .unwrap();
        let link = |(to, text): (String, String)| {
            let Letter::Survey(SurveyLetter { sealed, .. }) = serde_json::from_str(&text).unwrap() else {
                panic!("{text}")
            };
            let link = at_rest().open(SurveyLetter::LINK, &STANDARD.decode(sealed).unwrap()).unwrap();
            let link = String::from_utf8(link).unwrap();
            assert!(!text.contains(&link), "it waits sealed");
            (to, link)
        };
        rows.into_iter().map(link).collect()
    }

    pub async fn changes(&self, link: &str) -> u32 {
        self.surveys.holder(link).await.unwrap().unwrap().answer.unwrap().changes
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn already(domain: &str) -> Reply {
    Reply { already: true, already_in: vec![domain.to_owned()], interested: Some(true), ..Reply::default() }
}

/// Three who are asked, the last without an address.
pub fn three() -> String {
    format!(
        "{HEAD}{};Commune A;COM;900;a@example.fr;\n{};CCAS de A;CCAS;;a@example.fr;\n{};Syndicat;SYNDICAT;;;\n",
        siren(1),
        siren(2),
        siren(3)
    )
}
