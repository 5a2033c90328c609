//! The shared bill from its table to the statements: the oracle's figures through the rows, two people, closings that never change.

mod priced;
mod simulated;
mod workbook;

use std::collections::BTreeMap;
use std::process::Command;

use chartrier::billing::closing::{NotClosed, close, issue_what_is_due, prepare};
use chartrier::billing::measures::of_year;
use chartrier::billing::options::Options;
use chartrier::billing::snapshot::{Content, Snapshot};
use chartrier::billing::{Year, import, paper, queries, sharing};
use chartrier::clock::Clock;
use chartrier::costs::Cents;
use chartrier::db::{self, Db, Settings, TenantTx};
use chartrier::model::{Agent, Event, EventType, Outcome, PersonId, TenantId};
use chartrier::report::words;
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::support::database;

const ORACLE: &str = include_str!("../fixtures/oracle/cost_oracle.json");
const PREPARES: PersonId = PersonId(Uuid::from_u128(1));
const VALIDATES: PersonId = PersonId(Uuid::from_u128(2));

fn oracle() -> Value {
    serde_json::from_str(ORACLE).unwrap()
}

/// A point at which a test cuts a closing off is a point of every test that closes: one at a time.
pub static CLOSING: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

/// A service of its own, with the oracle's members as they were in 2027.
struct Service {
    db: Db,
    clock: Clock,
}

impl Service {
    async fn of_oracle(name: &str) -> Service {
        let settings = Settings::new(&database::own_database(name).await, 4).unwrap();
        db::migrate(&settings).await.unwrap();
        let now: DateTime<Utc> = "2028-01-12T09:00:00Z".parse().unwrap();
        let clock = Clock::standing_at(now);
        let db = Db::connect(&settings, clock.clone()).await.unwrap();
        let service = Service { db, clock };
        for (code, member) in oracle()["members"].as_object().unwrap() {
            service.member(code, member).await;
        }
        service
    }

    async fn member(&self, code: &str, of: &Value) {
        let kind = match of["type"].as_str().unwrap() {
            "DEPT" => "departement",
            "EPCI" => "epci",
            _ => "commune",
        };
        let from = if of["days"] == 184 { "'2027-07-01'" } else { "null" };
        let (population, label) = (&of["population"], of["label"].as_str().unwrap().replace('\'', "’"));
        let mut tx = self.db.write(TenantId::of_member(code)).await.unwrap();
        let day = |month: u32, day: u32| NaiveDate::from_ymd_opt(2027, month, day).unwrap();
        for statement in [
            format!(
                "insert into member (code, name, kind, siren, department, created_at, population)
                 values ('{code}', '{label}', '{kind}', '219600178', '96', now(), {population})"
            ),
            "insert into journal_head (seq, hash, at) values (0, decode(repeat('00', 32), 'hex'), '2020-01-01')".into(),
            format!(
                "insert into convention (convention_id, identifier, regime, state, valid_from, notice_months, details)
                 values (gen_random_uuid(), 'C', 'mutualisation_definitive', 'active', {from}, 6, '{{}}')"
            ),
        ] {
            execute(&mut tx, &statement).await;
        }
        // As many agreements a month as it takes, and what was held and received on one day.
        let mut left = of["flux_mois"].as_u64().unwrap();
        let (mut held, mut came) = (of["stock_mo"].clone(), of["depot_mo"].clone());
        for month in 1..=12 {
            let today = day(month, 2);
            execute(&mut tx, &format!("insert into usage_day (day, late) values ('{today}', false)")).await;
            for flow in 0..left.div_ceil(u64::from(13 - month)) {
                execute(
                    &mut tx,
                    &format!(
                        "insert into usage_agreement (day, agreement, archives, objects, bytes, came, came_objects, came_bytes, refused)
                         values ('{today}', 'FLUX-{flow}', 1, 1, {held}, 1, 1, {came}, 0)"
                    ),
                )
                .await;
                (held, came) = (0.into(), 0.into());
                left -= 1;
            }
        }
        if of["is_late"] != true {
            execute(&mut tx, &format!("insert into usage_day (day, late) values ('{}', false)", day(12, 31)))
                .await;
        }
        end(tx, code).await;
    }

