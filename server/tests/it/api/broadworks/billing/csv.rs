//! What a report tells.

use domain::{
    Package, Permissions, SpEnterpriseId,
    lifecycle::Event,
    timestamp::{DAY, HOUR},
};
use sea_orm::{ActiveModelTrait as _, IntoActiveModel as _};

use super::report;
use crate::entity::{customer, usage};
use crate::support::{Client, PUBLIC_URL, World, for_each_database, new_subscriber};

/// A report's file.
async fn file(client: &Client, path: &str) -> String {
    let address = client.get(path).await.text("tempDownloadURL").strip_prefix(PUBLIC_URL).unwrap().to_owned();
    client.without_authorization().page(&address).await.1
}

/// BroadWorks id, package, start, end, days and status of each row of a month's report.
async fn rows(client: &Client, month: &str) -> Vec<[String; 6]> {
    let file = file(client, &report(client, month).await).await;
    read(&file)
}

fn read(file: &str) -> Vec<[String; 6]> {
    let mut reader = csv::Reader::from_reader(file.trim_start_matches('\u{feff}').as_bytes());
    let rows = reader.records().map(Result::unwrap);
    rows.map(|row| [4, 6, 8, 9, 10, 11].map(|column| row[column].to_owned())).collect()
}

fn row(id: &str, package: &str, from: &str, until: &str, days: i64, status: &str) -> [String; 6] {
    let moment = |day: &str| if day.len() > 10 { day.to_owned() } else { format!("{day}T00:00:00.000Z") };
    [id.to_owned(), package.to_owned(), moment(from), moment(until), days.to_string(), status.to_owned()]
}

#[test]
fn every_column_is_there_and_nothing_is_left_to_compute() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let mut new = new_subscriber("-1@sp.com", Some("ann@acme.com"));
        new.sp_enterprise_id = SpEnterpriseId::parse("=SP1+acme").unwrap();
        let user = world.try_arrive(&template, new).await.unwrap();
        let work = world.store.work().await.unwrap();
        let mut acme = world.customers().await.remove(0).into_active_model();
        acme.name = sea_orm::Set("Acme, \"Inc.\"".to_owned());
        let _: customer::Model = acme.update(&*work).await.unwrap();
        work.commit().await.unwrap();
        world.work().await;
        world.clock.advance(31 * DAY);
        let client = world.client().await;
        let file = file(&client, &report(&client, "2026-01").await).await;
        let listed = client.get("/v1/broadworks/subscribers").await;
        let id = listed.body["items"][0]["id"].as_str().unwrap();
        assert_eq!(
            file,
            format!(
                "\u{feff}BILLING PERIOD,PARTNER,SP ENTERPRISE ID,CUSTOMER NAME,BROADWORKS ID,SUBSCRIBER ID,PACKAGE,\
                 SELF ACTIVATED,START DATE,END DATE,DAYS,STATUS\r\n\
                 2026-01,SP One,'=SP1+acme,\"Acme, \"\"Inc.\"\"\",'-1@sp.com,{id},standard,false,\
                 2026-01-01T00:00:00.001Z,2026-02-01T00:00:00.000Z,31,active\r\n"
            ),
            "{user:?}"
        );
    });
}

#[test]
fn a_month_tells_who_came_changed_went_and_came_back() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        // 2026-01-10, noon.
        world.clock.advance(9 * DAY + 12 * HOUR - 1);
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        world.clock.advance(10 * DAY);
        world.apply(user.id, Event::PackageChanged(Package::Premium)).await.unwrap();
        world.work().await;
        // 2026-02-19, noon.
        world.clock.advance(30 * DAY);
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        world.work().await;
        world.clock.advance(DAY - 1);
        world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        // 2026-03-01.
        world.clock.advance(9 * DAY - 12 * HOUR);

        let client = world.client().await;
        assert!(rows(&client, "2025-12").await.is_empty());
        let noon = |day: &str| format!("{day}T12:00:00.000Z");
        let january = [
            row("1@sp.com", "standard", &noon("2026-01-10"), &noon("2026-01-20"), 10, "changed"),
            row("1@sp.com", "premium", &noon("2026-01-20"), "2026-02-01", 12, "active"),
        ];
        assert_eq!(rows(&client, "2026-01").await, january);
        let february = [
            row("1@sp.com", "premium", "2026-02-01", &noon("2026-02-19"), 19, "removed"),
            row("1@sp.com", "standard", &noon("2026-02-20"), "2026-03-01", 9, "active"),
        ];
        assert_eq!(rows(&client, "2026-02").await, february);
        assert!(rows(&client, "2026-03").await.is_empty(), "it has not lasted a moment");
    });
}

#[test]
fn the_current_month_is_told_as_far_as_it_had_passed_whenever_the_report_is_read() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let user = world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        world.clock.advance(3 * DAY + HOUR - 1);
        let client = world.client().await;
        let path = report(&client, "2026-01").await;
        let first = file(&client, &path).await;
        let expected = row("1@sp.com", "standard", "2026-01-01T00:00:00.001Z", "2026-01-04T01:00:00.000Z", 4, "active");
        assert_eq!(read(&first), [expected]);

        world.clock.advance(DAY);
        world.apply(user.id, Event::RemovalRequested).await.unwrap();
        world.arrive(&template, "2@sp.com", Some("bob@acme.com")).await;
        world.work().await;
        assert_eq!(file(&client, &path).await, first, "what happened later is not part of it");
        assert_eq!(rows(&client, "2026-01").await.len(), 1, "two@sp.com came this very moment");
    });
}

#[test]
fn another_partner_is_another_bill() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        world.arrive(&template, "1@sp.com", Some("ann@acme.com")).await;
        let other = world.other_partner().await;
        let theirs = world
            .template(|template| {
                template.partner_id = other.partner();
                template.verification = domain::template::UserVerification::Trusted;
            })
            .await;
        world.arrive(&theirs, "2@sp.com", Some("bob@acme.com")).await;
        world.work().await;
        world.clock.advance(31 * DAY);
        let theirs = world.client_of(other, Permissions::TOKEN).await;
        for (client, id) in [(world.client().await, "1@sp.com"), (theirs, "2@sp.com")] {
            let ids: Vec<_> = rows(&client, "2026-01").await.into_iter().map(|row| row[0].clone()).collect();
            assert_eq!(ids, [id]);
        }
    });
}

#[test]
fn long_reports_are_whole() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let subscriber = world.arrive(&template, "1@sp.com", None).await;
        let work = world.store.work().await.unwrap();
        for number in 0..2_500_i64 {
            let span = usage::Model {
                id: world.environment.id().into(),
                partner_id: world.partner,
                customer_id: subscriber.customer_id,
                owner_id: world.environment.id(),
                user_id: format!("{number}@sp.com"),
                package: "basic".to_owned(),
                self_activated: number % 2 == 0,
                from_at: world.environment.now().0 + number % 7 * DAY,
                until_at: Some(world.environment.now().0 + (number % 7 + number % 3) * DAY),
                continued: number % 5 == 0,
            };
            span.into_active_model().insert(&*work).await.unwrap();
        }
        work.commit().await.unwrap();
        world.clock.advance(31 * DAY);
        let ids: Vec<_> = rows(&world.client().await, "2026-01").await.into_iter().map(|row| row[0].clone()).collect();
        // Whoever left in the moment of coming is not billed.
        let expected: Vec<_> =
            (0..2_500).filter(|number| number % 3 > 0).map(|number| format!("{number}@sp.com")).collect();
        assert_eq!(ids, expected);
    });
}
