//! Documents made to exhaust memory or time: refused early, whatever is still to come.

use std::cell::Cell;
use std::fmt::Write as _;
use std::io::{self, Read};
use std::time::Instant;

use super::tokens;
use crate::model::Limits;

/// A beginning, then the same bytes without end; counts what was taken.
struct Endless<'a> {
    beginning: &'a [u8],
    then: &'a [u8],
    taken: &'a Cell<usize>,
}

impl Read for Endless<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let taken = self.taken.get();
        let next = if taken < self.beginning.len() {
            &self.beginning[taken..]
        } else {
            &self.then[(taken - self.beginning.len()) % self.then.len()..]
        };
        let length = next.len().min(buffer.len());
        buffer[..length].copy_from_slice(&next[..length]);
        self.taken.set(taken + length);
        Ok(length)
    }
}

/// Code of the refusal, and how many bytes were taken before it.
fn endless(beginning: &str, then: &str, limits: &Limits) -> (&'static str, usize) {
    let taken = Cell::new(0);
    let reader = Endless { beginning: beginning.as_bytes(), then: then.as_bytes(), taken: &taken };
    let code = tokens(reader, limits).err().map_or("", |(code, _)| code);
    (code, taken.get())
}

#[test]
fn what_never_ends_is_refused_at_its_limit() {
    let limits = Limits { xml_text_bytes_max: 100_000, ..Limits::default() };
    let long = "x".repeat(10_000);
    let spread = "x ".repeat(5_000);
    for (beginning, then) in [
        ("<a>", &long),
        ("<a b='", &long),
        ("<a b='&lt;", &long),
        ("<a ", &" ".repeat(99)),
        ("<a><!--", &long),
        ("<a><?b ", &spread),
        ("<a><![CDATA[", &long),
        ("<a>&#", &"0".repeat(99)),
        ("<a>&", &long),
        ("<!--", &spread),
        ("", &" ".repeat(99)),
        ("<a>", &"x<!---->".to_owned()),
        ("<a>", &"<![CDATA[x]]>".to_owned()),
        ("<a>", &"&amp;".to_owned()),
        ("<a/>", &"\n".to_owned()),
        ("<a></a", &" ".repeat(99)),
    ] {
        let (code, taken) = endless(beginning, then, &limits);
        assert_eq!(code, "xml.text_length", "{beginning}");
        assert!(taken < 5_000_000, "{beginning}: {taken}");
    }
    for beginning in ["<", "<a ", "<a></", "<a xmlns:", "<a>"] {
        let then = if beginning == "<a>" { "<" } else { &long };
        let (code, taken) = endless(beginning, then, &limits);
        assert!(
            matches!(code, "xml.text_length" | "xml.malformed") && taken <= 65_536,
            "{beginning}: {code} {taken}"
        );
    }
}

#[test]
fn elements_without_end_are_refused_at_their_limit() {
    let limits = Limits::default();
    assert_eq!(endless("", "<a>", &limits), ("xml.depth", 65_536));
    let attributes: String = (0..20_000).map(|n| format!("b{n}='' ")).collect();
    assert_eq!(endless("<a ", &attributes, &limits), ("xml.attributes", 65_536));
    assert_eq!(endless("<a>", "<b/>", &Limits { xml_elements_max: 50_000, ..limits.clone() }).0, "xml.size");
    let small = Limits { manifest_bytes_max: 500_000, ..limits };
    assert_eq!(endless("<a>", "<b/>", &small), ("xml.size", 500_001));
}

#[test]
fn a_limit_is_the_last_that_passes() {
    let exact = Limits {
        xml_text_bytes_max: 20,
        xml_depth_max: 2,
        xml_elements_max: 3,
        xml_attributes_max: 2,
        xml_names_max: 4,
        manifest_bytes_max: 53,
        ..Limits::default()
    };
    let text = "<a><b c='1' d='2'/><b>12345678901234567890</b></a>   ";
    assert_eq!(tokens(text.as_bytes(), &exact).err(), None);
    let refused = |text: &str| tokens(text.as_bytes(), &exact).err().map(|(code, _)| code);
    assert_eq!(refused(&format!("{text} ")), Some("xml.size"));
    assert_eq!(refused(&text.replace("890", "8901").replace("   ", "")), Some("xml.text_length"));
    assert_eq!(refused("<a>1234567890<!-- -->1234567890&lt;</a>"), Some("xml.text_length"));
    assert_eq!(refused("<a><b><c/></b></a>"), Some("xml.depth"));
    assert_eq!(refused("<a><b/><b/><b/></a>"), Some("xml.size"));
    assert_eq!(refused("<a b='' xmlns='' d=''/>"), Some("xml.attributes"));
    assert_eq!(refused("<a b='' c=''><d e=''/></a>"), Some("xml.names"));
    assert_eq!(refused("<a b='1234567890123'/>"), Some("xml.text_length"));
}

#[test]
fn names_and_namespaces_without_end_are_refused() {
    let limits = Limits::default();
    let mut names = String::from("<a>");
    let mut namespaces = names.clone();
    let mut long = names.clone();
    for n in 0..21_000 {
        write!(names, "<n{n}/>").unwrap();
        write!(namespaces, "<n xmlns='urn:{n}'/>").unwrap();
        write!(long, "<n{n}-{}/>", "x".repeat(200)).unwrap();
    }
    for text in [names, namespaces, long] {
        assert_eq!(tokens(text.as_bytes(), &limits).err(), Some(("xml.names", 1)));
    }
}

#[test]
fn nothing_takes_the_square_of_its_length() {
    let limits = Limits { xml_attributes_max: 15_000, ..Limits::default() };
    let attributes: String = (0..15_000).map(|n| format!(" b{n}=''")).collect();
    let bound = " xmlns:p='u' xmlns:q='v'";
    let texts = [
        format!("<a{attributes}/>"),
        format!("<a{}/>", (0..15_000).map(|n| format!(" xmlns:b{n}='u'")).collect::<String>()),
        format!("<a>{}</a>", format!("<b{bound}><p:c q:d='&lt;'/></b>").repeat(30_000)),
        format!("<a>{}</a>", "]".repeat(1_000_000)),
        format!("<a>{}</a>", "x<!---->".repeat(100_000)),
        format!("<a>{}</a>", "<![CDATA[]]]>".repeat(100_000)),
        format!("<a b='{}'/>", "&lt;\n".repeat(190_000)),
        format!("<a>{}</a>", format!("{}<b/>", "x".repeat(900_000)).repeat(20)),
        format!("<a><!--{}--></a>", "- ".repeat(500_000)),
    ];
    for text in &texts {
        let started = Instant::now();
        let found = tokens(text.as_bytes(), &limits);
        assert!(started.elapsed().as_secs() < 20, "{}: {:?}", &text[..40], started.elapsed());
        assert!(found.is_ok() || found == Err(("xml.names", 1)), "{}: {:?}", &text[..40], found.err());
    }
}
