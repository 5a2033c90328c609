//! Varied transfers, the database lost, the catalogue rebuilt from one site alone, and compared table by table.

use std::path::{Path, PathBuf};

use chartrier::billing::{Year, closing, import};
use chartrier::catalog::question::Understood;
use chartrier::clock::{self, Clock};
use chartrier::model::{PersonId, TenantId, TransferState};
use chartrier::package::ocfl;
use chartrier::recovery::{Asked, Error, Told};
use chartrier::usage;
use chrono::{Datelike, Days, TimeDelta};

use super::{Instance, TITLE, asked, compare, in_2_2, zipped};
use crate::ingest::older;
use crate::support::sip::Sip;

/// Under a second root, a unit that stands in two places.
const SHARED: &str = "<ArchiveUnit id=\"DOSSIER\"><Content><DescriptionLevel>File</DescriptionLevel>\
     <Title>Pièces communes</Title></Content><ArchiveUnit id=\"LIEN\"><ArchiveUnitRefId>AU0</ArchiveUnitRefId>\
     </ArchiveUnit></ArchiveUnit>";

/// Everything that a transfer may be, for one member.
async fn deposit_everything(origin: &Instance, code: &str) {
    let sip = |name: &str| Sip::with_files(&format!("{code}-{name}"), 3);
    let with_profile = Sip { profile: Some("DELIB".into()), title: TITLE.into(), ..sip("PROFIL") };
    let shared = Sip { units: SHARED.into(), ..sip("DEUX-PARENTS") };
    let inline = Sip { inline: true, ..sip("DANS-LE-BORDEREAU") };
    let file: &[(&str, &[u8])] = &[("acte.pdf", older::PDF)];
    let mut taken = vec![
        sip("ZIP").zip(),
        sip("TAR").tar_gz(),
        in_2_2(&sip("2-2")),
        with_profile.zip(),
        shared.zip(),
        inline.zip(),
        zipped(&older::v0_2(&format!("{code}-0-2"), older::PDF), file),
        zipped(&older::v1_0(&format!("{code}-1-0"), older::PDF), file),
    ];
    // Refused, then sent again under the same identifier: a second attempt.
    let refused = Sip { first_digest: Some("0".repeat(128)), ..sip("DEUX-FOIS") };
    assert_eq!(origin.deposit(code, refused.zip()).await.state, TransferState::Refused);
    taken.push(sip("DEUX-FOIS").zip());
    for bytes in taken {
        let transfer = origin.deposit(code, bytes).await;
        assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    }
    let awaiting = Sip { agreement: "ACCORD-ARCHIVISTE".into(), ..sip("ARCHIVISTE") };
    let transfer = origin.deposit(code, awaiting.zip()).await;
    assert_eq!(transfer.state, TransferState::Examined, "{:?}", transfer.findings);
    origin.approve(code, transfer.transfer_id).await;
    // Tomorrow's first pass: today is measured.
    let tomorrow =
        Clock::standing_at(clock::midnight(origin.clock.today() + Days::new(1)) + TimeDelta::hours(8));
    assert_eq!(usage::measure(&origin.db, &tomorrow, TenantId::of_member(code)).await.unwrap(), 1);
}

/// What the year before cost is shared, and each member has its statement.
async fn last_year_is_billed(origin: &Instance) {
    let _one = crate::billing::CLOSING.lock().await;
    let [prepares, validates] = [1, 2].map(|id| PersonId(uuid::Uuid::from_u128(id)));
    let year = Year {
        year: origin.clock.today().year() - 1,
        coefficients: std::collections::BTreeMap::new(),
        prepared_by: prepares,
        prepared_at: origin.clock.now(),
        items: import::items("poste;libellé;catégorie;réalisé;clés\nI1;Hébergement;INFRA;100,01;EGAL\n")
            .unwrap(),
        credits: Vec::new(),
        caps: Vec::new(),
        options: Default::default(),
    };
    closing::prepare(&origin.db, &year).await.unwrap();
    assert_eq!(closing::close(&origin.db, &origin.clock, year.year, validates, "").await.unwrap(), Ok(1));
}

/// Texts of the units that a question finds, in the order in which they are shown.
async fn found(instance: &Instance, code: &str, question: &str) -> Vec<String> {
    let mut tx = instance.db.read(TenantId::of_member(code)).await.unwrap();
    sqlx::query_scalar(
        "select s.unit_id || ' ' || u.title from search_units($1, null, null, 1000) s join unit u using (unit_id)
         order by s.sorted_at desc, s.unit_id desc",
    )
    .bind(serde_json::to_value(Understood::read(question)).unwrap())
    .fetch_all(tx.conn())
    .await
    .unwrap()
}

