//! Our verdicts: the one place of the harness that calls the engine.
//!
//! Never judges: it says what was found, and whether nothing but references to nothing was.

use std::cell::Cell;
use std::collections::HashSet;
use std::panic::{self, AssertUnwindSafe};
use std::path::Path;

use chartrier::model::{Finding, Limits, SedaVersion};
use chartrier::seda::datatype::Identity;
use chartrier::seda::engine::automaton::Automaton;
use chartrier::seda::engine::fault::{Kinds, OF_PROFILE, OF_SCHEMA, Witness};

use chartrier::seda::engine::matcher::Matcher;
use chartrier::seda::relaxng;
use chartrier::seda::standard;
use chartrier::seda::xml::{Halt, Token, Xml};

/// What we say of a document.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    pub valid: bool,
    /// Invalid for references to nothing, and for nothing else.
    pub dangling_only: bool,
    /// Code and sentence of each finding.
    pub findings: Vec<String>,
    /// A difference whatever the reference says.
    pub has_panicked: bool,
}

thread_local! {
    /// The states earlier documents made: what is found must not depend on them.
    static AUTOMATA: Cell<Option<Vec<(SedaVersion, Automaton<'static>)>>> = const { Cell::new(None) };
}

fn panicked() -> Verdict {
    Verdict { findings: vec!["le programme s'est arrêté".to_owned()], has_panicked: true, ..Verdict::default() }
}

/// A compiled profile.
pub type Profile = relaxng::Profile;

/// Under the standard's own grammar.
pub fn schema(version: &str, bytes: &[u8]) -> Verdict {
    let Some(version) = SedaVersion::from_number(version) else { return Verdict::default() };
    let known = AUTOMATA.take().unwrap_or_default();
    let (mut mine, others): (Vec<_>, Vec<_>) = known.into_iter().partition(|(of, _)| *of == version);
    let automaton = mine.pop().map_or_else(|| Automaton::new(standard::of(version)), |(_, automaton)| automaton);
    let Ok((mut heard, automaton)) = panic::catch_unwind(AssertUnwindSafe(|| judge(automaton, &OF_SCHEMA, bytes))) else {
        return panicked();
    };
    AUTOMATA.set(Some(others.into_iter().chain([(version, automaton)]).collect()));
    let dangling: Vec<String> = heard.references.iter().filter(|name| !heard.identifiers.contains(*name)).cloned().collect();
    let dangling_only = heard.findings.is_empty() && !dangling.is_empty();
    heard.findings.extend(dangling.iter().map(|name| format!("référence à rien « {name} »")));
    Verdict { valid: heard.findings.is_empty(), dangling_only, findings: heard.findings, has_panicked: false }
}

/// Under a profile, identifiers not looked at.
pub fn profile(profile: &Profile, bytes: &[u8]) -> Verdict {
    let new = || judge(Automaton::new(&profile.grammar), &OF_PROFILE, bytes);
    let Ok((mut heard, _)) = panic::catch_unwind(AssertUnwindSafe(new)) else { return panicked() };
    heard.findings.retain(|finding| !finding.starts_with(TWICE));
    Verdict { valid: heard.findings.is_empty(), findings: heard.findings, ..Verdict::default() }
}

/// A schema of RELAX NG, with the files beside it and below; the reason when it is refused.
pub fn compile(path: &Path) -> Result<Profile, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let mut bundle = relaxng::Bundle::new();
    if let Some(folder) = path.parent() {
        beside(folder, folder, &mut bundle).map_err(|error| error.to_string())?;
    }
    let refused = |findings: Vec<Finding>| findings.iter().map(|f| f.message.clone()).collect::<Vec<_>>().join(" ; ");
    relaxng::compile(&bytes, &bundle, &relaxng::Limits::default()).map_err(refused)
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

/// Beginning of what is said of an identifier given twice.
const TWICE: &str = "identifiant donné deux fois";

#[derive(Default)]
struct Heard {
    findings: Vec<String>,
    identifiers: HashSet<String>,
    references: Vec<String>,
}

impl Witness for Heard {
    fn finding(&mut self, finding: Finding) {
        let path = finding.path.as_deref().unwrap_or_default();
        self.findings.push(format!("{} {} [{path}]", finding.kind.code, finding.message));
    }

    fn identifier(&mut self, identity: Identity, text: &str, _: u64) {
        match identity {
            Identity::None => {}
            Identity::Id => {
                if !self.identifiers.insert(text.trim().to_owned()) {
                    self.findings.push(format!("{TWICE} « {text} »"));
                }
            }
            Identity::Idref | Identity::Idrefs => {
                self.references.extend(text.split_ascii_whitespace().map(str::to_owned));
            }
        }
    }
}

fn judge<'g>(automaton: Automaton<'g>, kinds: &'static Kinds, bytes: &[u8]) -> (Heard, Automaton<'g>) {
    let mut heard = Heard::default();
    let mut matcher = Matcher::with(automaton, kinds);
    if let Err(halt) = read(&mut matcher, bytes, &mut heard) {
        heard.findings.push(match halt {
            Halt::Refused(finding) => format!("{} {}", finding.kind.code, finding.message),
            Halt::Failed(error) => error.to_string(),
        });
    }
    (heard, matcher.into_automaton())
}

fn read(matcher: &mut Matcher, bytes: &[u8], heard: &mut Heard) -> Result<(), Halt> {
    let mut xml = Xml::new(bytes, &Limits::default())?;
    loop {
        match xml.advance()? {
            Token::Start => {
                matcher.start(&mut xml, heard);
                if matcher.takes_pieces() {
                    xml.stream_text();
                }
            }
            Token::End => matcher.end(&mut xml, heard),
            Token::Chunk => matcher.piece(&xml),
            Token::Over => return Ok(()),
        }
    }
}
