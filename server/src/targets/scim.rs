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
//! | administrator of its customer | the role `administrator` |
//! | customer | `organization` of the enterprise extension |
//!
//! A workspace is a User too, of the `userType` `Workspace`: its BroadWorks id is the `userName`, its name the
//! `displayName`, and its package is called `workspace`.
//!
//! A change replaces the User (PUT) by what was read before, with our attributes changed: what others wrote into it
//! stays. PATCH is for services without PUT only, because a service need not have it.
//!
//! Removing deactivates: the User stays, inactive and without its package. That is how a removed account is told from
//! one that somebody at the service suspended. A user who comes back with the same address, under a new subscriber id,
//! gets the removed account again; a suspended one stays theirs, and its address in use. Where a service knows of no
//! inactive Users, removing deletes.
//!
//! Services write their answers in their own ways ([`user`]), and some say no more than that they did it. What was created
//! is then looked for, so that no account is left behind that nobody here knows of.

mod user;

use std::{collections::HashSet, time::Duration};

use async_trait::async_trait;
use domain::Fault;
use reqwest::{Method, StatusCode, header};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value};

use super::{
    Holds, Identity, Progress, Refusal, Target,
    elsewhere::names_another_company,
    remote::{Answer, Endpoint, Remote},
};
use crate::quotation::quote;
use user::{Kept, User, id_at, named, text};

/// The name that templates use.
pub const NAME: &str = "scim";

const MEDIA_TYPE: &str = "application/scim+json";
/// What stands below a service's address (RFC 7644 §3.2), and is pasted with it.
const BELOW: [&str; 7] = ["Users", "Groups", "Me", "Schemas", "ResourceTypes", CONFIG, "Bulk"];
/// What every service can be asked for.
const CONFIG: &str = "ServiceProviderConfig";

/// How many pages of a search are looked through: a service that heeds filters needs one.
const PAGES: usize = 5;

/// A SCIM service.
pub struct Scim(Remote);

