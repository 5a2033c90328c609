//! Under what convention a member belongs (norms §2), and whether it may deposit today.

use std::collections::BTreeMap;

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::Age;

/// The legal regime of a convention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regime {
    /// Code du patrimoine, L212-4 II: current and intermediate records, between producers.
    MutualisationIntermediaire,
    /// L212-4-1: definitive digital archives, with a service public d'archives.
    MutualisationDefinitive,
    /// L212-6-1, L212-11, L212-12: deposit with the Archives départementales.
    DepotAd,
    /// R212-19 to R212-31: a certified third party, intermediate records only.
    TiersArchivage,
}

impl Regime {
    /// Every regime.
    pub const ALL: [Regime; 4] = [
        Regime::MutualisationIntermediaire,
        Regime::MutualisationDefinitive,
        Regime::DepotAd,
        Regime::TiersArchivage,
    ];

    /// The word in files and rows.
    pub fn word(self) -> &'static str {
        match self {
            Regime::MutualisationIntermediaire => "mutualisation_intermediaire",
            Regime::MutualisationDefinitive => "mutualisation_definitive",
            Regime::DepotAd => "depot_ad",
            Regime::TiersArchivage => "tiers_archivage",
        }
    }

    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            Regime::MutualisationIntermediaire => "mutualisation (archives intermédiaires)",
            Regime::MutualisationDefinitive => "mutualisation (archives définitives)",
            Regime::DepotAd => "dépôt aux Archives départementales",
            Regime::TiersArchivage => "tiers archivage",
        }
    }

    /// The regime of a word.
    pub fn from_word(word: &str) -> Option<Regime> {
        Regime::ALL.into_iter().find(|regime| regime.word() == word)
    }

    /// Why archives of this age cannot come under it, in French.
    pub fn refuses(self, age: Age, has_archives_service: bool) -> Option<&'static str> {
        match (self, age) {
            (_, Age::Intermediaire) => None,
            (Regime::TiersArchivage, Age::Definitif) => {
                Some("le tiers archivage ne reçoit pas d'archives définitives (code du patrimoine, R212-19)")
            }
            (Regime::MutualisationIntermediaire, Age::Definitif) if !has_archives_service => Some(
                "des archives définitives demandent un service public d'archives (convention, archives_service ; code du \
                 patrimoine, L212-4-1)",
            ),
            (_, Age::Definitif) => None,
        }
    }
}

/// Where a convention stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConventionState {
    Draft,
    Active,
    Terminated,
}

impl ConventionState {
    /// Every state.
    pub const ALL: [ConventionState; 3] =
        [ConventionState::Draft, ConventionState::Active, ConventionState::Terminated];

    /// The word in files and rows.
    pub fn word(self) -> &'static str {
        match self {
            ConventionState::Draft => "draft",
            ConventionState::Active => "active",
            ConventionState::Terminated => "terminated",
        }
    }

    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            ConventionState::Draft => "en préparation",
            ConventionState::Active => "en vigueur",
            ConventionState::Terminated => "résiliée",
        }
    }

    /// The state of a word.
    pub fn from_word(word: &str) -> Option<ConventionState> {
        ConventionState::ALL.into_iter().find(|state| state.word() == word)
    }
}

/// A field of a convention: its name in files, the words people read, whether it must be written before the convention is active.
pub type ConventionField = (&'static str, &'static str, bool);

/// The fields that are texts: those of R212-18-1 II, then those that the field has learnt to write (norms §2).
pub const CONVENTION_FIELDS: [ConventionField; 25] = [
    ("scope", "Objet", true),
    ("missions", "Missions de chaque partie", true),
    ("service_level", "Niveau de service", true),
    ("means", "Moyens", true),
    ("skills", "Compétences des agents", true),
    ("indicators", "Indicateurs de suivi", true),
    ("annual_report", "Rapport annuel, et qui l'écrit", true),
    ("financial", "Cadre financier : coût de fonctionnement et méthode de ce coût", true),
    ("nature", "Nature et supports", true),
    ("communication", "Communication et accès", true),
    ("technical_changes", "Évolutions techniques", true),
    ("guarantees", "Garanties", true),
    ("restitution", "Restitution", true),
    ("destruction_of_copies", "Destruction des copies", true),
    ("subcontracting", "Sous-traitance", false),
    ("insurance", "Assurance", false),
    ("data_protection", "Données personnelles (RGPD, article 28)", true),
    ("localisation", "Localisation", true),
    ("reversibility_format", "Réversibilité : format", true),
    ("reversibility_delay", "Réversibilité : délai", true),
    ("reversibility_help", "Réversibilité : accompagnement", true),
    ("reversibility_price", "Réversibilité : prix", true),
    ("steering_committee", "Comité de pilotage", true),
    ("referents", "Référents de la collectivité", true),
    ("approval", "Agrément du préfet", false),
];

