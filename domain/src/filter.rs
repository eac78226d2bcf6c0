//! The filter language: which users a list shows, as one line of text that stands in the search field and in the address.
//!
//! `status:error code:41007 stuck:>3d package:basic ann lee`: every `key:value` has to fit, where a list of values fits by any
//! one of them; words without a key are looked for in the user's id, name, address and numbers. What holds spaces, colons or
//! quotation marks is written in quotation marks: `customer:"Acme Ltd"`.

mod customers;
mod flaw;
mod key;
mod token;

use std::fmt;

use crate::{
    fault::Fault,
    nearest::nearest,
    subscriber::{Package, Requirement, Status, StatusGroup},
};

pub use customers::CustomerFilter;
pub use flaw::Flaw;
pub use key::{Arrival, Key, Mail, Missing};

/// The longest text that is read as a filter.
pub const LONGEST: usize = 500;

/// Which users are wanted. What is empty says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// With one of these.
    pub statuses: Vec<Status>,
    /// Whose last attempt, or whose mail, failed by one of these.
    pub codes: Vec<Fault>,
    /// With one of these.
    pub packages: Vec<Package>,
    /// Waiting for one of these.
    pub needs: Vec<Requirement>,
    /// Not provisioned, and in the same status for longer than this.
    pub stuck: Option<Age>,
    /// Come by one of these ways.
    pub came: Vec<Arrival>,
    /// Whose mail fares so.
    pub mail: Vec<Mail>,
    /// Who lack all of these.
    pub missing: Vec<Missing>,
    /// Who share their address with another user.
    pub same_email: bool,
    /// Whether they are provisioned.
    pub provisioned: Option<bool>,
    /// Of the customer with this name or `spEnterpriseId`.
    pub customer: Option<String>,
    /// Onboarded by the template with this name.
    pub template: Option<String>,
    /// With this BroadWorks user id.
    pub id: Option<String>,
    /// Words that stand somewhere.
    pub words: Vec<String>,
}

impl Filter {
    /// Whoever is stuck for so long that an overview says so.
    #[must_use]
    pub fn stuck() -> Self {
        Self { stuck: Some(Age { number: 3, unit: 'd' }), ..Self::default() }
    }

    /// Reads a filter as somebody wrote it.
    ///
    /// # Errors
    /// What cannot be understood, and what was probably meant.
    pub fn parse(text: &str) -> Result<Self, Flaw> {
        if text.chars().count() > LONGEST {
            return Err(Flaw::TooLong);
        }
        let mut filter = Self::default();
        for token in token::all(text)? {
            match token.key {
                None => filter.words.push(token.value),
                Some(name) => filter.add(Key::parse(&name)?, &token.value)?,
            }
        }
        Ok(filter)
    }

    /// Whether everybody fits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The words as one text.
    #[must_use]
    pub fn text(&self) -> String {
        self.words.join(" ")
    }

    fn add(&mut self, key: Key, value: &str) -> Result<(), Flaw> {
        match key {
            Key::Status => each(key, value, &mut self.statuses, status)?,
            Key::Code => each(key, value, &mut self.codes, |code| one(Fault::from_code(code.parse().ok()?)))?,
            Key::Package => each(key, value, &mut self.packages, |name| one(Package::parse(name).ok()))?,
            Key::Needs => each(key, value, &mut self.needs, |name| one(key::named(&key::REQUIREMENTS, name)))?,
            Key::Came => each(key, value, &mut self.came, |name| one(key::named(&key::ARRIVALS, name)))?,
            Key::Mail => each(key, value, &mut self.mail, |name| one(key::named(&key::MAILS, name)))?,
            Key::Missing => each(key, value, &mut self.missing, |name| one(key::named(&key::MISSING, name)))?,
            Key::Stuck => once(key, &mut self.stuck, Age::parse(value).ok_or_else(|| Flaw::value(key, value))?)?,
            Key::Same if value.eq_ignore_ascii_case("email") => self.same_email = true,
            Key::Same => return Err(Flaw::value(key, value)),
            Key::Provisioned => once(key, &mut self.provisioned, yes(key, value)?)?,
            Key::Customer => once(key, &mut self.customer, something(key, value)?)?,
            Key::Template => once(key, &mut self.template, something(key, value)?)?,
            Key::Id => once(key, &mut self.id, something(key, value)?)?,
        }
        Ok(())
    }
}

