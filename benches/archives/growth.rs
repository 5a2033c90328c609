//! What a deposit costs when many archives are there: three services, one with each number of archives, that take
//! deposits in turn.
//!
//! The archives there are one real one, its rows repeated under other identifiers; on each site stands the folder
//! of each. `GROWTH=1000,100000` and `DEPOSITS=1500` are the
//! defaults; a million archives take 30 GB of folders and a quarter of an hour.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use chartrier::model::TenantId;
use chartrier::package::ocfl;
use uuid::Uuid;

use super::service::{Bench, agent, quantile};
use super::transfer::{Kind, Transfer};

/// Rows of one archive, each under the identifiers that `alias` gives for a number.
const REPEAT: &str = r#"
set session_replication_role = replica;
set archive.tenant = '{tenant}';
create or replace function pg_temp.alias(id uuid, n integer) returns uuid language sql immutable
    as $$ select md5(id::text || n)::uuid $$;
create temporary table numbers as select generate_series({from}, {until})::integer as n;
insert into transfer (tenant_id, transfer_id, state, channel, machine_id, file_name, size_bytes, digest, received_at,
        seda_version, message_identifier, transferring_agency, agreement_identifier, title, unit_count, object_count,
        expanded_bytes, examined_at, decided_at, archive_id, closed_at)
    select tenant_id, pg_temp.alias(transfer_id, n), state, channel, machine_id, file_name, size_bytes,
        sha512(convert_to(digest::text || n, 'UTF8')), received_at - n * interval '1 second', seda_version,
        message_identifier || '-' || n, transferring_agency, agreement_identifier, title, unit_count, object_count,
        expanded_bytes, examined_at, decided_at, pg_temp.alias(archive_id, n), closed_at
    from transfer, numbers where transfer_id = '{transfer}';
insert into message (tenant_id, message_id, transfer_id, kind, identifier, body, created_at)
    select tenant_id, pg_temp.alias(message_id, n), pg_temp.alias(transfer_id, n), kind, identifier || '-' || n, body, created_at
    from message, numbers where transfer_id = '{transfer}';
insert into archive (tenant_id, archive_id, transfer_id, cote, title, agreement_id, transferring_agency,
        originating_agency, size_bytes, unit_count, object_count, taken_in_charge_at)
    select tenant_id, pg_temp.alias(archive_id, n), pg_temp.alias(transfer_id, n), cote || '-' || n, title, agreement_id,
        transferring_agency, originating_agency, size_bytes, unit_count, object_count,
        taken_in_charge_at - n * interval '1 second'
    from archive, numbers where transfer_id = '{transfer}';
insert into copy (tenant_id, archive_id, site, location, verified_at)
    select tenant_id, pg_temp.alias(archive_id, n), site, location, verified_at
    from copy, numbers where archive_id = '{archive}';
insert into unit (tenant_id, unit_id, archive_id, ordinal, seda_id, root, description_level, title, start_date, end_date, content)
    select tenant_id, pg_temp.alias(unit_id, n), pg_temp.alias(archive_id, n), ordinal, seda_id, root, description_level,
        title, start_date, end_date, content
    from unit, numbers where archive_id = '{archive}';
insert into binary_object (tenant_id, object_id, archive_id, seda_id, usage, file_name, content_path, size_bytes, sha512, media_type, format_id)
    select tenant_id, pg_temp.alias(object_id, n), pg_temp.alias(archive_id, n), seda_id, usage, file_name, content_path,
        size_bytes, sha512, media_type, format_id
    from binary_object, numbers where archive_id = '{archive}';
insert into unit_object (tenant_id, unit_id, object_id)
    select o.tenant_id, pg_temp.alias(o.unit_id, n), pg_temp.alias(o.object_id, n)
    from unit_object o join unit u using (tenant_id, unit_id), numbers where u.archive_id = '{archive}';
insert into unit_search (tenant_id, unit_id, sorted_at, text)
    select s.tenant_id, pg_temp.alias(s.unit_id, n), s.sorted_at - n * interval '1 second', s.text
    from unit_search s join unit u using (tenant_id, unit_id), numbers where u.archive_id = '{archive}';
insert into accession (tenant_id, transfer_id, archive_id, cote, grant_date, reply, premis, record)
    select tenant_id, pg_temp.alias(transfer_id, n), pg_temp.alias(archive_id, n), cote || '-' || n, grant_date, reply, premis, record
    from accession, numbers where transfer_id = '{transfer}';
insert into event (tenant_id, seq, at, event_type, outcome, object, entry, hash)
    select tenant_id, 1000000 + n * 4 + k, at, event_type, outcome, object || '-' || n, entry, hash
    from event, numbers, generate_series(0, 3) k
    where tenant_id = '{tenant}' and object = 'archive:{archive}' and event_type = 'PRISE_EN_CHARGE';
"#;

