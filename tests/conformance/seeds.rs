//! Valid documents to mutate: the corpus' own, the minimal ones, and random ones written from the official schema.
//!
//! Never trusted: each is written again as mutants are, and kept when the reference finds it valid.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::corpus::{Corpus, Version, files};
use crate::dom::{self, Element};
use crate::options::Options;
use crate::pool::Pool;
use crate::reference::Reference;
use crate::written;

/// Largest seed: mutants of small documents are as telling, and many more are judged a second.
const SEED_SIZE_MAX: usize = 220;
/// Most seeds of one message type that come from the corpus.
const OF_CORPUS_MAX: usize = 40;

/// The pool of a version; prints what it holds.
pub fn pool(corpus: &Corpus, version: &Version, options: &Options) -> io::Result<Pool> {
    let mut candidates: Vec<(String, Element)> = Vec::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for document in corpus.documents()? {
        if document.version().is_none_or(|known| known.name != version.name) {
            continue;
        }
        let Some(root) = dom::parse(&document.bytes) else { continue };
        let count = counts.entry(root.name.local.to_string()).or_default();
        if root.size() <= SEED_SIZE_MAX && *count < OF_CORPUS_MAX {
            *count += 1;
            candidates.push((document.name, root));
        }
    }
    let types = corpus.message_types(version)?;
    let folder = tempfile::tempdir()?;
    generate(corpus, version, options, folder.path(), &types)?;
    for path in files(folder.path(), &["xml"])? {
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        if let Some(root) = dom::parse(&std::fs::read(&path)?) {
            candidates.push((name, root));
        }
    }
    let all = candidates.len();
    let seeds = valid_ones(&corpus.xmllint(version), candidates)?;
    let mut of_types: BTreeMap<&str, usize> = types.iter().map(|name| (name.as_str(), 0)).collect();
    for (_, seed) in &seeds {
        *of_types.entry(&seed.name.local).or_default() += 1;
    }
    let least = of_types.iter().min_by_key(|(_, count)| **count).map_or(0, |(_, count)| *count);
    let (valid, kinds) = (seeds.len(), of_types.len());
    let mut pool = Pool::new(version.namespace, seeds);
    pool.read_schema(&corpus.schema_folder(version))?;
    println!(
        "  {:4} {valid} graines valides sur {all}, {kinds} types de messages ({least} graines au moins de chacun), {} noms \
         d'éléments, {} types de schéma",
        version.name,
        pool.alike.len(),
        pool.types.len()
    );
    if least == 0 {
        return Err(io::Error::other(format!("{} : un type de message n'a aucune graine", version.name)));
    }
    Ok(pool)
}

fn generate(
    corpus: &Corpus,
    version: &Version,
    options: &Options,
    out: &Path,
    types: &[String],
) -> io::Result<()> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/conformance_seeds.py");
    let mut command = Command::new(&options.python);
    command.arg(script).arg(corpus.xmllint(version).schema).arg(corpus.root.join("seda-xsd")).arg(out);
    command.arg(options.seeds.to_string()).arg(options.seed.to_string()).args(types);
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other("scripts/conformance_seeds.py a échoué")) }
}

/// Those the reference finds valid, once written our way.
fn valid_ones(reference: &dyn Reference, of: Vec<(String, Element)>) -> io::Result<Vec<(String, Element)>> {
    let folder = tempfile::tempdir()?;
    let names: Vec<String> = (0..of.len()).map(|at| format!("{at}.xml")).collect();
    for (name, (_, root)) in names.iter().zip(&of) {
        std::fs::write(folder.path().join(name), written::bytes(root))?;
    }
    let opinions = reference.opinions(folder.path(), &names)?;
    Ok(of.into_iter().zip(opinions).filter(|(_, opinion)| opinion.valid).map(|(seed, _)| seed).collect())
}
