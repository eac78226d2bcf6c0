//! What outsiders write never becomes part of a page: neither an element, nor an attribute, nor the end of a title.

use domain::{EmailAddress, Fault, Package, Permission, Permissions, lifecycle::Event, template::UserVerification};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sea_orm::{ActiveModelTrait as _, ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use serde_json::json;
use server::{
    access::{administrators, tokens},
    provisioning::bulk::{self, Action, NewJob, NewRow},
    store::{Actor, Subscriber, Template, subscriber},
    targets::Refusal,
};

use crate::entity::{api_token, customer};
use crate::{
    entity::partner,
    support::{Act, BroadWorks, PUBLIC_URL, Site, World, cookie, for_each_database},
};

/// Ends whatever it may stand in, and begins something of its own.
const HOSTILE: &str = "x</title></textarea></script></style>--><evil-mark><meta http-equiv=\"refresh\" content=\"0;url=//e\"><svg \
                       onload=alert(1)>\" evil-mark=\"1\" '/onfocus='evil-mark' {{7*7}} &lt;evil-mark&gt;";

/// The names of a page's elements and attributes, as a browser would see them (WHATWG HTML §13.2.5, as far as needed).
fn markup(page: &str) -> (Vec<String>, Vec<String>) {
    let (mut elements, mut attributes) = (Vec::new(), Vec::new());
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '-' | '/' | '!')).collect();
        if name.is_empty() {
            continue;
        }
        rest = &rest[name.len()..];
        let name = name.to_lowercase();
        rest = tag(rest, &mut attributes);
        // Their content is text up to their end, whatever it holds.
        if ["title", "textarea", "script", "style"].contains(&name.as_str()) {
            let end = format!("</{name}");
            let at = rest.to_lowercase().find(&end).unwrap_or(rest.len());
            rest = &rest[at..];
        }
        elements.push(name);
    }
    (elements, attributes)
}

/// Reads the attributes of a tag; answers what follows it.
fn tag<'a>(mut rest: &'a str, attributes: &mut Vec<String>) -> &'a str {
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return rest;
        }
        if let Some(rest) = rest.strip_prefix('>') {
            return rest;
        }
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>')).unwrap_or(rest.len()).max(1);
        attributes.push(rest[..end].to_lowercase());
        rest = rest[end..].trim_start();
        let Some(value) = rest.strip_prefix('=') else { continue };
        let value = value.trim_start();
        rest = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote).map_or("", |(_, rest)| rest),
            _ => &value[value.find(|c: char| c.is_whitespace() || c == '>').unwrap_or(value.len())..],
        };
    }
}

/// A page that shows what was written and nothing else of it.
fn is_unharmed(what: &str, page: &str) {
    assert!(page.contains("</html>"), "{what} is no page: {page}");
    let (elements, attributes) = markup(page);
    assert!(elements.contains(&"body".to_owned()) && elements.contains(&"/html".to_owned()), "{what}: {elements:?}");
    for name in ["evil-mark", "svg onload"] {
        assert!(!elements.iter().any(|element| element.contains(name)), "{what}: {page}");
    }
    assert!(elements.iter().filter(|name| *name == "title").count() <= 1, "{what}: {page}");
    let bad = attributes
        .iter()
        .find(|name| name.contains("evil-mark") || name.contains("onload") || name.contains("onfocus"));
    assert_eq!(bad, None, "{what}: {page}");
}

/// As [`is_unharmed`], of a page that shows what was written.
async fn shows(site: &Site, path: &str, cookie: &str) {
    let page = site.get(path, cookie).await;
    assert!(page.body.contains("&lt;evil-mark"), "{path} does not show it: {page:?}");
    is_unharmed(path, &page.body);
}

#[test]
fn the_reader_of_pages_sees_what_a_browser_would() {
    let (elements, attributes) =
        markup("<a href=\"<b>\" c='d' e><title><i></title><evil-mark f=1>&lt;g><!--<h>--></a>");
    assert_eq!(elements, ["a", "title", "/title", "evil-mark", "/a"]);
    assert_eq!(attributes, ["href", "c", "e", "f"]);
}

async fn hostile_world(world: &World) -> Template {
    let mut partner = partner::Entity::find_by_id(world.partner).one(world.store.read()).await.unwrap().unwrap();
    partner.name = HOSTILE.to_owned();
    let work = world.store.work().await.unwrap();
    partner.into_active_model().reset_all().update(&*work).await.unwrap();
    work.commit().await.unwrap();
    world
        .template(|template| {
            template.share_link = format!("{PUBLIC_URL}/activate/{}", template.share_token);
            for text in [
                &mut template.name,
                &mut template.country,
                &mut template.language,
                &mut template.partner_admin,
                &mut template.xsi_url,
            ] {
                *text = HOSTILE.to_owned();
            }
            template.provisioning_id = format!("{HOSTILE}{}", template.id);
            template.support_url = Some("javascript:alert(1)//evil-mark".to_owned());
        })
        .await
}

