//! `GET /v1/broadworks/enterprises`

use domain::{Permission, Permissions, SpEnterpriseId};
use serde_json::json;
use url::form_urlencoded;

use super::PATH;
use crate::support::{Answer, Client, PUBLIC_URL, World, for_each_database, new_subscriber};

async fn arrive(world: &World, enterprises: &[String]) -> String {
    let template = world.template(|_| ()).await;
    for (number, enterprise) in enterprises.iter().enumerate() {
        let mut new = new_subscriber(&format!("{number}@sp.com"), None);
        new.sp_enterprise_id = SpEnterpriseId::parse(enterprise).unwrap();
        world.try_arrive(&template, new).await.unwrap();
    }
    template.provisioning_id
}

async fn list(client: &Client, parameters: &[(&str, &str)]) -> Answer {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
    client.get(&format!("{PATH}?{query}")).await
}

fn shown(answer: &Answer) -> Vec<&str> {
    let items = answer.body["items"].as_array().unwrap();
    items.iter().map(|item| item["spEnterpriseId"].as_str().unwrap()).collect()
}

#[test]
fn an_enterprise_has_the_shape_of_the_vendors_example() {
    for_each_database(async |world: World| {
        let provisioning_id = arrive(&world, &["Reseller1+acme".to_owned()]).await;
        let listed = world.client().await.get(PATH).await;
        let id = world.customers().await[0].id;
        let encode = |kind: &str| {
            use base64::Engine as _;
            base64::engine::general_purpose::STANDARD_NO_PAD.encode(format!("ciscospark://us/{kind}/{id}"))
        };
        let expected = json!({ "items": [{
            "id": encode("ENTERPRISE"),
            "orgId": encode("ORGANIZATION"),
            "spEnterpriseId": "Reseller1+acme",
            "provisioningId": provisioning_id,
            "orgCreationTimeStamp": "2026-01-01T00:00:00.001Z",
            "broadworksDirectorySync": {
                "enableDirSync": false,
                "directorySyncStatus": { "syncStatus": "NOT_SYNCED" }
            }
        }]});
        assert_eq!((listed.status.as_u16(), &listed.body), (200, &expected));
    });
}

#[test]
fn enterprises_are_found_by_their_whole_id_or_its_beginning() {
    for_each_database(async |world: World| {
        arrive(&world, &["Res1+acme", "Res1+other", "res2", "R%s"].map(str::to_owned)).await;
        let client = world.client().await;
        for (parameters, expected) in [
            (vec![], vec!["Res1+acme", "Res1+other", "res2", "R%s"]),
            (vec![("spEnterpriseId", "Res1+acme")], vec!["Res1+acme"]),
            (vec![("spEnterpriseId", "Res1")], vec![]),
            (vec![("startsWith", "Res")], vec!["Res1+acme", "Res1+other"]),
            (vec![("startsWith", "R%")], vec!["R%s"]),
            (vec![("startsWith", "")], vec!["Res1+acme", "Res1+other", "res2", "R%s"]),
            (vec![("startsWith", "Res1"), ("spEnterpriseId", "res2")], vec![]),
        ] {
            assert_eq!(shown(&list(&client, &parameters).await), expected, "{parameters:?}");
        }
        let other = world.other_partner().await;
        let stranger = world.client_of(other, Permissions::TOKEN).await;
        assert_eq!(shown(&stranger.get(PATH).await), Vec::<&str>::new());
        assert_eq!(
            world.client_of(world.tenant, Permissions::of(&[Permission::UsersWrite])).await.get(PATH).await.status,
            403
        );
        assert_eq!(client.without_authorization().get(PATH).await.status, 401);
    });
}

#[test]
fn pages_follow_each_other_by_link_and_by_offset() {
    for_each_database(async |world: World| {
        let all: Vec<_> = (0..105).map(|number| format!("SP1+{number}")).collect();
        arrive(&world, &all).await;
        let client = world.client().await;
        let first = client.get(&format!("{PATH}?startsWith=SP1")).await;
        assert_eq!(shown(&first), all[..100]);
        let link = first.header("link").strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap().to_owned();
        let second = client.get(link.strip_prefix(PUBLIC_URL).unwrap()).await;
        assert_eq!(shown(&second), all[100..]);
        assert!(!second.headers.contains_key("link"));
        assert_eq!(shown(&list(&client, &[("max", "1000"), ("offset", "3")]).await), all[3..]);
        for wrong in [
            ("spEnterpriseId", "a\u{1}"),
            ("startsWith", "\u{1}"),
            ("max", "0"),
            ("max", "1001"),
            ("offset", "-1"),
            ("cursor", "x"),
        ] {
            assert_eq!(list(&client, &[wrong]).await.errors(), (400, vec![(45001, wrong.0)]));
        }
    });
}
