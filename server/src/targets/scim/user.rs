//! A User (RFC 7643 §4.1), with everything that the service and others keep in it.
//!
//! Services write what the standard lets them and a little more. A User is read into one form: our attributes under the
//! names of the standard, lists as lists, and what is `null` as not there.

use domain::{Fault, Language, usage::Item};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value, json};

use crate::targets::{Account, Entry, Identity, Workspace};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// The type of our entitlement.
const PACKAGE: &str = "package";
/// The `userType` of a workspace.
const WORKSPACE: &str = "Workspace";
/// Our role. It has no type: services that know the types of roles do not know ours.
const ADMINISTRATOR: &str = "administrator";
/// The type that our role had once.
const FORMER_ROLE_TYPE: &str = "customer";

/// The attributes that we read or write.
const ATTRIBUTES: [&str; 16] = [
    "schemas",
    "id",
    "externalId",
    "userName",
    "userType",
    "active",
    "name",
    "displayName",
    "emails",
    "phoneNumbers",
    "entitlements",
    "roles",
    "preferredLanguage",
    "timezone",
    "meta",
    ENTERPRISE,
];
/// Those of them that are lists, and what each of their values has.
const LISTS: [&str; 5] = ["schemas", "emails", "phoneNumbers", "entitlements", "roles"];
const PARTS: [&str; 5] = ["value", "type", "primary", "location", "version"];

/// What a User stands for.
pub(super) trait Kept: Entry {
    /// Whether it is a workspace.
    const IS_WORKSPACE: bool;
    /// What it means that its name is another User's already, or one of another company.
    fn taken(fault: Fault) -> Fault;
    /// The `userName`, which is unique.
    fn name(&self) -> &str;
    /// What must not be repeated of what the service says.
    fn private(&self) -> Vec<&str>;
    /// Makes a User of it.
    fn write(&self, user: &mut User);
}

impl Kept for Account {
    const IS_WORKSPACE: bool = false;

    fn taken(fault: Fault) -> Fault {
        fault
    }

    fn name(&self) -> &str {
        self.email.as_str()
    }

    fn private(&self) -> Vec<&str> {
        let local = self.email.as_str().split('@').next().unwrap_or_default();
        vec![local, &self.first_name, &self.last_name]
    }

    fn write(&self, user: &mut User) {
        user.write_account(self);
    }
}

impl Kept for Workspace {
    const IS_WORKSPACE: bool = true;

    // What is in use is the BroadWorks id.
    fn taken(_: Fault) -> Fault {
        Fault::AccountConflict
    }

    fn name(&self) -> &str {
        &self.identity.user_id
    }

    fn private(&self) -> Vec<&str> {
        vec![&self.display_name]
    }

    fn write(&self, user: &mut User) {
        user.write_workspace(self);
    }
}

/// A User.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct User(Map<String, Value>);

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Object(written) => Ok(Self::read(written)),
            _ => Err(D::Error::custom("not a User")),
        }
    }
}

impl User {
    /// Attribute names ignore case (RFC 7643 §2.1), and so do their parts.
    fn read(written: Map<String, Value>) -> Self {
        let mut user = Self(named(written, &ATTRIBUTES));
        for attribute in LISTS {
            if let Some(value) = user.0.remove(attribute) {
                let values = match value {
                    Value::Array(values) => values,
                    // Of one value, some make no list.
                    value => vec![value],
                };
                user.set(attribute, values.into_iter().map(parts).collect());
            }
        }
        if let Some(meta) = user.0.remove("meta") {
            user.set("meta", parts(meta));
        }
        user
    }

    /// The id at the service: a text, though some count; or the end of the address at which it is.
    pub fn id(&self) -> Option<String> {
        let written = self.text("id").filter(|id| is_id(id));
        written.or_else(|| id_at(self.0.get("meta")?.get("location")?.as_str()?))
    }

    /// The version that a service may ask for before it is changed (RFC 7644 §3.14).
    pub fn version(&self) -> Option<&str> {
        self.0.get("meta")?.get("version")?.as_str()
    }

    /// Whether an attribute has this value.
    pub fn has(&self, attribute: &str, value: &str) -> bool {
        self.text(attribute).is_some_and(|has| has.to_lowercase() == value.to_lowercase())
    }

