//! The audit log: a deed stands in it exactly if it was done, without names and addresses, and each partner reads its own.

use app::{
    access::Guard as _,
    backend::{Administrator, Audit as _, Jobs as _, People as _, Templates as _, Tokens as _, Users as _},
    hub::model::{AuditFilter, AuditRow, BulkDeed, Doer, Post, Selection, Subject, TokenLifetime},
};
use domain::{
    Fault, Package, Permission, Permissions, Role,
    audit::Deed,
    bulk::UNDO,
    lifecycle::Event,
    template::{Reminders, UserVerification},
    timestamp::DAY,
};
use sea_orm::EntityTrait as _;
use serde_json::json;
use server::{
    access::{adapter_accounts, administrators},
    broadworks::XsiUrl,
    outbound::Reach,
    provisioning::bulk,
    store::{Actor, Template, audit, person, usage},
    templates::{self, NewTemplate, Outcome, Replaced},
};

use crate::{
    entity::audit_event,
    support::{ADMIN, ADMIN_PASSWORD, Pages, World, for_each_database, returning, visitor},
};

const BEN: &str = "ben@sp.example";

fn new_template() -> NewTemplate {
    NewTemplate {
        name: "Office users".to_owned(),
        verification: UserVerification::Trusted,
        default_package: Package::Standard,
        xsi_url: XsiUrl::parse("https://xsp.example", &Reach::default()).unwrap(),
        self_activation: false,
        provision_admin_first: false,
        country: "US".to_owned(),
        language: "en".to_owned(),
        partner_admin: "Acme Telecom".to_owned(),
        target: "directory".to_owned(),
        target_reference: None,
        support_url: None,
        reply_to: None,
        signature: None,
        accent: None,
        reminders: Reminders::NONE,
    }
}

/// A full administrator who is signed in.
async fn signed_in(world: &World) -> (Pages, Administrator) {
    world.administrator().await;
    world.clock.advance(1);
    let (pages, home) = (world.pages(), visitor("192.0.2.1"));
    let session = pages.sign_in_to_hub(&home, ADMIN_PASSWORD).await.unwrap();
    let me = pages.hub.administrator(&returning(&home, &session), Permission::AuditRead).await.unwrap();
    // Later than what came before: ids grow with time.
    world.clock.advance(1);
    (pages, me)
}

async fn deeds(pages: &Pages, me: &Administrator, filter: AuditFilter) -> Vec<Deed> {
    let page = pages.hub.audit(me, filter, None).await.unwrap().page;
    page.rows.into_iter().map(|row| row.deed).collect()
}

