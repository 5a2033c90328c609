//! The references asked, thousands of values a call: `xmllint` under a schema, `jing` under a RELAX NG grammar.

use std::collections::HashSet;
use std::fmt::Write;
use std::process::Command;

/// Elements of one document, one a line: libxml2 takes a time that grows with the square of the errors.
const LINES: usize = 2_000;

/// A program that is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reference {
    Xmllint,
    Jing,
}

impl Reference {
    /// Its verdict on each line: which of these contents (of a schema, or of a grammar), and a text. `None` when it is not
    /// installed.
    pub fn verdicts(self, contents: &[&str], lines: &[(usize, &str)]) -> Option<Vec<bool>> {
        let folder = tempfile::tempdir().unwrap();
        let (name, schema) = match self {
            Self::Xmllint => ("values.xsd", schema_of(contents)),
            Self::Jing => ("values.rng", grammar_of(contents)),
        };
        std::fs::write(folder.path().join(name), schema).unwrap();
        let mut verdicts = Vec::with_capacity(lines.len());
        for part in lines.chunks(LINES) {
            std::fs::write(folder.path().join("values.xml"), document(part)).unwrap();
            let Ok(output) = self.command().current_dir(folder.path()).output() else {
                println!("ignoré : {self:?} n'est pas installé");
                return None;
            };
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8_lossy(&said);
            let refused: HashSet<usize> = said.lines().filter_map(line_of).collect();
            assert!(output.status.success() || !refused.is_empty(), "{said}");
            verdicts.extend((0..part.len()).map(|index| !refused.contains(&(index + 2))));
        }
        Some(verdicts)
    }

    fn command(self) -> Command {
        match self {
            Self::Xmllint => {
                let mut command = Command::new("xmllint");
                command.args(["--noout", "--schema", "values.xsd", "values.xml"]);
                command
            }
            // Identifiers left unchecked: the same one comes several times.
            Self::Jing => {
                let mut command = Command::new("jing");
                command.args(["-i", "values.rng", "values.xml"]);
                command
            }
        }
    }
}

/// The line an error is on: `…values.xml:12: …`.
fn line_of(said: &str) -> Option<usize> {
    let (_, rest) = said.split_once("values.xml:")?;
    rest.split(':').next()?.parse().ok()
}

/// One element a line.
fn document(lines: &[(usize, &str)]) -> String {
    let mut document = String::from("<r xmlns:p=\"urn:x\" xmlns:q=\"urn:x\">\n");
    for (index, text) in lines {
        let _ = writeln!(document, "<t{index}>{}</t{index}>", escaped(text));
    }
    document.push_str("</r>\n");
    document
}

/// Without a line end, nor anything the parser would change.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character {
            '<' | '>' | '&' | '"' | '\t' | '\n' | '\r' => {
                let _ = write!(escaped, "&#{};", u32::from(character));
            }
            _ => escaped.push(character),
        }
    }
    escaped
}

/// A schema whose root holds elements named `t0`, `t1`…, of these types (inside of `xs:simpleType`).
fn schema_of(types: &[&str]) -> String {
    let mut schema = String::from(
        "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:p=\"urn:x\"><xs:element name=\"r\">\
         <xs:complexType><xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">",
    );
    for (index, inside) in types.iter().enumerate() {
        let _ = write!(
            schema,
            "<xs:element name=\"t{index}\"><xs:simpleType>{inside}</xs:simpleType></xs:element>"
        );
    }
    schema + "</xs:choice></xs:complexType></xs:element></xs:schema>"
}

/// A RELAX NG grammar of the same form; each content is a pattern.
fn grammar_of(contents: &[&str]) -> String {
    let mut grammar = String::from(
        "<element name=\"r\" xmlns=\"http://relaxng.org/ns/structure/1.0\" xmlns:p=\"urn:x\" \
         datatypeLibrary=\"http://www.w3.org/2001/XMLSchema-datatypes\"><zeroOrMore><choice>",
    );
    for (index, content) in contents.iter().enumerate() {
        let _ = write!(grammar, "<element name=\"t{index}\">{content}</element>");
    }
    grammar + "<notAllowed/></choice></zeroOrMore></element>"
}
