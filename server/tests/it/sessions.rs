//! When sessions end, and that open streams end with them.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{
    Fault, Network, limit,
    timestamp::{HOUR, MINUTE},
};
use futures::FutureExt as _;
use sea_orm::{EntityTrait as _, PaginatorTrait as _, sea_query::Expr};
use server::{
    access::{
        administrators,
        session::{
            self,
            watch::{Kind, Watch},
        },
    },
    fault::Trouble,
    store::AdministratorId,
};

use crate::entity::{hub_session, portal_session};
use crate::support::{Browser, Installation, Outage, Server, World, for_each_database, free_port, on_postgres};

const EMAIL: &str = "ann@example.com";
const PASSWORD: &str = "rainy Tuesdays in Plovdiv";
/// How long the end of a session may take to reach every server.
const SOON: Duration = Duration::from_secs(20);

async fn administrator(world: &World) -> AdministratorId {
    administrators::add(&world.store, &world.environment, world.tenant, EMAIL, PASSWORD).await.unwrap()
}

/// A hub session's token, in a browser that had another one before.
async fn hub_session(world: &World, administrator: AdministratorId, before: Option<&str>) -> String {
    let work = world.store.work().await.unwrap();
    let opened = session::open_hub(&work, &world.environment, administrator, Network::UNKNOWN, before).await.unwrap();
    work.commit().await.unwrap();
    opened.token
}

async fn is_valid(world: &World, token: &str) -> bool {
    session::hub(&world.store, world.environment.now(), token).await.unwrap().is_some()
}

/// The portal's: `portal/locked.rs`.
#[test]
fn a_sign_out_that_cannot_be_written_leaves_the_browser_its_session() {
    for_each_database(async |world: World| {
        let ann = administrator(&world).await;
        let (outage, session) = (Arc::new(Outage::default()), world.hub_cookie(ann).await);
        let site = World { store: world.store.with_mishaps(outage.clone()), ..world.replica().await }.site().await;
        outage.begin();
        let refused = site.post("/api/hub/sign-out", &session, "").await;
        assert_eq!((refused.status, refused.head.contains("set-cookie")), (503, false), "{refused:?}");
        outage.end();
        assert_eq!(site.post("/api/hub/me", &session, "").await.status, 200);
        let ended = site.post("/api/hub/sign-out", &session, "").await;
        assert_eq!((ended.status, ended.head.contains("set-cookie")), (200, true), "{ended:?}");
        assert_eq!(site.post("/api/hub/me", &session, "").await.status, 401);
    });
}

#[test]
fn who_signs_out_leaves_nothing_stored() {
    for_each_database(async |world: World| {
        let ann = administrator(&world).await;
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        let (hub, portal) = (world.hub_cookie(ann).await, world.portal_cookie(&user).await);
        let (site, share) = (world.site().await, format!("share={}", template.share_token));
        for (path, cookie, form) in [("/api/hub/sign-out", &hub, ""), ("/api/portal/sign_out", &portal, share.as_str())]
        {
            let ended = site.post(path, cookie, form).await;
            // What the domain's other sites have in the browser is theirs.
            assert!(ended.head.contains("clear-site-data: \"storage\"\r\n"), "{path}: {}", ended.head);
        }
    });
}

#[test]
fn whoever_runs_the_server_signs_a_user_out() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let (ann, bob) =
            (world.arrive(&template, "1@sp.com", None).await, world.arrive(&template, "2@sp.com", None).await);
        let (one, other) = (world.portal_cookie(&ann).await, world.portal_cookie(&ann).await);
        let bobs = world.portal_cookie(&bob).await;
        let is_there = async |cookie: &str| {
            let token = cookie.split_once('=').unwrap().1;
            session::portal(&world.store, world.environment.now(), template.id, token).await.unwrap().is_some()
        };
        assert!(is_there(&one).await && is_there(&other).await);
        let told = Installation::on(&world.url).run(&["user", "sign-out", "1@sp.com"]);
        assert_eq!(told, "2 sessions ended.\n");
        assert!(!is_there(&one).await && !is_there(&other).await);
        assert!(is_there(&bobs).await, "nobody else is");
    });
}

