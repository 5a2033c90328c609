//! Texts to try each type with: good ones, nearly good ones, and what random changes make of them. The same every time.

/// Type, texts to start from (separated by `¦`), characters its texts are made of.
pub const TYPES: &[(&str, &str, &str)] = &[
    ("string", "¦a¦ a \t", "ab \t\n"),
    ("normalizedString", "¦a¦ a \tb", "ab \t\n"),
    ("token", "¦a¦ a  b ", "ab \t\n"),
    ("language", "fr¦fr-FR¦x-a1b2c3d4¦abcdefgh-12345678¦i-klingon¦de-DE-1996", "aZ19-_é "),
    ("NMTOKEN", "a¦1a¦-.:_¦été¦a b¦中", "a1-.:_é·× /中😀\u{300}"),
    ("NMTOKENS", "a¦1a b¦-.:_ c¦ a\tb ", "a1-.:_é \t\n/"),
    ("Name", "a¦:a:b¦_1¦été¦a b", "a1-.:_é· /中\u{300}"),
    ("NCName", "a¦a1-.¦_1¦été¦a:b", "a1-.:_é·× /中\u{300}"),
    ("ID", "a¦a1-.¦_1¦été¦ID 1¦ID1 ", "a1-.:_é·× /\t"),
    ("IDREF", "a¦a1-.¦_1¦été¦ID 1¦ID1 ", "a1-.:_é·× /\t"),
    ("IDREFS", "a¦a1-. b¦_1 c¦été a¦ a \t b ", "a1-.:_é /\t"),
    ("ENTITY", "a¦_1", "a1-.:_é"),
    ("ENTITIES", "a¦_1 b", "a1-.:_é "),
    ("boolean", "true¦false¦1¦0¦ true ¦True¦TRUE¦01", "trufals01TF "),
    ("decimal", "0¦-1.50¦+.5¦5.¦00012.3400¦.¦+¦-.¦1e3¦ 1 ", "01259+-. eE,"),
    ("integer", "0¦-0¦+12¦-00099¦1.0¦123456789012¦ 7 ", "019+-. e"),
    ("nonPositiveInteger", "0¦-0¦+0¦-1¦1¦-99¦-0001", "01-+9 ."),
    ("negativeInteger", "0¦-0¦-1¦-99¦1¦-0001", "01-+9 ."),
    ("nonNegativeInteger", "0¦-0¦+0¦1¦-1¦99¦+007", "01-+9 ."),
    ("positiveInteger", "0¦-0¦1¦+1¦-1¦99¦+007", "01-+9 ."),
    (
        "long",
        "9223372036854775807¦-9223372036854775808¦9223372036854775808¦-9223372036854775809¦0¦+1",
        "0789+-",
    ),
    ("int", "2147483647¦-2147483648¦2147483648¦-2147483649¦0¦-0¦+1¦0002147483647", "0478+-"),
    ("short", "32767¦-32768¦32768¦-32769¦0¦-0¦+1¦00032767", "0378+-"),
    ("byte", "127¦-128¦128¦-129¦0¦-0¦+1¦000127", "01289+-"),
    ("unsignedLong", "18446744073709551615¦18446744073709551616¦0¦-0¦+1¦-1", "0156+-"),
    ("unsignedInt", "4294967295¦4294967296¦0¦-0¦+1¦-1", "0456+-"),
    ("unsignedShort", "65535¦65536¦0¦-0¦+1¦-1", "0356+-"),
    ("unsignedByte", "255¦256¦0¦-0¦+1¦-1¦000255", "0256+-"),
    ("float", "1¦-1.5e-3¦INF¦-INF¦+INF¦NaN¦.5¦5.¦1E+10¦1e¦e1¦.¦1e1.5¦ 1e5 ", "015.eE+-INFa "),
    ("double", "1¦-1.5E-3¦INF¦-INF¦+INF¦NaN¦.5¦5.¦1E+10¦1e400¦Infinity¦1f", "015.eE+-INFa "),
    ("duration", "P1Y¦-P1Y2M3DT4H5M6.7S¦PT1H¦P1M¦PT1M¦P0D¦PT0.5S¦P¦PT¦P1YT¦P1Y3D¦P1DT12H", "PT12.YMDHS-+ "),
    (
        "dateTime",
        "2024-02-29T00:00:00¦2023-02-28T23:59:59.999¦-0044-03-15T12:00:00Z¦12024-01-01T01:02:03+14:00¦\
         2000-12-31T24:00:00-05:30¦0000-01-01T00:00:00¦1900-02-28T00:00:00¦2024-06-30T23:59:59",
        "0123459-:TZ.+ ",
    ),
    (
        "date",
        "2024-02-29¦2023-02-28¦-0044-03-15¦12024-01-01+14:00¦1900-02-28Z¦2000-12-31-05:30¦0000-01-01",
        "0123459-:Z+ ",
    ),
    (
        "time",
        "00:00:00¦23:59:59.999Z¦24:00:00¦12:30:45.5+13:59¦24:00:00.000Z¦01:02:03-14:00",
        "0123459-:Z.+ ",
    ),
    ("gYear", "2024¦-0044¦12024¦0000¦2024Z¦2024+02:00¦0001", "0129-+:Z "),
    ("gYearMonth", "2024-01¦-0044-12¦12024-01¦0000-01¦2024-12Z¦2024-01+02:00", "0129-+:Z "),
    ("gMonthDay", "--02-29¦--12-31Z¦--04-30+02:00¦--01-01-14:00", "01239-+:Z "),
    ("gMonth", "--01¦--12Z¦--04+02:00¦--01-14:00¦--01--", "0129-+:Z "),
    ("gDay", "---01¦---31Z¦---30+02:00¦---01-14:00", "01239-+:Z "),
    ("hexBinary", "¦00¦0aFf¦0123456789abcdefABCDEF¦ 0a ", "09afAFg "),
    ("base64Binary", "¦AAAA¦QUI=¦QQ==¦ Q Q = = ¦QUJDRA==¦QR==¦QUJ=¦AAAA\nAAAA", "AQgwBU+/=- \n"),
    (
        "anyURI",
        "¦a¦http://a.b:80/c d?e=f&g#h¦urn:a:b¦../x/./y¦mailto:a@b.fr¦http://[::1]:8/x¦//u:p@h/p¦C:\\a\\b¦%C3%A9¦é/è¦\
         ftp://é.fr/à¦a:b:c¦?q¦#f¦http://h/%zz¦tag:x,2024:y¦#xpointer(/a[1])",
        "ab/:?#[]@!$&'()*+,;=%0A2f .-_~\\^`{}|<>\"é1",
    ),
    ("QName", "a¦p:a¦xml:a¦z:a¦ a ¦p:é¦a:b:c", "ap:1-_é "),
];

