//! What is asked of this door, from an address: CakePHP's named parameters (`name:value` between slashes) or a query.
//!
//! Never decodes before it has split: an identifier may hold `/`, `:`, `+`, `@`, accents, and clients encode them as PHP's
//! `urlencode` does, or not at all.

use actix_web::HttpRequest;
use percent_encoding::percent_decode_str;

/// Parameters, by name, in the order of the address.
pub(super) struct Asked(Vec<(String, String)>);

impl Asked {
    /// Of both forms: what follows `prefix` in the path, then the query.
    pub fn of(request: &HttpRequest, prefix: &str) -> Self {
        let path = request.uri().path().strip_prefix(prefix).unwrap_or_default();
        Self::read(path, request.uri().query().unwrap_or_default())
    }

    fn read(path: &str, query: &str) -> Self {
        let of_path = path.split('/').filter_map(|part| part.split_once(':'));
        let of_query = query.split('&').filter_map(|part| part.split_once('='));
        Self(of_path.chain(of_query).map(|(name, value)| (decoded(name), decoded(value))).collect())
    }

    /// The value of a name, whatever the case it is written in; an empty one is none.
    pub fn get(&self, name: &str) -> Option<&str> {
        let mut named = self.0.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        named.find_map(|(_, value)| (!value.is_empty()).then_some(value.as_str()))
    }
}

/// `+` is a space, `%xx` a byte; bytes that are not UTF-8 are Latin-1.
fn decoded(text: &str) -> String {
    let plain = text.replace('+', " ");
    let bytes: Vec<u8> = percent_decode_str(&plain).collect();
    String::from_utf8(bytes).unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read_in_any_order_and_decoded_after_they_are_split() {
        let path = "/message:Acknowledgement/originMessageIdentifier:INT%2FDEPT%3A56%402019-11-15T12%3A53+a%2Bb/sequence:ArchiveTransfer/originOrganizationIdentification:LS+PA%2F%C3%A9t%C3%A9";
        let asked = Asked::read(path, "");
        assert_eq!(asked.get("sequence"), Some("ArchiveTransfer"));
        assert_eq!(asked.get("originMessageIdentifier"), Some("INT/DEPT:56@2019-11-15T12:53 a+b"));
        assert_eq!(asked.get("originOrganizationIdentification"), Some("LS PA/été"));
        let asked = Asked::read(
            "",
            "originMessageIdentifier=A%3DB&message=ArchiveTransferReply&sequence=ArchiveTransfer&x",
        );
        assert_eq!(
            (asked.get("originMessageIdentifier"), asked.get("Message")),
            (Some("A=B"), Some("ArchiveTransferReply"))
        );
        assert_eq!(asked.get("originOrganizationIdentification"), None);
        // Not encoded: the colons of the value are the value's.
        let raw = Asked::read("/originMessageIdentifier:a@2019-11-15T12:53:22", "");
        assert_eq!(raw.get("originMessageIdentifier"), Some("a@2019-11-15T12:53:22"));
        assert_eq!(Asked::read("/a:%e9t%e9", "").get("a"), Some("été"));
    }
}