#[test]
fn each_deed_stands_in_the_log_with_who_did_it_and_to_what() {
    for_each_database(async |world: World| {
        let (pages, me) = signed_in(&world).await;
        let template = world.trusted().await;
        let user = world.arrive(&template, "ann@sp.com", Some("ann@acme.example")).await;
        world.work().await;
        let (hub, later) = (&pages.hub, || world.clock.advance(1));
        let post = Post { role: Role::HelpDesk, assigned_only: false, customers: String::new() };
        hub.invite(&me, "ben@sp.example", post.clone()).await.unwrap();
        later();
        let ben = hub.people(&me).await.unwrap()[1].id;
        hub.change_person(&me, ben, post).await.unwrap();
        later();
        hub.disable_person(&me, ben, true).await.unwrap();
        later();
        hub.disable_person(&me, ben, false).await.unwrap();
        later();
        hub.reset_person(&me, ben).await.unwrap();
        later();
        let token = hub.create_token(&me, "CRM", &[Permission::UsersRead], TokenLifetime::Unlimited).await;
        token.unwrap();
        later();
        let token = hub.tokens(&me, None).await.unwrap().rows[0].id;
        hub.revoke_token(&me, token).await.unwrap();
        later();
        // Again is no deed.
        hub.revoke_token(&me, token).await.unwrap();
        later();
        let id = template.id.into();
        hub.save_user_verification(&me, id, 1, UserVerification::Untrusted, "").await.unwrap();
        later();
        let stale = hub.save_user_verification(&me, id, 1, UserVerification::Trusted, "").await;
        assert_eq!(stale.unwrap_err().fault, Fault::ChangedMeanwhile);
        hub.replace_share_link(&me, id, 2).await.unwrap();
        later();
        hub.change_package(&me, user.id.into(), Package::Premium).await.unwrap();
        later();
        world.work().await;
        let them = Selection { ids: vec![user.id.into()], ..Selection::default() };
        let job = hub.begin_bulk(&me, &them, BulkDeed::Delete).await.unwrap();
        later();
        hub.cancel_job(&me, job.id).await.unwrap();
        later();
        // It is over already.
        hub.cancel_job(&me, job.id).await.unwrap();
        hub.begin_bulk(&me, &them, BulkDeed::Delete).await.unwrap();
        world.clock.advance(UNDO);
        bulk::Worker::new(world.store.clone(), world.environment.clone()).turn().await.unwrap();
        later();
        hub.remove_person(&me, ben).await.unwrap();
        later();
        assert_eq!(
            deeds(&pages, &me, AuditFilter::default()).await,
            [
                Deed::PersonRemoved,
                Deed::UserDeleted,
                Deed::JobBegun,
                Deed::JobCancelled,
                Deed::JobBegun,
                Deed::PackageChanged,
                Deed::ShareLinkReplaced,
                Deed::TemplateChanged,
                Deed::TokenRevoked,
                Deed::TokenCreated,
                Deed::PasswordReset,
                Deed::PersonEnabled,
                Deed::PersonDisabled,
                Deed::RoleChanged,
                Deed::PersonInvited,
                Deed::SignedIn,
                Deed::PersonAdded,
            ]
        );
        let mut rows = hub.audit(&me, AuditFilter::default(), None).await.unwrap().page.rows;
        assert_eq!(rows.pop().unwrap().by, Doer::Operator);
        assert!(rows.iter().all(|row| row.by == Doer::Administrator(Some(ADMIN.to_owned()))), "{rows:?}");
        let subjects: Vec<_> = rows.iter().map(|row| row.subject.clone()).collect();
        assert_eq!(subjects[0], Some(Subject::Gone(ben.to_string())));
        let job = Some(Subject::Job(job.id));
        assert_eq!(subjects[3..5], [job.clone(), job]);
        assert_eq!(subjects[1], Some(Subject::User(user.id.into())));
        assert_eq!(subjects[6], Some(Subject::Named(template.name.clone())));
        assert_eq!(subjects[7], subjects[6]);
        assert_eq!(subjects[8], Some(Subject::Named("CRM".to_owned())));
        assert_eq!(subjects[15], None);
        // Nobody is named in the table itself.
        let kept = format!("{:?}", audit_event::Entity::find().all(world.store.read()).await.unwrap());
        for name in ["@", "CRM", "ann", "ben"] {
            assert!(!kept.contains(name), "{name}: {kept}");
        }
    });
}

#[test]
fn what_does_not_happen_is_no_deed() {
    for_each_database(async |world: World| {
        let (pages, me) = signed_in(&world).await;
        let oneself = pages.hub.people(&me).await.unwrap()[0].id;
        let refused = pages.hub.remove_person(&me, oneself).await;
        assert_eq!(refused.unwrap_err().fault, Fault::LastFullAdministrator);
        let wrong = pages.sign_in_to_hub(&visitor("192.0.2.1"), "not this one").await;
        assert_eq!(wrong.unwrap_err().fault, Fault::HubBadCredentials);
        assert_eq!(deeds(&pages, &me, AuditFilter::default()).await, [Deed::SignedIn, Deed::PersonAdded]);
    });
}

