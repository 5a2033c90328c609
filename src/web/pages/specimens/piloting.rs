//! The pilot's pages, with made-up members.

use chrono::NaiveDate;

use super::frame::shell;
use crate::model::{
    ActiveConvention, CONVENTION_FIELDS, Convention, ConventionDetails, ConventionState, Regime, Standing,
    Suspension, TenantId,
};
use crate::registry::Quota;
use crate::registry::convention_queries::Overview;
use crate::usage::{AgreementDay, Amount, DayTotal};
use crate::web::pages::pilot::{self, MemberPage, MembersPage};
use crate::web::pages::shell::{Account, FieldError, Section};
use crate::web::pages::usage::{self, UsagePage};

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

/// The last days of November, one of them measured late.
fn days() -> Vec<DayTotal> {
    let first: NaiveDate = "2026-10-28".parse().unwrap();
    let day = |(number, day): (i64, NaiveDate)| {
        let held = Amount {
            archives: 240 + number,
            objects: 720 + 3 * number,
            bytes: 4_000_000_000 + number * 2_000_000,
        };
        let came = Amount { archives: 1, objects: 3, bytes: 2_000_000 };
        DayTotal { day, late: number == 12, held, copies_bytes: held.bytes * 2, came, refused: number % 3 }
    };
    (0..).zip(first.iter_days().take(30)).map(day).collect()
}

pub fn usage() -> UsagePage {
    let account = shell("", Section::Usage, "administrateur de collectivité").account.unwrap();
    let account = Account { menu: vec![Section::Desk, Section::Usage], ..account };
    let quota = Quota {
        bytes_max: 5 << 30,
        bytes_soft: Some(4 << 30),
        bytes_held: 4_058_000_000,
        archives_held: 269,
        objects_max: None,
        objects_held: 807,
        deposits_per_day: Some(50),
    };
    let held = Amount { archives: 269, objects: 807, bytes: 4_058_000_000 };
    let of = |agreement: &str, refused: i64| AgreementDay {
        day: "2026-11-26".parse().unwrap(),
        agreement: agreement.into(),
        held: if agreement.is_empty() { Amount::default() } else { held },
        came: Amount::default(),
        refused,
        sites: vec![("nord".into(), held), ("sud".into(), held)],
    };
    let agreements = [of("", 2), of("SA-DELIBERATIONS", 0)];
    let last = "2026-11-26".parse().ok();
    usage::page(account, Some(&quota), &crate::usage::months(&days()), last, &agreements)
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
    let mut page =
        pilot::of_member(account(), &overviews()[2], &[convention], &days(), "2026-11-27".parse().unwrap());
    page.errors = vec![FieldError {
        field: "motif",
        sentence: "Dites pourquoi : la collectivité lira ce motif.".into(),
    }];
    page
}