#[tokio::test]
async fn the_catalogue_rebuilt_from_one_site_alone_is_the_one_that_was_lost() {
    let folder = tempfile::tempdir().unwrap();
    let origin = Instance::in_folder("rebuild_origin", folder.path()).await;
    let members = ["amont", "aval"];
    origin.apply(&members).await;
    last_year_is_billed(&origin).await;
    for code in members {
        deposit_everything(&origin, code).await;
        origin.recovery.copy_journal(TenantId::of_member(code)).await.unwrap();
    }
    // Only one site is left, beside a new one that is empty, and an empty quarantine.
    let (nord, est) = (folder.path().join("nord"), folder.path().join("est"));
    let quarantine = folder.path().join("quarantine-neuve");
    let again = Instance::open("rebuild_again", &[("nord", &nord), ("est", &est)], &quarantine).await;
    let on_site = again.recovery.members_on("nord").await.unwrap();
    assert_eq!(on_site.len(), members.len());
    for code in members {
        let rebuilt = again.rebuild(code, "nord").await;
        println!("{rebuilt:?}");
        assert_eq!((rebuilt.objects, rebuilt.entered), (10, 10), "{rebuilt:?}");
        assert_eq!((rebuilt.unconfirmed, rebuilt.faulty, rebuilt.conflicts), (0, 0, 0));
        // The other site of the origin is not there any more: its copies are not in the catalogue.
        let copies = "delete from copy where site = 'sud'";
        sqlx::query(copies).execute(&mut origin.superuser().await).await.unwrap();
        let same = compare(&origin, &again, code).await;
        assert!(same > 200, "{same} rows compared");
        assert!(again.verify_journal(code).await > origin.verify_journal(code).await, "it goes on");
        for question in ["délibération", "pièce", "acte", "PROFIL", "commune", "absent"] {
            assert_eq!(
                found(&again, code, question).await,
                found(&origin, code, question).await,
                "{question}"
            );
        }
        assert!(!found(&again, code, "pièce").await.is_empty());
    }
    accounts_come_back(&origin, &again, &members).await;
    numbers_go_on(&origin, &again).await;
    // Nothing is done twice.
    let second = again.rebuild("amont", "nord").await;
    assert_eq!((second.entered, second.known), (0, 11), "{second:?}");
}

/// The next archive of each has the number after the highest.
async fn numbers_go_on(origin: &Instance, again: &Instance) {
    let (mut cotes, mut attested) = (Vec::new(), Vec::new());
    for instance in [origin, again] {
        let transfer = instance.deposit("amont", Sip::with_files("SUIVANT", 1).zip()).await;
        assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
        let query = format!("select cote from archive where archive_id = '{}'", transfer.archive_id.unwrap());
        cotes.extend(instance.texts(&query).await);
        let query = format!(
            "select number from attestation where transfer_id = '{}' order by kind",
            transfer.transfer_id
        );
        attested.push(instance.texts(&query).await);
    }
    assert_eq!(attested[0], attested[1], "the journal alone knows the numbers of attestations");
    assert!(attested[1].len() == 2 && attested[1][0].ends_with("-000011"), "{attested:?}");
    assert_eq!(cotes[0], cotes[1]);
    assert!(cotes[0].ends_with("-000011"), "{cotes:?}");
}

/// Applying the members' files after a rebuild gives accounts the identifiers they had.
async fn accounts_come_back(origin: &Instance, again: &Instance, members: &[&str]) {
    again.apply(members).await;
    let query = "select client_id || ' ' || machine_id from machine
                 union all select login || ' ' || person_id from platform.person
                 union all select concat_ws(' ', tenant_id, person_id, role) from assignment
                 union all select concat_ws(' ', tenant_id, machine_id, agreement_id) from machine_agreement
                 order by 1";
    let accounts = origin.texts(query).await;
    assert_eq!(accounts.len(), 9, "{accounts:?}");
    assert_eq!(again.texts(query).await, accounts);
}

/// Folder of an archive on a site.
fn object(site: &Path, code: &str, archive: uuid::Uuid) -> PathBuf {
    let tenant = TenantId::of_member(code).to_string();
    site.join(tenant).join(ocfl::object_folder(&ocfl::object_id(archive)))
}

