//! The archivist's pages of archive profiles, with made-up ones.

use uuid::Uuid;

use super::frame::{at, shell};
use crate::membership::library;
use crate::model::findings::XML_UNCLOSED;
use crate::model::{
    Acceptance, Agreement, AgreementId, Conditions, DepositLimit, Fate, Finding, FormatPolicy, LargeFiles,
    NumberKind, Pattern, Period, ProfileId, RetentionRule, Role, ScheduleLevel, StartEvent, Utility,
    VirusCheck,
};
use crate::registry::numbering_queries::Known;
use crate::registry::queries::CameUnder;
use crate::registry::retention_queries::Version;
use crate::registry::{Profile, ProfileVersion};
use crate::seda::profile::Profile as Compiled;
use crate::web::pages::agreements;
use crate::web::pages::numbering::{self, NumberingPage, Shown};
use crate::web::pages::profiles::explanation::{self, ExplanationPage};
use crate::web::pages::profiles::import::{self, ImportPage};
use crate::web::pages::profiles::list::{self, ListPage};
use crate::web::pages::profiles::show::{self, ProfilePage};
use crate::web::pages::schedule::{self, SchedulePage};
use crate::web::pages::shell::{Account, FieldError, Section};

fn account() -> Account {
    let account = shell("", Section::Profiles, "archiviste").account.unwrap();
    Account { menu: vec![Section::Desk, Section::Transfers, Section::Archives, Section::Profiles], ..account }
}

fn profile(identifier: &str, name: &str, active: bool, version: u32) -> Profile {
    Profile {
        profile_id: ProfileId(Uuid::nil()),
        identifier: identifier.into(),
        name: name.into(),
        notice: "Écrit avec le service d’archives en 2026, pour les envois de la plateforme départementale."
            .into(),
        active,
        in_force: self::version(version),
        agreements: if active { vec!["SA-ACTES".into(), "SA-DELIB".into()] } else { Vec::new() },
    }
}

fn version(version: u32) -> ProfileVersion {
    ProfileVersion {
        version,
        file_name: "actes-2.1.rng".into(),
        size_bytes: 48_200,
        sha512: vec![0xa5; 64],
        seda_version: Some("2.1".into()),
        imported_at: at("2026-11-20T16:02:00Z"),
        imported_by: (version > 1).then(|| "Archiviste du ressort".into()),
    }
}

pub fn agreement(identifier: &str, name: &str, profiles: &[&str], profile_imposed: bool) -> Agreement {
    Agreement {
        agreement_id: AgreementId(Uuid::new_v5(&Uuid::nil(), identifier.as_bytes())),
        identifier: identifier.into(),
        name: name.into(),
        active: true,
        is_draft: false,
        valid_from: None,
        valid_until: None,
        archival_agency: "FRAD096".into(),
        transferring_agencies: Vec::new(),
        originating_agencies: Vec::new(),
        acceptance: Acceptance::Automatic,
        transfer_bytes_max: 1,
        profiles: profiles.iter().map(|profile| (*profile).to_owned()).collect(),
        profile_imposed,
        tolerances: Vec::new(),
        virus: VirusCheck::WhenConfigured,
        virus_large: LargeFiles::Parts,
        formats: FormatPolicy::default(),
        limits: Vec::new(),
        conditions: Conditions::default(),
    }
}

pub fn list() -> ListPage {
    let names = [("SA-ACTES", "Actes soumis au contrôle de légalité"), ("SA-DELIB", "Délibérations")].into();
    let profiles = [
        profile("ACTES-2.1", "Actes soumis au contrôle de légalité", true, 3),
        profile("MARCHES-1.0", "Dossier de marché public (ancien)", false, 1),
    ];
    list::page(account(), true, profiles.iter().map(|profile| list::line(profile, &names)).collect())
}

pub fn numbering() -> NumberingPage {
    let written =
        ["{year}/{agreement}/{number:4}", "{code}-ACC-{year}-{number:6}", "{code}.ATT.{year}.{number}"];
    let known = NumberKind::ALL.into_iter().zip(written.into_iter().chain(["{code}-BOR-{year}-{number:6}"]));
    let known = known.map(|(kind, written)| Known {
        kind,
        written: written.into(),
        pattern: Pattern::read(kind, written).unwrap(),
    });
    let last = vec![(NumberKind::Cote, 37), (NumberKind::Accuse, 41)];
    let shown = Shown { code: "saint-aubin".into(), year: 2026, agreement: Some("SA-ACTES".into()), last };
    let mut page = numbering::page(account(), true, known, &shown);
    page.errors = vec![FieldError { field: "cote", sentence: "Cotes : Il manque {number}.".into() }];
    page
}

