//! Forms as browsers send them: for whom they were made, and whether the browser keeps cookies.

use domain::{Fault, limit::HUB_SIGN_IN};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use crate::entity::subscriber;
use crate::{
    entity::template,
    support::{BroadWorks, Browser, Installation, Page, Server, free_port},
};

const ALICE: &str = "alice@sp.com";
const BOB: &str = "bob@sp.com";
const ADMINISTRATOR: &str = "ann@example.com";

/// A server with a template under which Alice and Bob can activate themselves.
struct Site {
    installation: Installation,
    server: Server,
    /// The path of the share link.
    share: String,
    token: String,
    _broadworks: BroadWorks,
}

impl Site {
    async fn open() -> Self {
        let broadworks = BroadWorks::start().await;
        broadworks.put(ALICE, "Alice");
        broadworks.put(BOB, "Bob");
        let port = free_port();
        let installation = Installation::on_sqlite()
            .with("FLOWTHROUGH_ALLOW_PRIVATE_XSI", "true")
            .with("FLOWTHROUGH_PUBLIC_URL", &format!("http://127.0.0.1:{port}"));
        let xsi_url = broadworks.settings().0;
        installation.run(&["template", "add", "Users", "--self-activation", "--xsi-url", xsi_url]);
        let store = installation.store().await;
        let token = template::Entity::find().one(store.read()).await.unwrap().unwrap().share_token;
        let server = installation.serve(&reqwest::Client::new(), port).await;
        Self { installation, server, share: format!("/activate/{token}"), token, _broadworks: broadworks }
    }

    fn browser(&self) -> Browser {
        Browser::at(&self.server.url)
    }

    async fn sign_in(&self, browser: &mut Browser, user: &str) -> Page {
        let fields = [("share", self.token.as_str()), ("user_id", user), ("password", "secret")];
        let answer = browser.send("/api/portal/sign_in", &fields).await;
        browser.follow(answer).await
    }

    async fn user(&self, id: &str) -> subscriber::Model {
        let store = self.installation.store().await;
        let user = subscriber::Entity::find().filter(subscriber::Column::UserId.eq(id));
        user.one(store.read()).await.unwrap().unwrap()
    }
}

fn says(page: &Page, fault: Fault) -> bool {
    page.body.contains(fault.cause())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_made_for_one_user_does_not_land_on_another() {
    let site = Site::open().await;
    let mut browser = site.browser();
    let alices = site.sign_in(&mut browser, ALICE).await.hidden("user").unwrap();
    let page = site.sign_in(&mut browser, BOB).await;
    let bobs = page.hidden("user").unwrap();
    assert_ne!(alices, bobs);

    let share = ("share", site.token.as_str());
    for made_for in [Some(("user", alices.as_str())), None] {
        let mut fields = vec![share, ("email", "alice@home.example")];
        fields.extend(made_for);
        let answer = browser.send("/api/portal/address", &fields).await;
        let page = browser.follow(answer).await;
        assert!(says(&page, Fault::MeantForAnother), "{}", page.body);
        assert!(page.body.contains(BOB) && !page.body.contains("alice@home.example"), "what was typed is Alice's");
        let hydrated = browser.call("/api/portal/address", &fields).await;
        assert_eq!(hydrated.status, 409);
    }
    for form in ["change_address", "resend", "try_again", "code"] {
        let fields = [share, ("user", alices.as_str()), ("code", "123456")];
        assert_eq!(browser.call(&format!("/api/portal/{form}"), &fields).await.status, 409, "{form}");
    }
    let answer =
        browser.send("/api/portal/address", &[share, ("user", &alices), ("email", "alice@home.example")]).await;
    browser.follow(answer).await;
    assert_eq!(site.user(BOB).await.status, "pending_email_input");
    assert_eq!(site.user(ALICE).await.status, "pending_email_input");

    let answer = browser.send("/api/portal/address", &[share, ("user", &bobs), ("email", "bob@home.example")]).await;
    assert!(!says(&browser.follow(answer).await, Fault::MeantForAnother));
    assert_eq!(site.user(BOB).await.status, "pending_email_validation");
    // What Alice typed is hers: she finds it, and no sign-out of anybody else's takes it away.
    let answer = browser.send("/api/portal/sign_out", &[share, ("user", &bobs)]).await;
    browser.follow(answer).await;
    assert_eq!(site.sign_in(&mut browser, ALICE).await.field("email").unwrap(), "alice@home.example");
    // Signing in again is nobody else.
    let again = site.sign_in(&mut browser, BOB).await;
    assert_eq!(again.hidden("user").unwrap(), bobs);
    assert_eq!(browser.call("/api/portal/change_address", &[share, ("user", &bobs)]).await.status, 200);
}

/// The tag of a page's field.
fn field<'a>(page: &'a Page, name: &str) -> &'a str {
    let inputs = page.body.split("<input").skip(1).map(|rest| rest.split('>').next().unwrap());
    inputs.into_iter().find(|tag| tag.contains(&format!(" name=\"{name}\""))).unwrap()
}