impl Scim {
    /// The service at this address, such as `https://id.example/scim/v2`. `patience` is how long one call may take.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(endpoint: Endpoint, patience: Duration) -> Result<Self, reqwest::Error> {
        Remote::new(endpoint.above(&BELOW), patience).map(Self)
    }

    /// The account or workspace: by our id or, where a service does not keep that, by its own.
    async fn own(&self, identity: &Identity) -> Result<Option<User>, LookUp> {
        let external_id = identity.external_id.to_string();
        let found = self.look_up("externalId", &external_id).await;
        match &identity.person_id {
            Some(id) if matches!(found, Ok(None) | Err(LookUp::Unsupported(_))) => {
                Ok(self.by_id(id, &external_id, found.is_ok()).await?)
            }
            _ => found,
        }
    }

    /// As [`Self::own`], for those who go on without: if it is there, the service will say that its name is taken.
    async fn own_if_known(&self, identity: &Identity) -> Result<Option<User>, Refusal> {
        match self.own(identity).await {
            Err(LookUp::Unsupported(_)) => Ok(None),
            found => Ok(found?),
        }
    }

    /// The User of this id, unless it has become another subscriber's. Whether the service is there at all may be known already.
    async fn by_id(&self, id: &str, external_id: &str, is_sure: bool) -> Result<Option<User>, Refusal> {
        let answer = self.send(Method::GET, &["Users", id], None, None).await?;
        match answer.status {
            StatusCode::OK => {
                let user: User = answer.read()?;
                let theirs = user.has("externalId", external_id) || !user.mentions("externalId");
                Ok(Some(user).filter(|user| theirs && user.id().as_deref() == Some(id)))
            }
            StatusCode::GONE => Ok(None),
            StatusCode::NOT_FOUND if is_sure || self.says_none(&answer).await => Ok(None),
            StatusCode::NOT_FOUND => Err(unreadable("404 for whatever is asked: is this the service's address?")),
            _ => Err(refusal(&answer, &[])),
        }
    }

    /// Whether a 404 says that there is no such User, and not that nothing of the service's stands at this address: the service itself
    /// says so, or it is there.
    async fn says_none(&self, answer: &Answer) -> bool {
        let said: Option<Map<String, Value>> = answer.peek();
        if said.is_some_and(|said| said.keys().any(|name| name.eq_ignore_ascii_case("schemas"))) {
            return true;
        }
        let config = self.send(Method::GET, &[CONFIG], None, None).await;
        config.is_ok_and(|config| config.status == StatusCode::OK && config.peek::<Map<String, Value>>().is_some())
    }

    /// The User with this value; the active one if there are several. What else stands in a list is in nobody's way.
    async fn look_up(&self, attribute: &str, value: &str) -> Result<Option<User>, LookUp> {
        let (mut fitting, mut ids) = (Vec::new(), HashSet::new());
        let (mut seen, mut total, mut is_unread) = (0, 0, false);
        for _ in 0..PAGES {
            let Some(page) = self.page((attribute, value), seen).await? else { break };
            if page.shown == 0 && page.total > 0 && seen == 0 {
                return Err(LookUp::Refused(unreadable("a list that counts Users and shows none")));
            }
            let new = page.users.iter().filter_map(User::id).filter(|id| ids.insert(id.clone())).count();
            // A service that knows no pages shows the same once more.
            if page.shown == 0 || new == 0 && !page.users.is_empty() {
                break;
            }
            (seen, total, is_unread) = (seen + page.shown, page.total, is_unread || page.users.len() < page.shown);
            // A service that overlooks the filter must not make us change somebody else's account.
            fitting.extend(page.users.into_iter().filter(|user| user.has(attribute, value)));
            if seen >= total || fitting.iter().any(User::is_active) {
                break;
            }
        }
        fitting.sort_by_key(User::is_active);
        match fitting.pop() {
            Some(user) => Ok(Some(user)),
            // What cannot be read is not what is looked for, nor is it nothing.
            None if is_unread => Err(LookUp::Refused(unreadable("a User that cannot be read"))),
            None if total > seen => {
                let detail = Some(format!("the service overlooks filters on {attribute}"));
                Err(LookUp::Unsupported(Refusal { detail, ..Fault::TargetRefused.into() }))
            }
            None => Ok(None),
        }
    }

    /// The Users with this value behind so many others; nothing, if the service says that there is nobody.
    async fn page(&self, (attribute, value): (&str, &str), seen: usize) -> Result<Option<List>, LookUp> {
        let filter = format!("{attribute} eq {}", Value::from(value));
        let mut request = self.0.request(Method::GET, &["Users"]).query(&[("filter", filter)]);
        if seen > 0 {
            request = request.query(&[("startIndex", seen + 1)]);
        }
        let answer = Answer::to(request.header(header::ACCEPT, MEDIA_TYPE)).await?;
        match answer.status {
            StatusCode::OK => Ok(Some(answer.read()?)),
            // Not what the standard has for nobody, and yet understood.
            StatusCode::NO_CONTENT => Ok(None),
            StatusCode::NOT_FOUND if self.says_none(&answer).await => Ok(None),
            StatusCode::NOT_FOUND => Err(LookUp::Unsupported(unreadable("404 for a search"))),
            _ => {
                let refusal = refusal(&answer, &[]);
                let unsupported = answer.status == StatusCode::NOT_IMPLEMENTED
                    || Problem::of(&answer).scim_type.eq_ignore_ascii_case("invalidFilter");
                Err(if unsupported { LookUp::Unsupported(refusal) } else { LookUp::Refused(refusal) })
            }
        }
    }

    /// A call about Users.
    async fn send(
        &self,
        method: Method,
        path: &[&str],
        body: Option<String>,
        version: Option<&str>,
    ) -> Result<Answer, Refusal> {
        let mut request = self.0.request(method, path).header(header::ACCEPT, MEDIA_TYPE);
        if let Some(body) = body {
            request = request.header(header::CONTENT_TYPE, MEDIA_TYPE).body(body);
        }
        if let Some(version) = version {
            request = request.header(header::IF_MATCH, version);
        }
        Answer::to(request).await
    }

    /// Creates a User, of which there is none yet under this name.
    async fn add<E: Kept>(&self, wanted: &E) -> Result<Progress, Refusal> {
        let mut user = User::default();
        wanted.write(&mut user);
        let answer = self.send(Method::POST, &["Users"], Some(user.body()), None).await?;
        if !answer.status.is_success() {
            // Where no User can be created, nobody is refused.
            let of_all = matches!(
                answer.status,
                StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED
            );
            let refusal = refusal(&answer, &wanted.private());
            return Err(if of_all { Refusal { fault: Fault::TargetUnavailable, of_all, ..refusal } } else { refusal });
        }
        let told = answer.peek::<User>().and_then(|user| user.id());
        if let Some(id) = told.or_else(|| answer.header("location").and_then(id_at)) {
            return Ok(Progress::Done(Some(id)));
        }
        // It says that it is done and not under which id: what was created must not be lost sight of.
        let found = match self.look_up("externalId", &wanted.as_ref().external_id.to_string()).await {
            Ok(Some(found)) => Some(found),
            Ok(None) | Err(LookUp::Unsupported(_)) => {
                self.look_up("userName", wanted.name()).await.map_err(Refusal::from)?
            }
            Err(LookUp::Refused(refusal)) => return Err(refusal),
        };
        match found {
            Some(found) => Ok(Progress::Done(found.id())),
            // Accepted, and to be seen later.
            None if answer.is_empty() || answer.peek::<User>().is_some() => Ok(Progress::Underway(None)),
            None => Err(unreadable("a User was created and the answer cannot be read")),
        }
    }

    /// Makes of a User what is wanted; what the service says then. Nothing, if it is not there any more.
    async fn save(&self, before: &User, after: &User, names: &[&str]) -> Result<Option<Answer>, Refusal> {
        let id = before.id().ok_or_else(|| unreadable("a User without an id"))?;
        let path = ["Users", id.as_str()];
        let (mut method, mut body) = (Method::PUT, after.body());
        let mut answer = self.send(method.clone(), &path, Some(body.clone()), None).await?;
        if matches!(answer.status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED) {
            (method, body) = (Method::PATCH, after.patch(before));
            answer = self.send(method.clone(), &path, Some(body.clone()), None).await?;
        }
        let wants_version =
            matches!(answer.status, StatusCode::PRECONDITION_REQUIRED | StatusCode::PRECONDITION_FAILED);
        if let Some(version) = before.version().filter(|_| wants_version) {
            answer = self.send(method, &path, Some(body), Some(version)).await?;
        }
        match answer.status {
            status if status.is_success() => Ok(Some(answer)),
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(None),
            // Somebody else has changed it meanwhile.
            StatusCode::PRECONDITION_FAILED => Err(Refusal { fault: Fault::TargetBusy, ..refusal(&answer, names) }),
            _ => Err(refusal(&answer, names)),
        }
    }

    /// Makes of a User what is wanted; creates it if that is not there any more.
    async fn replace<E: Kept>(&self, there: User, wanted: &E) -> Result<Progress, Refusal> {
        let mut after = there.clone();
        wanted.write(&mut after);
        match self.save(&there, &after, &wanted.private()).await? {
            Some(_) => Ok(Progress::Done(there.id())),
            None => self.add(wanted).await,
        }
    }

    async fn put<E: Kept>(&self, wanted: &E) -> Result<Progress, Refusal> {
        if let Some(there) = self.own_if_known(wanted.as_ref()).await? {
            return self.replace(there, wanted).await;
        }
        match self.add(wanted).await {
            Err(refusal) if refusal.fault == Fault::AddressInUse => {
                match self.look_up("userName", wanted.name()).await? {
                    Some(there) if may_become(&there, wanted) => self.replace(there, wanted).await,
                    Some(there) if there.is_of_another(&wanted.as_ref().sp_enterprise_id) => {
                        Err(Refusal { fault: Fault::AddressElsewhere, ..refusal })
                    }
                    _ => Err(refusal),
                }
            }
            added => added,
        }
    }

    /// Deactivates a User, or deletes it at a service that knows of no inactive ones.
    async fn give_up(&self, there: &User, identity: &Identity) -> Result<(), Refusal> {
        let mut wanted = there.clone();
        wanted.give_up();
        let Some(answer) = self.save(there, &wanted, &[]).await? else { return Ok(()) };
        let after = match answer.peek::<User>().filter(|user| user.mentions("userName")) {
            Some(after) => Some(after),
            None => self.own(identity).await?,
        };
        let Some(after) = after else { return Ok(()) };
        let inactive = after.says_active() == Some(false);
        let id = there.id().unwrap_or_default();
        if inactive {
            return Ok(());
        }
        let answer = self.send(Method::DELETE, &["Users", &id], None, None).await?;
        match answer.status {
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(()),
            status if status.is_success() => Ok(()),
            _ => Err(refusal(&answer, &[])),
        }
    }
}

