//! What a PREMIS document of ours says of each file, read back as a stream.

use std::io::{self, BufRead};

use quick_xml::NsReader;
use quick_xml::events::Event;
use quick_xml::name::ResolveResult;

use super::{LOCATION, NAMESPACE};

/// One object of kind `file` that says where it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stated {
    pub logical_path: String,
    /// SHA-512, hexadecimal.
    pub sha512: String,
    pub size_bytes: u64,
}

/// Gives each stored file that the document describes, in its order, and returns how many events it has.
/// Objects without a place, as the package received, are passed over.
///
/// # Errors
/// `InvalidData` when it is not well-formed or not a PREMIS 3 document.
pub fn read(document: impl BufRead, each: &mut dyn FnMut(Stated)) -> io::Result<u64> {
    let mut reader = NsReader::from_reader(document);
    reader.config_mut().expand_empty_elements = true;
    let (mut buffer, mut names) = (Vec::new(), Vec::<String>::new());
    let (mut stated, mut text, mut events) = (Stated::default(), String::new(), 0);
    let mut is_ours = false;
    loop {
        buffer.clear();
        let (namespace, event) = reader.read_resolved_event_into(&mut buffer).map_err(wrong)?;
        match event {
            Event::Start(start) => {
                let is_premis =
                    matches!(namespace, ResolveResult::Bound(bound) if bound.as_ref() == NAMESPACE);
                let name = start.local_name().as_ref().to_string();
                if names.is_empty() && !(is_premis && name == "premis") {
                    return Err(wrong("the root is not premis"));
                }
                is_ours = true;
                text.clear();
                events += u64::from(names.len() == 1 && name == "event");
                names.push(name);
            }
            Event::Text(piece) => text.push_str(&piece),
            Event::GeneralRef(reference) => match reference.as_ref() {
                "amp" => text.push('&'),
                "lt" => text.push('<'),
                "gt" => text.push('>'),
                "apos" => text.push('\''),
                "quot" => text.push('"'),
                _ => text.extend(reference.resolve_char_ref().map_err(wrong)?),
            },
            Event::End(_) => {
                let name = names.pop().unwrap_or_default();
                if names.get(1).is_some_and(|object| object == "object") {
                    take(&mut stated, &name, &text)?;
                } else if names.len() == 1 && name == "object" {
                    let done = std::mem::take(&mut stated);
                    if !done.logical_path.is_empty() {
                        each(done);
                    }
                }
                text.clear();
            }
            Event::Eof if is_ours && names.is_empty() => return Ok(events),
            Event::Eof => return Err(wrong("cut short")),
            _ => {}
        }
    }
}

fn take(stated: &mut Stated, name: &str, text: &str) -> io::Result<()> {
    match name {
        "messageDigest" => stated.sha512 = text.to_string(),
        "size" => stated.size_bytes = text.parse().map_err(wrong)?,
        "contentLocationType" if text != LOCATION => return Err(wrong("a place of another kind")),
        "contentLocationValue" => stated.logical_path = text.to_string(),
        _ => {}
    }
    Ok(())
}

fn wrong(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
