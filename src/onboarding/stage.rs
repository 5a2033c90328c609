//! Where an entry stands, and what leads on: rules, without a row.

use chrono::{Datelike, Months, NaiveDate};

use super::Step;

/// Where an entry stands, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Prospect,
    Interested,
    Deliberation,
    Signed,
    Installed,
    Trained,
    Planned,
    Production,
    Suspended,
    Reversibility,
    Left,
}

impl Stage {
    /// Every one, in order.
    pub const ALL: [Stage; 11] = [
        Stage::Prospect,
        Stage::Interested,
        Stage::Deliberation,
        Stage::Signed,
        Stage::Installed,
        Stage::Trained,
        Stage::Planned,
        Stage::Production,
        Stage::Suspended,
        Stage::Reversibility,
        Stage::Left,
    ];

    /// The word in rows and forms (norms §6).
    pub fn word(self) -> &'static str {
        match self {
            Stage::Prospect => "PROSPECT",
            Stage::Interested => "INTERESSE",
            Stage::Deliberation => "DELIBERATION",
            Stage::Signed => "CONVENTION_SIGNEE",
            Stage::Installed => "INSTALLE",
            Stage::Trained => "FORME",
            Stage::Planned => "VERSEMENTS_PLANIFIES",
            Stage::Production => "EN_PRODUCTION",
            Stage::Suspended => "SUSPENDU",
            Stage::Reversibility => "EN_REVERSIBILITE",
            Stage::Left => "SORTI",
        }
    }

    /// The word of pages.
    pub fn label(self) -> &'static str {
        match self {
            Stage::Prospect => "Prospect",
            Stage::Interested => "Intéressé",
            Stage::Deliberation => "Délibération prise",
            Stage::Signed => "Convention signée",
            Stage::Installed => "Installé",
            Stage::Trained => "Formé",
            Stage::Planned => "Versements planifiés",
            Stage::Production => "En production",
            Stage::Suspended => "Suspendu",
            Stage::Reversibility => "En réversibilité",
            Stage::Left => "Sorti",
        }
    }

    /// From a row or a form.
    pub fn from_word(word: &str) -> Option<Stage> {
        Stage::ALL.into_iter().find(|stage| stage.word() == word)
    }
}

/// When a step was made: on a day, or in a month of which no more is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    Day(NaiveDate),
    /// By its first day.
    Month(NaiveDate),
}

impl When {
    /// `25/03/2019` or `2019-03-25`; `05/2019` or `2019-05`.
    pub fn from_text(text: &str) -> Option<When> {
        let in_time = |day: &NaiveDate| (1900..=9998).contains(&day.year());
        let mut parts: Vec<&str> = text.trim().split(['/', '-']).collect();
        // As it is said in French: the day, the month, the year.
        if text.contains('-') {
            parts.reverse();
        }
        if parts.iter().any(|part| part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit())) {
            return None;
        }
        let numbers: Vec<u32> = parts.iter().filter_map(|part| part.parse().ok()).collect();
        let day = |year: u32, month, day| {
            NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day).filter(in_time)
        };
        match numbers[..] {
            [of, month, year] => day(year, month, of).map(When::Day),
            [month, year] => day(year, month, 1).map(When::Month),
            _ => None,
        }
    }

    /// The day on which it is surely done.
    pub fn until(self) -> NaiveDate {
        match self {
            When::Day(day) => day,
            When::Month(first) => first + Months::new(1) - chrono::Days::new(1),
        }
    }

    /// The day from which it may have been.
    pub fn from(self) -> NaiveDate {
        match self {
            When::Day(day) | When::Month(day) => day,
        }
    }

    /// From a row: see [`When::until`].
    pub fn of_row(until: NaiveDate, is_month: bool) -> When {
        if is_month { When::Month(until.with_day(1).unwrap_or(until)) } else { When::Day(until) }
    }
}

/// Where an entry stands on a day, and since when: the last step surely done by then, whoever has none being a prospect.
pub fn reached(steps: &[Step], on: NaiveDate) -> (Stage, Option<When>) {
    let done = steps.iter().filter(|step| !step.is_withdrawn && step.when.until() <= on);
    let last = done.max_by_key(|step| (step.when.until(), step.seq));
    last.map_or((Stage::Prospect, None), |step| (step.stage, Some(step.when)))
}

/// What a step is judged by beside the steps before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    pub today: NaiveDate,
    /// When a deposit of the member was first taken in charge.
    pub accepted_on: Option<NaiveDate>,
    /// Some deposit is planned.
    pub has_planned: bool,
    /// Others installed in the year of the step, and how many may be.
    pub installed: u32,
    pub capacity: Option<u32>,
}

