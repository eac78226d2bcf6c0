//! The hub at a host of its own.

use server::access::administrators;

use crate::support::{PUBLIC_URL, World, for_each_database};

const HUB_URL: &str = "https://hub.sp.example";
const HUB: &str = "hub.sp.example";

/// Where an answer sends on to.
fn location(head: &str) -> Option<&str> {
    head.lines().find_map(|line| line.strip_prefix("location: "))
}

#[test]
fn each_host_has_its_own_application() {
    for_each_database(async |world: World| {
        let portal = PUBLIC_URL.strip_prefix("https://").unwrap();
        let template = world.template(|_| ()).await;
        let site = world.site_with_hub(HUB_URL).await;
        let activation = format!("/activate/{}", template.share_token);
        let sign_in = "/hub/sign-in?next=%2Fhub%2Fjobs";
        for (host, path) in
            [(portal, activation.as_str()), (HUB, sign_in), (HUB, "/hub/nowhere"), ("localhost", sign_in)]
        {
            let reply = site.ask(host, ("GET", path), "").await;
            assert!(
                matches!(reply.status, 200 | 404) && location(&reply.head).is_none(),
                "{host}{path}: {}",
                reply.head
            );
        }
        for (host, path, to) in [
            (portal, sign_in, format!("{HUB_URL}{sign_in}")),
            (portal, "/hub", format!("{HUB_URL}/hub")),
            (HUB, "/", format!("{HUB_URL}/hub")),
            (HUB, activation.as_str(), format!("{PUBLIC_URL}{activation}")),
            (HUB, "/v1/docs", format!("{PUBLIC_URL}/v1/docs")),
        ] {
            let reply = site.ask(host, ("GET", path), "").await;
            assert_eq!((reply.status, location(&reply.head)), (308, Some(to.as_str())), "{host}{path}");
        }
        for (host, path) in [
            (portal, "/api/hub/sign-in"),
            (HUB, "/api/portal/sign_in"),
            (HUB, "/v1/broadworks/subscribers"),
            (HUB, "/adapter/x/users/y"),
        ] {
            assert_eq!(
                site.ask(host, ("POST", path), "Sec-Fetch-Site: same-origin\r\n").await.status,
                421,
                "{host}{path}"
            );
        }
    });
}

#[test]
fn a_page_of_the_portal_writes_nothing_in_the_hub() {
    for_each_database(async |world: World| {
        let World { store, environment, tenant, .. } = &world;
        let ann = administrators::add(store, environment, *tenant, "ann@sp.example", "nine quiet lighthouses");
        let cookie = world.hub_cookie(ann.await.unwrap()).await;
        let site = world.site_with_hub(HUB_URL).await;
        let written = async |origin: &str| {
            let headers = format!("Origin: {origin}\r\nCookie: {cookie}\r\n");
            site.ask(HUB, ("POST", "/api/hub/sign-out"), &headers).await.status
        };
        assert_eq!(written(PUBLIC_URL).await, 403);
        assert_ne!(written(HUB_URL).await, 403);
    });
}
