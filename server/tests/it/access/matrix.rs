//! The permission matrix: every route and server function of the hub × every role × what is one's own, another partner's, and
//! a customer's who is not assigned. What names a permission without a rule here fails.

use std::collections::HashMap;

use app::access::SERVER_FUNCTIONS;
use axum::http::Method;
use domain::{
    Permission, Permissions, Role, SpEnterpriseId,
    permission::Access::{self, Needs},
};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::Expr};
use server::{
    access::{administrators, tokens},
    http,
    provisioning::bulk::{self, Action, NewJob},
    store::{
        Actor, AdministratorId, Customer, Subscriber, Template, Tenant, administrator, api_token, assignment, customer,
        template,
    },
};

use super::server_functions::{CALLS, Things, told, webhook, with_ids};
use crate::entity::bulk_job;
use crate::support::{Site, World, for_each_database, new_subscriber};

use Role::{Administrator, CustomerAdministrator, FullAdministrator, HelpDesk, ReadOnly};

const EVERYBODY: &[Role] = &Role::ALL;
/// Everybody who works for the partner.
const PARTNER: &[Role] = &[FullAdministrator, Administrator, ReadOnly, HelpDesk];
const NOBODY: &[Role] = &[];

/// Who may do what, said once more and independently of `domain/src/role.rs`.
const RULES: &[(Permission, &[Role])] = &[
    (Permission::CustomersRead, PARTNER),
    (Permission::TemplatesRead, PARTNER),
    (Permission::TemplatesWrite, &[FullAdministrator]),
    (Permission::UsersRead, PARTNER),
    (Permission::UsersWrite, &[FullAdministrator, Administrator]),
    (Permission::UsersExport, &[FullAdministrator, Administrator, ReadOnly]),
    (Permission::AddressesRead, &[FullAdministrator, Administrator, ReadOnly]),
    (Permission::DeletionsApprove, &[FullAdministrator]),
    (Permission::MailResend, &[FullAdministrator, Administrator, HelpDesk]),
    (Permission::RosterRead, &[FullAdministrator, Administrator, ReadOnly, CustomerAdministrator]),
    (Permission::RosterWrite, &[FullAdministrator, Administrator, CustomerAdministrator]),
    (Permission::WorkspacesRead, NOBODY),
    (Permission::WorkspacesWrite, NOBODY),
    (Permission::BillingRead, NOBODY),
    (Permission::BillingWrite, NOBODY),
    (Permission::TokensRead, &[FullAdministrator]),
    (Permission::TokensWrite, &[FullAdministrator]),
    (Permission::WebhooksRead, &[FullAdministrator]),
    (Permission::WebhooksWrite, &[FullAdministrator]),
    (Permission::PeopleRead, &[FullAdministrator]),
    (Permission::PeopleWrite, &[FullAdministrator]),
    (Permission::AuditRead, &[FullAdministrator]),
    (Permission::OwnAccount, EVERYBODY),
    (Permission::OwnActivation, NOBODY),
];

fn may(role: Role, permission: Permission) -> bool {
    let rule = RULES.iter().find(|(named, _)| *named == permission);
    rule.unwrap_or_else(|| panic!("say in RULES who may do what needs {permission:?}")).1.contains(&role)
}

#[test]
fn the_table_of_roles_says_what_the_rules_say() {
    for role in Role::ALL {
        let allowed: Vec<_> = Permission::ALL.into_iter().filter(|permission| may(role, *permission)).collect();
        assert_eq!(role.permissions().iter().collect::<Vec<_>>(), allowed, "{role:?}");
    }
}

/// Something that can be asked of the hub.
#[derive(Clone, Debug)]
struct Call {
    method: Method,
    /// With the names of things in braces.
    path: String,
    /// What is sent, with the names of things in braces.
    body: String,
    permission: Permission,
}

