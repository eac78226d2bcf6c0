//! What is looked for, and what names something: filters, codes, ids, moments, languages.

use domain::{
    Code, Language,
    filter::Filter,
    search::{Findable, Fit, Terms, fold},
    timezone,
    typed::as_meant,
};

use super::text;
use crate::{
    access::code_keys::CodeKeys, billing_period::BillingPeriod, ids::SubscriberId, iso8601, quotation::quote,
    vendor_id::Kind, webhooks::Secret,
};

pub(super) fn filter(bytes: &[u8]) {
    let Some(typed) = text(bytes) else { return };
    let folded = fold(typed);
    assert_eq!(fold(&folded), folded, "folding twice");
    let meant = as_meant(typed);
    assert_eq!(as_meant(&meant), meant, "meaning twice");
    match Filter::parse(typed) {
        Ok(filter) => {
            let written = filter.to_string();
            // A list may be written in fewer letters than all that it stands for.
            if written.chars().count() <= domain::filter::LONGEST {
                assert_eq!(Filter::parse(&written), Ok(filter.clone()), "written as {written:?}");
            }
        }
        Err(flaw) => assert!(!format!("{flaw:?}").is_empty()),
    }
    found_by_itself(typed);
}

/// What the text says to be a whole word, the index knows as one.
fn found_by_itself(name: &str) {
    let Some(terms) = Terms::typed(name) else { return };
    let nobody = Findable { user_id: "", names: ["", ""], email: None, phones: [None, None], extension: None };
    for found in [Findable { names: [name, ""], ..nobody }, Findable { phones: [Some(name), None], ..nobody }] {
        let (text, grams) = (found.text(), found.grams(b"scope"));
        let is_there = |pattern: String| text.contains(&unescaped(&pattern));
        for fit in [Fit::Whole, Fit::Beginning] {
            let there = terms.patterns(Fit::Whole).all(is_there);
            let indexed = terms.grams(b"scope", fit).iter().all(|gram| grams.contains(gram));
            assert!(!there || indexed, "{name:?} is there, and the index does not know");
        }
    }
}

/// What a pattern looks for: what is behind its first sign and before its last one.
fn unescaped(pattern: &str) -> String {
    let mut letters = pattern.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')).expect("anywhere").chars();
    let letter = || letters.next().and_then(|letter| if letter == '\\' { letters.next() } else { Some(letter) });
    std::iter::from_fn(letter).collect()
}

pub(super) fn tokens(bytes: &[u8]) {
    let Some(written) = text(bytes) else { return };
    if let Ok(code) = Code::parse(written) {
        assert_eq!(code.as_str().len(), Code::DIGITS);
        assert_eq!(Code::parse(code.as_str()), Ok(code), "a code, twice");
    }
    if let Ok(language) = Language::parse(written) {
        assert_eq!(Language::parse(language.tag()).as_ref(), Ok(&language), "a language, twice");
        assert_eq!(Language::parse(&language.locale()).as_ref(), Ok(&language), "a language by the vendor's name");
    }
    if let Ok(zone) = timezone::parse(written) {
        assert_eq!(timezone::parse(zone), Ok(zone), "a zone, twice");
    }
    for kind in [Kind::Subscriber, Kind::Person, Kind::Workspace, Kind::AuditEvent] {
        if let Some(id) = kind.decode(written) {
            assert_eq!(kind.decode(&kind.encode(&id)), Some(id), "an id, twice");
        }
        if !written.is_empty() {
            assert_eq!(kind.decode(&kind.encode(written)).as_deref(), Some(written), "an id that is written");
        }
        if let Some(own) = kind.own::<SubscriberId>(written) {
            assert_eq!(kind.own(&kind.encode(own)), Some(own));
        }
    }
    if let Some(moment) = iso8601::parse(written) {
        let again = iso8601::format(moment);
        // Nothing has happened before the calendar of the standard, nor after it.
        assert!(moment.0 < 0 || again.is_empty() || iso8601::parse(&again) == Some(moment), "a moment, twice: {again}");
    }
    let _ = BillingPeriod::parse(written);
    let _ = CodeKeys::parse(written);
    let _ = Secret::parse(written);
    let quoted = quote(written, &["ann.lee"]);
    assert!(quoted.chars().count() <= 300 && !quoted.contains('@') && !quoted.contains(char::is_control));
    // What was cut off may have made another word of the last one.
    assert!(quoted.chars().count() == 300 || quote(&quoted, &["ann.lee"]) == quoted, "quoted twice: {quoted}");
}
