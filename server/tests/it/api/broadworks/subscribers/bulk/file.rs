//! `/v1/broadworks/subscribers/bulk` with a CSV file.

use crate::entity::{bulk_job, subscriber};
use axum::{body::Body, http::Method};
use domain::{Permission, Permissions, lifecycle::Event};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};
use server::store::Template;

use super::{BULK, carry_out_all, outcomes, refused, subscribers};
use crate::{
    export::{everyone, export},
    support::{Answer, Client, PUBLIC_URL, World, for_each_database, new_subscriber},
};

const HEADER: &str = "BroadWorks ID,First Name,Last Name,Enterprise ID,Email,Package";

async fn send(client: &Client, query: &str, file: impl Into<Body>) -> Answer {
    client.call(Method::POST, &format!("{BULK}?{query}"), Some("text/csv; charset=utf-8"), file.into()).await
}

/// The query of a job whose rows come under this template.
fn create(template: &Template) -> String {
    format!("action=create&provisioningId={}", template.provisioning_id)
}

async fn jobs(world: &World) -> u64 {
    bulk_job::Entity::find().count(world.store.read()).await.unwrap()
}

/// Two rows that are good, the second in two lines, and two that are not.
fn mixed() -> String {
    format!(
        "{HEADER},Status\r\n1@sp.com,Ann,Lee,SP1+acme,ann@acme.com,,x\r\n2@sp.com,Bob,Lee,SP1+acme,,premium,\"x\r\ny\"\r\n\
         \r\n,Cy,Lee,SP1+acme,cy@,gold,\r\n1@SP.com,Ann,Lee,SP1+acme,,,\r\n"
    )
}

#[test]
fn good_rows_are_carried_out_and_bad_ones_told_with_their_lines() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let job = send(&client, &create(&template), mixed()).await;
        assert_eq!((job.status.as_u16(), job.text("status"), &job.body["rows"]), (202, "running", &4.into()));
        carry_out_all(&world).await;
        let path = job.header("location").strip_prefix(PUBLIC_URL).unwrap().to_owned();
        let shown = outcomes(&client, &path).await;
        assert_eq!(shown[2], refused(&[(1001, "userId"), (45001, "package"), (43007, "email")]));
        assert_eq!(shown[3], refused(&[(10022, "userId")]));
        let rows = client.get(&format!("{path}/rows")).await.body;
        let lines: Vec<_> = rows["items"].as_array().unwrap().iter().map(|row| row["line"].as_u64().unwrap()).collect();
        assert_eq!(lines, [2, 3, 6, 7]);
        let job = client.get(&path).await.body;
        assert_eq!((&job["accepted"], &job["refused"], subscribers(&world).await), (&2.into(), &2.into(), 2));
        let bob = client.get(&format!("{}?userId=2@sp.com", super::PATH)).await.body["items"][0].clone();
        assert_eq!(
            (&bob["package"], &bob["provisioningId"]),
            (&"premium".into(), &template.provisioning_id.clone().into())
        );

        let again = send(&client, &create(&template), mixed()).await;
        carry_out_all(&world).await;
        let again = client.get(&format!("{BULK}/{}", again.text("id"))).await.body;
        assert_eq!((&again["accepted"], &again["unchanged"], &again["refused"]), (&0.into(), &2.into(), &2.into()));
    });
}

#[test]
fn a_dry_run_tells_everything_and_writes_nothing() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        world.arrive(&template, "2@sp.com", None).await;
        let report = send(&client, &format!("{}&dryRun=true", create(&template)), mixed()).await;
        assert_eq!(report.status, 200);
        let cell = |line: u64, column: &str, field: &str, code: u64, description: &str, remedy: &str| {
            json!({ "line": line, "column": column, "fieldName": field, "errorCode": code, "description": description,
                    "remedy": remedy })
        };
        let not_allowed = "A parameter has a value that is not allowed.";
        let expected = json!({ "rows": 4, "accepted": 1, "unchanged": 1, "refused": 2, "errors": [
            cell(6, "BroadWorks ID", "userId", 1001, "A mandatory parameter is missing.", "Fill in this column."),
            cell(6, "Package", "package", 45001, not_allowed, "Use softphone, basic, standard or premium."),
            cell(6, "Email", "email", 43007, "This is not a complete email address.",
                 "Enter an address such as name@example.com."),
            cell(7, "BroadWorks ID", "userId", 10022,
                 "The BroadWorks UserID is already associated with an existing user.",
                 "Keep one row for each BroadWorks ID."),
        ] });
        assert_eq!(report.body, expected);
        assert_eq!((jobs(&world).await, subscribers(&world).await), (0, 1));
    });
}

