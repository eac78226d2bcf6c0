//! Any service that speaks SCIM 2.0 (RFC 7643, RFC 7644): accounts are its Users.
//!
//! | of the account | in the User |
//! |---|---|
//! | subscriber id | `externalId` |
//! | address | `userName` and the primary work address in `emails` |
//! | names | `name`, `displayName` |
//! | phone and mobile phone | the `phoneNumbers` of type `work` and `mobile` |
//! | language, time zone | `preferredLanguage`, `timezone` |
//! | package | the entitlement of type `package` |
//! | administrator of its customer | the role `administrator` of type `customer` |
//! | customer | `organization` of the enterprise extension |
//!
//! A workspace is a User too, of the `userType` `Workspace`: its BroadWorks id is the `userName`, its name the
//! `displayName`, and its package is called `workspace`.
//!
//! A change replaces the User (PUT) by what was read before, with our attributes changed: what others wrote into it
//! stays. PATCH is not used, because a service need not have it.
//!
//! Removing deactivates: the User stays, inactive and without its package. That is how a removed account is told from
//! one that somebody at the service suspended. A user who comes back with the same address, under a new subscriber id,
//! gets the removed account again; a suspended one stays theirs, and its address in use.

use std::time::Duration;

use async_trait::async_trait;
use domain::Fault;
use reqwest::{Method, StatusCode, header};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Account, Identity, Progress, Refusal, Target, Workspace,
    remote::{Answer, Endpoint, Remote},
};
use crate::{quotation::quote, usage};

/// The name that templates use.
pub const NAME: &str = "scim";

const MEDIA_TYPE: &str = "application/scim+json";
const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
/// The type of our entitlement.
const PACKAGE: &str = "package";
/// The `userType` of a workspace.
const WORKSPACE: &str = "Workspace";
/// The type of our role.
const CUSTOMER: &str = "customer";

/// A SCIM service.
pub struct Scim(Remote);

impl Scim {
    /// The service at this address, such as `https://id.example/scim/v2`. `patience` is how long one call may take.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(endpoint: Endpoint, patience: Duration) -> Result<Self, reqwest::Error> {
        Remote::new(endpoint, patience).map(Self)
    }

    async fn own(&self, identity: &Identity) -> Result<Option<User>, Refusal> {
        self.look_up("externalId", &identity.external_id.to_string()).await
    }

    /// The User with this value; the active one if there are several.
    async fn look_up(&self, attribute: &str, value: &str) -> Result<Option<User>, Refusal> {
        let filter = format!("{attribute} eq {}", Value::from(value));
        let request = self.0.request(Method::GET, &["Users"]).query(&[("filter", filter)]);
        let answer = Answer::to(request.header(header::ACCEPT, MEDIA_TYPE)).await?;
        if answer.status != StatusCode::OK {
            return Err(refusal(&answer, &[]));
        }
        let found: List = answer.read()?;
        if found.resources.is_empty() && found.total > 0 {
            return Err(unreadable("a list that counts Users and shows none"));
        }
        // A service that overlooks the filter must not make us change somebody else's account.
        let mut users: Vec<_> = found.resources.into_iter().filter(|user| user.has(attribute, value)).collect();
        users.sort_by_key(User::is_active);
        Ok(users.pop())
    }

    async fn add(&self, account: &Account) -> Result<Progress, Refusal> {
        let mut user = User::default();
        user.write(account);
        self.put(Method::POST, &["Users"], &user, &names(account)).await
    }

    async fn replace(&self, mut user: User, account: &Account) -> Result<Progress, Refusal> {
        user.write(account);
        self.put(Method::PUT, &["Users", &user.id()?], &user, &names(account)).await
    }

    async fn put(&self, method: Method, path: &[&str], user: &User, names: &[&str]) -> Result<Progress, Refusal> {
        let request = self
            .0
            .request(method, path)
            .header(header::ACCEPT, MEDIA_TYPE)
            .header(header::CONTENT_TYPE, MEDIA_TYPE)
            .body(Value::from(user.0.clone()).to_string());
        let answer = Answer::to(request).await?;
        if !answer.status.is_success() {
            return Err(refusal(&answer, names));
        }
        answer.read::<User>()?.id().map(|id| Progress::Done(Some(id)))
    }

    /// The account that has this address already, if it may become this subscriber's: it is theirs, made by an attempt
    /// that was believed to have failed, or one that was removed.
    async fn predecessor(&self, account: &Account) -> Result<Option<User>, Refusal> {
        let there = self.look_up("userName", account.email.as_str()).await?;
        let external_id = account.identity.external_id.to_string();
        let theirs = |user: &User| user.has("externalId", &external_id) || user.is_removed();
        Ok(there.filter(|user| theirs(user) && !user.is_workspace()))
    }

    async fn write_workspace(&self, there: Option<User>, workspace: &Workspace) -> Result<Progress, Refusal> {
        let (method, mut path) = (if there.is_some() { Method::PUT } else { Method::POST }, vec!["Users".to_owned()]);
        let mut user = there.unwrap_or_default();
        if method == Method::PUT {
            path.push(user.id()?);
        }
        user.write_workspace(workspace);
        let path: Vec<_> = path.iter().map(String::as_str).collect();
        self.put(method, &path, &user, &[&workspace.display_name]).await
    }

    /// The workspace that has this BroadWorks id already, if it was removed or is this very one.
    async fn former(&self, workspace: &Workspace) -> Result<Option<User>, Refusal> {
        let there = self.look_up("userName", &workspace.identity.user_id).await?;
        let external_id = workspace.identity.external_id.to_string();
        let theirs = |user: &User| user.has("externalId", &external_id) || user.is_removed();
        Ok(there.filter(|user| theirs(user) && user.is_workspace()))
    }
}

