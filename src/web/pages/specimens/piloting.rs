//! The pilot's pages, with made-up members.

use chrono::NaiveDate;

use super::frame::{at, shell};
use crate::annual::{Facts, MemberFacts};
use crate::billing::measures::Weighed;
use crate::billing::options::{self, Options};
use crate::billing::simulation::{Content, Kept, Row};
use crate::billing::snapshot::{self, Snapshot};
use crate::billing::{Closing, Statement, Year, import, sharing};
use crate::costs::Measure;
use crate::membership::glass::Glass;
use crate::model::{
    ActiveConvention, CONVENTION_FIELDS, Convention, ConventionDetails, ConventionState, PersonId, Regime,
    Standing, Suspension, TenantId,
};
use crate::registry::Quota;
use crate::registry::convention_queries::Overview;
use crate::usage::{AgreementDay, Amount, DayTotal};
use crate::web::pages::annual::{self, ReportPage};
use crate::web::pages::bill::summary::{self, SummaryPage};
use crate::web::pages::bill::year::{self, Shared, YearPage};
use crate::web::pages::bill::years::{self, YearsPage};
use crate::web::pages::pilot::{self, MemberPage, MembersPage};
use crate::web::pages::shell::{Account, FieldError, Section};
use crate::web::pages::simulations::made::{self, SimulationsPage};
use crate::web::pages::simulations::shown::{self, SimulationPage};
use crate::web::pages::statement::{self, MinePage};
use crate::web::pages::usage::{self, UsagePage};

