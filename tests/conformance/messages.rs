//! (a) Every message of the corpus under its version's official schema: our verdict is the schema's.
//!
//! Never leaves out what is of no version: no schema says anything of it, and we must not find it valid.

use std::io;

use crate::contest::{Case, Contest};
use crate::corpus::{Corpus, VERSIONS};
use crate::faults::LIBXML2;
use crate::options::Options;
use crate::tally::Tally;
use crate::{ours, report};

/// Compares, prints a line a version, and returns how many differ without a reason.
pub fn run(corpus: &Corpus, options: &Options) -> io::Result<usize> {
    println!("\n(a) Messages du corpus, sous le schéma officiel de leur version");
    let documents = corpus.documents()?;
    let mut unexplained = 0;
    for version in
        VERSIONS.iter().filter(|version| options.versions.iter().any(|wanted| wanted == version.name))
    {
        let of_version = documents.iter().filter(|d| d.version().is_some_and(|v| v.name == version.name));
        let cases = of_version.map(|document| Case {
            bytes: document.bytes.clone(),
            story: document.name.clone(),
            kind: folder(&document.name),
        });
        let reference = corpus.xmllint(version);
        let judge = |bytes: &[u8]| ours::schema(version.name, bytes);
        let contest = Contest { about: version.name, reference: &reference, ours: &judge, faults: LIBXML2 };
        let folder = tempfile::tempdir()?;
        let tally = contest.judge(folder.path(), cases.collect())?;
        unexplained += tally.unexplained();
        report::line(version.name, &tally);
        unexplained += report::explained(corpus, version, options, &tally)?;
        let arbiter = corpus.arbiter(version, &options.python);
        report::differences("messages", &contest, Some(&arbiter), options, &tally)?;
    }
    unexplained += of_no_version(&documents);
    Ok(unexplained)
}

fn of_no_version(documents: &[crate::corpus::Document]) -> usize {
    let mut tally = Tally::default();
    let mut wrong = 0;
    for document in documents.iter().filter(|document| document.version().is_none()) {
        tally.documents += 1;
        for version in VERSIONS {
            if ours::schema(version.name, &document.bytes).valid {
                println!("  {} : d'aucune version, et trouvé valide en {}", document.name, version.name);
                wrong += 1;
            }
        }
    }
    println!("  sans version : {} documents, {wrong} trouvés valides", tally.documents);
    wrong
}

fn folder(name: &str) -> &'static str {
    ["messages", "own-messages", "flows", "sips"]
        .into_iter()
        .find(|folder| name.starts_with(folder))
        .unwrap_or("?")
}
