//! Numbers that the database keeps itself, and pages that count nothing.

use app::{
    backend::{Customers as _, Templates as _, Users as _},
    hub::model::{Cursor, UserFilter},
};
use domain::{Fault, Package, SpEnterpriseId, Status, lifecycle::Event};
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::{Set, Unchanged},
    ConnectionTrait as _, DbBackend, Statement,
};
use server::{
    backend::hub::{HubService, caller},
    store::{
        self, TemplateId, Window,
        counter::{self, Number},
        subscriber::Filter,
    },
};
use uuid::Uuid;

use crate::entity::subscriber;
use crate::support::{Act, Heard, World, fault, for_each_database};

async fn kept(world: &World, template: TemplateId) -> Vec<(&'static str, i64)> {
    let counts = counter::of_template(world.store.read(), world.tenant, template, None).await.unwrap();
    let counts = counts.into_iter().filter(|count| count.users != 0);
    let mut counts: Vec<_> = counts.map(|Number { status, users, .. }| (status.as_str(), users)).collect();
    counts.sort();
    counts
}

async fn miscounted(world: &World) -> Vec<counter::Miscount> {
    counter::miscounts(world.store.read()).await.unwrap()
}

#[test]
fn whatever_becomes_of_users_they_are_counted() {
    for_each_database(async |world: World| {
        let (trusted, untrusted) = (world.trusted().await, world.template(|_| ()).await);
        let ann = world.arrive(&trusted, "ann@sp.com", Some("ann@acme.com")).await.id;
        let bob = world.arrive(&untrusted, "bob@sp.com", None).await.id;
        assert_eq!(kept(&world, trusted.id).await, [("provisioning", 1)]);
        assert_eq!(counter::waiting(world.store.read(), world.tenant, trusted.id, "directory").await.unwrap(), 1);
        world.work().await;
        assert_eq!(kept(&world, trusted.id).await, [("provisioned", 1)]);
        assert_eq!(counter::waiting(world.store.read(), world.tenant, trusted.id, "directory").await.unwrap(), 0);
        world.apply(ann, Event::PackageChanged(Package::Premium)).await.unwrap();
        assert_eq!(kept(&world, trusted.id).await, [("updating", 1)]);
        world.work().await;
        // What is rolled back has not happened.
        world.try_arrive(&trusted, crate::support::new_subscriber("ann@sp.com", None)).await.unwrap_err();
        world.apply(bob, Event::RemovalRequested).await.unwrap();
        assert_eq!(kept(&world, untrusted.id).await, []);
        // Another template, and a status that nobody knows: it is counted, and left out where it would be shown.
        let work = world.store.work().await.unwrap();
        let moved = subscriber::ActiveModel {
            id: Unchanged(ann),
            template_id: Set(untrusted.id),
            status: Set("dreaming".to_owned()),
            ..Default::default()
        };
        moved.update(&*work).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!((kept(&world, trusted.id).await, kept(&world, untrusted.id).await), (vec![], vec![]));
        assert_eq!(miscounted(&world).await, []);
    });
}

#[test]
fn whoever_has_failed_is_counted_by_what_and_why() {
    for_each_database(async |world: World| {
        let (trusted, untrusted) = (world.trusted().await, world.template(|_| ()).await);
        let failing = async || {
            let mut failing = counter::failing(world.store.read(), world.tenant).await.unwrap();
            failing.sort_by_key(|(fault, ..)| fault.code());
            failing
        };
        let refused = [Fault::PackageUnavailable, Fault::PackageUnavailable, Fault::TargetRefused];
        world.target.plan(refused.map(|why| Act::Refuse(fault(why))));
        let mut users = Vec::new();
        for user in ["1@sp.com", "2@sp.com", "3@sp.com"] {
            users.push(world.arrive(&trusted, user, Some(&format!("{user}.example"))).await.id);
            world.work().await;
        }
        assert_eq!(failing().await, [(Fault::TargetRefused, 1, true), (Fault::PackageUnavailable, 2, true)]);
        world.apply(users[0], Event::RemovalRequested).await.unwrap();
        world.work().await;
        world.apply(users[2], Event::Retried).await.unwrap();
        world.work().await;
        assert_eq!(failing().await, [(Fault::PackageUnavailable, 1, true)]);
        // Another template, and mails.
        let work = world.store.work().await.unwrap();
        let moved = subscriber::ActiveModel {
            id: Unchanged(users[1]),
            template_id: Set(untrusted.id),
            mail_fault: Set(Some(Fault::MailboxUnknown.code().cast_signed())),
            ..Default::default()
        };
        moved.update(&*work).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!(failing().await, [(Fault::PackageUnavailable, 1, true), (Fault::MailboxUnknown, 1, false)]);
        assert_eq!(miscounted(&world).await, []);
        let work = world.store.work().await.unwrap();
        work.execute_unprepared("UPDATE fault_count SET users = users + 1 WHERE what = 'mail'").await.unwrap();
        work.commit().await.unwrap();
        assert_eq!(miscounted(&world).await.len(), 1);
    });
}

