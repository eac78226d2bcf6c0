//! By what a user is found: BroadWorks ID, name, address and numbers, in any script, whatever the case and the accents.
//!
//! A user's words are folded and cut into *grams*: every three letters in a row, and the beginnings of words. A term is in a
//! word only if all of the term's grams are the word's, so a database needs an index on grams alone to find any part of a
//! word. Grams are kept as numbers, in which a scope (whose users they are) is mixed: one partner's grams are not another's.
//! Two grams may have one number, so whatever the index finds is compared with the text.

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use crate::typed::is_unseen;

/// How many letters a gram has.
const GRAM: usize = 3;
/// A number that is spoken of as its digits has at least so many.
const DIGITS: usize = 3;
/// A number of so many digits is a phone number: what stands for "dial out" before it differs from caller to caller.
const DIALLED: usize = 7;
/// How many terms are looked for at the most.
const TERMS: usize = 8;

/// A text without what people leave out when they look for it: case, accents and what nobody sees.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|c| !is_combining_mark(*c) && !is_unseen(*c)).flat_map(char::to_lowercase) {
        match letter {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ς' => folded.push('σ'),
            letter => folded.push(letter),
        }
    }
    folded
}

/// What can be found of a user.
#[derive(Clone, Copy, Debug)]
pub struct Findable<'a> {
    /// The BroadWorks user id.
    pub user_id: &'a str,
    /// First and last name.
    pub names: [&'a str; 2],
    /// The address.
    pub email: Option<&'a str>,
    /// Primary and mobile phone number.
    pub phones: [Option<&'a str>; 2],
    /// The extension.
    pub extension: Option<&'a str>,
}

impl Findable<'_> {
    /// Its folded words, a space before and behind each.
    #[must_use]
    pub fn text(&self) -> String {
        self.words().iter().fold(" ".to_owned(), |text, word| text + word + " ")
    }

    /// The grams of its words, each once.
    #[must_use]
    pub fn grams(&self, scope: &[u8]) -> Vec<u32> {
        let mut grams = Vec::new();
        for word in self.words() {
            let letters: Vec<char> = word.chars().collect();
            grams.extend(letters.windows(GRAM).map(|gram| number(scope, Kind::Within, gram)));
            grams.push(number(scope, Kind::Whole, &letters));
            for (at, _) in letters.iter().enumerate().filter(|(at, letter)| *at == 0 || is_a_word(**letter)) {
                let longest = GRAM.min(letters.len() - at);
                grams.extend((1..=longest).map(|length| number(scope, Kind::Beginning, &letters[at..at + length])));
            }
        }
        grams.sort_unstable();
        grams.dedup();
        grams
    }

    fn words(&self) -> Vec<String> {
        let texts = [Some(self.user_id), Some(self.names[0]), Some(self.names[1]), self.email, self.extension];
        let mut words: Vec<String> = Vec::new();
        for text in texts.into_iter().flatten() {
            words.extend(fold(text).split_whitespace().map(str::to_owned));
        }
        // "… ext. 12" is another number.
        let numbers = self.phones.into_iter().flatten().flat_map(|phone| phone.split(char::is_alphabetic));
        words.extend(numbers.map(digits));
        words.retain(|word| !word.is_empty());
        words
    }
}

/// How well a user fits what is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Every term is a whole word: an ID, a number, a name.
    Whole,
    /// Every term is the beginning of a word.
    Beginning,
    /// Every term stands somewhere.
    Within,
}

impl Fit {
    /// All of them, the best first.
    pub const ALL: [Self; 3] = [Self::Whole, Self::Beginning, Self::Within];

    /// What stands before and behind a term: words have spaces around them.
    const fn edges(self) -> (&'static str, &'static str) {
        match self {
            Self::Whole => (" ", " "),
            Self::Beginning => (" ", ""),
            Self::Within => ("", ""),
        }
    }
}

/// What is looked for: each term has to be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms(Vec<String>);

