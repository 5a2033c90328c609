//! A transfer that awaits a decision, as a line: since when, what it holds at a glance, what was remarked.

use chrono::{DateTime, Utc};

use super::list;
use crate::ingest::awaiting::Waiting;
use crate::model::{FileKind, FileKinds};
use crate::web::pages::shell::At;
use crate::web::pages::words;

/// Kinds of files named; the others are counted together.
const KINDS_MAX: usize = 3;

/// One transfer.
pub struct WaitingLine {
    pub id: String,
    pub address: String,
    pub title: String,
    pub sender: Option<String>,
    pub received: At,
    /// « attend depuis 4 jours ».
    pub since: String,
    /// « 14 fichiers, 9 Mo : 12 PDF, 2 images ».
    pub contents: String,
    pub remarks: Option<String>,
}

/// The line, as seen now.
pub fn line(waiting: &Waiting, now: DateTime<Utc>) -> WaitingLine {
    let lapse = (now - waiting.received_at).num_seconds().max(0).unsigned_abs();
    WaitingLine {
        id: waiting.transfer_id.to_string(),
        address: list::address(waiting.transfer_id),
        title: waiting.title.clone(),
        sender: waiting.sender.clone(),
        received: words::moment(waiting.received_at),
        since: format!("attend depuis {}", whole(lapse)),
        contents: contents(waiting.files, waiting.bytes, &waiting.kinds),
        remarks: (waiting.remarks > 0).then(|| words::count(waiting.remarks, "remarque", "remarques")),
    }
}

/// Days alone once there is one, else hours, else minutes.
fn whole(seconds: u64) -> String {
    match (seconds / 86_400, seconds / 3_600) {
        (0, 0) => format!("{}\u{a0}min", (seconds / 60).max(1)),
        (0, hours) => format!("{hours}\u{a0}h"),
        (days, _) => words::count(days, "jour", "jours"),
    }
}

/// How many files, how large, of which kinds.
pub fn contents(files: u64, bytes: u64, kinds: &FileKinds) -> String {
    let counted = format!("{}, {}", words::count(files, "fichier", "fichiers"), words::size(bytes));
    if kinds.is_empty() { counted } else { format!("{counted} : {}", kinds_words(kinds)) }
}

/// The kinds of most files first.
pub fn kinds_words(kinds: &FileKinds) -> String {
    let mut most: Vec<(FileKind, u64)> = kinds.iter().map(|(kind, count)| (*kind, count.files)).collect();
    most.sort_by_key(|(kind, files)| (std::cmp::Reverse(*files), *kind));
    let rest: u64 = most.iter().skip(KINDS_MAX).map(|(_, files)| files).sum();
    let one = |(kind, files): &(FileKind, u64)| {
        let (single, several) = kind.label();
        words::count(*files, single, several)
    };
    let mut said: Vec<String> = most.iter().take(KINDS_MAX).map(one).collect();
    said.extend((rest > 0).then(|| words::count(rest, "autre", "autres")));
    said.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::KindCount;

    #[test]
    fn what_a_transfer_holds_is_said_the_most_numerous_first() {
        let count = |files| KindCount { files, bytes: 10 };
        let mut kinds = FileKinds::from([(FileKind::Image, count(2)), (FileKind::Pdf, count(12))]);
        assert_eq!(
            contents(14, 9_000_000, &kinds),
            "14\u{a0}fichiers, 9\u{a0}Mo : 12\u{a0}PDF, 2\u{a0}images"
        );
        kinds.extend([(FileKind::Mail, count(1)), (FileKind::Data, count(3)), (FileKind::Other, count(1))]);
        assert_eq!(
            kinds_words(&kinds),
            "12\u{a0}PDF, 3\u{a0}fichiers de données, 2\u{a0}images, 2\u{a0}autres"
        );
        assert_eq!(contents(1, 1_000, &FileKinds::new()), "1\u{a0}fichier, 1\u{a0}Ko");
        assert_eq!([30, 7_300, 200_000].map(whole), ["1\u{a0}min", "2\u{a0}h", "2\u{a0}jours"]);
    }
}
