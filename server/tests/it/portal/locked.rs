//! The database cannot be written for a while: every step of the portal says so, with and without JavaScript, and goes on when it can.

use std::sync::Arc;

use domain::{Fault, timestamp::MINUTE};
use reqwest::StatusCode;
use server::store::Template;

use crate::support::{Act, BroadWorks, Browser, Outage, Page, Site, World, fault, for_each_database};

/// A site whose database can be taken away, and a browser at its share link.
struct Visit {
    world: World,
    site: Site,
    _broadworks: BroadWorks,
    outage: Arc<Outage>,
    template: Template,
    browser: Browser,
}

impl Visit {
    async fn begin(world: World) -> Self {
        let broadworks = BroadWorks::start().await;
        broadworks.put("1@sp.com", "Ann");
        let template = world.open_template(&broadworks, |template| template.self_activation = true).await;
        let outage = Arc::new(Outage::default());
        let site = World { store: world.store.with_mishaps(outage.clone()), ..world.replica().await }.site().await;
        let browser = Browser::at(&format!("http://{}", site.address));
        Self { world, site, _broadworks: broadworks, outage, template, browser }
    }

    fn path(&self) -> String {
        format!("/activate/{}", self.template.share_token)
    }

    async fn open(&mut self) -> Page {
        self.browser.open(&self.path()).await
    }

    /// Presses a button, as a page without JavaScript and `frontend/portal` do alike.
    async fn send(&mut self, form: &str, fields: &[(&str, &str)]) -> Page {
        let user = self.open().await.hidden("user").unwrap_or_default();
        let share = self.template.share_token.clone();
        let fields: Vec<_> = [("share", &*share), ("user", &*user)].iter().chain(fields).copied().collect();
        let answer = self.browser.send(&format!("/api/portal/{form}"), &fields).await;
        self.browser.follow(answer).await
    }

    /// Presses a button in vain: the page stays where it is and says why. Then presses it again.
    async fn insist(&mut self, step: &str, form: &str, fields: &[(&str, &str)]) -> Page {
        assert_eq!(of(&self.open().await), step);
        self.outage.begin();
        let page = self.send(form, fields).await;
        assert_eq!(of(&page), step, "{form}: {}", page.body);
        assert_eq!((page.status, says(&page)), (StatusCode::SERVICE_UNAVAILABLE, true), "{form} {step}: {}", page.body);
        self.outage.end();
        let page = self.send(form, fields).await;
        assert_eq!((page.status, says(&page)), (StatusCode::OK, false), "{form} {step}: {}", page.body);
        self.world.clock.advance(MINUTE);
        self.world.work().await;
        page
    }

    /// Signs out in vain: whoever was signed in still is, in the page and in the database.
    async fn stays_signed_in(&mut self, step: &str) {
        assert_eq!(of(&self.open().await), step);
        self.outage.begin();
        let page = self.send("sign_out", &[]).await;
        assert_eq!(
            (of(&page), page.status, says(&page)),
            (step, StatusCode::SERVICE_UNAVAILABLE, true),
            "{}",
            page.body
        );
        let called = self.browser.call("/api/portal/sign_out", &[("share", &self.template.share_token.clone())]).await;
        assert_eq!(called.status, StatusCode::SERVICE_UNAVAILABLE);
        self.outage.end();
        assert_eq!(of(&self.open().await), step);
    }
}

/// The step that a page shows, without whose it is.
fn of(page: &Page) -> &str {
    let (_, step) = page.body.split_once("data-step=\"").unwrap_or_else(|| panic!("{}", page.body));
    let step = step.split('"').next().unwrap();
    [
        "sign-in",
        "address",
        "proof",
        "progress",
        "failed",
        "removing",
        "done",
        "join-spent",
        "join-unavailable",
        "join",
        "unavailable",
    ]
    .into_iter()
    .find(|known| step.starts_with(known))
    .unwrap_or_else(|| panic!("{step}"))
}

fn says(page: &Page) -> bool {
    page.body.contains(Fault::StoreUnavailable.cause())
}

