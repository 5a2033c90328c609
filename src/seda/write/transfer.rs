//! Writes an `ArchiveTransfer` of 2.1, 2.2 or 2.3: for whoever has files and a description of them, and no SEDA.
//!
//! Never judges: what is written is checked by the engine like anybody's. The one thing to know: it goes out as it is made, units
//! and objects one by one, in the schema's order, each completed first by what the profile fixes.

use std::io::{self, Write};
use std::rc::Rc;

use super::element::Element;
use crate::model::SedaVersion;
use crate::seda::fill::{Filler, Lack};
use crate::seda::relaxng::Profile;

/// What a transfer says of itself.
#[derive(Clone, Debug)]
pub struct TransferHeading {
    pub version: SedaVersion,
    /// With its offset.
    pub date: String,
    pub message_identifier: String,
    pub archival_agreement: String,
    /// What its profile is known by.
    pub archival_profile: Option<Element>,
    pub archival_agency: String,
    pub transferring_agency: String,
    pub originating_agency: String,
}

/// A unit to write, and those below it.
#[derive(Clone, Debug, Default)]
pub struct NewUnit {
    /// Its rules, in the schema's order.
    pub management: Vec<Element>,
    /// Its description, in the schema's order.
    pub content: Vec<Element>,
    pub children: Vec<NewUnit>,
    /// Name of the folder that it stands for; not written.
    pub folder: Option<String>,
    /// Number of its object.
    pub object: Option<usize>,
    /// By which what is told of it finds its source again.
    pub mark: Option<u32>,
}

/// A file to declare.
#[derive(Clone, Debug)]
pub struct NewObject {
    /// Path in the container.
    pub uri: String,
    pub file_name: String,
    pub sha512: String,
    pub size_bytes: u64,
    pub puid: Option<String>,
    pub format_name: Option<String>,
    pub mime: Option<String>,
    /// By which what is told of it finds its source again.
    pub mark: Option<u32>,
}

/// Writes the whole message, completed by what the profile fixes; what the profile asks and nobody gave is told, and the message
/// is then no use.
///
/// # Errors
/// When `out` takes no more.
pub fn archive_transfer(
    heading: &TransferHeading,
    objects: &[NewObject],
    root: &NewUnit,
    profile: Option<&Profile>,
    out: &mut dyn Write,
) -> io::Result<Vec<Lack>> {
    let namespace = heading.version.namespace();
    let title = root.content.iter().find(|element| element.name == "Title");
    let offers = offers(heading, title.map_or("", |title| &title.text));
    let filler = profile.map(|profile| Filler::new(profile, namespace, offers));
    let mut message = Message { out, filler, open: Vec::new() };
    writeln!(message.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    message.open(Element::of("ArchiveTransfer", []).with("xmlns", namespace))?;
    message.leaf("Date", &heading.date)?;
    message.leaf("MessageIdentifier", &heading.message_identifier)?;
    message.leaf("ArchivalAgreement", &heading.archival_agreement)?;
    let lists = [
        Element::leaf("MessageDigestAlgorithmCodeListVersion", "xmlenc").usual(),
        Element::leaf("FileFormatCodeListVersion", "PRONOM").usual(),
    ];
    message.child(Element::of("CodeListVersions", lists))?;
    message.open(Element::of("DataObjectPackage", []))?;
    let is_grouped = message.filler.as_ref().is_none_or(|filler| filler.may_hold("DataObjectGroup"));
    for (number, object) in objects.iter().enumerate() {
        message.child(data_object(number, object, is_grouped))?;
    }
    message.child(Element::of("DescriptiveMetadata", [unit(root, &mut 0, is_grouped)]))?;
    let profile = heading.archival_profile.clone();
    let originating = Element::leaf("OriginatingAgencyIdentifier", &heading.originating_agency);
    message.child(Element::of("ManagementMetadata", profile.into_iter().chain([originating])))?;
    message.close()?;
    message.child(organization("ArchivalAgency", &heading.archival_agency))?;
    message.child(organization("TransferringAgency", &heading.transferring_agency))?;
    message.close()?;
    Ok(message.filler.map(Filler::into_lacks).unwrap_or_default())
}

/// What may be put where a profile asks for it, since the message knows it.
fn offers(heading: &TransferHeading, title: &str) -> Vec<Rc<Element>> {
    let offers = [
        Element::leaf("Comment", title),
        organization("OriginatingAgency", &heading.originating_agency),
        organization("SubmissionAgency", &heading.transferring_agency),
        Element::leaf("SubmissionAgencyIdentifier", &heading.transferring_agency),
        Element::leaf("LegalStatus", "Public Archive"),
        Element::leaf("Language", "fr"),
        Element::leaf("DescriptionLanguage", "fr"),
    ];
    offers.map(Rc::new).into()
}

fn organization(name: &'static str, identifier: &str) -> Element {
    Element::of(name, [Element::leaf("Identifier", identifier)])
}

/// The message as it goes out.
struct Message<'a> {
    out: &'a mut dyn Write,
    filler: Option<Filler<'a>>,
    open: Vec<Element>,
}