impl Terms {
    /// What somebody typed; none if that is nothing.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let folded = fold(text);
        // A phone number may be written with spaces.
        let terms = match dialled(&folded) {
            Some(number) => vec![number],
            None => folded.split_whitespace().map(|word| dialled(word).unwrap_or_else(|| word.to_owned())).collect(),
        };
        let terms: Vec<String> = terms.into_iter().take(TERMS).collect();
        (!terms.is_empty()).then_some(Self(terms))
    }

    /// The grams that all have to be there.
    #[must_use]
    pub fn grams(&self, scope: &[u8], fit: Fit) -> Vec<u32> {
        let mut grams = Vec::new();
        for term in &self.0 {
            let letters: Vec<char> = term.chars().collect();
            if fit == Fit::Whole {
                grams.push(number(scope, Kind::Whole, &letters));
                continue;
            }
            // A term that is shorter than a gram is found at the beginning of a word only.
            if fit == Fit::Beginning || letters.len() < GRAM {
                grams.push(number(scope, Kind::Beginning, &letters[..letters.len().min(GRAM)]));
            }
            grams.extend(letters.windows(GRAM).map(|gram| number(scope, Kind::Within, gram)));
        }
        grams.sort_unstable();
        grams.dedup();
        grams
    }

    /// What the text has to be like, for each term, as SQL's `LIKE` with `\` for escaping has it.
    pub fn patterns(&self, fit: Fit) -> impl Iterator<Item = String> {
        let (before, behind) = fit.edges();
        self.0.iter().map(move |term| {
            let mut pattern = format!("%{before}");
            for letter in term.chars() {
                if matches!(letter, '%' | '_' | '\\') {
                    pattern.push('\\');
                }
                pattern.push(letter);
            }
            pattern + behind + "%"
        })
    }

    /// How well a user fits; none, if not at all. What the patterns say, for whoever has the user already.
    #[must_use]
    pub fn fit(&self, user: &Findable<'_>) -> Option<Fit> {
        let text = user.text();
        let fits = |fit: Fit| {
            let (before, behind) = fit.edges();
            self.0.iter().all(|term| text.contains(&format!("{before}{term}{behind}")))
        };
        Fit::ALL.into_iter().find(|fit| fits(*fit))
    }
}