/// What is wrong with each archive, the first apart.
const WRONGS: [&str; 7] =
    ["JUSTE", "OBJET", "INVENTAIRE", "ENREGISTREMENT", "SANS-MARQUE", "JOURNAL-SEUL", "MARQUE-FAUSSE"];

#[tokio::test]
async fn what_was_not_confirmed_or_is_damaged_is_listed_and_not_entered() {
    let folder = tempfile::tempdir().unwrap();
    let origin = Instance::in_folder("rebuild_wrong_origin", folder.path()).await;
    origin.apply(&["village"]).await;
    let mut archives = Vec::new();
    for name in WRONGS {
        if name == "SANS-MARQUE" {
            origin.recovery.copy_journal(TenantId::of_member("village")).await.unwrap();
        }
        let transfer = origin.deposit("village", Sip::with_files(name, 2).zip()).await;
        archives.push(transfer.archive_id.unwrap().0);
    }
    let nord = folder.path().join("nord");
    let place = |number: usize| object(&nord, "village", archives[number]);
    damage(&place(1).join("v1/content/objects/000001.pdf"));
    damage(&place(2).join("inventory.json"));
    damage(&place(3).join("v1/content/metadata/accession.json"));
    std::fs::remove_file(place(4).join("logs/confirmed")).unwrap();
    // Its taking in charge was copied before its marker was lost.
    std::fs::remove_file(place(0).join("logs/confirmed")).unwrap();
    std::fs::copy(place(5).join("logs/confirmed"), place(6).join("logs/other")).unwrap();
    std::fs::rename(place(6).join("logs/other"), place(6).join("logs/confirmed")).unwrap();

    let (est, quarantine) = (folder.path().join("est"), folder.path().join("quarantine-neuve"));
    let again = Instance::open("rebuild_wrong", &[("nord", &nord), ("est", &est)], &quarantine).await;
    let mut told = Vec::new();
    let tenant = TenantId::of_member("village");
    let mut tell = |said: Told<'_>| {
        if let Told::LeftOut(left) = said {
            told.push((left.archive.0, left.reason, left.detail.clone()));
        }
    };
    let rebuilt = again.recovery.rebuild(&asked("nord"), tenant, &mut tell).await.unwrap();
    println!("{told:#?}");
    let fate =
        |number: usize| told.iter().find(|(archive, ..)| *archive == archives[number]).map(|left| left.1);
    let fates: Vec<_> = (0..7).map(fate).collect();
    let faulty = Some("faulty");
    let unconfirmed = Some("unconfirmed");
    assert_eq!(fates, [None, faulty, faulty, faulty, unconfirmed, None, unconfirmed]);
    assert_eq!((rebuilt.entered, rebuilt.faulty, rebuilt.unconfirmed), (2, 3, 2), "{rebuilt:?}");
    assert_eq!(again.count("select count(*) from archive").await, 2);
    assert_eq!(again.count("select count(*) from left_out where reason = 'unconfirmed'").await, 2);
    assert_eq!(again.count("select count(*) from left_out where reason = 'faulty'").await, 3);
    again.verify_journal("village").await;
    // The number of what was left out is not given again.
    let last = again.count("select last from numbering where kind = 'cote'").await;
    assert_eq!(last, 7);

    // Read in haste, what the catalogue is made of is compared all the same; the object's byte is the audit's.
    let hasty =
        Instance::open("rebuild_hasty", &[("nord", &nord), ("est", &est)], &folder.path().join("q2")).await;
    let quick = Asked { whole: false, ..asked("nord") };
    let rebuilt = hasty.recovery.rebuild(&quick, tenant, &mut |_| ()).await.unwrap();
    assert_eq!((rebuilt.entered, rebuilt.faulty, rebuilt.unconfirmed), (3, 2, 2), "{rebuilt:?}");

    // The other site has them whole: they are entered from there, and leave the list.
    let sud = folder.path().join("sud");
    let both =
        Instance::open("rebuild_wrong_both", &[("nord", &nord), ("sud", &sud)], &folder.path().join("q3"))
            .await;
    let from_nord = both.rebuild("village", "nord").await;
    // The marker of the other site is as good.
    assert_eq!((from_nord.entered, from_nord.faulty, from_nord.unconfirmed), (4, 3, 0), "{from_nord:?}");
    let from_sud = both.rebuild("village", "sud").await;
    assert_eq!((from_sud.entered, from_sud.known, from_sud.unconfirmed), (3, 4, 0), "{from_sud:?}");
    assert_eq!(both.count("select count(*) from left_out").await, 0);
    // Copies that stand on the first site too are noted where both say the same.
    assert_eq!(both.count("select count(*) from copy where site = 'sud'").await, 7);
}