#[async_trait]
impl Target for Scim {
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        let there = self.own(identity).await?.filter(User::is_active);
        there.map(|user| user.id().map(|id| Progress::Done(Some(id)))).transpose()
    }

    async fn create(&self, account: &Account) -> Result<Progress, Refusal> {
        if let Some(there) = self.own(&account.identity).await? {
            return self.replace(there, account).await;
        }
        match self.add(account).await {
            Err(refusal) if refusal.fault == Fault::AddressInUse => match self.predecessor(account).await? {
                Some(there) => self.replace(there, account).await,
                None => Err(refusal),
            },
            added => added,
        }
    }

    async fn update(&self, account: &Account) -> Result<Progress, Refusal> {
        self.create(account).await
    }

    async fn remove(&self, identity: &Identity) -> Result<Progress, Refusal> {
        if let Some(mut user) = self.own(identity).await?.filter(|user| !user.is_removed()) {
            user.give_up();
            self.put(Method::PUT, &["Users", &user.id()?], &user, &[]).await?;
        }
        Ok(Progress::Done(None))
    }

    async fn find_workspace(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        self.find(identity).await
    }

    async fn create_workspace(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        let own = self.own(&workspace.identity).await?;
        match self.write_workspace(own, workspace).await {
            Err(refusal) if refusal.fault == Fault::AddressInUse => match self.former(workspace).await? {
                Some(there) => self.write_workspace(Some(there), workspace).await,
                // What is in use is the BroadWorks id.
                None => Err(Refusal { fault: Fault::AccountConflict, ..refusal }),
            },
            written => written,
        }
    }

    async fn update_workspace(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        self.create_workspace(workspace).await
    }

    async fn remove_workspace(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        self.remove(&workspace.identity).await
    }
}

/// What must not be repeated of what the service says.
fn names(account: &Account) -> [&str; 3] {
    let local = account.email.as_str().split('@').next().unwrap_or_default();
    [local, &account.first_name, &account.last_name]
}

/// An answer to a query (RFC 7644 §3.4.2).
#[derive(Deserialize)]
struct List {
    #[serde(rename = "totalResults")]
    total: u64,
    /// May be left out when nothing was found.
    #[serde(rename = "Resources", default)]
    resources: Vec<User>,
}

/// An error (RFC 7644 §3.12).
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Error {
    scim_type: Option<String>,
    detail: Option<String>,
}

/// Not an answer that SCIM knows. It may pass, like whatever stands between us and the service.
fn unreadable(what: &str) -> Refusal {
    Refusal { detail: Some(what.to_owned()), ..Fault::TargetUnavailable.into() }
}

fn refusal(answer: &Answer, names: &[&str]) -> Refusal {
    let Error { scim_type, detail } = answer.peek().unwrap_or_default();
    let scim_type = scim_type.unwrap_or_default();
    let said = format!("{scim_type} {}", detail.unwrap_or_default());
    let refusal = answer.refusal(&quote(&said, names));
    // The address is all that has to be unique; some services leave the type out.
    let taken = scim_type == "uniqueness" || (answer.status == StatusCode::CONFLICT && scim_type.is_empty());
    if taken { Refusal { fault: Fault::AddressInUse, ..refusal } } else { refusal }
}

/// A User (RFC 7643 §4.1), with everything that the service and others keep in it.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
struct User(Map<String, Value>);

