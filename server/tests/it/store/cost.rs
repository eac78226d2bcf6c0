//! What an activation costs the database.

use crate::support::{BroadWorks, World, for_each_database};

/// More than so many commits of one activation are too many.
const COMMITS: usize = 9;
/// And so many statements.
const STATEMENTS: usize = 96;

/// Sign-in, address, mail, link, account: what a user does who came by the share link.
#[test]
fn an_activation_takes_few_commits_and_statements() {
    for_each_database(async |world: World| {
        let (world, heard) = world.overheard();
        let broadworks = BroadWorks::start().await;
        let template = world.open_template(&broadworks, |template| template.self_activation = true).await;
        let worker = world.worker();
        let mut cost = (0, 0);
        // The first one of a customer costs a little more, once.
        for user in ["1@sp.com", "2@sp.com"] {
            broadworks.put(user, "Ann");
            heard.numbers();
            let mut steps = Vec::new();
            let mut person = world.person(&template);
            person.sign_in(user, "secret").await.unwrap();
            steps.push(("sign-in", heard.numbers()));
            person.enter_address(&format!("{user}.example")).await.unwrap();
            steps.push(("address", heard.numbers()));
            worker.drain().await.unwrap();
            steps.push(("mail", heard.numbers()));
            let token = world.postman.last().token;
            person.link(&token).await.unwrap();
            person.join(&token).await.unwrap();
            steps.push(("link", heard.numbers()));
            worker.drain().await.unwrap();
            steps.push(("account", heard.numbers()));
            cost = steps.iter().fold((0, 0), |sum, (_, cost)| (sum.0 + cost.0, sum.1 + cost.1));
            println!("{:?}: {cost:?} commits and statements: {steps:?}", world.store.backend());
        }
        assert_eq!(world.accounts().await.len(), 2);
        assert!(cost.0 <= COMMITS && cost.1 <= STATEMENTS, "{cost:?}");
    });
}
