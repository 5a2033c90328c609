//! The archive profile a manifest declares: known, in use, listed by the agreement, and satisfied.

use chartrier::ingest::queries::MessageKind;
use chartrier::model::{Finding, Transfer, TransferState};

use super::Desk;
use crate::support::profile;

const TITLE: &str = "Délibérations du conseil";

/// Codes of what refuses a transfer, each once.
fn codes(transfer: &Transfer) -> Vec<&'static str> {
    let mut codes: Vec<_> = errors(transfer).map(|finding| finding.kind.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn errors(transfer: &Transfer) -> impl Iterator<Item = &Finding> {
    transfer.findings.iter().filter(|finding| finding.is_error())
}

impl Desk {
    /// A transfer whose root unit has this title, that declares this profile.
    fn declaring(&self, identifier: &str, profile: &str, title: &str) -> Vec<u8> {
        let mut sip = self.sip(identifier);
        sip.profile = Some(profile.to_owned());
        sip.title = title.to_owned();
        sip.zip()
    }

    /// What the journal says of a transfer when it is accepted or awaits.
    async fn controlled(&self, id: chartrier::model::TransferId) -> String {
        let mut tx = self.tenant.db.read(self.tenant.tenant).await.unwrap();
        sqlx::query_scalar(
            "select entry from event where object = $1 and event_type = 'CONTROLE' order by seq desc",
        )
        .bind(format!("transfer:{id}"))
        .fetch_one(tx.conn())
        .await
        .unwrap()
    }
}

#[tokio::test]
async fn a_transfer_that_satisfies_its_profile_is_taken_in_charge_under_its_version() {
    let desk = Desk::open().await;
    let id = profile::imported(&desk.tenant, "DELIB", profile::grammar("2.1", "Autre")).await;
    assert_eq!(profile::replaced(&desk.tenant, id, profile::grammar("2.1", TITLE)).await, 2);
    profile::bound(&desk.tenant, id, true, true).await;
    let transfer = desk.deposit(desk.declaring("PROFIL-1", "DELIB", TITLE)).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    assert_eq!((transfer.archival_profile.as_deref(), transfer.profile_version), (Some("DELIB"), Some(2)));
    let entry = desk.controlled(transfer.transfer_id).await;
    assert!(entry.contains(&id.to_string()) && entry.contains("\"profil_version\":\"2\""), "{entry}");

    profile::replaced(&desk.tenant, id, profile::grammar("2.1", "Encore autre")).await;
    let again = desk.transfer(transfer.transfer_id).await;
    assert_eq!(again.profile_version, Some(2), "it shows the version it came under");
    desk.end().await;
}

#[tokio::test]
async fn a_manifest_that_is_not_what_its_profile_asks_is_refused_for_that() {
    let desk = Desk::open().await;
    let id = profile::imported(&desk.tenant, "DELIB", profile::grammar("2.1", TITLE)).await;
    profile::bound(&desk.tenant, id, true, false).await;
    let bytes = desk.declaring("PROFIL-2", "DELIB", "Un autre intitulé");
    let transfer = desk.deposit(bytes.clone()).await;
    assert_eq!(transfer.state, TransferState::Refused);
    let found = codes(&transfer);
    assert!(!found.is_empty() && found.iter().all(|code| code.starts_with("profile.")), "{found:?}");
    assert!(errors(&transfer).next().unwrap().line.is_some(), "{:?}", transfer.findings);
    assert_eq!(transfer.profile_version, Some(1));
    let reply = desk.message(transfer.transfer_id, MessageKind::Reply).await.unwrap();
    assert!(reply.contains("<ReplyCode>203</ReplyCode>"), "{reply}");

    profile::replaced(&desk.tenant, id, profile::grammar("2.1", "Un autre intitulé")).await;
    let second = desk.deposit(bytes).await;
    assert_eq!((second.state, second.attempt), (TransferState::TakenInCharge, 2), "{:?}", second.findings);
    desk.end().await;
}

#[tokio::test]
async fn a_profile_of_another_version_of_the_standard_is_said_so_at_once() {
    let desk = Desk::open().await;
    let id = profile::imported(&desk.tenant, "DELIB", profile::grammar("2.2", TITLE)).await;
    profile::bound(&desk.tenant, id, true, false).await;
    let transfer = desk.deposit(desk.declaring("PROFIL-3", "DELIB", TITLE)).await;
    assert_eq!((transfer.state, codes(&transfer)), (TransferState::Refused, vec!["profile.version"]));
    desk.end().await;
}

#[tokio::test]
async fn a_profile_unknown_or_out_of_use_is_refused() {
    let desk = Desk::open().await;
    let transfer = desk.deposit(desk.declaring("PROFIL-4", "DELIB", TITLE)).await;
    assert_eq!((transfer.state, codes(&transfer)), (TransferState::Refused, vec!["header.profile_unknown"]));
    assert_eq!((transfer.archival_profile.as_deref(), transfer.profile_version), (Some("DELIB"), None));

    let id = profile::imported(&desk.tenant, "DELIB", profile::grammar("2.1", TITLE)).await;
    profile::bound(&desk.tenant, id, true, false).await;
    profile::set_active(&desk.tenant, id, false).await;
    let bytes = desk.declaring("PROFIL-5", "DELIB", TITLE);
    let transfer = desk.deposit(bytes.clone()).await;
    assert_eq!((transfer.state, codes(&transfer)), (TransferState::Refused, vec!["header.profile_unknown"]));
    let reply = desk.message(transfer.transfer_id, MessageKind::Reply).await.unwrap();
    assert!(reply.contains("<ReplyCode>203</ReplyCode>"), "{reply}");

    profile::set_active(&desk.tenant, id, true).await;
    assert_eq!(desk.deposit(bytes).await.state, TransferState::TakenInCharge);
    desk.end().await;
}

#[tokio::test]
async fn a_profile_that_the_agreement_does_not_list_is_refused() {
    let desk = Desk::open().await;
    profile::imported(&desk.tenant, "DELIB", profile::grammar("2.1", TITLE)).await;
    let transfer = desk.deposit(desk.declaring("PROFIL-6", "DELIB", TITLE)).await;
    assert_eq!(codes(&transfer), ["header.profile_not_in_agreement"]);
    assert_eq!((transfer.state, transfer.profile_version), (TransferState::Refused, None));
    desk.end().await;
}

#[tokio::test]
async fn an_agreement_that_imposes_a_profile_takes_no_transfer_without_one() {
    let desk = Desk::open().await;
    let id = profile::imported(&desk.tenant, "DELIB", profile::grammar("2.1", TITLE)).await;
    profile::bound(&desk.tenant, id, true, false).await;
    let free = desk.deposit(desk.sip("PROFIL-7").zip()).await;
    assert_eq!(free.state, TransferState::TakenInCharge, "{:?}", free.findings);

    profile::bound(&desk.tenant, id, true, true).await;
    let transfer = desk.deposit(desk.sip("PROFIL-8").zip()).await;
    assert_eq!((transfer.state, codes(&transfer)), (TransferState::Refused, vec!["header.profile_missing"]));
    assert!(errors(&transfer).next().unwrap().message.contains("DELIB"), "{:?}", transfer.findings);
    desk.end().await;
}

#[tokio::test]
async fn a_transfer_that_awaits_the_archivist_bears_its_profile_already() {
    let desk = Desk::open().await;
    let id = profile::imported(&desk.tenant, "DELIB", profile::grammar("2.1", TITLE)).await;
    profile::bound(&desk.tenant, id, true, true).await;
    let mut sip = desk.under("PROFIL-9", &desk.tenant.agreement_with_archivist);
    (sip.profile, sip.title) = (Some("DELIB".into()), TITLE.into());
    let transfer = desk.deposit(sip.zip()).await;
    assert_eq!((transfer.state, transfer.profile_version), (TransferState::Examined, Some(1)));
    assert!(desk.controlled(transfer.transfer_id).await.contains("profil_sha512"));
    desk.end().await;
}
