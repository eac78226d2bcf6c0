//! The vendor's published provisioning API: accounts are its BroadWorks subscribers. Another Flowthrough, which serves
//! the same API, is as good a target.
//!
//! The vendor answers before it has acted, and its subscribers have states of their own:
//!
//! | the subscriber there is | for us |
//! |---|---|
//! | `provisioned` | done |
//! | `provisioning`, `updating` | under way |
//! | `pending_user_migration` | the owner of an existing free account is asked to consent |
//! | `pending_email_input`, `pending_email_validation` | refused: the template there wants the user to prove an address once more, which ours has been; its administrator has to set it to trusted emails |
//! | `error` | refused, with the vendor's words |
//!
//! What stands there in error, or waits for an address, is deleted when the activation is tried again. So is a subscriber
//! with another address than the one that was proven since, because the vendor's API changes no address: deleting takes
//! away only the tie between the BroadWorks user and the person.
//!
//! Workspaces are in [`workspaces`].
//!
//! A 204 for a DELETE may mean no more than "accepted": a removal is done when the subscriber is not found any more.

mod workspaces;

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use domain::{EmailAddress, Fault, Language};
use reqwest::{Method, RequestBuilder, StatusCode, header};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::{
    Account, Holds, Identity, Progress, Refusal, Target,
    elsewhere::names_another_company,
    lenient,
    remote::{Answer, Endpoint, Remote},
};
use crate::{ids::TaskId, quotation::quote, vendor_id::Kind};

/// The name that templates use.
pub const NAME: &str = "webex";

const SUBSCRIBERS: [&str; 2] = ["broadworks", "subscribers"];
/// The vendor's number for a BroadWorks user who is there already.
const USER_ID_TAKEN: u32 = 10022;
/// How many accepted orders are remembered at the most; each takes a few dozen bytes.
const MEMORY: usize = 10_000;

/// The vendor's API.
pub struct Webex {
    remote: Remote,
    accepted: Accepted,
}

impl Webex {
    /// The API at this address, such as `https://webexapis.com/v1`. `patience` is how long one call may take.
    ///
    /// # Errors
    /// If TLS cannot be set up.
    pub fn new(endpoint: Endpoint, patience: Duration) -> Result<Self, reqwest::Error> {
        let [broadworks, subscribers] = SUBSCRIBERS;
        let endpoint = endpoint.above(&[subscribers]).above(&[broadworks]);
        Ok(Self { remote: Remote::new(endpoint, patience)?, accepted: Accepted::default() })
    }

    /// The subscriber there: by its user id or, if that has changed meanwhile, by the person.
    async fn look_up(&self, identity: &Identity) -> Result<Option<Subscriber>, Refusal> {
        let by_user = [("userId", identity.user_id.as_str()), ("spEnterpriseId", &identity.sp_enterprise_id)];
        let found = self.list(&by_user).await?;
        // A filter that is overlooked must not make us change somebody else's account.
        if let Some(there) = found.into_iter().find(|there| there.is_user(identity)) {
            return Ok(Some(there));
        }
        let Some(person_id) = &identity.person_id else { return Ok(None) };
        let found = self.list(&[("personId", &written_person_id(person_id))]).await?;
        Ok(found.into_iter().find(|there| there.person_id().as_ref() == Some(person_id)))
    }

    async fn list(&self, filters: &[(&str, &str)]) -> Result<Vec<Subscriber>, Refusal> {
        let answer = Answer::to(self.remote.request(Method::GET, &SUBSCRIBERS).query(filters)).await?;
        match answer.status {
            // Without an id nobody can be changed, and the address of nobody is the address of all.
            StatusCode::OK => {
                Ok(answer.read::<Items>()?.items.into_iter().filter(|there| !there.id.is_empty()).collect())
            }
            // A person who is not known any more.
            StatusCode::NOT_FOUND => Ok(Vec::new()),
            _ => Err(refusal(&answer, &[])),
        }
    }

    async fn add(&self, account: &Account) -> Result<Progress, Refusal> {
        let Account { identity, email, details, .. } = account;
        let language = details.language.as_ref().map(|written| locale(written));
        let mut body = changeable(account);
        body.extend([
            ("provisioningId", identity.template.as_deref()),
            ("spEnterpriseId", Some(&identity.sp_enterprise_id)),
            ("email", Some(email.as_str())),
            ("language", language.as_deref()),
        ]);
        let request = self.remote.request(Method::POST, &SUBSCRIBERS);
        let answer = Answer::to(write(request, account.idempotency_key, &body)).await?;
        if answer.status.is_success() {
            self.accepted.remember(account.idempotency_key);
            return self.reported(&answer, identity).await;
        }
        let refusal = refusal(&answer, &names(account));
        if !answer.peek::<Failure>().is_some_and(|failure| failure.has(USER_ID_TAKEN)) {
            return Err(refusal);
        }
        match self.look_up(identity).await? {
            Some(there) => self.adopt(there, account).await,
            None => Err(Refusal { fault: Fault::AccountConflict, ..refusal }),
        }
    }

