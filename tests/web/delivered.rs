//! A branch to download: a package whose message the standard's own rules accept, with the files it declares, and no other.

use std::io::{Cursor, Read};

use chartrier::access::delivery::{Bounds, Planned};
use chartrier::access::{Access, Reader};
use chartrier::identity::MachineCaller;
use chartrier::ingest::validate::validate_bare;
use chartrier::model::{Limits, Role, UnitId};
use chartrier::seda::{Options, Scratch};
use sha2::{Digest, Sha512};

use super::{Door, get};
use crate::support::vault;

/// One unit of the branch is closed for fifty years, with its file and what stands under it too; the rest is open.
const CLOSED: &str = "<ArchiveUnit id=\"CLOS\"><Management><AccessRule><Rule>AR048</Rule><StartDate>2026-06-30</StartDate>\
    </AccessRule></Management><Content><DescriptionLevel>Item</DescriptionLevel><Title>Fermé &amp; gardé</Title></Content>\
    <ArchiveUnit id=\"AILLEURS\"><ArchiveUnitRefId>AU1</ArchiveUnitRefId></ArchiveUnit>\
    <DataObjectReference><DataObjectReferenceId>BDO2</DataObjectReferenceId></DataObjectReference></ArchiveUnit>";
const OPEN: &str = "<Management><AppraisalRule><Rule>P10Y</Rule><StartDate>2026-06-30</StartDate>\
    <FinalAction>Keep</FinalAction></AppraisalRule><AccessRule><Rule>AR038</Rule></AccessRule></Management>";

async fn held(door: &Door) -> String {
    let mut sip = door.sip("DIP");
    sip.management = OPEN.into();
    sip.units = CLOSED.into();
    sip.files[0].0 = "content/pièce « une ».pdf".into();
    let taken = door.deposit(sip.zip()).await;
    assert!(taken.archive_id.is_some(), "{:?}", taken.findings);
    let units = door.json("/api/v1/units?root=true").await;
    units["items"][0]["unit_id"].as_str().unwrap().to_owned()
}

/// The message and the files of a package.
fn opened(zip: Vec<u8>) -> (String, Vec<(String, Vec<u8>)>) {
    let mut zip = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let (mut manifest, mut files) = (String::new(), Vec::new());
    for number in 0..zip.len() {
        let mut entry = zip.by_index(number).unwrap();
        let (name, mut bytes) = (entry.name().unwrap().into_owned(), Vec::new());
        entry.read_to_end(&mut bytes).unwrap();
        match name.as_str() {
            "manifest.xml" => manifest = String::from_utf8(bytes).unwrap(),
            _ => files.push((name, bytes)),
        }
    }
    let options = Options { any_message: true, ..Options::default() };
    let reading =
        validate_bare(manifest.as_bytes(), &Limits::default(), &Scratch::memory(), options).unwrap();
    let errors: Vec<_> = reading.findings.iter().filter(|finding| finding.is_error()).collect();
    assert!(errors.is_empty(), "{errors:?}\n{manifest}");
    for (name, bytes) in &files {
        assert!(manifest.contains(&format!("<Uri>{name}</Uri>")), "{name}\n{manifest}");
        assert!(manifest.contains(&hex::encode(Sha512::digest(bytes))), "{name}");
    }
    assert_eq!(manifest.matches("<Uri>").count(), files.len(), "{manifest}");
    (manifest, files)
}

#[tokio::test]
async fn a_branch_is_given_with_the_files_that_open_and_each_is_journaled() {
    let door = Door::open().await;
    let unit = held(&door).await;
    let address = format!("/archives/unites/{unit}/communication");
    for (role, files) in [(Role::Archivist, 3), (Role::Reader, 1)] {
        let before = door.consultations().await;
        let (cookie, _) = door.log_in(role).await;
        let answer = door.send(get(&address).cookie(&cookie)).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/zip"), "{role:?}");
        assert!(answer.header("content-disposition").contains("communication-"));
        let (manifest, given) = opened(answer.body);
        assert_eq!(given.len(), files, "{role:?}");
        assert!(given.iter().all(|(name, _)| name.is_ascii()), "{given:?}");
        assert!(manifest.contains("<ArchiveDeliveryRequestReply") && manifest.contains("Fermé &amp; gardé"));
        assert!(manifest.contains("<ArchiveUnitRefId>"), "what stands in two places is written once");
        assert!(manifest.contains(&format!("<UnitIdentifier>{unit}</UnitIdentifier>")));
        assert_eq!(door.consultations().await - before, files as i64, "one for each file");
    }
    some_of_it(&door, &address).await;
    door.end().await;
}

async fn some_of_it(door: &Door, address: &str) {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let files: Vec<uuid::Uuid> = sqlx::query_scalar("select object_id from binary_object order by seda_id")
        .fetch_all(tx.conn())
        .await
        .unwrap();
    drop(tx);
    let (cookie, _) = door.log_in(Role::Reader).await;
    let answer = door.send(get(&format!("{address}?fichier={}", files[0])).cookie(&cookie)).await;
    let (manifest, given) = opened(answer.body);
    assert_eq!(
        (given.len(), manifest.matches("<ArchiveUnit ").count()),
        (1, 2),
        "the way down to it\n{manifest}"
    );
    // The closed one, one of nobody, and what is no identifier.
    for (asked, status) in
        [(files[2].to_string(), 404), (uuid::Uuid::now_v7().to_string(), 404), ("x".into(), 400)]
    {
        let answer = door.send(get(&format!("{address}?fichier={asked}")).cookie(&cookie)).await;
        assert_eq!(answer.status, status, "{asked}");
    }
}

#[tokio::test]
async fn more_than_a_package_may_hold_is_refused_and_nothing_is_consulted() {
    let door = Door::open().await;
    let unit = UnitId(held(&door).await.parse().unwrap());
    let access = Access::new(door.tenant.db.clone(), vault::storage(), door.tenant.clock.clone());
    let reader = Reader::machine(&MachineCaller {
        tenant: door.tenant.tenant,
        machine_id: door.tenant.machine,
        name: String::new(),
        agreements: vec![door.tenant.agreement.clone()],
    });
    let enough = Bounds { units: 5, files: 3, bytes: 1 << 20 };
    for (bounds, fits) in [
        (enough, true),
        (Bounds { units: 4, ..enough }, false),
        (Bounds { files: 2, ..enough }, false),
        (Bounds { bytes: 10, ..enough }, false),
    ] {
        let planned = access.plan_delivery(&reader, unit, &[], bounds).await.unwrap();
        assert_eq!(matches!(planned, Some(Planned::Given(_))), fits, "{bounds:?}");
        assert!(planned.is_some());
    }
    assert_eq!(door.consultations().await, 0);
    door.end().await;
}