/// As in the hub; what a browser in a lobby was left with is nobody's account for the rest of the day.
#[test]
fn a_portal_session_ends_when_nobody_has_used_it_for_a_while() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        let cookie = world.portal_cookie(&user).await;
        let token = cookie.split_once('=').unwrap().1;
        let is_there = async || {
            let found = session::portal(&world.store, world.environment.now(), template.id, token).await.unwrap();
            found.is_some()
        };
        let seen_at = async || {
            let kept = portal_session::Entity::find().one(world.store.read()).await.unwrap();
            kept.and_then(|session| session.seen_at)
        };
        // Not with each request.
        let began = seen_at().await;
        world.clock.advance(5 * MINUTE);
        assert!(is_there().await && seen_at().await == began);
        for _ in 0..2 {
            // What was not written down is no use.
            world.clock.advance(limit::PORTAL_SESSION_IDLE - 10 * MINUTE);
            assert!(is_there().await);
        }
        // The page as well as what it listens to.
        world.clock.advance(limit::PORTAL_SESSION_IDLE - MINUTE);
        let share = &template.share_token;
        assert!(session::portal_whole(&world.store, world.environment.now(), share, token).await.unwrap().is_some());
        world.clock.advance(limit::PORTAL_SESSION_IDLE);
        assert!(!is_there().await);
        assert!(session::portal_whole(&world.store, world.environment.now(), share, token).await.unwrap().is_none());
        session::sweep(&world.store, world.environment.now()).await.unwrap();
        assert_eq!(portal_session::Entity::find().count(world.store.read()).await.unwrap(), 0);
    });
}

#[test]
fn no_session_lasts_longer_than_half_a_day_however_much_it_is_used() {
    for_each_database(async |world: World| {
        let ann = administrator(&world).await;
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        let (hub, cookie) = (hub_session(&world, ann, None).await, world.portal_cookie(&user).await);
        let portal = cookie.split_once('=').unwrap().1;
        let are_there = async || {
            let now = world.environment.now();
            let user = session::portal(&world.store, now, template.id, portal).await.unwrap();
            (is_valid(&world, &hub).await, user.is_some())
        };
        assert_eq!(limit::HUB_SESSION, limit::PORTAL_SESSION);
        for _ in 1..limit::HUB_SESSION / HOUR {
            world.clock.advance(HOUR);
            assert_eq!(are_there().await, (true, true));
        }
        world.clock.advance(HOUR - 1);
        assert_eq!(are_there().await, (true, true));
        world.clock.advance(1);
        assert_eq!(are_there().await, (false, false));
    });
}

#[test]
fn a_portal_session_of_the_version_before_is_used_until_it_ends() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let user = world.arrive(&template, "1@sp.com", None).await;
        let cookie = world.portal_cookie(&user).await;
        let token = cookie.split_once('=').unwrap().1;
        let work = world.store.work().await.unwrap();
        let unseen = portal_session::Entity::update_many()
            .col_expr(portal_session::Column::SeenAt, Expr::value(Option::<i64>::None));
        unseen.exec(&*work).await.unwrap();
        work.commit().await.unwrap();
        let is_there = async || {
            let found = session::portal(&world.store, world.environment.now(), template.id, token).await.unwrap();
            found.is_some()
        };
        world.clock.advance(3 * limit::PORTAL_SESSION_IDLE);
        assert!(is_there().await, "nobody knows how long it was not used");
        world.clock.advance(limit::PORTAL_SESSION_IDLE);
        assert!(!is_there().await, "from now on this is known");
    });
}

