//! `xs:anyURI`: a reference as RFC 3986 writes it, once the characters it forbids are escaped.
//!
//! Never resolves nor fetches anything. The one thing to know: the standard lets almost any text through; what is refused
//! here is what the reference checker of the official schemas (libxml2) refuses, so that verdicts agree.

/// Whether a text, white space collapsed, is a reference.
pub(super) fn is_uri(text: &str) -> bool {
    let bytes = text.as_bytes();
    if let Some(colon) = scheme(bytes)
        && rest_of_absolute(&bytes[colon + 1..])
    {
        return true;
    }
    relative(bytes)
}

/// Where the colon after a scheme is.
fn scheme(bytes: &[u8]) -> Option<usize> {
    let first = bytes.first()?;
    let end = bytes.iter().position(|&byte| !is_scheme(byte))?;
    (first.is_ascii_alphabetic() && bytes[end] == b':').then_some(end)
}

fn is_scheme(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

fn rest_of_absolute(bytes: &[u8]) -> bool {
    match bytes.strip_prefix(b"//") {
        Some(rest) => authority(rest).is_some_and(path_to_end),
        None => path_to_end(bytes),
    }
}

fn relative(bytes: &[u8]) -> bool {
    if let Some(rest) = bytes.strip_prefix(b"//") {
        return authority(rest).is_some_and(path_to_end);
    }
    // A colon in the first segment would make it a scheme.
    let colon = bytes.iter().position(|&byte| matches!(byte, b':' | b'/' | b'?' | b'#'));
    colon.is_none_or(|at| bytes[at] != b':') && path_to_end(bytes)
}

/// What follows user, host and port.
fn authority(bytes: &[u8]) -> Option<&[u8]> {
    let user = skip(bytes, |byte| byte == b':');
    let bytes = if user.first() == Some(&b'@') { &user[1..] } else { bytes };
    let rest = if bytes.first() == Some(&b'[') {
        &bytes[bytes.iter().position(|&byte| byte == b']')? + 1..]
    } else {
        skip(bytes, |_| false)
    };
    let rest = match rest.strip_prefix(b":") {
        Some(port) if port.first().is_some_and(u8::is_ascii_digit) => {
            &port[port.iter().take_while(|byte| byte.is_ascii_digit()).count()..]
        }
        Some(_) => return None,
        None => rest,
    };
    (rest.is_empty() || matches!(rest[0], b'/' | b'?' | b'#')).then_some(rest)
}

/// A path, a query, a fragment, and nothing more.
fn path_to_end(bytes: &[u8]) -> bool {
    let mut rest = skip(bytes, |byte| matches!(byte, b':' | b'@' | b'/'));
    if let Some(query) = rest.strip_prefix(b"?") {
        rest = skip(query, |byte| matches!(byte, b':' | b'@' | b'/' | b'?'));
    }
    if let Some(fragment) = rest.strip_prefix(b"#") {
        rest = skip(fragment, |byte| matches!(byte, b':' | b'@' | b'/' | b'?' | b'[' | b']'));
    }
    rest.is_empty()
}

/// What follows plain characters, escaped ones, and those also allowed here.
fn skip(mut bytes: &[u8], also: impl Fn(u8) -> bool) -> &[u8] {
    loop {
        bytes = match bytes {
            [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => rest,
            [b'%', ..] | [] => return bytes,
            [byte, rest @ ..] if is_plain(*byte) || also(*byte) => rest,
            _ => return bytes,
        }
    }
}

/// Allowed everywhere: what RFC 3986 does not reserve, its sub-delimiters, and what is escaped beforehand.
fn is_plain(byte: u8) -> bool {
    PLAIN[usize::from(byte)]
}

const PLAIN: [bool; 256] = {
    let also = b"-._~!$&'()*+,;= \t\n\r<>\"{}|\\^`";
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = byte >= 0x80 || (byte as u8).is_ascii_alphanumeric();
        byte += 1;
    }
    let mut index = 0;
    while index < also.len() {
        table[also[index] as usize] = true;
        index += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::is_uri;

    #[test]
    fn almost_any_text_is_a_reference() {
        for text in [
            "",
            "a",
            "http://a/b?c#d",
            "urn:a:b:c",
            "été",
            "a b",
            "C:\\dossier\\é",
            "../x",
            "?",
            "#a[1]",
            "//h:80/",
            "http://[::1]/",
            "mailto:a@b",
            "%20",
            "http://u:p@h",
        ] {
            assert!(is_uri(text), "{text:?}");
        }
    }

    #[test]
    fn what_could_not_be_read_as_one_is_refused() {
        for text in
            [":a", "%", "%2", "%zz", "a#b#c", "http://h:port/", "http://h:/", "1a:b", "[a]", "http://["]
        {
            assert!(!is_uri(text), "{text:?}");
        }
    }
}