    async fn prepared(&self, items: Vec<chartrier::billing::Prepared>, year: i32) -> Year {
        self.prepared_with(items, "", year).await
    }

    async fn prepared_with(
        &self,
        items: Vec<chartrier::billing::Prepared>,
        credits: &str,
        year: i32,
    ) -> Year {
        let credits = import::credits(credits).unwrap();
        let coefficients = [("departement".to_owned(), 20), ("epci".to_owned(), 50)].into();
        let year = Year {
            year,
            coefficients,
            prepared_by: PREPARES,
            prepared_at: self.clock.now(),
            items,
            credits,
            caps: Vec::new(),
            options: Options::default(),
        };
        prepare(&self.db, &year).await.unwrap();
        year
    }

    async fn close(&self, by: PersonId, reason: &str) -> Result<u32, NotClosed> {
        close(&self.db, &self.clock, 2027, by, reason).await.unwrap()
    }

    async fn kept(&self, version: u32) -> Snapshot {
        let kept = queries::snapshot(&mut self.db.technical().await.unwrap(), 2027, version).await.unwrap();
        serde_json::from_str(&kept.unwrap()).unwrap()
    }

    /// Statements of a member: number, share.
    async fn stated(&self, code: &str) -> Vec<(String, Cents)> {
        let mut tx = self.db.read(TenantId::of_member(code)).await.unwrap();
        let statements = queries::statements(&mut tx).await.unwrap();
        statements.into_iter().map(|statement| (statement.number, statement.share)).collect()
    }
}

async fn execute(tx: &mut TenantTx, statement: &str) {
    sqlx::query(AssertSqlSafe(statement)).execute(tx.conn()).await.unwrap();
}

async fn end(mut tx: TenantTx, code: &str) {
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: format!("member:{code}"),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
}

/// The oracle's items as a spreadsheet gives them.
fn table() -> String {
    let mut table = "poste;libellé;catégorie;prévu;réalisé;clés\r\n".to_owned();
    for item in oracle()["items"].as_array().unwrap() {
        let cents = item["amount_cents"].as_i64().unwrap();
        let sign = if cents < 0 { "-" } else { "" };
        let amount = format!("{sign}{},{:02}", cents.abs() / 100, cents.abs() % 100);
        let part = |part: &Value| {
            format!("{} % {}", part["bp"].as_u64().unwrap() / 100, part["key"].as_str().unwrap())
        };
        let parts: Vec<String> = item["parts"].as_array().unwrap().iter().map(part).collect();
        let text = |name: &str| item[name].as_str().unwrap();
        table += &format!(
            "{};{};{};;{amount};{}\r\n",
            text("id"),
            text("label"),
            text("category"),
            parts.join(" + ")
        );
    }
    table
}

fn amounts(of: &Value) -> BTreeMap<String, Cents> {
    of.as_object().unwrap().iter().map(|(code, cents)| (code.clone(), cents.as_i64().unwrap())).collect()
}