#[test]
fn the_log_is_filtered_by_who_what_and_when_and_read_page_by_page() {
    for_each_database(async |world: World| {
        let (pages, me) = signed_in(&world).await;
        let oneself = pages.hub.people(&me).await.unwrap()[0].id;
        world.clock.advance(DAY);
        for number in 0..60 {
            let name = format!("token {number}");
            pages.hub.create_token(&me, &name, &[Permission::UsersRead], TokenLifetime::Unlimited).await.unwrap();
            world.clock.advance(1);
        }
        let client = world.client_of(world.tenant, Permissions::TOKEN).await;
        let first = pages.hub.audit(&me, AuditFilter::default(), None).await.unwrap().page;
        assert_eq!(first.rows.len(), 50);
        let second = pages.hub.audit(&me, AuditFilter::default(), first.next).await.unwrap().page;
        // The first two are the administrator, who was added and has signed in; the client's own token is the operator's deed.
        assert_eq!((second.rows.len(), second.next), (13, None));
        assert_eq!(second.rows.last().unwrap().deed, Deed::PersonAdded);

        let of = |change: fn(&mut AuditFilter)| {
            let mut filter = AuditFilter::default();
            change(&mut filter);
            filter
        };
        let logins = deeds(&pages, &me, of(|filter| filter.what = Some("logins".to_owned()))).await;
        assert_eq!(logins, [Deed::SignedIn]);
        let first_day = deeds(&pages, &me, of(|filter| filter.to = Some("2026-01-01".to_owned()))).await;
        assert_eq!(first_day, [Deed::SignedIn, Deed::PersonAdded]);
        assert_eq!(deeds(&pages, &me, of(|filter| filter.from = Some("2026-01-03".to_owned()))).await, []);
        let who =
            AuditFilter { who: Some(oneself.to_string()), what: Some("tokens".to_owned()), ..AuditFilter::default() };
        assert_eq!(deeds(&pages, &me, who).await.len(), 50);
        let flawed = pages.hub.audit(&me, of(|filter| filter.from = Some("yesterday".to_owned())), None).await;
        assert_eq!(flawed.unwrap_err().fault, Fault::InvalidParameter);
        let flawed = pages.hub.audit(&me, of(|filter| filter.what = Some("hacked".to_owned())), None).await;
        assert_eq!(flawed.unwrap_err().fault, Fault::InvalidParameter, "not the whole log");

        // The session of yesterday has ended.
        let cookie = world.hub_cookie(oneself.into()).await;
        let site = world.site().await;
        let file = site.get("/hub/audit.csv?what=tokens&from=&to=&who=", &cookie).await;
        assert_eq!(file.status, 200);
        assert!(file.body.contains("Time,Actor,Category,Deed,Subject ID,Detail"), "{}", file.body);
        assert_eq!(file.body.matches("tokens,token_created,").count(), 61, "{}", file.body);
        for bad in ["from=yesterday", "what=hacked"] {
            assert_eq!(site.get(&format!("/hub/audit.csv?{bad}"), &cookie).await.status, 400, "{bad}");
        }

        // The API, in the vendor's shape.
        let events = client.get("/v1/adminAudit/events?max=2&eventCategories=LOGINS,TOKENS").await;
        assert_eq!(events.status, 200);
        let items = events.body["items"].as_array().unwrap().clone();
        assert_eq!(items.len(), 2);
        assert_eq!(items[0]["data"]["actorType"], json!("operator"));
        assert_eq!(items[0]["actorId"], json!(null));
        assert_eq!(items[1]["data"]["eventCategory"], json!("TOKENS"));
        assert_eq!(items[1]["data"]["eventDescription"], json!("token_created"));
        let actor = items[1]["actorId"].as_str().unwrap();
        let of_actor = format!("/v1/adminAudit/events?max=200&actorId={actor}&from=2026-01-02T00:00:00.000Z");
        assert_eq!(client.get(&of_actor).await.body["items"].as_array().unwrap().len(), 60);
        for bad in ["from=yesterday", "actorId=x", "eventCategories=ALL"] {
            assert_eq!(client.get(&format!("/v1/adminAudit/events?{bad}")).await.status, 400, "{bad}");
        }
        // What a client does stands there too, and nobody else reads it.
        let foreign = world.client_of(world.other_partner().await, Permissions::TOKEN).await;
        let own = foreign.get("/v1/adminAudit/events").await.body["items"].as_array().unwrap().len();
        assert_eq!(own, 1, "its own token");
    });
}

