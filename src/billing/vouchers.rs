//! The pieces that justify what a year cost: an invoice, a contract, attached to its item.
//!
//! Never changes a piece and never drops one: what is taken off stays for the closings that name it. The one thing to know: a closing
//! keeps the digest of each, so that a piece shown later is known to be the one that was there.

use super::{queries, voucher_queries as rows};
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::model::PersonId;
use crate::proof::digest::sha512;

/// Bytes of one piece.
pub const BYTES_MAX: usize = 10 << 20;
/// Pieces of one item, those taken off included.
pub const OF_ITEM_MAX: usize = 20;
/// Longest name of a file.
const NAME_CHARS_MAX: usize = 120;

/// A piece, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voucher {
    pub file_name: String,
    pub sha512: Vec<u8>,
    pub bytes: u64,
}

/// A piece with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub file_name: String,
    pub media_type: String,
    pub content: Vec<u8>,
}

/// A piece that comes in.
pub struct Brought<'a> {
    pub year: i32,
    pub item: &'a str,
    pub file_name: &'a str,
    pub bytes: &'a [u8],
}

/// Why a piece is not attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAttached {
    #[error("cet exercice n’est pas préparé")]
    YearUnknown,
    #[error("ce poste n’est pas de cet exercice")]
    ItemUnknown,
    #[error("une pièce est un PDF ou une image, PNG ou JPEG")]
    TypeUnknown,
    #[error("un poste a vingt pièces au plus")]
    TooMany,
}

/// What a browser is told that these bytes are; `None`: none of what is taken.
pub fn media_type(bytes: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 3] =
        [(b"%PDF-", "application/pdf"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg")];
    KNOWN.iter().find(|(head, _)| bytes.starts_with(head)).map(|(_, name)| *name)
}

/// The name of a file on one line, without the folders that a browser may have put before it.
pub fn file_name(told: &str) -> String {
    let name = told.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control() && *c != '"').take(NAME_CHARS_MAX).collect();
    if name.trim().is_empty() { "piece".into() } else { name.trim().to_owned() }
}

/// Attaches a piece to an item. The same again changes nothing, or brings it back.
pub async fn attach(
    db: &Db,
    clock: &Clock,
    by: PersonId,
    brought: &Brought<'_>,
) -> Result<Result<(), NotAttached>, db::Error> {
    let Some(media_type) = media_type(brought.bytes) else { return Ok(Err(NotAttached::TypeUnknown)) };
    let sha512 = sha512(brought.bytes).to_vec();
    let mut tx = db.technical().await?;
    // One at a time in a year: no other takes an item's last place between the count and the row.
    rows::hold_year(&mut tx, brought.year).await?;
    let Some(year) = queries::year(&mut tx, brought.year).await? else {
        return Ok(Err(NotAttached::YearUnknown));
    };
    if !year.items.iter().any(|item| item.item == brought.item) {
        return Ok(Err(NotAttached::ItemUnknown));
    }
    let name = file_name(brought.file_name);
    let row = rows::Row { sha512: &sha512, file_name: &name, media_type, by, at: clock.now() };
    if !rows::insert(&mut tx, brought, &row).await? {
        return Ok(Err(NotAttached::TooMany));
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// Takes a piece off its item; whether it was there.
pub async fn withdraw(
    db: &Db,
    clock: &Clock,
    (year, item): (i32, &str),
    sha512: &[u8],
) -> Result<bool, db::Error> {
    let mut tx = db.technical().await?;
    let was_there = rows::withdraw(&mut tx, (year, item), sha512, clock.now()).await?;
    tx.commit().await?;
    Ok(was_there)
}

/// A piece of a year, whichever its item; `None`: it has none such.
pub async fn content(db: &Db, year: i32, sha512: &[u8]) -> Result<Option<Content>, db::Error> {
    rows::content(&mut db.technical().await?, year, sha512).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_what_its_first_bytes_say() {
        assert_eq!(media_type(b"%PDF-1.7\n"), Some("application/pdf"));
        assert_eq!(media_type(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(media_type(b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        for wrong in [&b"<html>"[..], b"", b"PK\x03\x04", b"%PD", b" %PDF-1.7"] {
            assert_eq!(media_type(wrong), None);
        }
    }

    #[test]
    fn a_name_is_one_line_without_folders() {
        assert_eq!(file_name("C:\\Mes documents\\facture n° 12.pdf"), "facture n° 12.pdf");
        assert_eq!(file_name("../../etc/\u{7}pass\"wd\n"), "passwd");
        assert_eq!(file_name("  /"), "piece");
        assert_eq!(file_name(&"é".repeat(500)).chars().count(), NAME_CHARS_MAX);
    }
}
