//! The addresses of the hub's pages.

use std::str::FromStr;

use domain::{Fault, limit};
use leptos_router::params::ParamsMap;

use super::model::{AuditFilter, Cursor, CustomerId, JobId, TemplateId, UserFilter, UserId, WebhookId};
use crate::problem::Problem;

/// Where the hub begins: the Customer List.
pub const HOME: &str = "/hub";
/// The Customer List.
pub const CUSTOMERS: &str = "/hub/customers";
/// How onboarding goes.
pub const OVERVIEW: &str = "/hub/overview";
/// The API tokens.
pub const TOKENS: &str = "/hub/tokens";
/// The webhooks.
pub const WEBHOOKS: &str = "/hub/webhooks";
/// The audit log.
pub const AUDIT: &str = "/hub/audit";
/// Those who sign in to the hub.
pub const PEOPLE: &str = "/hub/people";
/// Who is signed in, and their password.
pub const ACCOUNT: &str = "/hub/account";
/// Where an administrator signs in.
pub const SIGN_IN: &str = "/hub/sign-in";
/// The query parameter that leaves the provisioned users out.
pub const EXCLUDE_PROVISIONED: &str = "exclude_provisioned";

/// The query parameter that holds a list's filter in words.
pub const FILTER: &str = "filter";
/// The search over all users.
pub const SEARCH: &str = "/hub/search";
/// The query parameter that holds what is searched for.
pub const SEARCHED: &str = "q";

/// The bulk jobs.
pub const JOBS: &str = "/hub/jobs";
/// The query parameter that holds which of a job's rows are shown, or of a webhook's deliveries.
pub const OUTCOME: &str = "outcome";
/// The deletions that wait for approval.
pub const DELETIONS: &str = "/hub/deletions";
/// Where those who are ticked are exported.
pub const EXPORT_SELECTED: &str = "/hub/users.csv";

/// The query parameter that holds the customer by whose list a page was reached.
pub const CUSTOMER: &str = "customer";

/// The id of what a page is about, which is part of its path.
///
/// # Errors
/// [`Fault::NotFound`] for what is no id: nothing is there.
pub fn id<Id: FromStr>(params: &ParamsMap) -> Result<Id, Problem> {
    parsed(&params.get("id").unwrap_or_default())
}

/// The id in this query parameter, if an address has it.
///
/// # Errors
/// [`Fault::NotFound`] for what is no id: nothing is there.
pub fn id_in<Id: FromStr>(query: &ParamsMap, name: &str) -> Result<Option<Id>, Problem> {
    query.get(name).map(|written| parsed(&written)).transpose()
}

fn parsed<Id: FromStr>(written: &str) -> Result<Id, Problem> {
    written.parse().map_err(|_| Fault::NotFound.into())
}

/// The bulk jobs from a key on.
pub fn jobs(after: String) -> String {
    with_query(JOBS, [("after", Some(after))])
}

/// A job, and those of its rows that have this outcome, from a key on.
pub fn job(id: JobId, outcome: Option<&str>, after: Option<String>) -> String {
    with_query(&format!("{JOBS}/{id}"), [(OUTCOME, outcome.map(str::to_owned)), ("after", after)])
}

/// What the search finds, from a row on.
pub fn search(typed: &str, cursor: Cursor) -> String {
    with_query(SEARCH, [(SEARCHED, Some(typed.to_owned()))].into_iter().chain(from_on(cursor)))
}

/// The Customer List of those who fit, from a key on.
pub fn customers(filter: Option<String>, after: Option<String>) -> String {
    with_query(CUSTOMERS, [(FILTER, filter), ("after", after)])
}

/// The API tokens from a key on.
pub fn tokens(after: String) -> String {
    with_query(TOKENS, [("after", Some(after))])
}

/// The webhooks from a key on.
pub fn webhooks(after: String) -> String {
    with_query(WEBHOOKS, [("after", Some(after))])
}

