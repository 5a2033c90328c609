//! Tables for spreadsheets: UTF-8 with its mark, semicolons, as French ones open them.

use actix_web::HttpResponse;
use actix_web::http::header;

/// The type of a table.
pub const MEDIA_TYPE: &str = "text/csv; charset=utf-8; header=present";

/// The answer that gives a table to keep; `name` is made of plain letters.
pub fn answer(name: &str, table: &str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(MEDIA_TYPE)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")))
        .body(format!("\u{feff}{table}"))
}

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
