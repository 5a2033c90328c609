//! A million units written at once, as the catalogue would have them: one real archive gives what they hang on.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use chartrier::model::TenantId;

use crate::generated;
use crate::service::{Bench, agent};
use crate::small;

/// Units of the large tree: a top, a thousand branches, a hundred units under each.
pub const TREE: usize = 100_000;
/// Words, the first the commonest.
pub const WORDS: [&str; 20] = [
    "budget",
    "facture",
    "mandat",
    "titre",
    "courrier",
    "permis",
    "voirie",
    "cantine",
    "subvention",
    "assainissement",
    "musée",
    "cimetière",
    "gymnase",
    "élection",
    "urbanisme",
    "recensement",
    "bibliothèque",
    "personnel",
    "forêt",
    "marché",
];

/// Where the tree's pages are.
pub struct Tree {
    pub root: String,
    pub branch: String,
    /// Where everything is right below.
    pub flat: String,
}

/// Units of one member: archives of a thousand, each a top and what is under it.
const UNITS: &str = r#"
set session_replication_role = replica;
set archive.tenant = '{tenant}';
create or replace function pg_temp.id(kind text, n bigint) returns uuid language sql immutable
    as $$ select md5('{tenant}' || kind || n)::uuid $$;
create or replace function pg_temp.word(n bigint, turn integer) returns text language sql immutable
    as $$ select (array[{words}])[1 + (((hashtextextended(n::text, turn) & 1023)::float / 1024) ^ 2 * 20)::int % 20] $$;
create or replace function pg_temp.far(n bigint, turn integer, most integer) returns integer language sql immutable
    as $$ select (exp(((hashtextextended(n::text, turn) & 65535)::float / 65536) * ln(most)))::int $$;
create temporary table line as
    select n, n / 1000 as a, n % 1000 as ordinal, timestamptz '2024-01-01' + n / 1000 * interval '1 minute' as at,
        initcap(pg_temp.word(n, 1)) || ' n° ' || n || '/2023, rue ' || pg_temp.word(n, 2) || ' nom' || pg_temp.far(n, 3, 9000) as title,
        'Pièces de ' || pg_temp.word(n, 4) || ' et de ' || pg_temp.word(n, 5) || ' de la commune, mot' || pg_temp.far(n, 6, 60000) || ' mot'
            || pg_temp.far(n, 7, 60000) || ' ' || pg_temp.word(n, 8) || ' dossier' || n as about,
        date '2015-01-01' + (hashtextextended(n::text, 9) & 4095)::int % 3000 as day
    from generate_series({from}::bigint, {until}::bigint) n;
insert into archive (tenant_id, archive_id, transfer_id, cote, title, agreement_id, transferring_agency, originating_agency, size_bytes,
        unit_count, object_count, taken_in_charge_at, rules)
    select '{tenant}', pg_temp.id('archive', a), pg_temp.id('transfer', a), 'BANC-' || a, 'Archive ' || a, g.agreement_id,
        'VERSANT-TEST', (array['PRODUCTEUR-TEST', 'VERSANT-TEST'])[1 + a % 2], 1000000, 1000, 1000, at,
        '{"rules": [{"category": "AccessRule", "terms": [["AR039", null]]}]}'
    from (select distinct a, at from line) l,
        (select agreement_id from agreement where tenant_id = '{tenant}' and identifier = 'ACCORD-TEST') g;
insert into unit (tenant_id, unit_id, archive_id, ordinal, seda_id, root, description_level, title, start_date, end_date, content)
    select '{tenant}', pg_temp.id('unit', n), pg_temp.id('archive', a), ordinal, 'AU' || ordinal, ordinal = 0,
        case ordinal when 0 then 'RecordGrp' else 'Item' end, title, day::text, day::text,
        jsonb_build_object('content', jsonb_build_object('title', title, 'descriptions', jsonb_build_array(about),
            'start_date', day::text, 'end_date', day::text), 'rules', '{}'::jsonb)
    from line;
insert into unit_link (tenant_id, parent_id, child_id, ordinal)
    select '{tenant}', pg_temp.id('unit', n - ordinal), pg_temp.id('unit', n), ordinal from line where ordinal > 0;
insert into binary_object (tenant_id, object_id, archive_id, seda_id, file_name, content_path, size_bytes, sha512, media_type, puid,
        format_name, format_version, format_basis)
    select '{tenant}', pg_temp.id('object', n), pg_temp.id('archive', a), 'BDO' || ordinal, 'piece.pdf', 'v1/content/piece.pdf', 1000,
        sha512(n::text::bytea), 'application/pdf', (array['fmt/18', 'fmt/20', 'fmt/95'])[1 + n % 3], 'Acrobat PDF', '1.' || n % 3, 'signature'
    from line where ordinal > 0;
insert into unit_object (tenant_id, unit_id, object_id)
    select '{tenant}', pg_temp.id('unit', n), pg_temp.id('object', n) from line where ordinal > 0;