/// Writes into every text of a subscriber that is shown.
async fn spoil(world: &World, subscriber: &Subscriber) -> Subscriber {
    let mut row = world.find(subscriber.id).await.unwrap();
    row.user_id = HOSTILE.to_owned();
    row.user_id_key = format!("{HOSTILE}{}", row.id);
    (row.first_name, row.last_name) = (HOSTILE.to_owned(), HOSTILE.to_owned());
    for text in [
        &mut row.primary_phone,
        &mut row.mobile_phone,
        &mut row.extension,
        &mut row.language,
        &mut row.timezone,
        &mut row.sp_enterprise_group_id,
        &mut row.fault_detail,
        &mut row.tracking_id,
    ] {
        *text = Some(HOSTILE.to_owned());
    }
    let work = world.store.work().await.unwrap();
    let row = row.into_active_model().reset_all().update(&*work).await.unwrap();
    let mut customer = customer::Entity::find_by_id(row.customer_id).one(&*work).await.unwrap().unwrap();
    (customer.name, customer.sp_enterprise_id) = (HOSTILE.to_owned(), HOSTILE.to_owned());
    customer.into_active_model().reset_all().update(&*work).await.unwrap();
    work.commit().await.unwrap();
    subscriber::by_own_id(world.store.read(), row.id).await.unwrap().unwrap()
}

/// Does what is due, whatever the ids of those are who were spoilt before.
async fn settle(world: &World) {
    world.worker().drain().await.unwrap();
}

#[test]
fn every_step_of_the_portal_shows_it_as_text() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        let template = hostile_world(&world).await;
        let path = format!("/activate/{}", template.share_token);
        shows(&site, &path, "").await;
        assert!(!site.get(&path, "").await.body.contains("javascript:"), "nobody is sent to a script");
        let problem = app::problem::Problem { tracking_id: Some(HOSTILE.to_owned()), ..Fault::BadCredentials.into() };
        let flash = json!({ "problem": problem, "typed": HOSTILE, "form": "/api/portal/sign_in", "page": path });
        let flash = utf8_percent_encode(&flash.to_string(), NON_ALPHANUMERIC).to_string();
        is_unharmed(
            "a form that came back",
            &site.get(&path, &format!("{}={flash}", cookie(app::flash::FLASH))).await.body,
        );
        let arrive = async |name: &str| world.arrive(&template, &format!("{name}@sp.com"), None).await;
        let address = |name: &str| EmailAddress::parse(&format!("{name}'&a=1@acme.example")).unwrap();
        let see = async |subscriber: &Subscriber| {
            let subscriber = spoil(&world, subscriber).await;
            let cookie = world.portal_cookie(&subscriber).await;
            shows(&site, &path, &cookie).await;
            // The next one has the customer to itself again.
            let work = world.store.work().await.unwrap();
            let mut customer = customer::Entity::find_by_id(subscriber.customer_id).one(&*work).await.unwrap().unwrap();
            customer.sp_enterprise_id = format!("{HOSTILE}{}", subscriber.id);
            customer.into_active_model().reset_all().update(&*work).await.unwrap();
            work.commit().await.unwrap();
        };
        see(&arrive("input").await).await;
        let validating = arrive("validation").await;
        world.apply(validating.id, Event::AddressEntered(address("validation"))).await.unwrap();
        settle(&world).await;
        see(&validating).await;
        let link = world.postman.last().token;
        shows(&site, &format!("{path}/join/{link}"), "").await;
        is_unharmed("a link that is none", &site.get(&format!("{path}/join/{}", "%3Cevil-mark%3Ex"), "").await.body);
        let onboard = async |name: &str, act: Option<Act>| {
            let subscriber = arrive(name).await;
            world.target.plan(act);
            world.apply(subscriber.id, Event::Onboarded(address(name))).await.unwrap();
            subscriber
        };
        let done = onboard("done", None).await;
        settle(&world).await;
        see(&done).await;
        let consent = onboard("consent", Some(Act::AskConsent)).await;
        settle(&world).await;
        see(&consent).await;
        let refused = Refusal { detail: Some(HOSTILE.to_owned()), ..Fault::TargetRefused.into() };
        let failed = onboard("failed", Some(Act::Refuse(refused))).await;
        settle(&world).await;
        see(&failed).await;
        see(&onboard("provisioning", None).await).await;
        is_unharmed("an unknown link", &site.get("/activate/%3C%2Ftitle%3E%3Cevil-mark%3Ex", "").await.body);
        is_unharmed("an unknown page", &site.get("/%3C%2Ftitle%3E%3Cevil-mark%3E", "").await.body);
        is_unharmed("the start", &site.get("/?lang=%3Cevil-mark%3E", "").await.body);
    });
}

