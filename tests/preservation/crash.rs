//! The program killed between any two steps of finding, mending, migrating and damaging canaries, and started again.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::support::fault_table::note;
use crate::support::service::{Client, Place, Service};
use crate::support::sip::Sip;

/// Three sites, of which the member has the first two.
const SITES: (&str, &str) = ("CHARTRIER_STORAGE_SITES", "nord=sites/nord,sud=sites/sud,ouest=sites/ouest");

/// Notes what a process killed there came to: copies that the last audit found wrong, the incidents, the repairs.
fn note_killed(place: &Place, points: &[&str], variables: &[(&str, &str)], mended: &str) {
    let (code, said) = place.run(&["audit"], variables);
    assert_eq!(code, Some(0), "{said}");
    let lost = place.rows("select incident_id from incident where state <> 'repaired'").len();
    let said = format!("{} INCIDENT, {} REPARATION", events(place, "INCIDENT"), events(place, "REPARATION"));
    points.iter().for_each(|point| note(format!("processus tué : {point}"), lost, &said, mended));
}

/// A place with so many archives taken in charge, and nothing running.
fn with_archives(count: u32, variables: &[(&str, &str)]) -> Place {
    let place = Place::fresh();
    let service = Service::start(&place, variables);
    let client = Client::new(service.address);
    for number in 0..count {
        let transfer = client.deposit(&Sip::with_files(&format!("GARDE-{number}"), 2).zip()).unwrap();
        client.wait_for(&transfer, &["taken_in_charge"]).unwrap();
    }
    place
}

fn object(place: &Place, site: &str) -> PathBuf {
    let location = &place.rows(&format!("select location from copy where site = '{site}' limit 1"))[0];
    place.folder().join("data/sites").join(site).join(location)
}

fn events(place: &Place, event_type: &str) -> usize {
    place
        .rows(&format!("select seq from event where event_type = '{event_type}' and object like 'archive:%'"))
        .len()
}

