//! An address that has an account at another company, where only the service's words tell: none of them has a code for it
//! that we know.

/// Whether these words say that somebody is another company's.
pub(super) fn names_another_company(said: &str) -> bool {
    let said = said.to_lowercase();
    let words: Vec<&str> =
        said.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let of_somebody =
        words.iter().any(|word| ["email", "address", "user", "account"].iter().any(|of| word.starts_with(of)));
    let elsewhere = words.windows(2).any(|pair| {
        ["another", "different", "other"].contains(&pair[0])
            && ["org", "compan", "tenant"].iter().any(|company| pair[1].starts_with(company))
    });
    of_somebody && elsewhere
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_takes_somebody_and_another_company() {
        for (said, is) in [
            ("User already exists in another organization.", true),
            ("409 e-mail: the ADDRESS belongs to a different organisation", true),
            ("userName is taken (other-org)", true),
            ("The account is in another tenant", true),
            ("The email address is already in use", false),
            ("The location belongs to another organization", false),
            ("The user's organization has no licence; use another", false),
            ("", false),
        ] {
            assert_eq!(names_another_company(said), is, "{said}");
        }
    }
}
