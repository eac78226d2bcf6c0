//! Every server function, one by one: it has a permission named, asks for that one, and does nothing for whoever lacks it.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use app::{
    access::{Guard, SERVER_FUNCTIONS},
    backend::{Administrator, Hub, Portal, Visitor},
    problem::Problem,
    visitor::{HUB_SESSION, PORTAL_SESSION, refuse},
};
use async_trait::async_trait;
use axum::{
    body::Body,
    extract::FromRequestParts as _,
    http::{Request, StatusCode, header},
    response::IntoResponse as _,
};
use domain::{Fault, Permission, Permissions, Status, permission::Access};
use leptos::{prelude::provide_context, server_fn::axum::server_fn_paths};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use server::{
    access::{administrators, guard::BillingRead, tokens},
    backend::{hub::HubService, portal::PortalService},
    http::signed_in::SignedIn,
    outbound::Reach,
    provisioning::bulk::{self, Action, NewJob},
    store::{Actor, Tenant, WebhookId, api_token},
    webhooks::{self, Event, Secret, WebhookUrl},
};
use uuid::Uuid;

use crate::entity::webhook_delivery;
use crate::support::{ADMIN_PASSWORD, PUBLIC_URL, World, cookie, for_each_database, returning, visitor};

/// A call of each, with arguments that it can read.
pub const CALLS: &[(&str, &str)] = &[
    ("/api/hub/sign-in", "email=a%40b.example&password=x&next="),
    ("/api/hub/sign-in-step", ""),
    ("/api/hub/sign-in-services", ""),
    ("/api/hub/sign-in-code", "code=123456&next="),
    ("/api/hub/begin-passkey-sign-in", ""),
    ("/api/hub/passkey-sign-in", "answer[token]=x&answer[credential]=x"),
    ("/api/hub/sign-out", ""),
    ("/api/hub/set-up", "token=x&email=a%40b.example&password=x"),
    ("/api/hub/set-up-link", "token=x"),
    ("/api/hub/me", ""),
    ("/api/hub/signed-in-now", ""),
    ("/api/hub/proof-needed", ""),
    ("/api/hub/prove", "typed=x"),
    ("/api/hub/change-password", "current_password=x&new_password=y"),
    ("/api/hub/overview", ""),
    ("/api/hub/customers", ""),
    ("/api/hub/customer-templates", "customer={customer}"),
    ("/api/hub/template", "id={template}"),
    ("/api/hub/outages", "template={template}"),
    ("/api/hub/save-mails", "template={template}&version=0&reply_to=&signature=&reminders=0&reminder_days=3"),
    ("/api/hub/save-accent", "template={template}&version=0&accent="),
    ("/api/hub/save-logo", "template={template}&version=0&picture="),
    ("/api/hub/remove-logo", "template={template}&version=0"),
    ("/api/hub/find-templates", "typed="),
    ("/api/hub/save-tags", "customer={customer}&tags=gold"),
    ("/api/hub/mail-preview", "template={template}&language=en"),
    ("/api/hub/replace-share-link", "template={template}&version=0"),
    ("/api/hub/save-user-verification", "template={template}&version=0&verification=trusted&share_link="),
    ("/api/hub/search", "typed=ann&cursor=start"),
    ("/api/hub/user-status", "template={template}&filter[exclude_provisioned]=false&cursor=start"),
    ("/api/hub/views", ""),
    ("/api/hub/save-view", "name=Stuck&address=%2Fhub%2Fsearch%3Fq%3Dstuck"),
    ("/api/hub/remove-view", "name=Stuck"),
    ("/api/hub/user-rows", "ids[0]={user}"),
    ("/api/hub/user", "user={user}"),
    ("/api/hub/onboard", "user={user}&email=a%40b.example"),
    ("/api/hub/retry", "user={user}"),
    ("/api/hub/resend", "user={user}"),
    ("/api/hub/change-package", "user={user}&package=premium"),
    (
        "/api/hub/selected",
        "selection[template]={template}&selection[filter][exclude_provisioned]=false&selection[everybody]=true",
    ),
    (
        "/api/hub/bulk-preview",
        "selection[template]={template}&selection[filter][exclude_provisioned]=false&selection[everybody]=true&deed=retry",
    ),
    (
        "/api/hub/bulk",
        "selection[template]={template}&selection[filter][exclude_provisioned]=false&selection[everybody]=true\
         &deed[change_package]=premium",
    ),
    ("/api/hub/jobs", ""),
    ("/api/hub/open-jobs", ""),
    ("/api/hub/job", "job={job}"),
    ("/api/hub/job-rows", "job={job}"),
    ("/api/hub/cancel-job", "job={job}"),
    ("/api/hub/roster", "customer={customer}&cursor=start"),
    ("/api/hub/members", "ids[0]={user}"),
    ("/api/hub/mail-members", "given[0][id]={user}&given[0][email]=a%40b.example&note=Hello"),
    ("/api/hub/retry-members", "ids[0]={user}"),
    ("/api/hub/staged-deletions", ""),
    ("/api/hub/decide-deletions", "approve=true"),
    ("/api/hub/deletion-threshold", "threshold=100"),
    ("/api/hub/tokens", ""),
    ("/api/hub/create-token", "name=x&permissions[0]=users_read&lifetime=unlimited"),
    ("/api/hub/revoke-token", "token={token}"),
    ("/api/hub/webhooks", ""),
    ("/api/hub/webhook", "webhook={webhook}"),
    ("/api/hub/add-webhook", "url=https%3A%2F%2F127.0.0.1%3A1%2F&events[0]=subscriber.error"),
    ("/api/hub/test-webhook", "webhook={webhook}"),
    ("/api/hub/repeat-delivery", "webhook={webhook}&delivery={step}"),
    ("/api/hub/pause-webhook", "webhook={webhook}"),
    ("/api/hub/resume-webhook", "webhook={webhook}"),
    ("/api/hub/remove-webhook", "webhook={webhook}"),
    ("/api/hub/people", ""),
    ("/api/hub/customer-people", "customer={customer}"),
    ("/api/hub/invite", "email=new%40b.example&post[role]=read_only&post[assigned_only]=false&post[customers]="),
    ("/api/hub/change-person", "person={person}&post[role]=administrator&post[assigned_only]=false&post[customers]="),
    ("/api/hub/reset-person", "person={person}"),
    ("/api/hub/take-factor", "person={person}"),
    // Whoever asks for it here would have to set theirs up.
    ("/api/hub/require-factor", "required=false"),
    ("/api/hub/disable-person", "person={person}&disabled=true"),
    ("/api/hub/remove-person", "person={person}"),
    ("/api/hub/audit", ""),
    ("/api/hub/second-factor", ""),
    ("/api/hub/begin-second-factor", "password=x"),
    ("/api/hub/confirm-second-factor", "code=123456"),
    ("/api/hub/renew-recovery-codes", "code=123456"),
    ("/api/hub/remove-second-factor", "code=123456"),
    ("/api/hub/passkeys", ""),
    ("/api/hub/begin-passkey", ""),
    ("/api/hub/add-passkey", "answer[token]=x&answer[credential]=x&name=x"),
    ("/api/hub/rename-passkey", "id=00000000-0000-0000-0000-000000000000&name=x"),
    ("/api/hub/remove-passkey", "id=00000000-0000-0000-0000-000000000000"),
    ("/api/hub/begin-passkey-proof", ""),
    ("/api/hub/passkey-proof", "answer[token]=x&answer[credential]=x"),
    ("/api/hub/sessions", ""),
    ("/api/hub/end-sessions", "which[one]=x"),
    ("/api/hub/invitation", "token=x"),
    ("/api/hub/accept-invitation", "token=x&password=y"),
    ("/api/portal/page", "share={share}"),
    ("/api/portal/sign_in", "share={share}&user_id=x&password=y"),
    ("/api/portal/sign_out", "share={share}"),
    ("/api/portal/join_page", "share={share}&token=x"),
    ("/api/portal/join", "share={share}&token=x"),
    ("/api/portal/renew", "share={share}&token=x"),
    ("/api/portal/stop_page", "share={share}&token=x"),
    ("/api/portal/stop", "share={share}&token=x"),
    ("/api/portal/address", "share={share}&email=a%40b.example"),
    ("/api/portal/change_address", "share={share}"),
    ("/api/portal/code", "share={share}&code=123456"),
    ("/api/portal/resend", "share={share}"),
    ("/api/portal/try_again", "share={share}"),
];