#[test]
fn all_or_nothing_accepts_nothing_if_a_row_is_bad() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let query = format!("{}&allOrNothing=true", create(&template));
        let answer = send(&client, &query, mixed()).await;
        assert_eq!(
            answer.errors(),
            (400, vec![(1001, "userId"), (45001, "package"), (43007, "email"), (10022, "userId")])
        );
        let lines: Vec<_> =
            answer.body["errors"].as_array().unwrap().iter().map(|error| error["line"].clone()).collect();
        assert_eq!(lines, [6, 6, 6, 7]);
        assert_eq!(jobs(&world).await, 0);
        let good = format!("{HEADER}\n1@sp.com,Ann,Lee,SP1+acme,,\n");
        assert_eq!(send(&client, &query, good).await.status, 202);
    });
}

#[test]
fn a_file_that_is_no_table_is_refused_with_its_line() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let good = format!("{HEADER}\n1@sp.com,Ann,Lee,SP1+acme,,\n");
        let bytes = |text: &str| text.as_bytes().to_vec();
        for (file, line) in [
            (Vec::new(), 1),
            (bytes("\u{0}\u{0}\u{0}"), 1),
            (bytes("1@sp.com,Ann,Lee,SP1+acme,,\n"), 1),
            (bytes(&format!("{HEADER},Email\n")), 1),
            ([bytes(&good), b"2@sp.com,Ren\xe9,Lee,SP1+acme,,\n".to_vec()].concat(), 3),
            (bytes("B\u{0}r\u{0}"), 1),
            (bytes(&format!("{good}2@sp.com,\"Bob,Lee,SP1+acme,,\n3@sp.com,Cy,Lee,SP1+acme,,\n")), 3),
        ] {
            for extra in ["", "&dryRun=true", "&allOrNothing=true"] {
                let answer = send(&client, &format!("{}{extra}", create(&template)), file.clone()).await;
                assert_eq!(answer.errors(), (400, vec![(45011, "")]), "{}", String::from_utf8_lossy(&file));
                assert_eq!(answer.body["errors"][0]["line"], line, "{}", answer.body);
                assert!(
                    answer.body["errors"][0]["description"].as_str().unwrap().starts_with(&format!("Line {line}: "))
                );
            }
        }
        let huge = format!("{good}2@sp.com,{},Lee,SP1+acme,,\n", "x".repeat(10 << 20));
        let report = send(&client, &format!("{}&dryRun=true", create(&template)), huge).await;
        assert_eq!((&report.body["refused"], &report.body["errors"][0]["errorCode"]), (&1.into(), &1002.into()));
        let larger = "x".repeat((16 << 20) + 1);
        assert_eq!(send(&client, &create(&template), larger).await.errors(), (413, vec![(45009, "")]));
        assert_eq!((jobs(&world).await, subscribers(&world).await), (0, 0));
    });
}

#[test]
fn ten_thousand_rows_and_no_more() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client().await.with_key("large");
        let rows: String = (0..10_000).map(|number| format!("{number}@sp.com,Ann,Lee,SP1+acme,,\n")).collect();
        let file = format!("{HEADER}\n{rows}");
        let first = send(&client, &create(&template), file.clone()).await;
        assert_eq!((first.status.as_u16(), &first.body["rows"]), (202, &10_000.into()));
        assert_eq!(send(&client, &create(&template), file.clone()).await.text("id"), first.text("id"));
        let client = world.client().await;
        let more = format!("{file}10000@sp.com,Ann,Lee,SP1+acme,,\n");
        for extra in ["", "&dryRun=true"] {
            let answer = send(&client, &format!("{}{extra}", create(&template)), more.clone()).await;
            assert_eq!(answer.errors(), (400, vec![(1002, "rows")]));
        }
        assert_eq!(
            send(&client, &create(&template), format!("{HEADER}\n")).await.errors(),
            (400, vec![(1001, "rows")])
        );
        assert_eq!(jobs(&world).await, 1);
    });
}

