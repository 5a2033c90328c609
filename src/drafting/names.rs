//! Names of files and folders as people's machines give them, made fit to be kept and shown.
//!
//! Pure. Never refuses: what another system would not take is put otherwise, and the name is shown before anything is sent.

use unicode_normalization::UnicodeNormalization;

/// Bytes of a name kept.
const NAME_BYTES_MAX: usize = 200;
/// Folders one in another, and bytes of them all: what every system takes, and what a row may be found by.
const DEPTH_MAX: usize = 20;
const FOLDERS_BYTES_MAX: usize = 1_000;
/// Characters of a name in the package.
const SLUG_CHARS_MAX: usize = 60;

/// A path as a browser gives it: the folders above the file, and its name.
pub fn placed(path: &str) -> (String, String) {
    let parts: Vec<String> = path
        .split(['/', '\\'])
        .map(plain)
        .filter(|part| !part.is_empty() && part != "." && part != "..")
        .collect();
    match parts.split_last() {
        None => (String::new(), "document".into()),
        Some((name, above)) => (joined(above), name.clone()),
    }
}

/// The folders from the top, as many as are kept.
fn joined(above: &[String]) -> String {
    let mut path = String::new();
    for part in above.iter().take(DEPTH_MAX) {
        if path.len() + 1 + part.len() > FOLDERS_BYTES_MAX {
            break;
        }
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(part);
    }
    path
}

/// Folders as a person writes them.
pub fn folders(path: &str) -> String {
    let (above, last) = placed(&format!("{path}/x"));
    debug_assert_eq!(last, "x");
    above
}

/// One name: composed accents, no control characters, no longer than systems have them, its extension kept.
fn plain(name: &str) -> String {
    let name: String = name.nfc().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
    let name = name.trim();
    if name.len() <= NAME_BYTES_MAX {
        return name.to_owned();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 10 => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    let end = stem.floor_char_boundary(NAME_BYTES_MAX - extension.len());
    format!("{}{extension}", &stem[..end])
}

/// Marks that turn what follows around, or that nobody sees.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Another name for a file whose name is taken: « plan (2).pdf ».
pub fn numbered(name: &str, number: usize) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => format!("{stem} ({number}).{extension}"),
        _ => format!("{name} ({number})"),
    }
}

/// What the file of this rank is called in the package: letters and figures alone, so that every tool reads it alike.
pub fn in_package(rank: u32, name: &str) -> String {
    let slug: String = name
        .nfd()
        .filter_map(|c| match c {
            c if c.is_ascii_alphanumeric() => Some(c.to_ascii_lowercase()),
            '.' | '-' | '_' => Some(c),
            c if c.is_ascii() => Some('-'),
            _ => None,
        })
        .collect();
    let cut = slug.len().saturating_sub(SLUG_CHARS_MAX);
    format!("content/{rank}-{}", slug[cut..].trim_matches(['.', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_every_machine_become_folders_and_a_name() {
        for (given, folder, name) in [
            ("plan.pdf", "", "plan.pdf"),
            ("Séance/annexes/plan.pdf", "Séance/annexes", "plan.pdf"),
            ("C:\\Mes documents\\plan.pdf", "C:/Mes documents", "plan.pdf"),
            ("../../etc/passwd", "etc", "passwd"),
            ("a//./b/../c.pdf", "a/b", "c.pdf"),
            ("/etc/passwd", "etc", "passwd"),
            ("e\u{301}te\u{301}.pdf", "", "été.pdf"),
            ("a\u{0}b\nc\u{202e}fdp.exe", "", "abcfdp.exe"),
            ("", "", "document"),
            ("..", "", "document"),
            ("  .  /\u{1}", "", "document"),
        ] {
            assert_eq!(placed(given), (folder.to_owned(), name.to_owned()), "{given:?}");
        }
        assert_eq!(folders(" Séance / annexes/ "), "Séance/annexes");
        assert_eq!(folders(""), "");
    }

    #[test]
    fn a_name_too_long_is_cut_between_letters_and_keeps_its_extension() {
        let (_, name) = placed(&format!("{}.pdf", "é".repeat(250)));
        assert!(name.len() <= NAME_BYTES_MAX && name.ends_with("é.pdf"), "{name}");
        let (folder, _) = placed(&format!("{}x", "d/".repeat(100)));
        assert_eq!(folder.split('/').count(), DEPTH_MAX);
        let (folder, name) = placed(&format!("{}x", format!("{}/", "é".repeat(95)).repeat(20)));
        assert!(folder.len() <= FOLDERS_BYTES_MAX && folder.ends_with('é') && name == "x", "{folder}");
    }

    #[test]
    fn names_in_the_package_are_plain_and_never_the_same() {
        assert_eq!(in_package(3, "Délibération n° 41 (été).PDF"), "content/3-deliberation-n-41--ete-.pdf");
        assert_eq!(in_package(1, "…"), "content/1-");
        let long = in_package(2_000, &format!("{}.pdf", "a".repeat(300)));
        assert!(long.len() < 100 && long.ends_with("a.pdf"), "{long}");
        assert_eq!(numbered("plan.pdf", 2), "plan (2).pdf");
        assert_eq!(numbered("LISEZMOI", 3), "LISEZMOI (3)");
    }
}