    /// Whether an attribute has a value at all.
    pub fn mentions(&self, attribute: &str) -> bool {
        self.0.contains_key(attribute)
    }

    fn text(&self, attribute: &str) -> Option<String> {
        text(self.0.get(attribute)?)
    }

    /// What the service says of whether it may be used.
    pub fn says_active(&self) -> Option<bool> {
        let said = self.text("active")?.to_lowercase();
        Some(!["false", "0", "no", "inactive", "disabled", "deactivated"].contains(&said.as_str()))
    }

    /// Whether it may be used; a service that says nothing about that means yes.
    pub fn is_active(&self) -> bool {
        self.says_active().unwrap_or(true)
    }

    /// Whether we removed it.
    pub fn is_removed(&self) -> bool {
        let has_package = self.list("entitlements").iter().any(may_be_package);
        !self.is_active() && self.mentions("externalId") && !has_package
    }

    pub fn is_workspace(&self) -> bool {
        self.has("userType", WORKSPACE)
    }

    fn write_account(&mut self, account: &Account) {
        let Account { identity, email, first_name, last_name, package, administrator, details, .. } = account;
        self.declare(USER);
        self.declare(ENTERPRISE);
        self.set("externalId", json!(identity.external_id.to_string()));
        self.set("userName", json!(email.as_str()));
        self.set("active", json!(true));
        self.set("emails", json!([{ "value": email.as_str(), "type": "work", "primary": true }]));
        let display_name = format!("{first_name} {last_name}").trim().to_owned();
        if !display_name.is_empty() {
            self.set("name", json!({ "givenName": first_name, "familyName": last_name, "formatted": display_name }));
            self.set("displayName", json!(display_name));
        }
        for (kind, number) in [("work", &details.primary_phone), ("mobile", &details.mobile_phone)] {
            if let Some(number) = number {
                self.set_phone(kind, Some(number));
            }
        }
        if let Some(written) = &details.language {
            let language = Language::parse(written);
            self.set("preferredLanguage", json!(language.as_ref().map_or(written.as_str(), Language::tag)));
        }
        if let Some(timezone) = &details.timezone {
            self.set("timezone", json!(timezone));
        }
        self.set_package(Some(package.as_str()));
        self.set_administrator(*administrator);
        self.join(identity);
    }

    fn write_workspace(&mut self, workspace: &Workspace) {
        let Workspace { identity, display_name, primary_phone, extension: _, idempotency_key: _ } = workspace;
        self.declare(USER);
        self.declare(ENTERPRISE);
        self.set("externalId", json!(identity.external_id.to_string()));
        self.set("userName", json!(identity.user_id));
        self.set("userType", json!(WORKSPACE));
        self.set("active", json!(true));
        self.set("displayName", json!(display_name));
        self.set_phone("work", primary_phone.as_deref());
        self.set_package(Some(Item::Workspace.as_str()));
        self.join(identity);
    }

    /// Makes it a removed account.
    pub fn give_up(&mut self) {
        self.set("active", json!(false));
        self.set_package(None);
        self.set_administrator(false);
    }

    /// Whether it is another customer's than this one. Of one that says nothing of it nobody knows.
    pub fn is_of_another(&self, sp_enterprise_id: &str) -> bool {
        let enterprise = self.0.get(ENTERPRISE).and_then(Value::as_object);
        let organization = enterprise.and_then(|known| known.get("organization")).and_then(Value::as_str);
        organization.is_some_and(|known| !known.is_empty() && known != sp_enterprise_id)
    }

    /// Makes it one of its customer's.
    fn join(&mut self, identity: &Identity) {
        let mut enterprise = match self.0.remove(ENTERPRISE) {
            Some(Value::Object(known)) => named(known, &["organization"]),
            _ => Map::new(),
        };
        enterprise.insert("organization".to_owned(), json!(identity.sp_enterprise_id));
        self.set(ENTERPRISE, Value::Object(enterprise));
    }

    fn set(&mut self, attribute: &str, value: Value) {
        self.0.insert(attribute.to_owned(), value);
    }

