//! Addresses to which people are sent by a link: a page of somebody's, never a script.

use super::Address;

/// The most characters that one may have.
const LONGEST: usize = 2_000;

/// Whether people may be sent there: over https, or by plain http to this very machine, and without credentials in it.
#[must_use]
pub fn is_web_address(text: &str) -> bool {
    Address::parse(text).and_then(Address::encrypted).is_ok()
        && text.chars().count() <= LONGEST
        && !text.contains(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_to_a_script() {
        for page in ["https://help.example.com/a?b=c#d", "http://127.0.0.1:3000/", "http://localhost", "http://[::1]/"]
        {
            assert!(is_web_address(page), "{page}");
        }
        for other in [
            "javascript:alert(1)",
            "JaVaScRiPt://help.example.com/%0aalert(1)",
            "java\tscript:alert(1)",
            "data:text/html,<script>",
            "http://help.example.com/",
            "https://user:pass@help.example.com/",
            "https:///",
            "//help.example.com/",
            "help.example.com",
            "mailto:help@example.com",
            "",
        ] {
            assert!(!is_web_address(other), "{other}");
        }
    }
}