impl Message<'_> {
    fn open(&mut self, element: Element) -> io::Result<()> {
        if let Some(filler) = &mut self.filler {
            let before = filler.open(&element);
            before.iter().try_for_each(|element| element.write(self.out))?;
        }
        element.open(self.out)?;
        writeln!(self.out)?;
        self.open.push(element);
        Ok(())
    }

    fn child(&mut self, element: Element) -> io::Result<()> {
        let Some(filler) = &mut self.filler else { return element.write(self.out) };
        filler.child(&Rc::new(element)).iter().try_for_each(|element| element.write(self.out))
    }

    fn leaf(&mut self, name: &'static str, text: &str) -> io::Result<()> {
        self.child(Element::leaf(name, text))
    }

    fn close(&mut self) -> io::Result<()> {
        if let Some(filler) = &mut self.filler {
            let last = filler.close();
            last.iter().try_for_each(|element| element.write(self.out))?;
        }
        self.open.pop().map_or(Ok(()), |element| element.close(self.out))
    }
}

fn data_object(number: usize, object: &NewObject, is_grouped: bool) -> Element {
    let optional = |name, text: &Option<String>| text.clone().map(|text| Element::leaf(name, text).fact());
    let mime = object.mime.as_deref().unwrap_or("application/octet-stream");
    let format = [
        optional("FormatLitteral", &object.format_name),
        Some(Element::leaf("MimeType", mime).fact()),
        optional("FormatId", &object.puid),
    ];
    let file = Element::of(
        "BinaryDataObject",
        [
            Element::leaf("DataObjectVersion", "BinaryMaster_1").usual(),
            Element::leaf("Uri", &object.uri),
            Element::leaf("MessageDigest", &object.sha512).with("algorithm", "SHA-512"),
            Element::leaf("Size", object.size_bytes.to_string()).fact(),
            Element::of("FormatIdentification", format.into_iter().flatten()).fact(),
            Element::of("FileInfo", [Element::leaf("Filename", &object.file_name).fact()]).fact(),
        ],
    );
    let file = file.with("id", format!("F{number}")).marked(object.mark);
    if is_grouped { Element::of("DataObjectGroup", [file]).with("id", format!("G{number}")) } else { file }
}

fn unit(of: &NewUnit, number: &mut u64, is_grouped: bool) -> Element {
    let id = format!("U{number}");
    *number += 1;
    let management =
        (!of.management.is_empty()).then(|| Element::of("Management", of.management.iter().cloned()));
    let mut children: Vec<Element> = management.into_iter().collect();
    children.push(Element::of("Content", of.content.iter().cloned()));
    children.extend(of.children.iter().map(|child| unit(child, number, is_grouped)));
    children.extend(of.object.map(|object| {
        let reference = match is_grouped {
            true => Element::leaf("DataObjectGroupReferenceId", format!("G{object}")),
            false => Element::leaf("DataObjectReferenceId", format!("F{object}")),
        };
        Element::of("DataObjectReference", [reference])
    }));
    Element::of("ArchiveUnit", children).with("id", id).marked(of.mark)
}