/// Whether the User that has the name of what is wanted may become that: it is that, made by an attempt that was believed to
/// have failed, or one that was removed.
fn may_become<E: Kept>(there: &User, wanted: &E) -> bool {
    let theirs = there.has("externalId", &wanted.as_ref().external_id.to_string()) || there.is_removed();
    theirs && there.is_workspace() == E::IS_WORKSPACE
}

#[async_trait]
impl<E: Kept> Holds<E> for Scim {
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        let there = self.own_if_known(identity).await?.filter(User::is_active);
        Ok(there.map(|user| Progress::Done(user.id())))
    }

    async fn create(&self, wanted: &E) -> Result<Progress, Refusal> {
        self.put(wanted).await.map_err(|refusal| match refusal.fault {
            fault @ (Fault::AddressInUse | Fault::AddressElsewhere) => Refusal { fault: E::taken(fault), ..refusal },
            _ => refusal,
        })
    }

    async fn update(&self, wanted: &E) -> Result<Progress, Refusal> {
        self.create(wanted).await
    }

    async fn remove(&self, known: &E::Known) -> Result<Progress, Refusal> {
        let identity = known.as_ref();
        if let Some(there) = self.own(identity).await?.filter(|user| !user.is_removed()) {
            self.give_up(&there, identity).await?;
        }
        Ok(Progress::Done(None))
    }
}