/// Waits until the query gives this.
fn wait_for(place: &Place, sql: &str, expected: &[&str]) {
    let began = Instant::now();
    loop {
        let found = place.rows(sql);
        if found == expected {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(60), "{sql}: {found:?}\n{}", place.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn a_crash_between_finding_and_mending_leaves_one_incident_and_one_repair() {
    // The worker mends by itself: nothing here lets it.
    let place = with_archives(1, &[]);
    let file = object(&place, "sud").join("v1/content/manifest.xml");
    fs::remove_file(&file).unwrap();
    let reading = ["check-page-read", "check-page-entered"];
    for point in reading {
        let (code, said) = place.run(&["audit"], &[("CHARTRIER_FAIL_KILL", point)]);
        assert_eq!(code, None, "killed at {point}: {said}");
        println!("{point:24} {} incident", events(&place, "INCIDENT"));
    }
    let (code, said) = place.run(&["audit", "--json"], &[]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains(r#""kind":"missing""#) && said.contains(r#""verdict":"faulty""#), "{said}");
    let open = "select state || ' ' || site from incident";
    assert_eq!((events(&place, "INCIDENT"), place.rows(open)), (1, vec!["open sud".to_owned()]));
    let asked = place.platform("select kind from technical.job where background and kind = 'repair_site'");
    assert_eq!(asked.len(), 1, "the repair was asked for with the incident");

    let points = ["repair-before-mending", "repair-mended", "repair-before-commit", "repair-after-commit"];
    for point in points {
        let (code, said) = place.run(&["repair", "--member", "essai"], &[("CHARTRIER_FAIL_KILL", point)]);
        // Found right when it was read again, and closed: the last points are passed no more.
        println!(
            "{point:24} {} {:?}",
            if code.is_none() { "killed" } else { "not reached" },
            place.rows(open)
        );
        assert!(code.is_none() || code == Some(0), "{said}");
    }
    assert_eq!(place.run(&["repair"], &[]).0, Some(0));
    assert_eq!(place.rows(open), ["repaired sud"]);
    assert_eq!((events(&place, "INCIDENT"), events(&place, "REPARATION")), (1, 1));
    assert!(file.exists());
    assert_eq!(place.run(&["audit", "--site", "sud"], &[]).0, Some(0));
    note_killed(&place, &reading, &[], &place.rows(open)[0]);
}

#[test]
fn each_point_of_a_repair_is_gone_through_after_a_crash() {
    for point in ["repair-before-mending", "repair-mended", "repair-before-commit", "repair-after-commit"] {
        let place = with_archives(1, &[]);
        let file = object(&place, "nord").join("v1/content/manifest.xml");
        fs::write(&file, "autre chose").unwrap();
        assert_eq!(place.run(&["audit"], &[]).0, Some(1));
        let (code, said) = place.run(&["repair"], &[("CHARTRIER_FAIL_KILL", point)]);
        assert_eq!(code, None, "{point}: {said}");
        let (code, said) = place.run(&["repair"], &[]);
        assert_eq!(code, Some(0), "{point}: {said}");
        assert_eq!(place.rows("select state from incident"), ["repaired"], "{point}");
        assert_eq!((events(&place, "INCIDENT"), events(&place, "REPARATION")), (1, 1), "{point}");
        note_killed(
            &place,
            &[point],
            &[],
            &place.rows(
                "select state || ' ' || coalesce('depuis ' || repaired_from, 'à la relecture') from incident",
            )[0],
        );
    }
}

#[test]
fn a_migration_killed_anywhere_ends_where_one_that_was_not_does() {
    let place = with_archives(3, &[SITES, ("CHARTRIER_WORKER_LEASE_SECONDS", "1")]);
    // The member's deposits went to all three: it begins with two.
    assert_eq!(place.rows("select site || ' ' || count(*) from copy group by site order by site").len(), 3);
    let points = ["migrate-switched", "migrate-destroyed", "migrate-withdrawn"];
    let (code, said) = place.run(&["sites", "retire", "--member", "essai", "ouest"], &[SITES]);
    assert_eq!(code, Some(0), "{said}");
    killed_at(&place, &points);
    wait_for(&place, "select state from media_migration", &["done"]);
    wait_for(
        &place,
        "select site || ' ' || count(*) from copy group by site order by site",
        &["nord 3", "sud 3"],
    );
    let left = fs::read_dir(place.folder().join("data/sites/ouest")).unwrap();
    let names = crate::storage::backend::names(&place.folder().join("data/sites/ouest"));
    assert!(left.count() > 0 && !names.iter().any(|name| name.ends_with("0=ocfl_object_1.1")), "{names:?}");

    let (code, said) = place.run(&["sites", "add", "--member", "essai", "ouest"], &[SITES]);
    assert_eq!(code, Some(0), "{said}");
    killed_at(&place, &["migrate-copied", "migrate-entered"]);
    wait_for(&place, "select state from media_migration order by asked_at", &["done", "done"]);
    let copies = "select site || ' ' || count(*) from copy group by site order by site";
    assert_eq!(place.rows(copies), ["nord 3", "ouest 3", "sud 3"]);
    assert_eq!(events(&place, "INCIDENT"), 0);
    note_killed(&place, &points, &[SITES], "nord 3, sud 3");
    note_killed(&place, &["migrate-copied", "migrate-entered"], &[SITES], &place.rows(copies).join(", "));
    let (code, said) = place.run(&["sites", "add", "--member", "essai", "ouest"], &[SITES]);
    assert_eq!((code, said.contains("garde déjà")), (Some(1), true), "{said}");
}

/// A service killed at each point in turn, then one that goes on.
fn killed_at(place: &Place, points: &[&str]) {
    for point in points {
        let mut service = Service::start(place, &[SITES, ("CHARTRIER_FAIL_KILL", point)]);
        assert!(service.has_died_within(Duration::from_secs(60)), "{point} was not reached: {}", place.log());
    }
    let service = Service::start(place, &[SITES]);
    wait_for(place, "select count(*) from media_migration where state <> 'done'", &["0"]);
    drop(service);
}

#[test]
fn canaries_killed_in_the_making_are_made_and_damaged_once() {
    let place = Place::fresh();
    let canaries = ("CHARTRIER_INTEGRITY_CANARIES", "2");
    let points = ["canary-placed", "canary-asked", "canary-damaged"];
    for point in points {
        // Killed before it answers: waiting for its door would fail.
        let (code, said) = place.run(
            &["work"],
            &[canaries, ("CHARTRIER_FAIL_KILL", point), ("CHARTRIER_METRICS_LISTEN", "127.0.0.1:0")],
        );
        assert_eq!(code, None, "{point}: {said}");
    }
    let service = Service::start(&place, &[canaries]);
    let began = Instant::now();
    let done = "select manner from platform.canary_damage where done_at is not null";
    while place.platform(done).is_empty() {
        assert!(began.elapsed() < Duration::from_secs(30), "{}", place.log());
        std::thread::sleep(Duration::from_millis(50));
    }
    drop(service);
    assert_eq!(place.platform("select count(*) from platform.canary_damage"), ["1"]);
    assert_eq!(place.platform("select count(*) from member where kind = 'temoins'"), ["1"]);
    // No member's copy is wrong.
    let damages = place.platform("select count(*) || ' témoin abîmé' from platform.canary_damage");
    note_killed(&place, &points, &[canaries], &damages[0]);
}
