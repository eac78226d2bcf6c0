//! SCIM services as they are in the wild: each does one thing in its own way, within the standard or a little beside it.
//! Whatever that is, an account is created once, changed, removed and taken up again, and none is left behind.

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{Fault, Package};
use serde_json::{Map, Value, json};
use server::{
    environment::Environment,
    targets::{Account, Holds as _, Progress, remote::Endpoint, scim::Scim},
};
use tokio::net::TcpListener;

use super::{PATIENCE, account};
use crate::support::{find, remove};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// In what a service differs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Ways {
    /// `Resources: null` where nothing is found.
    null_resources: bool,
    /// No `Resources` where nothing is found.
    no_resources: bool,
    /// `totalResults` is a text, `Resources` is not an array where one User is found.
    loose_lists: bool,
    /// A list is an array with nothing around it.
    bare_lists: bool,
    /// Where nothing is found, 204; or 404, in the words of the standard or without a word.
    nothing: Option<Nothing>,
    /// Names of attributes in capitals.
    capitals: bool,
    /// `active` is `"True"` or `"False"`.
    active_as_text: bool,
    /// Ids are numbers.
    numeric_ids: bool,
    /// No `schemas`, and `null` for what is not there.
    bare: bool,
    /// A creation is answered with an address and nothing else.
    only_location: bool,
    /// A creation is answered with nothing.
    silent: bool,
    /// A creation is answered without the id.
    no_id: bool,
    /// A creation is answered with 200.
    plain_ok: bool,
    /// A creation is answered with 202, and can be seen a little later.
    late: bool,
    /// There is no PUT.
    patch_only: bool,
    /// A change has to name the version (RFC 7644 §3.14).
    needs_version: bool,
    /// Changes are answered with 204.
    says_nothing: bool,
    /// `externalId` is not kept.
    forgets_external_id: bool,
    /// `externalId` is kept and cannot be asked for.
    no_filter: bool,
    /// A type of a role that it does not know is refused, as by SCIMMY.
    knows_its_role_types: bool,
    /// There is no `active`.
    no_active: bool,
    /// The media type is plain JSON, with a byte order mark.
    marked: bool,
}

/// What a search says that finds nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Nothing {
    NoContent,
    NotFound,
    WordlessNotFound,
}

/// A service with Users.
#[derive(Clone)]
struct Service {
    ways: Ways,
    url: String,
    users: Arc<Mutex<Vec<Map<String, Value>>>>,
    /// How many requests until what was created last can be seen.
    unseen: Arc<Mutex<usize>>,
}

impl Service {
    async fn start(ways: Ways) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/scim/v2", listener.local_addr().unwrap());
        let service = Self { ways, url, users: Arc::default(), unseen: Arc::default() };
        let router = Router::new().fallback(answer).with_state(service.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        service
    }

    fn target(&self) -> Scim {
        Scim::new(Endpoint::parse(&self.url, "token").unwrap(), PATIENCE).unwrap()
    }

    fn users(&self) -> Vec<Map<String, Value>> {
        self.users.lock().unwrap().clone()
    }

    /// Those whom it lets in.
    fn active(&self) -> Vec<Map<String, Value>> {
        self.users().into_iter().filter(|user| user.get("active") != Some(&json!(false))).collect()
    }

    /// As this service writes a User.
    fn shown(&self, user: &Map<String, Value>) -> Value {
        let mut shown = user.clone();
        if self.ways.active_as_text {
            let active = if user["active"] == json!(false) { "False" } else { "True" };
            shown.insert("active".to_owned(), json!(active));
        }
        if self.ways.bare {
            shown.remove("schemas");
            shown.insert("title".to_owned(), Value::Null);
            shown.entry("roles").or_insert(Value::Null);
        }
        if self.ways.capitals {
            shown = shown.into_iter().map(|(name, value)| (name.to_uppercase(), value)).collect();
        }
        Value::Object(shown)
    }

    fn found(&self, found: &[Map<String, Value>]) -> Response {
        match self.ways.nothing.filter(|_| found.is_empty()) {
            None => self.json(StatusCode::OK, &self.list(found)),
            Some(Nothing::NoContent) => StatusCode::NO_CONTENT.into_response(),
            Some(Nothing::NotFound) => refusal(404, "", "there is none"),
            Some(Nothing::WordlessNotFound) => StatusCode::NOT_FOUND.into_response(),
        }
    }

