//! The pilot's pages, with made-up members.

use super::frame::shell;
use crate::model::{
    ActiveConvention, CONVENTION_FIELDS, Convention, ConventionDetails, ConventionState, Regime, Standing,
    Suspension, TenantId,
};
use crate::registry::convention_queries::Overview;
use crate::web::pages::pilot::{self, MemberPage, MembersPage};
use crate::web::pages::shell::{Account, FieldError, Section};

fn account() -> Account {
    let account = shell("", Section::Pilot, "pilote du service mutualisé").account.unwrap();
    Account { menu: vec![Section::Desk, Section::Pilot], ..account }
}

fn overview(code: &str, name: &str, until: &str, percent: u64) -> Overview {
    let convention = ActiveConvention {
        identifier: format!("{}-2024", code.to_uppercase()),
        valid_from: None,
        valid_until: until.parse().ok(),
    };
    Overview {
        tenant: TenantId::of_member(code),
        name: name.into(),
        kind: "commune".into(),
        standing: Standing { code: code.into(), convention: Some(convention), ..Standing::default() },
        bytes_held: percent * 50_000_000,
        bytes_max: 5_000_000_000,
        archives_held: percent * 3,
    }
}

fn overviews() -> Vec<Overview> {
    let mut suspended = overview("mv", "Commune de Montvernoille", "2028-12-31", 12);
    suspended.standing.suspension = Some(Suspension {
        from: "2026-11-20".parse().unwrap(),
        reason: "Convention à renouveler.".into(),
        notified_on: "2026-11-02".parse().unwrap(),
    });
    let mut without = overview("cdg", "Centre de gestion de la Haute-Valmoure", "", 0);
    without.standing.convention = None;
    vec![
        without,
        suspended,
        overview("sa", "Commune de Saint-Aubrac-sur-Loine", "2027-02-10", 83),
        overview("po", "Communauté de communes du Pays d’Ombrelle", "2028-12-31", 41),
    ]
}

pub fn pilot() -> MembersPage {
    pilot::members(account(), &overviews(), "2026-11-27".parse().unwrap())
}

pub fn piloted() -> MemberPage {
    let fields = CONVENTION_FIELDS.iter().map(|(name, ..)| {
        ((*name).to_owned(), "Article 3 : conservation des archives numériques.".to_owned())
    });
    let convention = Convention {
        identifier: "SA-2024".into(),
        regime: Regime::MutualisationIntermediaire,
        state: ConventionState::Active,
        signed_on: "2023-11-20".parse().ok(),
        valid_from: "2024-01-01".parse().ok(),
        valid_until: "2027-02-10".parse().ok(),
        notice_months: 12,
        archives_service: Some("Archives départementales de la Haute-Valmoure".into()),
        details: ConventionDetails { fields: fields.collect(), ..ConventionDetails::default() },
    };
    let mut page = pilot::of_member(account(), &overviews()[2], &[convention], "2026-11-27".parse().unwrap());
    page.errors = vec![FieldError {
        field: "motif",
        sentence: "Dites pourquoi : la collectivité lira ce motif.".into(),
    }];
    page
}
