//! Export: the User Status list as CSV.

use domain::{Fault, Status, lifecycle::Event};
use futures::TryStreamExt as _;
use server::{
    export::{ExportFilter, csv},
    store::{Template, subscriber::Filter},
    targets::Refusal,
};

use crate::support::{Act, World, for_each_database, new_subscriber};

pub fn everyone(world: &World, template: &Template) -> ExportFilter {
    let wanted = Filter { template: Some(template.id), now: world.environment.now(), ..Filter::default() };
    ExportFilter { tenant: world.tenant, wanted }
}

pub async fn export(world: &World, filter: ExportFilter) -> String {
    let chunks: Vec<_> = csv(world.store.clone(), filter).try_collect().await.unwrap();
    String::from_utf8(chunks.concat()).unwrap()
}

/// The lines below the header.
fn lines(csv: &str) -> Vec<&str> {
    csv.split_terminator("\r\n").skip(1).collect()
}

#[test]
fn every_column_is_there_and_nothing_is_left_to_compute() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let detail = Some("=cmd|' /C calc'!A0, \"quoted\"".to_owned());
        world.target.plan([Act::Refuse(Refusal { detail, ..Fault::PackageUnavailable.into() })]);
        let mut new = new_subscriber("1@sp.com", Some("ann@acme.com"));
        new.first_name = "=HYPERLINK(\"x\")".to_owned();
        new.last_name = "O'Neil, Ann".to_owned();
        new.language = Some("it".to_owned());
        world.try_arrive(&template, new).await.unwrap();
        world.work().await;

        let csv = export(&world, everyone(&world, &template)).await;
        assert_eq!(
            csv,
            format!(
                "\u{feff}BroadWorks ID,First Name,Last Name,Email,Package,Enterprise ID,Provisioning ID,Primary Phone,\
                 Mobile Phone,Extension,Language,Time Zone,Group ID,Status,Pending Requirement,Error Code,Error Text,Created,\
                 Last Change\r\n\
                 1@sp.com,\"'=HYPERLINK(\"\"x\"\")\",\"O'Neil, Ann\",ann@acme.com,standard,SP1+acme,{},\
                 '+1-240-555-1212,,1212,it,,,error,,41007,\"No licence is left for this package. \
                 =cmd|' /C calc'!A0, \"\"quoted\"\"\",2026-01-01T00:00:00.001Z,2026-01-01T00:00:00.001Z\r\n",
                template.provisioning_id
            )
        );
    });
}

#[test]
fn the_pending_requirement_is_told() {
    for_each_database(async |world: World| {
        let template = world
            .template(|template| {
                template.verification = domain::template::UserVerification::Trusted;
                template.provision_admin_first = true;
            })
            .await;
        world.arrive(&template, "1@sp.com", None).await;
        world.arrive(&template, "2@sp.com", Some("two@acme.com")).await;
        let csv = export(&world, everyone(&world, &template)).await;
        let rows = lines(&csv);
        assert!(rows[0].starts_with("2@sp.com,") && rows[0].contains("The customer's administrator has to be"));
        assert!(rows[1].starts_with("1@sp.com,") && rows[1].contains("The user has to enter an email address."));
    });
}

#[test]
fn the_filter_is_the_lists_own() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let other = world.trusted().await;
        let done = world.arrive(&template, "1@sp.com", Some("one@acme.com")).await;
        world.arrive(&other, "elsewhere@sp.com", None).await;
        world.work().await;
        world.arrive(&template, "2@sp.com", None).await;

        let all = everyone(&world, &template);
        assert_eq!(lines(&export(&world, all.clone()).await).len(), 2);
        let but = |wanted: Filter| ExportFilter { wanted, ..all.clone() };
        let open = but(Filter { but: Some(Status::Provisioned), ..all.wanted.clone() });
        let open = export(&world, open).await;
        assert!(lines(&open).len() == 1 && open.contains("2@sp.com"));
        let customer = but(Filter { customer: Some(done.customer_id), ..all.wanted.clone() });
        assert_eq!(lines(&export(&world, customer).await).len(), 2);
        let nobodys = but(Filter { customer: Some(uuid::Uuid::nil().into()), ..all.wanted.clone() });
        assert_eq!(lines(&export(&world, nobodys).await).len(), 0);
        let tenant = world.other_partner().await;
        assert_eq!(lines(&export(&world, ExportFilter { tenant, ..all.clone() }).await).len(), 0);
    });
}

#[test]
fn a_long_list_comes_in_pages_without_a_gap() {
    const USERS: usize = 2_000;
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let mut work = world.store.work().await.unwrap();
        for number in 0..USERS {
            let new = new_subscriber(&format!("{number}@sp.com"), None);
            let actor = &server::store::Actor::Import;
            let arrived = server::provisioning::arrival::arrive(&mut work, &world.environment, &template, new, actor);
            arrived.await.unwrap();
        }
        work.commit().await.unwrap();

        let csv = export(&world, everyone(&world, &template)).await;
        let users: Vec<_> = lines(&csv).iter().map(|line| line.split(',').next().unwrap().to_owned()).collect();
        let expected: Vec<_> = (0..USERS).rev().map(|number| format!("{number}@sp.com")).collect();
        assert_eq!(users, expected);
    });
}

#[test]
fn one_who_is_gone_is_not_listed() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        assert!(lines(&export(&world, everyone(&world, &template)).await).is_empty());
    });
}
