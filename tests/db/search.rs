//! Finding among many units: every answer, once, the newest first, whatever stretches the units were entered in and in whatever order.

use chartrier::clock::Clock;
use chartrier::db::{Db, Settings};
use chartrier::model::TenantId;
use chrono::{DateTime, Utc};
use sqlx::Row;
use uuid::Uuid;

use crate::support::database;

/// Units of the member, in ten stretches numbered in another order than that of their dates; one unit in 977 came late, from long ago, and
/// the oldest stretch has the newest unit besides.
const UNITS: &str = "
    set session_replication_role = replica;
    create temporary table line as
        select n, (n / 6000 * 7) % 10 as number,
               timestamptz '2024-01-01' + case when n = 5 then 9000 when n % 977 = 0 then 0 else n / 10 end * interval '1 minute' as at
        from generate_series(0, 59999) n;
    insert into unit_search (tenant_id, unit_id, sorted_at, text, title_key)
        select '{tenant}', md5('{tenant}' || n)::uuid, at,
               to_tsvector('french_unaccented', 'grande rue' || case when n % 2 = 0 then ' commun' else '' end
                   || case when n % 40 = 0 then ' moyen' else '' end || case when n % 3001 = 0 then ' rare' else '' end
                   || case when n < 20000 and n % 9 = 0 then ' ancien' else '' end
                   || case when n % 30 = 0 or (n < 6000 and n % 3 = 0) then ' dense' else '' end)
                   || array_to_tsvector(array['=e:' || number, '@2024-' || lpad((1 + n % 12)::text, 2, '0')]), 'titre ' || n
        from line;
    insert into search_stretch (tenant_id, number, units, oldest_at, newest_at)
        select '{tenant}', number, count(*), min(at), max(at) from line group by number;
    drop table line;";

type Unit = (DateTime<Utc>, Uuid);

/// Page after page, as whoever asks for the next one reads them.
async fn found(db: &Db, tenant: TenantId, all: &str) -> Vec<Unit> {
    let question = format!(r#"{{"all": {all}, "none": [], "own": [], "phrase": "", "key": ""}}"#);
    let (mut found, mut after): (Vec<Unit>, Option<Unit>) = (Vec::new(), None);
    loop {
        let mut tx = db.read(tenant).await.unwrap();
        let page = sqlx::query("select sorted_at, unit_id from search_units($1::jsonb, $2, $3, 301)")
            .bind(&question)
            .bind(after.map(|(at, _)| at))
            .bind(after.map(|(_, unit)| unit))
            .fetch_all(tx.conn())
            .await
            .unwrap();
        found.extend(page.iter().map(|row| (row.get::<DateTime<Utc>, _>(0), row.get::<Uuid, _>(1))));
        if page.len() < 301 {
            return found;
        }
        after = found.last().copied();
    }
}

#[tokio::test]
async fn each_answer_is_found_once_the_newest_first_whatever_the_order_of_the_stretches() {
    let name = "db_search";
    let settings = Settings::new(&database::own_database(name).await, 4).unwrap();
    chartrier::db::migrate(&settings).await.unwrap();
    let db =
        Db::connect(&settings, Clock::standing_at("2027-03-01T08:00:00Z".parse().unwrap())).await.unwrap();
    let mut superuser = database::connect_as("chartrier_superuser", name).await;
    let (one, other) = (TenantId::of_member("un"), TenantId::of_member("deux"));
    for tenant in [one, other] {
        let units = UNITS.replace("{tenant}", &tenant.to_string());
        sqlx::raw_sql(sqlx::AssertSqlSafe(units)).execute(&mut superuser).await.unwrap();
    }
    sqlx::raw_sql("analyze unit_search").execute(&mut superuser).await.unwrap();
    for (all, wanted, count) in [
        (r#"[[{"words": "rare"}]]"#, "to_tsquery('french_unaccented', 'rare')", 20),
        (r#"[[{"words": "moyen"}]]"#, "to_tsquery('french_unaccented', 'moyen')", 1_500),
        (r#"[[{"words": "ancien"}]]"#, "to_tsquery('french_unaccented', 'ancien')", 2_223),
        // Its newest stretches, which have enough of it, have it from long ago.
        (r#"[[{"words": "dense"}]]"#, "to_tsquery('french_unaccented', 'dense')", 3_800),
        (r#"[[{"words": "commun"}]]"#, "to_tsquery('french_unaccented', 'commun')", 30_000),
        (
            r#"[[{"phrase": "grande rue"}], [{"words": "moyen"}]]"#,
            "to_tsquery('french_unaccented', 'grande <-> rue & moyen')",
            1_500,
        ),
        (
            r#"[[{"words": "commun"}], [{"lexeme": "@2024-07"}]]"#,
            "to_tsquery('french_unaccented', 'commun') && '''@2024-07'''::tsquery",
            5_000,
        ),
    ] {
        let answers: Vec<Unit> = sqlx::query_as(sqlx::AssertSqlSafe(format!(
            "select sorted_at, unit_id from unit_search where tenant_id = '{one}' and text @@ ({wanted})
                 order by sorted_at desc, unit_id desc"
        )))
        .fetch_all(&mut superuser)
        .await
        .unwrap();
        assert_eq!(answers.len(), count, "{wanted}");
        let found = found(&db, one, all).await;
        assert!(found == answers, "{wanted}: {} found of {count}, or in another order", found.len());
    }
}
