//! (b) Mutants of valid messages of every type: our verdict is the official schema's.
//!
//! Never counts the same document twice. Batches are drawn from their number alone, so that one is found again; two run at
//! a time.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::contest::{Case, Contest};
use crate::corpus::{Corpus, VERSIONS, Version};
use crate::faults::LIBXML2;
use crate::options::Options;
use crate::pool::Pool;
use crate::random::Random;
use crate::tally::Tally;
use crate::{mutate, ours, report, seeds, written};

/// Mutants put to the references at a time.
const BATCH: usize = 500;
/// Mutants in a hundred whose very bytes are changed besides.
const OCTETS: usize = 4;

/// Compares every version; returns how many differ without a reason.
pub fn run(corpus: &Corpus, options: &Options) -> io::Result<usize> {
    println!(
        "\n(b) Mutants de messages valides, sous le schéma officiel ; graine du hasard : {}",
        options.seed
    );
    let mut unexplained = 0;
    for version in
        VERSIONS.iter().filter(|version| options.versions.iter().any(|wanted| wanted == version.name))
    {
        unexplained += of_version(corpus, version, options)?;
    }
    Ok(unexplained)
}

fn of_version(corpus: &Corpus, version: &Version, options: &Options) -> io::Result<usize> {
    let pool = seeds::pool(corpus, version, options)?;
    let reference = corpus.xmllint(version);
    let judge = |bytes: &[u8]| ours::schema(version.name, bytes);
    let contest = Contest { about: version.name, reference: &reference, ours: &judge, faults: LIBXML2 };
    let tally = hunt(&contest, &pool, options.seed, options.mutants)?;
    report::line(version.name, &tally);
    report::kinds(&tally);
    let against = report::explained(corpus, version, options, &tally)?;
    let missed = report::agreed(corpus, version, options, &tally)?;
    let arbiter = corpus.arbiter(version, &options.python);
    report::differences("mutants", &contest, Some(&arbiter), options, &tally)?;
    Ok(tally.unexplained() + against + missed)
}

/// So many distinct mutants of a pool, judged.
pub fn hunt(contest: &Contest, pool: &Pool, seed: u64, wanted: usize) -> io::Result<Tally> {
    let (next, seen, total) = (AtomicU64::new(0), Mutex::new(HashSet::new()), Mutex::new(Tally::default()));
    let worker = || -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        loop {
            let batch = next.fetch_add(1, Ordering::Relaxed);
            // A pool too poor to give what is wanted ends too.
            if batch as usize > 4 + wanted * 3 / BATCH {
                return Ok(());
            }
            let cases = draw(contest.about, pool, seed, batch, &seen, wanted);
            if cases.is_empty() {
                return Ok(());
            }
            let tally = contest.judge(folder.path(), cases)?;
            if let Ok(mut total) = total.lock() {
                total.merge(tally);
            }
        }
    };
    std::thread::scope(|scope| {
        let second = scope.spawn(worker);
        worker()?;
        second.join().map_err(|_| io::Error::other("un fil s'est arrêté"))?
    })?;
    total.into_inner().map_err(|_| io::Error::other("un fil s'est arrêté"))
}

/// The mutants of one batch that were not seen before, none once there are enough.
fn draw(
    about: &str,
    pool: &Pool,
    seed: u64,
    batch: u64,
    seen: &Mutex<HashSet<u64>>,
    wanted: usize,
) -> Vec<Case> {
    // Jing stops at a document that is not well-formed: the reader is compared under the standard's schemas alone.
    let octets = VERSIONS.iter().any(|version| version.name == about);
    let mut random = Random::new(seed, about, batch);
    let mut cases: Vec<Case> = Vec::with_capacity(BATCH);
    for mutant in (0..BATCH).filter_map(|_| mutate::mutant(pool, &mut random)).collect::<Vec<_>>() {
        let (mut bytes, mut kind) = (written::bytes(&mutant.root), mutant.kind);
        if octets && random.chance(OCTETS) {
            (bytes, kind) = (mutate::octets::changed(bytes, &mut random), "octets");
        }
        cases.push(Case { bytes, kind, story: format!("{} (lot {batch})", mutant.story) });
    }
    let Ok(mut seen) = seen.lock() else { return Vec::new() };
    if seen.len() >= wanted {
        return Vec::new();
    }
    cases
        .into_iter()
        .filter(|case| {
            let mut hasher = DefaultHasher::new();
            case.bytes.hash(&mut hasher);
            seen.insert(hasher.finish())
        })
        .collect()
}
