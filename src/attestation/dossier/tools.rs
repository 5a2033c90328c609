//! The same proofs in the forms that public tools read: notes, what was stamped and its stamps, keys, certificates.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::proof::checkpoint::Checkpoint;
use crate::proof::dossier::TOOLS;
use crate::proof::note::Verifier;
use crate::proof::sealed::{Proof, Token};
use crate::proof::tlog_proof::TlogProof;

/// Names and bytes, each once.
pub(super) fn of(proofs: &[(i64, Proof)]) -> Result<BTreeMap<String, Vec<u8>>, String> {
    let mut files = BTreeMap::new();
    let mut keys: Vec<&str> = Vec::new();
    let mut roots: Vec<&str> = Vec::new();
    for (_, proof) in proofs {
        let log = note(&mut files, "journal", &proof.log)?;
        stamps(&mut files, &log, &proof.log_tokens)?;
        let platform = note(&mut files, "plateforme", &proof.platform)?;
        stamps(&mut files, &platform, &proof.tokens)?;
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
fn stamps(files: &mut BTreeMap<String, Vec<u8>>, note: &str, tokens: &[Token]) -> Result<(), String> {
    let mut stamped = files.get(&format!("{note}.texte")).cloned().unwrap_or_default();
    for (number, token) in (1..).zip(tokens) {
        let token = STANDARD.decode(&token.token).map_err(|error| error.to_string())?;
        files.insert(format!("{note}.{number}.donnees"), stamped.clone());
        stamped.extend(&token);
        files.insert(format!("{note}.{number}.tsr"), token);
    }
    Ok(())
}