/// What a convention says beyond its identity, its regime and its dates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConventionDetails {
    /// When the draft was sent to the person in charge of scientific and technical control, or to the director of the Archives
    /// départementales.
    pub draft_sent_on: Option<NaiveDate>,
    /// When they answered.
    pub opinion_on: Option<NaiveDate>,
    /// The third party's certificate (NF 461), and its last day.
    pub certificate: Option<String>,
    pub certificate_until: Option<NaiveDate>,
    /// The file that brings a member into service: the archiving policy signed by its legal head, the declaration, both sent to the
    /// Archives départementales.
    pub policy_signed_on: Option<NaiveDate>,
    pub declaration_on: Option<NaiveDate>,
    pub service_file_sent_on: Option<NaiveDate>,
    /// By the names of [`CONVENTION_FIELDS`].
    pub fields: BTreeMap<String, String>,
}

/// A convention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Convention {
    pub identifier: String,
    pub regime: Regime,
    pub state: ConventionState,
    pub signed_on: Option<NaiveDate>,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    /// Months of notice (préavis).
    pub notice_months: u32,
    /// The service public d'archives that takes part.
    pub archives_service: Option<String>,
    pub details: ConventionDetails,
}

/// Months that the director of the Archives départementales has to comment a draft (L212-12).
const COMMENT_MONTHS: u32 = 4;

impl Convention {
    /// Whether it is in force on a day.
    pub fn is_in_force_on(&self, day: NaiveDate) -> bool {
        self.state == ConventionState::Active
            && self.valid_from.is_none_or(|from| from <= day)
            && self.valid_until.is_none_or(|until| day <= until)
    }

    /// Everything that keeps it from being active, in French.
    pub fn lacks(&self, today: NaiveDate) -> Vec<String> {
        let (details, mut lacks) = (&self.details, Vec::new());
        let mut need = |there: bool, what: &str| {
            if !there {
                lacks.push(what.to_owned());
            }
        };
        need(self.signed_on.is_some(), "la date de signature (signed_on)");
        need(self.valid_from.is_some(), "la date de début (valid_from)");
        need(self.valid_until.is_some(), "la date de fin (valid_until)");
        for (name, label, required) in CONVENTION_FIELDS {
            need(!required || details.fields.contains_key(name), &format!("{label} ({name})"));
        }
        need(details.policy_signed_on.is_some(), "la politique d'archivage signée (policy_signed_on)");
        need(details.declaration_on.is_some(), "la déclaration (declaration_on)");
        need(
            details.service_file_sent_on.is_some(),
            "l'envoi du dossier de mise en service aux Archives départementales (service_file_sent_on)",
        );
        let before = |first: Option<NaiveDate>, then: Option<NaiveDate>| {
            first.zip(then).is_some_and(|(first, then)| first < then)
        };
        match self.regime {
            Regime::MutualisationIntermediaire => {}
            Regime::MutualisationDefinitive => {
                need(self.archives_service.is_some(), "le service public d'archives (archives_service)");
                need(
                    before(details.draft_sent_on, self.signed_on),
                    "l'envoi du projet au contrôle scientifique et technique avant la signature (draft_sent_on)",
                );
            }
            Regime::DepotAd => {
                let commented = details
                    .draft_sent_on
                    .and_then(|sent| sent.checked_add_months(Months::new(COMMENT_MONTHS)));
                let waited = commented.zip(self.signed_on).is_some_and(|(end, signed)| end <= signed);
                need(
                    before(details.draft_sent_on, self.signed_on) && (details.opinion_on.is_some() || waited),
                    "l'avis du directeur des Archives départementales, ou quatre mois depuis l'envoi du projet \
                     (draft_sent_on, opinion_on)",
                );
            }
            Regime::TiersArchivage => {
                need(details.certificate.is_some(), "la certification du tiers (certificate)");
                need(
                    details.certificate_until.is_some_and(|until| today <= until),
                    "une certification en cours de validité (certificate_until)",
                );
                need(details.fields.contains_key("approval"), "l'agrément du préfet (approval)");
            }
        }
        lacks
    }
}

/// Deposits that the pilot has suspended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspension {
    pub from: NaiveDate,
    pub reason: String,
    /// When the member was told.
    pub notified_on: NaiveDate,
}

/// What decides whether a member may deposit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub code: String,
    /// The active one.
    pub convention: Option<ActiveConvention>,
    pub suspension: Option<Suspension>,
    /// First and last day of the member.
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    /// Code of the member that follows it.
    pub successor: Option<String>,
}

/// The dates of an active convention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveConvention {
    pub identifier: String,
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
}

/// Why a member does not deposit today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    NoConvention,
    /// Of this one, whose dates are others.
    ConventionOutOfDates(ActiveConvention),
    Suspended(Suspension),
    /// It exists no more, or not yet.
    Member,
}