insert into unit_search (tenant_id, unit_id, sorted_at, text, title_key)
    select '{tenant}', pg_temp.id('unit', n), at,
        setweight(to_tsvector('french_unaccented', translate(title, '/°,', '   ')), 'A') || to_tsvector('french_unaccented', about)
            || array_to_tsvector(array['=i:' || pg_temp.id('archive', a), '=a:ACCORD-TEST',
                '=p:' || (array['PRODUCTEUR-TEST', 'VERSANT-TEST'])[1 + a % 2], '=y:' || to_char(day, 'YYYY'), '#' || n || '-2023',
                '#!' || n || '-2023', '@' || to_char(day, 'YYYY'), '@' || to_char(day, 'YYYY-MM'), '@' || day, '@!' || to_char(day, 'YYYY'),
                '@!' || to_char(day, 'YYYY-MM'), '@!' || day, '=e:' || 1 + a / 16]),
        lower(translate(title, '/°,', '   '))
    from line;
insert into search_stretch (tenant_id, number, units, oldest_at, newest_at)
    select '{tenant}', 1 + a / 16, count(*), min(at), max(at) from line group by 1 + a / 16
    on conflict (tenant_id, number) do update
        set units = search_stretch.units + excluded.units, newest_at = greatest(search_stretch.newest_at, excluded.newest_at);
"#;

/// Two archives of a hundred thousand units: a thousand branches of a hundred, and all of them right below the top.
const BRANCHES: &str = r#"
set session_replication_role = replica;
create or replace function pg_temp.id(kind text, n bigint) returns uuid language sql immutable
    as $$ select md5('{tenant}' || kind || n)::uuid $$;
insert into archive (tenant_id, archive_id, transfer_id, cote, title, agreement_id, transferring_agency, size_bytes, unit_count,
        object_count, taken_in_charge_at, rules)
    select tenant_id, pg_temp.id(kind, -1), pg_temp.id(kind, -2), upper(kind), 'Un grand versement', agreement_id,
        transferring_agency, 0, {tree}, 0, timestamptz '2023-01-01', rules
    from (select * from archive where tenant_id = '{tenant}' limit 1) a, unnest(array['grand', 'plat']) kind;
insert into unit (tenant_id, unit_id, archive_id, ordinal, seda_id, root, title, content)
    select '{tenant}', pg_temp.id(kind, n), pg_temp.id(kind, -1), n, 'G' || n, n = 0, 'Unité ' || n,
        jsonb_build_object('content', jsonb_build_object('title', 'Unité ' || n), 'rules', '{}'::jsonb)
    from generate_series(0, {tree}) n, unnest(array['grand', 'plat']) kind;
insert into unit_link (tenant_id, parent_id, child_id, ordinal)
    select '{tenant}'::uuid, pg_temp.id('grand', case when n % 101 = 1 then 0 else n - (n - 1) % 101 end), pg_temp.id('grand', n), n
    from generate_series(1, {tree}) n
    union all
    select '{tenant}'::uuid, pg_temp.id('plat', 0), pg_temp.id('plat', n), n from generate_series(1, {tree}) n;
"#;

/// Fills the members; the first has `units`, the others a thousand each.
pub fn grow(bench: &Bench, units: usize, members: usize) -> Tree {
    let agent = agent();
    let url = bench.deposit(&agent, &small::deposit(1));
    bench.wait(&agent, &url, Duration::from_millis(20));
    let words: Vec<String> = WORDS.iter().map(|word| format!("'{word}'")).collect();
    let fill = |number: usize, from: usize, until: usize| {
        let tenant = TenantId::of_member(&generated::code(number)).to_string();
        let script = UNITS.replace("{tenant}", &tenant).replace("{words}", &words.join(", "));
        psql(bench, &script.replace("{from}", &from.to_string()).replace("{until}", &until.to_string()));
    };
    for number in 1..members {
        fill(number, 1_000, 1_999);
    }
    for from in (0..units).step_by(100_000) {
        fill(0, from, (from + 100_000).min(units) - 1);
    }
    let tenant = TenantId::of_member(&generated::code(0)).to_string();
    psql(bench, &BRANCHES.replace("{tenant}", &tenant).replace("{tree}", &TREE.to_string()));
    psql(bench, "vacuum analyze");
    let address = |kind: &str, n: usize| {
        let id = psql(bench, &format!("select md5('{tenant}' || '{kind}' || {n})::uuid"));
        format!("/archives/unites/{}", id.trim())
    };
    Tree { root: address("grand", 0), branch: address("grand", 1), flat: address("plat", 0) }
}

/// Runs a script as the database's superuser.
fn psql(bench: &Bench, script: &str) -> String {
    let mut psql = Command::new("psql")
        .args(["-qAtX", "-v", "ON_ERROR_STOP=1", "-U", "chartrier_superuser", "-d", "chartrier", "-h"])
        .arg(bench.data().join("postgres/socket"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    psql.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = psql.wait_with_output().unwrap();
    assert!(output.status.success(), "psql");
    String::from_utf8(output.stdout).unwrap()
}