#[tokio::test]
async fn the_oracle_s_year_is_measured_shared_closed_and_stated_to_the_cent() {
    let _one = CLOSING.lock().await;
    let service = Service::of_oracle("billing_oracle").await;
    let oracle = oracle();
    let mut credits = "collectivité;nature;montant\n".to_owned();
    for (kind, field) in [("en nature", "in_kind_cents"), ("acompte", "advances_cents")] {
        for (code, cents) in amounts(&oracle[field]) {
            credits += &format!("{code};{kind};{},{:02}\n", cents / 100, cents % 100);
        }
    }
    let year = service.prepared_with(import::items(&table()).unwrap(), &credits, 2027).await;
    let members = of_year(&service.db, &year).await.unwrap();
    for member in &members {
        let of = &oracle["members"][&member.code];
        let measure = &member.measure;
        let found = (measure.population, measure.coefficient_percent, measure.days, measure.flow_months);
        let field = |name: &str| of[name].as_u64().unwrap();
        assert_eq!(
            found,
            (field("population"), field("coeff_pct"), field("days") as u32, field("flux_mois")),
            "{}",
            member.code
        );
        assert_eq!((measure.stock, measure.deposited), (field("stock_mo").into(), field("depot_mo").into()));
    }
    let shared = sharing::outcome(&year, &members).unwrap().shared;
    assert_eq!(shared.total, oracle["total_cents"].as_i64().unwrap());

    assert_eq!(service.close(VALIDATES, "").await, Ok(1));
    let expected = amounts(&oracle["shares_cents"]);
    for (code, share) in &expected {
        assert_eq!(service.stated(code).await, [(format!("2027-{code}-1"), *share)]);
    }
    for (code, owed) in amounts(&oracle["balance_cents"]) {
        let mut tx = service.db.read(TenantId::of_member(&code)).await.unwrap();
        assert_eq!(queries::statements(&mut tx).await.unwrap()[0].owed, owed, "{code}");
    }
    let calls = service.kept(1).await.calls();
    assert!(calls.contains(";État liquidatif 2027-E01-1;10028,65;à appeler"), "{calls}");
    on_paper(&service).await;
    workbook::is_computed_again(&service.kept(1).await);

    // What was kept is a file of `chartrier costs share`, and of anybody's ten lines.
    let told = shared_again(&service).await;
    assert_eq!(amounts(&told["shares_cents"]), expected);
    assert_eq!(amounts(&told["balance_cents"]), amounts(&oracle["balance_cents"]));
    let folder = tempfile::tempdir().unwrap();
    let summary = service.kept(1).await.summary();
    assert_eq!(recomputed(folder.path(), &summary), (Some(0), "15 lignes, 111851.44 euros, juste".into()));
    let wrong = summary.replacen("163406", "163407", 1);
    assert_ne!(wrong, summary);
    assert_eq!(recomputed(folder.path(), &wrong).0, Some(1));
    let heading = summary.lines().next().unwrap();
    for nothing in ["", heading] {
        assert_eq!(recomputed(folder.path(), nothing).0, Some(1), "what has no share is not right");
    }
}

/// A statement sums, line by line, says what all weigh, and has every figure on paper.
async fn on_paper(service: &Service) {
    // Each statement sums, line by line, and says what all weigh.
    let mut tx = service.db.read(TenantId::of_member("C01")).await.unwrap();
    let statement = queries::statements(&mut tx).await.unwrap().remove(0);
    let content: Content = serde_json::from_str(&statement.content).unwrap();
    assert_eq!(content.lines.iter().map(|line| line.share_cents).sum::<Cents>(), statement.share);
    let population = content.lines.iter().find(|line| line.key == "POPULATION").unwrap();
    assert_eq!((population.weight, population.weight_of_all), (2_153_682_500, 7_383_888_200));
    drop(tx);
    // On paper: every figure, and the same bytes each time.
    let paper = || paper::pdf(&content, statement.issued_at, "5a5a", Some(2)).unwrap();
    if let Some(folder) = std::env::var_os("CHARTRIER_SPECIMENS") {
        std::fs::write(std::path::Path::new(&folder).join("etat-liquidatif.pdf"), paper()).unwrap();
    }
    let text = text_of(&paper());
    assert_eq!(paper(), paper());
    let mut figures =
        vec![words::euros(statement.share), words::euros(statement.owed), "2027-C01-2".to_owned()];
    for line in &content.lines {
        figures.extend([words::euros(line.amount_cents), words::euros(line.share_cents), line.label.clone()]);
    }
    for figure in figures {
        assert!(text.contains(&without_space(&figure)), "{figure}: {text}");
    }
}

/// Words of a PDF; how lines were broken does not matter.
fn text_of(pdf: &[u8]) -> String {
    let document = lopdf::Document::load_mem(pdf).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    without_space(&document.extract_text(&pages).unwrap())
}

fn without_space(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// What `chartrier costs share` says of the first closing.
async fn shared_again(service: &Service) -> Value {
    let mut tx = service.db.technical().await.unwrap();
    let kept = queries::snapshot(&mut tx, 2027, 1).await.unwrap().unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), kept).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartrier"));
    let told = command.args(["costs", "share"]).arg(file.path()).output().unwrap();
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    serde_json::from_slice(&told.stdout).unwrap()
}

