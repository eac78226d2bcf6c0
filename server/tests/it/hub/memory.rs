//! What the parts of one page ask once, and each page anew.

use server::{access::administrators, store::template};

use crate::support::{ADMIN, World, for_each_database};

#[test]
fn the_parts_of_a_page_ask_once_and_each_page_asks_anew() {
    for_each_database(async |world: World| {
        let (world, heard) = world.overheard();
        let trusted = world.trusted().await;
        world.arrive(&trusted, "ann@sp.com", Some("ann@acme.com")).await;
        world.work().await;
        let administrator = world.administrator().await;
        let (site, cookie) = (world.site().await, world.hub_cookie(administrator).await);
        let path = format!("/hub/templates/{}/users", trusted.id);
        let page = async || site.get(&path, &cookie).await;
        page().await;

        heard.statements();
        let shown = page().await;
        assert!(shown.body.contains("ann@sp.com") && shown.body.contains(&trusted.name));
        let asked = heard.statements();
        for table in ["FROM \"hub_session\"", "FROM \"partner\"", "FROM \"template\""] {
            let times = asked.iter().filter(|sql| sql.contains(table)).count();
            assert_eq!(times, 1, "{table}: {asked:#?}");
        }
        // One of them is whether deletions wait.
        assert!(asked.len() <= 9, "{asked:#?}");

        let renamed = template::find(world.store.read(), world.tenant, trusted.id).await.unwrap().unwrap();
        let after = template::Template { name: "Renamed".to_owned(), ..renamed.clone() };
        let work = world.store.work().await.unwrap();
        assert!(template::save(&work, &renamed, &after).await.unwrap());
        work.commit().await.unwrap();
        assert!(page().await.body.contains("Renamed"));

        administrators::disable(&world.store, &world.environment, ADMIN).await.unwrap();
        assert!(!page().await.body.contains("ann@sp.com"));
    });
}
