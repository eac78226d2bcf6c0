//! Addresses with a slash at their end.

use sea_orm::DbBackend;

use crate::{
    store::counters::walks,
    support::{Browser, World, for_each_database},
};

#[test]
fn a_page_is_found_behind_a_slash_too_and_nowhere_else() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let site = world.site().await;
        let mut browser = Browser::at(&format!("http://{}", site.address));
        let page = format!("/activate/{}", template.share_token);
        for (asked, location) in [
            (format!("{page}/"), page.as_str()),
            (format!("{page}//?lang=it"), &format!("{page}?lang=it")),
            (format!("{page}/join/token/"), &format!("{page}/join/token")),
            (page.replace("/activate/", "/activate//"), page.as_str()),
            ("/hub/".to_owned(), "/hub"),
            ("/hub/tokens/?x=/".to_owned(), "/hub/tokens?x=/"),
        ] {
            let answer = browser.open(&asked).await;
            assert_eq!((answer.status.as_u16(), answer.location.as_deref()), (308, Some(location)), "{asked}");
        }
        assert_eq!(browser.open(&page).await.status, 200);
        assert_eq!(browser.open("/").await.status, 200);
        for tracker in ["?x=%ff", "?lang=%ff", "?x=%00&lang=it"] {
            assert_eq!(browser.open(&format!("{page}{tracker}")).await.status, 200, "{tracker}");
        }
        for elsewhere in ["//evil.example/", "/%5Cevil.example//", "///evil.example/"] {
            let location = browser.open(elsewhere).await.location.unwrap_or_default();
            assert!(!location.starts_with("//") && !location.starts_with("/\\"), "{elsewhere} leads to {location}");
        }
    });
}

/// As mail programs and QR codes of old write them.
#[test]
fn a_share_link_in_capitals_leads_to_the_page() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let site = world.site().await;
        let page = format!("/activate/{}", template.share_token);
        let capitals = page.to_uppercase();
        assert_ne!(capitals.to_lowercase(), capitals);
        for asked in [
            capitals.clone(),
            format!("{capitals}/"),
            format!("{capitals}/JOIN/X-Y_Z"),
            capitals.replace("/ACT", "/act"),
        ] {
            let reply = site.get(&format!("{asked}?lang=it"), "").await;
            assert_eq!(reply.status, 308, "{asked}");
            assert!(reply.head.contains(&format!("location: {page}?lang=it\r\n")), "{asked}: {}", reply.head);
        }
        assert_eq!(site.get(&page, "").await.status, 200);
        assert_eq!(site.get("/ACTIVATE/NOTHING", "").await.status, 404);
    });
}

/// Anybody may open one: it must not cost a look at every template.
#[test]
fn a_link_in_capitals_is_looked_up_by_an_index() {
    for_each_database(async |world: World| {
        if world.store.backend() != DbBackend::Sqlite {
            return;
        }
        let (world, heard) = world.overheard();
        let site = world.site().await;
        heard.statements();
        assert_eq!(site.get("/ACTIVATE/NOTHING", "").await.status, 404);
        assert_eq!(walks(&world, &heard).await, [""; 0]);
    });
}
