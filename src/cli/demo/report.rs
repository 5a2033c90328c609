//! What the demonstration prints: short lines, aligned, coloured when a terminal reads them.

use std::io::IsTerminal;

use chrono::DateTime;
use chrono_tz::Europe::Paris;

/// Writes to standard output.
pub struct Report {
    coloured: bool,
    chapter: u32,
}

impl Report {
    /// A report for whoever reads standard output.
    pub fn new() -> Report {
        Report { coloured: std::io::stdout().is_terminal(), chapter: 0 }
    }

    /// A numbered part.
    pub fn chapter(&mut self, title: &str) {
        self.chapter += 1;
        println!("\n{}", self.paint("1", &format!("{}. {title}", self.chapter)));
    }

    /// A heading inside a part.
    pub fn heading(&self, words: &str) {
        println!("\n   {}", self.paint("1;34", words));
    }

    /// Something that is as it should be.
    pub fn good(&self, words: &str) {
        println!("   {} {words}", self.paint("32", "✔"));
    }

    /// Something refused on purpose.
    pub fn refused(&self, words: &str) {
        println!("   {} {words}", self.paint("33", "✘"));
    }

    /// Something that waits for a person.
    pub fn waiting(&self, words: &str) {
        println!("   {} {words}", self.paint("36", "…"));
    }

    /// A line under the one before.
    pub fn detail(&self, label: &str, words: &str) {
        let label = format!("{label:<8}");
        println!("       {} {words}", self.paint("2", &label));
    }

    /// A plain line.
    pub fn line(&self, words: &str) {
        println!("   {words}");
    }

    fn paint(&self, code: &str, words: &str) -> String {
        if self.coloured { format!("\x1b[{code}m{words}\x1b[0m") } else { words.to_owned() }
    }
}

/// Columns as wide as their widest cell.
pub fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// An instant as people read it in France; as it came when it is none.
pub fn moment(written: &str) -> String {
    let Ok(at) = DateTime::parse_from_rfc3339(written) else { return written.to_owned() };
    at.with_timezone(&Paris).format("%d/%m/%Y à %H:%M:%S").to_string()
}

/// Bytes as people read them in French: `7,5 Kio`.
pub fn bytes(count: u64) -> String {
    let mut amount = count as f64;
    let mut units = ["octets", "Kio", "Mio", "Gio", "Tio"].into_iter();
    let mut unit = units.next().unwrap_or_default();
    for next in units {
        if amount < 1024.0 {
            break;
        }
        amount /= 1024.0;
        unit = next;
    }
    let written = if amount.fract() < 0.05 || unit == "octets" {
        format!("{amount:.0}")
    } else {
        format!("{amount:.1}")
    };
    format!("{} {unit}", written.replace('.', ","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_instants_are_read_in_french() {
        assert_eq!(moment("2026-11-24T02:50:09Z"), "24/11/2026 à 03:50:09");
        assert_eq!(bytes(512), "512 octets");
        assert_eq!(bytes(7_709), "7,5 Kio");
        assert_eq!(bytes(2 << 30), "2 Gio");
    }
}