fn damage(file: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mut bytes = std::fs::read(file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::write(file, bytes).unwrap();
}

#[tokio::test]
async fn a_site_without_a_copy_of_register_and_journal_gives_stubs_that_the_files_complete() {
    let folder = tempfile::tempdir().unwrap();
    let origin = Instance::in_folder("rebuild_bare_origin", folder.path()).await;
    origin.apply(&["hameau"]).await;
    origin.deposit("hameau", Sip::with_files("NU", 2).zip()).await;
    let (nord, est) = (folder.path().join("nord"), folder.path().join("est"));
    let quarantine = folder.path().join("quarantine-neuve");
    let again = Instance::open("rebuild_bare", &[("nord", &nord), ("est", &est)], &quarantine).await;
    let rebuilt = again.rebuild("hameau", "nord").await;
    assert_eq!((rebuilt.entered, rebuilt.journal_entries), (1, 0));
    assert_eq!(again.texts("select name from member").await, ["hameau"]);
    assert_eq!(again.texts("select state from agreement").await, ["suspended"]);
    again.apply(&["hameau"]).await;
    assert_eq!(again.texts("select name from member").await, ["Commune de hameau"]);
    assert_eq!(again.count("select count(*) from agreement where state = 'active'").await, 2);
    let query = "select agreement_id::text from archive";
    assert_eq!(again.texts(query).await, origin.texts(query).await, "under the same identifier");
    let transfer = again.deposit("hameau", Sip::with_files("SUITE", 1).zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    again.verify_journal("hameau").await;

    // A folder of which nothing tells whose it is.
    let stray = uuid::Uuid::new_v4().to_string();
    std::fs::create_dir(nord.join(&stray)).unwrap();
    let members = again.recovery.members_on("nord").await.unwrap();
    let stray = members.into_iter().find(|member| member.to_string() == stray).unwrap();
    let refused = again.recovery.rebuild(&asked("nord"), stray, &mut |_| ()).await.unwrap_err();
    assert!(matches!(refused, Error::WhoseIsIt(_)), "{refused}");
}

#[tokio::test]
async fn transfers_that_waited_in_quarantine_are_taken_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let origin = Instance::in_folder("rebuild_waiting_origin", folder.path()).await;
    origin.apply(&["port"]).await;
    let taken = origin.deposit("port", Sip::with_files("PRIS", 1).zip()).await;
    let waiting = origin.receive("port", Sip::with_files("ATTEND", 1).zip()).await;
    let refused = Sip { first_digest: Some("0".repeat(128)), ..Sip::with_files("REFUSE", 1) };
    let refused = origin.deposit("port", refused.zip()).await;
    origin.recovery.copy_journal(TenantId::of_member("port")).await.unwrap();
    // Received after the journal was last copied.
    let late = origin.receive("port", Sip::with_files("TARD", 1).zip()).await;
    let before = origin.transfer("port", waiting).await;

    // The disk of the database alone is lost.
    let again = Instance::in_folder("rebuild_waiting", folder.path()).await;
    let rebuilt = again.rebuild("port", "sud").await;
    assert_eq!((rebuilt.entered, rebuilt.resumed, rebuilt.unexplained), (1, 2, 0), "{rebuilt:?}");
    again.apply(&["port"]).await;
    let after = again.transfer("port", waiting).await;
    // The journal dates the commit of what came just before.
    let apart = after.received_at - before.received_at;
    assert!(apart.num_seconds() < 5 && after.state == TransferState::Received, "{apart}");
    assert_eq!((after.machine_id, after.digest), (before.machine_id, before.digest));
    assert_eq!(again.count("select count(*) from technical.job where kind = 'ingest'").await, 2);
    for id in [waiting, late] {
        again.ingest.advance(TenantId::of_member("port"), id).await.unwrap();
        assert_eq!(again.transfer("port", id).await.state, TransferState::TakenInCharge);
    }
    let known = format!("select count(*) from transfer where transfer_id = '{}'", refused.transfer_id);
    assert_eq!(again.count(&known).await, 0, "the journal alone keeps the trace of a refusal");
    assert_eq!(again.transfer("port", taken.transfer_id).await.state, TransferState::TakenInCharge);
}
