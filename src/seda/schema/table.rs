//! The tables of content models, compiled once per process: one type a line, a small grammar.
//!
//! `Type @required ?optional = Name:Type? ( A:T | B:T )* …`; `$base` and `{a,b}` are simple values, `ANY` elements of other
//! namespaces, `ABSTRACT` nothing without `xsi:type`. Written by `scripts/seda_tables.py`.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::model::SedaVersion;
use crate::seda::value::Simple;

/// A type of the schema.
pub struct Type {
    /// Plain attributes; those of other namespaces are not judged.
    pub required: Vec<&'static str>,
    pub optional: Vec<&'static str>,
    pub body: Body,
}

/// What a type may hold.
pub enum Body {
    Simple(Simple),
    /// Elements of other namespaces, unread.
    Any,
    /// No value without `xsi:type`.
    Abstract,
    Elements(Automaton),
}

/// Glushkov's automaton of a content model: one state per element particle, deterministic since XSD models are.
#[derive(Default)]
pub struct Automaton {
    pub names: Vec<(&'static str, usize)>,
    first: Vec<usize>,
    follow: Vec<Vec<usize>>,
    is_last: Vec<bool>,
    is_nullable: bool,
}

/// The tables of one version.
pub struct Schema {
    pub types: Vec<Type>,
    pub root: usize,
}

/// What a particle looks like from outside.
#[derive(Default)]
struct Part {
    first: Vec<usize>,
    last: Vec<usize>,
    is_nullable: bool,
}

/// The tables of a version, for those we check.
pub fn of(version: SedaVersion) -> Option<&'static Schema> {
    static TABLES: [(SedaVersion, &str, OnceLock<Schema>); 4] = [
        (SedaVersion::V2_0, include_str!("2.0.txt"), OnceLock::new()),
        (SedaVersion::V2_1, include_str!("2.1.txt"), OnceLock::new()),
        (SedaVersion::V2_2, include_str!("2.2.txt"), OnceLock::new()),
        (SedaVersion::V2_3, include_str!("2.3.txt"), OnceLock::new()),
    ];
    let (_, text, compiled) = TABLES.iter().find(|table| table.0 == version)?;
    Some(compiled.get_or_init(|| Schema::compile(text)))
}

impl Schema {
    fn compile(text: &'static str) -> Schema {
        let lines: Vec<(&str, &str)> = text
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('='))
            .collect();
        let mut ids = HashMap::new();
        for (head, _) in &lines {
            let next = ids.len();
            ids.insert(head.split_whitespace().next().unwrap_or_default(), next);
        }
        let mut types: Vec<Type> = lines
            .iter()
            .map(|(head, _)| {
                let marked =
                    |mark: char| head.split_whitespace().filter_map(move |word| word.strip_prefix(mark));
                Type { required: marked('@').collect(), optional: marked('?').collect(), body: Body::Any }
            })
            .collect();
        // Simple types used in place get an identifier of their own.
        let mut simple = HashMap::new();
        for (at, (_, body)) in lines.iter().enumerate() {
            types[at].body = parse_body(body.trim(), &mut |name| {
                if let Some(&id) = ids.get(name) {
                    return id;
                }
                let next = lines.len() + simple.len();
                *simple.entry(name).or_insert(next)
            });
        }
        let mut named: Vec<(&str, usize)> = simple.into_iter().collect();
        named.sort_by_key(|&(_, id)| id);
        for (name, _) in named {
            types.push(Type {
                required: Vec::new(),
                optional: Vec::new(),
                body: Body::Simple(Simple::named(name)),
            });
        }
        let root = ids.get("ArchiveTransferType").copied().unwrap_or_default();
        Schema { types, root }
    }
}

fn parse_body(body: &'static str, id: &mut impl FnMut(&'static str) -> usize) -> Body {
    match body {
        "ANY" => Body::Any,
        "ABSTRACT" => Body::Abstract,
        _ if body.starts_with(['$', '{']) => Body::Simple(Simple::parse(body)),
        _ => {
            let mut automaton = Automaton::default();
            let part = sequence(&mut body.split_whitespace().peekable(), &mut automaton, id);
            automaton.first = part.first;
            automaton.is_nullable = part.is_nullable;
            for last in part.last {
                automaton.is_last[last] = true;
            }
            Body::Elements(automaton)
        }
    }
}

