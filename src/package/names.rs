//! Names of entries: which are refused, how their bytes become text, which collide.
//!
//! Never repairs a name: what another tool would rewrite (`/abs`, `a\b`, `C:x`, `..`) is refused, so that a file is
//! stored under the very name its sender gave. Names that are merely odd elsewhere (`CON`, a trailing dot) pass.

use unicode_normalization::UnicodeNormalization;

use crate::model::{Finding, Findings, Limits, findings};

/// Bytes of one folder's or file's name, as file systems have it.
const PART_BYTES_MAX: usize = 255;

/// A name as read from a container.
pub struct Name {
    pub text: String,
    pub others: Vec<String>,
}

/// Text of a name's bytes: UTF-8 when it is, else cp850 or Latin-1, whichever its bytes allow, the other kept aside.
pub fn decode(raw: &[u8]) -> Name {
    if let Ok(text) = std::str::from_utf8(raw) {
        return Name { text: text.to_owned(), others: Vec::new() };
    }
    let cp850: String = raw.iter().map(|&byte| cp850(byte)).collect();
    let latin1: String = raw.iter().map(|&byte| char::from(byte)).collect();
    // 0x80–0x9F are letters in cp850 (é is 0x82) and control characters in Latin-1.
    if raw.iter().any(|byte| (0x80..=0x9f).contains(byte)) {
        Name { text: cp850, others: Vec::new() }
    } else {
        Name { text: latin1, others: vec![cp850] }
    }
}

/// Normalises a name that is fit to be kept, or says why it is not. `None` for the folder of the archive itself.
pub fn judge(name: &str, is_folder: bool, limits: &Limits) -> Result<Option<String>, Finding> {
    let refuse = |kind, why: &str| Err(Finding::new(kind, why.to_owned()).in_path(shown(name)));
    if name.len() > limits.name_bytes_max {
        let why = format!("nom de {} octets, {} au plus", name.len(), limits.name_bytes_max);
        return refuse(&findings::CONTAINER_NAME_LENGTH, &why);
    }
    if name.chars().any(char::is_control) {
        return refuse(&findings::CONTAINER_NAME, "le nom contient un caractère de contrôle");
    }
    if name.starts_with('/') || has_drive(name) || name.starts_with("\\\\") {
        return refuse(&findings::CONTAINER_ABSOLUTE, "le nom est un chemin absolu");
    }
    if name.split(['/', '\\']).any(|part| part == "..") {
        return refuse(&findings::CONTAINER_TRAVERSAL, "le nom sort de l'archive par « .. »");
    }
    if name.contains('\\') {
        return refuse(&findings::CONTAINER_NAME, "le nom contient une barre oblique inverse");
    }
    let mut rest = name;
    while let Some(after) = rest.strip_prefix("./") {
        rest = after;
    }
    if is_folder {
        rest = rest.strip_suffix('/').unwrap_or(rest);
        if rest.is_empty() || rest == "." {
            return Ok(None);
        }
    }
    if rest.is_empty() || rest == "." {
        return refuse(&findings::CONTAINER_NAME_EMPTY, "un fichier n'a pas de nom");
    }
    if rest.split('/').any(|part| part.is_empty() || part == ".") {
        return refuse(&findings::CONTAINER_NAME, "le nom contient un dossier vide (« // » ou « /./ »)");
    }
    if let Some(part) = rest.split('/').find(|part| part.len() > PART_BYTES_MAX) {
        let why =
            format!("un dossier ou fichier a un nom de {} octets, {PART_BYTES_MAX} au plus", part.len());
        return refuse(&findings::CONTAINER_NAME_LENGTH, &why);
    }
    let folders = rest.matches('/').count();
    if folders > limits.name_depth_max {
        let why = format!("{folders} dossiers emboîtés, {} au plus", limits.name_depth_max);
        return refuse(&findings::CONTAINER_NAME_LENGTH, &why);
    }
    Ok(Some(rest.to_owned()))
}

