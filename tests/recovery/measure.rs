//! How fast a catalogue comes back: `cargo test --release --test main -- recovery::measure --ignored --nocapture`.

use std::time::Instant;

use chartrier::model::{TenantId, TransferState};
use chartrier::recovery::Asked;
use futures_util::{StreamExt, stream};

use super::{Instance, asked};
use crate::support::sip::Sip;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measure"]
async fn archives_rebuilt_a_second() {
    const ARCHIVES: usize = 500;
    let folder = tempfile::tempdir().unwrap();
    let origin = Instance::in_folder("measure_origin", folder.path()).await;
    origin.apply(&["ville"]).await;
    let began = Instant::now();
    let deposits = (0..ARCHIVES).map(|number| {
        let bytes = Sip::with_files(&format!("MESURE-{number}"), 3).zip();
        async { assert_eq!(origin.deposit("ville", bytes).await.state, TransferState::TakenInCharge) }
    });
    stream::iter(deposits).buffer_unordered(8).collect::<Vec<_>>().await;
    println!("{ARCHIVES} archives déposées en {:.1?}", began.elapsed());
    let tenant = TenantId::of_member("ville");
    let began = Instant::now();
    origin.recovery.copy_journal(tenant).await.unwrap();
    println!("journal copié sur deux sites en {:.2?}", began.elapsed());
    let (nord, est) = (folder.path().join("nord"), folder.path().join("est"));
    for whole in [true, false] {
        let quarantine = folder.path().join(format!("quarantine-{whole}"));
        let again = Instance::open("measure", &[("nord", &nord), ("est", &est)], &quarantine).await;
        let began = Instant::now();
        let asked = Asked { whole, ..asked("nord") };
        let rebuilt = again.recovery.rebuild(&asked, tenant, &mut |_| ()).await.unwrap();
        assert_eq!(rebuilt.entered, ARCHIVES);
        let took = began.elapsed();
        let rate = ARCHIVES as f64 / took.as_secs_f64();
        let how = if whole { "chaque octet relu" } else { "en hâte" };
        println!("reconstruites ({how}) en {took:.1?}, soit {rate:.0} par seconde, journal compris");
    }
}
