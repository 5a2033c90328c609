//! Documents: one that is all its level holds, and says nothing of itself, is the level's object; any other is a unit.
//!
//! The first document of a level waits until the level ends or something else comes. Data related to a document are
//! objects of its unit, each bound to the document by a reference.

use std::io;

use super::{Builder, Document};
use crate::model::{BinaryObject, Referent};
use crate::seda::lengths::is_light;

impl Document {
    /// One more text, within the bounds of what is said of one unit.
    pub(super) fn tell(&mut self, path: &str, text: &str) {
        if self.weigh(path.len() + text.len()) {
            self.texts.push((path.to_owned(), text.to_owned()));
        }
    }

    pub(super) fn weigh(&mut self, bytes: usize) -> bool {
        self.weight.bytes += bytes as u64;
        self.weight.texts += 1;
        is_light(self.weight)
    }
}

impl Builder {
    pub(super) fn end_document(&mut self) -> io::Result<()> {
        let document = std::mem::take(&mut self.document);
        let Some(level) = self.levels.last_mut() else { return Ok(()) };
        let is_first = !std::mem::replace(&mut level.has_more, true);
        if is_first && !document.is_described && is_light(document.weight) {
            level.alone = Some(document);
            return Ok(());
        }
        self.settle_first()?;
        self.make_unit(document)
    }

    /// The first document of the level is not alone: it gets its unit, as the others.
    pub(super) fn settle_first(&mut self) -> io::Result<()> {
        match self.levels.last_mut().and_then(|level| level.alone.take()) {
            Some(first) => self.make_unit(first),
            None => Ok(()),
        }
    }

    /// An `Item` unit for the document, titled by its description or else by its file.
    fn make_unit(&mut self, mut document: Document) -> io::Result<()> {
        self.enter_object(&mut document)?;
        let id = self.next_number();
        if !self.sink.open_unit(id, document.object.line)? {
            return Ok(());
        }
        if let Some((unit, _)) = self.sink.unit(0) {
            unit.content.description_level = Some("Item".to_owned());
            unit.content.title = document.description.or(document.object.file_name);
            unit.content.others = document.texts;
            unit.weight = document.weight;
        }
        for target in document.object_refs {
            self.sink.describes(Referent::Object, target)?;
        }
        self.sink.close_unit()
    }

    /// The level ends: the only document, if it waits, is its object, and what it says is said of the level.
    pub(super) fn end_unit(&mut self) -> io::Result<()> {
        if let Some(mut document) = self.levels.pop().and_then(|level| level.alone) {
            self.enter_object(&mut document)?;
            for (path, text) in &document.texts {
                self.tell(path, text);
            }
            for target in document.object_refs {
                self.sink.describes(Referent::Object, target)?;
            }
        }
        self.sink.close_unit()
    }

    /// The object of the document being read, before those related to it.
    pub(super) fn enter_object_of_document(&mut self) -> io::Result<()> {
        self.settle_first()?;
        let mut document = std::mem::take(&mut self.document);
        document.is_described = true;
        self.enter_object(&mut document)?;
        self.document = document;
        Ok(())
    }

    pub(super) fn end_related(&mut self) -> io::Result<()> {
        let related = std::mem::take(&mut self.related);
        if related.id.is_empty() {
            return Ok(());
        }
        let (id, line) = (related.id.clone(), related.line);
        self.push_object(related)?;
        if self.document.weigh(id.len()) {
            self.document.object_refs.push(id);
        }
        let target = self.document.object.id.clone();
        self.refer(&target, line)
    }

    /// Enters a document's object, unless it is.
    fn enter_object(&mut self, document: &mut Document) -> io::Result<()> {
        if document.object_refs.is_empty() {
            self.push_object(document.object.clone())?;
            document.object_refs.push(document.object.id.clone());
        }
        Ok(())
    }

    /// Enters an object, with its digest from the header when it has none of its own.
    fn push_object(&mut self, mut object: BinaryObject) -> io::Result<()> {
        if object.digest.is_none()
            && let Some((algorithm, digest)) = object.uri.as_deref().and_then(|uri| self.digests.take(uri))
        {
            object.digest_algorithm = Some(algorithm);
            object.digest = Some(digest);
        }
        self.sink.push_binary(&object)
    }
}
