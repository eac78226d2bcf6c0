//! A subscriber as somebody wrote it down, in a call of the API or a row of a file: text by field, checked as a whole, so
//! that everything that is wrong is reported at once and where it is.

use std::collections::HashMap;

use crate::{
    email_address::EmailAddress,
    fault::Fault,
    field::Field,
    language::Language,
    phone, spreadsheet,
    subscriber::{BroadWorksId, Package, SpEnterpriseId, bounded},
    timezone,
    typed::as_meant,
};

/// What is wrong, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// With which field; none, if with the whole.
    pub field: Option<Field>,
    /// What is wrong.
    pub fault: Fault,
}

impl Flaw {
    /// A field is wrong.
    #[must_use]
    pub const fn of(field: Field, fault: Fault) -> Self {
        Self { field: Some(field), fault }
    }
}

/// The whole is wrong.
impl From<Fault> for Flaw {
    fn from(fault: Fault) -> Self {
        Self { field: None, fault }
    }
}

/// A subscriber who is to be onboarded.
#[derive(Clone, Debug)]
pub struct NewSubscriber {
    /// The BroadWorks user id.
    pub user_id: BroadWorksId,
    /// The customer, created with its first subscriber.
    pub sp_enterprise_id: SpEnterpriseId,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The package.
    pub package: Package,
    /// The address that BroadWorks holds, if it holds one.
    pub email: Option<EmailAddress>,
    /// Primary phone number.
    pub primary_phone: Option<String>,
    /// Mobile phone number.
    pub mobile_phone: Option<String>,
    /// Extension.
    pub extension: Option<String>,
    /// Preferred language.
    pub language: Option<String>,
    /// Time zone.
    pub timezone: Option<String>,
    /// The group within the enterprise, as the service provider calls it.
    pub sp_enterprise_group_id: Option<String>,
    /// Came by the share link alone.
    pub self_activated: bool,
}

/// A subscriber as it was written down. An empty text is the same as none.
#[derive(Clone, Debug, Default)]
pub struct Draft(HashMap<Field, Result<String, Fault>>);

