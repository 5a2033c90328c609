//! Three client behaviours, each from deposit to accepted reply, refused reply, pending, unknown, retry after a failed piece,
//! same identifier with other content.

use chartrier::model::TransferState;

use super::{
    Alphabet, Answer, DEPOSIT, Door, PASSWORD, Part, Sip, attachments_tar_gz, attachments_zip, basic, field,
    file, get, told,
};

/// How a client asks.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Client {
    /// Named parameters, tar.gz, pieces, standard Basic.
    Php,
    /// Query string, zip, URL-safe Basic.
    Java,
    /// `reply` part without quotes, encoded names, zip.
    CSharp,
}

impl Client {
    fn credentials(self, door: &Door) -> String {
        let alphabet = if self == Client::Java { Alphabet::UrlSafeUnpadded } else { Alphabet::Standard };
        basic(&door.tenant.client_id, PASSWORD, alphabet)
    }

    async fn deposit(self, door: &Door, sip: &Sip) -> Answer {
        let manifest = sip.manifest();
        let manifest = manifest.as_bytes();
        let parts: Vec<Part<'_>> = match self {
            Client::Php => {
                let answer = door.open_session_answer(sip).await;
                if answer.status != 200 {
                    return answer;
                }
                let said = answer.json();
                let session = super::Session {
                    identifier: said["chunk_session_identifier"].as_str().unwrap().into(),
                    key: said["chunk_security_identifier"].as_str().unwrap().into(),
                };
                let archive = attachments_tar_gz(sip);
                let pieces: Vec<&[u8]> = archive.chunks(archive.len().div_ceil(3)).collect();
                let mut last = answer;
                for (at, piece) in pieces.iter().enumerate() {
                    last = door.send_piece(&session, (at + 1, pieces.len()), piece).await;
                    if last.status != 200 {
                        return last;
                    }
                }
                return last;
            }
            Client::Java => vec![
                file("attachments", "mandat-et-ar-1.zip", "application/octet-stream", &attachments_zip(sip)),
                file("seda_message", "bordereau du mois.xml", "text/xml", manifest),
            ],
            Client::CSharp => vec![
                file("seda_message", "bordereau%20d%C3%A9lib%C3%A9ration.xml", "text/xml", manifest),
                file("attachments", "pieces.zip", "application/x-zip-compressed", &attachments_zip(sip)),
                Part {
                    disposition: "; name=reply".into(),
                    kind: None,
                    bytes: b"MAIL:bus@collectivite.fr".to_vec(),
                },
            ],
        };
        door.send_form_as(&self.credentials(door), DEPOSIT, &parts).await
    }

    async fn ask(self, door: &Door, message: &str, sip: &Sip) -> Answer {
        if self == Client::Php {
            return door.ask_for(message, &sip.transferring_agency, &sip.message_identifier).await;
        }
        let encoded = |text: &str| super::urlencode(text);
        let path = format!(
            "{DEPOSIT}?originOrganizationIdentification={}&message={message}&originMessageIdentifier={}&sequence=ArchiveTransfer",
            encoded(&sip.transferring_agency),
            encoded(&sip.message_identifier)
        );
        door.send(get(&path).header("authorization", self.credentials(door))).await
    }
}

async fn story(client: Client) {
    let door = Door::open().await;
    // Accepted.
    let sip = door.sip(&format!("{client:?}/é 1@2026-11-15T12:53:22.0000194Z"));
    assert_eq!(told(&client.ask(&door, "Acknowledgement", &sip).await).0, 500, "unknown");
    let answer = client.deposit(&door, &sip).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(super::is_true_for_php(&answer), "{answer:?}");
    let acknowledged = client.ask(&door, "Acknowledgement", &sip).await.text();
    assert_eq!(
        super::texts(&acknowledged, &["MessageReceivedIdentifier"]),
        [sip.message_identifier.as_str()]
    );
    let pending = told(&client.ask(&door, "ArchiveTransferReply", &sip).await);
    assert_eq!(pending, (500, "Transfert en cours de traitement".into()));
    door.work().await;
    let reply = client.ask(&door, "ArchiveTransferReply", &sip).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    assert_eq!(super::texts(&reply.text(), &["ReplyCode"]), ["000"]);

    // The same again: the same transfer; other content under its identifier: a clear text.
    assert_eq!(client.deposit(&door, &sip).await.status, 200);
    let mut other = sip.clone();
    other.files[0].1.extend(b"% autre");
    let (status, sentence) = told(&client.deposit(&door, &other).await);
    assert_eq!(status, 409, "{sentence}");
    assert!(sentence.contains("autre contenu"), "{sentence}");

    // Refused, then put right under the same identifier.
    let right = door.sip(&format!("{client:?}-2"));
    let mut wrong = right.clone();
    wrong.first_digest = Some("0".repeat(128));
    assert_eq!(client.deposit(&door, &wrong).await.status, 200);
    door.work().await;
    let refused = client.ask(&door, "ArchiveTransferReply", &wrong).await;
    assert_eq!(
        (refused.status, super::texts(&refused.text(), &["ReplyCode"])),
        (200, vec!["207".to_owned()])
    );
    assert_eq!(client.deposit(&door, &right).await.status, 200);
    assert_eq!(
        told(&client.ask(&door, "ArchiveTransferReply", &right).await).0,
        500,
        "the latest is in process"
    );
    door.work().await;
    let accepted = client.ask(&door, "ArchiveTransferReply", &right).await.text();
    assert_eq!(super::texts(&accepted, &["ReplyCode"]), ["000"]);

    let states: Vec<TransferState> = door.transfers().await.iter().map(|transfer| transfer.state).collect();
    assert_eq!(states, [TransferState::TakenInCharge, TransferState::Refused, TransferState::TakenInCharge]);
    door.end().await;
}