    fn list(&self, found: &[Map<String, Value>]) -> Value {
        let users: Vec<_> = found.iter().map(|user| self.shown(user)).collect();
        if self.ways.bare_lists {
            return users.into();
        }
        let mut list =
            json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": users.len() });
        list["Resources"] = json!(users);
        if users.is_empty() && self.ways.null_resources {
            list["Resources"] = Value::Null;
        }
        if users.is_empty() && self.ways.no_resources {
            list.as_object_mut().unwrap().remove("Resources");
        }
        if self.ways.loose_lists {
            list["totalResults"] = json!(users.len().to_string());
            if let [only] = &users[..] {
                list["Resources"] = only.clone();
            }
        }
        if self.ways.capitals {
            let members = list.as_object().unwrap().clone();
            list = members.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect::<Map<_, _>>().into();
        }
        list
    }

    /// What it keeps of what was written; or why not.
    fn kept(&self, mut written: Map<String, Value>) -> Result<Map<String, Value>, Box<Response>> {
        if self.ways.knows_its_role_types
            && written
                .get("roles")
                .and_then(Value::as_array)
                .is_some_and(|roles| roles.iter().any(|role| !role["type"].is_null()))
        {
            return Err(refusal(400, "invalidValue", "Attribute 'type' contains non-canonical value 'customer'").into());
        }
        if self.ways.forgets_external_id {
            written.remove("externalId");
        }
        if self.ways.no_active {
            written.remove("active");
        }
        Ok(written)
    }

    fn created(&self, user: &Map<String, Value>) -> Response {
        let location = format!("{}/Users/{}", self.url, plain(&user["id"]));
        let mut shown = self.shown(user);
        match self.ways {
            Ways { only_location: true, .. } => (StatusCode::CREATED, [(header::LOCATION, location)]).into_response(),
            Ways { silent: true, .. } => StatusCode::CREATED.into_response(),
            Ways { late: true, .. } => {
                *self.unseen.lock().unwrap() = 3;
                StatusCode::ACCEPTED.into_response()
            }
            Ways { no_id: true, .. } => {
                shown.as_object_mut().unwrap().retain(|name, _| name != "id" && name != "meta");
                self.json(StatusCode::CREATED, &shown)
            }
            Ways { plain_ok: true, .. } => self.json(StatusCode::OK, &shown),
            _ => self.json(StatusCode::CREATED, &shown),
        }
    }

    fn changed(&self, user: &Map<String, Value>) -> Response {
        if self.ways.says_nothing {
            return StatusCode::NO_CONTENT.into_response();
        }
        self.json(StatusCode::OK, &self.shown(user))
    }

    fn json(&self, status: StatusCode, body: &Value) -> Response {
        let mark = if self.ways.marked { "\u{feff}" } else { "" };
        (status, [(header::CONTENT_TYPE, "application/json")], format!("{mark}{body}")).into_response()
    }

