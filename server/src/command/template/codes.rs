//! Countries and languages by their codes, so that one that is none is refused with what was meant.
//!
//! The tables are those of ISO 3166-1 and ISO 639: on each line a code, its name, and by what else it is known.

use domain::Language;

use super::{Failure, wrong};
use domain::nearest::nearest;

const COUNTRIES: &str = include_str!("countries.tsv");
const LANGUAGES: &str = include_str!("languages.tsv");

/// A country's code as it is written.
pub(super) fn country(typed: &str) -> Result<String, Failure> {
    match find(COUNTRIES, typed) {
        Some(code) => Ok(code.to_owned()),
        None => {
            let fix = meant(COUNTRIES, typed).unwrap_or_else(|| "Use two letters, such as US.".to_owned());
            Err(wrong("--country", format!("{typed:?} is no country"), &fix))
        }
    }
}

/// A language's tag as it is written.
pub(super) fn language(typed: &str) -> Result<String, Failure> {
    let tag = Language::parse(typed).ok();
    let primary = |tag: &Language| tag.tag().split('-').next().is_some_and(|code| find(LANGUAGES, code).is_some());
    match tag.filter(primary) {
        Some(tag) => Ok(tag.tag().to_owned()),
        None => {
            let fix = meant(LANGUAGES, typed);
            let fix = fix.unwrap_or_else(|| "Use a language tag, such as en or pt-BR.".to_owned());
            Err(wrong("--language", format!("{typed:?} is no language"), &fix))
        }
    }
}

fn find<'a>(table: &'a str, typed: &str) -> Option<&'a str> {
    table.lines().filter_map(|line| line.split('\t').next()).find(|code| code.eq_ignore_ascii_case(typed))
}

/// What is known by the name that is most like this one.
fn meant(table: &str, typed: &str) -> Option<String> {
    let rows: Vec<(String, Vec<&str>)> =
        table.lines().map(|line| (line.to_lowercase(), line.split('\t').collect())).collect();
    let typed = typed.trim().to_lowercase();
    let name = nearest(&typed, rows.iter().flat_map(|(lower, _)| lower.split('\t').skip(1)))?;
    let (_, row) = rows.iter().find(|(lower, _)| lower.split('\t').skip(1).any(|other| other == name))?;
    let [code, called, ..] = row[..] else { return None };
    Some(format!("Did you mean {code} ({called})?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(outcome: Result<String, Failure>) -> String {
        match outcome {
            Ok(code) => code,
            Err(Failure::Setting(error)) => error.fix,
            Err(_) => panic!("another failure"),
        }
    }

    #[test]
    fn what_is_no_country_is_told_the_nearest_one() {
        for (typed, answer) in [
            ("us", "US"),
            ("GB", "GB"),
            ("UK", "Did you mean GB (United Kingdom)?"),
            ("USA", "Did you mean US (United States)?"),
            ("Germny", "Did you mean DE (Germany)?"),
            ("bulgaria", "Did you mean BG (Bulgaria)?"),
            ("XX", "Use two letters, such as US."),
            ("", "Use two letters, such as US."),
        ] {
            assert_eq!(said(country(typed)), answer, "{typed}");
        }
    }

    #[test]
    fn what_is_no_language_is_told_the_nearest_one() {
        for (typed, answer) in [
            ("en", "en"),
            ("pt_br", "pt-BR"),
            ("fil", "fil"),
            ("zh-Hant-HK", "zh-Hant-HK"),
            ("englsh", "Did you mean en (English)?"),
            ("eng", "Did you mean en (English)?"),
            ("xx-US", "Use a language tag, such as en or pt-BR."),
            ("", "Use a language tag, such as en or pt-BR."),
            ("German", "Did you mean de (German)?"),
        ] {
            assert_eq!(said(language(typed)), answer, "{typed}");
        }
    }
}