pub fn access(path: &str) -> Access {
    SERVER_FUNCTIONS.iter().find(|(function, _)| *function == path).expect("it is named").1
}

#[test]
fn every_server_function_is_named_once_and_called_here() {
    let served: BTreeSet<_> = server_fn_paths().map(|(path, _)| path).collect();
    let named: BTreeSet<_> = SERVER_FUNCTIONS.iter().map(|(path, _)| *path).collect();
    let called: BTreeSet<_> = CALLS.iter().map(|(path, _)| *path).collect();
    assert!(served.contains("/api/hub/me"));
    assert_eq!(served, named, "name it in app/src/access.rs");
    assert_eq!(served, called, "call it here");
    assert_eq!(SERVER_FUNCTIONS.len(), named.len(), "one is named twice");
}

/// A guard who lets nobody pass, and keeps in mind what was asked for.
#[derive(Default)]
struct Closed(Mutex<Vec<Permission>>);

#[async_trait]
impl Guard for Closed {
    async fn administrator(&self, _: &Visitor, permission: Permission) -> Result<Administrator, Problem> {
        self.0.lock().unwrap().push(permission);
        refuse(StatusCode::FORBIDDEN, None);
        Err(Fault::PermissionMissing.into())
    }

    async fn proven(&self, _: &Visitor) -> Result<(), Problem> {
        panic!("it is asked who calls first")
    }
}

