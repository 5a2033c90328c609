//! Heads, proofs and tiles of ours, verified by implementations of others: the crates `tlog_tiles` and `signed_note`,
//! and the program `openssl`.

use std::io::Write;
use std::process::Command;

use chartrier::proof::checkpoint::Checkpoint;
use chartrier::proof::merkle::{consistency, inclusion, root};
use chartrier::proof::note::{Kind, Note, Signer, Verifier};
use chartrier::proof::tiles::{self, WIDTH};
use chartrier::proof::tlog_proof::{Error, TlogProof};
use signed_note::{StandardVerifier, VerifierList};
use tlog_tiles::tlog::{self, Hash};

use super::{Key, tree};

const ORIGIN: &str = "archives.example.fr/e01";

fn head(size: u64, root: [u8; 32]) -> Checkpoint {
    Checkpoint { origin: ORIGIN.into(), size, root, extensions: vec!["seal 1 sha256:00".into()] }
}

#[test]
fn proofs_of_ours_convince_an_implementation_that_is_not() {
    for size in [1u64, 2, 3, 7, 8, 100, 255, 256, 1_000] {
        let (leaves, mut nodes) = tree(size);
        let whole = Hash(root(size, &mut nodes).unwrap());
        for index in (0..size).step_by(1 + size as usize / 9) {
            let proof = inclusion(index, size, &mut nodes).unwrap().unwrap();
            let proof: Vec<Hash> = proof.into_iter().map(Hash).collect();
            let leaf = leaves[index as usize];
            assert_eq!(Hash(leaf).0, tlog::record_hash(&[index as u8; 32]).0);
            tlog::check_record(&proof, size, whole, index, Hash(leaf)).expect("included");
            tlog::check_record(&proof, size, whole, index, Hash([9; 32])).expect_err("another leaf");
        }
        for before in (1..=size).step_by(1 + size as usize / 9) {
            let first = Hash(root(before, &mut nodes).unwrap());
            let proof = consistency(before, size, &mut nodes).unwrap().unwrap();
            let proof: Vec<Hash> = proof.into_iter().map(Hash).collect();
            tlog::check_tree(&proof, size, whole, before, first).expect("consistent");
            tlog::check_tree(&proof, size, whole, before, Hash([9; 32])).expect_err("another tree");
        }
    }
}

#[test]
fn the_tiles_are_those_that_an_implementation_that_is_not_ours_asks_for() {
    for (before, size) in [(0, 1), (0, 256), (255, 257), (300, 70_000)] {
        let ours: Vec<String> = tiles::new_tiles(before, size).map(|tile| tile.path()).collect();
        let mut theirs: Vec<String> =
            tlog_tiles::Tile::new_tiles(8, before, size).iter().map(tlog_tiles::Tile::path).collect();
        // They name a tile with the height of theirs, which the published form leaves out.
        theirs.iter_mut().for_each(|path| *path = path.replacen("tile/8/", "tile/", 1));
        assert_eq!(ours, theirs, "{before} to {size}");
    }
    let (leaves, mut nodes) = tree(WIDTH);
    let bytes = tiles::bytes(&leaves);
    assert_eq!(tlog_tiles::Tile::subtree_hash(&bytes).0, root(WIDTH, &mut nodes).unwrap());
}