#[test]
fn every_screen_of_the_hub_shows_it_as_text() {
    for_each_database(async |world: World| {
        let site = world.site().await;
        let template = hostile_world(&world).await;
        let email = "ann'&a=1@acme.example";
        let administrator =
            administrators::add(&world.store, &world.environment, world.tenant, email, "a long enough password")
                .await
                .unwrap();
        let token = tokens::add(
            &world.store,
            &world.environment,
            world.tenant,
            "t",
            Permissions::of(&[Permission::UsersRead]),
            None,
        )
        .await
        .unwrap();
        let work = world.store.work().await.unwrap();
        let mut row = api_token::Entity::find()
            .filter(api_token::Column::PartnerId.eq(world.partner))
            .one(&*work)
            .await
            .unwrap()
            .unwrap();
        (row.name, row.scopes) = (HOSTILE.to_owned(), format!("{} {HOSTILE}", Permission::UsersRead.scope().unwrap()));
        row.into_active_model().reset_all().update(&*work).await.unwrap();
        work.commit().await.unwrap();
        assert!(!token.is_empty());
        let subscriber = world.arrive(&template, "one@sp.com", None).await;
        let refused = Refusal { detail: Some(HOSTILE.to_owned()), ..Fault::TargetRefused.into() };
        world.target.plan([Act::Refuse(refused)]);
        let address = EmailAddress::parse("one'&a=1@acme.example").unwrap();
        world.apply(subscriber.id, Event::Onboarded(address)).await.unwrap();
        settle(&world).await;
        let subscriber = spoil(&world, &subscriber).await;
        let row = NewRow {
            written: json!({}),
            subscriber: Some(subscriber.id),
            user_id: None,
            line: None,
            flaws: Vec::new(),
        };
        let (caller, new) =
            ((world.tenant, Actor::Administrator(administrator)), NewJob::of(Action::Retry, vec![row], Vec::new()));
        let job = bulk::accept(&world.store, &world.environment, caller, new).await.unwrap();
        let cookie = world.hub_cookie(administrator).await;
        let own = format!("/hub/templates/{}", template.id);
        for path in [
            "/hub".to_owned(),
            "/hub/customers".to_owned(),
            format!("/hub/customers/{}", subscriber.customer_id),
            format!("/hub/customers/{}/people", subscriber.customer_id),
            own.clone(),
            format!("{own}/users"),
            format!("{own}/users?customer={}", subscriber.customer_id),
            format!("{own}/import"),
            format!("/hub/users/{}", subscriber.id),
            "/hub/jobs".to_owned(),
            format!("/hub/jobs/{}", job.id),
            "/hub/tokens".to_owned(),
            "/hub/people".to_owned(),
            "/hub/audit".to_owned(),
        ] {
            shows(&site, &path, &cookie).await;
        }
        for path in [
            "/hub/sign-in",
            "/hub/setup/%3C%2Ftitle%3E%3Cevil-mark%3E",
            "/hub/customers/%3C%2Ftitle%3E%3Cevil-mark%3E",
            "/hub/templates/%3C%2Ftitle%3E%3Cevil-mark%3E",
            "/hub/users/%3C%2Ftitle%3E%3Cevil-mark%3E",
            "/hub/jobs/%3C%2Ftitle%3E%3Cevil-mark%3E",
            "/hub/%3C%2Ftitle%3E%3Cevil-mark%3E",
        ] {
            is_unharmed(path, &site.get(path, &cookie).await.body);
        }
    });
}

/// The way that it was found: BroadWorks, or whoever pretends to be it, names users and their enterprise.
#[test]
fn what_broadworks_says_of_a_user_is_text_too() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        let site = world.site().await;
        let template = world
            .open_template(&broadworks, |template| {
                template.self_activation = true;
                template.verification = UserVerification::Untrusted;
                template.default_package = Package::Standard;
            })
            .await;
        let attack = "</title><evil-mark><meta http-equiv=refresh content=0;url=//e>";
        broadworks.put_at(attack, "ann@sp.com", attack);
        let form = format!("share={}&user_id=ann%40sp.com&password=secret", template.share_token);
        let signed_in = site.post("/api/portal/sign_in", "", &form).await;
        assert_eq!(signed_in.status, 200, "{signed_in:?}");
        let cookie = signed_in.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap().to_owned();
        let cookie = cookie.split(';').next().unwrap();
        shows(&site, &format!("/activate/{}", template.share_token), cookie).await;
        let administrator = administrators::add(
            &world.store,
            &world.environment,
            world.tenant,
            "a@acme.example",
            "a long enough password",
        )
        .await
        .unwrap();
        let cookie = world.hub_cookie(administrator).await;
        let customer = world.customers().await.remove(0);
        assert!(customer.sp_enterprise_id.contains("<evil-mark>"), "the test has lost its point");
        for path in ["/hub".to_owned(), format!("/hub/customers/{}", customer.id)] {
            shows(&site, &path, &cookie).await;
        }
        shows(&site, &format!("/hub/templates/{}/users", template.id), &cookie).await;
    });
}
