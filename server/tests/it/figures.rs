//! What can be counted exactly, on any machine: statements and commits of what users do, statements and bytes of pages.
//! `make bench-quick` compares it with what is committed (bench/quick.tsv).

use std::{fmt::Display, sync::Mutex};

use domain::{Package, lifecycle::Event};
use server::{access::administrators, store::Effort};

use crate::support::{ADMIN, ADMIN_PASSWORD, BroadWorks, Heard, Site, World, for_each_database};

/// How often a page is opened.
const LOOKS: usize = 5;

/// Figures of a database, by the name that they give it.
struct Figures<'a> {
    database: &'static str,
    heard: &'a Heard,
    /// What SQLite had done when it was looked at last.
    effort: Mutex<Effort>,
}

impl Figures<'_> {
    fn print(&self, name: &str, what: &str, number: impl Display) {
        println!("figure\t{} {name}, {what}\t{number}", self.database);
    }

    /// What was done since the last call of this.
    fn did(&self, name: &str) {
        let (commits, statements) = self.heard.numbers();
        self.print(name, "commits", commits);
        self.print(name, "statements", statements);
        self.cost(name, self.effort());
    }

    /// What SQLite has done since the last call of this: the statements of a process are counted together, so tests that print
    /// figures run one after the other.
    fn effort(&self) -> Effort {
        let now = Effort::so_far();
        let before = std::mem::replace(&mut *self.effort.lock().unwrap(), now);
        Effort { steps: now.steps - before.steps, walked: now.walked - before.walked }
    }

    fn cost(&self, name: &str, effort: Effort) {
        if self.database == "SQLite" {
            self.print(name, "steps of SQLite", effort.steps);
            self.print(name, "rows walked through", effort.walked);
        }
    }

    /// What a page asks for and sends.
    async fn show(&self, name: &str, site: &Site, path: &str, cookie: &str) {
        let (mut fewest, mut least) = (usize::MAX, Effort { steps: u64::MAX, walked: u64::MAX });
        let mut page = String::new();
        // Parts of the page before may still be on their way; what is read once and kept is there after the first time.
        for _ in 0..LOOKS {
            self.heard.numbers();
            self.effort();
            let reply = site.get(path, cookie).await;
            assert_eq!(reply.status, 200, "{path}");
            let (commits, statements) = self.heard.numbers();
            assert_eq!(commits, 0, "{name} writes");
            (fewest, page) = (fewest.min(statements), reply.body);
            let effort = self.effort();
            least = Effort { steps: least.steps.min(effort.steps), walked: least.walked.min(effort.walked) };
        }
        self.print(name, "statements", fewest);
        self.cost(name, least);
        self.print(name, "bytes", page.len());
    }
}

fn named(world: &World) -> &'static str {
    if world.url.starts_with("sqlite:") { "SQLite" } else { "PostgreSQL" }
}

#[test]
#[ignore = "figures: make bench-quick"]
fn of_what_users_do() {
    for_each_database(async |world: World| {
        let (world, heard) = world.overheard();
        let broadworks = BroadWorks::start().await;
        let template = world.open_template(&broadworks, |template| template.self_activation = true).await;
        let trusted = world.trusted().await;
        let worker = world.worker();
        // As the server's does.
        worker.open();
        let figures = Figures { database: named(&world), heard: &heard, effort: Mutex::new(Effort::so_far()) };
        // The first one of a customer costs a little more, once.
        for user in ["0@sp.com", "9@sp.com"] {
            world.arrive(&trusted, user, Some(&format!("{user}.example"))).await;
        }
        worker.drain().await.unwrap();
        heard.numbers();
        figures.effort();

        let user = world.arrive(&trusted, "1@sp.com", Some("1@acme.com")).await;
        figures.did("arrival");
        worker.drain().await.unwrap();
        figures.did("account");
        world.apply(user.id, Event::PackageChanged(Package::Premium)).await.unwrap();
        figures.did("package changed");
        worker.drain().await.unwrap();
        figures.did("package at the target");

        broadworks.put("2@sp.com", "Bo");
        let mut person = world.person(&template);
        person.sign_in("2@sp.com", "secret").await.unwrap();
        figures.did("activation 1: sign-in");
        person.enter_address("2@acme.com").await.unwrap();
        figures.did("activation 2: address");
        worker.drain().await.unwrap();
        figures.did("activation 3: mail");
        let token = world.postman.last().token;
        person.link(&token).await.unwrap();
        person.join(&token).await.unwrap();
        figures.did("activation 4: link");
        worker.drain().await.unwrap();
        figures.did("activation 5: account");
        assert_eq!(world.accounts().await.len(), 4);
    });
}

#[test]
#[ignore = "figures: make bench-quick"]
fn of_pages() {
    for_each_database(async |world: World| {
        let (world, heard) = world.overheard();
        let broadworks = BroadWorks::start().await;
        let open = world.open_template(&broadworks, |template| template.self_activation = true).await;
        let trusted = world.trusted().await;
        let mut user = world.arrive(&open, "0@sp.com", None).await;
        for number in 1..=60 {
            user = world.arrive(&trusted, &format!("{number:03}@sp.com"), Some(&format!("{number:03}@acme.com"))).await;
        }
        world.work().await;
        server::store::search::catch_up(&world.store).await.unwrap();
        let (store, environment) = (&world.store, &world.environment);
        let administrator = administrators::add(store, environment, world.tenant, ADMIN, ADMIN_PASSWORD).await.unwrap();
        let (site, cookie) = (world.site().await, world.hub_cookie(administrator).await);
        // That an administrator begins to call is written down, once a minute (`access/rate.rs`).
        assert_eq!(site.post("/api/hub/me", &cookie, "").await.status, 200);
        let figures = Figures { database: named(&world), heard: &heard, effort: Mutex::new(Effort::so_far()) };
        let (portal, template, id) = (format!("/activate/{}", open.share_token), trusted.id, user.id);
        let pages = [
            ("portal, first page", portal, String::new()),
            ("hub, Customer List", "/hub".to_owned(), cookie.clone()),
            ("hub, template", format!("/hub/templates/{template}"), cookie.clone()),
            ("hub, User Status of 50", format!("/hub/templates/{template}/users"), cookie.clone()),
            (
                "hub, Exclude Provisioned",
                format!("/hub/templates/{template}/users?exclude_provisioned=true"),
                cookie.clone(),
            ),
            ("hub, user", format!("/hub/users/{id}"), cookie.clone()),
            ("hub, search", "/hub/search?q=033".to_owned(), cookie),
        ];
        for (name, path, cookie) in pages {
            figures.show(name, &site, &path, &cookie).await;
        }
    });
}
