//! Statements are kept prepared by their text, so what is done for each user is asked in the same words.

use std::collections::HashSet;

use crate::support::{BroadWorks, World, for_each_database};

#[test]
fn what_is_done_for_each_user_is_asked_in_the_same_words() {
    for_each_database(async |world: World| {
        let (world, heard) = world.overheard();
        let broadworks = BroadWorks::start().await;
        let template = world.open_template(&broadworks, |template| template.self_activation = true).await;
        let worker = world.worker();
        worker.open();
        worker.drain().await.unwrap();
        let activated = async |user: &str| {
            broadworks.put(user, "Bo");
            let mut person = world.person(&template);
            person.sign_in(user, "secret").await.unwrap();
            person.enter_address(&format!("{user}.example")).await.unwrap();
            worker.drain().await.unwrap();
            let token = world.postman.last().token;
            person.link(&token).await.unwrap();
            person.join(&token).await.unwrap();
            worker.drain().await.unwrap();
            heard.statements()
        };
        // The first one of a customer costs a little more, once.
        activated("1@sp.com").await;
        let known: HashSet<_> = activated("2@sp.com").await.into_iter().collect();
        let new: Vec<_> = activated("3@sp.com").await.into_iter().filter(|sql| !known.contains(sql)).collect();
        assert!(new.is_empty() && known.len() > 20, "{new:#?}");
        assert_eq!(world.accounts().await.len(), 3);
    });
}
