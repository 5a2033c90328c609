//! Two services that witness each other: heads that follow one another are cosigned, a fork and a roll-back are not, whatever was
//! forgotten.

use std::sync::Arc;

use chartrier::keys::Keys;
use chartrier::proof::digest::sha256;
use chartrier::proof::note::{Kind, Note, Signer, Verifier};
use chartrier::proof::sealed::Trusted;
use chartrier::proof::witness::{Log, Request};
use chartrier::sealing::{Alert, Sealing, Witnessing};
use chartrier::witness::{Settings, Witness};
use chrono::TimeDelta;

use super::mirrors::{Open, header};
use super::{Answer, post, send};
use crate::sealing::tampering::tamper;
use crate::sealing::verified::verify;
use crate::sealing::{A, Stage, tenant};

/// A service of ours, with a name of its own.
struct Service {
    stage: Arc<Stage>,
    name: &'static str,
    keys: Keys,
    cosigning: Keys,
    open: Option<Open>,
}

impl Service {
    async fn new(database: &'static str, name: &'static str) -> Service {
        let stage = Arc::new(Stage::new(database).await);
        let folder = stage.folder.path().join("own");
        let keys = Keys::new(&folder, None, name);
        let cosigning = Keys::new(&folder.join("temoin"), None, &format!("{name}/temoin"));
        Service { stage, name, keys, cosigning, open: None }
    }

    /// The log and the key that others must know to witness it.
    fn log(&self) -> Log {
        let key = self.keys.in_use(self.stage.clock.now()).unwrap().verifier(Kind::Ed25519).unwrap();
        Log { origin: format!("{}/plateforme", self.name), key }
    }

    fn cosigner(&self) -> Verifier {
        self.cosigning.in_use(self.stage.clock.now()).unwrap().verifier(Kind::Cosignature).unwrap()
    }

    fn sealing(&self, logs: Vec<Log>, witnesses: Vec<Witness>) -> Sealing {
        let stage = &self.stage;
        let (storage, clock) = (stage.storage.clone(), stage.clock.clone());
        let sealing = Sealing::new(stage.db.clone(), storage, self.keys.clone(), clock);
        sealing.with_witnessing(Witnessing { keys: self.cosigning.clone(), logs, witnesses })
    }

    /// Opens its door, where it witnesses these logs.
    fn witness_of(&mut self, logs: Vec<Log>) -> Witness {
        let open = Open::on(&self.stage, self.sealing(logs, Vec::new()));
        let url = format!("http://{}/witness", open.address);
        self.open = Some(open);
        Witness::new(Settings { name: self.name.into(), url, key: self.cosigner() }).unwrap()
    }

    async fn day(&self, sealing: &Sealing) {
        self.stage.clock.advance(TimeDelta::days(1));
        self.stage.happen(3).await;
        sealing.seal_what_is_due().await.unwrap();
    }

    async fn add(&self, text: String) -> Answer {
        send(self.open.as_ref().unwrap().address, post("/witness/add-checkpoint", text.into_bytes())).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.open.as_ref().unwrap().get(path).await
    }
}

/// The platform's log in the hands of somebody who trusts its key and the witness's.
fn verified_with_its_witness(service: &Service, cosigner: &Verifier, name: &str) {
    let platform = crate::sealing::stamps::platform();
    let log = service.stage.folder.path().join(format!("nord/.kept/{platform}/log"));
    let keys = [service.log().key.to_string(), cosigner.to_string()];
    let (code, words) = verify(&log, &keys, None);
    assert_eq!((code, words.contains("3 lignes de témoins de confiance")), (0, true), "{words}");
    let (place, copy) = (log.join(name), std::fs::read(log.join(name)).unwrap());
    let mut changed = copy.clone();
    let last = changed.len() - 6;
    changed[last] = if changed[last] == b'A' { b'B' } else { b'A' };
    for (bytes, expected) in [(changed, 1), (copy, 0)] {
        std::fs::remove_file(&place).unwrap();
        std::fs::write(&place, bytes).unwrap();
        let (code, words) = verify(&log, &keys, None);
        assert_eq!(
            (code, words.contains("scellement 3 : la ligne du témoin")),
            (expected, expected == 1),
            "{words}"
        );
    }
}

