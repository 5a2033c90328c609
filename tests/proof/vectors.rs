//! The vectors of others for RFC 6962: each verdict is theirs.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chartrier::proof::digest;
use chartrier::proof::merkle::{Hash, is_consistent, is_included};
use serde_json::Value;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            found.push(path);
        }
    }
}

/// A hash; some vectors have a word in its place where any will do.
fn hash(value: &Value) -> Option<Hash> {
    let bytes = STANDARD.decode(value.as_str()?).ok()?;
    let any = || digest::sha256(&bytes);
    (!bytes.is_empty()).then(|| bytes.as_slice().try_into().unwrap_or_else(|_| any()))
}

/// Our verdict on a vector.
fn accepts(kind: &str, vector: &Value) -> bool {
    let number = |name: &str| vector[name].as_u64();
    let judged = || {
        let proof = match &vector["proof"] {
            Value::Null => Vec::new(),
            proof => proof.as_array()?.iter().map(hash).collect::<Option<_>>()?,
        };
        Some(match kind {
            "inclusion" => {
                let (leaf, root) = (hash(&vector["leafHash"])?, hash(&vector["root"])?);
                is_included(&leaf, number("leafIdx")?, number("treeSize")?, &proof, &root)
            }
            _ => {
                let (before, root) = (hash(&vector["root1"])?, hash(&vector["root2"])?);
                is_consistent(number("size1")?, &before, number("size2")?, &root, &proof)
            }
        })
    };
    judged().unwrap_or(false)
}

#[test]
fn the_vectors_of_rfc_6962_get_the_verdicts_of_their_authors() {
    let Some(corpus) = crate::corpus_folder() else { return };
    for kind in ["inclusion", "consistency"] {
        let mut found = Vec::new();
        files(&corpus.join("fixtures/rfc6962-merkle/testdata").join(kind), &mut found);
        let (mut accepted, mut refused) = (0, 0);
        for path in &found {
            let vector: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            let wanted = !vector["wantErr"].as_bool().unwrap();
            assert_eq!(accepts(kind, &vector), wanted, "{}", path.display());
            *if wanted { &mut accepted } else { &mut refused } += 1;
        }
        println!("{kind} : {accepted} acceptées, {refused} refusées, comme leurs auteurs");
        assert!(accepted > 0 && refused > 0, "{kind}");
    }
}
