//! What is text, of what was sent percent-encoded: in addresses and forms.

use percent_encoding::percent_decode;

/// Whether it is UTF-8 without the NUL that PostgreSQL takes in no text.
pub fn is_text(encoded: &[u8]) -> bool {
    percent_decode(encoded).decode_utf8().is_ok_and(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_text_from_bytes() {
        for text in ["", "/a%20b", "email=a%40b.example", "caf%C3%A9", "café", "100%"] {
            assert!(is_text(text.as_bytes()), "{text}");
        }
        for other in [&b"%00"[..], b"a=\0", b"%ff", b"\xff", b"%C3"] {
            assert!(!is_text(other), "{other:?}");
        }
    }
}
