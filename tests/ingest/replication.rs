//! Sites that are away, full or slow: what waits, what is told of it, and who is not hurt.

use bytes::Bytes;
use chartrier::ingest::queries::MessageKind;
use chartrier::ingest::{Depositor, Error, Ingest};
use chartrier::model::{Limits, TransferState};
use chartrier::storage::{self, About, Place, Settings, SiteSettings, Storage};
use futures_util::stream;
use tempfile::TempDir;

use super::Desk;
use crate::support::fault_table::note;
use crate::support::fresh_tenant;

pub const AWAY: &str = "site absent pendant un dépôt";
pub const LOW: &str = "place manquante avant un dépôt";

/// Sites of the test's own: folders of these names, each in the location that follows.
pub(super) fn sites(folder: &TempDir, sites: &[(&str, &str)]) -> Settings {
    let site = |(name, location): &(&str, &str)| SiteSettings {
        name: name.to_string(),
        place: Place::Folder(folder.path().join(name)),
        about: About { location: location.to_string(), ..About::default() },
    };
    let folders = Settings::folders([], folder.path().join("quarantine"));
    Settings { sites: sites.iter().map(site).collect(), ..folders }
}

pub(super) async fn desk(storage: &Storage) -> Desk {
    let tenant = fresh_tenant().await;
    let ingest = Ingest::new(tenant.db.clone(), storage.clone(), tenant.clock.clone(), Limits::default(), 30);
    Desk { tenant, ingest }
}

impl Desk {
    pub(super) async fn kept_on(&self, sites: &[&str]) {
        let mut tx = self.tenant.db.write(self.tenant.tenant).await.unwrap();
        sqlx::query("update member set sites = $1").bind(sites).execute(tx.conn()).await.unwrap();
        tx.record(chartrier::model::Event {
            event_type: chartrier::model::EventType::Parametrage,
            outcome: chartrier::model::Outcome::Ok,
            agent: chartrier::model::Agent::Operator,
            object: "member:essai".into(),
            detail: vec![],
        });
        tx.commit().await.unwrap();
    }

    pub(super) async fn copies(&self) -> Vec<String> {
        let mut tx = self.tenant.db.read(self.tenant.tenant).await.unwrap();
        sqlx::query_scalar("select site from copy order by site").fetch_all(tx.conn()).await.unwrap()
    }
}

/// Takes the site's disk away, or brings it back.
fn unplug(folder: &TempDir, site: &str) {
    std::fs::rename(folder.path().join(site), folder.path().join(format!("{site}-away"))).unwrap();
    std::fs::create_dir(folder.path().join(site)).unwrap();
}

fn plug(folder: &TempDir, site: &str) {
    std::fs::remove_dir(folder.path().join(site)).unwrap();
    std::fs::rename(folder.path().join(format!("{site}-away")), folder.path().join(site)).unwrap();
}

#[tokio::test]
async fn a_site_away_keeps_its_members_waiting_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::open(&sites(&folder, &[("nord", ""), ("sud", ""), ("est", "")])).unwrap();
    let (hurt, unhurt) = (desk(&storage).await, desk(&storage).await);
    hurt.kept_on(&["nord", "sud"]).await;
    unhurt.kept_on(&["nord", "est"]).await;
    unplug(&folder, "sud");

    let id = hurt.receive(hurt.sip("ATTENTE").zip()).await.transfer.transfer_id;
    for _ in 0..3 {
        let told = hurt.ingest.advance(hurt.tenant.tenant, id).await;
        assert!(
            matches!(&told, Err(Error::AwaitingReplication { sites, .. }) if sites == &["sud"]),
            "{told:?}"
        );
    }
    assert_eq!(hurt.transfer(id).await.state, TransferState::AwaitingReplication);
    assert!(hurt.message(id, MessageKind::Reply).await.is_none(), "no attestation before every copy");
    let events = hurt.events(&format!("transfer:{id}")).await;
    assert_eq!(events.iter().filter(|event| *event == "REPLICATION").count(), 1, "told once: {events:?}");

    assert_eq!(unhurt.deposit(unhurt.sip("AILLEURS").zip()).await.state, TransferState::TakenInCharge);
    assert_eq!(unhurt.copies().await, ["est", "nord"]);

    plug(&folder, "sud");
    hurt.ingest.advance(hurt.tenant.tenant, id).await.unwrap();
    assert_eq!(hurt.transfer(id).await.state, TransferState::TakenInCharge);
    assert_eq!(hurt.copies().await, ["nord", "sud"]);
    let lost = usize::from(hurt.transfer(id).await.archive_id.is_none());
    note(AWAY, lost, "REPLICATION KO ; en attente de réplication", "pris en charge, le site revenu");
    hurt.end().await;
    unhurt.end().await;
}

