//! The builder of a version, behind one face: 2.x's or the older ones'.

use super::{Builder, older};
use crate::model::{Finding, Limits, Manifest, SedaVersion};
use crate::seda::element::Element;
use crate::seda::read::Header;

/// Receives elements in document order and gives the description at the end, whatever the version.
pub enum AnyBuilder {
    Newer(Box<Builder>),
    Older(Box<older::Builder>),
}

impl AnyBuilder {
    /// An empty description; the root has just been read.
    pub fn new(version: SedaVersion, limits: &Limits) -> Self {
        match version {
            SedaVersion::V0_2 | SedaVersion::V1_0 => {
                Self::Older(Box::new(older::Builder::new(version, limits)))
            }
            _ => Self::Newer(Box::new(Builder::new(version, limits))),
        }
    }

    /// An element starts.
    pub fn start(&mut self, element: &Element, is_seda: bool) {
        match self {
            Self::Newer(builder) => builder.start(element, is_seda),
            Self::Older(builder) => builder.start(element, is_seda),
        }
    }

    /// The open element ends, with the text it holds.
    pub fn end(&mut self, text: &str) {
        match self {
            Self::Newer(builder) => builder.end(text),
            Self::Older(builder) => builder.end(text),
        }
    }

    /// What was found since the last call.
    pub fn drain_found(&mut self) -> std::vec::Drain<'_, Finding> {
        match self {
            Self::Newer(builder) => builder.found.drain(..),
            Self::Older(builder) => builder.found.drain(..),
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
    pub fn finish(self) -> Manifest {
        match self {
            Self::Newer(builder) => builder.finish(),
            Self::Older(builder) => builder.finish(),
        }
    }
}
