//! The builder of a version, behind one face: 2.x's or the older ones'.

use std::io;

use super::{Builder, older};
use crate::model::{Finding, Limits, SedaVersion};
use crate::seda::description::Manifest;
use crate::seda::element::Attribute;
use crate::seda::read::Header;
use crate::seda::spill::Scratch;

/// Receives elements in document order and gives the description at the end, whatever the version.
pub enum AnyBuilder {
    Newer(Box<Builder>),
    Older(Box<older::Builder>),
}

impl AnyBuilder {
    /// An empty description; the root has just been read.
    pub fn new(version: SedaVersion, limits: &Limits, scratch: &Scratch) -> Self {
        match version {
            SedaVersion::V0_2 | SedaVersion::V1_0 => {
                Self::Older(Box::new(older::Builder::new(version, limits, scratch)))
            }
            _ => Self::Newer(Box::new(Builder::new(version, limits, scratch))),
        }
    }

    /// An element starts, of the standard's namespace or not.
    ///
    /// # Errors
    /// When the scratch fails; so for the end, and the whole.
    pub fn start(
        &mut self,
        is_seda: bool,
        local: &str,
        attributes: &[Attribute],
        line: u64,
    ) -> io::Result<()> {
        match self {
            Self::Newer(builder) => builder.start(is_seda, local, attributes, line),
            Self::Older(builder) => builder.start(is_seda, local, attributes, line),
        }
    }

    /// The open element ends, with the text it holds.
    ///
    /// # Errors
    /// See [`AnyBuilder::start`].
    pub fn end(&mut self, text: &str) -> io::Result<()> {
        match self {
            Self::Newer(builder) => builder.end(text),
            Self::Older(builder) => builder.end(text),
        }
    }

    /// Whether the element just started is an object's content, which may be of any length.
    pub fn takes_pieces(&self) -> bool {
        match self {
            Self::Newer(builder) => builder.attachment.is_some(),
            Self::Older(builder) => builder.attachment.is_some(),
        }
    }

    /// A piece of an object's content, which travels in the message.
    ///
    /// # Errors
    /// See [`AnyBuilder::start`].
    pub fn piece(&mut self, text: &str) -> io::Result<()> {
        let (attachment, sink) = match self {
            Self::Newer(builder) => (&mut builder.attachment, &mut builder.sink),
            Self::Older(builder) => (&mut builder.attachment, &mut builder.sink),
        };
        attachment.as_mut().map_or(Ok(()), |attachment| attachment.push(text, sink))
    }

    /// What was found since the last call.
    pub fn drain_found(&mut self) -> std::vec::Drain<'_, Finding> {
        match self {
            Self::Newer(builder) => builder.sink.found.drain(..),
            Self::Older(builder) => builder.sink.found.drain(..),
        }
    }

    /// The header as read so far.
    pub fn header(&self) -> Header {
        match self {
            Self::Newer(builder) => builder.header(),
            Self::Older(builder) => builder.header(),
        }
    }

    /// The element that transfers something, when the message lacks it.
    pub fn missing_package(&self) -> Option<&'static str> {
        match self {
            Self::Newer(builder) => (!builder.has_package()).then_some("DataObjectPackage"),
            Self::Older(builder) => builder.missing_package(),
        }
    }

    /// The whole description.
    ///
    /// # Errors
    /// See [`AnyBuilder::start`].
    pub fn finish(self) -> io::Result<Box<Manifest>> {
        match self {
            Self::Newer(builder) => builder.finish(),
            Self::Older(builder) => builder.finish(),
        }
    }
}
