//! What an element inherits from those around it, and which definition each name leads to (4.3, 4.7, 4.9, 4.17, 4.18).
//!
//! One pass over the elements, parents first. Definitions are found by grammar and name; those an `include` replaces are
//! marked, and left out of what follows.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::ast::{Combine, Definition, DefinitionId};
use super::document::Node;
use super::fault::Faults;
use super::load::Forest;
use super::names::trimmed;
use super::syntax::{self, Role, Tag};
use crate::model::findings::shortened;

/// What holds at one element.
#[derive(Clone, Debug)]
pub struct Context {
    pub role: Role,
    /// The namespace of names without a prefix.
    pub ns: Rc<str>,
    pub library: Rc<str>,
    /// Replaced by an `include`: its syntax counts, nothing else.
    pub is_dropped: bool,
    /// The definition it is part of or refers to (`define`, `start`, `ref`, `parentRef`, `grammar`).
    pub definition: Option<DefinitionId>,
    grammar: Option<usize>,
    /// What the includes around replace.
    filter: Option<usize>,
    /// The include whose replacements are being read.
    replaces: Option<usize>,
}

type Key = Option<Rc<str>>;

/// What one `include` replaces, and whether each was there to replace.
struct Filter {
    outer: Option<usize>,
    replaced: BTreeMap<Key, bool>,
    line: u64,
}

/// Contexts, element by element, and definitions.
pub struct Contexts {
    pub contexts: Vec<Context>,
    pub definitions: Vec<Definition>,
    known: HashMap<(usize, Key), DefinitionId>,
    /// The grammar around each grammar.
    grammars: Vec<Option<usize>>,
    filters: Vec<Filter>,
}

impl Contexts {
    /// Goes through all the elements; says what is wrong with their syntax and with the names they refer to.
    pub fn of(forest: &Forest, faults: &mut Faults) -> Self {
        let outermost = Context {
            role: Role::Pattern,
            ns: "".into(),
            library: "".into(),
            is_dropped: false,
            definition: None,
            grammar: None,
            filter: None,
            replaces: None,
        };
        let mut all = Self {
            contexts: vec![outermost; forest.nodes.len()],
            definitions: Vec::new(),
            known: HashMap::new(),
            grammars: Vec::new(),
            filters: Vec::new(),
        };
        for place in 0..forest.nodes.len() {
            all.visit(place, forest, faults);
        }
        all.finish(faults);
        all
    }

    /// Completes the context its parent left for a node, and leaves theirs for its children.
    fn visit(&mut self, place: usize, forest: &Forest, faults: &mut Faults) {
        let node = &forest.nodes[place];
        let mut context = self.contexts[place].clone();
        context.role = syntax::check_place(node, context.role, faults);
        if context.role != Role::Misplaced {
            syntax::check_attributes(node, faults);
            self.enter(node, &mut context, faults);
        }
        let tags: Vec<Tag> = node.children.iter().map(|&child| forest.nodes[child].tag).collect();
        let roles = syntax::roles(node, context.role, &tags, faults);
        let inherited = Context { definition: None, ..context.clone() };
        for (&child, role) in node.children.iter().zip(roles) {
            self.contexts[child] = Context { role, ..inherited.clone() };
        }
        if let Some(&root) = forest.targets.get(&place) {
            let (role, filter) = match node.tag {
                Tag::Include => (Role::Included, context.replaces),
                _ => (Role::Pattern, None),
            };
            self.contexts[root] = Context { role, library: "".into(), filter, replaces: None, ..inherited };
        }
        self.contexts[place] = context;
    }

    fn enter(&mut self, node: &Node, context: &mut Context, faults: &mut Faults) {
        if let Some(ns) = node.attribute("ns") {
            context.ns = ns.into();
        }
        if let Some(library) = node.attribute("datatypeLibrary") {
            context.library = library.into();
        }
        match node.tag {
            Tag::Grammar if context.role == Role::Pattern => {
                self.grammars.push(context.grammar);
                let grammar = self.grammars.len() - 1;
                (context.grammar, context.filter, context.replaces) = (Some(grammar), None, None);
                if !context.is_dropped {
                    context.definition = Some(self.ask(grammar, None, node.line));
                }
            }
            Tag::Include => {
                self.filters.push(Filter {
                    outer: context.filter,
                    replaced: BTreeMap::new(),
                    line: node.line,
                });
                context.replaces = Some(self.filters.len() - 1);
            }
            Tag::Start => self.define(None, node, context, faults),
            Tag::Define => {
                let name = node.attribute("name").map(|name| trimmed(name).into());
                if name.is_some() {
                    self.define(name, node, context, faults);
                }
            }
            Tag::Ref | Tag::ParentRef => self.refer(node, context, faults),
            _ => {}
        }
    }

