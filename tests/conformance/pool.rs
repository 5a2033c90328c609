//! What mutations draw from: the valid documents of one version, and every name, value and type met there.
//!
//! Never drawn from our own tables, which would hide what they forget: from the documents and the official schema's text.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::dom::{Element, Name, Node, XS, XSI};

/// Samples kept of an element's subtree under one parent.
const SAMPLES: usize = 6;
/// Largest subtree kept as a sample.
const SAMPLE_SIZE_MAX: usize = 40;

/// The material of one grammar.
#[derive(Default)]
pub struct Pool {
    pub seeds: Vec<(String, Element)>,
    /// Any element of the grammar, with what it held.
    pub elements: Vec<Element>,
    /// What was met inside an element of this name.
    pub inside: BTreeMap<Name, Vec<Element>>,
    /// What was met under an element's name, wherever.
    pub alike: BTreeMap<Name, Vec<Element>>,
    /// Attributes met on an element of this name.
    pub attributes_on: BTreeMap<Name, Vec<(Name, String)>>,
    pub attributes: Vec<(Name, String)>,
    /// Texts met and enumerated.
    pub values: Vec<String>,
    /// Types of the schema, as `{namespace}local`.
    pub types: Vec<String>,
    pub namespace: String,
}

impl Pool {
    /// From valid documents of one grammar.
    pub fn new(namespace: &str, seeds: Vec<(String, Element)>) -> Self {
        let mut pool = Self { namespace: namespace.to_owned(), ..Self::default() };
        let mut values = BTreeSet::new();
        for (_, seed) in &seeds {
            seed.walk(None, &mut |element, parent| pool.meet(element, parent, &mut values));
        }
        pool.values.extend(values);
        pool.seeds = seeds;
        let flat: BTreeSet<_> = pool.attributes_on.values().flatten().cloned().collect();
        pool.attributes = flat.into_iter().collect();
        pool.elements = pool.alike.values().flatten().cloned().collect();
        pool
    }

    fn meet(&mut self, element: &Element, parent: Option<&Element>, values: &mut BTreeSet<String>) {
        if let Some(parent) = parent
            && element.size() <= SAMPLE_SIZE_MAX
        {
            let inside = self.inside.entry(parent.name.clone()).or_default();
            if inside.iter().filter(|known| known.name == element.name).count() < SAMPLES {
                inside.push(element.clone());
            }
            let alike = self.alike.entry(element.name.clone()).or_default();
            if alike.len() < 2 * SAMPLES && !alike.contains(element) {
                alike.push(element.clone());
            }
        }
        let on = self.attributes_on.entry(element.name.clone()).or_default();
        for attribute in &element.attributes {
            if on.len() < 30 && !on.contains(attribute) {
                on.push(attribute.clone());
            }
        }
        let texts = element.children.iter().filter_map(|child| match child {
            Node::Text(text) if !text.trim().is_empty() && text.len() < 60 => Some(text.clone()),
            _ => None,
        });
        values.extend(texts);
        values.extend(
            element.attributes.iter().filter(|(name, _)| &*name.namespace != XSI).map(|(_, v)| v.clone()),
        );
    }

    /// Types and enumerated values of a schema's files.
    pub fn read_schema(&mut self, folder: &Path) -> std::io::Result<()> {
        let mut files: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
        files.sort_by_key(std::fs::DirEntry::path);
        for file in files {
            let path = file.path();
            if path.is_dir() {
                self.read_schema(&path)?;
            } else if path.extension().is_some_and(|extension| extension == "xsd") {
                self.read_schema_text(&String::from_utf8_lossy(&std::fs::read(&path)?));
            }
        }
        Ok(())
    }

    fn read_schema_text(&mut self, text: &str) {
        let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
        let Ok(document) = roxmltree::Document::parse_with_options(text, options) else { return };
        let target = document.root_element().attribute("targetNamespace").unwrap_or_default();
        let mut enumerated = 0;
        for node in document.descendants().filter(|node| node.tag_name().namespace() == Some(XS)) {
            match (node.tag_name().name(), node.attribute("name")) {
                ("complexType" | "simpleType", Some(name)) => self.types.push(format!("{{{target}}}{name}")),
                ("enumeration", _) if enumerated < 60 => {
                    enumerated += 1;
                    self.values.extend(node.attribute("value").map(str::to_owned));
                }
                _ => {}
            }
        }
    }
}