#[test]
fn each_of_the_hub_asks_for_its_permission_before_it_does_anything() {
    for_each_database(async |world: World| {
        let context = world.context(Arc::default());
        for (path, form) in CALLS.iter().filter(|(path, _)| path.starts_with("/api/hub/")) {
            let closed = Arc::new(Closed::default());
            let (guard, hub): (Arc<dyn Guard>, Hub) = (closed.clone(), Arc::new(HubService(context.clone())));
            let portal: Portal = Arc::new(PortalService(context.clone()));
            let provide = move || {
                provide_context(guard.clone());
                provide_context(hub.clone());
                provide_context(portal.clone());
            };
            let request = Request::post(*path)
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header(header::ACCEPT, "application/json")
                .body(Body::from(with_ids(form, &Things::default())))
                .unwrap();
            let answer = leptos_axum::handle_server_fns_with_context(provide, request).await.into_response();
            let asked = closed.0.lock().unwrap().clone();
            match access(path) {
                Access::Public => assert_eq!(asked, [], "{path}"),
                Access::Needs(permission) => {
                    assert_eq!((asked, answer.status()), (vec![permission], StatusCode::FORBIDDEN), "{path}");
                }
            }
        }
    });
}

/// What a call can name.
#[derive(Clone, Default)]
pub struct Things {
    pub customer: Uuid,
    pub template: Uuid,
    pub user: Uuid,
    pub token: Uuid,
    pub job: Uuid,
    pub webhook: Uuid,
    /// What it is told.
    pub step: Uuid,
    /// An administrator who is not the caller.
    pub person: Uuid,
    pub share: String,
}

pub fn with_ids(form: &str, things: &Things) -> String {
    form.replace("{customer}", &things.customer.to_string())
        .replace("{template}", &things.template.to_string())
        .replace("{user}", &things.user.to_string())
        .replace("{token}", &things.token.to_string())
        .replace("{person}", &things.person.to_string())
        .replace("{job}", &things.job.to_string())
        .replace("{webhook}", &things.webhook.to_string())
        .replace("{step}", &things.step.to_string())
        .replace("{share}", &things.share)
}

/// A webhook of the tenant, at which nobody listens, and which is told of arrivals.
pub async fn webhook(world: &World, tenant: Tenant) -> WebhookId {
    let (store, environment) = (&world.store, &world.environment);
    let url = WebhookUrl::parse("https://127.0.0.1:1/", &Reach::everywhere()).unwrap();
    let events = [Event::Status(Status::PendingEmailInput), Event::Status(Status::PendingEmailValidation)];
    let kept = (&Secret::random(environment), &world.code_keys);
    webhooks::add(store, environment, (tenant, &Actor::Engine), &url, kept, &events).await.unwrap().id
}

/// The last that it was to be told.
pub async fn told(world: &World, webhook: WebhookId) -> Uuid {
    let deliveries = webhook_delivery::Entity::find().filter(webhook_delivery::Column::WebhookId.eq(webhook));
    let last = deliveries.order_by_desc(webhook_delivery::Column::StepId).one(world.store.read()).await.unwrap();
    last.expect("it was to be told of an arrival").step_id.into()
}

