//! A profile simplified: patterns with their names and types made, references by number, children before parents.
//!
//! A flat table rather than a tree: nothing here is deep enough to overflow a stack, neither to make, nor to drop.

use std::rc::Rc;

use super::Note;
use crate::model::findings::shortened;
use crate::seda::datatype::{Datatype, Value};
use crate::seda::engine::names::NameClass;

/// A pattern of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodeId(pub usize);

/// A definition of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DefinitionId(pub usize);

/// A pattern.
#[derive(Debug)]
pub enum Node {
    Empty,
    NotAllowed,
    Text,
    Choice(Vec<NodeId>),
    Group(Vec<NodeId>),
    Interleave(Vec<NodeId>),
    OneOrMore(NodeId),
    Ref(DefinitionId),
    List(NodeId, Box<Note>),
    Element(NameClass, NodeId, Box<Note>),
    Attribute(NameClass, NodeId, Box<Note>),
    Data(Datatype, Option<NodeId>, Box<Note>),
    Value(Datatype, Value, Box<Note>),
}

/// How definitions of one name are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Combine {
    Choice,
    Interleave,
}

/// A definition, or the start of a grammar.
#[derive(Debug)]
pub struct Definition {
    /// `None` for a start.
    pub name: Option<Rc<str>>,
    pub combine: Option<Combine>,
    /// Those met without `combine`.
    pub plain: usize,
    /// Those met in all.
    pub met: usize,
    pub bodies: Vec<NodeId>,
    /// First line where it is asked for, if it is.
    pub asked: Option<u64>,
    /// First line where it is given.
    pub line: u64,
}

impl Definition {
    /// Its name, for people.
    pub fn told(&self) -> String {
        match &self.name {
            Some(name) => format!("« {} »", shortened(name.to_string(), 100)),
            None => "« start »".to_owned(),
        }
    }
}

/// A whole profile.
#[derive(Debug, Default)]
pub struct Draft {
    pub nodes: Vec<Node>,
    pub definitions: Vec<Definition>,
    pub root: Option<NodeId>,
}

impl Draft {
    /// Adds a pattern.
    pub fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        NodeId(self.nodes.len() - 1)
    }

    /// One of them all, or the only one.
    pub fn several(&mut self, mut of: Vec<NodeId>, whole: fn(Vec<NodeId>) -> Node) -> NodeId {
        if of.len() == 1 { of.remove(0) } else { self.add(whole(of)) }
    }
}
