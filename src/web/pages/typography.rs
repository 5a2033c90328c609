//! French typography of a page: the space inside guillemets and before « ; : ? ! % » is one at which no line breaks.
//!
//! Here and once for all pages, since sentences are written in a hundred places with the space bar. The one thing to know: words change,
//! never attributes, nor what stands in `code`, `pre`, `script`, `style` or `textarea`, which is copied or sent as it is.

/// Elements whose text is left as it is.
const VERBATIM: [&str; 5] = ["code", "pre", "script", "style", "textarea"];
const NO_BREAK: char = '\u{a0}';

/// The page with its spaces.
pub fn spaced(html: &str) -> String {
    let mut page = String::with_capacity(html.len() + html.len() / 64);
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        space_words(&rest[..start], &mut page);
        let end = tag_end(&rest[start..]).map_or(rest.len(), |end| start + end);
        let tag = &rest[start..end];
        page.push_str(tag);
        rest = &rest[end..];
        if let Some(name) = VERBATIM.iter().find(|name| opens(tag, name)) {
            let close = rest.find(&format!("</{name}")).unwrap_or(rest.len());
            page.push_str(&rest[..close]);
            rest = &rest[close..];
        }
    }
    space_words(rest, &mut page);
    page
}

/// Bytes of a tag, whose attributes' values may have a `>`.
fn tag_end(tag: &str) -> Option<usize> {
    let mut quoted = false;
    let end = tag.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b'>' && !quoted
    });
    end.map(|end| end + 1)
}

fn opens(tag: &str, name: &str) -> bool {
    let after = tag[1..].strip_prefix(name);
    after.is_some_and(|after| after.starts_with(['>', ' ', '\n']))
}

fn space_words(words: &str, page: &mut String) {
    let mut copied = 0;
    for (at, _) in words.match_indices(' ') {
        let (before, after) = (&words[..at], &words[at + 1..]);
        if before.ends_with('«') || closes(after) {
            page.push_str(&words[copied..at]);
            page.push(NO_BREAK);
            copied = at + 1;
        }
    }
    page.push_str(&words[copied..]);
}

/// Whether a sign that no line begins with comes next, alone: `:8080` and `!important` are words.
fn closes(after: &str) -> bool {
    let mut next = after.chars();
    match next.next() {
        Some('»') => true,
        Some(';' | ':' | '?' | '!' | '%') => {
            next.next().is_none_or(|c| c.is_whitespace() || matches!(c, '.' | ',' | '»' | ')' | NO_BREAK))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_begins_with_a_sign_or_ends_with_an_opening_one() {
        for (written, shown) in [
            ("Que versez-vous ?", "Que versez-vous\u{a0}?"),
            ("« Conseil »", "«\u{a0}Conseil\u{a0}»"),
            ("« <b>Conseil</b> ».", "«\u{a0}<b>Conseil</b>\u{a0}»."),
            ("un : deux ; 40 %, trois !", "un\u{a0}: deux\u{a0}; 40\u{a0}%, trois\u{a0}!"),
            ("<p>Pris le :</p>", "<p>Pris le\u{a0}:</p>"),
            ("é «", "é «"),
        ] {
            assert_eq!(spaced(written), shown);
        }
    }

    #[test]
    fn what_is_sent_or_copied_stays_as_it_is() {
        for verbatim in [
            "<input value=\"a : b > c ?\" title=\"« x »\">",
            "<textarea name=\"a\">a : b ?</textarea>",
            "<pre>a : b</pre>",
            "<code class=\"key\">a ; b</code>",
            "un port :8080",
            "<p>a</p",
            "<",
            "<prefix",
        ] {
            assert_eq!(spaced(verbatim), verbatim);
        }
        assert_eq!(spaced("<pre>a :</pre>b :"), "<pre>a :</pre>b\u{a0}:");
        assert_eq!(spaced("<codes>a :"), "<codes>a\u{a0}:");
    }
}