/// Without JavaScript as with it (`end2end/portal/refusal.spec.ts`).
#[tokio::test(flavor = "multi_thread")]
async fn whoever_could_not_sign_in_types_on_where_it_was_wrong() {
    let site = Site::open().await;
    let mut browser = site.browser();
    for (user, password, begins_with) in
        [(ALICE, "wrong", "password"), (ALICE, "", "password"), ("", "secret", "user_id"), ("", "", "user_id")]
    {
        let fields = [("share", site.token.as_str()), ("user_id", user), ("password", password)];
        let answer = browser.send("/api/portal/sign_in", &fields).await;
        let page = browser.follow(answer).await;
        for name in ["user_id", "password"] {
            let tag = field(&page, name);
            assert_eq!(tag.contains("autofocus"), name == begins_with, "{user} {password}: {tag}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_hub_that_is_another_administrators_is_refused() {
    let site = Site::open().await;
    let mut administrators = Vec::new();
    for email in [ADMINISTRATOR, "bill@example.com"] {
        let password = site.installation.add_administrator(email);
        let mut browser = site.browser();
        browser.call("/api/hub/sign-in", &[("email", email), ("password", &password), ("next", "/hub")]).await;
        let me: serde_json::Value = serde_json::from_str(&browser.call("/api/hub/me", &[]).await.body).unwrap();
        administrators.push((browser, me["id"].as_str().unwrap().to_owned()));
    }
    let [(ann, anns), (_, bills)] = administrators.as_slice() else { panic!("not two") };
    let template = site.installation.store().await;
    let template = template::Entity::find().one(template.read()).await.unwrap().unwrap().id;
    let import = format!("/hub/templates/{template}/users.csv?dry_run=true&all_or_nothing=false");
    for (made_for, status) in [(anns, 200), (bills, 409)] {
        let mut page = ann.with_header("flowthrough-for", made_for);
        assert_eq!(page.call("/api/hub/me", &[]).await.status, status);
        let create = [("name", "mine"), ("permissions[0]", "users_read"), ("lifetime", "unlimited")];
        assert_eq!(page.call("/api/hub/create-token", &create).await.status == 409, status == 409);
        assert_eq!(page.upload(&import, "BroadWorks ID\r\n").await.status, status);
    }
    let mut page = ann.with_header("flowthrough-for", anns);
    let refused = page.call("/api/hub/onboard", &[("user", anns), ("email", "\"a b\"@acme.example")]).await;
    assert_eq!(refused.status, 400, "what the caller wrote is no failure of ours");
    let alice = site.sign_in(&mut site.browser(), ALICE).await.hidden("user").unwrap();
    let pasted = page.call("/api/hub/onboard", &[("user", &alice), ("email", "Alice <alice@home.example>;")]).await;
    assert_eq!(pasted.status, 200, "{}", pasted.body);
    assert_eq!(site.user(ALICE).await.email.as_deref(), Some("alice@home.example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_keeps_no_cookies_is_told_so() {
    let site = Site::open().await;
    let password = site.installation.add_administrator(ADMINISTRATOR);
    let portal = |password| [("share", site.token.clone()), ("user_id", ALICE.to_owned()), ("password", password)];
    let hub =
        |password| [("email", ADMINISTRATOR.to_owned()), ("password", password), ("next", "/hub/tokens".to_owned())];
    let wrong = "not the password".to_owned();
    for (form, fields, refusal) in [
        ("/api/portal/sign_in", portal("secret".to_owned()), None),
        ("/api/portal/sign_in", portal(wrong.clone()), Some(Fault::BadCredentials)),
        ("/api/hub/sign-in", hub(password), None),
        ("/api/hub/sign-in", hub(wrong), Some(Fault::HubBadCredentials)),
    ] {
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut keeps = site.browser();
        let answer = keeps.send(form, &fields).await;
        assert!(!answer.location.as_deref().unwrap().contains("err"), "no address shows an error");
        let page = keeps.follow(answer).await;
        assert!(!says(&page, Fault::CookiesRefused), "{form} {refusal:?}");
        assert!(refusal.is_none_or(|refusal| says(&page, refusal)), "{form} {refusal:?}");
        let reached = if form.contains("hub") { "/hub" } else { &site.share };
        assert!(page.path.starts_with(reached) && !page.path.contains("check"), "{}", page.path);
        if refusal.is_some() {
            assert_eq!(
                page.field(if form.contains("hub") { "email" } else { "user_id" }).unwrap(),
                fields[1 - usize::from(form.contains("hub"))].1
            );
        }

        let mut forgets = site.browser().without_cookies();
        let answer = forgets.send(form, &fields).await;
        let page = forgets.follow(answer).await;
        assert!(says(&page, Fault::CookiesRefused), "{form} {refusal:?}: {}", page.path);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_when_an_administrator_signs_in_is_named() {
    let site = Site::open().await;
    for (email, password, missing, typed) in [
        ("", "", Fault::HubCredentialsMissing, ""),
        (" ", "secret", Fault::AddressMissing, " "),
        (ADMINISTRATOR, "", Fault::PasswordMissing, ADMINISTRATOR),
    ] {
        let mut browser = site.browser();
        // No try is counted: more than are admitted.
        for _ in 0..HUB_SIGN_IN.account.max + 1 {
            let answer =
                browser.send("/api/hub/sign-in", &[("email", email), ("password", password), ("next", "")]).await;
            let page = browser.follow(answer).await;
            assert!(says(&page, missing), "{email:?} {password:?}");
            assert_eq!(page.field("email").unwrap_or_default(), typed);
        }
    }
}

/// No neighbour of the site's host can plant such a cookie, and over plain http no browser would take it.
#[tokio::test(flavor = "multi_thread")]
async fn cookies_are_this_hosts_alone_where_users_come_by_https() {
    for (public_url, prefix) in [("https://activate.example.com", "__Host-"), ("http://activate.example.com", "")] {
        let installation = Installation::on_sqlite().with("FLOWTHROUGH_PUBLIC_URL", public_url);
        let password = installation.add_administrator(ADMINISTRATOR);
        let server = installation.serve(&reqwest::Client::new(), free_port()).await;
        let mut browser = Browser::at(&server.url);
        let sign_in = |password| [("email", ADMINISTRATOR), ("password", password), ("next", "/hub")];
        browser.send("/api/hub/sign-in", &sign_in("not the password")).await;
        browser.call("/api/hub/sign-in", &sign_in(&password)).await;
        let names = ["ft_flash", "ft_hub", "ft_device"].map(|name| format!("{prefix}{name}"));
        assert_eq!(browser.set_cookies.len(), names.len(), "{:?}", browser.set_cookies);
        for (set, name) in browser.set_cookies.iter().zip(names) {
            assert!(set.starts_with(&format!("{name}=")), "{set}");
            let attributes = ["Path=/", "Secure", "HttpOnly"];
            assert!(attributes.iter().all(|attribute| set.split("; ").any(|part| part == *attribute)), "{set}");
            assert!(!set.contains("Domain"), "{set}");
        }
        assert_eq!(browser.call("/api/hub/me", &[]).await.status, 200, "{public_url}");
    }
}

/// A form's answer may never be loaded: the reader goes back, or the connection breaks. What it had to tell is nobody else's.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_form_was_refused_for_is_told_of_that_form_alone() {
    let site = Site::open().await;
    let mut browser = site.browser();
    let share = ("share", site.token.as_str());
    let wrong = [share, ("user_id", ALICE), ("password", "wrong")];
    browser.send("/api/portal/sign_in", &wrong).await;
    assert_eq!(browser.open("/hub/sign-in").await.field("email").unwrap_or_default(), "", "another page's field");

    let page = site.sign_in(&mut browser, ALICE).await;
    assert!(!says(&page, Fault::BadCredentials), "{}", page.body);
    assert_eq!(page.field("email").unwrap_or_default(), "");

    // In another tab somebody is at the first step yet.
    browser.send("/api/portal/sign_in", &wrong).await;
    let page = browser.open(&site.share).await;
    assert!(!says(&page, Fault::BadCredentials), "{}", page.body);
    assert_eq!(page.field("email").unwrap_or_default(), "");

    let user = page.hidden("user").unwrap();
    let own = [share, ("user", user.as_str())];
    browser.send("/api/portal/address", &[own[0], own[1], ("email", "alice@home")]).await;
    let look = browser.with_header("flowthrough-for", &user).open(&site.share).await;
    assert!(!says(&look, Fault::InvalidAddress), "another tab that looks what is new has sent no form");
    let page = browser.open(&site.share).await;
    assert!(says(&page, Fault::InvalidAddress));
    assert_eq!(page.field("email").unwrap(), "alice@home");

    browser.send("/api/portal/address", &[own[0], own[1], ("email", "alice@home.example")]).await;
    browser.send("/api/portal/code", &[own[0], own[1], ("code", "1234")]).await;
    let answer = browser.send("/api/portal/change_address", &own).await;
    let page = browser.follow(answer).await;
    assert!(!says(&page, Fault::CodeIncomplete), "{}", page.body);
    assert_ne!(page.field("email").as_deref(), Some("1234"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_twice_for_a_mail_is_told_that_it_is_on_its_way() {
    let site = Site::open().await;
    let mut browser = site.browser();
    let user = site.sign_in(&mut browser, ALICE).await.hidden("user").unwrap();
    let own = [("share", site.token.as_str()), ("user", user.as_str())];
    let answer = browser.send("/api/portal/address", &[own[0], own[1], ("email", "alice@home.example")]).await;
    // What a screen reader is told where the page goes on as it was.
    let told = |page: &Page| {
        let note = page.body.split_once("class=\"resend-note\"").map_or("", |(_, behind)| behind);
        note.split("</p>").next().unwrap().contains("A new message is on its way.")
    };
    assert!(!told(&browser.follow(answer).await));
    for _ in 0..2 {
        let answer = browser.send("/api/portal/resend", &own).await;
        let page = browser.follow(answer).await;
        assert_eq!(page.status, 200);
        assert!(!says(&page, Fault::TooManyAttempts), "{}", page.body);
        assert!(told(&page) && page.body.contains("You can ask for a new message in"), "{}", page.body);
    }
    assert!(!told(&browser.open(&site.share).await), "once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plain_form_of_a_page_that_is_too_old_is_answered_with_the_current_one() {
    let site = Site::open().await;
    let mut browser = site.browser();
    let user = site.sign_in(&mut browser, ALICE).await.hidden("user").unwrap();
    let own = [("share", site.token.as_str()), ("user", user.as_str()), ("code", "123456")];
    for form in ["resend", "try_again", "code"] {
        let path = format!("/api/portal/{form}");
        let answer = browser.send(&path, &own).await;
        let page = browser.follow(answer).await;
        assert_eq!(page.status, 200, "{form}");
        assert!(page.body.contains("name=\"email\""), "{form}");
        // What stands in templates is for when there is no answer.
        let shown = page.body.split("<template").next().unwrap();
        assert!(!shown.contains("notice-code"), "{form}: {shown}");
        assert_eq!(browser.call(&path, &own).await.status, 200, "{form}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_looks_wrong_is_asked_about_by_plain_forms() {
    let site = Site::open().await;
    let mut browser = site.browser();
    let user = site.sign_in(&mut browser, ALICE).await.hidden("user").unwrap();
    let entered = |email| [("share", site.token.as_str()), ("user", user.as_str()), ("email", email)];
    let asked = |page: &Page| page.body.contains("id=\"question\"");
    let answer = browser.send("/api/portal/address", &entered("alice@home.invalid")).await;
    assert!(!answer.location.as_deref().unwrap().contains("invalid"), "no address shows what was typed");
    let page = browser.follow(answer).await;
    assert!(asked(&page), "{}", page.body);
    assert!(page.body.contains("name=\"sure\""), "{}", page.body);
    assert!(!asked(&browser.open(&site.share).await), "once");
    assert_eq!(site.user(ALICE).await.email, None, "nothing is taken yet");
    let mut sure = entered("alice@home.invalid").to_vec();
    sure.push(("sure", "true"));
    let answer = browser.send("/api/portal/address", &sure).await;
    let page = browser.follow(answer).await;
    assert!(!asked(&page) && page.body.contains("name=\"code\""), "{}", page.body);
    assert_eq!(site.user(ALICE).await.email.as_deref(), Some("alice@home.invalid"));
}
