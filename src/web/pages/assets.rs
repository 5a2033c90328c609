//! The style sheet, script, fonts and pictures, inside the program; their addresses change with their bytes.
//!
//! Never reads a name from an address but among those built in. Served under `/static/`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

static ADDRESSES: LazyLock<BTreeMap<String, String>> = LazyLock::new(|| {
    Files::iter()
        .filter_map(|name| {
            let digest = hex::encode(&Files::get(&name)?.metadata.sha256_hash()[..6]);
            Some((name.to_string(), format!("/static/{name}?v={digest}")))
        })
        .collect()
});

/// The address of a file of `static/`, with a version that changes when its bytes do; empty when there is none.
pub fn address(name: &str) -> &'static str {
    ADDRESSES.get(name).map_or("", String::as_str)
}

/// `GET /static/{name}`.
pub async fn file(name: web::Path<String>) -> HttpResponse {
    let Some(file) = Files::get(&name) else {
        return HttpResponse::NotFound().finish();
    };
    // The fonts' addresses, inside the style sheet, bear no version: a new font takes a new name.
    HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, content_type(&name)))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(file.data.into_owned())
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_the_pages_name_is_built_in() {
        for name in ["style.css", "app.js", "icons.svg", "mark.svg", "shelf.svg"] {
            assert!(address(name).starts_with("/static/"), "{name}");
        }
        assert_eq!(address("absent.css"), "");
    }
}
