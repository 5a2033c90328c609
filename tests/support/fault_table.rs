//! The fault table: what each case that does harm has asserted, noted at its end, in one file that `make faults` prints.
//!
//! It writes nothing where no file is named (`FAULT_TABLE`). Words are those that the case compared, never its own.

use std::fmt::Display;
use std::io::Write;
use std::path::PathBuf;

/// The file that the environment names.
pub fn file() -> Option<PathBuf> {
    std::env::var_os("FAULT_TABLE").map(PathBuf::from)
}

/// A fault, how many archives or transfers it has lost, what was said of it, and how it was mended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    pub fault: String,
    pub lost: usize,
    pub said: String,
    pub mended: String,
}

/// Notes a fault whose case has come to its end.
pub fn note(fault: impl Display, lost: usize, said: impl Display, mended: impl Display) {
    let Some(file) = file() else { return };
    let cells = [fault.to_string(), lost.to_string(), said.to_string(), mended.to_string()];
    let line = cells.map(|cell| cell.split_whitespace().collect::<Vec<_>>().join(" ")).join("\t") + "\n";
    // One write: cases of several processes end together.
    let file = std::fs::File::options().append(true).create(true).open(file);
    file.unwrap().write_all(line.as_bytes()).unwrap();
}

/// What was noted, in the order of its end.
pub fn rows() -> Vec<Row> {
    let text = std::fs::read_to_string(file().expect("FAULT_TABLE names the file")).unwrap();
    let row = |line: &str| {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let [fault, lost, said, mended] = cells.try_into().expect("four cells");
        Row { fault, lost: lost.parse().unwrap(), said, mended }
    };
    text.lines().map(row).collect()
}
