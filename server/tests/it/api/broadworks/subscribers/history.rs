//! `GET /v1/broadworks/subscribers/{id}/history`

use domain::{Fault, Permissions};
use serde_json::Value;

use super::{PATH, example};
use crate::support::{Act, Answer, PUBLIC_URL, World, fault, for_each_database};

fn events(answer: &Answer) -> Vec<&str> {
    answer.body["items"].as_array().unwrap().iter().map(|step| step["event"].as_str().unwrap()).collect()
}

#[test]
fn it_tells_what_happened_even_of_one_who_is_gone() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable))]);
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        world.work().await;
        client.delete(&path).await;
        world.work().await;
        assert_eq!(client.get(&path).await.status, 404);

        let answer = client.get(&format!("{path}/history")).await;
        assert_eq!(events(&answer), ["arrived", "attempt_failed", "removal_requested", "account_removed"]);
        let steps = answer.body["items"].as_array().unwrap();
        assert!(steps[0]["actor"].as_str().unwrap().starts_with("api:"));
        assert_eq!(steps[0]["at"], "2026-01-01T00:00:00.000Z");
        assert_eq!((&steps[1]["actor"], &steps[1]["status"]), (&Value::from("engine"), &Value::from("error")));
        assert_eq!(steps[1]["error"]["errorCode"], 41007);
        assert_eq!(steps[3].get("status"), None);
    });
}

#[test]
fn it_comes_in_pages_and_only_to_its_partner() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let client = world.client().await;
        let path = format!("{PATH}/{}", client.post(PATH, &example(&template)).await.text("id"));
        world.work().await;
        client.delete(&path).await;
        let mut seen = Vec::new();
        let mut next = Some(format!("{path}/history?max=1"));
        while let Some(at) = next {
            let page = client.get(&at).await;
            seen.extend(events(&page).into_iter().map(str::to_owned));
            next = page.headers.get("link").map(|link| {
                let link = link.to_str().unwrap();
                link.trim_start_matches('<').split('>').next().unwrap().strip_prefix(PUBLIC_URL).unwrap().to_owned()
            });
        }
        assert_eq!(seen, ["arrived", "account_created", "removal_requested"]);
        assert_eq!(events(&client.get(&format!("{path}/history?offset=2")).await), ["removal_requested"]);

        let other = world.client_of(world.other_partner().await, Permissions::TOKEN).await;
        assert_eq!(other.get(&format!("{path}/history")).await.status, 404);
        assert_eq!(client.get(&format!("{path}/history?max=0")).await.errors(), (400, vec![(45001, "max")]));
        assert_eq!(client.get(&format!("{path}/history?cursor=x")).await.errors(), (400, vec![(45001, "cursor")]));
    });
}
