//! Of a member's file: what an agreement asks of the virus scanner, and whether this service can do it.

use std::path::Path;

use super::faults::{Faults, one_of};
use super::read::{self, Text, WrittenAgreement};
use super::{Error, Fault};
use crate::model::{LargeFiles, VirusCheck};

/// What is written, or what nobody decided.
pub(super) fn check_virus(written: &WrittenAgreement, faults: &mut Faults) -> (VirusCheck, LargeFiles) {
    let mut known = |word: &Option<Text>, words: &[&str]| {
        word.iter().for_each(|word| one_of(word, words, faults));
        word.as_ref().map(|word| word.get_ref().clone()).unwrap_or_default()
    };
    let virus = known(&written.virus, &VirusCheck::ALL.map(VirusCheck::word));
    let large = known(&written.virus_large, &LargeFiles::ALL.map(LargeFiles::word));
    (
        VirusCheck::from_word(&virus).unwrap_or(VirusCheck::WhenConfigured),
        LargeFiles::from_word(&large).unwrap_or(LargeFiles::Parts),
    )
}

/// Asked before [`super::plan`] and [`super::apply`] by a service without a virus scanner: an agreement that requires
/// one would open to deposits that can only be refused.
///
/// # Errors
/// Each such agreement, with its line.
pub fn refuse_without_virus_scanner(folder: &Path) -> Result<(), Error> {
    let mut faults = Vec::new();
    for path in read::paths(folder).map_err(Error::Files)? {
        let (text, written) = read::written(&path).map_err(Error::Files)?;
        let virus = written.agreement.iter().filter_map(|agreement| agreement.virus.as_ref());
        for word in virus.filter(|word| word.get_ref() == VirusCheck::Required.word()) {
            let reason = "l'accord exige l'analyse antivirale et le service n'a pas d'antivirus : donnez son adresse \
                          (réglage antivirus.address), ou écrivez « when_configured »";
            let line = read::line_at(&text, word.span().start);
            faults.push(Fault { path: path.clone(), line, reason: reason.into() });
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Files(faults)) }
}