impl Standing {
    /// Why it does not deposit on a day; `None`: it does.
    pub fn closed_on(&self, day: NaiveDate) -> Option<Closed> {
        let is_within = |from: Option<NaiveDate>, until: Option<NaiveDate>| {
            from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)
        };
        if !is_within(self.valid_from, self.valid_until) {
            return Some(Closed::Member);
        }
        if let Some(suspension) = self.suspension.as_ref().filter(|suspension| suspension.from <= day) {
            return Some(Closed::Suspended(suspension.clone()));
        }
        match &self.convention {
            None => Some(Closed::NoConvention),
            Some(convention) if !is_within(convention.valid_from, convention.valid_until) => {
                Some(Closed::ConventionOutOfDates(convention.clone()))
            }
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn convention(regime: Regime) -> Convention {
        let fields = CONVENTION_FIELDS.iter().filter(|(.., required)| *required);
        Convention {
            identifier: "C".into(),
            regime,
            state: ConventionState::Active,
            signed_on: Some(day("2026-01-15")),
            valid_from: Some(day("2026-02-01")),
            valid_until: Some(day("2031-01-31")),
            notice_months: 6,
            archives_service: None,
            details: ConventionDetails {
                policy_signed_on: Some(day("2025-12-01")),
                declaration_on: Some(day("2025-12-01")),
                service_file_sent_on: Some(day("2025-12-02")),
                fields: fields.map(|(name, ..)| ((*name).to_owned(), "Article 3".to_owned())).collect(),
                ..ConventionDetails::default()
            },
        }
    }

    #[test]
    fn each_regime_has_its_guards() {
        let today = day("2026-03-01");
        let lacks = |convention: &Convention| convention.lacks(today);
        let plain = convention(Regime::MutualisationIntermediaire);
        assert_eq!(lacks(&plain), Vec::<String>::new());
        let mut without = plain.clone();
        without.details.fields.remove("financial");
        assert_eq!(lacks(&without).len(), 1, "{:?}", lacks(&without));

        let mut definitive = convention(Regime::MutualisationDefinitive);
        assert_eq!(lacks(&definitive).len(), 2, "{:?}", lacks(&definitive));
        definitive.archives_service = Some("Archives municipales".into());
        definitive.details.draft_sent_on = Some(day("2026-01-15"));
        assert_eq!(lacks(&definitive).len(), 1, "sent before the signature, not the same day");
        definitive.details.draft_sent_on = Some(day("2026-01-14"));
        assert_eq!(lacks(&definitive), Vec::<String>::new());

        let mut deposit = convention(Regime::DepotAd);
        deposit.details.draft_sent_on = Some(day("2025-10-01"));
        assert_eq!(lacks(&deposit).len(), 1, "three months and a half");
        deposit.details.draft_sent_on = Some(day("2025-09-15"));
        assert_eq!(lacks(&deposit), Vec::<String>::new(), "four months: silence");
        deposit.details.draft_sent_on = Some(day("2026-01-02"));
        deposit.details.opinion_on = Some(day("2026-01-10"));
        assert_eq!(lacks(&deposit), Vec::<String>::new(), "an answer");

        let mut third = convention(Regime::TiersArchivage);
        assert_eq!(lacks(&third).len(), 3);
        third.details.certificate = Some("NF 461".into());
        third.details.certificate_until = Some(day("2026-02-28"));
        third.details.fields.insert("approval".into(), "Arrêté".into());
        assert_eq!(lacks(&third).len(), 1, "expired the day before");
        third.details.certificate_until = Some(today);
        assert_eq!(lacks(&third), Vec::<String>::new());
    }

    #[test]
    fn definitive_archives_need_a_service_of_archives() {
        use Age::{Definitif, Intermediaire};
        assert!(Regime::TiersArchivage.refuses(Definitif, true).is_some());
        assert!(Regime::MutualisationIntermediaire.refuses(Definitif, false).is_some());
        assert!(Regime::MutualisationIntermediaire.refuses(Definitif, true).is_none());
        for regime in Regime::ALL {
            assert_eq!(regime.refuses(Intermediaire, false), None);
        }
        assert!(Regime::DepotAd.refuses(Definitif, false).is_none());
    }

    #[test]
    fn a_member_deposits_within_its_convention_and_its_own_dates() {
        let convention = ActiveConvention {
            identifier: "C".into(),
            valid_from: Some(day("2026-01-01")),
            valid_until: Some(day("2026-12-31")),
        };
        let mut standing = Standing { convention: Some(convention.clone()), ..Standing::default() };
        assert_eq!(standing.closed_on(day("2026-12-31")), None);
        assert_eq!(standing.closed_on(day("2027-01-01")), Some(Closed::ConventionOutOfDates(convention)));
        let suspension =
            Suspension { from: day("2026-06-01"), reason: "Essai".into(), notified_on: day("2026-05-01") };
        standing.suspension = Some(suspension.clone());
        assert_eq!(standing.closed_on(day("2026-05-31")), None, "not yet");
        assert_eq!(standing.closed_on(day("2026-06-01")), Some(Closed::Suspended(suspension)));
        standing.valid_until = Some(day("2026-05-31"));
        assert_eq!(standing.closed_on(day("2026-06-01")), Some(Closed::Member));
        assert_eq!(Standing::default().closed_on(day("2026-06-01")), Some(Closed::NoConvention));
    }
}
