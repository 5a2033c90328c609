//! Each piece of markup, given to who reads it; elements as they open and close.
//!
//! Never reads markup that is not whole: more is loaded and the piece begun again, which the window keeps cheap. The one
//! thing to know: the limits on elements, depth and lengths are looked at here.

use std::io::Read;

use super::fault::{Stop, fault, malformed, too_long};
use super::markup::{Markup, bang, instruction};
use super::scope::XINCLUDE;
use super::{Open, Token, Xml, tag};
use crate::model::findings;

impl<R: Read> Xml<R> {
    /// Reads the markup at `mark`.
    #[inline]
    pub(super) fn markup(&mut self) -> Result<Option<Token>, Stop> {
        loop {
            let step = match self.window.text().as_bytes().get(self.mark + 1) {
                None => Err(Stop::More),
                Some(b'/') => self.end_tag().map(Some),
                Some(b'!' | b'?') => self.other_markup().map(|()| None),
                Some(_) => self.start_tag().map(Some),
            };
            match step {
                Err(Stop::More) if self.refill(true)? => {}
                Err(Stop::More) => return self.unclosed_markup(),
                step => return step,
            }
        }
    }

    fn other_markup(&mut self) -> Result<(), Stop> {
        let (text, at) = (self.window.text(), self.mark);
        let markup = if text[at..].starts_with("<!") {
            bang(text, at)?
        } else {
            instruction(text, at, self.window.is_beginning(at), self.window.encoding())?
        };
        match markup {
            Markup::Over(end) if end - at > self.bounds.text_bytes => too_long(self.bounds.text_bytes, at),
            Markup::Cdata(_) if self.open.is_empty() => malformed("texte hors de l'élément racine", at),
            Markup::Over(end) => {
                self.begin(end);
                Ok(())
            }
            Markup::Cdata(start) => {
                self.begin(start);
                self.is_in_cdata = true;
                Ok(())
            }
        }
    }

    #[inline]
    fn end_tag(&mut self) -> Result<Token, Stop> {
        let Some(open) = self.open.last() else {
            return malformed("balise fermante sans balise ouvrante", self.mark);
        };
        self.at = tag::end_tag(self.window.text(), self.mark, self.names.written(open.form))?;
        Ok(self.close())
    }

    #[inline]
    fn start_tag(&mut self) -> Result<Token, Stop> {
        let (text, at, bounds) = (self.window.text(), self.mark, &self.bounds);
        self.tag.parse(text, at, &mut self.names, &mut self.scope, bounds.attributes)?;
        if self.tag.end - at > bounds.text_bytes {
            return too_long(bounds.text_bytes, at);
        }
        if self.open.is_empty() && std::mem::replace(&mut self.has_root, true) {
            return fault(&findings::XML_SEVERAL_ROOTS, "un second élément racine", at);
        }
        self.elements += 1;
        if self.elements > bounds.elements {
            return fault(&findings::XML_SIZE, format!("plus de {} éléments", bounds.elements), at);
        }
        if self.open.len() >= bounds.depth {
            return fault(&findings::XML_DEPTH, format!("plus de {} éléments emboîtés", bounds.depth), at);
        }
        let declared = self.scope.depth();
        self.tag.resolve(text, &mut self.names, &mut self.scope)?;
        let name = self.names.element(self.tag.form, &self.scope, at)?;
        if self.names.namespace(name) == XINCLUDE {
            return fault(&findings::XML_XINCLUDE, "inclusion d'un autre fichier", at);
        }
        self.open.push(Open { form: self.tag.form, name, declared });
        self.name = name;
        self.at = self.tag.end;
        self.is_empty = self.tag.is_empty;
        self.is_streamed = false;
        Ok(Token::Start)
    }

    /// The innermost open element ends.
    pub(super) fn close(&mut self) -> Token {
        if let Some(open) = self.open.pop() {
            self.name = open.name;
            self.left = Some(open.declared);
        }
        self.is_streamed = false;
        Token::End
    }
}