/// What the script of the documents says of a table.
fn recomputed(folder: &std::path::Path, table: &str) -> (Option<i32>, String) {
    let file = folder.join("repartition.csv");
    std::fs::write(&file, format!("\u{feff}{table}")).unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/recompute.py");
    let told = Command::new("python3").arg(script).arg(file).output().unwrap();
    (
        told.status.code(),
        String::from_utf8(told.stdout).unwrap().trim().lines().last().unwrap_or_default().to_owned(),
    )
}

#[tokio::test]
async fn a_year_is_closed_by_another_person_once_it_is_over_and_known() {
    let _one = CLOSING.lock().await;
    let service = Service::of_oracle("billing_rules").await;
    assert_eq!(service.close(VALIDATES, "").await, Err(NotClosed::Unknown));
    let items =
        import::items("poste;libellé;catégorie;prévu;réalisé;clés\nI1;A;INFRA;10;;EGAL\nI2;B;RH;;20;STOCK\n");
    service.prepared(items.unwrap(), 2027).await;
    assert_eq!(service.close(PREPARES, "").await, Err(NotClosed::SamePerson));
    assert_eq!(service.close(VALIDATES, "").await, Err(NotClosed::NoActual(vec!["I1".into()])));
    let items = |key: &str| {
        import::items(&format!("poste;libellé;catégorie;réalisé;clés\nI1;A;INFRA;10;{key}\n")).unwrap()
    };
    service.prepared(items("DIRECT:PERSONNE"), 2027).await;
    assert!(matches!(service.close(VALIDATES, "").await, Err(NotClosed::Shared(sharing::Fault::Costs(_)))));
    service.prepared_with(items("EGAL"), "collectivité;nature;montant\nX99;acompte;1\n", 2027).await;
    assert_eq!(
        service.close(VALIDATES, "").await,
        Err(NotClosed::Shared(sharing::Fault::CreditOfNobody("X99".into())))
    );
    service.prepared(items("EGAL"), 2028).await;
    let next = close(&service.db, &service.clock, 2028, VALIDATES, "").await.unwrap();
    assert_eq!(next, Err(NotClosed::NotOver));
    service.prepared(items("EGAL"), 2027).await;
    let late = serde_json::json!({ "type": "COM", "label": "En retard", "population": 10, "days": 365,
        "stock_mo": 1, "depot_mo": 1, "flux_mois": 1, "is_late": true });
    service.member("C09", &late).await;
    assert_eq!(service.close(VALIDATES, "").await, Err(NotClosed::NotMeasured(vec!["C09".into()])));
    let mut tx = service.db.write(TenantId::of_member("C09")).await.unwrap();
    execute(&mut tx, "insert into usage_day (day, late) values ('2027-12-31', true)").await;
    end(tx, "C09").await;
    assert_eq!(service.close(VALIDATES, "").await, Ok(1));
    assert_eq!(service.stated("C03").await.len(), 1);
}

#[tokio::test]
async fn a_correction_is_a_closing_more_and_what_was_closed_stays() {
    let _one = CLOSING.lock().await;
    let service = Service::of_oracle("billing_correction").await;
    let items = |euros: u32| {
        import::items(&format!("poste;libellé;catégorie;réalisé;clés\nI1;A;INFRA;{euros};EGAL\n")).unwrap()
    };
    service.prepared(items(1_000), 2027).await;
    assert_eq!(service.close(VALIDATES, "").await, Ok(1));
    let first = service.kept(1).await;
    service.prepared(items(900), 2027).await;
    assert_eq!(service.close(VALIDATES, " ").await, Err(NotClosed::ReasonMissing));
    assert_eq!(service.close(VALIDATES, "La facture était comptée deux fois.").await, Ok(2));
    assert_eq!(service.kept(1).await, first, "as it was");
    let stated = service.stated("C01").await;
    assert_eq!(
        stated.iter().map(|(number, _)| number.as_str()).collect::<Vec<_>>(),
        ["2027-C01-2", "2027-C01-1"]
    );
    assert!(stated[0].1 < stated[1].1);
    let closings = queries::closings(&mut service.db.technical().await.unwrap(), 2027).await.unwrap();
    assert_eq!(closings.iter().map(|closing| closing.version).collect::<Vec<_>>(), [2, 1]);
    assert_eq!((closings[0].prepared_by, closings[0].validated_by), (PREPARES, VALIDATES));
    // Neither the service nor anybody of it changes one.
    let mut tx = service.db.technical().await.unwrap();
    for statement in ["update platform.bill_closing set reason = ''", "delete from platform.bill_closing"] {
        let refused = sqlx::query(statement).execute(tx.conn()).await.unwrap_err();
        assert!(refused.to_string().contains("permission denied"), "{refused}");
        tx = service.db.technical().await.unwrap();
    }
}

