//! What an outside system said, fit to be kept and shown: on one line, of bounded length, and naming nobody.

use domain::typed::as_meant;

/// The longest text that is kept, in characters.
const LONGEST: usize = 300;

/// The text minus every word that shows an address, or one of these names or a part of it.
#[must_use]
pub fn quote(said: &str, names: &[&str]) -> String {
    let names: Vec<_> = names.iter().flat_map(|name| name.split_whitespace()).map(str::to_lowercase).collect();
    let shows = |word: &str| {
        let word = word.to_lowercase();
        let is_name = |part: &str| names.iter().any(|name| part == name || part.trim_end_matches('.') == name);
        word.contains('@') || word.contains("%40") || word.split(|c: char| !is_local(c)).any(is_name)
    };
    // What nobody sees could turn the rest of a page round, or hide an address.
    let said = as_meant(said);
    let words = said.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let kept: Vec<_> = words.map(|word| if shows(word) { "…" } else { word }).collect();
    kept.join(" ").chars().take(LONGEST).collect()
}

/// Whether the character may belong to the part of an address before the @.
fn is_local(c: char) -> bool {
    c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_names_are_left_out() {
        let said = "User <Ann.Lee@acme.example> (Ann Lee, ann.lee.) exists; see /u?e=ann%40acme\r\nfor Annabel";
        assert_eq!(quote(said, &["ann.lee", "Ann", "Lee"]), "User … … … … exists; see … for Annabel");
    }

    #[test]
    fn what_nobody_sees_neither_turns_it_round_nor_hides_an_address() {
        let said = "gone: \u{202e}ann\u{200b}@acme.example ann＠acme.example x\u{2066}y";
        assert_eq!(quote(said, &[]), "gone: … … xy");
    }

    #[test]
    fn whatever_was_said_fits_on_a_line() {
        assert_eq!(quote(&"long\n".repeat(1_000), &[]).chars().count(), LONGEST);
        assert_eq!(quote(" \u{7} ", &[""]), "");
    }
}
