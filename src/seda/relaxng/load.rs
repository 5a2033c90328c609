//! The documents of a profile together: the main one, and those it includes or refers to, found in the bundle (4.5 to 4.7).
//!
//! Never looks anywhere but in the bundle. A document included twice is read twice, as the specification has it; the
//! number of documents, their nesting and their bytes are bounded.

use std::collections::HashMap;
use std::rc::Rc;

use percent_encoding::percent_decode_str;

use super::document::{self, Node};
use super::fault::{Faults, too_complex};
use super::syntax::Tag;
use super::{Bundle, Limits};
use crate::model::Finding;
use crate::model::findings::shortened;

/// Every element of every document. The main document's root is the first.
#[derive(Debug)]
pub struct Forest {
    pub nodes: Vec<Node>,
    /// From an `include` or an `externalRef` to the root of what it names.
    pub targets: HashMap<usize, usize>,
}

/// Where a document lies: its name, and the document that asked for it.
struct Place {
    name: String,
    outer: Option<usize>,
    nesting: usize,
}

/// Reads the main document, then all it asks for.
///
/// # Errors
/// A document cannot be read, is not to be found, includes itself, or is past a limit.
pub fn load(main: &[u8], bundle: &Bundle, limits: &Limits) -> Result<Forest, Vec<Finding>> {
    let mut faults = Faults::new();
    let mut loader = Loader {
        bundle,
        limits,
        bytes_left: limits.bytes_max,
        nodes: Vec::new(),
        targets: HashMap::new(),
        documents: vec![Place { name: String::new(), outer: None, nesting: 0 }],
        homes: Vec::new(),
    };
    loader.read(main, 0, &mut faults)?;
    let mut next = 0;
    while next < loader.nodes.len() {
        loader.visit(next, &mut faults)?;
        next += 1;
    }
    faults.into_result()?;
    Ok(Forest { nodes: loader.nodes, targets: loader.targets })
}

struct Loader<'a> {
    bundle: &'a Bundle,
    limits: &'a Limits,
    bytes_left: usize,
    nodes: Vec<Node>,
    targets: HashMap<usize, usize>,
    documents: Vec<Place>,
    /// Of each node: its document, and what its references are relative to (`None`: somewhere outside).
    homes: Vec<(usize, Option<Rc<str>>)>,
}

impl Loader<'_> {
    fn read(&mut self, bytes: &[u8], document: usize, faults: &mut Faults) -> Result<usize, Vec<Finding>> {
        self.bytes_left = self
            .bytes_left
            .checked_sub(bytes.len())
            .ok_or_else(|| too_complex(format!("profil de plus de {} octets", self.limits.bytes_max)))?;
        let name = self.documents[document].name.clone();
        let root = document::read(bytes, self.limits, &mut self.nodes, faults).map_err(|findings| {
            let place = |finding: Finding| if name.is_empty() { finding } else { finding.in_path(&name) };
            findings.into_iter().map(place).collect::<Vec<_>>()
        })?;
        self.homes.resize(self.nodes.len(), (document, Some(name.as_str().into())));
        Ok(root)
    }

    fn visit(&mut self, node: usize, faults: &mut Faults) -> Result<(), Vec<Finding>> {
        let home = self.base(node);
        self.homes[node].1.clone_from(&home);
        if !matches!(self.nodes[node].tag, Tag::Include | Tag::ExternalRef) {
            return Ok(());
        }
        // Without an `href`, it is the syntax that is at fault.
        let Some(href) = self.nodes[node].attribute("href") else { return Ok(()) };
        let line = self.nodes[node].line;
        let shown = shortened(href.to_owned(), 200);
        let Some(name) = home.and_then(|base| resolve(&base, href)) else {
            faults.reference(format!("« {shown} » n'est pas un fichier joint au profil"), line);
            return Ok(());
        };
        let decoded = percent_decode_str(&name).decode_utf8_lossy().into_owned();
        let bundle = self.bundle;
        let found = bundle.get(&name).map(|bytes| (name, bytes));
        let Some((name, bytes)) = found.or_else(|| bundle.get(&decoded).map(|bytes| (decoded, bytes))) else {
            faults.reference(format!("« {shown} » n'est pas joint au profil"), line);
            return Ok(());
        };
        let outer = self.homes[node].0;
        if self.is_open(&name, outer) {
            faults.reference(format!("« {shown} » s'inclut lui-même"), line);
            return Ok(());
        }
        let nesting = self.documents[outer].nesting + 1;
        if nesting > self.limits.nesting_max || self.documents.len() >= self.limits.documents_max {
            return Err(too_complex("trop de fichiers inclus"));
        }
        self.documents.push(Place { name, outer: Some(outer), nesting });
        let root = self.read(bytes, self.documents.len() - 1, faults)?;
        self.targets.insert(node, root);
        Ok(())
    }

    /// What the references of a node are relative to.
    fn base(&self, node: usize) -> Option<Rc<str>> {
        let around = match self.nodes[node].parent {
            Some(parent) => self.homes[parent].1.clone(),
            None => self.homes[node].1.clone(),
        };
        match &self.nodes[node].base {
            Some(base) => resolve(&around?, base).map(Rc::from),
            None => around,
        }
    }

    fn is_open(&self, name: &str, document: usize) -> bool {
        let mut open = Some(document);
        while let Some(here) = open {
            if self.documents[here].name == name {
                return true;
            }
            open = self.documents[here].outer;
        }
        false
    }
}

/// A relative reference (RFC 3986, 5.2) that stays within the bundle.
fn resolve(base: &str, reference: &str) -> Option<String> {
    let head = reference.split(['/', '?']).next().unwrap_or_default();
    if reference.starts_with('/') || reference.contains(['#', '?', '\\']) || head.contains(':') {
        return None;
    }
    let folder = base.rfind('/').map_or("", |end| &base[..=end]);
    let joined = if reference.is_empty() { base.to_owned() } else { format!("{folder}{reference}") };
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = joined.split('/').peekable();
    while let Some(segment) = segments.next() {
        let is_last = segments.peek().is_none();
        match segment {
            ".." => {
                kept.pop()?;
            }
            "." => {}
            _ => {
                kept.push(segment);
                continue;
            }
        }
        if is_last {
            kept.push("");
        }
    }
    Some(kept.join("/"))
}

#[cfg(test)]
mod tests {
    use super::resolve;

    #[test]
    fn references_are_relative_to_the_document_and_never_leave_the_bundle() {
        let of = |base, reference| resolve(base, reference);
        assert_eq!(of("", "x.rng").as_deref(), Some("x.rng"));
        assert_eq!(of("sub/a.rng", "x.rng").as_deref(), Some("sub/x.rng"));
        assert_eq!(of("sub/a.rng", "../x.rng").as_deref(), Some("x.rng"));
        assert_eq!(of("sub/a.rng", "./b/../x.rng").as_deref(), Some("sub/x.rng"));
        assert_eq!(of("sub1/", "sub2").as_deref(), Some("sub1/sub2"));
        for outside in
            ["../x", "/etc/passwd", "file:///etc/passwd", "http://a/b", "//a/b", "x#y", "x?y", "a\\b"]
        {
            assert_eq!(of("", outside), None, "{outside}");
        }
    }
}