#[test]
fn a_number_that_is_wrong_is_found() {
    for_each_database(async |world: World| {
        world.arrive(&world.template(|_| ()).await, "1@sp.com", None).await;
        for change in ["UPDATE subscriber_count SET users = users + 1", "DELETE FROM subscriber_count"] {
            assert_eq!(miscounted(&world).await.len(), usize::from(change.starts_with("DELETE")));
            let work = world.store.work().await.unwrap();
            work.execute_unprepared(change).await.unwrap();
            work.commit().await.unwrap();
        }
        assert_eq!(miscounted(&world).await[0].counted, 1);
    });
}

/// What the statements since the last look do that grows with the number of users.
pub async fn walks(world: &World, heard: &Heard) -> Vec<String> {
    let mut walks = Vec::new();
    let statements = heard.statements();
    assert!(!statements.is_empty(), "nothing was heard");
    for sql in statements {
        let explain = Statement::from_string(DbBackend::Sqlite, format!("EXPLAIN QUERY PLAN {sql}"));
        let plan = world.store.read().query_all_raw(explain).await.unwrap();
        let plan: Vec<String> = plan.iter().map(|step| step.try_get("", "detail").unwrap()).collect();
        let counts = sql.contains("COUNT(") && (sql.contains("\"subscriber\"") || sql.contains("\"task\""));
        // All of the partner's users, where only a template's or a customer's are asked for.
        let others = (sql.contains("\"template_id\" = ?") || sql.contains("\"customer_id\" = "))
            && plan.iter().any(|step| step.contains("USING INDEX subscriber_by_partner_id_and_status_and_id"));
        if counts || others || plan.iter().any(|step| step.starts_with("SCAN") && !is_of_grams(step)) {
            walks.push(format!("{sql}: {plan:?}"));
        }
    }
    heard.statements();
    walks
}

/// The index of grams is read from where it is told to: by all the grams of a term, which its plan calls `M`.
fn is_of_grams(step: &str) -> bool {
    step.starts_with("SCAN subscriber_gram VIRTUAL TABLE INDEX") && step.contains(":M")
}

#[test]
fn no_page_of_the_hub_counts_users_or_walks_through_them() {
    for_each_database(async |world: World| {
        if world.store.backend() != DbBackend::Sqlite {
            return;
        }
        let (world, heard) = world.overheard();
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let worker = world.worker();
        let hub = HubService(world.context(worker.breakers().clone()));
        let by = caller(Uuid::nil().into(), world.tenant);
        let (template, customer) = (template.id.into(), user.customer_id.into());
        heard.statements();

        let customers = hub.customers(&by, "", None).await.unwrap().page;
        assert_eq!(customers.rows[0].users.total, 1);
        assert_eq!(walks(&world, &heard).await, Vec::<String>::new(), "Customer List");
        let templates = hub.customer_templates(&by, customer).await.unwrap();
        assert_eq!(templates.templates[0].users.total, 1);
        assert_eq!(walks(&world, &heard).await, Vec::<String>::new(), "a customer's templates");
        assert_eq!(hub.template(&by, template).await.unwrap().users.total, 1);
        assert_eq!(walks(&world, &heard).await, Vec::<String>::new(), "a template");
        for customer in [None, Some(customer)] {
            for exclude_provisioned in [false, true] {
                for cursor in
                    [Cursor::Start, Cursor::After(Uuid::max().to_string()), Cursor::Before(Uuid::nil().to_string())]
                {
                    let filter = UserFilter { customer, exclude_provisioned, text: None };
                    let status = hub.user_status(&by, template, filter, cursor).await.unwrap();
                    assert_eq!((status.users.total, status.page.rows.len()), (1, 1));
                    assert_eq!(walks(&world, &heard).await, Vec::<String>::new(), "User Status");
                }
            }
        }
        // As the API's clients ask.
        let failed = Filter {
            sp_enterprise_id: Some(SpEnterpriseId::parse("SP1+acme").unwrap()),
            statuses: Some(vec![Status::Error]),
            ..Filter::default()
        };
        let window = Window { after: None, skip: None, most: 50 };
        store::subscriber::oldest_first(world.store.read(), world.tenant, &failed, window).await.unwrap();
        assert_eq!(walks(&world, &heard).await, Vec::<String>::new(), "a customer's errors");
        hub.user_rows(&by, vec![user.id.into()]).await.unwrap();
        assert_eq!(walks(&world, &heard).await, Vec::<String>::new(), "rows that have changed");
        // As the page does while something is down for everybody.
        assert_eq!(counter::waiting(world.store.read(), world.tenant, user.template_id, "directory").await.unwrap(), 1);
        assert_eq!(walks(&world, &heard).await, Vec::<String>::new(), "an outage");
    });
}
