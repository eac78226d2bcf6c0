//! `GET /v1/broadworks/workspaces`: ours.

use super::{PATH, add, room, template, user_ids};
use crate::support::{PUBLIC_URL, World, for_each_database};
use domain::Permissions;

#[test]
fn workspaces_are_found_and_come_in_pages() {
    for_each_database(async |world: World| {
        let template = template(&world).await;
        let client = world.client().await;
        let ids: Vec<_> = (0..5).map(|number| format!("{number}@sp.com")).collect();
        add(&client, &room(&template, &ids[0])).await;
        world.work().await;
        for id in &ids[1..] {
            add(&client, &room(&template, id)).await;
        }
        for (query, expected) in [
            ("", &ids[..]),
            ("userId=3@SP.com", &ids[3..4]),
            ("status=provisioned", &ids[..1]),
            ("status=provisioning,error", &ids[1..]),
            ("spEnterpriseId=SP1%2Bacme&offset=3", &ids[3..]),
            ("spEnterpriseId=SP1%2Bother", &[]),
        ] {
            assert_eq!(user_ids(&client.get(&format!("{PATH}?{query}")).await), expected, "{query}");
        }
        let (mut next, mut seen) = (format!("{PATH}?max=2"), Vec::new());
        loop {
            let page = client.get(&next).await;
            seen.extend(user_ids(&page).into_iter().map(str::to_owned));
            let Some(link) = page.headers.get("link") else { break };
            let link = link.to_str().unwrap().strip_prefix('<').unwrap().strip_suffix(">; rel=\"next\"").unwrap();
            next = link.strip_prefix(PUBLIC_URL).unwrap().to_owned();
        }
        assert_eq!(seen, ids);
        for wrong in ["userId=a:b", "status=gone", "max=101", "offset=-1", "cursor=x"] {
            let name = wrong.split('=').next().unwrap();
            assert_eq!(client.get(&format!("{PATH}?{wrong}")).await.errors(), (400, vec![(45001, name)]), "{wrong}");
        }
        let stranger = world.client_of(world.other_partner().await, Permissions::TOKEN).await;
        assert_eq!(user_ids(&stranger.get(PATH).await), Vec::<&str>::new());
    });
}
