//! Random documents written from a RELAX NG schema's own text: mostly valid for it, which nothing else of the corpus is.
//!
//! Never through our compiler, whose mistakes would be repeated. Schemas in one document, without nested grammars: what
//! profiles are; of another no document is made.

use std::collections::HashMap;

use roxmltree::Node as Rng;

use crate::dom::{Element, Name, Node, XML};
use crate::random::Random;

const RNG: &str = "http://relaxng.org/ns/structure/1.0";
const DEPTH_MAX: usize = 40;
const SIZE_MAX: usize = 400;

/// Writes documents from one schema.
pub struct Writer<'a> {
    start: Rng<'a, 'a>,
    defines: HashMap<&'a str, Vec<Rng<'a, 'a>>>,
    random: Random,
    size: usize,
    depth: usize,
    identifiers: usize,
    /// How often what is optional is written, in a hundred.
    optional: usize,
}

impl<'a> Writer<'a> {
    /// For a schema; `None` when it is not of the kind we can write from.
    pub fn new(schema: &'a roxmltree::Document<'a>, random: Random) -> Option<Self> {
        let root = schema.root_element();
        let refused = ["externalRef", "include", "parentRef"];
        if root.descendants().any(|node| is_rng(node) && refused.contains(&node.tag_name().name())) {
            return None;
        }
        let start = root.descendants().find(|node| is_rng(*node) && node.has_tag_name((RNG, "start")))?;
        let mut defines: HashMap<&str, Vec<Rng>> = HashMap::new();
        for define in root.descendants().filter(|node| node.has_tag_name((RNG, "define"))) {
            defines.entry(define.attribute("name")?.trim()).or_default().push(define);
        }
        Some(Self { start, defines, random, size: 0, depth: 0, identifiers: 0, optional: 30 })
    }

    /// A document, or what came out of it.
    pub fn document(&mut self) -> Option<Element> {
        (self.size, self.depth, self.identifiers) = (0, 0, 0);
        self.optional = *self.random.pick(&[5, 20, 45, 70])?;
        let mut holder = Element::new(Name::new("", "x"));
        self.all(self.start, &mut holder);
        holder
            .children
            .into_iter()
            .find_map(|child| if let Node::Element(root) = child { Some(root) } else { None })
    }

    fn all(&mut self, parent: Rng<'a, 'a>, into: &mut Element) {
        parent.children().filter(|node| is_rng(*node)).for_each(|node| self.one(node, into));
    }

    fn one(&mut self, node: Rng<'a, 'a>, into: &mut Element) {
        match node.tag_name().name() {
            "element" => self.element(node, into),
            "attribute" => self.attribute(node, into),
            "group" | "grammar" | "start" | "mixed" | "list" => self.all(node, into),
            "optional" if self.wants() => self.all(node, into),
            "zeroOrMore" | "oneOrMore" => {
                let least = usize::from(node.has_tag_name((RNG, "oneOrMore")));
                let most = least + usize::from(self.wants()) + usize::from(self.wants());
                (0..most).for_each(|_| self.all(node, into));
            }
            "choice" => {
                let branches: Vec<Rng> = node.children().filter(|child| is_rng(*child)).collect();
                if let Some(&branch) = self.random.pick(&branches) {
                    self.one(branch, into);
                }
            }
            "interleave" => {
                let mut branches: Vec<Rng> = node.children().filter(|child| is_rng(*child)).collect();
                while !branches.is_empty() {
                    let branch = branches.swap_remove(self.random.below(branches.len()));
                    self.one(branch, into);
                }
            }
            "ref" => self.reference(node, into),
            "value" => put(into, node.text().unwrap_or_default()),
            "data" => {
                let text = self.data(node.attribute("type").unwrap_or_default());
                put(into, &text);
            }
            "text" if self.random.chance(60) => put(into, "texte libre"),
            _ => {}
        }
    }

    fn wants(&mut self) -> bool {
        self.depth < DEPTH_MAX && self.size < SIZE_MAX && self.random.chance(self.optional)
    }

    fn reference(&mut self, node: Rng<'a, 'a>, into: &mut Element) {
        if self.depth > 2 * DEPTH_MAX {
            return;
        }
        let name = node.attribute("name").unwrap_or_default().trim();
        let defined = self.defines.get(name).cloned().unwrap_or_default();
        let is_choice = defined.iter().any(|define| define.attribute("combine") == Some("choice"));
        self.depth += 1;
        if is_choice {
            if let Some(&define) = self.random.pick(&defined) {
                self.all(define, into);
            }
        } else {
            defined.into_iter().for_each(|define| self.all(define, into));
        }
        self.depth -= 1;
    }