/// Norms §5.1: 1 000 € a year under 1 000 inhabitants.
#[tokio::test]
async fn what_a_bound_takes_off_is_borne_by_the_others() {
    let _one = CLOSING.lock().await;
    let service = Service::of_oracle("billing_caps").await;
    let mut year = service.prepared(import::items(&table()).unwrap(), 2027).await;
    year.caps = import::caps("moins de;au plus\n1000;1 000,00\n").unwrap();
    prepare(&service.db, &year).await.unwrap();
    assert_eq!(service.close(VALIDATES, "").await, Ok(1));
    let kept = service.kept(1).await;
    let borne: Vec<(&str, Cents)> =
        kept.members.iter().map(|(code, member)| (code.as_str(), member.borne_cents)).collect();
    let expected =
        [("C01", 2_296_481), ("C02", 989_942), ("C03", 50_411), ("D01", 5_254_372), ("E01", 2_593_938)];
    assert_eq!(borne, expected);
    assert_eq!(borne.iter().map(|(_, cents)| cents).sum::<Cents>(), kept.total_cents);
    let mut tx = service.db.read(TenantId::of_member("C03")).await.unwrap();
    let statement = queries::statements(&mut tx).await.unwrap().remove(0);
    assert_eq!((statement.share, statement.owed), (436_730, 50_411), "its lines, then what is left of them");
}

#[tokio::test]
async fn a_closing_whose_statements_were_cut_off_is_taken_up_again() {
    let _one = CLOSING.lock().await;
    let service = Service::of_oracle("billing_cut").await;
    service.prepared(import::items(&table()).unwrap(), 2027).await;
    fail::cfg("bill-statement", "1*off->panic(cut)").unwrap();
    let (db, clock) = (service.db.clone(), service.clock.clone());
    let cut = tokio::spawn(async move { close(&db, &clock, 2027, VALIDATES, "").await });
    assert!(cut.await.unwrap_err().is_panic());
    fail::remove("bill-statement");
    let codes = ["C01", "C02", "C03", "D01", "E01"];
    let mut before = 0;
    for code in codes {
        before += service.stated(code).await.len() as u32;
    }
    assert!((1..5).contains(&before), "{before}");
    assert_eq!(issue_what_is_due(&service.db, &service.clock).await.unwrap(), 5 - before);
    assert_eq!(issue_what_is_due(&service.db, &service.clock).await.unwrap(), 0, "each once");
    for code in codes {
        assert_eq!(service.stated(code).await.len(), 1, "{code}");
    }
}

#[tokio::test]
async fn one_member_s_trouble_leaves_the_others_their_statements() {
    let _one = CLOSING.lock().await;
    let service = Service::of_oracle("billing_trouble").await;
    service.prepared(import::items(&table()).unwrap(), 2027).await;
    let mut superuser = database::connect_as("chartrier_superuser", "billing_trouble").await;
    let mut run = async |statement: &'static str| {
        let query = sqlx::query(statement);
        let query = match statement.contains("$1") {
            true => query.bind(TenantId::of_member("C02").as_uuid()),
            false => query,
        };
        query.execute(&mut superuser).await.unwrap().rows_affected()
    };
    run("create table kept_head (like journal_head)").await;
    assert_eq!(run("insert into kept_head select * from journal_head where tenant_id = $1").await, 1);
    // The last but one of them, whose journal cannot be written to.
    assert_eq!(run("delete from journal_head where tenant_id = $1").await, 1);
    assert_eq!(service.close(VALIDATES, "").await, Ok(1));
    for (code, count) in [("C01", 1), ("C02", 0), ("C03", 1), ("D01", 1), ("E01", 1)] {
        assert_eq!(service.stated(code).await.len(), count, "{code}");
    }
    assert_eq!(issue_what_is_due(&service.db, &service.clock).await.unwrap(), 0, "not yet");
    assert_eq!(run("insert into journal_head select * from kept_head").await, 1);
    assert_eq!(issue_what_is_due(&service.db, &service.clock).await.unwrap(), 1);
    assert_eq!(service.stated("C02").await.len(), 1);
    assert_eq!(run("select from platform.bill_issued").await, 1, "done, and noted");
}