#[test]
fn what_an_api_client_does_for_a_user_is_a_deed() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client_of(world.tenant, Permissions::TOKEN).await;
        let new = json!({
            "provisioningId": template.provisioning_id, "userId": "ann@sp.com", "spEnterpriseId": "SP1+acme",
            "firstName": "Ann", "lastName": "Lee", "package": "standard",
        });
        let added = client.post("/v1/broadworks/subscribers", &new).await;
        world.clock.advance(1);
        client.delete(&format!("/v1/broadworks/subscribers/{}", added.text("id"))).await;
        let events = client.get("/v1/adminAudit/events?eventCategories=users").await;
        let told: Vec<_> = events.body["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| (item["data"]["eventDescription"].clone(), item["data"]["actorType"].clone()))
            .collect();
        assert_eq!(told, [(json!("user_deleted"), json!("api")), (json!("user_added"), json!("api"))]);
    });
}

#[test]
fn what_a_client_does_with_workspaces_webhooks_syncs_and_reports_is_a_deed() {
    for_each_database(async |world: World| {
        let (pages, me) = signed_in(&world).await;
        let template = world.trusted().await;
        world.arrive(&template, "ann@sp.com", Some("ann@acme.example")).await;
        world.work().await;
        let client = world.client_of(world.tenant, Permissions::TOKEN).await;
        let later = || world.clock.advance(1);
        let room = json!({
            "provisioningId": template.provisioning_id, "userId": "room@sp.com", "spEnterpriseId": "SP1+acme",
            "displayName": "Room",
        });
        later();
        let room = client.post("/v1/broadworks/workspaces", &room).await;
        let path = format!("/v1/broadworks/workspaces/{}", room.text("id"));
        world.work().await;
        later();
        client.put(&path, &json!({ "extension": "17" })).await;
        world.work().await;
        later();
        client.delete(&path).await;
        later();
        let hook = json!({ "url": "https://hooks.acme.com/", "events": ["subscriber.provisioned"] });
        let hook = client.post("/v1/webhooks", &hook).await;
        later();
        client.delete(&format!("/v1/webhooks/{}", hook.text("id"))).await;
        later();
        let report = client.post("/v1/broadworks/billing/reports", &json!({ "billingPeriod": "2026-01" })).await;
        later();
        client.delete(&format!("/v1/broadworks/billing/reports/{}", report.text("id"))).await;
        later();
        let listed = client.get("/v1/broadworks/subscribers").await;
        client.delete(&format!("/v1/broadworks/subscribers/{}", listed.body["items"][0]["id"].as_str().unwrap())).await;
        world.work().await;

        let page = pages.hub.audit(&me, AuditFilter::default(), None).await.unwrap().page;
        let told: Vec<_> = page.rows.iter().map(|row| row.deed).collect();
        assert_eq!(
            told[..8],
            [
                Deed::UserDeleted,
                Deed::ReportRemoved,
                Deed::ReportMade,
                Deed::WebhookRemoved,
                Deed::WebhookAdded,
                Deed::WorkspaceDeleted,
                Deed::WorkspaceChanged,
                Deed::WorkspaceAdded,
            ]
        );
        let leads = |row: &AuditRow| matches!(row.subject, Some(Subject::User(_) | Subject::Job(_)));
        assert!(!page.rows.iter().any(leads), "none of these has a page: {:?}", page.rows);
    });
}