/// A partner's things, and the cookies of its administrator and of its user.
async fn partner(world: &World, tenant: Tenant, name: &str) -> (Things, String, String) {
    let link = |token: &str| format!("{PUBLIC_URL}/activate/{token}");
    let template = world
        .template(|template| {
            template.partner_id = tenant.partner();
            template.share_link = link(&template.share_token);
        })
        .await;
    let webhook = webhook(world, tenant).await;
    let user = world.arrive(&template, &format!("{name}@sp.com"), None).await;
    let step = told(world, webhook).await;
    let (store, environment) = (&world.store, &world.environment);
    let email = format!("{name}@sp.example");
    let administrator =
        administrators::add(store, environment, tenant, &email, "nine quiet lighthouses").await.unwrap();
    tokens::add(store, environment, tenant, name, Permissions::TOKEN, None).await.unwrap();
    let token = api_token::list(store.read(), tenant).await.unwrap()[0].id.into();
    let (hub, portal) = (world.hub_cookie(administrator).await, world.portal_cookie(&user).await);
    let nothing = NewJob::of(Action::Retry, Vec::new(), Vec::new());
    let job = bulk::accept(store, environment, (tenant, Actor::Administrator(administrator)), nothing).await.unwrap();
    let customer = user.customer_id.into();
    let email = format!("colleague-{name}@sp.example");
    let person =
        administrators::add(store, environment, tenant, &email, "nine quiet lighthouses").await.unwrap().into();
    (
        Things {
            customer,
            template: template.id.into(),
            user: user.id.into(),
            token,
            job: job.id.into(),
            webhook: webhook.into(),
            step,
            person,
            share: template.share_token,
        },
        hub,
        portal,
    )
}

#[test]
fn each_refuses_whoever_is_not_signed_in_and_names_nothing_of_another_partner() {
    for_each_database(async |world: World| {
        let (own, hub, portal) = partner(&world, world.tenant, "ann").await;
        let (_, foreign_hub, foreign_portal) = partner(&world, world.other_partner().await, "eve").await;
        let session = |cookie: &str| cookie.split_once('=').unwrap().1.to_owned();
        let elsewhere =
            format!("{}={}; {}={}", cookie(HUB_SESSION), session(&portal), cookie(PORTAL_SESSION), session(&hub));
        let site = world.site().await;
        let guarded = || CALLS.iter().filter(|(path, _)| access(path) != Access::Public);
        for (path, form) in guarded() {
            let form = with_ids(form, &own);
            for wrong in ["", elsewhere.as_str()] {
                let refused = site.post(path, wrong, &form).await;
                assert_eq!(refused.status, 401, "{path} {wrong:?}: {}", refused.body);
            }
        }
        for (path, form) in guarded().filter(|(_, form)| form.contains('{')) {
            let form_of_own = with_ids(form, &own);
            let answer = site.post(path, &format!("{foreign_hub}; {foreign_portal}"), &form_of_own).await;
            match *path {
                "/api/hub/user-rows" | "/api/hub/members" => {
                    assert_eq!((answer.status, answer.body.as_str()), (200, "[]"))
                }
                path if path.starts_with("/api/hub/") => assert_eq!(answer.status, 404, "{path}: {}", answer.body),
                path => assert_eq!(answer.status, 401, "{path}: {}", answer.body),
            }
        }
        // Whoever may is answered: those refusals had no other reason.
        for (path, form) in guarded() {
            let answer = site.post(path, &format!("{hub}; {portal}"), &with_ids(form, &own)).await;
            let refused = matches!(answer.status, 0 | 401 | 403 | 404 | 500..);
            assert!(!refused, "{path}: {} {}", answer.status, answer.body);
        }
    });
}

#[test]
fn an_administrator_without_the_permission_is_refused() {
    for_each_database(async |world: World| {
        world.administrator().await;
        let pages = world.pages();
        let session = pages.sign_in_to_hub(&visitor("192.0.2.1"), ADMIN_PASSWORD).await.unwrap();
        let visitor = returning(&visitor("192.0.2.1"), &session);
        let may = async |permission| pages.hub.administrator(&visitor, permission).await.map(drop);
        assert_eq!(may(Permission::UsersWrite).await, Ok(()));
        assert_eq!(may(Permission::BillingRead).await, Err(Fault::PermissionMissing.into()));

        let request = Request::get("/").header(header::COOKIE, format!("{HUB_SESSION}={}", session.token));
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let route = SignedIn::<BillingRead>::from_request_parts(&mut parts, &pages.hub.0).await;
        assert_eq!(route.err(), Some(StatusCode::FORBIDDEN));
    });
}