/// A département's whole: what a closing takes, statements included.
#[tokio::test]
async fn three_hundred_members_are_closed_and_each_has_its_statement() {
    let _one = CLOSING.lock().await;
    let name = "billing_many";
    let settings = Settings::new(&database::own_database(name).await, 4).unwrap();
    db::migrate(&settings).await.unwrap();
    let clock = Clock::standing_at("2028-01-12T09:00:00Z".parse().unwrap());
    let service = Service { db: Db::connect(&settings, clock.clone()).await.unwrap(), clock };
    let codes: Vec<String> = (0..300).map(|n| format!("m{n:03}")).collect();
    let tenants: Vec<Uuid> = codes.iter().map(|code| TenantId::of_member(code).as_uuid()).collect();
    let mut superuser = database::connect_as("chartrier_superuser", name).await;
    for statement in [
        "insert into member (tenant_id, code, name, kind, siren, department, created_at, population)
         select t, c, c, 'commune', '219600178', '96', now(), 100 + n * 37
         from unnest($1::uuid[], $2::text[]) with ordinality as m(t, c, n)",
        "insert into journal_head (tenant_id, seq, hash, at)
         select t, 0, decode(repeat('00', 32), 'hex'), '2020-01-01' from unnest($1::uuid[], $2::text[]) as m(t, c)",
        // Some come in the year, some leave.
        "insert into convention (tenant_id, convention_id, identifier, regime, state, valid_from, valid_until, notice_months, details)
         select t, gen_random_uuid(), 'C', 'mutualisation_definitive', 'active',
                case when n % 7 = 0 then '2027-07-01'::date end, case when n % 11 = 0 then '2027-09-30'::date end, 6, '{}'
         from unnest($1::uuid[], $2::text[]) with ordinality as m(t, c, n)",
        "insert into usage_day (tenant_id, day, late)
         select t, d, false from unnest($1::uuid[], $2::text[]) as m(t, c),
                generate_series('2027-01-01'::date, '2027-12-31', '1 day') d",
        "insert into usage_agreement (tenant_id, day, agreement, archives, objects, bytes, came, came_objects, came_bytes, refused)
         select t, d, 'ACTES', 1, 1, n * 1000000007, 1, 1, n * 1009, 0
         from unnest($1::uuid[], $2::text[]) with ordinality as m(t, c, n),
              generate_series('2027-01-01'::date, '2027-12-31', '1 day') d",
    ] {
        sqlx::query(statement).bind(&tenants).bind(&codes).execute(&mut superuser).await.unwrap();
    }
    let items = table().replace("DIRECT:D01", "DIRECT:m000");
    service.prepared(import::items(&items).unwrap(), 2027).await;
    let began = std::time::Instant::now();
    assert_eq!(service.close(VALIDATES, "").await, Ok(1));
    println!("clôture de 300 membres : {:?}", began.elapsed());
    let kept = service.kept(1).await;
    assert_eq!((kept.members.len(), kept.total_cents), (300, 11_185_144));
    assert_eq!(kept.members.values().map(|member| member.share_cents).sum::<Cents>(), kept.total_cents);
    let days = |code: &str| kept.members[code].days;
    assert_eq!((days("m000"), days("m006"), days("m010"), days("m076")), (365, 184, 273, 92));
    assert!(kept.members["m299"].stock_octets_jours > 100_000_000_000_000, "as large as a member may be");
    let told = shared_again(&service).await;
    let shares = kept.members.iter().map(|(code, member)| (code.clone(), member.share_cents));
    assert_eq!(amounts(&told["shares_cents"]), shares.collect());
    let statements: i64 =
        sqlx::query_scalar("select count(*) from statement").fetch_one(&mut superuser).await.unwrap();
    assert_eq!(statements, 300);
}
