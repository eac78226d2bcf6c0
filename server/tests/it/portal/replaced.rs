//! A share link that was replaced, and a provisioning ID.

use app::{backend::Templates as _, portal::PortalStep};
use domain::{Fault, limit::LINK_NETWORK, timestamp::DAY};
use serde_json::json;
use server::{
    store::{Actor, Template, template},
    templates::{self, Replaced},
};

use crate::support::{ADMIN_PASSWORD, BroadWorks, PUBLIC_URL, World, for_each_database, visitor};

async fn replace(world: &World, before: &Template, what: Replaced) -> Template {
    let doer = (world.tenant, &Actor::Operator);
    templates::replace(&world.store, &world.environment, doer, PUBLIC_URL, before, what).await.unwrap()
}

#[test]
fn nobody_signs_in_by_the_link_before_and_it_says_so() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        broadworks.put("1@sp.com", "Ann");
        let before = world
            .open_template(&broadworks, |template| {
                template.self_activation = true;
                template.partner_admin = "First Provider".to_owned();
            })
            .await;
        let (site, path) = (world.site().await, format!("/activate/{}", before.share_token));
        assert_eq!(site.get(&path, "").await.status, 200, "and it is kept");
        let after = replace(&world, &before, Replaced::ShareLink).await;
        assert_eq!(after.share_link, format!("{PUBLIC_URL}/activate/{}", after.share_token));

        let mut person = world.person(&before);
        // A known link never counts as one that was made up.
        for _ in 0..=LINK_NETWORK.max {
            let PortalStep::Unavailable(problem) = person.step().await else { panic!("it is no link any more") };
            assert_eq!(problem.fault, Fault::ShareLinkReplaced);
        }
        assert_eq!(person.sign_in("1@sp.com", "secret").await, Err(Fault::ShareLinkReplaced));
        assert_eq!(broadworks.asked(), 0);
        let page = site.get(&path, "").await;
        assert_eq!(page.status, 410);
        let told = [Fault::ShareLinkReplaced.cause(), "Ask your administrator for the new link.", "First Provider"];
        assert!(told.iter().all(|text| page.body.contains(text)), "{}", page.body);
        assert!(!page.body.contains(&after.share_token), "whoever has the old link does not learn the new one");
        assert_eq!(site.get("/activate/made-up", "").await.status, 404);
        let capitals = site.get(&path.to_uppercase(), "").await;
        assert!(
            capitals.status == 308 && capitals.head.contains(&format!("location: {path}\r\n")),
            "{}",
            capitals.head
        );

        let new = site.get(&format!("/activate/{}", after.share_token), "").await;
        assert!(new.status == 200 && new.body.contains("First Provider"));
        world.person(&after).sign_in("1@sp.com", "secret").await.unwrap();
    });
}

#[test]
fn whoever_is_on_the_way_goes_on() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        broadworks.put("1@sp.com", "Ann");
        let before = world.open_template(&broadworks, |template| template.self_activation = true).await;
        let mut person = world.person(&before);
        person.sign_in("1@sp.com", "secret").await.unwrap();
        let after = replace(&world, &before, Replaced::ShareLink).await;
        person.enter_address("ann@acme.com").await.unwrap();
        world.work().await;
        assert!(matches!(person.step().await, PortalStep::Proof { .. }));
        // The mail has been underway with the link of before; whoever reads it is signed in nowhere.
        let token = world.postman.last().token;
        let mut elsewhere = world.person(&before);
        assert_eq!(elsewhere.link(&token).await.unwrap().email, "ann@acme.com");
        elsewhere.join(&token).await.unwrap();
        world.work().await;
        for person in [&person, &elsewhere] {
            assert!(matches!(person.step().await, PortalStep::Done { .. }));
        }
        let mut at_the_new_one = world.person(&after);
        at_the_new_one.session = person.session.clone();
        assert!(matches!(at_the_new_one.step().await, PortalStep::Done { .. }));
        // It is of this template's portal still, and of no other.
        let mut other = world.person(&world.open_template(&broadworks, |_| ()).await);
        other.session = person.session.clone();
        assert_eq!(other.step().await, PortalStep::SignIn);
    });
}

#[test]
fn a_full_administrator_replaces_it_and_the_field_follows_if_it_was_right() {
    for_each_database(async |world: World| {
        world.administrator().await;
        let (pages, somewhere) = (world.pages(), visitor("192.0.2.1"));
        let session = pages.sign_in_to_hub(&somewhere, ADMIN_PASSWORD).await.unwrap();
        let me = pages.signed_in(&session, &somewhere).await.unwrap();
        let broadworks = BroadWorks::start().await;
        let right = world.open_template(&broadworks, |_| ()).await;
        let wrong = world.open_template(&broadworks, |template| template.share_link = "https://x.example".into()).await;
        let shown = pages.hub.replace_share_link(&me, right.id.into(), right.version).await.unwrap();
        assert_eq!((&shown.share_link, shown.version), (&shown.activation_link, right.version + 1));
        assert_ne!(shown.share_link, right.share_link);
        let again = pages.hub.replace_share_link(&me, right.id.into(), right.version).await;
        assert_eq!(again.unwrap_err().fault, Fault::ChangedMeanwhile);
        let shown = pages.hub.replace_share_link(&me, wrong.id.into(), wrong.version).await.unwrap();
        assert_eq!(shown.share_link, "https://x.example");
    });
}

#[test]
fn a_provisioning_id_is_taken_beside_the_new_one_until_its_time_is_over() {
    for_each_database(async |world: World| {
        let before = world.trusted().await;
        let after = replace(&world, &before, Replaced::ProvisioningId(30 * DAY)).await;
        let client = world.client().await;
        let mut users = 0;
        let mut add = async |id: &str| {
            users += 1;
            let user = json!({
                "userId": format!("{users}@sp.com"), "provisioningId": id, "spEnterpriseId": "SP1+acme", "package": "standard",
                "firstName": "Ann", "lastName": "Lee", "email": format!("{users}@acme.com"), "primaryPhoneNumber": "+12405551212",
            });
            client.post("/v1/broadworks/subscribers", &user).await.status.as_u16()
        };
        for id in [&before.provisioning_id, &after.provisioning_id] {
            assert_eq!(add(id).await, 200);
            let at_door = template::at_door(world.store.read(), &format!("{id}=")).await.unwrap();
            assert_eq!(at_door.map(|found| found.id), Some(before.id));
            let listed = client.get(&format!("/v1/broadworks/subscribers?provisioningId={id}")).await;
            assert!(!listed.body["items"].as_array().unwrap().is_empty());
        }
        world.clock.advance(30 * DAY - 1);
        templates::sweep(&world.store, world.environment.now()).await.unwrap();
        assert_eq!(add(&before.provisioning_id).await, 200);
        world.clock.advance(1);
        templates::sweep(&world.store, world.environment.now()).await.unwrap();
        assert_ne!(add(&before.provisioning_id).await, 200);
        assert_eq!(add(&after.provisioning_id).await, 200);
        let at_once = replace(&world, &after, Replaced::ProvisioningId(0)).await;
        assert_ne!(add(&after.provisioning_id).await, 200);
        assert_eq!(add(&at_once.provisioning_id).await, 200);
    });
}
