//! From elements to a draft: what each pattern means, once names, types and references are resolved (4.2 to 4.18).
//!
//! One pass backwards, so that children are made before their parents: nothing recurses.

use super::Note;
use super::ast::{Combine, Draft, Node as Pattern, NodeId};
use super::context::{Context, Contexts};
use super::data::Datatypes;
use super::document::Node;
use super::fault::Faults;
use super::load::Forest;
use super::syntax::{Role, Tag};
use super::{Limits, names};
use crate::model::Finding;
use crate::seda::engine::names::NameClass;

/// What an element became.
enum Made {
    Pattern(NodeId),
    Names(NameClass),
    /// Part of its parent, which looks at the element itself.
    Nothing,
}

/// Makes the draft of a profile.
///
/// # Errors
/// All that is wrong with the syntax, the references and the types.
pub fn simplify(forest: &Forest, limits: &Limits) -> Result<Draft, Vec<Finding>> {
    let mut faults = Faults::new();
    let mut contexts = Contexts::of(forest, &mut faults);
    // What follows relies on the syntax.
    faults.into_result()?;
    let mut maker = Maker {
        forest,
        faults: Faults::new(),
        draft: Draft { definitions: std::mem::take(&mut contexts.definitions), ..Draft::default() },
        made: forest.nodes.iter().map(|_| Made::Nothing).collect(),
        datatypes: Datatypes::new(limits.types_bytes_max),
        contexts,
    };
    for place in (0..forest.nodes.len()).rev() {
        maker.made[place] = maker.make(place);
    }
    let Maker { mut draft, faults, made, .. } = maker;
    faults.into_result()?;
    if let Some(Made::Pattern(root)) = made.into_iter().next() {
        draft.root = Some(root);
    }
    for at in 0..draft.definitions.len() {
        let mut bodies = std::mem::take(&mut draft.definitions[at].bodies);
        bodies.reverse();
        let whole = match draft.definitions[at].combine {
            Some(Combine::Interleave) => Pattern::Interleave,
            _ => Pattern::Choice,
        };
        let body = draft.several(bodies, whole);
        draft.definitions[at].bodies = vec![body];
    }
    Ok(draft)
}

struct Maker<'a> {
    forest: &'a Forest,
    contexts: Contexts,
    faults: Faults,
    draft: Draft,
    datatypes: Datatypes,
    made: Vec<Made>,
}

