//! A subscriber as somebody wrote it down, in an API call or a CSV row: text by field, checked as a whole, so that
//! everything that is wrong is told at once and where it is.

use std::collections::HashMap;

pub use domain::Field;
use domain::{
    BroadWorksId, EmailAddress, Fault, Language, Package, SpEnterpriseId, phone, spreadsheet, subscriber::bounded,
    timezone, typed::as_meant,
};

use serde_json::{Map, Value};

use super::arrival::NewSubscriber;
use crate::fault::Trouble;

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Which field.
    pub field: Field,
    /// What is wrong with it.
    pub fault: Fault,
}

/// Why what was written down is not done.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// What is asked for makes no sense.
    #[error("{0:?}")]
    Flawed(Vec<Flaw>),
    /// It makes sense and cannot be done.
    #[error(transparent)]
    Trouble(#[from] Trouble),
}

impl From<Flaw> for Refused {
    fn from(flaw: Flaw) -> Self {
        Self::Flawed(vec![flaw])
    }
}

impl From<sea_orm::DbErr> for Refused {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::Trouble(error.into())
    }
}

/// A subscriber as it was written down. An empty text is the same as none.
#[derive(Clone, Debug, Default)]
pub struct Draft(HashMap<Field, Result<String, Fault>>);

impl Draft {
    /// What is written in a JSON object with the API's names. A `null` is the same as nothing.
    #[must_use]
    pub fn from_json(members: &Map<String, Value>) -> Self {
        let mut draft = Self::default();
        for field in Field::ALL {
            match members.get(field.property()) {
                None | Some(Value::Null) => {}
                Some(Value::String(text)) => draft.set(field, Ok(text.clone())),
                Some(_) => draft.set(field, Err(Fault::InvalidParameter)),
            }
        }
        draft
    }

    /// What is written, as a JSON object with the API's names; what cannot be read is left out.
    #[must_use]
    pub fn to_json(&self) -> Map<String, Value> {
        let written = Field::ALL.into_iter().filter_map(|field| Some((field, self.0.get(&field)?.as_ref().ok()?)));
        written.map(|(field, text)| (field.property().to_owned(), Value::from(text.as_str()))).collect()
    }

    /// Notes what was written, or why it cannot be read.
    pub fn set(&mut self, field: Field, written: Result<String, Fault>) {
        self.0.insert(field, written);
    }

    /// Forgets what was written into a field.
    pub fn forget(&mut self, field: Field) {
        self.0.remove(&field);
    }

    /// Whether something was written into a field, be it nothing.
    #[must_use]
    pub fn mentions(&self, field: Field) -> bool {
        self.0.contains_key(&field)
    }

    /// A field's text, if there is any.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn text(&self, field: Field) -> Result<Option<String>, Flaw> {
        let flaw = |fault| Flaw { field, fault };
        let written = match self.0.get(&field) {
            None => return Ok(None),
            Some(written) => written.as_deref().map_err(|fault| flaw(*fault))?,
        };
        // Ids are compared with what others wrote: nothing in one is set right by guessing.
        let is_id =
            matches!(field, Field::ProvisioningId | Field::UserId | Field::SpEnterpriseId | Field::SpEnterpriseGroupId);
        let meant = if is_id { written.to_owned() } else { as_meant(written) };
        let text = match bounded(&meant, field.longest()) {
            Ok(text) => text,
            Err(Fault::MissingParameter) => return Ok(None),
            Err(fault) => return Err(flaw(fault)),
        };
        match field {
            Field::UserId | Field::SpEnterpriseId | Field::SpEnterpriseGroupId
                if spreadsheet::is_damaged_number(text) =>
            {
                Err(flaw(Fault::DamagedBySpreadsheet))
            }
            Field::PrimaryPhone | Field::MobilePhone => {
                phone::number(text).map(|_| Some(text.to_owned())).map_err(flaw)
            }
            Field::Extension => phone::extension(text).map(|_| Some(text.to_owned())).map_err(flaw),
            Field::Language => Language::parse(text).map(|_| Some(text.to_owned())).map_err(flaw),
            Field::TimeZone => timezone::parse(text).map(|name| Some(name.to_owned())).map_err(flaw),
            _ => Ok(Some(text.to_owned())),
        }
    }

    /// The provisioning ID; `fallback` when none is written.
    ///
    /// # Errors
    /// What is wrong with it, or [`Fault::MissingParameter`].
    pub fn provisioning_id(&self, fallback: Option<&str>) -> Result<String, Flaw> {
        let field = Field::ProvisioningId;
        let id = self.text(field)?.or_else(|| fallback.map(str::to_owned));
        id.ok_or(Flaw { field, fault: Fault::MissingParameter })
    }

    /// Checks everything but the provisioning ID. `package` is what counts when none is written.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn check(&self, package: Option<Package>) -> Result<NewSubscriber, Vec<Flaw>> {
        let mut check = Check { draft: self, flaws: Vec::new() };
        let user_id = check.needed(Field::UserId, BroadWorksId::parse);
        let sp_enterprise_id = check.needed(Field::SpEnterpriseId, SpEnterpriseId::parse);
        let first_name = check.needed(Field::FirstName, plain);
        let last_name = check.needed(Field::LastName, plain);
        let package = check.asked(Field::Package, Package::parse).or(package);
        if package.is_none() {
            check.missing(Field::Package);
        }
        let email = check.asked(Field::Email, EmailAddress::parse);
        let primary_phone = check.asked(Field::PrimaryPhone, plain);
        let mobile_phone = check.asked(Field::MobilePhone, plain);
        let extension = check.asked(Field::Extension, plain);
        let language = check.asked(Field::Language, plain);
        let timezone = check.asked(Field::TimeZone, plain);
        let sp_enterprise_group_id = check.asked(Field::SpEnterpriseGroupId, plain);
        match (user_id, sp_enterprise_id, first_name, last_name, package) {
            (Some(user_id), Some(sp_enterprise_id), Some(first_name), Some(last_name), Some(package))
                if check.flaws.is_empty() =>
            {
                Ok(NewSubscriber {
                    user_id,
                    sp_enterprise_id,
                    first_name,
                    last_name,
                    package,
                    email,
                    primary_phone,
                    mobile_phone,
                    extension,
                    language,
                    timezone,
                    sp_enterprise_group_id,
                    self_activated: false,
                })
            }
            _ => Err(check.flaws),
        }
    }

    /// Checks what is written and asks for nothing besides `needed`.
    ///
    /// # Errors
    /// Everything that is wrong.
    pub fn check_written(&self, needed: &[Field]) -> Result<(), Vec<Flaw>> {
        let mut check = Check { draft: self, flaws: Vec::new() };
        for field in Field::ALL {
            check.asked(field, |text| match field {
                Field::UserId => BroadWorksId::parse(text).map(drop),
                Field::SpEnterpriseId => SpEnterpriseId::parse(text).map(drop),
                Field::Package => Package::parse(text).map(|_| ()),
                Field::Email => EmailAddress::parse(text).map(drop),
                _ => Ok(()),
            });
            if needed.contains(&field) && matches!(self.text(field), Ok(None)) {
                check.missing(field);
            }
        }
        if check.flaws.is_empty() { Ok(()) } else { Err(check.flaws) }
    }
}

