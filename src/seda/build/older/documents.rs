//! Documents: one that is all its level holds, and says nothing of itself, is the level's object; any other is a unit.
//!
//! The first document of a level waits until the level ends or something else comes. Data related to a document are
//! objects of its unit, each bound to the document by a reference.

use super::{Builder, Document, OpenUnit};
use crate::model::{BinaryObject, Reference, Referent, findings};

impl Builder {
    pub(super) fn end_document(&mut self) {
        let mut document = std::mem::take(&mut self.document);
        let Some(level) = self.open_units.last_mut() else { return };
        let is_first = !std::mem::replace(&mut level.has_more, true);
        if is_first && !document.is_described {
            level.alone = Some(document);
            return;
        }
        self.settle_first();
        self.make_unit(&mut document);
    }

    /// The first document of the level is not alone: it gets its unit, as the others.
    pub(super) fn settle_first(&mut self) {
        if let Some(mut first) = self.open_units.last_mut().and_then(|level| level.alone.take()) {
            self.make_unit(&mut first);
        }
    }

    /// An `Item` unit for the document, titled by its description or else by its file.
    fn make_unit(&mut self, document: &mut Document) {
        if !self.enter_object(document) {
            return;
        }
        let (id, line) = (self.next_number(), document.object.line);
        let Some(at) = self.next_place(line) else { return };
        let mut unit = self.new_unit(id, line);
        unit.content = std::mem::take(&mut document.content);
        unit.content.description_level = Some("Item".to_owned());
        unit.content.title = document.description.take().or_else(|| document.object.file_name.clone());
        unit.object_refs = std::mem::take(&mut document.object_refs);
        self.manifest.units[at] = unit;
    }

    /// The level ends: the only document, if it waits, is its object, and what it says is said of the level.
    pub(super) fn end_unit(&mut self) {
        let Some(OpenUnit { mut unit, at, alone, .. }) = self.open_units.pop() else { return };
        if let Some(mut document) = alone
            && self.enter_object(&mut document)
        {
            unit.object_refs.append(&mut document.object_refs);
            unit.content.others.append(&mut document.content.others);
        }
        self.manifest.units[at] = unit;
    }

    /// The object of the document being read, before those related to it.
    pub(super) fn enter_object_of_document(&mut self) {
        if self.document.object_refs.is_empty() {
            self.settle_first();
            let mut document = std::mem::take(&mut self.document);
            document.is_described = true;
            self.enter_object(&mut document);
            self.document = document;
        }
    }

    pub(super) fn end_related(&mut self) {
        let related = std::mem::take(&mut self.related);
        let (id, line) = (related.id.clone(), related.line);
        if !id.is_empty() && self.push_object(related) {
            self.document.object_refs.push(id);
            let target = self.document.object.id.clone();
            self.manifest.references.push(Reference { referent: Referent::Object, target, line });
        }
    }

    /// Enters a document's object, unless it is; `false` when there are too many.
    fn enter_object(&mut self, document: &mut Document) -> bool {
        if document.object_refs.is_empty() {
            if !self.push_object(document.object.clone()) {
                return false;
            }
            document.object_refs.push(document.object.id.clone());
        }
        true
    }

    /// Enters an object, with its digest from the header when it has none of its own; `false` when there are too many.
    fn push_object(&mut self, mut object: BinaryObject) -> bool {
        self.objects += 1;
        if self.objects > self.objects_max {
            if self.objects == self.objects_max + 1 {
                let message = format!("plus de {} objets", self.objects_max);
                self.report(&findings::OBJECT_TOO_MANY, message, object.line);
            }
            return false;
        }
        if object.digest.is_none()
            && let Some((algorithm, digest)) = object.uri.as_deref().and_then(|uri| self.digests.take(uri))
        {
            object.digest_algorithm = Some(algorithm);
            object.digest = Some(digest);
        }
        self.manifest.binary_objects.push(object);
        true
    }
}
