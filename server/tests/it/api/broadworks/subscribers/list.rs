//! `GET /v1/broadworks/subscribers`

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use domain::{
    Fault, SpEnterpriseId,
    timestamp::{DAY, MINUTE},
};
use serde_json::Value;
use url::form_urlencoded;
use uuid::Uuid;

use super::PATH;
use crate::support::{Act, Answer, Client, PUBLIC_URL, World, fault, for_each_database, new_subscriber};

async fn list(client: &Client, filters: &[(&str, &str)]) -> Answer {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(filters).finish();
    client.get(&format!("{PATH}?{query}")).await
}

fn users(answer: &Answer) -> Vec<&str> {
    answer.body["items"].as_array().unwrap().iter().map(|item| item["userId"].as_str().unwrap()).collect()
}

/// The next page's path, from the `Link` header.
fn next(answer: &Answer) -> Option<String> {
    let link = answer.headers.get("link")?.to_str().unwrap();
    let url = link.strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
    Some(url.strip_prefix(PUBLIC_URL).unwrap().to_owned())
}

#[test]
fn filters_say_who_is_listed_and_combine() {
    for_each_database(async |world: World| {
        let trusted = world.trusted().await;
        let template = world.template(|_| ()).await;
        let done = world.arrive(&trusted, "done@sp.com", Some("Ann@acme.com")).await;
        world.work().await;
        world.target.plan([Act::Refuse(fault(Fault::TargetRefused))]);
        world.arrive(&trusted, "failed@sp.com", Some("bob@acme.com")).await;
        world.work().await;
        let half_time = world.environment.now().0.to_string();
        world.clock.advance(MINUTE);
        let mut other = new_subscriber("Other@sp.com", None);
        other.sp_enterprise_id = SpEnterpriseId::parse("SP1+other").unwrap();
        other.self_activated = true;
        world.try_arrive(&template, other).await.unwrap();
        let client = world.client().await;
        let person = client.get(&format!("{PATH}?userId=done@sp.com")).await.body["items"][0]["personId"].clone();
        let id = person.as_str().unwrap();
        let nobodys = STANDARD_NO_PAD.encode(format!("{0}:{0}", Uuid::nil()));

        for (filters, expected) in [
            (vec![], vec!["done@sp.com", "failed@sp.com", "Other@sp.com"]),
            (vec![("userId", "OTHER@sp.com")], vec!["Other@sp.com"]),
            (vec![("userId", "nobody@sp.com")], vec![]),
            (vec![("personId", id)], vec!["done@sp.com"]),
            (vec![("email", "ann@ACME.com")], vec!["done@sp.com"]),
            (vec![("provisioningId", &template.provisioning_id)], vec!["Other@sp.com"]),
            (vec![("provisioningId", &nobodys)], vec![]),
            (vec![("spEnterpriseId", "SP1+acme")], vec!["done@sp.com", "failed@sp.com"]),
            (vec![("status", "error, provisioned")], vec!["done@sp.com", "failed@sp.com"]),
            (vec![("status", "pending_email_input")], vec!["Other@sp.com"]),
            (vec![("after", &half_time)], vec!["Other@sp.com"]),
            (vec![("after", "2026-01-01T00:00:30Z")], vec!["Other@sp.com"]),
            (vec![("lastStatusChange", "2026-01-01T01:00:30+01:00")], vec!["Other@sp.com"]),
            (vec![("selfActivated", "true")], vec!["Other@sp.com"]),
            (vec![("selfActivated", "false"), ("status", "error")], vec!["failed@sp.com"]),
            (vec![("filter", "status:error,provisioned id:done@sp.com")], vec!["done@sp.com"]),
            (vec![("filter", "provisioned:no"), ("spEnterpriseId", "SP1+acme")], vec!["failed@sp.com"]),
            (vec![("filter", "stuck:>3d")], vec![]),
            (vec![("unknown", "ignored"), ("max", "1")], vec!["done@sp.com"]),
        ] {
            let answer = list(&client, &filters).await;
            assert_eq!((answer.status.as_u16(), users(&answer)), (200, expected), "{filters:?}");
        }
        assert_eq!(world.status(done.id).await, "provisioned");
        world.clock.advance(4 * DAY);
        let stuck = list(&client, &[("filter", "stuck:>3d")]).await;
        assert_eq!(users(&stuck), ["failed@sp.com", "Other@sp.com"]);
        let flawed = list(&client, &[("filter", "statsu:error")]).await;
        assert_eq!(flawed.errors(), (400, vec![(u64::from(Fault::InvalidParameter.code()), "filter")]));
        assert!(flawed.body["errors"][0]["description"].as_str().unwrap().contains("did you mean: status?"));
    });
}

#[test]
fn pages_follow_each_other_without_a_gap_or_a_double() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        for number in 0..120 {
            world.arrive(&template, &format!("{number}@sp.com"), None).await;
        }
        let client = world.client().await;
        let all: Vec<_> = (0..120).map(|number| format!("{number}@sp.com")).collect();

        let mut seen: Vec<String> = Vec::new();
        let mut path = Some(format!("{PATH}?status=pending_email_input,error"));
        while let Some(at) = path {
            let page = client.get(&at).await;
            assert!(users(&page).len() <= 50);
            seen.extend(users(&page).into_iter().map(str::to_owned));
            path = next(&page);
        }
        assert_eq!(seen, all);

        let page = list(&client, &[("max", "100"), ("offset", "30")]).await;
        assert_eq!(users(&page), all[30..]);
        assert!(next(&page).is_none());
        let page = list(&client, &[("max", "20"), ("offset", "30")]).await;
        assert_eq!(users(&client.get(&next(&page).unwrap()).await), all[50..70]);
        assert_eq!(list(&client, &[("offset", "500")]).await.body["items"], Value::Array(Vec::new()));
    });
}
