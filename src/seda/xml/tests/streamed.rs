//! Long texts in pieces: together they are the text, and nothing passes in pieces that would not pass whole.

use std::io::Read;

use super::super::{Halt, Token, Xml};
use super::Slow;
use crate::model::Limits;

const PIECE_BYTES_MAX: usize = 64 << 10;

/// Texts before each tag, put together, when every element's is streamed; and how many pieces there were.
fn streamed(reader: impl Read, limits: &Limits) -> Result<(Vec<String>, usize), &'static str> {
    let read = || -> Result<(Vec<String>, usize), Halt> {
        let mut xml = Xml::new(reader, limits)?;
        let (mut texts, mut text, mut pieces) = (Vec::new(), String::new(), 0);
        loop {
            let token = xml.advance()?;
            text += xml.text();
            match token {
                Token::Chunk => {
                    assert!((1..=PIECE_BYTES_MAX).contains(&xml.text().len()), "{}", xml.text().len());
                    pieces += 1;
                    continue;
                }
                Token::Start => xml.stream_text(),
                Token::End => {}
                Token::Over => return Ok((texts, pieces)),
            }
            texts.push(std::mem::take(&mut text));
        }
    };
    read().map_err(|halt| match halt {
        Halt::Refused(finding) => finding.kind.code,
        Halt::Failed(_) => "failed",
    })
}

#[test]
fn pieces_together_are_the_text() {
    let limits = Limits { xml_text_bytes_max: 1_000, ..Limits::default() };
    let base64 = "QUJDREVGR0g=\r\n".repeat(30_000);
    let accents = "é]]>".replace(">", "&gt;").repeat(20_000);
    let cdata = format!("<![CDATA[{}]]]]>", "à]]x".repeat(50_000));
    let text =
        format!("<a>{base64}<b>{accents}<!-- c -->{cdata}&#65;z</b><c/><d>{}</d></a>", "]".repeat(200_000));
    let (texts, pieces) = streamed(text.as_bytes(), &limits).unwrap();
    let expected = accents.replace("&gt;", ">") + &"à]]x".repeat(50_000) + "]]Az";
    assert!(texts[1] == base64.replace('\r', "") && texts[2] == expected && texts[6] == "]".repeat(200_000));
    assert!(texts.len() == 8 && pieces > 20, "{} {pieces}", texts.len());
    for size in [1, 7, 70_000] {
        assert!(streamed(Slow(text.as_bytes(), size), &limits).unwrap().0 == texts, "{size}");
    }
}

#[test]
fn what_is_wrong_is_seen_across_pieces() {
    let limits = Limits::default();
    for before in (PIECE_BYTES_MAX - 20)..(PIECE_BYTES_MAX + 20) {
        let fill = "x".repeat(before);
        for (text, code) in [
            (format!("<a>{fill}]]></a>"), "xml.malformed"),
            (format!("<a>{fill}]]]></a>"), "xml.malformed"),
            (format!("<a><![CDATA[{fill}]]>]]></a>"), "xml.malformed"),
            (format!("<a>{fill}&lt</a>"), "xml.malformed"),
            (format!("<a>{fill}</b>"), "xml.malformed"),
            (format!("<a>{fill}"), "xml.unclosed"),
            (format!("<a><![CDATA[{fill}"), "xml.unclosed"),
            (format!("<a>{fill}]]&gt;]</a>"), ""),
            (format!("<a><![CDATA[{fill}]]></a>"), ""),
        ] {
            assert_eq!(
                streamed(text.as_bytes(), &limits).err().unwrap_or(""),
                code,
                "{before} {}",
                &text[text.len() - 20..]
            );
        }
    }
}

#[test]
fn a_long_text_is_bounded_by_the_manifest_alone() {
    let limits = Limits { xml_text_bytes_max: 100, manifest_bytes_max: 1 << 20, ..Limits::default() };
    let within = format!("<a>{}</a>", "x".repeat(1_000_000));
    let over = format!("<a>{}</a>", "x".repeat(1_100_000));
    assert!(streamed(within.as_bytes(), &limits).is_ok());
    assert_eq!(streamed(over.as_bytes(), &limits).err(), Some("xml.size"));
    // What follows the element is no longer streamed.
    let after = format!("<a><b>x</b>{}</a>", "x".repeat(101));
    assert_eq!(streamed(after.as_bytes(), &limits).err(), Some("xml.text_length"));
}
