//! Our answers as the buses made for As@lae read them (asalae-rest.md §6): from 2.0 on, the transfer's identifier where the
//! standard wants the answer's own and the other way round; a code in three figures; one comment.
//!
//! Never reads a message of somebody else: it works on the lines that this module's neighbours write.

use std::fmt::Write as _;

/// The same answer, in that form; `code` is its reply code in three figures.
///
/// An acknowledgement, an answer of 0.2 or 1.0, comes back as it was but for its comments.
pub fn as_buses_read(message: &str, code: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let mut comments = Comments::default();
    let own = leaf(message, "MessageIdentifier");
    let requested = leaf(message, "MessageRequestIdentifier");
    let is_inverted = requested.is_some();
    let mut rest = message;
    while let Some(at) = rest.find("\n  <") {
        let (before, line) = rest.split_at(at + 1);
        out.push_str(before);
        let name = line[3..].split(['>', '/', ' ']).next().unwrap_or_default();
        let Some((text, after)) = whole_leaf(line, name) else {
            rest = line;
            out.push_str(&rest[..3]);
            rest = &rest[3..];
            continue;
        };
        match name {
            "Comment" => {
                comments.add(text);
                // The last of them writes them all.
                if !after.starts_with("\n  <Comment>") {
                    comments.write(&mut out);
                } else {
                    out.pop();
                }
            }
            "MessageIdentifier" if is_inverted => put(&mut out, name, requested.unwrap_or_default()),
            "MessageRequestIdentifier" => put(&mut out, name, own.unwrap_or_default()),
            "ReplyCode" if is_inverted => put(&mut out, name, code),
            _ => out.push_str(&line[..line.len() - after.len()]),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Comments met so far.
#[derive(Default)]
struct Comments(Vec<String>);

impl Comments {
    fn add(&mut self, text: &str) {
        self.0.push(text.trim().to_owned());
    }

    fn write(&mut self, out: &mut String) {
        let first = self.0.first().cloned().unwrap_or_default();
        let others = self.0[1..].join(" ; ");
        let text = if others.is_empty() { first } else { format!("{first}. {others}") };
        put(out, "Comment", &text);
    }
}

fn put(out: &mut String, name: &str, text: &str) {
    // Writing to a `String` does not fail.
    write!(out, "  <{name}>{text}</{name}>").ok();
}

/// Text of the first leaf of this name under the root.
fn leaf<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    let opening = format!("\n  <{name}>");
    let at = message.find(&opening)? + opening.len();
    message[at..].split_once(&format!("</{name}>")).map(|(text, _)| text)
}

/// Of a line that begins a leaf with no attribute: its text, and what follows the leaf.
fn whole_leaf<'a>(line: &'a str, name: &str) -> Option<(&'a str, &'a str)> {
    let text = line.strip_prefix("  <")?.strip_prefix(name)?.strip_prefix('>')?;
    // What a folder's opening is followed by is no text.
    if text.starts_with('\n') {
        return None;
    }
    text.split_once(&format!("</{name}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPLY: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ArchiveTransferReply xmlns=\"fr:gouv:culture:archivesdefrance:seda:v2.1\">\n  <Comment>Transfert refusé</Comment>\n  <Comment>a : un &amp; deux</Comment>\n  <Comment>b :\ntrois</Comment>\n  <Date>2027-01-01T00:00:00+00:00</Date>\n  <MessageIdentifier>ATR-1</MessageIdentifier>\n  <CodeListVersions>\n    <ReplyCodeListVersion>x</ReplyCodeListVersion>\n  </CodeListVersions>\n  <ReplyCode>KO</ReplyCode>\n  <MessageRequestIdentifier>T-1</MessageRequestIdentifier>\n  <ArchivalAgency>\n    <Identifier>A</Identifier>\n  </ArchivalAgency>\n</ArchiveTransferReply>\n";

    #[test]
    fn identifiers_are_inverted_and_comments_are_one() {
        let read = as_buses_read(REPLY, "207");
        let expected = REPLY
            .replace("ATR-1", "?")
            .replace("T-1", "ATR-1")
            .replace('?', "T-1")
            .replacen("<T-1xml", "<?xml", 1)
            .replace("encoding=\"UTF-8\"T-1>", "encoding=\"UTF-8\"?>")
            .replace("KO", "207")
            .replace("</Comment>\n  <Comment>a", ". a")
            .replace("</Comment>\n  <Comment>b", " ; b");
        assert_eq!(read, expected);
    }

    #[test]
    fn what_has_nothing_to_invert_stays_as_it_is() {
        for same in [
            "<Acknowledgement xmlns=\"x\">\n  <Comment>Reçu</Comment>\n  <Date>d</Date>\n  <MessageIdentifier>ACK</MessageIdentifier>\n  <MessageReceivedIdentifier>T</MessageReceivedIdentifier>\n</Acknowledgement>\n",
            "<ArchiveTransferReply xmlns=\"x\">\n  <Comment>a\nb</Comment>\n  <ReplyCode listVersionID=\"edition 2009\">101</ReplyCode>\n  <TransferIdentifier>T</TransferIdentifier>\n</ArchiveTransferReply>\n",
        ] {
            assert_eq!(as_buses_read(same, "000"), same);
        }
    }
}
