//! What a request's body claims to be.

use axum::http::{HeaderMap, header};

/// JSON, which is in UTF-8 (RFC 8259 §8.1).
pub const JSON: Media = Media { essence: "application/json", charsets: &["utf-8", "utf8", "us-ascii"] };
/// A file of a spreadsheet's, which is in an encoding of Unicode's; the file itself says in which.
pub const CSV: Media = Media { essence: "text/csv", charsets: &["utf-8", "utf8", "us-ascii", "utf-16", "utf-16le"] };

/// What a body may be.
#[derive(Clone, Copy, Debug)]
pub struct Media {
    essence: &'static str,
    charsets: &'static [&'static str],
}

impl Media {
    /// Whether a body is of this kind. One that is compressed or in another charset is none that could be read, and to
    /// read it wrongly would be worse.
    #[must_use]
    pub fn is(self, headers: &HeaderMap) -> bool {
        let codings = headers.get_all(header::CONTENT_ENCODING).iter();
        let plain = codings.into_iter().all(|value| value.to_str().is_ok_and(is_identity));
        let Some(written) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
            return false;
        };
        let mut parts = written.split(';').map(str::trim);
        let essence = parts.next().unwrap_or_default();
        plain && essence.eq_ignore_ascii_case(self.essence) && parts.all(|parameter| self.allows(parameter))
    }

    /// Parameters that are no charset change nothing.
    fn allows(self, parameter: &str) -> bool {
        let Some((name, value)) = parameter.split_once('=') else { return true };
        let value = value.trim().trim_matches('"');
        let known = self.charsets.iter().any(|charset| charset.eq_ignore_ascii_case(value));
        !name.trim().eq_ignore_ascii_case("charset") || known
    }
}

fn is_identity(codings: &str) -> bool {
    codings.split(',').map(str::trim).all(|coding| coding.is_empty() || coding.eq_ignore_ascii_case("identity"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(content_type: &str, coding: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, content_type.parse().expect("a value"));
        if let Some(coding) = coding {
            headers.insert(header::CONTENT_ENCODING, coding.parse().expect("a value"));
        }
        headers
    }

    #[test]
    fn parameters_do_not_matter_but_for_the_charset() {
        for written in [
            "application/json",
            "Application/JSON;charset=UTF-8",
            "application/json; charset=\"utf-8\"; profile=x",
            "application/json;",
            "application/json; odata.metadata=minimal",
        ] {
            assert!(JSON.is(&headers(written, None)), "{written}");
        }
        for wrong in [
            "text/json",
            "text/plain",
            "application/jsonp",
            "application/json; charset=utf-16",
            "application/json; charset=ISO-8859-1",
            "application/json; charset=",
        ] {
            assert!(!JSON.is(&headers(wrong, None)), "{wrong}");
        }
        assert!(CSV.is(&headers("text/csv; header=present; charset=utf-16", None)));
        assert!(!CSV.is(&headers("text/csv; charset=windows-1252", None)));
        assert!(!JSON.is(&HeaderMap::new()));
    }

    #[test]
    fn what_is_compressed_cannot_be_read() {
        for coding in ["gzip", "GZIP", "br", "identity, gzip", "deflate"] {
            assert!(!JSON.is(&headers("application/json", Some(coding))), "{coding}");
        }
        assert!(JSON.is(&headers("application/json", Some("identity"))));
    }
}