impl Draft {
    /// What is written, field by field; what cannot be read is left out.
    pub fn written(&self) -> impl Iterator<Item = (Field, &str)> {
        Field::ALL.into_iter().filter_map(|field| Some((field, self.0.get(&field)?.as_deref().ok()?)))
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
        let flaw = |fault| Flaw::of(field, fault);
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
                if spreadsheet::is_damaged_number(text) || spreadsheet::has_text_mark(text) =>
            {
                Err(flaw(Fault::DamagedBySpreadsheet))
            }
            Field::PrimaryPhone | Field::MobilePhone => phone::number(text).map(Some).map_err(flaw),
            Field::Email => EmailAddress::pasted(text).map(|email| Some(email.into())).map_err(flaw),
            Field::Extension => phone::extension(text).map(Some).map_err(flaw),
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
        id.ok_or(Flaw::of(field, Fault::MissingParameter))
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
            .and_then(|text| text.map(|text| parse(&text)).transpose().map_err(|fault| Flaw::of(field, fault)));
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
        if !self.flaws.iter().any(|flaw| flaw.field == Some(field)) {
            self.flaws.push(Flaw::of(field, Fault::MissingParameter));
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
        let flaws: Vec<_> = draft
            .check(None)
            .expect_err("flawed")
            .into_iter()
            .map(|f| (f.field.expect("of a field"), f.fault))
            .collect();
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

    fn complete() -> Draft {
        draft(&[
            (Field::UserId, "1@sp.com"),
            (Field::SpEnterpriseId, "SP1+acme"),
            (Field::FirstName, "Ann"),
            (Field::LastName, "Lee"),
            (Field::Package, "basic"),
        ])
    }

    fn text(field: Field, written: &str) -> Result<Option<String>, Fault> {
        draft(&[(field, written)]).text(field).map_err(|flaw| {
            assert_eq!(flaw.field, Some(field));
            flaw.fault
        })
    }

    #[test]
    fn a_complete_draft_becomes_the_subscriber_that_was_written_down() {
        let mut draft = complete();
        for (field, text) in [
            (Field::Email, "ann@acme.com"),
            (Field::PrimaryPhone, "+1-240-555-1212"),
            (Field::MobilePhone, "+1-240-555-1313"),
            (Field::Extension, "1212"),
            (Field::Language, "en-US"),
            (Field::TimeZone, "europe/sofia"),
            (Field::SpEnterpriseGroupId, "sales"),
        ] {
            draft.set(field, Ok(text.to_owned()));
        }
        let new = draft.check(None).expect("complete");
        assert_eq!((new.user_id.as_str(), new.sp_enterprise_id.as_str()), ("1@sp.com", "SP1+acme"));
        assert_eq!((new.first_name.as_str(), new.last_name.as_str(), new.package), ("Ann", "Lee", Package::Basic));
        assert_eq!(new.email, EmailAddress::parse("ann@acme.com").ok());
        assert_eq!(new.primary_phone.as_deref(), Some("+1-240-555-1212"));
        assert_eq!(new.mobile_phone.as_deref(), Some("+1-240-555-1313"));
        assert_eq!((new.extension.as_deref(), new.language.as_deref()), (Some("1212"), Some("en-US")));
        assert_eq!(new.timezone.as_deref(), Some("Europe/Sofia"), "as the zone is called");
        assert_eq!(new.sp_enterprise_group_id.as_deref(), Some("sales"));
        assert!(!new.self_activated);
    }

    #[test]
    fn whoever_lacks_something_optional_lacks_nothing_else() {
        let new = complete().check(None).expect("complete");
        assert!(new.email.is_none() && new.primary_phone.is_none() && new.mobile_phone.is_none());
        assert!(new.extension.is_none() && new.language.is_none() && new.timezone.is_none());
        assert!(new.sp_enterprise_group_id.is_none());
    }

    #[test]
    fn what_is_missing_is_told_once_each() {
        let flaws = Draft::default().check(None).expect_err("nothing is there");
        let missing = |field| Flaw::of(field, Fault::MissingParameter);
        let needed = [Field::UserId, Field::SpEnterpriseId, Field::FirstName, Field::LastName, Field::Package];
        assert_eq!(flaws, needed.map(missing));
    }

    #[test]
    fn what_cannot_be_read_is_told_of_its_field() {
        let mut draft = complete();
        draft.set(Field::Email, Err(Fault::InvalidParameter));
        assert_eq!(draft.check(None).expect_err("unread"), [Flaw::of(Field::Email, Fault::InvalidParameter)]);
        assert!(!draft.written().any(|(field, _)| field == Field::Email));
        assert!(draft.written().any(|pair| pair == (Field::FirstName, "Ann")));
    }

    #[test]
    fn what_people_type_is_read_as_meant_but_nothing_is_guessed_of_an_id() {
        assert_eq!(text(Field::FirstName, " Ａｎｎ\u{200b} "), Ok(Some("Ann".to_owned())));
        for id in [Field::ProvisioningId, Field::SpEnterpriseId, Field::SpEnterpriseGroupId] {
            assert_eq!(text(id, "ａ\u{200b}"), Ok(Some("ａ\u{200b}".to_owned())), "{id:?}");
        }
        for id in [Field::UserId, Field::SpEnterpriseId, Field::SpEnterpriseGroupId] {
            assert_eq!(text(id, "4.42079E+11"), Err(Fault::DamagedBySpreadsheet), "{id:?}");
        }
        assert_eq!(text(Field::LastName, "1212.0"), Ok(Some("1212.0".to_owned())), "a name is no number");
    }

    #[test]
    fn a_field_has_its_form_and_nothing_is_the_same_as_an_empty_one() {
        for field in Field::ALL {
            assert_eq!(text(field, " "), Ok(None), "{field:?}");
            assert_eq!(text(field, &"1".repeat(field.longest() + 1)), Err(Fault::InvalidParameterSize), "{field:?}");
        }
        for (field, good, bad) in [
            (Field::PrimaryPhone, "+49 89 12", "call me"),
            (Field::MobilePhone, "+49 171 12", "call me"),
            (Field::Extension, "*7", "seven"),
            (Field::Language, "en_us", "english"),
            (Field::TimeZone, "UTC", "Sofia"),
        ] {
            assert_eq!(text(field, good), Ok(Some(good.to_owned())));
            assert_eq!(text(field, bad), Err(Fault::InvalidParameter), "{field:?}");
        }
    }

    #[test]
    fn the_template_is_the_one_that_is_written_or_the_one_that_is_meant_else() {
        let written = draft(&[(Field::ProvisioningId, "one")]);
        assert_eq!(written.provisioning_id(Some("two")), Ok("one".to_owned()));
        assert_eq!(Draft::default().provisioning_id(Some("two")), Ok("two".to_owned()));
        let missing = Flaw::of(Field::ProvisioningId, Fault::MissingParameter);
        assert_eq!(Draft::default().provisioning_id(None), Err(missing));
    }

    #[test]
    fn a_change_is_checked_as_far_as_it_was_written_and_asks_for_what_it_needs() {
        assert_eq!(Draft::default().check_written(&[]), Ok(()));
        assert_eq!(complete().check_written(&[Field::UserId]), Ok(()));
        let missing = Flaw::of(Field::UserId, Fault::MissingParameter);
        assert_eq!(Draft::default().check_written(&[Field::UserId]), Err(vec![missing]));
        let wrong = draft(&[
            (Field::UserId, "a b"),
            (Field::SpEnterpriseId, "a\u{200b}b"),
            (Field::Package, "gold"),
            (Field::Email, "ann@"),
            (Field::Extension, "seven"),
        ]);
        let flaws = wrong.check_written(&[Field::UserId]).expect_err("flawed");
        let expected = [
            (Field::UserId, Fault::InvalidParameter),
            (Field::SpEnterpriseId, Fault::InvalidParameter),
            (Field::Package, Fault::InvalidParameter),
            (Field::Email, Fault::InvalidAddress),
            (Field::Extension, Fault::InvalidParameter),
        ];
        assert_eq!(flaws, expected.map(|(field, fault)| Flaw::of(field, fault)));
    }

    #[test]
    fn what_is_forgotten_was_never_written() {
        let mut draft = draft(&[(Field::Email, ""), (Field::FirstName, "Ann")]);
        assert!(draft.mentions(Field::Email) && !draft.mentions(Field::LastName), "nothing is something written");
        draft.forget(Field::Email);
        assert!(!draft.mentions(Field::Email) && draft.mentions(Field::FirstName));
    }
}
