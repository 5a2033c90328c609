//! Transfers of any size, written to a file as they are made: memory holds one file of them.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use sha2::{Digest, Sha512};
use tempfile::NamedTempFile;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

/// What the files are like.
#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// Texts, PDF, and documents that are zips of XML; they deflate.
    Office,
    /// Bytes that do not deflate, as scans and sound.
    Random,
}

/// A transfer, as a zip.
pub struct Transfer {
    zip: NamedTempFile,
    content_bytes: u64,
}

impl Transfer {
    /// One root unit and a unit for each of `count` files of about `size` bytes.
    pub fn make(kind: Kind, count: usize, size: usize) -> Self {
        let zip = NamedTempFile::new_in("/var/tmp").unwrap();
        let mut writer = zip::ZipWriter::new(BufWriter::new(zip.reopen().unwrap()));
        let method =
            if kind == Kind::Office { CompressionMethod::Deflated } else { CompressionMethod::Stored };
        let options = SimpleFileOptions::default().compression_method(method).compression_level(None);
        let (mut objects, mut units) = (String::new(), String::new());
        let mut content_bytes = 0;
        for number in 0..count {
            let (name, bytes) = content(kind, number, size);
            let digest = hex::encode(Sha512::digest(&bytes));
            objects += &format!(
                "<BinaryDataObject id=\"B{number}\"><DataObjectVersion>BinaryMaster_1</DataObjectVersion>\
                 <Uri>{name}</Uri><MessageDigest algorithm=\"SHA-512\">{digest}</MessageDigest>\
                 <Size>{}</Size></BinaryDataObject>\n",
                bytes.len()
            );
            units += &format!(
                "<ArchiveUnit id=\"U{number}\"><Content><DescriptionLevel>Item</DescriptionLevel>\
                 <Title>Pièce {number}</Title></Content><DataObjectReference>\
                 <DataObjectReferenceId>B{number}</DataObjectReferenceId></DataObjectReference></ArchiveUnit>\n"
            );
            content_bytes += bytes.len() as u64;
            writer.start_file(name, options).unwrap();
            writer.write_all(&bytes).unwrap();
        }
        writer.start_file("manifest.xml", options).unwrap();
        let identifier = format!("BANC-{}-{count}-{size}", std::process::id());
        writer.write_all(manifest(&identifier, &objects, &units).as_bytes()).unwrap();
        writer.finish().unwrap().flush().unwrap();
        File::open(zip.path()).unwrap().sync_all().unwrap();
        Self { zip, content_bytes }
    }

    pub fn path(&self) -> &Path {
        self.zip.path()
    }

    pub fn content_bytes(&self) -> u64 {
        self.content_bytes
    }
}

fn content(kind: Kind, number: usize, size: usize) -> (String, Vec<u8>) {
    let mut state = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let size = size / 2 + (next() % size as u64) as usize;
    if kind == Kind::Random {
        let bytes = std::iter::repeat_with(|| next().to_le_bytes()).flatten().take(size).collect();
        return (format!("content/{number}.bin"), bytes);
    }
    let words =
        ["séance", "conseil", "délibération", "marché", "voirie", "budget", "école", "parcelle", "arrêté"];
    let text: String = std::iter::repeat_with(|| words[(next() % words.len() as u64) as usize])
        .flat_map(|word| [word, " "])
        .take(size / 4)
        .collect();
    let mut text = text.into_bytes();
    text.truncate(size);
    match number % 3 {
        0 => (format!("content/{number}.txt"), text),
        1 => {
            let mut pdf = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
            pdf.extend(&text);
            pdf.extend(b"\ntrailer <<>>\n%%EOF\n");
            (format!("content/{number}.pdf"), pdf)
        }
        _ => {
            let mut odt = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
            let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
            odt.start_file("mimetype", stored).unwrap();
            odt.write_all(b"application/vnd.oasis.opendocument.text").unwrap();
            odt.start_file("content.xml", stored).unwrap();
            odt.write_all(&text).unwrap();
            (format!("content/{number}.odt"), odt.finish().unwrap().into_inner())
        }
    }
}

fn manifest(identifier: &str, objects: &str, units: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <ArchiveTransfer xmlns=\"fr:gouv:culture:archivesdefrance:seda:v2.1\">\n\
         <Date>2026-11-24T10:00:00</Date>\n<MessageIdentifier>{identifier}</MessageIdentifier>\n\
         <ArchivalAgreement>ACCORD-TEST</ArchivalAgreement>\n<CodeListVersions/>\n<DataObjectPackage>\n{objects}\
         <DescriptiveMetadata>\n<ArchiveUnit id=\"ROOT\"><Management><AppraisalRule><Rule>P10Y</Rule>\
         <StartDate>2026-06-30</StartDate><FinalAction>Keep</FinalAction></AppraisalRule></Management>\
         <Content><DescriptionLevel>RecordGrp</DescriptionLevel><Title>Dossiers du banc</Title></Content>\n\
         {units}</ArchiveUnit>\n</DescriptiveMetadata>\n<ManagementMetadata>\
         <OriginatingAgencyIdentifier>PRODUCTEUR-TEST</OriginatingAgencyIdentifier></ManagementMetadata>\n\
         </DataObjectPackage>\n<ArchivalAgency><Identifier>ARCHIVES-TEST</Identifier></ArchivalAgency>\n\
         <TransferringAgency><Identifier>VERSANT-TEST</Identifier></TransferringAgency>\n</ArchiveTransfer>\n"
    )
}