/// The folders are empty: today's sample would find nothing in them. It is said to be read, and the sites listed.
const READ_TODAY: &str = "
insert into platform.site_check (tenant_id, site, day, begins_at, seed, sample_after, sampled_at, ended_at, listed_at)
    select tenant_id, site, current_date + 30, now(), 0, '00000000-0000-0000-0000-000000000000', now(), now(), now()
    from member, unnest(array['nord', 'sud']) site
    on conflict (tenant_id, site) do update set day = excluded.day, begins_at = excluded.begins_at,
        sampled_at = excluded.sampled_at, ended_at = excluded.ended_at, listed_at = excluded.listed_at;
";

#[expect(clippy::disallowed_methods, reason = "a bench's sizes, not settings")]
pub fn run() {
    let numbers = std::env::var("GROWTH").unwrap_or("1000,100000".into());
    let deposits: usize =
        std::env::var("DEPOSITS").ok().and_then(|count| count.parse().ok()).unwrap_or(1_500);
    let numbers: Vec<u32> = numbers.split(',').map(|number| number.parse().unwrap()).collect();
    println!("Un versement, quand {numbers:?} archives sont déjà là :");
    let settings = [
        ("CHARTRIER_DATABASE_CONNECTIONS", "8"),
        ("CHARTRIER_WORKER_JOBS", "2"),
        ("CHARTRIER_INTEGRITY_CANARIES", "0"),
    ];
    let benches: Vec<Bench> = numbers.iter().map(|number| grown(*number, &settings)).collect();
    let mut seconds = vec![Vec::new(); benches.len()];
    let mut cpu = vec![0.0; benches.len()];
    let agent = agent();
    for turn in 0..deposits.div_ceil(benches.len()) + 20 {
        for (index, bench) in benches.iter().enumerate() {
            let transfer = Transfer::make(Kind::Random, 3, 66_000 + turn);
            let bytes = std::fs::read(transfer.path()).unwrap();
            let (before, database) = (bench.spent(), bench.database_cpu_seconds());
            let began = Instant::now();
            let url = bench.deposit(&agent, &bytes);
            bench.wait(&agent, &url, Duration::from_millis(1));
            if turn >= 20 {
                seconds[index].push(began.elapsed().as_secs_f64());
                cpu[index] += bench.since(before).cpu_seconds + bench.database_cpu_seconds() - database;
            }
        }
    }
    let medians: Vec<f64> = seconds.iter_mut().map(|seconds| quantile(seconds, 0.5)).collect();
    for ((number, median), (seconds, cpu)) in numbers.iter().zip(&medians).zip(seconds.iter().zip(cpu)) {
        println!(
            "  {number} archives : médiane {:.1} ms, {:.1} ms de processeur ; {:.3} fois le premier ({} versements)",
            1e3 * median,
            1e3 * cpu / seconds.len() as f64,
            median / medians[0],
            seconds.len()
        );
    }
}

/// A service that holds so many archives.
fn grown(number: u32, settings: &[(&str, &str)]) -> Bench {
    let bench = Bench::start(settings);
    let transfer = Transfer::make(Kind::Random, 3, 66_000);
    let agent = agent();
    let url = bench.deposit(&agent, &std::fs::read(transfer.path()).unwrap());
    bench.wait(&agent, &url, Duration::from_millis(5));
    let tenant = TenantId::of_member("banc");
    let asked = psql(
        &bench,
        &format!("select transfer_id || ' ' || archive_id from archive where tenant_id = '{tenant}'"),
    );
    let (transfer, archive) = asked.trim().split_once(' ').unwrap();
    for from in (1..=number).step_by(50_000) {
        let until = (from + 49_999).min(number);
        let repeat = REPEAT
            .replace("{tenant}", &tenant.to_string())
            .replace("{transfer}", transfer)
            .replace("{archive}", archive)
            .replace("{from}", &from.to_string())
            .replace("{until}", &until.to_string());
        psql(&bench, &repeat);
    }
    psql(&bench, READ_TODAY);
    psql(&bench, "vacuum analyze");
    let sites = bench.data().join("sites");
    std::thread::scope(|scope| {
        for site in ["nord", "sud"].map(|site| sites.join(site).join(tenant.to_string())) {
            let archive = archive.to_string();
            scope.spawn(move || folders(&site, &archive, number));
        }
    });
    let folder = bench.stop();
    Bench::serve(folder, settings)
}

/// The folder of each archive, empty.
fn folders(root: &Path, archive: &str, number: u32) {
    use md5::{Digest, Md5};
    for n in 1..=number {
        let alias = Uuid::from_bytes(Md5::digest(format!("{archive}{n}")).into());
        std::fs::create_dir_all(root.join(ocfl::object_folder(&ocfl::object_id(alias)))).unwrap();
    }
}

/// Runs a script as the database's superuser.
fn psql(bench: &Bench, script: &str) -> String {
    let socket: PathBuf = bench.data().join("postgres/socket");
    let mut psql = Command::new("psql")
        .args(["-qAtX", "-v", "ON_ERROR_STOP=1", "-U", "chartrier_superuser", "-d", "chartrier", "-h"])
        .arg(socket)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    psql.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = psql.wait_with_output().unwrap();
    assert!(output.status.success(), "psql");
    String::from_utf8(output.stdout).unwrap()
}