/// A webhook, and those of its deliveries that are this far, from a key on.
pub fn webhook(id: WebhookId, state: Option<&str>, after: Option<String>) -> String {
    with_query(&format!("{WEBHOOKS}/{id}"), [(OUTCOME, state.map(str::to_owned)), ("after", after)])
}

/// The audit log from a key on.
pub fn audit(filter: &AuditFilter, after: Option<String>) -> String {
    with_query(AUDIT, audit_query(filter).into_iter().chain([("after", after)]))
}

/// The audit log as CSV.
pub fn audit_export(filter: &AuditFilter) -> String {
    with_query("/hub/audit.csv", audit_query(filter))
}

fn audit_query(filter: &AuditFilter) -> [(&'static str, Option<String>); 4] {
    let AuditFilter { who, what, from, to } = filter.clone();
    [("who", who), ("what", what), ("from", from), ("to", to)]
}

/// View Templates of a customer.
pub fn customer(id: CustomerId) -> String {
    format!("/hub/customers/{id}")
}

/// The people of a customer, in a grid; of the caller's own one, if none is named.
pub fn roster(customer: Option<CustomerId>, find: Option<&str>, cursor: Cursor) -> String {
    let path = customer.map_or_else(|| HOME.to_owned(), |id| format!("/hub/customers/{id}/people"));
    with_query(&path, [(FILTER, find.map(str::to_owned))].into_iter().chain(from_on(cursor)))
}

/// The stream that names the users of a customer that changed.
pub fn customer_live(id: CustomerId) -> String {
    format!("/hub/customers/{id}/live")
}

/// An onboarding template; `customer` is the one by whose list it was reached.
pub fn template(id: TemplateId, customer: Option<CustomerId>) -> String {
    with_query(&format!("/hub/templates/{id}"), [of_customer(customer)])
}

/// User Status, from its beginning.
pub fn users(template: TemplateId, filter: UserFilter) -> String {
    users_at(template, filter, Cursor::Start, None)
}

/// A page of User Status; `from` is the place of its first row in the list, where that is known.
pub fn users_at(template: TemplateId, filter: UserFilter, cursor: Cursor, from: Option<u32>) -> String {
    let cursor = from_on(cursor);
    let from = cursor.is_some().then_some(("from", from.map(|from| from.to_string())));
    with_query(&format!("/hub/templates/{template}/users"), filtered(filter).into_iter().chain(cursor).chain(from))
}

fn from_on(cursor: Cursor) -> Option<(&'static str, Option<String>)> {
    match cursor {
        Cursor::Start => None,
        Cursor::After(key) => Some(("after", Some(key))),
        Cursor::Before(key) => Some(("before", Some(key))),
    }
}

/// From where on an address reads a list.
pub fn cursor(query: &ParamsMap) -> Cursor {
    match (query.get("after"), query.get("before")) {
        (Some(key), _) => Cursor::After(key),
        (None, Some(key)) => Cursor::Before(key),
        (None, None) => Cursor::Start,
    }
}

/// The filtered list that this address shows, from its beginning; none for another page, or one that shows everybody.
pub fn view(path: &str, query: &ParamsMap) -> Option<String> {
    let filter = [CUSTOMER, EXCLUDE_PROVISIONED, FILTER, SEARCHED].map(|name| (name, query.get(name)));
    let filtered =
        filter.iter().any(|(name, value)| *name != CUSTOMER && value.as_ref().is_some_and(|value| !value.is_empty()));
    let address = with_query(path, filter);
    (filtered && is_list(&address)).then_some(address)
}

/// Whether an address is that of a list of users, with a filter, and of nothing else.
#[must_use]
pub fn is_list(address: &str) -> bool {
    let plain = address.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    let Some((path, query)) = address.split_once('?') else { return false };
    let of_template = path.strip_prefix("/hub/templates/").and_then(|rest| rest.strip_suffix("/users"));
    let is_list = path == SEARCH || of_template.is_some_and(|id| id.parse::<TemplateId>().is_ok());
    plain && is_list && !query.is_empty() && address.len() <= limit::VIEW_ADDRESS
}

/// The whole list of User Status as CSV.
pub fn export(template: TemplateId, filter: UserFilter) -> String {
    with_query(&format!("/hub/templates/{template}/users.csv"), filtered(filter))
}

/// The page on which users are imported.
pub fn import(template: TemplateId, customer: Option<CustomerId>) -> String {
    with_query(&format!("/hub/templates/{template}/import"), [of_customer(customer)])
}

/// Where a file of users goes; what is wrong in it is written in this language.
#[cfg(feature = "hydrate")]
pub fn upload(template: TemplateId, dry_run: bool, all_or_nothing: bool, language: &str) -> String {
    let wanted = [("dry_run", dry_run), ("all_or_nothing", all_or_nothing)];
    let wanted = wanted.map(|(name, wanted)| (name, Some(wanted.to_string())));
    let wanted = wanted.into_iter().chain([("language", Some(language.to_owned()))]);
    with_query(&format!("/hub/templates/{template}/users.csv"), wanted)
}

/// How a template's portal or mail looks, in this language and colour. What was saved meanwhile makes it another address.
pub fn preview(template: TemplateId, what: &str, language: &str, accent: &str, version: i32) -> String {
    let wanted = [("language", language.to_owned()), ("accent", accent.to_owned()), ("version", version.to_string())];
    with_query(&format!("/hub/templates/{template}/preview/{what}"), wanted.map(|(name, wanted)| (name, Some(wanted))))
}

/// The stream that names the users of a template that changed.
pub fn live(template: TemplateId) -> String {
    format!("/hub/templates/{template}/live")
}

/// The query parameter that holds the user who is shown beside a list.
pub const USER: &str = "user";

/// A list's address with somebody beside it, or nobody.
pub fn beside(path: &str, query: &ParamsMap, user: Option<UserId>) -> String {
    let mut query = query.clone();
    query.remove(USER);
    if let Some(user) = user {
        query.insert(USER, user.to_string());
    }
    written(path, &query)
}

/// A user's page.
pub fn user(id: UserId) -> String {
    format!("/hub/users/{id}")
}

/// What happened to a user before the step with this key.
pub fn user_before(id: UserId, step: String) -> String {
    with_query(&user(id), [("after", Some(step))])
}

/// The stream that reports when a user changed.
pub fn user_live(id: UserId) -> String {
    format!("/hub/users/{id}/live")
}

/// The sign-in page that leads to `next` afterwards.
#[must_use]
pub fn sign_in(next: String) -> String {
    with_query(SIGN_IN, [("next", Some(next))])
}

/// The page at which a proof by an identity provider ends.
#[must_use]
pub const fn confirmed() -> &'static str {
    "/hub/confirmed"
}