#[test]
fn a_checkpoint_of_ours_is_read_and_verified_by_an_implementation_that_is_not() {
    let key = Key::new("archives.example.fr");
    let checkpoint = head(42, [7; 32]);
    let note = Note::sign(checkpoint.body(), &key).unwrap();
    let text = note.to_string();
    let verifier = key.verifier(Kind::Ed25519).unwrap();
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(&verifier.to_string()).unwrap())]);
    let theirs = signed_note::Note::from_bytes(text.as_bytes()).unwrap();
    let (verified, unverified) = theirs.verify(&known).expect("verified");
    assert_eq!((verified.len(), unverified.len()), (1, 0));
    let read = tlog_tiles::Checkpoint::from_bytes(theirs.text()).unwrap();
    assert_eq!((read.origin(), read.size(), read.hash().0), (ORIGIN, 42, [7; 32]));
    assert_eq!(read.extension(), "seal 1 sha256:00\n");
    let changed = text.replacen("\n42\n", "\n43\n", 1);
    signed_note::Note::from_bytes(changed.as_bytes()).unwrap().verify(&known).expect_err("changed");
    // And the other way: what they sign is ours to verify.
    let (signing, vkey) = signed_note::generate_key(&mut rand_core::OsRng, "autre.example.fr");
    let signer = signed_note::StandardSigner::new(&signing).unwrap();
    let mut theirs = signed_note::Note::new(checkpoint.body().as_bytes(), &[]).unwrap();
    theirs.add_sigs(&[&signer]).unwrap();
    let ours = Note::parse(std::str::from_utf8(&theirs.to_bytes()).unwrap()).unwrap();
    assert!(ours.signed_by(&Verifier::parse(&vkey).unwrap()).is_some());
    assert!(ours.signed_by(&verifier).is_none());
}

#[test]
fn the_signature_of_a_note_is_verified_by_openssl() {
    let key = Key::new("archives.example.fr");
    let note = Note::sign(head(3, [1; 32]).body(), &key).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::File::create(&path).unwrap().write_all(bytes).unwrap();
        path
    };
    let public = write("key.pem", &key.key.public_key_to_pem().unwrap());
    let signature = write("signature", &note.signatures()[0].bytes);
    let verified = |text: &str| {
        let text = write("text", text.as_bytes());
        let mut openssl = Command::new("openssl");
        openssl.args(["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey"]).arg(&public);
        openssl.arg("-in").arg(&text).arg("-sigfile").arg(&signature).output().unwrap().status.success()
    };
    assert!(verified(note.text()));
    assert!(!verified(&note.text().replace("\n3\n", "\n4\n")));
}

#[test]
fn a_proof_is_one_text_that_shows_the_entry_the_log_and_the_witness() {
    let (key, witness) = (Key::new("archives.example.fr"), Key::new("temoin.example.fr"));
    let (leaves, mut nodes) = tree(11);
    let mut note = Note::sign(head(11, root(11, &mut nodes).unwrap()).body(), &key).unwrap();
    note.add(note.cosignature(1_800_000_000, &witness).unwrap());
    let hashes = inclusion(4, 11, &mut nodes).unwrap().unwrap();
    let proof = TlogProof { index: 4, hashes, checkpoint: note };
    let read = TlogProof::parse(&proof.text()).unwrap();
    assert_eq!(read, proof);
    let verifier = key.verifier(Kind::Ed25519).unwrap();
    assert_eq!(read.verify(&leaves[4], ORIGIN, &verifier).unwrap().size, 11);
    let cosigned = witness.verifier(Kind::Cosignature).unwrap();
    assert_eq!(read.checkpoint.signed_by(&cosigned).unwrap().time(), Some(1_800_000_000));
    assert_eq!(Verifier::parse(&cosigned.to_string()).as_ref(), Ok(&cosigned));
    // A witness's key does not sign a log's head, nor the other way.
    assert!(read.checkpoint.signed_by(&witness.verifier(Kind::Ed25519).unwrap()).is_none());
    assert_eq!(read.verify(&leaves[5], ORIGIN, &verifier), Err(Error::NotIncluded));
    let other = Error::OtherLog { wanted: "x/e02".into(), got: ORIGIN.into() };
    assert_eq!(read.verify(&leaves[4], "x/e02", &verifier), Err(other));
    let stranger = Key::new("archives.example.fr").verifier(Kind::Ed25519).unwrap();
    assert!(matches!(read.verify(&leaves[4], ORIGIN, &stranger), Err(Error::NotSigned(_))));
    let text = proof.text();
    for (from, to) in [("index 4", "index 04"), ("@v1", "@v2"), ("\n\n", "\n"), ("seal 1", "seal 2")] {
        let changed = TlogProof::parse(&text.replacen(from, to, 1));
        assert!(
            changed.is_err() || changed.unwrap().verify(&leaves[4], ORIGIN, &verifier).is_err(),
            "{from}"
        );
    }
}