#[test]
fn what_export_writes_a_job_reads() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client().await;
        for (number, name) in ["Ann", "=1+1", "'x", "O\"Neil; Ann,", "Мария"].into_iter().enumerate() {
            let mut new = new_subscriber(&format!("{number}@sp.com"), Some(&format!("u{number}@acme.com")));
            new.first_name = name.to_owned();
            world.try_arrive(&template, new).await.unwrap();
        }
        let list = async || {
            let mut items = client.get(super::PATH).await.body["items"].as_array().unwrap().clone();
            for item in &mut items {
                for own in ["id", "created", "lastStatusChange"] {
                    item[own] = Value::Null;
                }
            }
            items.sort_by_key(|item| item["userId"].as_str().unwrap().to_owned());
            items
        };
        let before = list().await;
        let csv = export(&world, everyone(&world, &template)).await;
        for user in subscriber::Entity::find().all(world.store.read()).await.unwrap() {
            world.apply(user.id, Event::RemovalRequested).await.unwrap();
        }
        assert!(list().await.is_empty());
        assert_eq!(send(&client, "action=create", csv).await.status, 202);
        carry_out_all(&world).await;
        assert_eq!(list().await, before);
    });
}

#[test]
fn how_a_file_is_taken_has_to_make_sense() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let good = format!("{HEADER}\n1@sp.com,Ann,Lee,SP1+acme,,\n");
        for (query, error) in [
            ("", (1001, "action")),
            ("action=delete", (45001, "action")),
            ("action=create&dryRun=yes", (45001, "dryRun")),
            ("action=create&allOrNothing=1", (45001, "allOrNothing")),
            ("action=create&dryrun=true", (45001, "dryrun")),
        ] {
            assert_eq!(send(&client, query, good.clone()).await.errors(), (400, vec![error]), "{query}");
        }
        // A dry run that is none would be the worst answer.
        let rows = json!({ "action": "delete", "rows": [{ "userId": "1@sp.com" }] });
        let dry = client.post(&format!("{BULK}?dryRun=true"), &rows).await;
        assert_eq!(dry.errors(), (400, vec![(45001, "dryRun")]));
        for name in ["dryRun", "allOrNothing"] {
            let mut wanted = rows.clone();
            wanted[name] = true.into();
            assert_eq!(client.post(BULK, &wanted).await.errors(), (400, vec![(45001, name)]));
        }
        let elsewhere = client.call(Method::POST, super::PATH, Some("text/csv"), Body::from(good.clone())).await;
        assert_eq!(elsewhere.status, 415);

        let other = world.client_of(world.other_partner().await, Permissions::TOKEN).await;
        let report = send(&other, &format!("{}&dryRun=true", create(&template)), good.clone()).await;
        assert_eq!(report.body["errors"][0]["errorCode"], 45003);
        let reader = world.client_of(world.tenant, Permissions::of(&[Permission::UsersRead])).await;
        assert_eq!(send(&reader, &create(&template), good).await.status, 403);
        assert_eq!(jobs(&world).await, 0);
    });
}

#[test]
fn columns_that_nobody_knows_are_named_and_what_is_wrong_is_told_in_full() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let file = format!(
            "{HEADER},Colour,Status\n1@sp.com,Ann,Lee,SP1+acme\n2@sp.com,Bob,Lee,SP1+acme,,gold\n\
             3@sp.com,Cy,Lee,SP1+acme,,,red,x,more\n2.4E+09,Di,Lee,SP1+acme\n"
        );
        let report = send(&client, &format!("{}&dryRun=true", create(&template)), file.clone()).await;
        assert_eq!(report.body["ignoredColumns"], json!(["Colour"]));
        let too_many = &report.body["errors"][1];
        assert_eq!((&too_many["errorCode"], &too_many["line"]), (&45018.into(), &4.into()));
        assert!(too_many.get("column").is_none() && too_many.get("fieldName").is_none(), "{too_many}");

        let job = send(&client, &create(&template), file).await;
        assert_eq!(job.body["ignoredColumns"], json!(["Colour"]));
        carry_out_all(&world).await;
        let path = format!("{BULK}/{}", job.text("id"));
        let shown = client.get(&path).await.body;
        assert_eq!((&shown["ignoredColumns"], &shown["accepted"]), (&json!(["Colour"]), &1.into()));
        let shown = outcomes(&client, &path).await;
        assert_eq!(
            shown[1..],
            [refused(&[(45001, "package")]), refused(&[(45018, "")]), refused(&[(45017, "userId")])]
        );
        let rows = client.get(&format!("{path}/rows?outcome=refused")).await.body;
        let description = rows["items"][0]["errors"][0]["description"].as_str().unwrap();
        assert!(description.ends_with("Use softphone, basic, standard or premium."), "{description}");
    });
}