    /// Makes what is there already the account that is wanted.
    async fn adopt(&self, there: Subscriber, account: &Account) -> Result<Progress, Refusal> {
        match there.progress() {
            Ok(Progress::Done(_)) => self.correct(there, account).await,
            Ok(Progress::Underway(wait)) => Ok(Progress::Underway(wait)),
            // Its owner has been asked for this very address.
            Ok(Progress::ConsentAsked) if there.has_address(&account.email) => Ok(Progress::ConsentAsked),
            Ok(Progress::ConsentAsked) | Err(_) => self.start_over(&there, account).await,
        }
    }

    /// Brings what was provisioned up to date.
    async fn correct(&self, there: Subscriber, account: &Account) -> Result<Progress, Refusal> {
        if !there.has_address(&account.email) {
            return self.start_over(&there, account).await;
        }
        if there.is(account) {
            return there.progress();
        }
        let request = self.one(Method::PUT, &there);
        let answer = Answer::to(write(request, account.idempotency_key, &changeable(account))).await?;
        if !answer.status.is_success() {
            return Err(refusal(&answer, &names(account)));
        }
        self.accepted.remember(account.idempotency_key);
        self.reported(&answer, &account.identity).await
    }

    /// How far the vendor is with what it has accepted: as it said or, if that cannot be understood, as it shows.
    async fn reported(&self, answer: &Answer, identity: &Identity) -> Result<Progress, Refusal> {
        match answer.peek::<Subscriber>().filter(|reported| !reported.status.is_empty()) {
            Some(reported) => reported.progress(),
            None => match self.look_up(identity).await? {
                Some(there) => there.progress(),
                None => Ok(Progress::Underway(None)),
            },
        }
    }

    /// Deletes what is there. Once it is gone, the account is created anew.
    async fn start_over(&self, there: &Subscriber, account: &Account) -> Result<Progress, Refusal> {
        self.delete(there, &names(account)).await?;
        Ok(Progress::Underway(None))
    }

    async fn delete(&self, there: &Subscriber, names: &[&str]) -> Result<(), Refusal> {
        let answer = Answer::to(self.one(Method::DELETE, there)).await?;
        if answer.status.is_success() || answer.status == StatusCode::NOT_FOUND {
            return Ok(());
        }
        Err(refusal(&answer, names))
    }

    fn one(&self, method: Method, there: &Subscriber) -> RequestBuilder {
        let [broadworks, subscribers] = SUBSCRIBERS;
        self.remote.request(method, &[broadworks, subscribers, &there.id])
    }
}

#[async_trait]
impl Target for Webex {
    async fn probe(&self) -> Result<(), Refusal> {
        // Unlike in a search, a 404 here means that nobody has such lists.
        let answer = Answer::to(self.remote.request(Method::GET, &SUBSCRIBERS).query(&[("max", "1")])).await?;
        if answer.status == StatusCode::OK { answer.read::<Items>().map(drop) } else { Err(refusal(&answer, &[])) }
    }
}

#[async_trait]
impl Holds<Account> for Webex {
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        self.look_up(identity).await?.map(|there| there.progress()).transpose()
    }

    async fn create(&self, account: &Account) -> Result<Progress, Refusal> {
        self.add(account).await
    }

    async fn update(&self, account: &Account) -> Result<Progress, Refusal> {
        let Some(there) = self.look_up(&account.identity).await? else { return self.add(account).await };
        if self.accepted.contains(account.idempotency_key) {
            return there.progress();
        }
        match there.progress() {
            // The failure of an older change.
            Err(_) | Ok(Progress::Done(_)) => self.correct(there, account).await,
            Ok(waiting) => Ok(waiting),
        }
    }

    async fn remove(&self, identity: &Identity) -> Result<Progress, Refusal> {
        let Some(there) = self.look_up(identity).await? else { return Ok(Progress::Done(None)) };
        self.delete(&there, &[]).await?;
        let gone = self.look_up(identity).await?.is_none();
        Ok(if gone { Progress::Done(None) } else { Progress::Underway(None) })
    }
}

/// The orders that the vendor has accepted, as far as this server remembers: what becomes of the subscriber or workspace afterwards
/// is their outcome, and neither an older one's nor a reason to ask again. To forget one costs a repeated PUT.
#[derive(Default)]
struct Accepted(Mutex<HashSet<TaskId>>);