/// The filter as it is written: the keys in one order, what says the same written in the same way.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |names: Vec<String>| (!names.is_empty()).then(|| names.join(","));
        let of = |names: Vec<&'static str>| list(names.into_iter().map(str::to_owned).collect());
        let quoted = |text: &Option<String>| text.as_deref().map(token::quoted);
        let pairs = [
            (Key::Status, of(self.statuses.iter().map(|status| status.as_str()).collect())),
            (Key::Code, list(self.codes.iter().map(|fault| fault.code().to_string()).collect())),
            (Key::Needs, of(self.needs.iter().map(|one| key::name(&key::REQUIREMENTS, one)).collect())),
            (Key::Stuck, self.stuck.map(|age| age.to_string())),
            (Key::Package, of(self.packages.iter().map(|package| package.as_str()).collect())),
            (Key::Came, of(self.came.iter().map(|one| key::name(&key::ARRIVALS, one)).collect())),
            (Key::Mail, of(self.mail.iter().map(|one| key::name(&key::MAILS, one)).collect())),
            (Key::Missing, of(self.missing.iter().map(|one| key::name(&key::MISSING, one)).collect())),
            (Key::Same, self.same_email.then(|| "email".to_owned())),
            (Key::Provisioned, self.provisioned.map(|yes| if yes { "yes" } else { "no" }.to_owned())),
            (Key::Customer, quoted(&self.customer)),
            (Key::Template, quoted(&self.template)),
            (Key::Id, quoted(&self.id)),
        ];
        let pairs = pairs.into_iter().filter_map(|(key, value)| Some(format!("{}:{}", key.as_str(), value?)));
        let parts: Vec<String> = pairs.chain(self.words.iter().map(|word| token::quoted(word))).collect();
        f.write_str(&parts.join(" "))
    }
}

/// A span of time, as people say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Age {
    number: u16,
    unit: char,
}

impl Age {
    const UNITS: [(char, i64); 4] = [('m', 60), ('h', 3_600), ('d', 86_400), ('w', 604_800)];

    /// `>3d`: minutes, hours, days or weeks.
    fn parse(text: &str) -> Option<Self> {
        let text = text.trim_start_matches('>');
        let unit = text.chars().next_back()?.to_ascii_lowercase();
        let number =
            text[..text.len() - text.chars().next_back()?.len_utf8()].parse().ok().filter(|number| *number > 0)?;
        Self::UNITS.iter().any(|(known, _)| *known == unit).then_some(Self { number, unit })
    }

    /// In milliseconds.
    #[must_use]
    pub fn milliseconds(self) -> i64 {
        let unit = Self::UNITS.iter().find(|(unit, _)| *unit == self.unit).map_or(0, |(_, seconds)| *seconds);
        i64::from(self.number) * unit * 1_000
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ">{}{}", self.number, self.unit)
    }
}

/// `waiting` is whoever waits for somebody's answer: the three states have one reason.
fn status(name: &str) -> Option<Vec<Status>> {
    use Status::{PendingEmailInput, PendingEmailValidation, PendingUserMigration};
    match name.to_ascii_lowercase().as_str() {
        "waiting" => Some(vec![PendingEmailInput, PendingEmailValidation, PendingUserMigration]),
        "pending" => Some(Status::ALL.into_iter().filter(|status| status.group() == StatusGroup::Pending).collect()),
        name => one(Status::parse(name).ok()),
    }
}

fn one<T>(value: Option<T>) -> Option<Vec<T>> {
    value.map(|value| vec![value])
}

/// Reads a list of values; what is there already is not added again.
fn each<T: PartialEq>(
    key: Key,
    values: &str,
    list: &mut Vec<T>,
    read: impl Fn(&str) -> Option<Vec<T>>,
) -> Result<(), Flaw> {
    for value in values.split(',').map(str::trim) {
        for value in read(value).ok_or_else(|| Flaw::value(key, value))? {
            if !list.contains(&value) {
                list.push(value);
            }
        }
    }
    Ok(())
}

fn once<T>(key: Key, place: &mut Option<T>, value: T) -> Result<(), Flaw> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(Flaw::Twice { key: key.as_str().to_owned() }),
    }
}

fn yes(key: Key, value: &str) -> Result<bool, Flaw> {
    match value.to_ascii_lowercase().as_str() {
        "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(Flaw::value(key, value)),
    }
}

fn something(key: Key, value: &str) -> Result<String, Flaw> {
    if value.is_empty() { Err(Flaw::value(key, value)) } else { Ok(value.to_owned()) }
}

#[cfg(test)]
mod tests;