    /// A `define` or a `start`: given, replacing, or replaced.
    fn define(&mut self, key: Key, node: &Node, context: &mut Context, faults: &mut Faults) {
        if let Some(filter) = context.replaces {
            self.filters[filter].replaced.entry(key.clone()).or_insert(false);
        }
        let mut filter = context.filter;
        while let Some(here) = filter {
            if let Some(is_there) = self.filters[here].replaced.get_mut(&key) {
                *is_there = true;
                context.is_dropped = true;
                break;
            }
            filter = self.filters[here].outer;
        }
        (context.filter, context.replaces) = (None, None);
        let (false, Some(grammar)) = (context.is_dropped, context.grammar) else { return };
        let id = self.definition(grammar, key);
        context.definition = Some(id);
        let definition = &mut self.definitions[id.0];
        if definition.met == 0 {
            definition.line = node.line;
        }
        definition.met += 1;
        let combine = match node.attribute("combine").map(trimmed) {
            None => {
                definition.plain += 1;
                None
            }
            Some("interleave") => Some(Combine::Interleave),
            Some(_) => Some(Combine::Choice),
        };
        if definition.plain > 1 && combine.is_none() {
            let message = format!("{} est donné deux fois sans « combine »", definition.told());
            faults.reference(message, node.line);
        }
        match (combine, definition.combine) {
            (Some(given), Some(known)) if given != known => {
                let message = format!("{} est combiné de deux façons différentes", definition.told());
                faults.reference(message, node.line);
            }
            (Some(given), None) => definition.combine = Some(given),
            _ => {}
        }
    }

    fn refer(&mut self, node: &Node, context: &mut Context, faults: &mut Faults) {
        let Some(name) = node.attribute("name").map(trimmed) else { return };
        if context.is_dropped {
            return;
        }
        let grammar = match node.tag {
            Tag::Ref => context.grammar,
            _ => context.grammar.and_then(|grammar| self.grammars[grammar]),
        };
        match grammar {
            Some(grammar) => context.definition = Some(self.ask(grammar, Some(name.into()), node.line)),
            None => {
                let shown = shortened(name.to_owned(), 100);
                faults.reference(format!("« {shown} » est demandé hors de toute grammaire"), node.line);
            }
        }
    }

    fn ask(&mut self, grammar: usize, key: Key, line: u64) -> DefinitionId {
        let id = self.definition(grammar, key);
        self.definitions[id.0].asked.get_or_insert(line);
        id
    }

    fn definition(&mut self, grammar: usize, key: Key) -> DefinitionId {
        let next = DefinitionId(self.definitions.len());
        let id = *self.known.entry((grammar, key.clone())).or_insert(next);
        if id == next {
            self.definitions.push(Definition {
                name: key,
                combine: None,
                plain: 0,
                met: 0,
                bodies: Vec::new(),
                asked: None,
                line: 0,
            });
        }
        id
    }

    /// What was asked for and never given, replaced and never there.
    fn finish(&self, faults: &mut Faults) {
        for definition in &self.definitions {
            match (&definition.name, definition.asked) {
                (Some(_), Some(line)) if definition.met == 0 => {
                    faults.reference(format!("{} est demandé et n'existe pas", definition.told()), line);
                }
                (None, Some(line)) if definition.met == 0 => {
                    faults.reference("la grammaire n'a pas de « start »", line);
                }
                _ => {}
            }
        }
        for filter in &self.filters {
            for (key, _) in filter.replaced.iter().filter(|(_, is_there)| !**is_there) {
                let shown = key.as_deref().map_or("start".to_owned(), |name| shortened(name.to_owned(), 100));
                let message = format!("« {shown} » remplace ce que le fichier inclus ne contient pas");
                faults.reference(message, filter.line);
            }
        }
    }
}