impl Call {
    /// Every guarded server function and route of the hub.
    fn all() -> Vec<Self> {
        let functions = SERVER_FUNCTIONS.iter().filter(|(path, _)| path.starts_with("/api/hub/"));
        let functions = functions.filter_map(|(path, access)| {
            let Needs(permission) = *access else { return None };
            let body = CALLS.iter().find(|(called, _)| called == path).expect("called in server_functions.rs").1;
            Some(Self { method: Method::POST, path: (*path).to_owned(), body: body.to_owned(), permission })
        });
        let routes = http::routes().into_iter().filter(|route| route.path.starts_with("/hub/"));
        let routes = routes.filter_map(|route| match route.access {
            Access::Public => None,
            Needs(permission) => Some(Self { method: route.method, path: route.path, body: String::new(), permission }),
        });
        functions.chain(routes).collect()
    }

    fn names_something(&self) -> bool {
        self.path.contains('{') || self.body.contains('{')
    }

    /// Whether it ends the caller's sessions: such calls come last.
    fn is_last(&self) -> bool {
        self.path.ends_with("change-password")
    }

    async fn send(&self, site: &Site, cookie: &str, things: &Things) -> (u16, String) {
        let (path, body) = (with_ids(&self.path, things), with_ids(&self.body, things));
        // Streams have no end: their first line says enough.
        if self.path.starts_with("/hub/") {
            return (first_line(site, self, &path, cookie).await, String::new());
        }
        let reply = site.post(&path, cookie, &body).await;
        (reply.status, reply.body)
    }
}