#[tokio::test]
async fn no_more_wait_than_may_wait() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::open(&sites(&folder, &[("nord", ""), ("sud", "")])).unwrap();
    let mut desk = desk(&storage).await;
    desk.ingest = desk.ingest.with_waiting_max(2);
    unplug(&folder, "sud");
    for number in 0..2 {
        let id = desk.receive(desk.sip(&format!("FILE-{number}")).zip()).await.transfer.transfer_id;
        assert!(desk.ingest.advance(desk.tenant.tenant, id).await.is_err());
    }
    let body = stream::iter([Ok(Bytes::from(desk.sip("FILE-2").zip()))]);
    let refused = desk.ingest.receive(&desk.machine(), "plein.zip", body).await;
    assert!(matches!(refused, Err(Error::TooManyWaiting { waiting: 2 })), "{refused:?}");
    assert!(refused.is_err_and(|error| error.is_transient()));
    plug(&folder, "sud");
    for id in desk.waiting().await {
        desk.ingest.advance(desk.tenant.tenant, id).await.unwrap();
    }
    assert_eq!(desk.deposit(desk.sip("FILE-2").zip()).await.state, TransferState::TakenInCharge);
    desk.end().await;
}

impl Desk {
    async fn waiting(&self) -> Vec<chartrier::model::TransferId> {
        let mut tx = self.tenant.db.read(self.tenant.tenant).await.unwrap();
        let ids: Vec<uuid::Uuid> =
            sqlx::query_scalar("select transfer_id from transfer where state = 'awaiting_replication'")
                .fetch_all(tx.conn())
                .await
                .unwrap();
        ids.into_iter().map(chartrier::model::TransferId).collect()
    }
}

#[tokio::test]
async fn without_room_nothing_new_is_received_and_everything_else_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let settings = sites(&folder, &[("nord", ""), ("sud", "")]);
    let storage = Storage::open(&settings).unwrap();
    let desk = desk(&storage).await;
    let received = desk.receive(desk.sip("AVANT").zip()).await.transfer.transfer_id;
    let full = Storage::open(&Settings { free_bytes_min: u64::MAX, ..settings }).unwrap();
    let ingest =
        Ingest::new(desk.tenant.db.clone(), full.clone(), desk.tenant.clock.clone(), Limits::default(), 30);
    let body = stream::iter([Ok(Bytes::from_static(b"x"))]);
    let refused = ingest.receive(&desk.machine(), "plein.zip", body).await;
    assert!(matches!(&refused, Err(Error::Storage(error)) if error.is_full()), "{refused:?}");
    assert_eq!(
        std::fs::read_dir(folder.path().join("quarantine").join(desk.tenant.tenant.to_string()))
            .unwrap()
            .count(),
        1
    );

    // A sender that announces more than there is, is told at once.
    let vast = Depositor { announced_bytes: Some(1 << 60), ..desk.machine() };
    let body = stream::iter([Ok(Bytes::from_static(b"x"))]);
    let refused = desk.ingest.receive(&vast, "vaste.zip", body).await;
    assert!(matches!(&refused, Err(Error::Storage(error)) if error.is_full()), "{refused:?}");

    // What was received waits for room, then goes on: it is not refused.
    let told = ingest.advance(desk.tenant.tenant, received).await;
    assert!(
        matches!(&told, Err(error @ Error::Storage(storage::Error::Full { .. })) if error.is_transient()),
        "{told:?}"
    );
    assert_eq!(desk.transfer(received).await.state, TransferState::Received);
    desk.ingest.advance(desk.tenant.tenant, received).await.unwrap();
    let transfer = desk.transfer(received).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge);
    let store = full.tenant(desk.tenant.tenant);
    assert!(store.check(transfer.archive_id.unwrap()).unwrap().iter().all(|copy| copy.faults.is_empty()));
    note(
        LOW,
        usize::from(transfer.archive_id.is_none()),
        refused.unwrap_err(),
        "pris en charge, la place revenue",
    );
    desk.end().await;
}

#[test]
fn two_volumes_of_one_site_keep_no_member_s_copies() {
    let folder = tempfile::tempdir().unwrap();
    let storage = Storage::open(&sites(&folder, &[("a", "Mende"), ("b", "Mende"), ("c", "Florac")])).unwrap();
    assert!(storage.warnings().iter().any(|warning| warning.contains("d’un même site (Mende)")));
    let refusal =
        |names: &[&str]| storage.refusal_of(&names.iter().map(|name| name.to_string()).collect::<Vec<_>>());
    assert!(refusal(&["a", "b"]).unwrap().contains("deux volumes du même site (Mende)"));
    assert!(refusal(&["a"]).unwrap().contains("deux sites au moins"));
    assert!(refusal(&["a", "x"]).unwrap().contains("« x » n’est pas dans les réglages"));
    assert_eq!(refusal(&["a", "c"]), None);
    assert!(refusal(&["a", "c", "b"]).is_some());
}