/// Why a step is not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("cette étape n’est pas encore venue : donnez une date passée")]
    Future,
    #[error("la date précède celle de la dernière étape")]
    BeforeTheLast,
    #[error("la collectivité en est déjà là, ou plus loin")]
    AlreadyThere,
    #[error("elle est sortie du service : rien ne suit")]
    HasLeft,
    #[error("pas d’installation avant la convention signée")]
    NotSigned,
    #[error("pas de formation avant l’installation")]
    NotInstalled,
    #[error("pas avant la formation")]
    NotTrained,
    #[error("aucun versement n’est prévu : inscrivez ceux qui sont planifiés")]
    NothingPlanned,
    #[error("pas de production sans un versement d’essai accepté")]
    NoAcceptedDeposit,
    #[error("pas de production avant un versement d’essai accepté : le premier l’a été le {}", .0.format("%d/%m/%Y"))]
    DepositAcceptedLater(NaiveDate),
    #[error("seule une collectivité en production est suspendue")]
    NotInProduction,
    #[error("une collectivité en production sort par la réversibilité")]
    ThroughReversibility,
    #[error("les installations que l’année admet ({0}) sont toutes faites")]
    NoCapacity(u32),
    #[error("le service ne connaît pas cette entrée")]
    Unknown,
}

/// Whether an entry may go on to a stage, then.
///
/// # Errors
/// What is missing first.
pub fn may_enter(steps: &[Step], to: Stage, when: When, facts: &Facts) -> Result<(), Refused> {
    if when.from() > facts.today {
        return Err(Refused::Future);
    }
    let (now, since) = reached(steps, NaiveDate::MAX);
    if since.is_some_and(|since| when.until() < since.until()) {
        return Err(Refused::BeforeTheLast);
    }
    let is_done = |stage: Stage| steps.iter().any(|step| !step.is_withdrawn && step.stage == stage);
    let needs = |holds: bool, refused: Refused| if holds { Ok(()) } else { Err(refused) };
    match (now, to) {
        (Stage::Left, _) => return Err(Refused::HasLeft),
        (Stage::Suspended, Stage::Production) => return Ok(()),
        (Stage::Production | Stage::Suspended, Stage::Left) => return Err(Refused::ThroughReversibility),
        (_, to) if to <= now => return Err(Refused::AlreadyThere),
        _ => {}
    }
    match to {
        Stage::Prospect => Err(Refused::AlreadyThere),
        Stage::Interested | Stage::Deliberation | Stage::Signed | Stage::Left => Ok(()),
        Stage::Installed => {
            needs(is_done(Stage::Signed), Refused::NotSigned)?;
            let full = facts.capacity.filter(|capacity| facts.installed >= *capacity);
            full.map_or(Ok(()), |capacity| Err(Refused::NoCapacity(capacity)))
        }
        Stage::Trained => needs(is_done(Stage::Installed), Refused::NotInstalled),
        Stage::Planned => {
            needs(is_done(Stage::Trained), Refused::NotTrained)?;
            needs(facts.has_planned, Refused::NothingPlanned)
        }
        Stage::Production => {
            needs(is_done(Stage::Trained), Refused::NotTrained)?;
            let accepted_on = facts.accepted_on.ok_or(Refused::NoAcceptedDeposit)?;
            needs(accepted_on <= when.until(), Refused::DepositAcceptedLater(accepted_on))
        }
        Stage::Suspended => needs(now == Stage::Production, Refused::NotInProduction),
        Stage::Reversibility => {
            needs(matches!(now, Stage::Production | Stage::Suspended), Refused::NotInProduction)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PersonId;

    fn steps(of: &[(Stage, &str)]) -> Vec<Step> {
        let step = |(seq, (stage, when)): (u32, &(Stage, &str))| Step {
            seq,
            stage: *stage,
            when: When::from_text(when).unwrap(),
            note: String::new(),
            entered_at: "2019-06-01T08:00:00Z".parse().unwrap(),
            entered_by: PersonId(uuid::Uuid::nil()),
            is_withdrawn: false,
        };
        (1..).zip(of).map(step).collect()
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn facts() -> Facts {
        Facts {
            today: day("2019-12-31"),
            accepted_on: None,
            has_planned: false,
            installed: 0,
            capacity: None,
        }
    }

    const SEED: [(Stage, &str); 3] =
        [(Stage::Signed, "2019-03-25"), (Stage::Installed, "2019-05"), (Stage::Trained, "2019-05")];

    #[test]
    fn the_dates_of_the_norm_stand_where_it_says() {
        let steps = steps(&SEED);
        let on = |text: &str| reached(&steps, day(text)).0;
        assert_eq!(on("2019-06-01"), Stage::Trained);
        assert_eq!(on("2019-05-15"), Stage::Signed, "in May, nobody knows when");
        assert_eq!(on("2019-03-24"), Stage::Prospect);
    }

    #[test]
    fn no_production_without_a_training_and_an_accepted_deposit() {
        let when = When::from_text("2019-07-01").unwrap();
        let enter =
            |of: &[(Stage, &str)], facts: Facts| may_enter(&steps(of), Stage::Production, when, &facts);
        assert_eq!(enter(&SEED[..2], facts()), Err(Refused::NotTrained));
        assert_eq!(enter(&SEED, facts()), Err(Refused::NoAcceptedDeposit));
        let accepted = |text: &str| Facts { accepted_on: Some(day(text)), ..facts() };
        let later = Refused::DepositAcceptedLater(day("2019-07-02"));
        assert_eq!(enter(&SEED, accepted("2019-07-02")), Err(later), "the day after");
        assert!(later.to_string().ends_with("le premier l’a été le 02/07/2019"), "{later}");
        assert_eq!(enter(&SEED, accepted("2019-06-18")), Ok(()));
    }

    #[test]
    fn each_step_waits_for_the_one_it_needs() {
        use Stage::*;
        let when = |text: &str| When::from_text(text).unwrap();
        let enter = |of: &[(Stage, &str)], to, at: &str| may_enter(&steps(of), to, when(at), &facts());
        assert_eq!(enter(&[], Installed, "2019-05"), Err(Refused::NotSigned));
        assert_eq!(enter(&[], Signed, "2019-03-25"), Ok(()), "the steps before are not always known");
        assert_eq!(enter(&SEED[..1], Trained, "2019-05"), Err(Refused::NotInstalled));
        assert_eq!(enter(&SEED, Planned, "2019-06"), Err(Refused::NothingPlanned));
        assert_eq!(enter(&SEED, Interested, "2019-06"), Err(Refused::AlreadyThere));
        assert_eq!(enter(&SEED, Trained, "2019-06"), Err(Refused::AlreadyThere));
        assert_eq!(enter(&SEED[..1], Installed, "2019-02"), Err(Refused::BeforeTheLast));
        assert_eq!(enter(&SEED[..1], Installed, "2020-01-01"), Err(Refused::Future));
        let full = Facts { installed: 12, capacity: Some(12), ..facts() };
        assert_eq!(
            may_enter(&steps(&SEED[..1]), Installed, when("2019-05"), &full),
            Err(Refused::NoCapacity(12))
        );
        let mut producing = SEED.to_vec();
        producing.push((Production, "2019-07-01"));
        assert_eq!(enter(&producing, Left, "2019-08"), Err(Refused::ThroughReversibility));
        assert_eq!(enter(&SEED, Suspended, "2019-08"), Err(Refused::NotInProduction));
        producing.push((Suspended, "2019-08-01"));
        assert_eq!(enter(&producing, Production, "2019-09-01"), Ok(()), "it goes on");
        producing.push((Reversibility, "2019-09"));
        producing.push((Left, "2019-10-01"));
        assert_eq!(enter(&producing, Production, "2019-11-01"), Err(Refused::HasLeft));
        assert_eq!(enter(&[], Left, "2019-10-01"), Ok(()), "a prospect that gives up");
    }

    #[test]
    fn a_date_is_read_as_people_write_it() {
        let read = |text: &str| When::from_text(text);
        let (of_day, of_month) = (When::Day(day("2019-03-25")), When::Month(day("2019-05-01")));
        assert_eq!([read("25/03/2019"), read("2019-03-25"), read(" 25/3/2019 ")], [Some(of_day); 3]);
        assert_eq!([read("05/2019"), read("2019-05")], [Some(of_month); 2]);
        assert_eq!(of_month.until(), day("2019-05-31"));
        assert_eq!(When::of_row(day("2019-05-31"), true), of_month);
        for wrong in
            ["", "2019", "31/02/2019", "mai 2019", "25-03-2019", "13/2019", "1/1/19", "+5/2019", "1/2/3/4"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_was_withdrawn_was_not_done() {
        let mut steps = steps(&SEED);
        steps[2].is_withdrawn = true;
        assert_eq!(reached(&steps, day("2019-06-01")).0, Stage::Installed);
        let when = When::from_text("2019-06").unwrap();
        assert_eq!(may_enter(&steps, Stage::Trained, when, &facts()), Ok(()));
    }
}