/// Changes seeds at random, always the same way.
pub struct Mutations {
    state: u64,
}

impl Mutations {
    pub fn new(seed: u64) -> Self {
        Self { state: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1 }
    }

    /// Texts for one type: its seeds, then as many changed ones.
    pub fn texts(&mut self, seeds: &str, alphabet: &str, count: usize) -> Vec<String> {
        let seeds: Vec<String> = seeds.split('¦').map(str::to_string).collect();
        let alphabet: Vec<char> = alphabet.chars().collect();
        let mut texts = seeds.clone();
        while texts.len() < count {
            // Mostly from a seed, sometimes from what became of one.
            let from = if self.below(4) > 0 { &seeds } else { &texts };
            let mut text: Vec<char> = from[self.below(from.len())].chars().collect();
            for _ in 0..=self.below(3) {
                self.change(&mut text, &alphabet);
            }
            texts.push(text.into_iter().collect());
        }
        texts
    }

    fn change(&mut self, text: &mut Vec<char>, alphabet: &[char]) {
        let character = alphabet[self.below(alphabet.len())];
        let at = self.below(text.len() + 1);
        match self.below(5) {
            0 => text.insert(at, character),
            1 if at < text.len() => drop(text.remove(at)),
            2 if at + 1 < text.len() => text.swap(at, at + 1),
            3 if at < text.len() => text.insert(at, text[at]),
            _ if at < text.len() => text[at] = character,
            _ => text.push(character),
        }
    }

    fn below(&mut self, limit: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 11) as usize % limit
    }
}
