//! Reports as a list and one by one.

use domain::{
    Permission, Permissions,
    timestamp::{DAY, MINUTE},
};
use serde_json::json;
use server::access::code_keys::CodeKeys;

use super::{PATH, report};
use crate::support::{Answer, Client, PUBLIC_URL, World, for_each_database};

fn months(listed: &Answer) -> Vec<&str> {
    let items = listed.body["items"].as_array().unwrap();
    items.iter().map(|item| item["billingPeriod"].as_str().unwrap()).collect()
}

async fn list(client: &Client, query: &str) -> Answer {
    client.get(&format!("{PATH}?{query}")).await
}

/// Where a report is downloaded, without the server's name.
async fn address(client: &Client, path: &str) -> String {
    client.get(path).await.text("tempDownloadURL").strip_prefix(PUBLIC_URL).unwrap().to_owned()
}

#[test]
fn a_report_is_complete_at_once_and_gone_when_it_is_removed() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        let path = report(&client, "2025-12").await;
        let shown = client.get(&path).await;
        assert_eq!((shown.text("billingPeriod"), shown.text("status")), ("2025-12", "COMPLETED"));
        assert_eq!(shown.text("created"), "2026-01-01T00:00:00.000Z");
        assert!(path.ends_with(shown.text("id")));
        let listed = client.get(PATH).await;
        let item = json!({ "id": shown.text("id"), "billingPeriod": "2025-12", "status": "COMPLETED" });
        assert_eq!(listed.body, json!({ "items": [item] }));

        let address = address(&client, &path).await;
        assert_eq!(client.delete(&path).await.status, 204);
        for again in [client.delete(&path).await, client.get(&path).await, client.get(&address).await] {
            assert_eq!(again.errors(), (404, vec![(45006, "")]));
        }
        assert_eq!(client.get(PATH).await.body, json!({ "items": [] }));
    });
}

#[test]
fn a_month_that_is_none_or_has_not_begun_is_refused() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        for (month, code) in [
            (json!("2026-02"), 47001),
            (json!("2026-13"), 45001),
            (json!(202_601), 45001),
            (json!(""), 1001),
            (json!(null), 1001),
        ] {
            let refused = client.post(PATH, &json!({ "billingPeriod": month })).await;
            assert_eq!(refused.errors(), (400, vec![(code, "billingPeriod")]), "{month}");
        }
        report(&client, "2026-01").await;
        world.clock.advance(31 * DAY);
        report(&client, "2026-02").await;
    });
}

#[test]
fn a_repeated_call_makes_no_second_report() {
    for_each_database(async |world: World| {
        let client = world.client().await.with_key("once");
        assert_eq!(report(&client, "2025-12").await, report(&client, "2025-12").await);
        assert_eq!(months(&client.get(PATH).await), ["2025-12"]);
    });
}

#[test]
fn reports_are_found_by_when_they_were_made_and_come_in_pages() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        for month in ["2025-11", "2025-12", "2025-10", "2025-12"] {
            report(&client, month).await;
            world.clock.advance(31 * DAY);
        }
        for (query, expected) in [
            ("", vec!["2025-12", "2025-12", "2025-11", "2025-10"]),
            ("sortBy=billingPeriod", vec!["2025-12", "2025-12", "2025-11", "2025-10"]),
            ("sortBy=id", vec!["2025-12", "2025-10", "2025-12", "2025-11"]),
            ("sortBy=status&after=2026-03", vec!["2025-12", "2025-10"]),
            ("before=2026-02", vec!["2025-11"]),
            ("before=2026-02-02&after=2026-01-31", vec!["2025-12"]),
        ] {
            assert_eq!(months(&list(&client, query).await), expected, "{query}");
        }
        for order in ["billingPeriod", "id"] {
            let whole = list(&client, &format!("sortBy={order}")).await;
            let (mut next, mut seen) = (format!("{PATH}?sortBy={order}&max=1"), Vec::new());
            loop {
                let page = client.get(&next).await;
                seen.extend(page.body["items"].as_array().unwrap().clone());
                let Some(link) = page.headers.get("link") else { break };
                let link = link.to_str().unwrap().strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
                next = link.strip_prefix(PUBLIC_URL).unwrap().to_owned();
            }
            assert_eq!(json!(seen), whole.body["items"], "{order}");
        }
        for wrong in ["sortBy=created", "before=x", "after=2026-13", "max=1001", "offset=x", "cursor=2026-01"] {
            let name = wrong.split('=').next().unwrap();
            assert_eq!(list(&client, wrong).await.errors(), (400, vec![(45001, name)]), "{wrong}");
        }
    });
}

