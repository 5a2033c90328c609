//! The format of each object, named by the one reading: in the record, the catalogue, PREMIS and the report of checks.

use std::io::{Cursor, Read, Write};

use chartrier::model::{Transfer, TransferState};
use chartrier::package::accession::Accession;
use chartrier::package::checks::Checks;

use super::Desk;
use crate::support::sip::Sip;
use crate::support::vault;

/// A file of an archive of ours, as it is stored.
fn stored(desk: &Desk, transfer: &Transfer, path: &str) -> Vec<u8> {
    let store = vault::storage().tenant(desk.tenant.tenant);
    let mut bytes = Vec::new();
    store.read(transfer.archive_id.unwrap(), path).unwrap().read_to_end(&mut bytes).unwrap();
    bytes
}

/// What the catalogue says of each file of an archive: name, PUID, name of the format, version, basis, signatures.
async fn rows(desk: &Desk, transfer: &Transfer) -> Vec<(String, String, String, String, String, String)> {
    let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
    sqlx::query_as(
        "select file_name, coalesce(puid, '-'), coalesce(format_name, '-'), coalesce(format_version, '-'),
                coalesce(format_basis, '-'), coalesce(format_signatures, '-')
         from binary_object where archive_id = $1 order by seda_id",
    )
    .bind(transfer.archive_id.unwrap().0)
    .fetch_all(tx.conn())
    .await
    .unwrap()
}

/// An OpenDocument text, with so many bytes that do not compress beside it.
fn opendocument(bulk: usize) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let plain = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("mimetype", plain).unwrap();
    zip.write_all(b"application/vnd.oasis.opendocument.text").unwrap();
    zip.start_file("image.bin", plain).unwrap();
    zip.write_all(&noise(bulk)).unwrap();
    zip.start_file("content.xml", plain).unwrap();
    zip.write_all(
        b"<?xml version=\"1.0\"?><office:document-content xmlns:office=\
          \"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" office:version=\"1.2\"/>",
    )
    .unwrap();
    zip.finish().unwrap().into_inner()
}

/// Bytes that nothing names.
fn noise(size: usize) -> Vec<u8> {
    (0..size as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn with_files(desk: &Desk, identifier: &str, files: Vec<(&str, Vec<u8>)>) -> Sip {
    let mut sip = desk.sip(identifier);
    sip.files = files.into_iter().map(|(name, bytes)| (format!("content/{name}"), bytes)).collect();
    sip
}

#[tokio::test]
async fn each_object_is_named_by_its_container_its_bytes_or_its_name() {
    let desk = Desk::open().await;
    let files = vec![
        ("acte.pdf", b"%PDF-1.4\n%%EOF\n".to_vec()),
        // Longer than the windows: its inside is told by the same reading.
        ("rapport.odt", opendocument(3 << 20)),
        ("note.odt", opendocument(10)),
        ("tableau.csv", "nom;âge\nAnne;41\n".as_bytes().to_vec()),
        ("inconnu", noise(4_000)),
    ];
    let transfer = desk.deposit(with_files(&desk, "FORMATS", files).zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    let rows = rows(&desk, &transfer).await;
    let said: Vec<(&str, &str, &str, &str)> = rows
        .iter()
        .map(|(file, puid, _, version, basis, _)| {
            (file.as_str(), puid.as_str(), version.as_str(), basis.as_str())
        })
        .collect();
    assert_eq!(
        said,
        [
            ("acte.pdf", "fmt/18", "1.4", "signature"),
            ("rapport.odt", "fmt/291", "1.2", "container"),
            ("note.odt", "fmt/291", "1.2", "container"),
            ("tableau.csv", "x-fmt/18", "", "extension"),
            ("inconnu", "-", "-", "none"),
        ]
    );
    assert!(rows.iter().all(|row| row.5 == "intégrée"), "{rows:?}");

    let record = stored(&desk, &transfer, "v1/content/metadata/accession.json");
    let record = Accession::from_json(std::str::from_utf8(&record).unwrap()).unwrap();
    assert_eq!((record.form, record.format_signatures.as_deref()), (3, Some("intégrée")));
    let puids: Vec<&str> = record.formats.iter().map(|format| format.puid.as_str()).collect();
    assert_eq!(puids, ["fmt/18", "fmt/291", "x-fmt/18"], "each once");
    let of = |object: usize| record.format_of(&record.objects[object]).map(|format| format.puid.as_str());
    assert_eq!((of(2), of(3), of(4)), (Some("fmt/291"), Some("x-fmt/18"), None));
    let found = |object: usize| {
        (record.objects[object].puid.as_deref(), record.objects[object].format_basis.as_deref())
    };
    assert_eq!(found(1), (Some("fmt/291"), Some("container")));
    assert_eq!(found(4), (None, Some("none")));

    let checks = Checks::from_json(&stored(&desk, &transfer, "v1/content/metadata/checks.json")).unwrap();
    assert_eq!(checks.format_signatures.as_deref(), Some("intégrée"));
    let premis = String::from_utf8(stored(&desk, &transfer, "v1/content/metadata/premis.xml")).unwrap();
    assert_eq!(premis.matches("<formatRegistryKey>fmt/291</formatRegistryKey>").count(), 2, "{premis}");
    assert!(premis.contains("5 objects, by the PRONOM signatures of version intégrée"), "{premis}");
    assert!(premis.contains("2 fmt/291"), "{premis}");
    desk.end().await;
}

#[tokio::test]
async fn contents_that_travel_in_the_message_are_named_too() {
    let desk = Desk::open().await;
    let mut sip = with_files(&desk, "DEDANS", vec![("acte.pdf", b"%PDF-1.7\n%%EOF\n".to_vec())]);
    sip.files.push(("content/tableau.csv".into(), b"a,b\n1,2\n".to_vec()));
    sip.inline = true;
    let transfer = desk.deposit(sip.zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    let rows = rows(&desk, &transfer).await;
    assert_eq!((rows[0].1.as_str(), rows[0].4.as_str()), ("fmt/276", "signature"));
    assert_eq!((rows[1].1.as_str(), rows[1].4.as_str()), ("x-fmt/18", "extension"), "by the name declared");
    desk.end().await;
}
