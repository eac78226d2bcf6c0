//! The partner hub: Customer List → View Templates → onboarding template → User Verification → User Status.

mod account;
mod address;
mod arrival;
mod breadcrumbs;
mod change_package;
pub mod client;
mod customer;
mod customers;
mod delete_user;
mod error_text;
pub mod import_users;
mod layout;
mod live;
mod loaded;
mod missing;
mod outages;
mod outcome;
mod request;
mod retry_activation;
mod session;
mod setup;
mod sign_in;
mod somebody_else;
mod standing;
mod template;
mod tokens;
mod user_dialog;
mod user_list;
mod user_row;
mod users;
mod verification;

use domain::{
    Fault, Package, Permission, Status, Timestamp,
    lifecycle::{Actions, Order},
    subscriber::Requirement,
    template::{SelfProvisioning, UserVerification},
};
use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    any_nested_route::IntoAnyNestedRoute,
    components::{ParentRoute, Route},
    path,
};
use serde::{Deserialize, Serialize};

use self::{
    account::Account, customer::ViewTemplates, customers::Customers, import_users::ImportUsers, layout::Layout,
    missing::NoSuchPage, setup::SetUpPage, sign_in::SignInPage, template::TemplatePage, tokens::Tokens, users::Users,
};
use crate::problem::Problem;

/// The hub's pages, below `/hub`.
///
/// All of them are sent complete: whether somebody is signed in has to be known before the first byte.
#[component(transparent)]
pub fn HubRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/hub/sign-in") view=SignInPage ssr=SsrMode::Async/>
        <Route path=path!("/hub/setup/:token") view=SetUpPage ssr=SsrMode::Async/>
        <ParentRoute path=path!("/hub") view=Layout ssr=SsrMode::Async>
            <Route path=path!("") view=Customers/>
            <Route path=path!("customers") view=Customers/>
            <Route path=path!("customers/:id") view=ViewTemplates/>
            <Route path=path!("templates/:id") view=TemplatePage/>
            <Route path=path!("templates/:id/users") view=Users/>
            <Route path=path!("templates/:id/import") view=ImportUsers/>
            <Route path=path!("tokens") view=Tokens/>
            <Route path=path!("account") view=Account/>
            <Route path=path!("*any") view=NoSuchPage/>
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}

/// Who is signed in to the hub.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// The administrator's id: what the page asks carries it, so that another's page is refused.
    pub id: String,
    /// The administrator's email address.
    pub email: String,
    /// The partner's name.
    pub partner: String,
    /// Whether this is the demo.
    pub demo: bool,
}

/// A page of a list that is paged by key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows, in order.
    pub rows: Vec<T>,
    /// The key of its first row, if there is a page before it: what that one is read [`Cursor::Before`].
    pub previous: Option<String>,
    /// The key of its last row, if there is a page behind it: what that one is read [`Cursor::After`].
    pub next: Option<String>,
}

/// From where on a page of a list is read: by a row's key, so that the last page costs no more than the first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cursor {
    /// From the list's beginning.
    #[default]
    Start,
    /// Behind the row with this key.
    After(String),
    /// The rows that end before the one with this key.
    Before(String),
}

/// How many users there are and how they stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// All of them.
    pub total: u32,
    /// Provisioned.
    pub provisioned: u32,
    /// Waiting for the user or somebody else, or under way.
    pub pending: u32,
    /// In error.
    pub error: u32,
}

/// A row of the Customer List.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The service provider's id of it.
    pub sp_enterprise_id: String,
    /// How many onboarding templates its users came by.
    pub templates: u32,
    /// Its users.
    pub users: Counts,
}

/// What View Templates shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerTemplates {
    /// The customer's name.
    pub customer: String,
    /// Its onboarding templates.
    pub templates: Vec<TemplateRow>,
}

/// A row of View Templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateRow {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Trusted or untrusted.
    pub verification: UserVerification,
    /// The package that users get unless told otherwise.
    pub default_package: Package,
    /// Whether users can provision themselves, where they are meant to.
    pub self_provisioning: SelfProvisioning,
    /// This customer's users under it.
    pub users: Counts,
}

/// Why BroadWorks cannot check passwords.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInOutage {
    /// What was found at its address, in English.
    pub reason: String,
    /// When that was found first; nothing, if the address itself cannot be used.
    pub since: Option<Timestamp>,
}