/// Where a sign-in by an identity provider begins that leads to `next` afterwards.
pub fn sign_in_with(provider: &str, next: String) -> String {
    with_query(&format!("/hub/sign-in/with/{provider}"), [("next", Some(next))])
}

/// Where whoever is signed in by an identity provider proves it there.
pub const CONFIRM: &str = "/hub/confirm";

/// The page behind a set-up link.
pub fn set_up(token: &str) -> String {
    format!("/hub/setup/{token}")
}

/// The page behind an invitation.
pub fn invitation(token: &str) -> String {
    format!("/hub/invitation/{token}")
}

fn of_customer(customer: Option<CustomerId>) -> (&'static str, Option<String>) {
    (CUSTOMER, customer.map(|id| id.to_string()))
}

fn filtered(filter: UserFilter) -> [(&'static str, Option<String>); 3] {
    let exclude = filter.exclude_provisioned.then(|| "true".to_owned());
    [of_customer(filter.customer), (EXCLUDE_PROVISIONED, exclude), (FILTER, filter.text)]
}

fn with_query(path: &str, pairs: impl IntoIterator<Item = (&'static str, Option<String>)>) -> String {
    let mut query = ParamsMap::new();
    for (name, value) in pairs {
        if let Some(value) = value {
            query.insert(name, value);
        }
    }
    written(path, &query)
}

fn written(path: &str, query: &ParamsMap) -> String {
    // The router escapes whatever is no letter or digit, but people read addresses.
    format!("{path}{}", query.to_query_string().replace("%2D", "-").replace("%5F", "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "00000000-0000-0000-0000-000000000001";
    const TWO: &str = "00000000-0000-0000-0000-000000000002";

    #[test]
    fn the_filter_is_kept_from_page_to_page() {
        let (template, customer) = (ONE.parse().unwrap(), TWO.parse().unwrap());
        let filter = UserFilter { customer: Some(customer), exclude_provisioned: true, text: None };
        assert_eq!(
            users_at(template, filter.clone(), Cursor::After("a b".to_owned()), Some(51)),
            format!("/hub/templates/{ONE}/users?customer={TWO}&exclude_provisioned=true&after=a%20b&from=51")
        );
        assert_eq!(
            export(template, filter),
            format!("/hub/templates/{ONE}/users.csv?customer={TWO}&exclude_provisioned=true")
        );
        assert_eq!(users(template, UserFilter::default()), format!("/hub/templates/{ONE}/users"));
    }

    #[test]
    fn somebody_beside_a_list_changes_nothing_else_of_its_address() {
        let mut query = ParamsMap::new();
        query.insert(FILTER, "status:error".to_owned());
        let with = beside("/hub/x", &query, ONE.parse().ok());
        assert_eq!(with, format!("/hub/x?filter=status%3Aerror&user={ONE}"));
        query.insert(USER, ONE.to_owned());
        assert_eq!(beside("/hub/x", &query, TWO.parse().ok()), with.replace(ONE, TWO));
        assert_eq!(beside("/hub/x", &query, None), "/hub/x?filter=status%3Aerror");
    }

    #[test]
    fn a_view_is_a_filtered_list_from_its_beginning_and_no_other_page() {
        let mut query = ParamsMap::new();
        let path = format!("/hub/templates/{ONE}/users");
        query.insert("after", "x".to_owned());
        query.insert("lang", "de".to_owned());
        query.insert(CUSTOMER, TWO.to_owned());
        assert_eq!(view(&path, &query), None, "everybody of a customer");
        query.insert(FILTER, "status:error stuck:>3d".to_owned());
        let saved = view(&path, &query).unwrap();
        assert_eq!(saved, format!("{path}?customer={TWO}&filter=status%3Aerror%20stuck%3A%3E3d"));
        assert_eq!(view("/hub/people", &query), None);
        for list in [saved.as_str(), "/hub/search?q=ann"] {
            assert!(is_list(list), "{list}");
        }
        let long = format!("/hub/search?q={}", "x".repeat(limit::VIEW_ADDRESS));
        for other in [
            "",
            "/hub/search",
            "/hub/search?",
            "/hub/people?q=x",
            "//evil.example/hub/search?q=x",
            "https://evil.example/hub/search?q=x",
            "/hub/templates/../users?filter=x",
            "/hub/templates/x/users?filter=x",
            "/hub/search?q=a b",
            "/hub/search?q=\\",
            &long,
        ] {
            assert!(!is_list(other), "{other}");
        }
    }

    #[test]
    fn what_is_no_id_names_nothing() {
        let mut written = ParamsMap::new();
        assert_eq!(id::<UserId>(&written), Err(Fault::NotFound.into()));
        assert_eq!(id_in::<CustomerId>(&written, CUSTOMER), Ok(None));
        written.insert("id", "ann".to_owned());
        written.insert(CUSTOMER, String::new());
        assert_eq!(id::<UserId>(&written), Err(Fault::NotFound.into()));
        assert_eq!(id_in::<CustomerId>(&written, CUSTOMER), Err(Fault::NotFound.into()));
        written.replace("id", ONE.to_owned());
        assert_eq!(id::<UserId>(&written), Ok(ONE.parse().unwrap()));
    }
}