impl Maker<'_> {
    fn make(&mut self, place: usize) -> Made {
        let forest = self.forest;
        let node = &forest.nodes[place];
        let context = &self.contexts.contexts[place];
        if context.is_dropped {
            return Made::Nothing;
        }
        if context.role == Role::Names || context.role == Role::ExceptNames {
            let context = context.clone();
            let children = self.names(node);
            return Made::Names(names::class(node, &context, children, &mut self.faults));
        }
        let definition = context.definition;
        let pattern = match node.tag {
            Tag::Element | Tag::Attribute => self.named(node, &context.clone()),
            Tag::Define | Tag::Start => {
                let body = self.content(node);
                if let Some(id) = definition {
                    self.document(node, body);
                    self.draft.definitions[id.0].bodies.push(body);
                }
                return Made::Nothing;
            }
            Tag::Ref | Tag::ParentRef | Tag::Grammar => match definition {
                Some(id) => self.draft.add(Pattern::Ref(id)),
                None => return Made::Nothing,
            },
            Tag::ExternalRef => match forest.targets.get(&place).map(|&root| self.take(root)) {
                Some(Made::Pattern(pattern)) => pattern,
                _ => return Made::Nothing,
            },
            Tag::Data => self.data(node, &context.clone()),
            Tag::Value => self.value(node, &context.clone()),
            Tag::Div | Tag::Include | Tag::Param => return Made::Nothing,
            _ => self.compound(node),
        };
        Made::Pattern(pattern)
    }

    fn compound(&mut self, node: &Node) -> NodeId {
        match node.tag {
            Tag::Empty => self.draft.add(Pattern::Empty),
            Tag::Text => self.draft.add(Pattern::Text),
            Tag::NotAllowed => self.draft.add(Pattern::NotAllowed),
            Tag::Choice | Tag::Except => {
                let children = self.patterns(node);
                self.draft.several(children, Pattern::Choice)
            }
            Tag::Interleave => {
                let children = self.patterns(node);
                self.draft.several(children, Pattern::Interleave)
            }
            Tag::Optional | Tag::ZeroOrMore => {
                let mut content = self.content(node);
                if node.tag == Tag::ZeroOrMore {
                    content = self.draft.add(Pattern::OneOrMore(content));
                }
                let empty = self.draft.add(Pattern::Empty);
                self.draft.add(Pattern::Choice(vec![empty, content]))
            }
            Tag::OneOrMore => {
                let content = self.content(node);
                self.draft.add(Pattern::OneOrMore(content))
            }
            Tag::Mixed => {
                let content = self.content(node);
                let text = self.draft.add(Pattern::Text);
                self.draft.add(Pattern::Interleave(vec![text, content]))
            }
            Tag::List => {
                let content = self.content(node);
                self.draft.add(Pattern::List(content, note(node)))
            }
            _ => self.content(node),
        }
    }

    fn named(&mut self, node: &Node, context: &Context) -> NodeId {
        let is_attribute = node.tag == Tag::Attribute;
        let class = match node.attribute("name") {
            // 4.8: an attribute named this way takes no namespace from around it.
            Some(name) if is_attribute => {
                names::one(name, node.attribute("ns").unwrap_or_default(), node, &mut self.faults)
            }
            Some(name) => names::one(name, &context.ns, node, &mut self.faults),
            None => match node.children.first().map(|&first| self.take(first)) {
                Some(Made::Names(class)) => class,
                _ => NameClass::Choice(Box::new([])),
            },
        };
        names::check(&class, is_attribute, node.line, &mut self.faults);
        let patterns = self.patterns(node);
        let content = match patterns.is_empty() {
            true => self.draft.add(Pattern::Text),
            false => self.draft.several(patterns, Pattern::Group),
        };
        let whole = if is_attribute { Pattern::Attribute } else { Pattern::Element };
        self.draft.add(whole(class, content, note(node)))
    }

    fn data(&mut self, node: &Node, context: &Context) -> NodeId {
        let except = node.children.last().and_then(|&last| match self.take(last) {
            Made::Pattern(except) => Some(except),
            _ => None,
        });
        let params: Vec<(String, String)> = (node.children.iter().map(|&child| &self.forest.nodes[child]))
            .filter(|child| child.tag == Tag::Param)
            .filter_map(|child| {
                Some((names::trimmed(child.attribute("name")?).to_owned(), child.text.clone()))
            })
            .collect();
        let name = names::trimmed(node.attribute("type").unwrap_or_default());
        match self.datatypes.datatype(&context.library, name, &params, node) {
            Ok(datatype) => {
                let note = Note { type_name: name.to_owned(), params, ..*note(node) };
                self.draft.add(Pattern::Data(datatype, except, Box::new(note)))
            }
            Err(message) => {
                self.faults.datatype(message, node.line);
                self.draft.add(Pattern::NotAllowed)
            }
        }
    }

    fn value(&mut self, node: &Node, context: &Context) -> NodeId {
        // 4.4: a value without a type is a token of the built-in library.
        let (library, name) = match node.attribute("type") {
            Some(name) => (&*context.library, names::trimmed(name)),
            None => ("", "token"),
        };
        match self.datatypes.value(library, name, &context.ns, node) {
            Ok((datatype, value)) => {
                let note = Note { type_name: name.to_owned(), text: node.text.clone(), ..*note(node) };
                self.draft.add(Pattern::Value(datatype, value, Box::new(note)))
            }
            Err(message) => {
                self.faults.datatype(message, node.line);
                self.draft.add(Pattern::NotAllowed)
            }
        }
    }

    /// What was made of a node, which only its parent asks for.
    fn take(&mut self, place: usize) -> Made {
        std::mem::replace(&mut self.made[place], Made::Nothing)
    }

    fn patterns(&mut self, node: &Node) -> Vec<NodeId> {
        let taken = node.children.iter().map(|&child| self.take(child));
        taken.filter_map(|made| if let Made::Pattern(id) = made { Some(id) } else { None }).collect()
    }

    fn names(&mut self, node: &Node) -> Vec<NameClass> {
        let taken = node.children.iter().map(|&child| self.take(child));
        taken.filter_map(|made| if let Made::Names(class) = made { Some(class) } else { None }).collect()
    }

    /// Its patterns, one after the other.
    fn content(&mut self, node: &Node) -> NodeId {
        let patterns = self.patterns(node);
        self.draft.several(patterns, Pattern::Group)
    }

    /// What is said of a definition goes to the element it is, when nothing is said there.
    fn document(&mut self, node: &Node, body: NodeId) {
        if let (Some(text), Pattern::Element(_, _, note)) =
            (&node.documentation, &mut self.draft.nodes[body.0])
        {
            note.documentation.get_or_insert_with(|| tidy(text));
        }
    }
}

fn note(node: &Node) -> Box<Note> {
    let documentation = node.documentation.as_deref().map(tidy).filter(|text| !text.is_empty());
    Box::new(Note { line: node.line, documentation, ..Note::default() })
}

/// On one line.
fn tidy(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