/// An onboarding template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TemplateDetail {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// The default email language.
    pub language: String,
    /// The package that users get unless told otherwise.
    pub default_package: Package,
    /// Trusted or Untrusted Emails.
    pub verification: UserVerification,
    /// What the Share Link field holds.
    pub share_link: String,
    /// What it should point to.
    pub activation_link: String,
    /// Allow users to self-activate.
    pub self_activation: bool,
    /// Provision Admin First.
    pub provision_admin_first: bool,
    /// What BroadWorks or an API client uses to reach this template.
    pub provisioning_id: String,
    /// The Xsi-Actions address against which passwords are checked.
    pub xsi_url: String,
    /// What keeps users from signing in to the portal, if something does.
    pub sign_in_outage: Option<SignInOutage>,
    /// The name in the mails to users.
    pub partner_admin: String,
    /// Grows with each change: [`domain::Fault::ChangedMeanwhile`] if somebody else was faster.
    pub version: i32,
    /// All its users.
    pub users: Counts,
}

/// Something that users wait for and that is down for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceOutage {
    /// What it is.
    pub service: Service,
    /// What is wrong with it.
    pub cause: domain::Fault,
    /// When it last did nothing for the first time.
    pub since: Timestamp,
    /// How many of the template's users wait for it.
    pub waiting: u32,
}

/// What users wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Service {
    /// The mail server.
    Mail,
    /// Where accounts are created.
    Accounts,
}

/// Which users the User Status list shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserFilter {
    /// Only this customer's.
    pub customer: Option<String>,
    /// Only those with pending requirements or errors.
    pub exclude_provisioned: bool,
}

/// What the User Status view shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserStatus {
    /// The template's name.
    pub template: String,
    /// The customer's name, when the list shows only one customer's.
    pub customer: Option<String>,
    /// How the users of the whole list stand (before excluding the provisioned ones).
    pub users: Counts,
    /// One page of it.
    pub page: Page<UserRow>,
}

/// A row of the User Status list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// Its id.
    pub id: String,
    /// The BroadWorks ID.
    pub broadworks_id: String,
    /// First and last name.
    pub name: String,
    /// The customer's name.
    pub customer: String,
    /// The service provider's id of the customer.
    pub enterprise_id: String,
    /// The template's name.
    pub template: String,
    /// Whether the template lets users provision themselves through the portal.
    pub portal_open: bool,
    /// The address, proven or not.
    pub email: Option<String>,
    /// The package.
    pub package: Package,
    /// The package that an update under way asks for.
    pub wanted_package: Option<Package>,
    /// The status.
    pub status: Status,
    /// What is pending, if something is.
    pub requirement: Option<Requirement>,
    /// The last attempt's fault; `tracking_id` is the attempt's.
    pub problem: Option<Problem>,
    /// What the target itself said about that fault.
    pub detail: Option<String>,
    /// What is being done at the moment.
    pub under_way: Option<UnderWay>,
    /// Why the mail that asks to prove the address was refused, if it was.
    pub mail: Option<domain::Fault>,
    /// When the status last changed.
    pub changed: Timestamp,
    /// What the row's menu offers.
    pub actions: Actions,
}

/// What is being done for a user, and how that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnderWay {
    /// What it is.
    pub order: Order,
    /// How many attempts were begun.
    pub attempts: u32,
    /// Why the last attempt did not succeed; another one follows.
    pub hitch: Option<Fault>,
    /// When that one is made, if that is known.
    pub again: Option<Timestamp>,
}

/// How long an API token works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenLifetime {
    /// For so many days.
    Days(u16),
    /// Until it is revoked.
    Unlimited,
}

impl TokenLifetime {
    /// What is offered.
    pub const OFFERED: [Self; 4] = [Self::Days(30), Self::Days(90), Self::Days(365), Self::Unlimited];
}

/// Whether an API token works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// It does.
    Valid,
    /// Its time is over.
    Expired,
    /// Somebody revoked it.
    Revoked,
}

/// A row of the list of API tokens. The token itself is nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenRow {
    /// Its id.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// What it allows.
    pub permissions: Vec<Permission>,
    /// Since when it is there.
    pub created: Timestamp,
    /// Until when it works, if not until it is revoked.
    pub expires: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub used: Option<Timestamp>,
    /// Whether it works.
    pub state: TokenState,
}