/// By the id alone nobody knows whose deletion it was.
#[test]
fn who_is_gone_is_called_as_what_was_billed_until_that_is_erased() {
    for_each_database(async |world: World| {
        let (pages, me) = signed_in(&world).await;
        let template = world.trusted().await;
        let ann = world.arrive(&template, "ann@sp.com", Some("ann@acme.example")).await;
        world.work().await;
        let never = world.arrive(&world.template(|_| ()).await, "never@sp.com", None).await;
        for gone in [never.id, ann.id] {
            world.clock.advance(1);
            world.apply(gone, Event::RemovalRequested).await.unwrap();
            let work = world.store.work().await.unwrap();
            let deed = (Deed::UserDeleted, Some(gone.into()));
            audit::record(&work, &world.environment, world.tenant, &Actor::Operator, deed).await.unwrap();
            work.commit().await.unwrap();
        }
        world.work().await;
        assert_eq!((world.find(ann.id).await, world.find(never.id).await), (None, None));
        let subjects = async || {
            let rows = pages.hub.audit(&me, AuditFilter::default(), None).await.unwrap().page.rows;
            let deleted = rows.into_iter().filter(|row| row.deed == Deed::UserDeleted);
            let mut subjects: Vec<_> = deleted.map(|row| row.subject.unwrap()).collect();
            subjects.dedup();
            subjects
        };
        assert_eq!(subjects().await, [Subject::Former("ann@sp.com".to_owned()), Subject::FormerUser]);
        // Another partner's bills say nothing here.
        let stranger = usage::last_ids(world.store.read(), world.other_partner().await, [ann.id.into()]).await.unwrap();
        assert!(stranger.is_empty());

        let work = world.store.work().await.unwrap();
        person::erase(&work, world.tenant, &ann.user_id, Some(ann.id.into())).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!(subjects().await, [Subject::FormerUser]);
    });
}

#[test]
fn what_whoever_runs_the_server_does_is_the_operators_deed() {
    for_each_database(async |world: World| {
        let (pages, me) = signed_in(&world).await;
        let (store, environment) = (&world.store, &world.environment);
        let later = || world.clock.advance(1);
        let template =
            templates::add(store, environment, world.tenant, "https://activate.example", new_template()).await;
        let template = template.unwrap();
        later();
        adapter_accounts::set(store, environment, &template, None, None).await.unwrap();
        later();
        let after = Template { name: "Another".to_owned(), ..template.clone() };
        let Outcome::Done(template) = templates::change(store, environment, &template, after).await.unwrap() else {
            panic!("nobody is there")
        };
        later();
        let by_operator = (world.tenant, &Actor::Operator);
        let what = Replaced::ProvisioningId(DAY);
        let template = templates::replace(store, environment, by_operator, "https://a.example", &template, what).await;
        let template = template.unwrap();
        later();
        templates::delete(store, environment, &template).await.unwrap();
        later();
        let added = administrators::add(store, environment, world.tenant, BEN, "nine quiet lighthouses").await;
        added.unwrap();
        later();
        administrators::disable(store, environment, BEN).await.unwrap();
        later();
        administrators::enable(store, environment, BEN).await.unwrap();
        later();
        administrators::add(store, environment, world.tenant, BEN, "eleven loud windmills").await.unwrap();
        later();
        administrators::remove(store, environment, BEN).await.unwrap();
        let rows = pages.hub.audit(&me, AuditFilter::default(), None).await.unwrap().page.rows;
        let told: Vec<_> = rows.iter().map(|row| (row.deed, row.by.clone())).collect();
        let deeds = [
            Deed::PersonRemoved,
            Deed::PasswordReset,
            Deed::PersonEnabled,
            Deed::PersonDisabled,
            Deed::PersonAdded,
            Deed::TemplateDeleted,
            Deed::ProvisioningIdReplaced,
            Deed::TemplateChanged,
            Deed::AdapterAccountSet,
            Deed::TemplateAdded,
        ];
        assert_eq!(told[..deeds.len()], deeds.map(|deed| (deed, Doer::Operator)));
    });
}
