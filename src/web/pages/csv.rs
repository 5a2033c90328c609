//! Tables for spreadsheets: UTF-8 with its mark, semicolons, as French ones open them.

use actix_web::HttpResponse;
use actix_web::http::header;

pub use crate::report::csv::cell;

/// The type of a table.
pub const MEDIA_TYPE: &str = "text/csv; charset=utf-8; header=present";

/// The answer that gives a table to keep; `name` is made of plain letters.
pub fn answer(name: &str, table: &str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(MEDIA_TYPE)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.csv\"")))
        .body(format!("\u{feff}{table}"))
}