#[tokio::test]
async fn the_php_bus_goes_from_deposit_to_reply() {
    story(Client::Php).await;
}

#[tokio::test]
async fn the_java_connector_goes_from_deposit_to_reply() {
    story(Client::Java).await;
}

#[tokio::test]
async fn the_c_sharp_generator_goes_from_deposit_to_reply() {
    story(Client::CSharp).await;
}

#[tokio::test]
async fn a_sender_s_address_is_told_of_the_decision() {
    let door = Door::open().await;
    let sip = door.sip("COURRIEL");
    assert_eq!(Client::CSharp.deposit(&door, &sip).await.status, 200);
    door.work().await;
    let mut tx = door.tenant.db.technical().await.unwrap();
    let to: Vec<String> = sqlx::query_scalar(
        "select recipient from technical.letter where topic like 'decided:%' and tenant_id = $1",
    )
    .bind(door.tenant.tenant.as_uuid())
    .fetch_all(tx.conn())
    .await
    .unwrap();
    assert_eq!(to, ["bus@collectivite.fr"]);
    drop(tx);
    door.end().await;
}

#[tokio::test]
async fn the_bus_tries_again_after_a_piece_that_failed() {
    let door = Door::open().await;
    let sip = door.sip("REPRISE");
    let archive = attachments_tar_gz(&sip);
    let half = archive.len() / 2;
    let first = door.open_session(&sip).await;
    assert_eq!(door.send_piece(&first, (1, 2), &archive[..half]).await.status, 200);
    // The second never came; its user sends the document again: another session, the first is over.
    let second = door.open_session(&sip).await;
    let (status, sentence) = told(&door.send_piece(&first, (2, 2), &archive[half..]).await);
    assert_eq!(status, 404, "{sentence}");
    assert!(sentence.contains("remplacée"), "{sentence}");
    door.send_pieces(&second, &archive, half + 1).await;
    door.work().await;
    let transfers = door.transfers().await;
    assert_eq!(transfers.len(), 1);
    assert_eq!(transfers[0].state, TransferState::TakenInCharge, "{:?}", transfers[0].findings);
    // Sent again once taken in charge, compressed at another moment: the same transfer still.
    let third = door.open_session(&sip).await;
    let again = super::attachments_tar(&sip);
    assert_eq!(door.send_pieces(&third, &again, 4_000).await.status, 200);
    assert_eq!(door.transfers().await.len(), 1);
    door.end().await;
}

#[tokio::test]
async fn a_bus_follows_what_its_machine_and_agreements_sent_and_nothing_else() {
    let (door, other) = (Door::open().await, Door::open().await);
    let sip = door.sip("SUIVI");
    assert_eq!(door.send_pair(&sip).await.status, 200);
    door.work().await;
    let path =
        format!("{DEPOSIT}?sequence=ArchiveTransfer&message=Acknowledgement&originMessageIdentifier=SUIVI");
    assert_eq!(door.send(get(&path).header("authorization", door.credentials())).await.status, 200);
    let foreign = other.send(get(&path).header("authorization", other.credentials())).await;
    let unknown = other.ask_for("Acknowledgement", "X", "SUIVI").await;
    assert_eq!(told(&foreign), told(&unknown), "another member's is unknown");
    let fields = [field("session_identifier", "x")];
    assert_eq!(told(&door.send_form(super::PIECES, &fields).await).0, 400);
    door.end().await;
    other.end().await;
}

#[tokio::test]
async fn what_came_by_the_api_and_comes_again_by_the_bus_is_one_transfer() {
    let door = Door::open().await;
    let sip = door.sip("DEUX-PORTES");
    assert_eq!(door.post(sip.zip()).await.status, 202);
    door.work().await;
    assert_eq!(door.send_pair(&sip).await.status, 200);
    let (early, other) = (door.sip("ENCORE"), door.sip("DEUX-PORTES"));
    assert_eq!(door.post(early.zip()).await.status, 202);
    assert_eq!(door.transfers().await.len(), 2);
    let mut other = other;
    other.title = "Un autre intitulé".into();
    assert_eq!(told(&door.send_pair(&other).await).0, 409);
    assert_eq!(
        door.acknowledgement(&sip).await.status,
        200,
        "the bus follows what its machine sent elsewhere"
    );
    door.end().await;
}
