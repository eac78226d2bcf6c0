//! The passwords of the hub's administrators: what a new one has to be, and whether one is right.
//!
//! A new one is long, of whatever characters, and none that is tried first (NIST SP 800-63B-4, §3.1.1). How many tries one
//! would take is estimated by `zxcvbn`: it knows common passwords, words, names, dates, rows of keys and repetitions, and
//! what is put together of them. Passwords that were set under an earlier rule stay good.

use domain::Fault;
use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::{Score, zxcvbn};

use crate::{access::secret, environment::Environment, fault::Trouble};

/// The fewest characters of a new password.
pub const SHORTEST: usize = 15;
/// The most characters of a new password: more than anybody types, and an end to what has to be hashed.
pub const LONGEST: usize = 1_024;
/// Fewer characters say nothing about anybody.
const SHORTEST_WORD: usize = 3;
/// The fewest characters that have to be left of a password without what is known of its owner.
const FEWEST: usize = 8;
/// Fewer tries are within reach of whoever has stolen the hashes.
const STRONG: Score = Score::Three;

/// What is tried first at this product.
const PRODUCT: [&str; 5] = ["flowthrough", "flow-through", "flow through", "broadworks", "partner hub"];
/// What articles on passwords recommend, letter by letter, to everybody.
const PUBLISHED: [&str; 3] =
    ["correct horse battery staple", "correct-horse-battery-staple", "correcthorsebatterystaple"];

/// A new password that does, in Unicode's normal form C: on another keyboard the same characters are made of other code
/// points. No debug output: it is a secret.
pub struct NewPassword(String);

impl NewPassword {
    /// What was typed, if it does as a password of somebody of whom others know `about`: an address, a company's name.
    ///
    /// # Errors
    /// [`Fault::PasswordTooShort`], [`Fault::PasswordTooLong`], [`Fault::PasswordGuessable`] or
    /// [`Fault::PasswordNamesOwner`].
    pub fn choose(typed: &str, about: &[&str]) -> Result<Self, Fault> {
        let normal = normalised(typed);
        match normal.chars().count() {
            0..SHORTEST => return Err(Fault::PasswordTooShort),
            SHORTEST..=LONGEST => {}
            _ => return Err(Fault::PasswordTooLong),
        }
        if zxcvbn(&normal, &PUBLISHED).score() < STRONG {
            return Err(Fault::PasswordGuessable);
        }
        // What is known of the owner is worth nothing: the rest has to be strong by itself.
        if is_weak(&without(&normal, known(about))) {
            return Err(Fault::PasswordNamesOwner);
        }
        // Nor does it matter how the words of a name are joined: `evil-partner`, `EvilPartner`.
        let letters = letters(&normal);
        let rest = without(&letters, known(about).iter().map(|word| self::letters(word)).collect());
        if rest != letters && is_weak(&rest) {
            return Err(Fault::PasswordNamesOwner);
        }
        Ok(Self(normal))
    }

    /// What is kept of it.
    pub async fn hash(&self, environment: &Environment) -> String {
        secret::hash(environment, &self.0).await
    }
}

/// Whether what was typed is the password that was hashed; nothing hashed takes as long and is never right.
///
/// # Errors
/// [`Fault::Busy`] if too many are waiting already.
pub async fn is_right(typed: &str, hashed: Option<&str>) -> Result<bool, Trouble> {
    let normal = normalised(typed);
    if secret::verify(&normal, hashed).await? {
        return Ok(true);
    }
    // One from before they were normalised is kept as it was typed.
    Ok(normal != typed && secret::verify(typed, hashed).await?)
}

fn normalised(typed: &str) -> String {
    typed.nfc().collect()
}

/// What is left of a password without the names in it: a few characters are tried through, whatever they are.
fn is_weak(rest: &str) -> bool {
    rest.split_whitespace().map(|part| part.chars().count()).sum::<usize>() < FEWEST
        || zxcvbn(rest, &PUBLISHED).score() < STRONG
}

/// The password without these words, the longest first.
fn without(password: &str, mut words: Vec<String>) -> String {
    words.retain(|word| !word.is_empty());
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let rest = password.to_lowercase();
    words.iter().fold(rest, |rest, word| rest.replace(&word.to_lowercase(), " "))
}

