//! Addresses with a slash at their end.

use crate::support::{Browser, World, for_each_database};

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
