//! Kinds of files in everyday words: what a transfer holds, at a glance.
//!
//! Pure, and coarse on purpose: the exact format of each file is named elsewhere, for those who need it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A kind of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileKind {
    Pdf,
    Text,
    Table,
    Slides,
    Image,
    Sound,
    Video,
    Mail,
    /// Meant for programs.
    Data,
    Packed,
    Other,
}

impl FileKind {
    /// By a media type.
    pub fn of(media_type: &str) -> Self {
        let named = |names: &[&str]| names.iter().any(|name| media_type.contains(name));
        match media_type.split('/').next().unwrap_or_default() {
            "image" => Self::Image,
            "audio" => Self::Sound,
            "video" => Self::Video,
            "message" => Self::Mail,
            _ if media_type == "application/pdf" => Self::Pdf,
            _ if named(&["spreadsheet", "ms-excel", "csv"]) => Self::Table,
            _ if named(&["presentation", "powerpoint"]) => Self::Slides,
            _ if named(&["wordprocessing", "msword", "opendocument.text", "rtf"]) => Self::Text,
            _ if named(&["ms-outlook", "mbox"]) => Self::Mail,
            _ if named(&["xml", "json", "sql", "pkcs7", "signature"]) => Self::Data,
            _ if named(&["zip", "x-tar", "x-7z", "x-rar", "bzip"]) => Self::Packed,
            "text" => Self::Text,
            _ => Self::Other,
        }
    }

    /// « 3 images » without the number: one, several.
    pub fn label(self) -> (&'static str, &'static str) {
        match self {
            Self::Pdf => ("PDF", "PDF"),
            Self::Text => ("texte", "textes"),
            Self::Table => ("tableau", "tableaux"),
            Self::Slides => ("présentation", "présentations"),
            Self::Image => ("image", "images"),
            Self::Sound => ("enregistrement sonore", "enregistrements sonores"),
            Self::Video => ("vidéo", "vidéos"),
            Self::Mail => ("courriel", "courriels"),
            Self::Data => ("fichier de données", "fichiers de données"),
            Self::Packed => ("fichier compressé", "fichiers compressés"),
            Self::Other => ("fichier d’un autre format", "fichiers d’autres formats"),
        }
    }
}

/// Files of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindCount {
    pub files: u64,
    pub bytes: u64,
}

/// What a transfer holds, kind by kind.
pub type FileKinds = BTreeMap<FileKind, KindCount>;

/// Files one by one, each with its media type and its bytes, counted by kind.
pub fn counted<'a>(files: impl Iterator<Item = (&'a str, u64)>) -> FileKinds {
    let mut kinds = FileKinds::new();
    for (media_type, bytes) in files {
        let count = kinds.entry(FileKind::of(media_type)).or_default();
        count.files += 1;
        count.bytes = count.bytes.saturating_add(bytes);
    }
    kinds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_counted_by_everyday_kinds() {
        for (media_type, kind) in [
            ("application/pdf", FileKind::Pdf),
            ("image/tiff", FileKind::Image),
            ("text/plain", FileKind::Text),
            ("text/csv", FileKind::Table),
            ("application/vnd.oasis.opendocument.spreadsheet", FileKind::Table),
            ("application/vnd.oasis.opendocument.text", FileKind::Text),
            ("application/vnd.openxmlformats-officedocument.presentationml.presentation", FileKind::Slides),
            ("application/xml", FileKind::Data),
            ("application/zip", FileKind::Packed),
            ("message/rfc822", FileKind::Mail),
            ("application/octet-stream", FileKind::Other),
            ("", FileKind::Other),
        ] {
            assert_eq!(FileKind::of(media_type), kind, "{media_type}");
        }
        let kinds = counted([("application/pdf", 10), ("image/png", 5), ("application/pdf", 7)].into_iter());
        assert_eq!(kinds[&FileKind::Pdf], KindCount { files: 2, bytes: 17 });
        let text = serde_json::to_string(&kinds).unwrap();
        assert_eq!(text, r#"{"pdf":{"files":2,"bytes":17},"image":{"files":1,"bytes":5}}"#);
        assert_eq!(serde_json::from_str::<FileKinds>(&text).unwrap(), kinds);
    }
}