type Words<'a> = std::iter::Peekable<std::str::SplitWhitespace<'a>>;

/// A sequence or choice up to the closing parenthesis.
fn sequence(
    words: &mut Words<'static>,
    automaton: &mut Automaton,
    id: &mut impl FnMut(&'static str) -> usize,
) -> Part {
    let mut branches: Vec<Part> = Vec::new();
    let mut current = Part { is_nullable: true, ..Part::default() };
    while let Some(word) = words.next() {
        let (part, quantifier) = if word == "(" {
            let part = sequence(words, automaton, id);
            let quantifier = words.next().unwrap_or_default().trim_start_matches(')');
            (part, quantifier)
        } else if word == "|" {
            branches.push(std::mem::take(&mut current));
            current.is_nullable = true;
            continue;
        } else {
            element(word, automaton, id)
        };
        let part = repeated(part, quantifier, automaton);
        for &last in &current.last {
            let follow = &mut automaton.follow[last];
            follow
                .extend(part.first.iter().copied().filter(|next| !follow.contains(next)).collect::<Vec<_>>());
        }
        if current.is_nullable {
            current.first.extend(&part.first);
        }
        if part.is_nullable {
            current.last.extend(&part.last);
        } else {
            current.last = part.last;
        }
        current.is_nullable &= part.is_nullable;
        if words.peek().is_some_and(|word| word.starts_with(')')) {
            break;
        }
    }
    branches.push(current);
    let is_nullable = branches.iter().any(|branch| branch.is_nullable);
    let first = branches.iter().flat_map(|branch| branch.first.iter().copied()).collect();
    Part { first, last: branches.into_iter().flat_map(|branch| branch.last).collect(), is_nullable }
}

fn element(
    word: &'static str,
    automaton: &mut Automaton,
    id: &mut impl FnMut(&'static str) -> usize,
) -> (Part, &'static str) {
    let bare = word.trim_end_matches(['?', '*', '+']);
    let (name, kind) = bare.split_once(':').unwrap_or((bare, "string"));
    let state = automaton.names.len();
    automaton.names.push((name, id(kind)));
    automaton.follow.push(Vec::new());
    automaton.is_last.push(false);
    (Part { first: vec![state], last: vec![state], is_nullable: false }, &word[bare.len()..])
}

fn repeated(mut part: Part, quantifier: &str, automaton: &mut Automaton) -> Part {
    if matches!(quantifier, "*" | "+") {
        for &last in &part.last {
            for &first in &part.first {
                if !automaton.follow[last].contains(&first) {
                    automaton.follow[last].push(first);
                }
            }
        }
    }
    part.is_nullable |= matches!(quantifier, "*" | "?");
    part
}

impl Automaton {
    fn after(&self, state: Option<usize>) -> &[usize] {
        state.map_or(&self.first, |state| &self.follow[state])
    }

    /// The state an element of this name leads to.
    pub fn next(&self, state: Option<usize>, name: &str) -> Option<usize> {
        self.after(state).iter().copied().find(|&next| self.names[next].0 == name)
    }

    /// Whether the content may end here.
    pub fn accepts(&self, state: Option<usize>) -> bool {
        state.map_or(self.is_nullable, |state| self.is_last[state])
    }

    /// The names that may come next, the first few.
    pub fn expected(&self, state: Option<usize>) -> String {
        let mut names: Vec<&str> = Vec::new();
        for &next in self.after(state) {
            if !names.contains(&self.names[next].0) {
                names.push(self.names[next].0);
            }
        }
        match names.len() {
            0 => "rien d'autre".to_owned(),
            1..=6 => names.join(", "),
            _ => format!("{}…", names[..6].join(", ")),
        }
    }
}