#[test]
fn every_button_says_that_nothing_can_be_written_and_works_when_it_can() {
    for_each_database(async |world: World| {
        let mut visit = Visit::begin(world).await;
        let password = [("user_id", "1@sp.com"), ("password", "secret")];
        visit.insist("sign-in", "sign_in", &password).await;
        visit.stays_signed_in("address").await;
        visit.insist("address", "address", &[("email", "ann@acme.com")]).await;
        visit.stays_signed_in("proof").await;
        visit.insist("proof", "resend", &[]).await;
        visit.insist("proof", "change_address", &[]).await;
        visit.insist("address", "address", &[("email", "ann@acme.com")]).await;
        let refusal = || visit.world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable))]);
        refusal();
        let code = visit.world.postman.last().code;
        visit.insist("proof", "code", &[("code", &code)]).await;
        visit.stays_signed_in("failed").await;
        visit.insist("failed", "try_again", &[]).await;
        visit.stays_signed_in("done").await;
        visit.insist("done", "sign_out", &[]).await;
        assert_eq!(of(&visit.open().await), "sign-in");
    });
}

#[test]
fn a_sign_out_that_is_said_to_be_done_is_done() {
    for_each_database(async |world: World| {
        let mut visit = Visit::begin(world).await;
        visit.send("sign_in", &[("user_id", "1@sp.com"), ("password", "secret")]).await;
        let mut thief = visit.browser.clone();
        visit.stays_signed_in("address").await;
        assert_eq!(of(&thief.open(&visit.path()).await), "address");
        assert_eq!(of(&visit.send("sign_out", &[]).await), "sign-in");
        assert_eq!(of(&thief.open(&visit.path()).await), "sign-in", "the cookie opens nothing any more");
    });
}

#[test]
fn a_mailed_link_says_whose_trouble_it_is_and_works_when_that_is_over() {
    for_each_database(async |world: World| {
        let mut visit = Visit::begin(world).await;
        visit.send("sign_in", &[("user_id", "1@sp.com"), ("password", "secret")]).await;
        visit.send("address", &[("email", "ann@acme.com")]).await;
        visit.world.work().await;
        let token = visit.world.postman.last().token;
        let (link, share) = (format!("{}/join/{token}", visit.path()), visit.template.share_token.clone());
        let signed_in = visit.browser.clone();
        let elsewhere = Browser::at(&format!("http://{}", visit.site.address));
        let fields = [("share", &*share), ("token", &*token)];
        for mut browser in [signed_in, elsewhere] {
            visit.outage.begin();
            assert_eq!(of(&browser.open(&link).await), "join", "to look changes nothing");
            let answer = browser.send("/api/portal/join", &fields).await;
            let page = browser.follow(answer).await;
            let seen = (of(&page), page.status, says(&page));
            assert_eq!(seen, ("join", StatusCode::SERVICE_UNAVAILABLE, true), "{}", page.body);
            visit.outage.spread();
            let opened = browser.open(&link).await;
            let answer = browser.send("/api/portal/join", &fields).await;
            for page in [opened, browser.follow(answer).await] {
                let seen = (of(&page), page.status, says(&page));
                assert_eq!(seen, ("join-unavailable", StatusCode::SERVICE_UNAVAILABLE, true), "{}", page.body);
                assert!(!page.body.contains("This link cannot be used"), "{}", page.body);
            }
            visit.outage.end();
        }
        let mut browser = visit.browser.clone();
        let answer = browser.send("/api/portal/join", &fields).await;
        assert_eq!(of(&browser.follow(answer).await), "progress");
        // It has done its work: that is said even if nobody can count how often it is opened.
        visit.outage.begin();
        let page = browser.open(&link).await;
        assert_eq!((of(&page), page.status), ("join-spent", StatusCode::OK), "{}", page.body);
        let answer = browser.send("/api/portal/join", &fields).await;
        let page = browser.follow(answer).await;
        assert_eq!((of(&page), page.status), ("join-spent", StatusCode::OK), "{}", page.body);
    });
}
