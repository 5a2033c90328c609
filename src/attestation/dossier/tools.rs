//! The same proofs in the forms that public tools read: notes, what was stamped and its stamps, keys, certificates.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::proof::checkpoint::Checkpoint;
use crate::proof::dossier::TOOLS;
use crate::proof::note::Verifier;
use crate::proof::sealed::Proof;
use crate::proof::tlog_proof::TlogProof;

/// Names and bytes, each once.
pub(super) fn of(proofs: &[(i64, Proof)]) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut files = BTreeMap::new();
    let mut keys: Vec<&str> = Vec::new();
    let mut roots: Vec<&str> = Vec::new();
    for (_, proof) in proofs {
        note(&mut files, "journal", &proof.log)?;
        let platform = note(&mut files, "plateforme", &proof.platform)?;
        stamps(&mut files, &platform, proof)?;
        keys.extend(proof.keys.iter().map(String::as_str));
        roots.push(&proof.roots);
    }
    keys.sort_unstable();
    keys.dedup();
    roots.sort_unstable();
    roots.dedup();
    for (number, key) in keys.iter().enumerate() {
        let pem = Verifier::parse(key).and_then(|key| key.pem()).map_err(|error| error.to_string())?;
        files.insert(format!("{TOOLS}cle-{}.pem", number + 1), pem.into_bytes());
    }
    if !keys.is_empty() {
        files.insert(format!("{TOOLS}cles.txt"), (keys.join("\n") + "\n").into_bytes());
    }
    let roots = roots.concat();
    if !roots.is_empty() {
        files.insert(format!("{TOOLS}racines.pem"), roots.into_bytes());
    }
    Ok(files)
}

/// The note of a proof, and the text that it signs; their name without extension.
fn note(files: &mut BTreeMap<String, Vec<u8>>, what: &str, proof: &str) -> Result<String, String> {
    let checkpoint = TlogProof::parse(proof).map_err(|error| error.to_string())?.checkpoint;
    let size = Checkpoint::parse(checkpoint.text()).map_err(|error| error.to_string())?.size;
    let name = format!("{TOOLS}{what}-{size}");
    files.insert(format!("{name}.note"), checkpoint.to_string().into_bytes());
    files.insert(format!("{name}.texte"), checkpoint.text().as_bytes().to_vec());
    Ok(name)
}

/// Each stamp, and what it was made over: the text, then the stamps before it.
fn stamps(files: &mut BTreeMap<String, Vec<u8>>, platform: &str, proof: &Proof) -> Result<(), String> {
    let mut stamped = files.get(&format!("{platform}.texte")).cloned().unwrap_or_default();
    for (number, token) in (1..).zip(&proof.tokens) {
        let token = STANDARD.decode(&token.token).map_err(|error| error.to_string())?;
        files.insert(format!("{platform}.{number}.donnees"), stamped.clone());
        stamped.extend(&token);
        files.insert(format!("{platform}.{number}.tsr"), token);
    }
    Ok(())
}
