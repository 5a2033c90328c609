//! What is refused, and for what; what looks like it and is not.

use super::{read, refused};

#[test]
fn encodings_we_do_not_read_and_bytes_that_mean_nothing_are_refused() {
    let wide: Vec<u8> = "\u{feff}<?xml version='1.0' encoding='UTF-8'?><a/>"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let cases: [&[u8]; 11] = [
        b"<?xml version='1.0' encoding='UTF-7'?><a/>",
        b"<?xml version='1.0' encoding='UTF-16'?><a/>",
        b"\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?><a/>",
        b"<?xml version='1.0' encoding='US-ASCII'?><a>\xc3\xa9</a>",
        b"<?xml version='1.0' encoding='windows-1252'?><a>\x81</a>",
        b"\0\0\xfe\xff\0\0\0<",
        b"\x4c\x6f\xa7\x94",
        b"<a>\xff</a>",
        b"<a>\xc3",
        b"\xff\xfe<\0a\0/\0>",
        &wide,
    ];
    for case in cases {
        assert_eq!(refused(case), ("xml.encoding", 1), "{}", case.escape_ascii());
    }
    assert_eq!(refused(b"<a>\n\n\xff</a>"), ("xml.encoding", 3));
    assert_eq!(refused(b"<a>\n</b>\xff"), ("xml.malformed", 2));
}

#[test]
fn what_is_not_well_formed_is_refused() {
    let cases = [
        "",
        " \n ",
        "a",
        "<a/>b",
        "<a/>&#32;",
        "<![CDATA[ ]]><a/>",
        "<a/><![CDATA[ ]]>",
        "</a>",
        "<a/></a>",
        "<a></b>",
        "<a></a b='1'>",
        "<a></ a>",
        "< a/>",
        "<>",
        "<a/ >",
        "<a / >",
        "<1/>",
        "<a b/>",
        "<a b=1/>",
        "<a b='1'c='2'/>",
        "<a b='<'/>",
        "<a 'b'='1'/>",
        "<a>]]></a>",
        "<a>x]]]></a>",
        "<a><![CDATA[ ]]>]]></a>",
        "<a b='& '/>",
        "<a>&</a>",
        "<a>& b</a>",
        "<a>&a</a>",
        "<a>&#x;</a>",
        "<!-- -- --><a/>",
        "<a><!-- ---></a>",
        "<!--a--><!-><a/>",
        " <?xml version='1.0'?><a/>",
        "<a><?xml version='1.0'?></a>",
        "<?XML ?><a/>",
        "<a><?1?></a>",
        "<a:b:c/>",
        "<:a/>",
        "<a:/>",
        "<a x:='1'/>",
        "<a><!ELEMENT b></a>",
        "<a b=\"1'/>'>\"'/>",
        "<a\u{d7}/>",
        "<a b>c</a>",
        "<a=''/>",
        "<?xml version='1.1'?><a/>",
        "<?xml?><a/>",
        "<a <b/>",
        "<a?/>",
    ];
    for case in cases {
        assert_eq!(refused(case).0, "xml.malformed", "{case}");
    }
}

#[test]
fn other_faults_have_their_kind() {
    let cases = [
        ("xml.unclosed", "<a>"),
        ("xml.unclosed", "<a><b></b>"),
        ("xml.unclosed", "<a"),
        ("xml.unclosed", "<a b='"),
        ("xml.unclosed", "<a>&am"),
        ("xml.unclosed", "<a><!-- "),
        ("xml.unclosed", "<a><![CDATA[ ]]"),
        ("xml.unclosed", "<a></a"),
        ("xml.doctype", "<!DOCTYPE a><a/>"),
        ("xml.doctype", "<!DOCTYPE"),
        ("xml.doctype", "<a/><!DOCTYPE a []>"),
        ("xml.entity", "<a>&nbsp;</a>"),
        ("xml.entity", "<a b='&x;'/>"),
        ("xml.character", "<a>\u{1}</a>"),
        ("xml.character", "<a>\u{ffff}</a>"),
        ("xml.character", "<a b='&#0;'/>"),
        ("xml.character", "<a><!--\u{b}--></a>"),
        ("xml.character", "<a>&#xD800;</a>"),
        ("xml.duplicate_attribute", "<a b='1' b='1'/>"),
        ("xml.duplicate_attribute", "<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='1'/>"),
        ("xml.duplicate_attribute", "<a xmlns='u' xmlns='u'/>"),
        ("xml.namespace", "<p:a/>"),
        ("xml.namespace", "<a p:b='1'/>"),
        ("xml.namespace", "<a><b xmlns:p='u'/><p:c/></a>"),
        ("xml.namespace", "<a xmlns:p=''/>"),
        ("xml.namespace", "<a xmlns:xmlns='u'/>"),
        ("xml.namespace", "<xmlns:a/>"),
        ("xml.namespace", "<a xmlns:xml='u'/>"),
        ("xml.namespace", "<a xmlns='http://www.w3.org/XML/1998/namespace'/>"),
        ("xml.namespace", "<a xmlns:p='http://www.w3.org/2000/xmlns/'/>"),
        ("xml.several_roots", "<a/><b/>"),
        ("xml.xinclude", "<x:include xmlns:x='http://www.w3.org/2001/XInclude'/>"),
    ];
    for (code, case) in cases {
        assert_eq!(refused(case).0, code, "{case}");
    }
}

#[test]
fn what_is_allowed_is_read() {
    let cases = [
        "<a>]] ></a>",
        "<a>&#93;]></a>",
        "<a b='>]]>'/>",
        "<a>]]&gt;</a>",
        "<a xmlns=''/>",
        "<a xmlns:xmlfoo='u'/>",
        "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:lang='fr'/>",
        "<xml/>",
        "<a><!----></a>",
        "<a><?a ?b??></a>",
        "<a p='1' xmlns:p='u' p:p='2'/>",
        "<p:a xmlns:p='u'><p:b xmlns:p='v'/><p:c/></p:a>",
        "<a\u{10000}/>",
        "<a>\u{85}\u{7f}</a>",
        "<?xml version='1.0'?><a/>",
        "\u{feff}<a/>",
    ];
    for case in cases {
        assert_eq!(read(case).err(), None, "{case}");
    }
}

#[test]
fn the_first_fault_is_told_wherever_the_border_of_what_is_loaded_falls() {
    for before in 65_500..65_540 {
        let text = format!("<!--{}-->\n<a b='<'/>", "x".repeat(before));
        let text = [text.as_bytes(), b"\xff"].concat();
        assert_eq!(refused(text), ("xml.malformed", 2), "{before}");
    }
}