/// A check under way.
struct Check<'a> {
    draft: &'a Draft,
    flaws: Vec<Flaw>,
}

impl Check<'_> {
    fn asked<T>(&mut self, field: Field, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Option<T> {
        let parsed = self
            .draft
            .text(field)
            .and_then(|text| text.map(|text| parse(&text)).transpose().map_err(|fault| Flaw { field, fault }));
        parsed.unwrap_or_else(|flaw| {
            self.flaws.push(flaw);
            None
        })
    }

    fn needed<T>(&mut self, field: Field, parse: impl FnOnce(&str) -> Result<T, Fault>) -> Option<T> {
        if matches!(self.draft.text(field), Ok(None)) {
            self.missing(field);
        }
        self.asked(field, parse)
    }

    fn missing(&mut self, field: Field) {
        if !self.flaws.iter().any(|flaw| flaw.field == field) {
            self.flaws.push(Flaw { field, fault: Fault::MissingParameter });
        }
    }
}

fn plain(text: &str) -> Result<String, Fault> {
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(written: &[(Field, &str)]) -> Draft {
        let mut draft = Draft::default();
        for (field, text) in written {
            draft.set(*field, Ok((*text).to_owned()));
        }
        draft
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let long = "x".repeat(81);
        let draft = draft(&[
            (Field::UserId, "a b"),
            (Field::FirstName, &long),
            (Field::LastName, "  "),
            (Field::Package, "gold"),
            (Field::Email, "ann@"),
            (Field::Language, "english"),
        ]);
        let flaws: Vec<_> = draft.check(None).expect_err("flawed").into_iter().map(|f| (f.field, f.fault)).collect();
        assert_eq!(
            flaws,
            [
                (Field::UserId, Fault::InvalidParameter),
                (Field::SpEnterpriseId, Fault::MissingParameter),
                (Field::FirstName, Fault::InvalidParameterSize),
                (Field::LastName, Fault::MissingParameter),
                (Field::Package, Fault::InvalidParameter),
                (Field::Email, Fault::InvalidAddress),
                (Field::Language, Fault::InvalidParameter),
            ]
        );
    }

    #[test]
    fn a_package_may_be_left_to_the_template() {
        let draft = draft(&[
            (Field::UserId, "1@sp.com"),
            (Field::SpEnterpriseId, "SP1+acme"),
            (Field::FirstName, "Ann"),
            (Field::LastName, "Lee"),
            (Field::Email, ""),
        ]);
        let new = draft.check(Some(Package::Basic)).expect("complete");
        assert_eq!((new.package, new.email), (Package::Basic, None));
        assert_eq!(draft.check(None).expect_err("flawed").len(), 1);
    }
}
