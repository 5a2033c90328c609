//! Cells of tables for spreadsheets.

/// A text in a cell: what would be a formula is not one any more.
pub fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let guarded = if is_formula { format!("'{text}") } else { text.to_owned() };
    match guarded.contains([';', '"', '\n', '\r', '\'']) {
        true => format!("\"{}\"", guarded.replace('"', "\"\"")),
        false => guarded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_neither_a_cell_more_nor_a_formula() {
        assert_eq!(cell("Budget 2026"), "Budget 2026");
        assert_eq!(cell("Plans ; coupe \"A\""), "\"Plans ; coupe \"\"A\"\"\"");
        assert_eq!(cell("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
        for start in ["+", "-", "@", "\t"] {
            assert!(cell(&format!("{start}1")).starts_with("\"'"), "{start}");
        }
    }
}
