//! The letter that tells an archivist how much awaits her: numbers, and the address of her desk.
//!
//! Never names a member, a title nor a person.

use askama::Template;

use super::letter::Unwritten;

#[derive(Template)]
#[template(path = "mail/awaiting.txt", escape = "none")]
struct Awaiting<'a> {
    lines: &'a [String],
    where_: &'a str,
    address: String,
}

/// Subject and body of the letter of so many transfers, requests and agreements.
pub(super) fn written(
    counts: [u64; 3],
    members: u64,
    address: String,
) -> Result<(String, String), Unwritten> {
    let words = [
        ("versement à décider", "versements à décider"),
        ("demande de dérogation à voir", "demandes de dérogation à voir"),
        ("accord à valider", "accords à valider"),
    ];
    let said = |count: u64, (one, several): (&str, &str)| {
        format!("{count} {}", if count == 1 { one } else { several })
    };
    let counted = counts.into_iter().zip(words).filter(|(count, _)| *count > 0);
    let lines: Vec<String> = counted.map(|(count, words)| said(count, words)).collect();
    let where_ = match members {
        0 | 1 => "dans une collectivité".to_owned(),
        several => format!("dans {several} collectivités"),
    };
    let body = Awaiting { lines: &lines, where_: &where_, address }.render()?;
    Ok((format!("{}, {where_}", lines.join(", ")), body))
}
