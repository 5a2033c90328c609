//! The risk of the formats that local flows carry, before a member says its own: a short table of ours.
//!
//! Never a rule: it refuses nothing, and the member's word replaces it. A format that is not here has no risk given.

use crate::model::FormatRisk;

/// What we think of a format; `None`: nothing.
pub fn starter(puid: &str) -> Option<FormatRisk> {
    let is_in = |puids: &[&str]| puids.contains(&puid);
    if is_in(SAFE) {
        Some(FormatRisk::Safe)
    } else if is_in(WATCH) {
        Some(FormatRisk::Watch)
    } else if is_in(CONVERT) {
        Some(FormatRisk::Convert)
    } else {
        None
    }
}

/// Open or standard, read by several programs, with nothing outside the file.
const SAFE: &[&str] = &[
    // PDF/A-1a to PDF/A-4f.
    "fmt/95",
    "fmt/354",
    "fmt/476",
    "fmt/477",
    "fmt/478",
    "fmt/479",
    "fmt/480",
    "fmt/481",
    "fmt/1910",
    "fmt/1911",
    "fmt/1912",
    // XML 1.0 and 1.1, plain text, CSV.
    "fmt/101",
    "fmt/1776",
    "x-fmt/111",
    "x-fmt/18",
    // OpenDocument 1.0 to 1.3: texts, spreadsheets, presentations, drawings.
    "fmt/136",
    "fmt/290",
    "fmt/291",
    "fmt/1756",
    "fmt/137",
    "fmt/294",
    "fmt/295",
    "fmt/1755",
    "fmt/138",
    "fmt/292",
    "fmt/293",
    "fmt/1754",
    "fmt/139",
    "fmt/296",
    "fmt/297",
    "fmt/1753",
    // PNG, JPEG, TIFF, JPEG 2000.
    "fmt/11",
    "fmt/12",
    "fmt/13",
    "fmt/41",
    "fmt/42",
    "fmt/43",
    "fmt/44",
    "fmt/353",
    "x-fmt/392",
    // WAV, FLAC.
    "fmt/6",
    "fmt/141",
    "fmt/142",
    "fmt/143",
    "fmt/279",
    // Messages.
    "fmt/278",
    "fmt/950",
];

/// Readable today by what depends on one publisher, on fonts or on codecs outside the file, or on what a container holds.
const WATCH: &[&str] = &[
    // PDF 1.0 to 2.0.
    "fmt/14",
    "fmt/15",
    "fmt/16",
    "fmt/17",
    "fmt/18",
    "fmt/19",
    "fmt/20",
    "fmt/276",
    "fmt/1129",
    // OOXML: Word, Excel, PowerPoint.
    "fmt/412",
    "fmt/214",
    "fmt/215",
    // JPEG with Exif, GIF.
    "x-fmt/390",
    "x-fmt/391",
    "fmt/645",
    "fmt/1507",
    "fmt/3",
    "fmt/4",
    // MP3, MP4.
    "fmt/134",
    "fmt/199",
    // ZIP, HTML, RTF.
    "x-fmt/263",
    "fmt/96",
    "fmt/471",
    "fmt/45",
    "fmt/50",
    "fmt/53",
    "fmt/355",
];

/// Closed, or forsaken by what wrote them.
const CONVERT: &[&str] = &[
    // Word, Excel, PowerPoint before 2007 (macros or not); any OLE2 document that tells no more.
    "fmt/39",
    "fmt/40",
    "fmt/609",
    "fmt/59",
    "fmt/61",
    "fmt/126",
    "fmt/111",
    // Works, WordPerfect, Lotus 1-2-3.
    "x-fmt/120",
    "x-fmt/44",
    "x-fmt/394",
    "x-fmt/114",
    "x-fmt/115",
    "x-fmt/116",
    "x-fmt/117",
    // Access.
    "x-fmt/66",
    "x-fmt/238",
    "x-fmt/239",
    "x-fmt/240",
    "x-fmt/241",
    "fmt/275",
    // RealMedia, Windows Media, Flash.
    "x-fmt/190",
    "fmt/133",
    "fmt/132",
    "fmt/109",
    "fmt/110",
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::Signatures;

    #[test]
    fn no_format_has_two_risks_and_most_of_our_own_table_has_one() {
        let all: Vec<&str> = [SAFE, WATCH, CONVERT].concat();
        let mut once = all.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), all.len());
        let signatures = Signatures::built_in();
        let left: Vec<&str> = signatures
            .formats()
            .map(|format| format.puid.as_str())
            .filter(|puid| starter(puid).is_none())
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
}
