//! Our verdicts: the one place of the harness that calls the product, by the doors the product itself uses.
//!
//! Never judges: it says what was found of the schema's affair (XML, grammar, identifiers).

use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use chartrier::model::{Finding, Limits, SedaVersion};
use chartrier::seda::Scratch;
use chartrier::seda::pass;
use chartrier::seda::read::{Options, read_manifest};
use chartrier::seda::relaxng;

/// What we say of a document.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    pub valid: bool,
    /// Code, sentence and place of each finding.
    pub findings: Vec<String>,
    /// A difference whatever the reference says.
    pub has_panicked: bool,
}

/// A compiled profile.
pub type Profile = relaxng::Profile;

/// Code of a reference to nothing.
pub const DANGLING: &str = "reference.unknown";
/// What a schema speaks of: the other findings are of the checks beyond it.
const OF_SCHEMA: &[&str] =
    &["xml.", "schema.", "message.", "profile.too_complex", "reference.duplicate_id", DANGLING];

/// Under the standard's own grammar, whatever the type of message.
pub fn schema(version: &str, bytes: &[u8]) -> Verdict {
    let Some(version) = SedaVersion::from_number(version) else { return Verdict::default() };
    verdict(|| {
        let options = Options { any_message: true, ..Options::default() };
        let reading = read_manifest(bytes, &Limits::default(), &Scratch::memory(), options);
        let mut found = reading.findings;
        found.retain(|finding| OF_SCHEMA.iter().any(|code| finding.kind.code.starts_with(code)));
        let mut said: Vec<String> = found.iter().filter(|finding| finding.is_error()).map(sentence).collect();
        if reading.message.is_some_and(|(known, _)| known != version) {
            said.push("message.other_version".to_owned());
        }
        said
    })
}

/// Under a profile, identifiers not looked at.
pub fn profile(profile: &Profile, bytes: &[u8]) -> Verdict {
    verdict(|| match pass::check_profile(bytes, &profile.grammar, &Limits::default()) {
        Ok(found) => found.iter().filter(|finding| finding.is_error()).map(sentence).collect(),
        Err(error) => vec![error.to_string()],
    })
}

fn verdict(findings: impl FnOnce() -> Vec<String>) -> Verdict {
    match panic::catch_unwind(AssertUnwindSafe(findings)) {
        Ok(findings) => Verdict { valid: findings.is_empty(), findings, has_panicked: false },
        Err(_) => Verdict {
            findings: vec!["le programme s'est arrêté".to_owned()],
            has_panicked: true,
            ..Verdict::default()
        },
    }
}

fn sentence(finding: &Finding) -> String {
    format!("{} {} [{}]", finding.kind.code, finding.message, finding.path.as_deref().unwrap_or_default())
}

/// A schema of RELAX NG, with the files beside it and below; the reason when it is refused.
pub fn compile(path: &Path) -> Result<Profile, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let mut bundle = relaxng::Bundle::new();
    if let Some(folder) = path.parent() {
        beside(folder, folder, &mut bundle).map_err(|error| error.to_string())?;
    }
    let refused = |found: Vec<Finding>| {
        found.iter().map(|finding| finding.message.clone()).collect::<Vec<_>>().join(" ; ")
    };
    panic::catch_unwind(AssertUnwindSafe(|| relaxng::compile(&bytes, &bundle, &relaxng::Limits::default())))
        .map_err(|_| "le programme s'est arrêté".to_owned())?
        .map_err(refused)
}

fn beside(root: &Path, folder: &Path, bundle: &mut relaxng::Bundle) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            beside(root, &path, bundle)?;
        } else if path.metadata()?.len() < 1 << 20 {
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            bundle.insert(name, std::fs::read(&path)?);
        }
    }
    Ok(())
}