/// Reports names that are the same, or would be on another file system. Folders may be listed twice.
pub fn collisions<'a>(names: impl Iterator<Item = (&'a str, bool)>, found: &mut Findings) {
    // '/' becomes the lowest byte, so that what is under a folder directly follows it once sorted.
    let mut keys: Vec<(String, &str, bool)> = names
        .map(|(name, is_folder)| {
            let key: String =
                name.nfc().flat_map(char::to_lowercase).map(|c| if c == '/' { '\0' } else { c }).collect();
            (key, name, is_folder)
        })
        .collect();
    keys.sort();
    for pair in keys.windows(2) {
        let ((above, first, first_is_folder), (below, second, second_is_folder)) = (&pair[0], &pair[1]);
        let same = above == below;
        let inside =
            !first_is_folder && below.strip_prefix(above.as_str()).is_some_and(|rest| rest.starts_with('\0'));
        let (kind, message) = if (same && first_is_folder != second_is_folder) || inside {
            (
                &findings::CONTAINER_FILE_AND_FOLDER,
                format!("« {} » est à la fois un fichier et un dossier", shown(first)),
            )
        } else if !same || *first_is_folder {
            continue;
        } else if first == second {
            (&findings::CONTAINER_DUPLICATE, format!("le nom « {} » apparaît deux fois", shown(first)))
        } else {
            let message = format!(
                "« {} » et « {} » se confondraient sur d'autres systèmes",
                shown(first),
                shown(second)
            );
            (&findings::CONTAINER_COLLISION, message)
        };
        found.push(Finding::new(kind, message).in_path(shown(second)));
    }
}

/// A name fit for a message: control characters escaped, length bounded.
pub fn shown(name: &str) -> String {
    let mut text: String = name
        .chars()
        .take(200)
        .flat_map(|c| -> Box<dyn Iterator<Item = char>> {
            if c.is_control() { Box::new(c.escape_default()) } else { Box::new(std::iter::once(c)) }
        })
        .collect();
    if name.chars().nth(200).is_some() {
        text.push('…');
    }
    text
}

fn has_drive(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':'
}

/// Code page 850, what zip tools of western Europe wrote before UTF-8.
fn cp850(byte: u8) -> char {
    const HIGH: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}";
    if byte < 0x80 {
        char::from(byte)
    } else {
        HIGH.chars().nth(usize::from(byte - 0x80)).unwrap_or('\u{fffd}')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_page_850_is_whole() {
        assert_eq!(cp850(0x80), 'Ç');
        assert_eq!(cp850(0x82), 'é');
        assert_eq!(cp850(0xb7), 'À');
        assert_eq!(cp850(0xd2), 'Ê');
        assert_eq!(cp850(0xff), '\u{a0}');
    }

    #[test]
    fn old_encodings_keep_the_accents() {
        assert_eq!(decode(b"d\x82lib.pdf").text, "délib.pdf");
        assert_eq!(decode(b"d\xe9lib.pdf").text, "délib.pdf");
        assert_eq!(decode("délib.pdf".as_bytes()).text, "délib.pdf");
    }

    #[test]
    fn hostile_names_are_refused_and_plain_ones_normalised() {
        let limits = Limits::default();
        let code = |name: &str| judge(name, false, &limits).map_err(|finding| finding.kind.code);
        assert_eq!(code("./content/a.txt"), Ok(Some("content/a.txt".into())));
        assert_eq!(code("CON"), Ok(Some("CON".into())));
        assert_eq!(code("../a"), Err("container.traversal"));
        assert_eq!(code("a/../b"), Err("container.traversal"));
        assert_eq!(code("..\\a"), Err("container.traversal"));
        assert_eq!(code("/a"), Err("container.absolute"));
        assert_eq!(code("C:\\a"), Err("container.absolute"));
        assert_eq!(code("\\\\server\\a"), Err("container.absolute"));
        assert_eq!(code("a\\b"), Err("container.name"));
        assert_eq!(code("a//b"), Err("container.name"));
        assert_eq!(code("a\nb"), Err("container.name"));
        assert_eq!(code("."), Err("container.name_empty"));
        assert_eq!(code(&"n".repeat(300)), Err("container.name_length"));
        assert_eq!(code(&"d/".repeat(100)), Err("container.name"));
        assert_eq!(code(&format!("{}f", "d/".repeat(100))), Err("container.name_length"));
        assert_eq!(judge("./", true, &limits), Ok(None));
    }
}