#[test]
fn tokens_and_partners_see_what_they_may() {
    for_each_database(async |world: World| {
        let path = report(&world.client().await, "2025-12").await;
        let stranger = world.client_of(world.other_partner().await, Permissions::TOKEN).await;
        assert_eq!(months(&stranger.get(PATH).await), Vec::<&str>::new());
        assert_eq!(stranger.get(&path).await.status, 404);
        assert_eq!(stranger.delete(&path).await.status, 404);
        let body = json!({ "billingPeriod": "2025-12" });
        let reader = world.client_of(world.tenant, Permissions::of(&[Permission::BillingRead])).await;
        assert_eq!(reader.get(&path).await.status, 200);
        assert_eq!(
            (reader.post(PATH, &body).await.status, reader.delete(&path).await.status),
            (403.try_into().unwrap(), 403.try_into().unwrap())
        );
        let writer = world.client_of(world.tenant, Permissions::of(&[Permission::BillingWrite])).await;
        assert_eq!(
            (writer.get(PATH).await.status, writer.get(&path).await.status),
            (403.try_into().unwrap(), 403.try_into().unwrap())
        );
        let other =
            world.client_of(world.tenant, Permissions::of(&[Permission::UsersRead, Permission::UsersWrite])).await;
        assert_eq!(other.get(PATH).await.errors(), (403, vec![(45005, "")]));
        assert_eq!(other.post(PATH, &body).await.status, 403);
        assert_eq!(other.without_authorization().get(&path).await.status, 401);
        assert_eq!(writer.delete(&path).await.status, 204);
    });
}

#[test]
fn the_address_is_good_for_a_quarter_of_an_hour_at_every_replica_and_nothing_else_is() {
    for_each_database(async |world: World| {
        let client = world.client().await;
        let (path, other) = (report(&client, "2025-12").await, report(&client, "2025-11").await);
        let address = address(&client, &path).await;
        let anybody = client.without_authorization();
        world.clock.advance(15 * MINUTE - 1);
        let (headers, csv) = anybody.at_replica(&world).page(&address).await;
        assert_eq!(headers["content-type"], "text/csv; charset=utf-8");
        assert_eq!(headers["content-disposition"], "attachment; filename=\"billing-2025-12.csv\"");
        assert!(csv.starts_with("\u{feff}BILLING PERIOD,"));

        let (file, query) = address.split_once('?').unwrap();
        let (expires, signature) = query.split_once('&').unwrap();
        let expires: i64 = expires.strip_prefix("expires=").unwrap().parse().unwrap();
        for wrong in [
            file.to_owned(),
            format!("{file}?{signature}"),
            format!("{file}?expires={expires}"),
            format!("{file}?expires={expires}&signature="),
            format!("{file}?expires={expires}&signature=%ff"),
            format!("{file}?expires={}&{signature}", expires + 1),
            format!("{file}?expires=x&{signature}"),
            format!("{file}?{query}A"),
            format!("{other}/csv?{query}"),
            format!("{PATH}/x/csv?{query}"),
        ] {
            let refused = client.get(&wrong).await;
            assert!(refused.status == 404 || wrong.contains("%ff"), "{wrong}: {}", refused.status);
        }
        world.clock.advance(1);
        assert_eq!(anybody.get(&address).await.errors(), (404, vec![(45006, "")]));
    });
}

#[test]
fn an_address_is_signed_by_more_than_the_database_holds() {
    for_each_database(async |mut world: World| {
        let nothing = || (404, vec![(45006, "")]);
        let key = |name: &str| name.repeat(8);
        world.code_keys = CodeKeys::parse(&key("old-")).unwrap();
        let client = world.client().await;
        let path = report(&client, "2025-12").await;
        let signed = address(&client, &path).await;
        client.page(&signed).await;

        world.code_keys = CodeKeys::parse(&format!("{} {}", key("new-"), key("old-"))).unwrap();
        let rotated = world.client().await;
        rotated.page(&signed).await;
        assert_ne!(address(&rotated, &path).await, signed, "the first key is for what is new");

        for without in [CodeKeys::parse(&key("new-")).unwrap(), CodeKeys::default()] {
            world.code_keys = without;
            let other = world.client().await;
            assert_eq!(other.get(&signed).await.errors(), nothing());
            other.page(&address(&other, &path).await).await;
        }
        assert_eq!(
            client.get(&address(&world.client().await, &path).await).await.status,
            404,
            "the database's key alone"
        );
    });
}