pub fn import() -> ImportPage {
    let refused = [
        Finding::new(&XML_UNCLOSED, "« define » n'est pas fermé").at_line(212),
        Finding::new(&XML_UNCLOSED, "la référence « entete » ne désigne rien").at_line(8),
    ];
    let errors = vec![
        FieldError { field: "fichier", sentence: "Ce fichier n’est pas un profil utilisable.".into() },
        FieldError { field: "intitule", sentence: "Donnez un intitulé d’une ligne.".into() },
    ];
    import::page(account(), Default::default(), "seance", errors, Some(&refused))
}

pub fn show() -> ProfilePage {
    let profile = profile("ACTES-2.1", "Actes soumis au contrôle de légalité", true, 2);
    let agreements = [
        agreement("SA-ACTES", "Actes soumis au contrôle de légalité", &["ACTES-2.1"], true),
        agreement("SA-MARCHES", "Dossiers de marchés publics", &["MARCHES-2.1"], false),
    ];
    show::rendered(account(), true, &profile, &[version(2), version(1)], &agreements)
}

/// The example given with the members of the demonstration.
pub fn explanation() -> ExplanationPage {
    let rng = include_bytes!("../../../../tenants/saint-aubrac/profils/actes-2.1.rng");
    let explained = Compiled::compile(rng).expect("the example compiles").explain();
    let profile = profile("ACTES-2.1", "Actes soumis au contrôle de légalité", true, 2);
    explanation::rendered(account(), &profile, 2, &explained)
}

/// What each model of the library asks.
pub fn models() -> Vec<(&'static str, ExplanationPage)> {
    let page = |model: &library::Model| {
        let explained = Compiled::compile(&model.rng().bytes).expect("a model compiles").explain();
        let name = format!("Modèle : {}", model.title);
        let profile = profile(&model.name.to_uppercase(), &name, true, 1);
        let name: &'static str = format!("profil-modele-{}", model.name).leak();
        (name, explanation::rendered(account(), &profile, 1, &explained))
    };
    library::models().iter().map(page).collect()
}

pub fn schedule() -> SchedulePage {
    let own = |code: &str, typology: &str, duration: &str, is_validated| {
        let rule = RetentionRule {
            code: code.into(),
            typology: typology.into(),
            utility: Utility::from_word(duration),
            starts: StartEvent::Date,
            fate: Fate::Keep,
            access: None,
            reference: "Usage de la collectivité".into(),
            valid_from: None,
            valid_until: None,
            is_validated,
        };
        let imported_at = at("2026-11-20T16:02:00Z");
        Version { level: ScheduleLevel::Member, version: 1, rule, imported_at }
    };
    let versions =
        vec![own("FACTURES", "Factures", "P5Y", false), own("SEANCES", "Dossiers de séance", "P2Y", true)];
    let today = at("2026-11-27T08:00:00Z").date_naive();
    let roles = [Role::Archivist, Role::ControlAuthority];
    let mut page = schedule::page(account(), &roles, versions, today);
    page.faults = vec!["Ligne 4 : dua : une durée (P10Y), ILLIMITEE ou rien est attendu.".into()];
    page
}

pub fn agreements() -> agreements::ListPage {
    let suspended = Agreement { active: false, ..agreement("SA-DELIB", "Délibérations", &[], false) };
    let draft = Agreement { is_draft: true, active: false, ..agreement("SA-URBA", "Urbanisme", &[], false) };
    let acts = agreement("SA-ACTES", "Actes soumis au contrôle de légalité", &[], false);
    let came = CameUnder { last: "2026-11-19".parse().ok(), deposits: 248 };
    agreements::list(account(), &[acts, suspended, draft], &[("SA-ACTES".to_owned(), came)].into())
}

pub fn one_agreement() -> agreements::AgreementPage {
    let conditions = Conditions {
        typology: Some("DELIBERATIONS".into()),
        digests: vec!["SHA-256".into(), "SHA-512".into()],
        ..Conditions::default()
    };
    let limit =
        DepositLimit { per: Period::Month, transfers: Some(200), files: None, bytes: Some(5_000_000_000) };
    let agreement = Agreement {
        conditions,
        limits: vec![limit],
        transferring_agencies: vec!["21960023600018".into()],
        originating_agencies: vec!["21960023600018".into()],
        transfer_bytes_max: 262_144_000,
        ..agreement("SA-ACTES", "Actes soumis au contrôle de légalité (accord)", &["ACTES-2.1"], true)
    };
    let names = [
        ("21960023600018", "Mairie de Saint-Aubrac"),
        ("FRAD096", "Archives départementales de la Haute-Valmoure"),
    ];
    let names = names.map(|(identifier, name)| (identifier.to_owned(), name.to_owned())).into();
    let told = agreements::Told {
        agreement: &agreement,
        versions: vec![
            (2, at("2026-11-20T16:02:00Z"), "5f0a1c22d3e4b596".into()),
            (1, at("2024-01-02T08:00:00Z"), "a7d09b11c2f3e481".into()),
        ],
        machines: vec!["Bus de la commune (saint-aubrac-pastell)".into()],
        names: &names,
        can_keep: true,
        can_validate: false,
    };
    agreements::page(account(), told)
}