    fn answer(&self, method: &Method, path: &str, query: &str, version: Option<&str>, body: &str) -> Response {
        let written = || serde_json::from_str::<Map<String, Value>>(body).unwrap();
        let one = path.strip_prefix("/scim/v2/Users/");
        let mut users = self.users.lock().unwrap();
        let hidden = {
            let mut unseen = self.unseen.lock().unwrap();
            *unseen = unseen.saturating_sub(1);
            usize::from(*unseen > 0)
        };
        let seen = users.len() - hidden.min(users.len());
        let at = one.and_then(|id| users[..seen].iter().position(|user| plain(&user["id"]) == id));
        match (method.as_str(), one, at) {
            ("GET", None, _) if path == "/scim/v2/ServiceProviderConfig" => self.json(StatusCode::OK, &json!({})),
            ("GET", None, _) => {
                let (_, filter) = url::form_urlencoded::parse(query.as_bytes()).next().unwrap();
                let (attribute, value) = filter.split_once(" eq ").unwrap();
                if self.ways.no_filter && attribute == "externalId" {
                    return refusal(400, "invalidFilter", "externalId cannot be filtered");
                }
                let value: Value = serde_json::from_str(value).unwrap();
                let fits = |user: &&Map<String, Value>| user.get(attribute) == Some(&value);
                let found: Vec<_> = users[..seen].iter().filter(fits).cloned().collect();
                self.found(&found)
            }
            ("GET", Some(_), Some(at)) => self.json(StatusCode::OK, &self.shown(&users[at])),
            ("POST", None, _) => {
                let mut user = match self.kept(written()) {
                    Ok(user) => user,
                    Err(refused) => return *refused,
                };
                if users.iter().any(|other| other["userName"] == user["userName"]) {
                    return refusal(409, "uniqueness", "userName is taken");
                }
                let id = if self.ways.numeric_ids {
                    json!(users.len() + 1)
                } else {
                    json!(format!("id {}", users.len() + 1))
                };
                user.insert("id".to_owned(), id);
                user.insert("meta".to_owned(), json!({ "version": "W/\"1\"" }));
                users.push(user.clone());
                self.created(&user)
            }
            ("PUT" | "PATCH", Some(_), Some(at)) => {
                if self.ways.patch_only && method == Method::PUT {
                    return StatusCode::METHOD_NOT_ALLOWED.into_response();
                }
                let known = users[at]["meta"]["version"].as_str().unwrap().to_owned();
                if self.ways.needs_version && version != Some(&known) {
                    return refusal(428, "", "If-Match is missing");
                }
                let changed = if method == Method::PUT { written() } else { patched(users[at].clone(), &written()) };
                let mut changed = match self.kept(changed) {
                    Ok(changed) => changed,
                    Err(refused) => return *refused,
                };
                for own in ["id", "meta"] {
                    changed.insert(own.to_owned(), users[at][own].clone());
                }
                changed["meta"] = json!({ "version": format!("{known}x") });
                users[at] = changed.clone();
                self.changed(&changed)
            }
            ("DELETE", Some(_), Some(at)) => {
                users.remove(at);
                StatusCode::NO_CONTENT.into_response()
            }
            _ => refusal(404, "", "there is none"),
        }
    }
}

/// A single value as it stands in an address.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), |text| text.replace(' ', "%20"))
}

/// RFC 7644 §3.5.2, as far as it is used.
fn patched(mut user: Map<String, Value>, patch: &Map<String, Value>) -> Map<String, Value> {
    for operation in patch["Operations"].as_array().unwrap() {
        match operation["op"].as_str().unwrap() {
            "remove" => _ = user.remove(operation["path"].as_str().unwrap()),
            _ => user.extend(operation["value"].as_object().unwrap().clone()),
        }
    }
    user
}

fn refusal(status: u16, scim_type: &str, detail: &str) -> Response {
    let body = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": status.to_string(),
                       "scimType": scim_type, "detail": detail });
    (StatusCode::from_u16(status).unwrap(), body.to_string()).into_response()
}

async fn answer(State(service): State<Service>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().into()).unwrap();
    let version = head.headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok());
    service.answer(&head.method, head.uri.path(), head.uri.query().unwrap_or_default(), version, &body)
}

/// Does something with an account until the service has done it, and keeps the id as the engine does.
async fn until_done(target: &Scim, account: &mut Account, package: Package) -> Result<(), Fault> {
    account.package = package;
    for _ in 0..5 {
        match target.create(account).await.map_err(|refusal| refusal.fault)? {
            Progress::Done(id) => {
                account.identity.person_id = id.or(account.identity.person_id.take());
                return Ok(());
            }
            Progress::Underway(_) => {}
            Progress::ConsentAsked => panic!("nobody asks for consent"),
        }
    }
    panic!("it is never done");
}