/// Its letters and digits alone, in lower case.
fn letters(text: &str) -> String {
    text.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What is known of the owner and the product.
fn known(about: &[&str]) -> Vec<String> {
    words(about).into_iter().chain(PRODUCT.map(str::to_owned)).collect()
}

/// Each of these texts, and what it is put together of.
fn words(about: &[&str]) -> Vec<String> {
    let parts = about.iter().flat_map(|text| {
        let parts = text.split(|c: char| !c.is_alphanumeric());
        let around_the_at_sign = text.split('@');
        std::iter::once(*text).chain(around_the_at_sign).chain(parts)
    });
    let mut words: Vec<String> = parts.filter(|word| word.chars().count() >= SHORTEST_WORD).map(normalised).collect();
    words.sort();
    words.dedup();
    words
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;

    use super::*;

    fn choose(typed: &str) -> Result<String, Fault> {
        NewPassword::choose(typed, &["ann.lee@northwind.example", "Northwind Telecom"]).map(|password| password.0)
    }

    #[test]
    fn what_a_new_password_has_to_be() {
        for (typed, expected) in [
            ("rainy Tuesdays", Err(Fault::PasswordTooShort)),
            ("rainy Tuesday s", Ok(())),
            ("x7#Kq!2vLp0$zR", Err(Fault::PasswordTooShort)),
            ("седем сини шапки на тавана", Ok(())),
            ("kjhdsfiuwerbnmx", Ok(())),
            ("passwordpassword", Err(Fault::PasswordGuessable)),
            ("Password12345678", Err(Fault::PasswordGuessable)),
            ("P@ssw0rdP@ssw0rd", Err(Fault::PasswordGuessable)),
            ("aaaaaaaaaaaaaaaaaaaa", Err(Fault::PasswordGuessable)),
            ("абвабвабвабвабвабв", Err(Fault::PasswordGuessable)),
            ("123456789012345", Err(Fault::PasswordGuessable)),
            ("abcdefghijklmnopqrstuvwxyz", Err(Fault::PasswordGuessable)),
            ("qwertyuiopasdfghjkl", Err(Fault::PasswordGuessable)),
            ("administrator2026", Err(Fault::PasswordGuessable)),
            ("correct horse battery staple", Err(Fault::PasswordGuessable)),
            ("CorrectHorseBatteryStaple", Err(Fault::PasswordGuessable)),
            ("ann.lee@northwind.example", Err(Fault::PasswordNamesOwner)),
            ("Northwind Telecom 1", Err(Fault::PasswordNamesOwner)),
            ("northwindtelecom2026!!", Err(Fault::PasswordNamesOwner)),
            ("TelecomNorthwind 12345", Err(Fault::PasswordNamesOwner)),
            ("BroadWorksFlowthrough", Err(Fault::PasswordNamesOwner)),
            ("flowthroughflowthrough", Err(Fault::PasswordGuessable)),
            ("at northwind we like rainy Tuesdays", Ok(())),
        ] {
            assert_eq!(choose(typed).map(drop), expected, "{typed}");
        }
    }

    #[test]
    fn a_name_is_one_however_its_words_are_joined() {
        let about = ["boss@sp.example", "Evil Partner"];
        for typed in [
            "evilpartner2026!!",
            "EvilPartner2026!!",
            "evil-partner-2026!!",
            "e.v.i.l.p.a.r.t.n.e.r.26",
            "xEvil_Partner 7a9",
        ] {
            let chosen = NewPassword::choose(typed, &about).map(drop);
            assert_eq!(chosen, Err(Fault::PasswordNamesOwner), "{typed}");
        }
        assert_eq!(
            NewPassword::choose("mycompany2026!!", &["a@b.example", "My company"]).map(drop),
            Err(Fault::PasswordNamesOwner)
        );
        let between = NewPassword::choose("q7evilx9evilk2evilz", &about).map(drop);
        assert_eq!(between, Err(Fault::PasswordNamesOwner), "seven characters, however far apart");
        assert!(NewPassword::choose("evil-partner sings on quiet Tuesdays", &about).is_ok());
    }

    #[test]
    fn a_character_is_one_however_it_is_made() {
        // Fifteen letters with accents, each of two code points: they count once.
        let decomposed = "à".nfd().collect::<String>();
        assert_eq!(choose(&decomposed.repeat(14)), Err(Fault::PasswordTooShort));
        let typed: String = "è così perché più è già lì".nfd().collect();
        assert_eq!(choose(&typed).unwrap(), "è così perché più è già lì");
    }

    #[test]
    fn long_ones_have_room_and_an_end() {
        let sentence = "A goat crosses the bridge and nobody in Plovdiv minds at all. ";
        assert!(choose(&sentence.repeat(2)[..64]).is_ok());
        let long: String = sentence.chars().cycle().take(LONGEST).collect();
        assert!(choose(&long).is_ok());
        assert_eq!(choose(&format!("{long}x")), Err(Fault::PasswordTooLong));
    }

    #[tokio::test]
    async fn one_from_before_they_were_normalised_still_fits() {
        let (environment, _) = Environment::manual(Timestamp(0), 1);
        let composed = "è così perché più è già lì".to_owned();
        let decomposed: String = composed.nfd().collect();
        let new = NewPassword::choose(&decomposed, &[]).unwrap().hash(&environment).await;
        let (as_composed, as_decomposed) =
            (secret::hash(&environment, &composed).await, secret::hash(&environment, &decomposed).await);
        for (hashed, typed, fits) in [
            (&new, &composed, true),
            (&new, &decomposed, true),
            (&as_composed, &decomposed, true),
            (&as_decomposed, &decomposed, true),
            // Whoever types it on another keyboard was not let in before either.
            (&as_decomposed, &composed, false),
        ] {
            assert_eq!(is_right(typed, Some(hashed)).await.unwrap(), fits);
        }
        assert!(!is_right(&decomposed, None).await.unwrap());
    }
}