#[test]
fn a_session_ends_with_the_next_one_in_that_browser() {
    for_each_database(async |world: World| {
        let ann = administrator(&world).await;
        let elsewhere = hub_session(&world, ann, None).await;
        let first = hub_session(&world, ann, None).await;
        let second = hub_session(&world, ann, Some(&first)).await;
        assert!(!is_valid(&world, &first).await);
        assert!(is_valid(&world, &second).await && is_valid(&world, &elsewhere).await);

        let template = world.template(|_| ()).await;
        let (bob, carl) =
            (world.arrive(&template, "1@sp.com", None).await, world.arrive(&template, "2@sp.com", None).await);
        let work = world.store.work().await.unwrap();
        let bobs = session::open_portal(&work, &world.environment, &bob, None).await.unwrap();
        let carls = session::open_portal(&work, &world.environment, &carl, Some(&bobs.token)).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!((bobs.replaced, carls.replaced), (None, Some(bob.id)));
        let signed_in = async |token| session::portal(&world.store, world.environment.now(), template.id, token).await;
        assert_eq!(signed_in(&bobs.token).await.unwrap(), None);
        assert_eq!(signed_in(&carls.token).await.unwrap().map(|user| user.id), Some(carl.id));
    });
}

#[test]
fn every_session_ends_with_a_new_password_and_when_an_administrator_is_disabled_or_removed() {
    for_each_database(async |world: World| {
        let (store, environment) = (&world.store, &world.environment);
        let ann = administrator(&world).await;
        let sign_in = async || match administrators::check(store, EMAIL, PASSWORD).await {
            Err(Trouble::Known { fault: Fault::HubBadCredentials, .. }) => None,
            found => Some(found.unwrap().id),
        };

        let session = hub_session(&world, ann, None).await;
        administrators::add(store, environment, world.tenant, EMAIL, PASSWORD).await.unwrap();
        assert!(!is_valid(&world, &session).await);

        let session = hub_session(&world, ann, None).await;
        administrators::disable(store, environment, EMAIL).await.unwrap();
        assert!(!is_valid(&world, &session).await);
        assert_eq!(sign_in().await, None);
        // One that begins at the same time counts no more than one that was there before.
        let late = hub_session(&world, ann, None).await;
        assert!(!is_valid(&world, &late).await);

        administrators::enable(store, environment, EMAIL).await.unwrap();
        assert_eq!(sign_in().await, Some(ann));
        let session = hub_session(&world, ann, None).await;
        administrators::remove(store, environment, "Ann@Example.com").await.unwrap();
        assert!(!is_valid(&world, &session).await);
        assert_eq!((sign_in().await, hub_session::Entity::find().count(store.read()).await.unwrap()), (None, 0));

        let other = world.other_partner().await;
        administrators::add(store, environment, other, EMAIL, PASSWORD).await.unwrap();
        let known = administrators::find(store, EMAIL).await.unwrap().unwrap();
        assert_eq!((known.administrator.partner_id, known.partner.as_str()), (other.partner(), "SP Two"));
    });
}