    fn list(&self, attribute: &str) -> &[Value] {
        self.0.get(attribute).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    fn declare(&mut self, schema: &str) {
        self.set_among(
            "schemas",
            |known| known.as_str().is_some_and(|known| known.eq_ignore_ascii_case(schema)),
            Some(json!(schema)),
        );
    }

    fn set_phone(&mut self, kind: &str, number: Option<&str>) {
        let value = number.map(|number| json!({ "value": number, "type": kind }));
        self.set_among("phoneNumbers", |other| is_of_type(other, kind), value);
    }

    fn set_package(&mut self, package: Option<&str>) {
        let value = package.map(|package| json!({ "value": package, "type": PACKAGE }));
        self.set_among("entitlements", is_package, value);
    }

    fn set_administrator(&mut self, administrator: bool) {
        let value = administrator.then(|| json!({ "value": ADMINISTRATOR }));
        self.set_among("roles", is_administrator, value);
    }

    /// Sets our value among those of others.
    fn set_among(&mut self, attribute: &str, is_ours: impl Fn(&Value) -> bool, value: Option<Value>) {
        let mut values = match self.0.remove(attribute) {
            Some(Value::Array(values)) => values,
            _ => Vec::new(),
        };
        values.retain(|other| !is_ours(other));
        values.extend(value);
        if !values.is_empty() {
            self.set(attribute, Value::Array(values));
        }
    }

    /// The whole of it, for POST and PUT.
    pub fn body(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }

    /// What makes this User of what it was `before`, for PATCH (RFC 7644 §3.5.2).
    pub fn patch(&self, before: &Self) -> String {
        let changed: Map<String, Value> = self
            .0
            .iter()
            .filter(|(attribute, value)| before.0.get(*attribute) != Some(value))
            .map(|(attribute, value)| (attribute.clone(), value.clone()))
            .collect();
        let gone = before.0.keys().filter(|attribute| !self.0.contains_key(*attribute));
        let mut operations: Vec<_> = gone.map(|path| json!({ "op": "remove", "path": path })).collect();
        if !changed.is_empty() {
            operations.push(json!({ "op": "replace", "value": changed }));
        }
        json!({ "schemas": [PATCH], "Operations": operations }).to_string()
    }
}

/// The id at the end of an address such as `https://id.example/scim/v2/Users/2819c223`.
pub(super) fn id_at(location: &str) -> Option<String> {
    let path = location.split(['?', '#']).next()?.trim_end_matches('/');
    let (before, id) = path.rsplit_once('/')?;
    let id = percent_encoding::percent_decode_str(id).decode_utf8().ok()?;
    (before.to_lowercase().ends_with("users") && is_id(&id)).then(|| id.into_owned())
}

/// Whether something can be asked for by it: the two that a path leaves out (RFC 3986 §5.2.4) would lead to all Users.
fn is_id(id: &str) -> bool {
    !matches!(id, "" | "." | "..")
}

/// Whether an entitlement is our package.
fn is_package(entitlement: &Value) -> bool {
    is_of_type(entitlement, PACKAGE)
}

/// Whether an entitlement may be our package at a service that forgets of what type one is.
fn may_be_package(entitlement: &Value) -> bool {
    let untyped = entitlement["type"].is_null();
    let value = text(&entitlement["value"]).or_else(|| text(entitlement)).filter(|_| untyped);
    is_package(entitlement) || value.is_some_and(|value| Item::parse(&value).is_some())
}

fn is_administrator(role: &Value) -> bool {
    let untyped = role["type"].is_null();
    is_of_type(role, FORMER_ROLE_TYPE)
        || untyped && text(&role["value"]).or_else(|| text(role)).is_some_and(|value| value == ADMINISTRATOR)
}

fn is_of_type(value: &Value, kind: &str) -> bool {
    value["type"].as_str().is_some_and(|has| has.eq_ignore_ascii_case(kind))
}

/// The parts of a value under the names of the standard.
fn parts(value: Value) -> Value {
    match value {
        Value::Object(written) => Value::Object(named(written, &PARTS)),
        other => other,
    }
}

/// The members under these names, in whatever case they are written. What is `null` is not there (RFC 7643 §2.5).
pub(super) fn named(written: Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    let own = |written: String| {
        names.iter().find(|name| name.eq_ignore_ascii_case(&written)).map_or(written, |name| (*name).to_owned())
    };
    written.into_iter().filter(|(_, value)| !value.is_null()).map(|(name, value)| (own(name), value)).collect()
}

/// A single value as text.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(written: Value) -> User {
        serde_json::from_value(written).expect("a User")
    }

    #[test]
    fn a_user_is_the_same_however_it_is_written() {
        let plain = user(json!({
            "id": "7", "externalId": "x", "userName": "ann", "active": false, "roles": [{ "value": "administrator" }],
            "entitlements": [{ "value": "basic", "type": "package" }], "nickName": "A",
            ENTERPRISE: { "organization": "acme" },
        }));
        let odd = user(json!({
            "ID": "7", "ExternalID": "x", "username": "ann", "ACTIVE": false, "Roles": { "Value": "administrator" },
            "Entitlements": [{ "VALUE": "basic", "Type": "package" }], "nickName": "A", "emails": null,
            ENTERPRISE.to_uppercase(): { "organization": "acme" },
        }));
        assert_eq!(plain, odd);
    }

    #[test]
    fn an_id_is_a_text_a_number_or_the_end_of_an_address() {
        let meta = |location: &str| json!({ "userName": "ann", "meta": { "location": location } });
        for (written, id) in [
            (json!({ "id": "2819c223" }), Some("2819c223")),
            (json!({ "id": 17 }), Some("17")),
            (json!({ "Id": "a b" }), Some("a b")),
            (json!({ "id": null, "meta": { "Location": "/scim/v2/Users/a%20b/" } }), Some("a b")),
            (meta("https://id.example/v2/Users/2819c223?x=1"), Some("2819c223")),
            (meta("https://id.example/v2/Groups/2819c223"), None),
            (meta("https://id.example/v2/Users/"), None),
            (json!({ "id": "" }), None),
            (json!({}), None),
        ] {
            assert_eq!(user(written.clone()).id().as_deref(), id, "{written}");
        }
    }

    #[test]
    fn whether_it_is_active_may_be_said_in_many_words() {
        for (said, active) in [
            (json!(true), Some(true)),
            (json!("True"), Some(true)),
            (json!(1), Some(true)),
            (json!(false), Some(false)),
            (json!("False"), Some(false)),
            (json!(" false "), Some(false)),
            (json!(0), Some(false)),
            (Value::Null, None),
        ] {
            assert_eq!(user(json!({ "active": said })).says_active(), active, "{said}");
        }
    }

    #[test]
    fn what_is_ours_is_told_from_what_is_others() {
        let mut shared = user(json!({
            "roles": [{ "value": "editor" }, { "value": "administrator", "type": "wiki" }, { "value": "administrator", "type": "customer" }],
            "entitlements": ["garage", { "value": "standard", "type": "Package" }, { "value": "basic", "type": "gym" }],
        }));
        shared.set_package(Some("premium"));
        shared.set_administrator(true);
        assert_eq!(
            shared.0["roles"],
            json!([{ "value": "editor" }, { "value": "administrator", "type": "wiki" }, { "value": "administrator" }])
        );
        assert_eq!(
            shared.0["entitlements"],
            json!(["garage", { "value": "basic", "type": "gym" }, { "value": "premium", "type": "package" }])
        );
        shared.give_up();
        assert_eq!(shared.0["roles"], json!([{ "value": "editor" }, { "value": "administrator", "type": "wiki" }]));
        assert_eq!(shared.0["entitlements"], json!(["garage", { "value": "basic", "type": "gym" }]));
    }

    #[test]
    fn a_suspended_account_is_not_taken_for_a_removed_one() {
        let inactive = |entitlements: Value| {
            user(json!({ "active": "False", "externalId": "x", "entitlements": entitlements })).is_removed()
        };
        assert!(inactive(json!([])) && inactive(json!([{ "value": "basic", "type": "gym" }])));
        let kept =
            [json!([{ "value": "basic", "type": "package" }]), json!([{ "value": "basic" }]), json!(["workspace"])];
        for kept in kept {
            assert!(!inactive(kept.clone()), "{kept}");
        }
    }

    #[test]
    fn a_patch_tells_what_has_changed_and_what_is_gone() {
        let before = user(json!({ "id": "7", "active": true, "roles": [{ "value": "administrator" }], "title": "x" }));
        let mut after = before.clone();
        after.give_up();
        let patch: Value = serde_json::from_str(&after.patch(&before)).expect("JSON");
        assert_eq!(
            patch["Operations"],
            json!([{ "op": "remove", "path": "roles" }, { "op": "replace", "value": { "active": false } }])
        );
    }
}