impl Accepted {
    fn remember(&self, order: TaskId) {
        let mut keys = self.lock();
        if keys.len() >= MEMORY {
            keys.clear();
        }
        keys.insert(order);
    }

    fn contains(&self, order: TaskId) -> bool {
        self.lock().contains(&order)
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<TaskId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Members of a body; those without a value are left out.
type Members<'a> = Vec<(&'static str, Option<&'a str>)>;

/// What the vendor's API lets be changed, too.
fn changeable(account: &Account) -> Members<'_> {
    let Account { identity, first_name, last_name, package, details, .. } = account;
    vec![
        ("userId", Some(&identity.user_id)),
        ("firstName", Some(first_name)),
        ("lastName", Some(last_name)),
        ("package", Some(package.as_str())),
        ("primaryPhoneNumber", details.primary_phone.as_deref()),
        ("mobilePhoneNumber", details.mobile_phone.as_deref()),
        ("extension", details.extension.as_deref()),
        ("timezone", details.timezone.as_deref()),
    ]
}

fn write(request: RequestBuilder, idempotency_key: TaskId, members: &Members<'_>) -> RequestBuilder {
    let members = members.iter().filter_map(|(name, value)| Some(((*name).to_owned(), Value::from((*value)?))));
    let body: Map<_, _> = members.collect();
    request
        .header(header::CONTENT_TYPE, "application/json")
        .header("idempotency-key", idempotency_key.to_string())
        .body(Value::Object(body).to_string())
}

/// A language as the vendor writes it.
fn locale(written: &str) -> String {
    Language::parse(written).map_or_else(|_| written.to_owned(), |language| language.locale())
}

/// What must not be repeated of what the vendor says.
fn names(account: &Account) -> [&str; 3] {
    let local = account.email.as_str().split('@').next().unwrap_or_default();
    [local, &account.first_name, &account.last_name]
}

/// The vendor's schema `SubscriberListResponse`.
#[derive(Deserialize)]
struct Items {
    #[serde(deserialize_with = "listed")]
    items: Vec<Subscriber>,
}

/// A list, be it `null`; anything else is not the vendor's answer.
fn listed<'de, D: Deserializer<'de>, T: for<'a> Deserialize<'a>>(written: D) -> Result<Vec<T>, D::Error> {
    match Value::deserialize(written)? {
        listed @ (Value::Null | Value::Array(_)) => lenient::list(listed).map_err(D::Error::custom),
        _ => Err(D::Error::custom("not a list")),
    }
}

/// The vendor's schema `Subscriber`, as far as it is of interest.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subscriber {
    #[serde(deserialize_with = "lenient::text")]
    id: String,
    #[serde(default, deserialize_with = "lenient::optional_text")]
    person_id: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    user_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    sp_enterprise_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    first_name: String,
    #[serde(default, deserialize_with = "lenient::text")]
    last_name: String,
    #[serde(default, deserialize_with = "lenient::optional_text")]
    email: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional_text")]
    primary_phone_number: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional_text")]
    mobile_phone_number: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional_text")]
    extension: Option<String>,
    #[serde(default, deserialize_with = "lenient::text")]
    package: String,
    #[serde(default, deserialize_with = "lenient::text")]
    status: String,
    #[serde(default, deserialize_with = "lenient::list")]
    errors: Vec<Described>,
}

/// The vendor's schema `Error`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    #[serde(default, deserialize_with = "lenient::number")]
    error_code: u32,
    #[serde(default, deserialize_with = "lenient::text")]
    description: String,
    #[serde(default, deserialize_with = "lenient::optional_text")]
    field_name: Option<String>,
}

/// The body of a refusal.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Failure {
    #[serde(deserialize_with = "lenient::text")]
    message: String,
    #[serde(deserialize_with = "lenient::list")]
    errors: Vec<Described>,
    #[serde(deserialize_with = "lenient::optional_text")]
    tracking_id: Option<String>,
}

impl Failure {
    fn has(&self, code: u32) -> bool {
        self.errors.iter().any(|error| error.error_code == code)
    }
}

impl Subscriber {
    fn progress(&self) -> Result<Progress, Refusal> {
        let refused = |detail: &str| Err(Refusal { detail: Some(detail.to_owned()), ..Fault::TargetRefused.into() });
        match self.status.to_lowercase().as_str() {
            "provisioned" => Ok(Progress::Done(self.person_id())),
            "provisioning" | "updating" => Ok(Progress::Underway(None)),
            "pending_user_migration" => Ok(Progress::ConsentAsked),
            "error" => Err(Refusal {
                detail: Some(quote(&words(&self.errors), &[&self.first_name, &self.last_name])),
                ..fault(&self.errors).unwrap_or(Fault::TargetRefused).into()
            }),
            "pending_email_input" | "pending_email_validation" => {
                refused("the template at the target asks users for their address: set it to trusted emails")
            }
            _ => refused("the target answered with a status that its API does not have"),
        }
    }

