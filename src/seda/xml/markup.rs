//! What is neither a tag nor a text: comments, instructions, the declaration, and what no manifest may hold.
//!
//! Never keeps any of it; a DOCTYPE is refused as soon as it begins.

use super::chars::{is_ncname, is_space};
use super::encoding::Encoding;
use super::fault::{Stop, fault, malformed, shown};
use crate::model::findings;

/// What a `<!` or `<?` opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Markup {
    /// Something to leave out, that ends there.
    Over(usize),
    /// A CDATA section, whose text begins there.
    Cdata(usize),
}

const CDATA: &str = "<![CDATA[";
const DOCTYPE: &str = "<!DOCTYPE";

/// Reads the `<!` at `at`.
pub fn bang(text: &str, at: usize) -> Result<Markup, Stop> {
    let markup = &text[at..];
    if let Some(comment) = markup.strip_prefix("<!--") {
        let dashes = memchr::memmem::find(comment.as_bytes(), b"--").ok_or(Stop::More)?;
        return match comment.as_bytes().get(dashes + 2).ok_or(Stop::More)? {
            b'>' => Ok(Markup::Over(at + 4 + dashes + 3)),
            _ => malformed("« -- » dans un commentaire", at + 4 + dashes),
        };
    }
    if markup.starts_with(CDATA) {
        return Ok(Markup::Cdata(at + CDATA.len()));
    }
    if markup.starts_with(DOCTYPE) {
        return fault(&findings::XML_DOCTYPE, "déclaration DOCTYPE", at);
    }
    if ["<!--", CDATA, DOCTYPE].iter().any(|wanted| wanted.starts_with(markup)) {
        return Err(Stop::More);
    }
    malformed("balise « <! » illisible", at)
}

/// Reads the `<?` at `at`.
pub fn instruction(text: &str, at: usize, is_beginning: bool, encoding: Encoding) -> Result<Markup, Stop> {
    let body = &text[at + 2..];
    let end = body.find([' ', '\t', '\n', '?', '<', '>']).ok_or(Stop::More)?;
    let target = &body[..end];
    if target == "xml" && is_beginning {
        let close = body.find('>').ok_or(Stop::More)?;
        return match body[..close].strip_suffix('?') {
            Some(body) => {
                declaration(&body[end..], at, encoding)?;
                Ok(Markup::Over(at + 2 + close + 1))
            }
            None => malformed("déclaration XML mal écrite", at),
        };
    }
    if target.eq_ignore_ascii_case("xml") {
        return malformed("déclaration XML hors de sa place", at);
    }
    let length = memchr::memmem::find(&body.as_bytes()[end..], b"?>");
    let is_apart = !body[end..].starts_with(['?', '<', '>']) || length.is_none_or(|length| length == 0);
    if !is_ncname(target) || !is_apart {
        return malformed("instruction mal écrite", at);
    }
    Ok(Markup::Over(at + 2 + end + length.ok_or(Stop::More)? + 2))
}

/// Checks an XML declaration, less its ends (XML 1.0, 2.8), and what it says of the encoding.
fn declaration(body: &str, at: usize, encoding: Encoding) -> Result<(), Stop> {
    let mut rest = body;
    match pseudo_attribute(&mut rest, "version") {
        Some("1.0") => {}
        Some(_) => return malformed("version de XML autre que 1.0", at),
        None => return malformed("déclaration XML mal écrite", at),
    }
    let name = pseudo_attribute(&mut rest, "encoding");
    let standalone = pseudo_attribute(&mut rest, "standalone");
    let is_name = |name: &str| {
        name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
    };
    if !rest.bytes().all(is_space)
        || standalone.is_some_and(|value| value != "yes" && value != "no")
        || name.is_some_and(|name| !is_name(name))
    {
        return malformed("déclaration XML mal écrite", at);
    }
    match name.filter(|name| !encoding.may_be_named(name)) {
        Some(name) => {
            fault(&findings::XML_ENCODING, format!("encodage « {} » ; UTF-8 attendu", shown(name)), at)
        }
        None => Ok(()),
    }
}

/// Takes ` name = "value"` off the beginning, if it is there.
fn pseudo_attribute<'a>(rest: &mut &'a str, name: &str) -> Option<&'a str> {
    let blank = |c: char| c.is_ascii() && is_space(c as u8);
    let after = rest.strip_prefix(blank)?.trim_start_matches(blank).strip_prefix(name)?;
    let after = after.trim_start_matches(blank).strip_prefix('=')?.trim_start_matches(blank);
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, after) = after[1..].split_once(quote)?;
    *rest = after;
    Some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(result: &Result<T, Stop>) -> &'static str {
        match result {
            Ok(_) => "",
            Err(Stop::More) => "more",
            Err(Stop::Fault(fault)) => fault.kind.code,
            Err(Stop::Failed(_)) => "failed",
        }
    }

    #[test]
    fn a_declaration_is_exact() {
        let read = |body: &str| {
            let text = format!("<?xml{body}?>");
            code(&instruction(&text, 0, true, Encoding::Utf8))
        };
        for body in [
            " version='1.0'",
            "\n version = \"1.0\" encoding='utf-8' standalone='yes' ",
            " version='1.0' standalone='no'",
        ] {
            assert_eq!(read(body), "", "{body}");
        }
        for body in [
            "",
            " ",
            " version='1.1'",
            " encoding='utf-8'",
            " version='1.0'encoding='utf-8'",
            " version='1.0\"",
            " version='1.0' standalone='maybe'",
            " version='1.0' standalone='yes' encoding='utf-8'",
            " version='1.0' encoding=''",
            " version='1.0' x='y'",
        ] {
            assert_eq!(read(body), "xml.malformed", "{body}");
        }
        assert_eq!(read(" version='1.0' encoding='utf-7'"), "xml.encoding");
    }

    #[test]
    fn what_is_no_tag_is_told_apart() {
        assert_eq!(bang("<!-- a - b -->", 0).ok(), Some(Markup::Over(14)));
        assert_eq!(bang("<!---->", 0).ok(), Some(Markup::Over(7)));
        assert_eq!(bang("<![CDATA[x", 0).ok(), Some(Markup::Cdata(9)));
        for text in ["<!", "<!-", "<!--", "<!-- -", "<!-- --", "<![CDA", "<!DOCTYP"] {
            assert_eq!(code(&bang(text, 0)), "more", "{text}");
        }
        for text in ["<!-- -- -->", "<!-- --->", "<!doctype", "<!x"] {
            assert_eq!(code(&bang(text, 0)), "xml.malformed", "{text}");
        }
        assert_eq!(code(&bang("<!DOCTYPE", 0)), "xml.doctype");
        for text in ["<?a?>", "<?a b?>", "<?xml-stylesheet href='a'?>"] {
            assert_eq!(code(&instruction(text, 0, true, Encoding::Utf8)), "", "{text}");
        }
        for text in ["<??>", "<? a?>", "<?a:b?>", "<?XML ?>", "<?1?>", "<?a+b c?>"] {
            assert_eq!(code(&instruction(text, 0, true, Encoding::Utf8)), "xml.malformed", "{text}");
        }
    }
}
