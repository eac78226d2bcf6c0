//! Which language somebody reads. A language is a folder of `locales/`; `language.json` there says how it calls itself, and
//! which other tags it serves.

use std::sync::LazyLock;

#[cfg(feature = "ssr")]
use domain::Language;
use domain::{fault::Audience, search::fold};
use leptos_i18n::{Direction, td_string};

use crate::{
    HUB_LANGUAGES,
    i18n::{I18nLocaleTrait as _, Locale},
};

/// The languages in which these readers are spoken to, in the order of their names, whatever marks the letters have.
#[must_use]
pub fn offered(readers: Audience) -> &'static [Locale] {
    static USERS: LazyLock<Vec<Locale>> = LazyLock::new(|| by_name(Audience::User));
    static ADMINISTRATORS: LazyLock<Vec<Locale>> = LazyLock::new(|| by_name(Audience::Administrator));
    match readers {
        Audience::User => &USERS,
        Audience::Administrator => &ADMINISTRATORS,
    }
}

/// Once: comparing thirty names took a tenth of the time that the portal's page takes.
fn by_name(readers: Audience) -> Vec<Locale> {
    let mut offered = spoken_to(readers).to_vec();
    offered.sort_by_cached_key(|locale| fold(native_name(*locale)));
    offered
}

fn spoken_to(readers: Audience) -> &'static [Locale] {
    match readers {
        Audience::User => Locale::get_all(),
        Audience::Administrator => HUB_LANGUAGES,
    }
}

/// The name of a language in that language.
#[must_use]
pub fn native_name(locale: Locale) -> &'static str {
    td_string!(locale, language.name)
}

/// In which direction a language is written. Those of which the library does not know it (`nb`) are written from the left.
#[must_use]
pub fn direction(locale: Locale) -> Direction {
    match locale.direction() {
        Direction::Auto => Direction::LeftToRight,
        known => known,
    }
}

/// The language for whoever wants these, the best first: of each, the language itself, else the nearest that is more general
/// (RFC 4647, section 3.4: `pt-BR` before `pt`). English for whoever wants none of ours.
#[cfg(feature = "ssr")]
#[must_use]
pub fn best(wanted: impl IntoIterator<Item = impl AsRef<str>>, readers: Audience) -> Locale {
    let of = spoken_to(readers);
    let wanted = wanted.into_iter().filter_map(|tag| Language::parse(tag.as_ref()).ok());
    wanted.into_iter().find_map(|language| nearest(language.tag(), of)).unwrap_or_default()
}

#[cfg(feature = "ssr")]
fn nearest(tag: &str, of: &[Locale]) -> Option<Locale> {
    let serves = |locale: &Locale| {
        let also = td_string!(*locale, language.also);
        std::iter::once(locale.as_str()).chain(also.split(' ')).any(|served| served.eq_ignore_ascii_case(tag))
    };
    of.iter().copied().find(serves).or_else(|| nearest(tag.rsplit_once('-')?.0, of))
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn the_first_wanted_language_that_is_spoken_is_taken() {
        for (wanted, language) in [
            (&["it_IT", "bg"][..], "it"),
            (&["xx", "bg"], "bg"),
            (&["de-AT-1996"], "de"),
            (&["pt"], "pt-BR"),
            (&["pt-AO"], "pt-PT"),
            (&["zh"], "zh-Hans"),
            (&["zh-TW", "en"], "zh-Hant"),
            (&["zh-Hant-HK"], "zh-Hant"),
            (&["no", "sv"], "nb"),
            (&["iw-IL"], "he"),
            (&["*"], "en"),
            (&["", "not a tag"], "en"),
            (&[], "en"),
        ] {
            assert_eq!(best(wanted, Audience::User).as_str(), language, "{wanted:?}");
        }
    }

    #[test]
    fn the_hub_speaks_what_its_texts_are_written_in() {
        assert_eq!(best(["ar", "it"], Audience::Administrator), Locale::it);
        assert_eq!(best(["ar"], Audience::Administrator), Locale::en);
    }

    #[test]
    fn languages_are_offered_in_the_order_of_their_names() {
        let offered: Vec<_> = offered(Audience::User).iter().copied().map(native_name).collect();
        let place = |name: &str| offered.iter().position(|offered| *offered == name);
        assert!(place("Čeština") < place("Dansk") && place("Türkçe") < place("Български"), "{offered:?}");
    }

    #[test]
    fn each_language_is_written_from_one_side() {
        let right_to_left = |locale: &Locale| direction(*locale) == Direction::RightToLeft;
        let from_the_right: Vec<_> = Locale::get_all().iter().filter(|locale| right_to_left(locale)).collect();
        assert_eq!(from_the_right, [&Locale::ar, &Locale::he]);
        assert_eq!(direction(Locale::nb), Direction::LeftToRight);
    }

    #[test]
    fn each_language_has_a_name_of_its_own() {
        let mut names: Vec<_> = Locale::get_all().iter().copied().map(native_name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Locale::get_all().len());
    }
}