pub fn account() -> Account {
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

/// An exceptional access that awaits its decision.
pub fn access() -> Glass {
    Glass {
        glass_id: uuid::Uuid::nil(),
        member: "Syndicat mixte des eaux de la Loine".into(),
        code: "eaux-loine".into(),
        asked_by: PersonId(uuid::Uuid::nil()),
        asked_by_name: "Exploitation informatique".into(),
        asked_at: at("2026-11-27T08:12:00Z"),
        request: "Courrier du président, référence 2026-118".into(),
        reason: "Un bordereau ne s’affiche pas.".into(),
        hours: 2,
        until: None,
        ended_at: None,
    }
}

pub fn overviews() -> Vec<Overview> {
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

const ITEMS: &str = "poste;libellé;catégorie;prévu;réalisé;clés;justification\n\
    I1;Hébergement, site A;INFRA;18 000,00;18 400,00;40 % EGAL + 60 % STOCK;facture 2026-114\n\
    M1;Maintenance du logiciel;MAINTENANCE;14 500,00;14 500,00;POPULATION;marché 2024-31\n\
    K1;Connecteur de la comptabilité;CONNECTEURS;6 000,00;6 100,00;FLUX;\n\
    S1;Subvention de la Région;RECETTE;−8 000,00;−8 000,01;POPULATION;arrêté du 4 mai\n";

fn exercise() -> (Year, Vec<Weighed>) {
    let year = Year {
        year: 2026,
        coefficients: [("departement".to_owned(), 20), ("epci".to_owned(), 50)].into(),
        prepared_by: PersonId(uuid::Uuid::nil()),
        prepared_at: "2027-01-12T09:00:00Z".parse().unwrap(),
        items: import::items(ITEMS).unwrap(),
        credits: import::credits("collectivité;nature;montant;libellé\nsa;acompte;2 000,00;mandat 12\n")
            .unwrap(),
        caps: Vec::new(),
        options: Options {
            work: options::work("tâche;jours;poste\nInstallation;12,5;\nArchiviste;66;M1\n").unwrap(),
            day_cents: Some(25_000),
            ..Options::default()
        },
    };
    let member = |(code, name, kind, population, percent, days): (&str, &str, &str, u64, u64, u32)| Weighed {
        tenant: TenantId::of_member(code),
        code: code.into(),
        name: name.into(),
        kind: kind.into(),
        siren: "219600178".into(),
        measure: Measure {
            population,
            coefficient_percent: percent,
            days,
            stock: u128::from(population) * 40_000_000_000,
            deposited: u128::from(population) * 90_000,
            flow_months: u64::from(days / 15),
            is_exempt: false,
        },
        measured_to: "2026-12-31".parse().ok(),
    };
    let members = [
        ("hv", "Département de la Haute-Valmoure", "departement", 374_435, 20, 365),
        ("mv", "Commune de Montvernoille", "commune", 683, 100, 184),
        ("po", "Communauté de communes du Pays d’Ombrelle", "epci", 121_300, 50, 365),
        ("sa", "Commune de Saint-Aubrac-sur-Loine", "commune", 7_412, 100, 365),
    ];
    (year, members.map(member).into())
}

fn closed(version: u32) -> Snapshot {
    let (year, members) = exercise();
    snapshot::of(&year, version, &members, &sharing::outcome(&year, &members).unwrap()).unwrap()
}

/// The years, with the table being tried and what is wrong in it.
pub fn bill_years(is_wrong: bool) -> YearsPage {
    let mut page = years::page(account(), &[2026, 2025]);
    page.typed.extend([("annee".into(), "2026".into()), ("tableau".into(), ITEMS.into())]);
    if is_wrong {
        let fault = "ligne 3 : les parts de « 40 % EGAL + 50 % STOCK » font 90 %, et non 100 %";
        page.to_correct(vec![fault.into()]);
        page.errors = vec![FieldError {
            field: "tableau",
            sentence: "Le tableau n’est pas juste : voyez ce qui est à reprendre.".into(),
        }];
    }
    page
}

/// A year closed and closed again, or one that is only prepared.
pub fn bill_year(is_closed: bool) -> YearPage {
    let (year, members) = exercise();
    if !is_closed {
        let year = Year { year: 2025, ..year };
        return year::page(account(), &year, &Shared::Prepared(members), &[]);
    }
    let closing = |version: u32, reason: &str| Closing {
        year: 2026,
        version,
        prepared_by: PersonId(uuid::Uuid::nil()),
        validated_by: PersonId(uuid::Uuid::max()),
        closed_at: "2027-01-20T10:00:00Z".parse().unwrap(),
        reason: reason.into(),
        sha512: vec![0x5a; 64],
    };
    let closings = [closing(2, "La facture du connecteur était comptée deux fois."), closing(1, "")];
    year::page(account(), &year, &Shared::Closed(Box::new(closed(2))), &closings)
}

pub fn bill_mine() -> MinePage {
    let statement = |year: i32, version: u32, share: i64| {
        let mut content = closed(version).statements().pop().unwrap();
        let gap = content.of.share_cents - share;
        if let (true, Some(line)) = (share > 0, content.lines.first_mut()) {
            line.share_cents -= gap;
            content.of.share_cents = share;
        }
        Statement {
            year,
            version,
            number: content.number.replace("2026", &year.to_string()),
            share: content.of.share_cents,
            owed: content.of.owed_cents,
            content: serde_json::json!(content).to_string(),
            sha512: vec![0x5a; 64],
            issued_at: "2027-01-20T10:00:00Z".parse().unwrap(),
        }
    };
    let account = shell("", Section::Usage, "administrateur").account.unwrap();
    let statements = [statement(2026, 2, 0), statement(2026, 1, 0), statement(2025, 1, 120_000)];
    statement::page(account, &statements, &[(2026, 2), (2026, 1)]).ok().unwrap()
}

/// What a year cost and who bears it, as every member reads it.
pub fn bill_summary() -> SummaryPage {
    let account = shell("", Section::Usage, "administrateur").account.unwrap();
    summary::page(account, &closed(2))
}

/// Simulations, with a form to mend.
pub fn simulations() -> SimulationsPage {
    let mut page =
        made::page(account(), &[(uuid::Uuid::from_u128(3), "Une commune de plus".into(), made_at())]);
    page.typed.extend([("nom".into(), "Un autre plafond".into()), ("genre".into(), "changement".into())]);
    page.errors = vec![FieldError { field: "annee", sentence: "Cet exercice n’est pas préparé.".into() }];
    page
}

/// One of them.
pub fn simulation() -> SimulationPage {
    let row = |(code, name, before, after): (&str, &str, Option<i64>, i64)| Row {
        code: code.into(),
        name: name.into(),
        before,
        after: Some(after),
    };
    let rows = [
        ("hv", "Département de la Haute-Valmoure", Some(1_544_491), 1_500_112),
        ("sa", "Commune de Saint-Aubrac-sur-Loine", Some(434_187), 402_220),
        ("nv", "Commune de Nouvelle-Valmoure", None, 98_450),
    ];
    let said =
        vec!["Une collectivité de plus : Commune de Nouvelle-Valmoure, 2 350 habitants, 365 jours.".into()];
    let content = Content::Change { year: 2026, said, rows: rows.map(row).into() };
    let kept = Kept {
        id: uuid::Uuid::from_u128(3),
        name: "Une commune de plus".into(),
        made_at: made_at(),
        content,
    };
    shown::page(account(), &kept)
}

fn made_at() -> chrono::DateTime<chrono::Utc> {
    "2026-11-20T09:30:00Z".parse().unwrap()
}

/// The annual report.
pub fn annual_report() -> ReportPage {
    let member = |name: &str, received, refused, held| MemberFacts {
        name: name.into(),
        is_active: true,
        received,
        accepted: received - refused,
        refused,
        causes: [("object.digest".to_owned(), refused)].into(),
        seconds: (received - refused) * 95,
        entered: [received - refused, 4 * received, held / 7],
        held: [9 * received, 40 * received, held],
        ..MemberFacts::default()
    };
    let members = vec![
        member("Commune de Montvernoille", 31, 2, 12_400_000_000),
        member("Communauté de communes du Pays d’Ombrelle", 1_204, 11, 312_480_000_000),
    ];
    let facts = Facts { year: 2026, members, cost: None, trainings: 3, planned: 40, planned_came: 37 };
    annual::page(account(), &facts, 2027)
}
