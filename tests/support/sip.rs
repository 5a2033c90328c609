//! Small transfers made for tests: a SEDA 2.1 manifest and its files, in a container.

use std::io::{Cursor, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha512};

/// A transfer to build; change a field to spoil it.
#[derive(Clone)]
pub struct Sip {
    pub message_identifier: String,
    pub agreement: String,
    pub archival_agency: String,
    pub transferring_agency: String,
    pub originating_agency: String,
    /// `ArchivalProfile`, when it declares one.
    pub profile: Option<String>,
    /// `SubmissionAgencyIdentifier`, when there is one.
    pub submission_agency: Option<String>,
    pub date: String,
    pub title: String,
    /// `Management` of the root unit.
    pub management: String,
    /// (name in the container, bytes).
    pub files: Vec<(String, Vec<u8>)>,
    /// Digest written for the first file, when not its own.
    pub first_digest: Option<String>,
    /// More units, as written, under the root.
    pub units: String,
    /// The files travel in the manifest itself.
    pub inline: bool,
}

impl Sip {
    /// A faultless transfer of `count` small PDF-like files between the parties of a fresh tenant.
    pub fn with_files(identifier: &str, count: usize) -> Sip {
        let file = |n: usize| {
            let text = format!("%PDF-1.4\n% pièce {n} du versement {identifier}\n%%EOF\n");
            (format!("content/piece-{n}.pdf"), text.into_bytes())
        };
        Sip {
            message_identifier: identifier.to_owned(),
            agreement: "ACCORD-TEST".into(),
            archival_agency: "ARCHIVES-TEST".into(),
            transferring_agency: "VERSANT-TEST".into(),
            originating_agency: "PRODUCTEUR-TEST".into(),
            profile: None,
            submission_agency: None,
            date: "2026-11-24T10:00:00".into(),
            management: "<Management><AppraisalRule><Rule>P10Y</Rule><StartDate>2026-06-30</StartDate>\
                         <FinalAction>Keep</FinalAction></AppraisalRule></Management>"
                .into(),
            title: format!("Délibérations du versement {identifier}"),
            files: (1..=count).map(file).collect(),
            first_digest: None,
            units: String::new(),
            inline: false,
        }
    }

    /// The same between these parties, under this agreement.
    pub fn between(mut self, agreement: &str, archival: &str, transferring: &str, originating: &str) -> Sip {
        self.agreement = agreement.to_owned();
        self.archival_agency = archival.to_owned();
        self.transferring_agency = transferring.to_owned();
        self.originating_agency = originating.to_owned();
        self
    }

    /// The manifest.
    pub fn manifest(&self) -> String {
        let profile = self.profile.iter().map(|name| format!("<ArchivalProfile>{name}</ArchivalProfile>"));
        let profile: String = profile.collect();
        let submission = self.submission_agency.iter();
        let submission: String = submission
            .map(|name| format!("<SubmissionAgencyIdentifier>{name}</SubmissionAgencyIdentifier>"))
            .collect();
        let mut objects = String::new();
        let mut units = String::new();
        for (n, (name, bytes)) in self.files.iter().enumerate() {
            let own = hex::encode(Sha512::digest(bytes));
            let digest = self.first_digest.clone().filter(|_| n == 0).unwrap_or(own);
            let base = name.rsplit('/').next().unwrap();
            let content = if self.inline { attachment(base, bytes) } else { format!("<Uri>{name}</Uri>") };
            objects += &format!(
                "<BinaryDataObject id=\"BDO{n}\"><DataObjectVersion>BinaryMaster_1</DataObjectVersion>\
                 {content}<MessageDigest algorithm=\"SHA-512\">{digest}</MessageDigest>\
                 <Size>{}</Size><FormatIdentification><FormatId>fmt/18</FormatId></FormatIdentification>\
                 <FileInfo><Filename>{base}</Filename></FileInfo></BinaryDataObject>\n",
                bytes.len()
            );
            units += &format!(
                "<ArchiveUnit id=\"AU{n}\"><Content><DescriptionLevel>Item</DescriptionLevel>\
                 <Title>Pièce {n}</Title></Content><DataObjectReference>\
                 <DataObjectReferenceId>BDO{n}</DataObjectReferenceId></DataObjectReference></ArchiveUnit>\n"
            );
        }
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <ArchiveTransfer xmlns=\"fr:gouv:culture:archivesdefrance:seda:v2.1\">\n\
             <Date>{}</Date>\n\
             <MessageIdentifier>{}</MessageIdentifier>\n\
             <ArchivalAgreement>{}</ArchivalAgreement>\n<CodeListVersions/>\n<DataObjectPackage>\n{objects}\
             <DescriptiveMetadata>\n<ArchiveUnit id=\"ROOT\">{}<Content>\
             <DescriptionLevel>RecordGrp</DescriptionLevel><Title>{}</Title>\
             <Description>Séance ordinaire du conseil</Description>\
             <StartDate>2026-01-01</StartDate><EndDate>2026-06-30</EndDate></Content>\n{units}{}</ArchiveUnit>\n\
             </DescriptiveMetadata>\n<ManagementMetadata>{profile}\
             <OriginatingAgencyIdentifier>{}</OriginatingAgencyIdentifier>{submission}</ManagementMetadata>\n\
             </DataObjectPackage>\n\
             <ArchivalAgency><Identifier>{}</Identifier></ArchivalAgency>\n\
             <TransferringAgency><Identifier>{}</Identifier></TransferringAgency>\n</ArchiveTransfer>\n",
            self.date,
            self.message_identifier,
            self.agreement,
            self.management,
            self.title,
            self.units,
            self.originating_agency,
            self.archival_agency,
            self.transferring_agency,
        )
    }

    /// The transfer as a zip.
    pub fn zip(&self) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for (name, bytes) in self.entries() {
            zip.start_file(name, options).unwrap();
            zip.write_all(&bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    /// The transfer as a tar.
    pub fn tar(&self) -> Vec<u8> {
        let mut tar = tar::Builder::new(Vec::new());
        for (name, bytes) in self.entries() {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            tar.append_data(&mut header, name, bytes.as_slice()).unwrap();
        }
        tar.into_inner().unwrap()
    }

    /// The transfer as a tar.gz.
    pub fn tar_gz(&self) -> Vec<u8> {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(&self.tar()).unwrap();
        gz.finish().unwrap()
    }

    /// The transfer as a tar.bz2.
    pub fn tar_bz2(&self) -> Vec<u8> {
        let mut bz = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        bz.write_all(&self.tar()).unwrap();
        bz.finish().unwrap()
    }

    fn entries(&self) -> Vec<(String, Vec<u8>)> {
        let mut entries = vec![("manifest.xml".to_owned(), self.manifest().into_bytes())];
        entries.extend(self.files.iter().filter(|_| !self.inline).cloned());
        entries
    }
}

/// A content in base64, in lines as most tools write it.
pub fn attachment(name: &str, bytes: &[u8]) -> String {
    let lines: Vec<String> = bytes.chunks(57).map(|line| STANDARD.encode(line)).collect();
    format!("<Attachment filename=\"{name}\">\n{}\n</Attachment>", lines.join("\n"))
}
