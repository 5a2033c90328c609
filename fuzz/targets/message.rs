//! Any bytes as a message: read, matched against the grammar its namespace names, its identifiers gathered.
#![no_main]

use chartrier_fuzz::model::{Findings, Limits, SedaVersion};
use chartrier_fuzz::seda::Scratch;
use chartrier_fuzz::seda::identifiers::Identifiers;
use chartrier_fuzz::seda::pass::{Grammars, Nobody, listen};
use chartrier_fuzz::seda::xml::{Halt, Xml};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { xml_text_bytes_max: 4_096, findings_max: 50, ..Limits::default() };
    let _ = read(bytes, &limits);
});

fn read(bytes: &[u8], limits: &Limits) -> Result<(), Halt> {
    let mut xml = Xml::new(bytes, limits)?;
    xml.advance()?;
    let namespace = xml.namespace_of_name(xml.name());
    let version = SedaVersion::ALL.into_iter().find(|version| version.namespace() == namespace);
    let version = version.unwrap_or(SedaVersion::V2_1);
    let mut grammars = Grammars::of_version(version);
    let mut identifiers = Identifiers::new(&Scratch::memory());
    let mut found = Findings::new(limits.findings_max);
    let read = listen(&mut xml, &mut grammars, Some(&mut identifiers), &mut Nobody, &mut found);
    grammars.keep(version);
    identifiers.finish().map_err(Halt::Failed)?;
    read
}