fn ways() -> Vec<Ways> {
    let usual = Ways::default();
    vec![
        usual,
        Ways { null_resources: true, ..usual },
        Ways { no_resources: true, ..usual },
        Ways { loose_lists: true, ..usual },
        Ways { bare_lists: true, ..usual },
        Ways { nothing: Some(Nothing::NoContent), ..usual },
        Ways { nothing: Some(Nothing::NotFound), ..usual },
        Ways { nothing: Some(Nothing::WordlessNotFound), ..usual },
        Ways { capitals: true, ..usual },
        Ways { active_as_text: true, ..usual },
        Ways { numeric_ids: true, ..usual },
        Ways { bare: true, ..usual },
        Ways { only_location: true, ..usual },
        Ways { only_location: true, numeric_ids: true, ..usual },
        Ways { silent: true, ..usual },
        Ways { silent: true, forgets_external_id: true, ..usual },
        Ways { no_id: true, ..usual },
        Ways { no_id: true, no_filter: true, ..usual },
        Ways { plain_ok: true, ..usual },
        Ways { late: true, ..usual },
        Ways { patch_only: true, ..usual },
        Ways { patch_only: true, needs_version: true, ..usual },
        Ways { needs_version: true, ..usual },
        Ways { says_nothing: true, ..usual },
        Ways { forgets_external_id: true, ..usual },
        Ways { knows_its_role_types: true, ..usual },
        Ways { no_active: true, ..usual },
        Ways { no_active: true, says_nothing: true, ..usual },
        Ways { marked: true, ..usual },
        Ways {
            null_resources: true,
            capitals: true,
            active_as_text: true,
            numeric_ids: true,
            bare: true,
            only_location: true,
            ..usual
        },
    ]
}

#[tokio::test]
async fn whatever_a_service_writes_no_account_is_left_behind() {
    for ways in ways() {
        let service = Service::start(ways).await;
        let target = service.target();
        let mut ann = account("ann@acme.example");
        ann.details.language = Some("en_us".to_owned());
        until_done(&target, &mut ann, Package::Standard).await.unwrap();
        let [there] = &service.users()[..] else { panic!("{ways:?}: not one User") };
        assert_eq!(ann.identity.person_id.as_ref(), Some(&plain(&there["id"]).replace("%20", " ")), "{ways:?}");
        assert_eq!(
            (&there["preferredLanguage"], &there["roles"]),
            (&json!("en-US"), &json!([{ "value": "administrator" }]))
        );
        assert_eq!(there[ENTERPRISE]["organization"], "SP1+acme");
        if !ways.no_filter {
            assert_eq!(
                find(&target, &ann.identity).await,
                Ok(Some(Progress::Done(ann.identity.person_id.clone()))),
                "{ways:?}"
            );
        }

        until_done(&target, &mut ann, Package::Premium).await.unwrap();
        let [changed] = &service.users()[..] else { panic!("{ways:?}: not one User") };
        assert_eq!(changed["entitlements"], json!([{ "value": "premium", "type": "package" }]), "{ways:?}");

        for _ in 0..2 {
            assert_eq!(remove(&target, &ann.identity).await, Ok(Progress::Done(None)), "{ways:?}");
            assert_eq!(service.active(), [], "{ways:?}");
            assert_eq!(find(&target, &ann.identity).await.unwrap_or(None), None, "{ways:?}");
        }

        // Another subscriber with the same address. Without our id nobody can say whose the account was.
        let mut again = account("ann@acme.example");
        let expected = if ways.forgets_external_id { Err(Fault::AddressInUse) } else { Ok(()) };
        assert_eq!(until_done(&target, &mut again, Package::Basic).await, expected, "{ways:?}");
        if expected.is_ok() {
            let [taken_up] = &service.active()[..] else { panic!("{ways:?}: not one User") };
            assert_eq!(taken_up["externalId"], again.identity.external_id.to_string(), "{ways:?}");
            assert_eq!(service.users().len(), 1, "{ways:?}");
        }
    }
}

#[tokio::test]
async fn a_lost_answer_leaves_no_second_account() {
    for ways in ways().into_iter().filter(|ways| !ways.forgets_external_id) {
        let service = Service::start(ways).await;
        let target = service.target();
        let mut ann = account("ann@acme.example");
        // The service has done it and the caller never heard.
        target.create(&ann).await.unwrap();
        ann.idempotency_key = Environment::real().id().into();
        until_done(&target, &mut ann, Package::Basic).await.unwrap();
        assert_eq!(service.users().len(), 1, "{ways:?}");
    }
}

#[tokio::test]
async fn an_address_that_was_pasted_with_what_is_below_it_is_the_services() {
    for below in ["/Users/", "/users", "/ServiceProviderConfig"] {
        let service = Service::start(Ways::default()).await;
        let endpoint = Endpoint::parse(&format!("{}{below}", service.url), "token").unwrap();
        Scim::new(endpoint, PATIENCE).unwrap().create(&account("ann@acme.example")).await.unwrap();
        assert_eq!(service.users().len(), 1, "{below}");
    }
}