async fn first_line(site: &Site, call: &Call, path: &str, cookie: &str) -> u16 {
    use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
    let (query, content) = match call.method {
        Method::POST => ("?dry_run=true&all_or_nothing=false", "Content-Type: text/csv\r\nContent-Length: 0\r\n"),
        _ => ("", ""),
    };
    let mut stream = site.connect().await;
    let request = format!(
        "{} {path}{query} HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\nCookie: {cookie}\r\n\
         {content}Connection: close\r\n\r\n",
        call.method
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut line = String::new();
    BufReader::new(stream).read_line(&mut line).await.unwrap();
    line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_else(|| panic!("{path}: {line:?}"))
}

/// A customer's user by a template of its own.
async fn place(world: &World, tenant: Tenant, name: &str) -> (Template, Subscriber) {
    let template = world.template(|template| template.partner_id = tenant.partner()).await;
    let mut new = new_subscriber(&format!("{name}@sp.com"), Some(&format!("{name}@mail.example")));
    new.sp_enterprise_id = SpEnterpriseId::parse(&format!("SP1+{name}")).unwrap();
    let user = world.try_arrive(&template, new).await.unwrap();
    (template, user)
}

async fn things(world: &World, tenant: Tenant, name: &str) -> Things {
    let webhook = webhook(world, tenant).await;
    let (template, user) = place(world, tenant, name).await;
    let step = told(world, webhook).await;
    tokens::add(&world.store, &world.environment, tenant, name, Permissions::TOKEN, None).await.unwrap();
    let tokens = api_token::list(world.store.read(), tenant).await.unwrap();
    let nothing = NewJob::of(Action::Retry, Vec::new(), Vec::new());
    let job = bulk::accept(&world.store, &world.environment, (tenant, Actor::Engine), nothing).await.unwrap();
    Things {
        job: job.id.into(),
        webhook: webhook.into(),
        step,
        customer: user.customer_id.into(),
        template: template.id.into(),
        user: user.id.into(),
        token: tokens.iter().find(|token| token.name == name).unwrap().id.into(),
        person: colleague(world, tenant, name).await.into(),
        share: template.share_token,
    }
}

/// Somebody else who does everything for the tenant.
async fn colleague(world: &World, tenant: Tenant, name: &str) -> AdministratorId {
    let email = format!("colleague-{name}@sp.example");
    administrators::add(&world.store, &world.environment, tenant, &email, "nine quiet lighthouses").await.unwrap()
}

/// Somebody of this role, and their cookie.
async fn somebody(world: &World, role: Role, assigned: Option<&Things>) -> String {
    let (store, environment) = (&world.store, &world.environment);
    let email = format!("{}-{}@sp.example", role.as_str().replace('_', "-"), assigned.is_some());
    let id: AdministratorId =
        administrators::add_as(store, environment, world.tenant, (&email, Some(ReadOnly)), "nine quiet lighthouses")
            .await
            .unwrap();
    // Written as it is: nobody is given a role of one customer without that customer.
    let work = store.work().await.unwrap();
    administrator::save_role(&work, id, role, false).await.unwrap();
    work.commit().await.unwrap();
    if let Some(things) = assigned {
        let found = customer::find(store.read(), world.tenant, things.customer.into()).await.unwrap();
        let own: Vec<Customer> = found.into_iter().collect();
        let work = store.work().await.unwrap();
        administrator::save_role(&work, id, role, true).await.unwrap();
        assignment::set(&work, id, &own).await.unwrap();
        // A job is seen by whoever has asked for it.
        let asked = bulk_job::Entity::update_many().filter(bulk_job::Column::Id.eq(things.job));
        let asked = asked.col_expr(bulk_job::Column::Actor, Expr::value(format!("admin:{id}")));
        asked.exec(&*work).await.unwrap();
        work.commit().await.unwrap();
    }
    world.hub_cookie(id).await
}

/// What whoever may not see a thing is answered about it.
fn knows_nothing(call: &Call, (status, body): &(u16, String)) -> bool {
    match call.path.as_str() {
        "/api/hub/user-rows" | "/api/hub/members" => (*status, body.as_str()) == (200, "[]"),
        _ => *status == 404,
    }
}

#[test]
fn every_call_of_the_hub_answers_each_role_as_the_rules_say() {
    for_each_database(async |world: World| {
        let own: HashMap<Role, Things> = {
            let mut own = HashMap::new();
            for role in Role::ALL {
                own.insert(
                    role,
                    things(&world, world.tenant, &format!("own-{}", role.as_str().replace('_', "-"))).await,
                );
            }
            own
        };
        let foreign_customer = things(&world, world.tenant, "unassigned").await;
        let foreign_partner = things(&world, world.other_partner().await, "foreigner").await;
        let site = world.site().await;
        let mut calls = Call::all();
        calls.sort_by_key(Call::is_last);
        assert!(calls.len() > 20, "{calls:?}");
        for role in Role::ALL {
            let everywhere = somebody(&world, role, None).await;
            let assigned = match role.can_be_assigned() {
                true => Some(somebody(&world, role, Some(&own[&role])).await),
                false => None,
            };
            for call in &calls {
                let whose = |what: &str| format!("{role:?} of {what}: {} {}", call.method, call.path);
                if call.names_something() {
                    let of_partner = call.send(&site, &everywhere, &foreign_partner).await;
                    match may(role, call.permission) {
                        true => {
                            assert!(knows_nothing(call, &of_partner), "{} {of_partner:?}", whose("a foreign partner"))
                        }
                        false => assert_eq!(of_partner.0, 403, "{}", whose("a foreign partner")),
                    }
                }
                let Some(assigned) = &assigned else { continue };
                if call.names_something() {
                    let of_customer = call.send(&site, assigned, &foreign_customer).await;
                    match may(role, call.permission) {
                        true => {
                            assert!(
                                knows_nothing(call, &of_customer),
                                "{} {of_customer:?}",
                                whose("a foreign customer")
                            );
                        }
                        false => assert_eq!(of_customer.0, 403, "{}", whose("a foreign customer")),
                    }
                } else if !call.is_last() {
                    let (_, body) = call.send(&site, assigned, &own[&role]).await;
                    assert!(!body.contains("unassigned"), "{}: {body}", whose("lists"));
                }
            }
            // Whoever may is answered: those refusals had no other reason. As somebody with assigned customers, where that can be.
            let cookie = assigned.as_ref().unwrap_or(&everywhere);
            for call in &calls {
                let (status, body) = call.send(&site, cookie, &own[&role]).await;
                match may(role, call.permission) {
                    true => {
                        assert!(!matches!(status, 0 | 401 | 403 | 404 | 500..), "{role:?}: {call:?}: {status} {body}")
                    }
                    false => assert_eq!(status, 403, "{role:?}: {call:?}"),
                }
            }
        }
    });
}

#[test]
fn a_list_shows_the_help_desk_no_addresses_and_offers_what_the_role_may_do() {
    for_each_database(async |world: World| {
        let things = things(&world, world.tenant, "ann").await;
        let site = world.site().await;
        let list = format!("template={}&filter[exclude_provisioned]=false&cursor=start", things.template);
        for (role, addresses, deeds) in [(Administrator, true, true), (ReadOnly, true, false), (HelpDesk, false, false)]
        {
            let cookie = somebody(&world, role, None).await;
            for (path, form) in
                [("/api/hub/user-status", list.clone()), ("/api/hub/user-rows", format!("ids[0]={}", things.user))]
            {
                let reply = site.post(path, &cookie, &form).await;
                assert!(reply.body.contains("ann@sp.com"), "{role:?}: {}", reply.body);
                assert_eq!(reply.body.contains("ann@mail.example"), addresses, "{role:?}: {}", reply.body);
                assert_eq!(reply.body.contains("\"remove\":true"), deeds, "{role:?}: {}", reply.body);
            }
        }
    });
}

#[test]
fn whoever_has_assigned_customers_adds_nobody_to_another_one() {
    for_each_database(async |world: World| {
        let own = things(&world, world.tenant, "own").await;
        let (_, foreign) = place(&world, world.tenant, "unassigned").await;
        let cookie = somebody(&world, Administrator, Some(&own)).await;
        let site = world.site().await;
        let file = "BroadWorks ID,First Name,Last Name,Enterprise ID,Email\r\n\
                    new@sp.com,A,B,SP1+own,\r\nother@sp.com,A,B,SP1+unassigned,\r\nthird@sp.com,A,B,SP1+nobody,\r\n\
                    unassigned@sp.com,A,B,SP1+own,\r\n";
        let path = format!("/hub/templates/{}/users.csv?dry_run=false&all_or_nothing=false", own.template);
        let reply = site.post_file(&path, &cookie, file).await;
        assert!(reply.body.contains("\"added\":1"), "{}", reply.body);
        assert!(reply.body.contains("\"refused\":2") && reply.body.contains("permission_missing"), "{}", reply.body);
        // A user id is the partner's only once, whoever sees whom.
        assert!(reply.body.contains("\"already_there\":1"), "{}", reply.body);
        let customers: Vec<String> = world.customers().await.into_iter().map(|one| one.sp_enterprise_id).collect();
        assert_eq!(customers, ["SP1+own", "SP1+unassigned"]);
        assert_eq!(world.find(foreign.id).await.unwrap().customer_id, foreign.customer_id);
    });
}

#[test]
fn whoever_has_assigned_customers_does_nothing_for_many_of_another_one() {
    for_each_database(async |world: World| {
        let own = things(&world, world.tenant, "own").await;
        let template = template::find(world.store.read(), world.tenant, own.template.into()).await.unwrap().unwrap();
        let mut new = new_subscriber("foreign@sp.com", None);
        new.sp_enterprise_id = SpEnterpriseId::parse("SP1+unassigned").unwrap();
        let foreign = world.try_arrive(&template, new).await.unwrap();
        let cookie = somebody(&world, Administrator, Some(&own)).await;
        let site = world.site().await;
        let list = format!("selection[template]={}&selection[filter][exclude_provisioned]=false", own.template);
        let all = format!("{list}&selection[everybody]=true");
        assert_eq!(site.post("/api/hub/selected", &cookie, &all).await.body, "1");
        let ticked = format!("{list}&selection[everybody]=false&selection[ids][0]={}", foreign.id);
        for (selection, status) in [(all, 200), (ticked, 404)] {
            let begun = format!("{selection}&deed[change_package]=premium");
            assert_eq!(site.post("/api/hub/bulk", &cookie, &begun).await.status, status);
        }
        let worker = bulk::Worker::new(world.store.clone(), world.environment.clone());
        while worker.turn().await.unwrap() {}
        assert_eq!(world.find(foreign.id).await.unwrap().package.as_str(), "standard");
        let jobs = site.post("/api/hub/jobs", &cookie, "").await.body;
        assert!(jobs.contains("\"rows\":1") && !jobs.contains("\"rows\":2"), "{jobs}");
    });
}