impl User {
    fn id(&self) -> Result<String, Refusal> {
        let id = self.0.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
        id.map(str::to_owned).ok_or_else(|| unreadable("a User without an id"))
    }

    fn has(&self, attribute: &str, value: &str) -> bool {
        self.0.get(attribute).and_then(Value::as_str).is_some_and(|has| has.to_lowercase() == value.to_lowercase())
    }

    /// Whether it may be used; a service that says nothing about that means yes.
    fn is_active(&self) -> bool {
        self.0.get("active").and_then(Value::as_bool).unwrap_or(true)
    }

    /// Whether we removed it.
    fn is_removed(&self) -> bool {
        !self.is_active() && self.0.contains_key("externalId") && self.of_type("entitlements", PACKAGE).is_none()
    }

    fn is_workspace(&self) -> bool {
        self.has("userType", WORKSPACE)
    }

    fn of_type(&self, attribute: &str, kind: &str) -> Option<&Value> {
        self.0.get(attribute)?.as_array()?.iter().find(|value| value["type"] == kind)
    }

    /// Makes it an account.
    fn write(&mut self, account: &Account) {
        let Account { identity, email, first_name, last_name, package, administrator, details, .. } = account;
        self.declare(USER);
        self.declare(ENTERPRISE);
        self.set("externalId", json!(identity.external_id));
        self.set("userName", json!(email.as_str()));
        self.set("active", json!(true));
        self.set("emails", json!([{ "value": email.as_str(), "type": "work", "primary": true }]));
        let display_name = format!("{first_name} {last_name}").trim().to_owned();
        if !display_name.is_empty() {
            self.set("name", json!({ "givenName": first_name, "familyName": last_name, "formatted": display_name }));
            self.set("displayName", json!(display_name));
        }
        for (kind, number) in [("work", &details.primary_phone), ("mobile", &details.mobile_phone)] {
            if number.is_some() {
                self.set_of_type("phoneNumbers", kind, number.as_deref());
            }
        }
        for (attribute, text) in [("preferredLanguage", &details.language), ("timezone", &details.timezone)] {
            if let Some(text) = text {
                self.set(attribute, json!(text));
            }
        }
        self.set_of_type("entitlements", PACKAGE, Some(package.as_str()));
        self.set_of_type("roles", CUSTOMER, administrator.then_some("administrator"));
        self.join(identity);
    }

    /// Makes it a workspace.
    fn write_workspace(&mut self, workspace: &Workspace) {
        let Workspace { identity, display_name, primary_phone, extension: _, idempotency_key: _ } = workspace;
        self.declare(USER);
        self.declare(ENTERPRISE);
        self.set("externalId", json!(identity.external_id));
        self.set("userName", json!(identity.user_id));
        self.set("userType", json!(WORKSPACE));
        self.set("active", json!(true));
        self.set("displayName", json!(display_name));
        self.set_of_type("phoneNumbers", "work", primary_phone.as_deref());
        self.set_of_type("entitlements", PACKAGE, Some(usage::WORKSPACE));
        self.join(identity);
    }

    /// Makes it one of its customer's.
    fn join(&mut self, identity: &Identity) {
        let mut enterprise = match self.0.remove(ENTERPRISE) {
            Some(Value::Object(known)) => known,
            _ => Map::new(),
        };
        enterprise.insert("organization".to_owned(), json!(identity.sp_enterprise_id));
        self.set(ENTERPRISE, Value::Object(enterprise));
    }

    /// Makes it a removed account.
    fn give_up(&mut self) {
        self.set("active", json!(false));
        self.set_of_type("entitlements", PACKAGE, None);
        self.set_of_type("roles", CUSTOMER, None);
    }

    fn set(&mut self, attribute: &str, value: Value) {
        self.0.insert(attribute.to_owned(), value);
    }

    fn declare(&mut self, schema: &str) {
        let mut declared = self.take("schemas");
        if !declared.iter().any(|known| known == schema) {
            declared.push(json!(schema));
        }
        self.set("schemas", Value::Array(declared));
    }

    /// Sets our value among those of others.
    fn set_of_type(&mut self, attribute: &str, kind: &str, value: Option<&str>) {
        let mut values = self.take(attribute);
        values.retain(|other| other["type"] != kind);
        values.extend(value.map(|value| json!({ "value": value, "type": kind })));
        if !values.is_empty() {
            self.set(attribute, Value::Array(values));
        }
    }

    fn take(&mut self, attribute: &str) -> Vec<Value> {
        match self.0.remove(attribute) {
            Some(Value::Array(values)) => values,
            _ => Vec::new(),
        }
    }
}