    fn is_user(&self, identity: &Identity) -> bool {
        self.user_id.eq_ignore_ascii_case(&identity.user_id)
            && self.sp_enterprise_id.eq_ignore_ascii_case(&identity.sp_enterprise_id)
    }

    /// Without an address in the answer there is nothing to tell a difference by.
    fn has_address(&self, address: &EmailAddress) -> bool {
        self.email.as_deref().is_none_or(|there| EmailAddress::from_stored(there).key() == address.key())
    }

    /// Whether nothing is left to be changed. Languages and time zones are not shown: they go along with other changes.
    fn is(&self, account: &Account) -> bool {
        let Account { identity, first_name, last_name, package, details, .. } = account;
        let fits = |there: &Option<String>, wanted: &Option<String>| wanted.is_none() || there == wanted;
        self.status.eq_ignore_ascii_case("provisioned")
            && self.is_user(identity)
            && self.package.eq_ignore_ascii_case(package.as_str())
            && (&self.first_name, &self.last_name) == (first_name, last_name)
            && fits(&self.primary_phone_number, &details.primary_phone)
            && fits(&self.mobile_phone_number, &details.mobile_phone)
            && fits(&self.extension, &details.extension)
    }

    /// The person's id without its wrapping, in which our own API shows it again.
    fn person_id(&self) -> Option<String> {
        let written = self.person_id.as_ref()?;
        Some(Kind::Person.decode(written).unwrap_or_else(|| written.clone()))
    }
}

/// Reads an answer as everything that it may be; what is kept of what it refuses.
#[cfg(any(test, feature = "fuzzing"))]
pub(super) fn read(answer: &Answer) -> Vec<Refusal> {
    let listed = answer.read::<Items>().into_iter().flat_map(|list| list.items);
    let there: Vec<_> = answer.peek::<Subscriber>().into_iter().chain(listed).collect();
    for subscriber in &there {
        if let Some(id) = subscriber.person_id() {
            assert!(Uuid::try_parse(&id).is_err() || Kind::Person.decode(&written_person_id(&id)) == Some(id));
        }
    }
    let refused = there.iter().filter_map(|subscriber| subscriber.progress().err());
    refused.chain([refusal(answer, &["ann.lee"])]).collect()
}

/// The person's id as the vendor writes it. One that came in another wrapping was kept as it was.
fn written_person_id(id: &str) -> String {
    if Uuid::try_parse(id).is_ok() { Kind::Person.encode(id) } else { id.to_owned() }
}

fn refusal(answer: &Answer, names: &[&str]) -> Refusal {
    let failure: Failure = answer.peek().unwrap_or_default();
    let said = if failure.errors.is_empty() { failure.message } else { words(&failure.errors) };
    let mut said = quote(&said, names);
    let header = answer.header("trackingid").map(str::to_owned);
    if let Some(tracking_id) = failure.tracking_id.or(header) {
        let tracking_id = quote(&tracking_id, names);
        said = format!("{said} (TrackingID {tracking_id})").trim_start().to_owned();
    }
    let refusal = answer.refusal(&said);
    Refusal { fault: fault(&failure.errors).unwrap_or(refusal.fault), ..refusal }
}

/// Errors in the vendor's own words.
fn words(errors: &[Described]) -> String {
    let one = |error: &Described| {
        let field = error.field_name.as_ref().map(|name| format!(" [{name}]")).unwrap_or_default();
        format!("{} {}{field}", error.error_code, error.description)
    };
    errors.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// The fault in our catalogue of which these errors tell, if they do. Another Flowthrough answers with our own numbers;
/// of those, the ones that name a remedy here too are taken over. A fault that passed by itself would not be final there.
fn fault(errors: &[Described]) -> Option<Fault> {
    let numbered = errors.iter().find_map(|error| match Fault::from_code(error.error_code)? {
        Fault::UserIdTaken => Some(Fault::AccountConflict),
        known @ (Fault::AddressInUse
        | Fault::AddressElsewhere
        | Fault::PackageUnavailable
        | Fault::AccountConflict
        | Fault::ConsentDeclined) => Some(known),
        _ => None,
    });
    let elsewhere = || errors.iter().any(|error| names_another_company(&error.description));
    numbered.or_else(|| elsewhere().then_some(Fault::AddressElsewhere))
}

#[cfg(test)]
mod tests;