    fn element(&mut self, node: Rng<'a, 'a>, into: &mut Element) {
        self.size += 1;
        let Some((name, content)) = self.name(node, true) else { return };
        let mut element = Element::new(name);
        self.depth += 1;
        if self.depth < 3 * DEPTH_MAX {
            content.into_iter().for_each(|child| self.one(child, &mut element));
        }
        self.depth -= 1;
        into.children.push(Node::Element(element));
    }

    fn attribute(&mut self, node: Rng<'a, 'a>, into: &mut Element) {
        let Some((name, content)) = self.name(node, false) else { return };
        let mut holder = Element::new(name.clone());
        if content.is_empty() {
            put(&mut holder, "libre");
        }
        content.into_iter().for_each(|child| self.one(child, &mut holder));
        let value = holder.children.iter().find_map(|child| match child {
            Node::Text(text) => Some(text.clone()),
            _ => None,
        });
        into.set(name, value.unwrap_or_default());
    }

    /// The name an element or attribute takes, and its content's patterns.
    fn name(&mut self, node: Rng<'a, 'a>, is_element: bool) -> Option<(Name, Vec<Rng<'a, 'a>>)> {
        let mut content: Vec<Rng> = node.children().filter(|child| is_rng(*child)).collect();
        if let Some(name) = node.attribute("name") {
            // An attribute named this way has no namespace but the one given on the spot.
            let inherited =
                if is_element { namespace(node) } else { node.attribute("ns").unwrap_or_default() };
            return Some((qualified(node, name.trim(), inherited), content));
        }
        let class = content.first().copied()?;
        content.remove(0);
        Some((self.of_class(class), content))
    }

    fn of_class(&mut self, class: Rng<'a, 'a>) -> Name {
        match class.tag_name().name() {
            "name" => qualified(class, class.text().unwrap_or_default().trim(), namespace(class)),
            "choice" => {
                let classes: Vec<Rng> = class.children().filter(|child| is_rng(*child)).collect();
                match self.random.pick(&classes) {
                    Some(&class) => self.of_class(class),
                    None => Name::new("", "vide"),
                }
            }
            "nsName" => Name::new(namespace(class), "libre"),
            _ => Name::new(self.random.one(&["urn:example:foreign", ""]), "libre"),
        }
    }

    fn data(&mut self, kind: &str) -> String {
        let of = match kind {
            "date" => ["2024-06-01", "2024-02-29Z", "1999-12-31+02:00"],
            "dateTime" => ["2024-06-01T10:00:00", "2024-06-01T10:00:00Z", "2024-06-01T10:00:00.5+02:00"],
            "base64Binary" => ["AAAA", "QUJD", ""],
            "hexBinary" => ["00", "0aF1", ""],
            "language" => ["fr", "fra", "fr-FR"],
            "boolean" => ["true", "0", "false"],
            "duration" => ["P1Y", "P10Y", "P0D"],
            "long" | "int" | "integer" | "positiveInteger" | "nonNegativeInteger" => ["1", "42", "007"],
            "decimal" | "double" | "float" => ["1", "1.5", "-0.25"],
            "gYear" => ["2024", "1999Z", "0001"],
            "ID" | "IDREF" | "NCName" => {
                self.identifiers += 1;
                return format!("id{}", self.identifiers);
            }
            "anyURI" => ["content/f1.txt", "http://example.org/a", ""],
            _ => ["texte", "un  texte\nsur deux lignes", ""],
        };
        let most = if self.random.chance(85) { 2 } else { 3 };
        self.random.one(&of[..most]).to_owned()
    }
}

fn put(into: &mut Element, text: &str) {
    if !text.is_empty() {
        into.children.push(Node::Text(text.to_owned()));
    }
}

fn is_rng(node: Rng) -> bool {
    node.tag_name().namespace() == Some(RNG)
}

/// The `ns` in force.
fn namespace<'a>(node: Rng<'a, 'a>) -> &'a str {
    node.ancestors().find_map(|ancestor| ancestor.attribute("ns")).unwrap_or_default()
}

fn qualified(node: Rng, name: &str, inherited: &str) -> Name {
    match name.split_once(':') {
        // Bound without being declared.
        Some(("xml", local)) => Name::new(XML, local),
        Some((prefix, local)) => {
            Name::new(node.lookup_namespace_uri(Some(prefix)).unwrap_or_default(), local)
        }
        None => Name::new(inherited, name),
    }
}
