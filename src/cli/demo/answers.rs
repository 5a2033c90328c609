//! What a partner reads in our reply to a transfer, whatever its version: the code, the cote, the grant date.
//!
//! Read as a partner would, from the XML alone; nothing here knows how it was written.

use quick_xml::Reader;
use quick_xml::events::Event;

use crate::model::SedaVersion;

/// The facts of a reply; empty when the message does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    pub message: String,
    /// Number of its version.
    pub version: String,
    pub code: String,
    pub cote: String,
    /// 0.2 has none: the date of the acceptance.
    pub grant_date: String,
}

impl Reply {
    /// Whether it takes in charge, as partners judge: by the message in 0.2, by the code in the others.
    pub fn is_acceptance(&self) -> bool {
        let message = if self.version == SedaVersion::V0_2.number() {
            "ArchiveTransferAcceptance"
        } else {
            "ArchiveTransferReply"
        };
        self.message == message && self.code == "000" && !self.cote.is_empty()
    }
}

/// Reads the version, then the first `ReplyCode`, identifier given by the archive, and `GrantDate`.
pub fn read(xml: &str) -> Result<Reply, quick_xml::Error> {
    let mut reply = Reply::default();
    let mut date = String::new();
    let declared = |version: &SedaVersion| xml.contains(&format!("xmlns=\"{}\"", version.namespace()));
    if let Some(version) = SedaVersion::ALL.into_iter().find(declared) {
        version.number().clone_into(&mut reply.version);
    }
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
                    "ArchivalAgencyArchiveUnitIdentifier" | "ArchivalAgencyArchiveIdentifier" => {
                        &mut reply.cote
                    }
                    "GrantDate" => &mut reply.grant_date,
                    "Date" => &mut date,
                    _ => continue,
                };
                if field.is_empty() {
                    *field = text.xml10_content().trim().to_owned();
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    if reply.grant_date.is_empty() {
        reply.grant_date = date;
    }
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_of_a_reply_are_found() {
        let xml = "<ArchiveTransferReply xmlns=\"fr:gouv:culture:archivesdefrance:seda:v2.2\"><ReplyCode>000</ReplyCode><GrantDate>2026-01-02T03:04:05Z\
                   </GrantDate><U><ArchivalAgencyArchiveUnitIdentifier>2026-1</ArchivalAgencyArchiveUnitIdentifier>\
                   </U><U><ArchivalAgencyArchiveUnitIdentifier>no</ArchivalAgencyArchiveUnitIdentifier></U>\
                   </ArchiveTransferReply>";
        let reply = read(xml).unwrap();
        assert_eq!((reply.message.as_str(), reply.code.as_str()), ("ArchiveTransferReply", "000"));
        assert_eq!((reply.cote.as_str(), reply.grant_date.as_str()), ("2026-1", "2026-01-02T03:04:05Z"));
        assert!(reply.version == "2.2" && reply.is_acceptance());
    }

    #[test]
    fn an_acceptance_in_0_2_is_told_by_its_message() {
        let xml = "<ArchiveTransferAcceptance xmlns=\"fr:gouv:ae:archive:draft:standard_echange_v0.2\"><Date>\
                   2026-01-02T03:04:05+00:00</Date><ReplyCode>000</ReplyCode><Archive>\
                   <ArchivalAgencyArchiveIdentifier>2026-1</ArchivalAgencyArchiveIdentifier></Archive>\
                   </ArchiveTransferAcceptance>";
        let reply = read(xml).unwrap();
        assert!(reply.is_acceptance());
        assert_eq!((reply.cote.as_str(), reply.grant_date.as_str()), ("2026-1", "2026-01-02T03:04:05+00:00"));
        assert!(!read(&xml.replace("Acceptance", "Reply")).unwrap().is_acceptance());
    }
}