/// The digits of what is a number as people write one, without what is dialled before it.
fn dialled(text: &str) -> Option<String> {
    let is_number = text.chars().all(|c| c.is_ascii_digit() || c.is_whitespace() || "+-()/.".contains(c));
    let digits = digits(text);
    if !is_number || digits.len() < DIGITS {
        return None;
    }
    let rest = digits.trim_start_matches('0');
    Some(if digits.len() >= DIALLED && rest.len() >= DIGITS { rest.to_owned() } else { digits })
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// Whether a letter can be a word by itself, because its script is written without spaces: Thai, Lao, Khmer, Burmese, Kana,
/// Hangul (as its parts) and Han.
const fn is_a_word(letter: char) -> bool {
    matches!(letter,
        '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// Where in a word a gram stands.
#[derive(Clone, Copy)]
enum Kind {
    Within,
    Beginning,
    Whole,
}

/// The number of a gram: FNV-1a, whose two halves are one. It is stored: it stays what it is.
fn number(scope: &[u8], kind: Kind, gram: &[char]) -> u32 {
    let kind = match kind {
        Kind::Within => b'-',
        Kind::Beginning => b'^',
        Kind::Whole => b'=',
    };
    let letters = gram.iter().flat_map(|letter| (*letter as u32).to_be_bytes());
    let bytes = scope.iter().copied().chain([kind]).chain(letters);
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let halves = hash.to_be_bytes();
    u32::from_be_bytes([0, 1, 2, 3].map(|at| halves[at] ^ halves[at + 4]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ANN: Findable<'_> = Findable {
        user_id: "95547321@SP.com",
        names: ["Zoë Ann", "Đorđević"],
        email: Some("zoe.ann@acme.com"),
        phones: [Some("+49 (171) 123-45"), None],
        extension: Some("4711"),
    };

    fn unescaped(pattern: &str) -> String {
        let mut letters = pattern.chars();
        std::iter::from_fn(|| {
            letters.next().and_then(|letter| if letter == '\\' { letters.next() } else { Some(letter) })
        })
        .collect()
    }

    /// What a database does with the index and the text.
    fn finds(user: &Findable<'_>, typed: &str, fit: Fit) -> bool {
        let terms = Terms::typed(typed).expect("something");
        let (has, text) = (user.grams(b"one"), user.text());
        let like = |pattern: String| text.contains(&unescaped(pattern.trim_matches('%')));
        terms.grams(b"one", fit).iter().all(|gram| has.contains(gram)) && terms.patterns(fit).all(like)
    }

    #[test]
    fn what_is_left_out_when_people_look_is_left_out() {
        assert_eq!(
            fold("Zoë ÅNGSTRÖM Straße Łódź İzmir Ｆｕｌｌ Čapek ΣΊΣΥΦΟΣ"),
            "zoe angstrom strasse lodz izmir full capek σισυφοσ"
        );
        assert_eq!(fold("Ольга Й"), "ольга и");
        assert_eq!(fold("a\u{200b}b"), "ab");
        assert_eq!(fold("Ærø Œuvre Yılmaz Ðór οδός"), "aero oeuvre yilmaz dor οδοσ");
    }

    #[test]
    fn no_accent_is_left_of_any_letter() {
        let all: String = ('\0'..=char::MAX).collect();
        assert!(!fold(&all).contains(is_combining_mark));
    }

    #[test]
    fn a_number_is_its_digits_and_what_dials_out_is_no_part_of_a_long_one() {
        for (typed, dialled_as) in [
            ("(12)3", Some("123")),
            ("1-2", None),
            ("12a", None),
            ("001234", Some("001234")),
            ("0012345", Some("12345")),
            ("0000 123", Some("123")),
            ("00000-12", Some("0000012")),
        ] {
            assert_eq!(dialled(typed).as_deref(), dialled_as, "{typed}");
        }
    }

    #[test]
    fn a_gram_is_there_once_and_what_is_no_number_is_no_word() {
        let user = Findable { names: ["Ann", "Ann"], phones: [Some("call me"), Some("ext.")], ..ANN };
        let grams = user.grams(b"one");
        assert!(grams.windows(2).all(|two| two[0] < two[1]), "each once, in order");
        let terms = Terms::typed("annann ann").expect("something");
        assert!(terms.grams(b"one", Fit::Within).windows(2).all(|two| two[0] < two[1]));
        let without = Findable { phones: [None, None], ..user };
        assert_eq!((user.text(), grams), (without.text(), without.grams(b"one")));
    }

    #[test]
    fn a_user_is_found_by_whatever_a_caller_says() {
        for typed in
            ["5547", "zoe", "ZOË ann", "dorde", "djord", "acme", "0171 12345", "+49 171", "17112345", "4711", "sp.com"]
        {
            assert_eq!(finds(&ANN, typed, Fit::Within), typed != "djord", "{typed}");
        }
        assert!(finds(&ANN, "4711", Fit::Whole) && finds(&ANN, "95547321@sp.com", Fit::Whole));
        assert!(!finds(&ANN, "471", Fit::Whole) && !finds(&ANN, "acme", Fit::Beginning));
        assert!(finds(&ANN, "z", Fit::Within) && finds(&ANN, "do", Fit::Beginning), "short terms begin words");
        assert!(!finds(&ANN, "oe", Fit::Within));
        assert!(!finds(&ANN, "nn@", Fit::Whole));
        assert_eq!(Terms::typed(" \u{200b} "), None);
    }

    #[test]
    fn how_well_a_user_fits_is_said_of_all_terms_together() {
        for (typed, fit) in [
            ("4711", Some(Fit::Whole)),
            ("zoe 4711", Some(Fit::Whole)),
            ("zoe 471", Some(Fit::Beginning)),
            ("zoe 711", Some(Fit::Within)),
            ("zoe 712", None),
        ] {
            assert_eq!(Terms::typed(typed).expect("something").fit(&ANN), fit, "{typed}");
        }
    }

    #[test]
    fn words_of_scripts_without_spaces_are_found_by_one_letter() {
        let user = Findable { names: ["小明", "王"], email: None, ..ANN };
        for typed in ["明", "小", "王", "小明"] {
            assert!(finds(&user, typed, Fit::Within), "{typed}");
        }
    }

    #[test]
    fn what_is_one_partners_is_not_found_with_anothers_grams() {
        let terms = Terms::typed("zoe").expect("something");
        let has = ANN.grams(b"one");
        assert!(!terms.grams(b"two", Fit::Within).iter().any(|gram| has.contains(gram)));
    }

    #[test]
    fn grams_are_stored_and_stay_what_they_are() {
        assert_eq!(
            Terms::typed("ann").expect("something").grams(b"one", Fit::Within),
            [number(b"one", Kind::Within, &['a', 'n', 'n'])]
        );
        assert_eq!(
            Terms::typed("ann").expect("something").grams(b"one", Fit::Whole),
            [number(b"one", Kind::Whole, &['a', 'n', 'n'])]
        );
        assert_eq!(number(b"", Kind::Within, &[]), 0xaf63_a04c ^ 0x8601_8698, "FNV-1a of one hyphen");
    }

    #[test]
    fn what_like_understands_is_escaped() {
        let patterns: Vec<_> = Terms::typed("50%_\\").expect("something").patterns(Fit::Within).collect();
        assert_eq!(patterns, ["%50\\%\\_\\\\%"]);
    }

    proptest! {
        #[test]
        fn every_part_of_a_word_of_three_letters_or_more_is_found(word in "\\PC{3,20}", from in 0_usize..20, length in 3_usize..20) {
            let user = Findable { names: [&word, ""], email: None, ..ANN };
            for word in fold(&word).split_whitespace() {
                let part: String = word.chars().skip(from).take(length).collect();
                if part.chars().count() >= 3 && dialled(&part).is_none() && fold(&part) == part {
                    prop_assert!(finds(&user, &part, Fit::Within), "{part} of {word}");
                }
            }
        }
    }
}
