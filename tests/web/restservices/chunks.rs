//! Pieces: one after the other, repeated, cut, many sessions at once.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use chartrier::model::TransferState;
use chrono::TimeDelta;

use super::{Door, PIECES, attachments_tar_gz, attachments_zip, field, file, form, told};

#[tokio::test]
async fn an_archive_in_pieces_is_the_transfer_it_would_have_been_whole() {
    let door = Door::open().await;
    for (n, piece) in [1, 7, 1_000, 1 << 20].into_iter().enumerate() {
        let mut sip = door.sip(&format!("MORCEAUX-{n}"));
        if piece < 1_000 {
            sip.files.truncate(1);
        }
        let archive = attachments_zip(&sip);
        // One byte at a time would be many requests: half a dozen of them, then the rest.
        let archive = if piece == 1 { archive[..].to_vec() } else { archive };
        let piece = if piece < 1_000 { archive.len().div_ceil(6 + n) } else { piece };
        let session = door.open_session(&sip).await;
        let last = door.send_pieces(&session, &archive, piece).await;
        assert!(last.json()["date_du_depot"].is_string(), "{last:?}");
    }
    door.work().await;
    let transfers = door.transfers().await;
    assert_eq!(transfers.len(), 4);
    assert!(transfers.iter().all(|transfer| transfer.state == TransferState::TakenInCharge), "{transfers:?}");
    door.end().await;
}

#[tokio::test]
async fn the_last_piece_may_come_again_and_no_other() {
    let door = Door::open().await;
    let sip = door.sip("REPETES");
    let archive = attachments_tar_gz(&sip);
    let third = archive.len().div_ceil(3);
    let pieces: Vec<&[u8]> = archive.chunks(third).collect();
    let session = door.open_session(&sip).await;
    assert_eq!(door.send_piece(&session, (1, 3), pieces[0]).await.status, 200);
    assert_eq!(door.send_piece(&session, (1, 3), pieces[0]).await.status, 200, "its answer was lost");
    let other = told(&door.send_piece(&session, (1, 3), pieces[1]).await);
    assert_eq!(other.0, 409, "{}", other.1);
    let gap = told(&door.send_piece(&session, (3, 3), pieces[2]).await);
    assert_eq!(gap, (409, "Morceau 3 reçu, morceau 2 attendu : recommencez le versement.".into()));
    assert_eq!(door.send_piece(&session, (2, 3), pieces[1]).await.status, 200);
    assert_eq!(told(&door.send_piece(&session, (1, 3), pieces[0]).await).0, 409, "long past");
    assert_eq!(told(&door.send_piece(&session, (3, 4), pieces[2]).await).0, 400, "of another number");
    for _ in 0..2 {
        assert_eq!(door.send_piece(&session, (3, 3), pieces[2]).await.status, 200, "the whole, twice");
    }
    assert_eq!(told(&door.send_piece(&session, (2, 3), pieces[1]).await).0, 409, "all are there");
    door.work().await;
    let transfers = door.transfers().await;
    assert_eq!((transfers.len(), transfers[0].state), (1, TransferState::TakenInCharge));
    let whole = [sip.manifest().as_bytes(), &archive].concat();
    assert_eq!(
        transfers[0].digest,
        chartrier::proof::digest::sha512(&whole),
        "as received: manifest, then archive"
    );
    door.end().await;
}

/// Sends the beginning of a form and hangs up.
fn hang_up(door: &Door, body: &[u8], kind: &str, sent: usize) {
    let mut stream = TcpStream::connect(door.address).unwrap();
    write!(
        stream,
        "POST {PIECES} HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\r\n",
        door.credentials(),
        body.len()
    )
    .unwrap();
    stream.write_all(&body[..sent]).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut answer = Vec::new();
    // The service may answer or hang up: neither is an acknowledgement.
    stream.read_to_end(&mut answer).ok();
    let answer = String::from_utf8_lossy(&answer);
    assert!(!answer.starts_with("HTTP/1.1 200"), "{answer}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_piece_that_is_cut_counts_for_nothing() {
    let door = Door::open().await;
    let sip = door.sip("COUPE");
    let archive = attachments_tar_gz(&sip);
    let half = archive.len() / 2;
    let session = door.open_session(&sip).await;
    assert_eq!(door.send_piece(&session, (1, 2), &archive[..half]).await.status, 200);
    let fields = [
        field("session_identifier", &session.identifier),
        field("security_identifier", &session.key),
        field("number_of_chunks", "2"),
        field("chunk_index", "2"),
        file("chunk_content", "archive_partab", "application/octet-stream", &archive[half..]),
    ];
    let (body, kind) = form(&fields);
    for sent in [body.len() - 3, body.len() - 40, body.len() - 100] {
        hang_up(&door, &body, &kind, sent);
    }
    assert!(door.transfers().await.is_empty());
    assert_eq!(door.send_piece(&session, (2, 2), &archive[half..]).await.status, 200);
    door.work().await;
    assert_eq!(door.transfers().await[0].state, TransferState::TakenInCharge);
    door.end().await;
}

#[tokio::test]
async fn a_session_left_alone_expires_and_is_told_in_the_journal() {
    let door = Door::open().await;
    let sip = door.sip("EXPIRE");
    let session = door.open_session(&sip).await;
    assert_eq!(door.send_piece(&session, (1, 2), b"abc").await.status, 200);
    door.tenant.clock.advance(TimeDelta::hours(25));
    assert_eq!(told(&door.send_piece(&session, (2, 2), b"def").await).0, 404);
    assert_eq!(door.ingest.expire_uploads(door.tenant.tenant).await.unwrap(), 1);
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let entry: String = sqlx::query_scalar(
        "select entry from event where object = 'transfer:' || $1 and event_type = 'REJET'",
    )
    .bind(&session.identifier)
    .fetch_one(tx.conn())
    .await
    .unwrap();
    assert!(entry.contains("inachevé") && entry.contains("\"3\""), "{entry}");
    drop(tx);
    let again = door.open_session(&sip).await;
    door.send_pieces(&again, &attachments_tar_gz(&sip), 5_000).await;
    door.work().await;
    assert_eq!(door.transfers().await[0].state, TransferState::TakenInCharge);
    door.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_at_once_do_not_mix() {
    let door = Door::open().await;
    let sips: Vec<_> = (0..12).map(|n| door.sip(&format!("ENSEMBLE-{n}"))).collect();
    let sendings = sips.iter().map(|sip| async {
        let session = door.open_session(sip).await;
        let archive = attachments_tar_gz(sip);
        door.send_pieces(&session, &archive, archive.len().div_ceil(5)).await;
    });
    futures_util::future::join_all(sendings).await;
    door.work().await;
    let transfers = door.transfers().await;
    assert_eq!(transfers.len(), 12);
    assert!(transfers.iter().all(|transfer| transfer.state == TransferState::TakenInCharge));
    door.end().await;
}