#[test]
fn a_stream_ends_with_its_session_however_that_ends_and_no_other_does() {
    for_each_database(async |world: World| {
        let ann = administrator(&world).await;
        let watch = Watch::default();
        #[expect(clippy::async_yields_async, reason = "a stream is opened now and ends later")]
        let open = async |kind, token: &str| {
            let ended = watch.ended(kind, token);
            watch.look(&world.store, world.environment.now()).await.unwrap();
            ended
        };
        let look = async || watch.look(&world.store, world.environment.now()).await.unwrap();

        let token = hub_session(&world, ann, None).await;
        let (mut first, second) = (open(Kind::Hub, &token).await, open(Kind::Hub, &token).await);
        let mut others = open(Kind::Hub, &hub_session(&world, ann, None).await).await;
        look().await;
        assert!((&mut first).now_or_never().is_none());
        session::close_hub(&world.store, &token).await.unwrap();
        look().await;
        assert!(first.now_or_never().is_some() && second.now_or_never().is_some(), "signed out");
        world.clock.advance(limit::HUB_SESSION_IDLE - MINUTE);
        look().await;
        assert!((&mut others).now_or_never().is_none());
        world.clock.advance(MINUTE);
        look().await;
        assert!(others.now_or_never().is_some(), "not used for too long");

        let token = hub_session(&world, ann, None).await;
        let disabled = open(Kind::Hub, &token).await;
        administrators::disable(&world.store, &world.environment, EMAIL).await.unwrap();
        look().await;
        assert!(disabled.now_or_never().is_some(), "disabled");

        let template = world.template(|_| ()).await;
        let bob = world.arrive(&template, "1@sp.com", None).await;
        let work = world.store.work().await.unwrap();
        let opened = session::open_portal(&work, &world.environment, &bob, None).await.unwrap();
        work.commit().await.unwrap();
        let mut portal = open(Kind::Portal, &opened.token).await;
        assert!((&mut portal).now_or_never().is_none());
        world.clock.advance(limit::PORTAL_SESSION);
        look().await;
        assert!(portal.now_or_never().is_some(), "has run out");
    });
}

#[test]
fn on_sqlite_a_command_ends_the_streams_of_a_running_server() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(streams_end(&Installation::on_sqlite(), 1));
}

#[test]
fn on_postgresql_every_replica_ends_the_streams() {
    on_postgres(async |url| streams_end(&Installation::on(url), 2).await);
}

/// Signs in at the first server, listens at the last one.
async fn streams_end(installation: &Installation, replicas: usize) {
    installation.add_trusted_template(&[]);
    let client = reqwest::Client::new();
    let mut servers: Vec<Server> = Vec::new();
    for _ in 0..replicas {
        servers.push(installation.serve(&client, free_port()).await);
    }
    let (first, last) = (&servers[0].url, &servers[replicas - 1].url);
    let store = installation.store().await;
    let template = crate::entity::template::Entity::find().one(store.read()).await.unwrap().unwrap();
    let live = format!("/hub/templates/{}/live", template.id);

    let password = installation.add_administrator(EMAIL);
    let credentials = [("email", EMAIL), ("password", password.as_str()), ("next", "/hub")];
    let mut browser = Browser::at(first);
    browser.call("/api/hub/sign-in", &credentials).await;
    let stream = browser.sent_to(last).listen(&live).await;
    assert_eq!(stream.status(), 200);
    installation.run(&["admin", "disable", EMAIL]);
    ends(stream).await;
    assert_eq!(browser.sent_to(last).listen(&live).await.status(), 401);
    installation.run(&["admin", "enable", EMAIL]);

    browser.call("/api/hub/sign-in", &credentials).await;
    let before = browser.clone();
    let stream = browser.sent_to(last).listen(&live).await;
    assert_eq!(stream.status(), 200);
    browser.call("/api/hub/sign-in", &credentials).await;
    ends(stream).await;
    assert_eq!(before.sent_to(last).listen(&live).await.status(), 401);
    assert_eq!(browser.sent_to(last).listen(&live).await.status(), 200);

    let mut elsewhere = Browser::at(last);
    elsewhere.call("/api/hub/sign-in", &credentials).await;
    let stream = elsewhere.listen(&live).await;
    let change = [("current_password", password.as_str()), ("new_password", PASSWORD)];
    assert_eq!(browser.call("/api/hub/change-password", &change).await.status, 200);
    ends(stream).await;
    assert_eq!(elsewhere.listen(&live).await.status(), 401);
    assert_eq!(browser.sent_to(last).listen(&live).await.status(), 200);
}

async fn ends(mut stream: reqwest::Response) {
    let began = Instant::now();
    while let Ok(chunk) = tokio::time::timeout(SOON, stream.chunk()).await {
        if chunk.unwrap().is_none() {
            return;
        }
        assert!(began.elapsed() < SOON, "the stream goes on");
    }
    panic!("the stream goes on");
}
