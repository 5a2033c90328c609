//! What a partner reads in our `ArchiveTransferReply`: the code, the cote, the grant date.
//!
//! Read as a partner would, from the XML alone; nothing here knows how it was written.

use quick_xml::Reader;
use quick_xml::events::Event;

/// The facts of a reply; empty when the message does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    pub message: String,
    pub code: String,
    pub cote: String,
    pub grant_date: String,
}

/// Reads the first `ReplyCode`, `ArchivalAgencyArchiveUnitIdentifier` and `GrantDate`.
pub fn read(xml: &str) -> Result<Reply, quick_xml::Error> {
    let mut reply = Reply::default();
    let mut reader = Reader::from_str(xml);
    let mut inside = String::new();
    loop {
        match reader.read_event()? {
            Event::Start(start) => {
                inside = start.local_name().as_ref().to_owned();
                if reply.message.is_empty() {
                    reply.message.clone_from(&inside);
                }
            }
            Event::End(_) => inside.clear(),
            Event::Text(text) => {
                let field = match inside.as_str() {
                    "ReplyCode" => &mut reply.code,
                    "ArchivalAgencyArchiveUnitIdentifier" => &mut reply.cote,
                    "GrantDate" => &mut reply.grant_date,
                    _ => continue,
                };
                if field.is_empty() {
                    *field = text.xml10_content().trim().to_owned();
                }
            }
            Event::Eof => return Ok(reply),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_of_a_reply_are_found() {
        let xml = "<ArchiveTransferReply xmlns=\"x\"><ReplyCode>000</ReplyCode><GrantDate>2026-01-02T03:04:05Z\
                   </GrantDate><U><ArchivalAgencyArchiveUnitIdentifier>2026-1</ArchivalAgencyArchiveUnitIdentifier>\
                   </U><U><ArchivalAgencyArchiveUnitIdentifier>no</ArchivalAgencyArchiveUnitIdentifier></U>\
                   </ArchiveTransferReply>";
        let reply = read(xml).unwrap();
        assert_eq!((reply.message.as_str(), reply.code.as_str()), ("ArchiveTransferReply", "000"));
        assert_eq!((reply.cote.as_str(), reply.grant_date.as_str()), ("2026-1", "2026-01-02T03:04:05Z"));
    }
}