async fn head(service: &Service) -> Note {
    Note::parse(&service.get("/log/plateforme/checkpoint").await.text()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_services_witness_each_other_and_their_proofs_say_so() {
    let mut here = Service::new("witness_here", "ici.example.fr").await;
    let mut there = Service::new("witness_there", "voisin.example.fr").await;
    let by_here = here.witness_of(vec![there.log()]);
    let by_there = there.witness_of(vec![here.log()]);
    let ours = here.sealing(vec![there.log()], vec![by_there]);
    let theirs = there.sealing(vec![here.log()], vec![by_here]);
    for _ in 0..3 {
        for (service, sealing) in [(&here, &ours), (&there, &theirs)] {
            service.day(sealing).await;
            assert_eq!(sealing.ask_witnesses().await.unwrap(), 1, "{}", service.name);
            assert_eq!(sealing.ask_witnesses().await.unwrap(), 0, "once for a head");
        }
    }
    // Whoever reads the head reads the cosignature; it is beside the seal, on each site and for who mirrors it.
    for (service, cosigner) in [(&here, there.cosigner()), (&there, here.cosigner())] {
        let note = head(service).await;
        let line = note.signed_by(&cosigner).expect("cosigned");
        // By the witness's own clock: that of one is at most a day from the other's here.
        let told = line.time().unwrap().cast_signed();
        assert!((told - service.stage.clock.now().timestamp()).abs() <= 86_400);
        let name = format!("seals/000003.{}.cosig", hex::encode(cosigner.id()));
        let served = service.get(&format!("/log/plateforme/{name}")).await;
        assert_eq!((served.status, served.text()), (200, format!("{line}\n")));
        for site in ["nord", "sud"] {
            let platform = crate::sealing::stamps::platform();
            let store = service.stage.storage.tenant(platform).on(&[site]).unwrap();
            assert_eq!(store.kept(&format!("log/{name}")).unwrap().as_deref(), Some(&served.body[..]));
        }
        verified_with_its_witness(service, &cosigner, &name);
    }
    // The witness shows what it cosigned.
    let hash = hex::encode(sha256(here.log().origin.as_bytes()));
    let seen = there.get(&format!("/witness/{hash}/checkpoint")).await;
    assert_eq!(Note::parse(&seen.text()).unwrap(), head(&here).await);
    assert_eq!(there.get(&format!("/witness/{}/checkpoint", "0".repeat(64))).await.status, 404);
    // A proof tells whoever trusts the witness.
    let proof = ours.prove(tenant(), 2).await.unwrap().unwrap();
    let entry = {
        let mut tx = here.stage.db.read(tenant()).await.unwrap();
        let page = chartrier::evidence::journal_page(&mut tx, 1, 1).await.unwrap();
        <[u8; 32]>::try_from(&page[0].hash[..]).unwrap()
    };
    let keys = vec![there.cosigner(), here.log().key];
    let shown = proof.verify(&entry, 2, A, &Trusted { keys, roots: Vec::new() }).unwrap();
    assert_eq!(shown.witnesses.len(), 1);
    assert_eq!(shown.witnesses[0].0, "voisin.example.fr/temoin");
    let keys = vec![there.cosigner()];
    proof.verify(&entry, 2, A, &Trusted { keys, roots: Vec::new() }).expect_err("a witness signs no log");
    // A database that forgot its cosignatures takes them back; one that forgot how far the witness saw is told.
    tamper(&here.stage, "delete from platform.cosignature; delete from platform.witness_state;").await;
    assert_eq!(ours.ask_witnesses().await.unwrap(), 1);
    let note = head(&here).await;
    assert!(note.signed_by(&there.cosigner()).is_some());
    tamper(&here.stage, "delete from platform.witness_state;").await;
    here.day(&ours).await;
    assert_eq!(ours.ask_witnesses().await.unwrap(), 1);
    assert!(ours.standing().await.unwrap().alerts.is_empty());
    for service in [here, there] {
        service.open.unwrap().end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_and_a_roll_back_are_refused_even_by_a_witness_whose_database_forgot() {
    let here = Service::new("witness_forked", "ici.example.fr").await;
    let mut there = Service::new("witness_of_fork", "voisin.example.fr").await;
    let witness = there.witness_of(vec![here.log()]);
    let ours = here.sealing(Vec::new(), vec![witness.clone()]);
    let mut notes = Vec::new();
    for _ in 0..2 {
        here.day(&ours).await;
        assert_eq!(ours.ask_witnesses().await.unwrap(), 1);
        let mut tx = here.stage.db.technical().await.unwrap();
        let seal = chartrier::evidence::seal_queries::last_platform_seal(&mut tx).await.unwrap().unwrap();
        notes.push(Note::parse(&seal.note).unwrap());
    }
    // Another story of the same service, signed by the same key: as long, and longer.
    let fork = Service { keys: here.keys.clone(), ..Service::new("witness_fork", "ici.example.fr").await };
    let forged = fork.sealing(Vec::new(), vec![witness]);
    fork.stage.happen(7).await;
    for _ in 0..3 {
        fork.day(&forged).await;
    }
    let platform = |note: &Note, old, proof| Request { old, proof, note: note.clone() }.text();
    let check = async |told: &str| {
        let rolled_back = there.add(platform(&notes[0], 0, Vec::new())).await;
        assert_eq!((rolled_back.status, rolled_back.text()), (409, "4\n".into()), "{told}");
        assert_eq!(header(&rolled_back, "content-type"), "text/x.tlog.size");
        assert_eq!(there.add(platform(&notes[0], 4, Vec::new())).await.status, 400, "{told}");
        assert_eq!(there.add(platform(&notes[1], 4, vec![[0; 32]])).await.status, 422, "{told}");
        assert_eq!(forged.ask_witnesses().await.unwrap(), 0, "{told}");
        let alerts = forged.standing().await.unwrap().alerts;
        let forked = |alert: &Alert| matches!(alert, Alert::NotWitnessed { reason, .. } if reason.contains("une autre suite"));
        assert!(alerts.iter().any(forked), "{told}: {alerts:?}");
        fork.stage.clock.advance(TimeDelta::hours(2));
    };
    check("as it is").await;
    // The rows rolled back, or gone: the sites remember.
    tamper(&there.stage, "delete from platform.witnessed;").await;
    check("forgotten").await;
    // What was seen again is cosigned again.
    let again = there.add(platform(&notes[1], 4, Vec::new())).await;
    assert_eq!(again.status, 200, "{again:?}");
    there.open.unwrap().end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_head_of_a_known_log_is_refused_for_its_reason() {
    let here = Service::new("witness_refused", "ici.example.fr").await;
    let mut there = Service::new("witness_refusing", "voisin.example.fr").await;
    there.witness_of(vec![here.log()]);
    let signed = |origin: &str, by: &Keys| {
        let root = chartrier::proof::merkle::leaf(b"x");
        let head = chartrier::proof::checkpoint::Checkpoint {
            origin: origin.into(),
            size: 1,
            root,
            extensions: Vec::new(),
        };
        let note = Note::sign(head.body(), &by.in_use(here.stage.clock.now()).unwrap()).unwrap();
        Request { old: 0, proof: Vec::new(), note }.text()
    };
    let known = "ici.example.fr/plateforme";
    let other = Keys::new(&here.stage.folder.path().join("other"), None, "ici.example.fr");
    let whole = signed(known, &here.keys);
    for (text, status) in [
        (signed("ailleurs.example.fr/plateforme", &here.keys), 404),
        (signed(known, &other), 403),
        (whole.replace("old 0", "old 00"), 400),
        (whole.replace("old 0", "old 2"), 400),
        (whole.replacen("old 0\n", "old 0\nAAAA\n", 1), 400),
        ("old 0\n".into(), 400),
        ("x".repeat(200_000), 413),
        (String::new(), 400),
        (whole.clone(), 200),
        (whole, 409),
    ] {
        let answer = there.add(text.clone()).await;
        assert_eq!(answer.status, status, "{}", &text[..text.len().min(300)]);
    }
    there.open.unwrap().end().await;
    // A service that witnesses nobody knows no log.
    let mut nobody = Service::new("witness_nobody", "personne.example.fr").await;
    nobody.witness_of(Vec::new());
    assert_eq!(nobody.add(signed(known, &here.keys)).await.status, 404);
    nobody.open.unwrap().end().await;
}
