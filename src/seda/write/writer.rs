//! Builds an XML document element by element, its namespace the default one.
//!
//! Never writes a prefix: clients look for the standard's namespace as the default one. Every text is escaped and
//! freed of what XML 1.0 forbids.

use std::fmt::Write as _;

use crate::model::SedaVersion;

/// A document being written; what is open is closed by [`Writer::finish`].
pub(super) struct Writer {
    text: String,
    open: Vec<&'static str>,
}

impl Writer {
    pub fn new(version: SedaVersion, root: &'static str) -> Self {
        let namespace = version.namespace();
        let text = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{root} xmlns=\"{namespace}\">\n");
        Self { text, open: vec![root] }
    }

    fn indent(&mut self) {
        self.text.extend(std::iter::repeat_n("  ", self.open.len()));
    }

    pub fn open(&mut self, name: &'static str) {
        self.indent();
        self.text.extend(["<", name, ">\n"]);
        self.open.push(name);
    }

    pub fn open_with(&mut self, name: &'static str, attribute: &str, value: &str) {
        self.indent();
        self.text.extend(["<", name, " ", attribute, "=\"", &escaped(value), "\">\n"]);
        self.open.push(name);
    }

    pub fn close(&mut self) {
        if let Some(name) = self.open.pop() {
            self.indent();
            self.text.extend(["</", name, ">\n"]);
        }
    }

    pub fn leaf(&mut self, name: &str, value: &str) {
        self.indent();
        if value.is_empty() {
            self.text.extend(["<", name, "/>\n"]);
        } else {
            self.text.extend(["<", name, ">", &escaped(value), "</", name, ">\n"]);
        }
    }

    pub fn leaf_with(&mut self, name: &str, attribute: &str, of_attribute: &str, value: &str) {
        self.indent();
        let (of_attribute, value) = (escaped(of_attribute), escaped(value));
        self.text.extend(["<", name, " ", attribute, "=\"", &of_attribute, "\">", &value, "</", name, ">\n"]);
    }

    pub fn finish(mut self) -> String {
        while !self.open.is_empty() {
            self.close();
        }
        self.text
    }
}

/// Text fit for XML 1.0, in an element or between double quotes: marks escaped, forbidden characters replaced.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => out.push(c),
            // Read back as a space, or not at all, when written bare.
            '\t' | '\r' => _ = write!(out, "&#{};", u32::from(c)),
            _ => out.push('\u{fffd}'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_forbids_or_reads_otherwise_is_written_otherwise() {
        assert_eq!(
            escaped("« a & b » <c> ]]> \"d\" l'e"),
            "« a &amp; b » &lt;c&gt; ]]&gt; &quot;d&quot; l'e"
        );
        assert_eq!(escaped("a\u{1}\u{fffe}\u{ffff}\0b"), "a\u{fffd}\u{fffd}\u{fffd}\u{fffd}b");
        assert_eq!(escaped("a\r\n\tb 🏛"), "a&#13;\n&#9;b 🏛");
    }
}