impl Target for Scim {}

/// Why nothing was looked up.
enum LookUp {
    /// The service cannot be asked in this way.
    Unsupported(Refusal),
    /// Something else.
    Refused(Refusal),
}

impl From<Refusal> for LookUp {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<LookUp> for Refusal {
    fn from(error: LookUp) -> Self {
        match error {
            LookUp::Unsupported(refusal) | LookUp::Refused(refusal) => refusal,
        }
    }
}

/// An answer to a query (RFC 7644 §3.4.2). `Resources` may be left out when nothing was found.
struct List {
    total: usize,
    /// How many entries there are.
    shown: usize,
    /// Those that can be read.
    users: Vec<User>,
}

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = match Value::deserialize(deserializer)? {
            Value::Object(written) => written,
            // Without anything around it.
            users @ Value::Array(_) => Map::from_iter([("Resources".to_owned(), users)]),
            _ => return Err(D::Error::custom("not a list")),
        };
        let is_list =
            |name: &String| name.eq_ignore_ascii_case("Resources") || name.eq_ignore_ascii_case("totalResults");
        if !written.keys().any(is_list) {
            return Err(D::Error::custom("not a list"));
        }
        let mut list = named(written, &["totalResults", "Resources"]);
        let users = match list.remove("Resources") {
            None => Vec::new(),
            Some(Value::Array(users)) => users,
            // Of one User, some make no list.
            Some(user @ Value::Object(_)) => vec![user],
            Some(_) => return Err(D::Error::custom("not a list")),
        };
        let entries: Vec<_> = users.into_iter().filter(|user| !user.is_null()).collect();
        let shown = entries.len();
        let users = entries.into_iter().filter_map(|user| serde_json::from_value::<User>(user).ok());
        let users = users.filter(|user| user.id().is_some()).collect();
        let total = list.get("totalResults").and_then(text).and_then(|total| total.parse().ok());
        Ok(Self { total: total.unwrap_or(shown), shown, users })
    }
}

/// An error (RFC 7644 §3.12), or as much as can be understood of one.
#[derive(Default)]
struct Problem {
    scim_type: String,
    detail: String,
}

impl Problem {
    fn of(answer: &Answer) -> Self {
        let written: Map<String, Value> = answer.peek().unwrap_or_default();
        let said = named(written, &["scimType", "detail", "message", "description"]);
        let text = |name| said.get(name).and_then(text);
        let detail = text("detail").or_else(|| text("message")).or_else(|| text("description"));
        Self { scim_type: text("scimType").unwrap_or_default(), detail: detail.unwrap_or_default() }
    }
}

/// Reads an answer as everything that it may be; what is kept of what it refuses.
#[cfg(any(test, feature = "fuzzing"))]
pub(super) fn read(answer: &Answer) -> Vec<Refusal> {
    let users = answer.peek::<User>().into_iter().chain(answer.read::<List>().into_iter().flat_map(|list| list.users));
    for user in users {
        let mut after = user.clone();
        after.give_up();
        let body: User = serde_json::from_str(&after.body()).expect("what we write is a User");
        assert!(body.says_active() == Some(false) && user.id() == body.id(), "given up, and another one");
        let _ = (after.patch(&user), user.version(), user.is_removed(), user.is_workspace());
    }
    vec![refusal(answer, &["ann.lee"])]
}

/// Not an answer that SCIM knows. It may pass, like whatever stands between us and the service.
fn unreadable(what: &str) -> Refusal {
    Refusal { detail: Some(what.to_owned()), ..Fault::TargetUnavailable.into() }
}

fn refusal(answer: &Answer, names: &[&str]) -> Refusal {
    let Problem { scim_type, detail } = Problem::of(answer);
    let said = format!("{scim_type} {detail}");
    let refusal = answer.refusal(&quote(&said, names));
    // The address is all that has to be unique; some services leave the type out.
    let conflict = answer.status == StatusCode::CONFLICT && scim_type.is_empty();
    let taken = scim_type.eq_ignore_ascii_case("uniqueness") || conflict;
    if !taken {
        return refusal;
    }
    let fault = if names_another_company(&detail) { Fault::AddressElsewhere } else { Fault::AddressInUse };
    Refusal { fault, ..refusal }
}
