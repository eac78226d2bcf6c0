//! Signing in to the hub by an identity provider: who is let in, as what, and who is not.

mod proof;

use app::visitor::{HUB_SESSION, OIDC_SIGN_IN};
use domain::{
    Fault, Role,
    limit::{OIDC_NETWORK, OIDC_SIGN_IN as PATIENCE},
    timestamp::{HOUR, MINUTE, SECOND},
};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};
use server::{
    access::{
        administrators,
        oidc::{Providers, Settings},
        people::{self, Manager},
        post::Post,
        second_factor::Factors,
    },
    outbound::Reach,
    store::{Actor, Administrator, administrator, partner},
};

use crate::entity::{hub_session, oidc_sign_in};
use crate::support::{Browser, IdentityProvider, Page, Site, World, back, cookie, for_each_database};

const ANN: &str = "ann@contoso.example";

/// A server whose partner's people sign in by a provider.
struct Stage {
    world: World,
    provider: IdentityProvider,
    site: Site,
    key: String,
}

impl Stage {
    async fn new(world: World, adjust: impl FnOnce(&mut Settings)) -> Self {
        let provider = IdentityProvider::start(&world.environment).await;
        let mut settings = provider.settings(None);
        adjust(&mut settings);
        Self::with(world, provider, vec![settings]).await
    }

    async fn with(mut world: World, provider: IdentityProvider, settings: Vec<Settings>) -> Self {
        world.providers = providers(settings);
        let key = world.providers.all().next().unwrap().key().to_owned();
        let site = world.site().await;
        Self { world, provider, site, key }
    }

    fn browser(&self) -> Browser {
        Browser::at(&format!("http://{}", self.site.address))
    }

    /// The button is pressed: where the browser is sent.
    async fn send(&self, browser: &mut Browser) -> String {
        let page = browser.open(&format!("/hub/sign-in/with/{}?next=/hub/people", self.key)).await;
        assert_eq!(page.status, 303, "{}", page.body);
        page.location.unwrap()
    }

    /// Where the provider sends browsers back to.
    fn back(&self) -> String {
        format!("/hub/sign-in/return/{}", self.key)
    }

    /// Somebody goes there and comes back.
    async fn sign_in(&self, browser: &mut Browser) -> Page {
        let sent = self.send(browser).await;
        browser.open(&self.provider.lets_in(&sent)).await
    }

    /// The same, with these claims: what is told instead of a page of the hub.
    async fn refused(&self, claims: Value) -> Fault {
        self.provider.says(claims);
        let mut browser = self.browser();
        let page = self.sign_in(&mut browser).await;
        told(&mut browser, page).await
    }

    async fn ann(&self) -> Option<Administrator> {
        administrator::called(self.world.store.read(), self.world.tenant, ANN).await.unwrap()
    }
}

fn providers(settings: Vec<Settings>) -> Providers {
    Providers::new(settings, crate::support::PUBLIC_URL, std::time::Duration::from_secs(5)).unwrap()
}

/// What the page tells to which a browser is sent that is let in nowhere.
async fn told(browser: &mut Browser, page: Page) -> Fault {
    let location = page.location.clone().unwrap();
    assert!(location.starts_with("/hub/sign-in") || location == "/hub/confirmed", "{location}");
    assert!(!browser.set_cookies.iter().any(|set| set.starts_with(&cookie(HUB_SESSION))), "nobody is signed in");
    code(&browser.follow(page).await)
}

fn code(page: &Page) -> Fault {
    let (_, rest) = page.body.split_once("data-code=\"").unwrap_or_else(|| panic!("nothing is told: {}", page.body));
    Fault::from_code(rest.split('"').next().unwrap().parse().unwrap()).unwrap()
}

#[test]
fn whoever_the_provider_lets_in_is_somebody_of_the_partner_with_the_role_that_is_mapped() {
    for_each_database(async |world: World| {
        let stage = Stage::new(world, |_| ()).await;
        let mut browser = stage.browser();
        let page = browser.open("/hub/sign-in?next=/hub/people").await;
        let link = format!("href=\"/hub/sign-in/with/{}?next=%2Fhub%2Fpeople\"", stage.key);
        assert!(page.body.contains("Sign in with Contoso") && page.body.contains(&link), "{}", page.body);
        let page = stage.sign_in(&mut browser).await;
        assert_eq!((page.status.as_u16(), page.location.as_deref()), (303, Some("/hub/people")), "{}", page.body);
        let ann = stage.ann().await.unwrap();
        assert_eq!((ann.role, ann.password_hash.is_some()), (Role::Administrator, false));
        assert_eq!(ann.provider, Some((stage.provider.url.clone(), "ann-1".to_owned())));
        assert!(ann.signed_in_at.is_some());
        let me = browser.call("/api/hub/me", &[]).await;
        assert!(me.body.contains(ANN) && me.body.contains("\"service\":\"Contoso\""), "{}", me.body);
        // What is on its way has ended, and the cookie with it; both are the house's kind.
        assert_eq!(oidc_sign_in::Entity::find().count(stage.world.store.read()).await.unwrap(), 0);
        let begun = browser.set_cookies.iter().find(|set| set.starts_with(&cookie(OIDC_SIGN_IN))).unwrap();
        for part in ["__Host-", "HttpOnly", "SameSite=Lax", "Secure", "Path=/", "Max-Age=600"] {
            assert!(begun.contains(part), "{part}: {begun}");
        }
        // The second time it is the same person, whatever their address is by now.
        stage.provider.says(json!({ "email": "ann.lee@contoso.example" }));
        let again = stage.sign_in(&mut stage.browser()).await;
        assert_eq!(again.location.as_deref(), Some("/hub/people"));
        assert_eq!(administrator::list(stage.world.store.read(), stage.world.tenant).await.unwrap().len(), 1);
    });
}

#[test]
fn an_answer_that_is_not_the_providers_to_this_question_lets_nobody_in() {
    for_each_database(async |world: World| {
        let stage = Stage::new(world, |_| ()).await;
        let now = stage.world.environment.now().0 / SECOND;
        for wrong in [
            json!({ "nonce": "another" }),
            json!({ "nonce": null }),
            json!({ "aud": "another" }),
            json!({ "aud": ["flowthrough", "another"] }),
            json!({ "azp": "another" }),
            json!({ "iss": "http://127.0.0.1:9" }),
            json!({ "exp": now - 61 }),
            json!({ "iat": now + 120 }),
            json!({ "sub": "" }),
            json!({ "sub": "x".repeat(256) }),
        ] {
            assert_eq!(stage.refused(wrong.clone()).await, Fault::OidcSignInFailed, "{wrong}");
        }
        // Signed by somebody else's key under the name of one of its own.
        stage.provider.signs_by(1, 0);
        assert_eq!(stage.refused(Value::Null).await, Fault::OidcSignInFailed);
        assert!(stage.ann().await.is_none());
        assert_eq!(hub_session::Entity::find().count(stage.world.store.read()).await.unwrap(), 0);
        stage.provider.signs_by(0, 0);
        assert_eq!(stage.sign_in(&mut stage.browser()).await.location.as_deref(), Some("/hub/people"));
    });
}

#[test]
fn a_new_key_of_the_provider_is_asked_for_and_a_made_up_one_not_all_the_time() {
    for_each_database(async |world: World| {
        let stage = Stage::new(world, |_| ()).await;
        stage.sign_in(&mut stage.browser()).await;
        assert_eq!(stage.provider.asked("/keys"), 1);
        stage.provider.signs_by(2, 2);
        let soon = stage.sign_in(&mut stage.browser()).await;
        assert!(soon.location.unwrap().starts_with("/hub/sign-in"), "the keys are a moment old");
        stage.world.clock.advance(MINUTE);
        let later = stage.sign_in(&mut stage.browser()).await;
        assert_eq!((later.location.as_deref(), stage.provider.asked("/keys")), (Some("/hub/people"), 2));
        for _ in 0..3 {
            stage.sign_in(&mut stage.browser()).await;
        }
        assert_eq!(stage.provider.asked("/keys"), 2, "what is known is not asked for");
        stage.world.clock.advance(HOUR);
        stage.sign_in(&mut stage.browser()).await;
        assert_eq!(stage.provider.asked("/keys"), 3, "but not for ever");
    });
}

#[test]
fn an_answer_counts_once_soon_and_in_the_browser_that_asked() {
    for_each_database(async |world: World| {
        let stage = Stage::new(world, |_| ()).await;
        let mut ann = stage.browser();
        let sent = stage.send(&mut ann).await;
        let answer = stage.provider.lets_in(&sent);
        // Another browser has another cookie, or none: whoever is sent the link signs in to nobody's account.
        let mut eve = stage.browser();
        let page = eve.open(&answer).await;
        assert_eq!(told(&mut eve, page).await, Fault::OidcSignInFailed);
        let mut eve = stage.browser();
        let own = stage.send(&mut eve).await;
        let page = eve.open(&answer).await;
        assert_eq!(told(&mut eve, page).await, Fault::OidcSignInFailed);
        // What she has begun herself goes on.
        assert_eq!(eve.open(&stage.provider.lets_in(&own)).await.location.as_deref(), Some("/hub/people"));
        assert_eq!(ann.open(&answer).await.location.as_deref(), Some("/hub/people"));
        // Once: the attempt is over.
        let again = ann.open(&answer).await;
        assert_eq!(code(&ann.follow(again).await), Fault::OidcSignInFailed);
        // A code that was used elsewhere, in an attempt of its own.
        let mut other = stage.browser();
        let (mut used, mut mine) = (String::new(), String::new());
        for (name, value) in url::form_urlencoded::parse(answer.split_once('?').unwrap().1.as_bytes()) {
            if name == "code" {
                used = value.into_owned();
            }
        }
        let sent = stage.send(&mut other).await;
        for (name, value) in url::Url::parse(&sent).unwrap().query_pairs() {
            if name == "state" {
                mine = value.into_owned();
            }
        }
        let page =
            other.open(&back(&stage.back(), &[("code", &used), ("state", &mine), ("iss", &stage.provider.url)])).await;
        assert_eq!(told(&mut other, page).await, Fault::OidcSignInFailed);
        // Too late.
        let mut late = stage.browser();
        let answer = stage.provider.lets_in(&stage.send(&mut late).await);
        stage.world.clock.advance(PATIENCE);
        let page = late.open(&answer).await;
        assert_eq!(told(&mut late, page).await, Fault::OidcSignInFailed);
    });
}

#[test]
fn what_is_no_answer_and_what_another_provider_answers_is_refused() {
    for_each_database(async |world: World| {
        let stage = Stage::new(world, |_| ()).await;
        let state = |sent: &str| {
            let sent = url::Url::parse(sent).unwrap();
            sent.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned()
        };
        for strange in ["denied", "foreign", "silent", "elsewhere", "twice"] {
            let mut browser = stage.browser();
            let sent = stage.send(&mut browser).await;
            let (good, state) = (stage.provider.lets_in(&sent), state(&sent));
            let answer = match strange {
                "denied" => {
                    back(&stage.back(), &[("error", "access_denied"), ("state", &state), ("iss", &stage.provider.url)])
                }
                "foreign" => format!("{}&iss=https%3A%2F%2Fid.example", good.split_once("&iss=").unwrap().0),
                "silent" => good.split_once("&iss=").unwrap().0.to_owned(),
                // The provider of somebody else has it, who leads the browser on.
                "elsewhere" => good.replace(&stage.key, "0123456789abcdef"),
                _ => format!("{good}&state={state}"),
            };
            let page = browser.open(&answer).await;
            assert_eq!(told(&mut browser, page).await, Fault::OidcSignInFailed, "{strange}");
        }
        let mut browser = stage.browser();
        let page = browser.open("/hub/sign-in/with/nobody").await;
        assert_eq!(told(&mut browser, page).await, Fault::OidcSignInFailed);
        // Nobody is led out of the hub.
        let page = browser.open(&format!("/hub/sign-in/with/{}?next=https://evil.example", stage.key)).await;
        let page = browser.open(&stage.provider.lets_in(&page.location.unwrap())).await;
        assert_eq!(page.location.as_deref(), Some("/hub"));
    });
}

#[test]
fn who_has_no_role_or_no_address_of_the_partner_is_refused() {
    for_each_database(async |world: World| {
        let stage = Stage::new(world, |settings| settings.domains = vec!["contoso.example".to_owned()]).await;
        stage.provider.says_when_asked(json!({ "sub": "ann-1" }));
        for (claims, fault) in [
            (json!({ "roles": [] }), Fault::OidcRoleMissing),
            (json!({ "roles": null }), Fault::OidcRoleMissing),
            (json!({ "roles": ["others", "Staff"] }), Fault::OidcRoleMissing),
            (json!({ "email_verified": false }), Fault::OidcAccountRefused),
            (json!({ "email_verified": null }), Fault::OidcAccountRefused),
            (json!({ "email": "ann@contoso.example.evil.example" }), Fault::OidcAccountRefused),
            (json!({ "email": "no address" }), Fault::OidcAccountRefused),
        ] {
            assert_eq!(stage.refused(claims.clone()).await, fault, "{claims}");
        }
        // Whoever is asked says of somebody else.
        stage.provider.says_when_asked(json!({ "sub": "eve-1", "roles": ["admins"] }));
        assert_eq!(stage.refused(json!({ "roles": [] })).await, Fault::OidcSignInFailed);
        assert!(stage.ann().await.is_none());
        stage.provider.says_when_asked(
            json!({ "sub": "ann-1", "roles": ["desk", "auditors"], "email": ANN, "email_verified": true }),
        );
        stage.provider.says(json!({ "roles": null, "email": null, "email_verified": null }));
        let page = stage.sign_in(&mut stage.browser()).await;
        assert_eq!(page.location.as_deref(), Some("/hub/people"));
        assert_eq!(stage.ann().await.unwrap().role, Role::ReadOnly, "the most of both");
    });
}

#[test]
fn a_role_is_taken_anew_each_time_and_who_has_none_any_more_is_signed_out_everywhere() {
    for_each_database(async |world: World| {
        let stage = Stage::new(world, |_| ()).await;
        let (mut here, mut there) = (stage.browser(), stage.browser());
        stage.sign_in(&mut here).await;
        stage.sign_in(&mut there).await;
        assert_eq!(there.call("/api/hub/me", &[]).await.status, 200);
        stage.provider.says(json!({ "roles": ["desk"] }));
        stage.sign_in(&mut here).await;
        assert_eq!(stage.ann().await.unwrap().role, Role::HelpDesk);
        assert_eq!(here.call("/api/hub/me", &[]).await.status, 200);
        assert_eq!(there.call("/api/hub/me", &[]).await.status, 401, "that was for somebody who was allowed more");
        stage.sign_in(&mut there).await;
        stage.provider.says(json!({ "roles": ["others"] }));
        let mut third = stage.browser();
        let page = stage.sign_in(&mut third).await;
        assert_eq!(told(&mut third, page).await, Fault::OidcRoleMissing);
        for browser in [&mut here, &mut there] {
            assert_eq!(browser.call("/api/hub/me", &[]).await.status, 401);
        }
        // Whom a full administrator keeps out stays out, whatever the provider says.
        stage.provider.says(json!({ "roles": ["admins"] }));
        let ann = stage.ann().await.unwrap();
        administrators::disable(&stage.world.store, &stage.world.environment, &ann.email).await.unwrap();
        assert_eq!(stage.refused(json!({ "roles": ["admins"] })).await, Fault::OidcAccountRefused);
    });
}

#[test]
fn an_account_that_is_there_is_taken_over_by_its_verified_address_alone_and_only_where_that_is_said() {
    for_each_database(async |world: World| {
        let (store, environment, tenant) = (world.store.clone(), world.environment.clone(), world.tenant);
        let boss = world.administrator().await;
        let manager = Manager { tenant, id: boss };
        let post = Post { role: Role::ReadOnly, customers: None };
        let (ann, _) = people::invite(&store, &environment, manager, ANN, &post).await.unwrap();
        let provider = IdentityProvider::start(&environment).await;
        let linking = |link, trust_email| Settings { link, trust_email, ..provider.settings(None) };
        let stage = Stage::with(world, provider.clone(), vec![linking(false, true)]).await;
        assert_eq!(stage.refused(Value::Null).await, Fault::OidcAccountRefused, "nobody has said so");
        let stage = Stage::with(stage.world, provider.clone(), vec![linking(true, true)]).await;
        assert_eq!(stage.refused(json!({ "email_verified": false })).await, Fault::OidcAccountRefused);
        stage.provider.says(Value::Null);
        assert_eq!(stage.sign_in(&mut stage.browser()).await.location.as_deref(), Some("/hub/people"));
        let now = stage.ann().await.unwrap();
        assert_eq!((now.id, now.role, now.provider.is_some()), (ann, Role::Administrator, true));
        // Somebody else of the provider, with the same address.
        assert_eq!(stage.refused(json!({ "sub": "eve-1" })).await, Fault::OidcAccountRefused);
        // Whoever alone does everything, with a password, stays that.
        let claims = json!({ "sub": "boss", "email": crate::support::ADMIN });
        assert_eq!(stage.refused(claims).await, Fault::LastFullAdministrator);
        let pages = stage.world.pages();
        let visitor = crate::support::visitor("192.0.2.1");
        assert!(pages.sign_in_to_hub(&visitor, crate::support::ADMIN_PASSWORD).await.is_ok());
        // A password that an operator gives is the only way in from then on.
        administrators::add(&store, &environment, tenant, ANN, "rainy Tuesdays in Plovdiv").await.unwrap();
        let now = stage.ann().await.unwrap();
        assert_eq!((now.password_hash.is_some(), now.provider), (true, None));
    });
}

#[test]
fn a_partners_provider_lets_nobody_in_to_another_partner() {
    for_each_database(async |world: World| {
        let other = world.other_partner().await;
        let provider = IdentityProvider::start(&world.environment).await;
        let settings = [Some("SP One"), Some("SP Two"), Some("SP Three")].map(|name| Settings {
            link: true,
            client_id: provider.settings(name).client_id,
            ..provider.settings(name)
        });
        let stage = Stage::with(world, provider, settings.to_vec()).await;
        let keys: Vec<_> = stage.world.providers.all().map(|provider| provider.key().to_owned()).collect();
        let page = stage.browser().open("/hub/sign-in").await;
        let shown: Vec<_> = keys.iter().map(|key| page.body.contains(&format!("/with/{key}"))).collect();
        assert_eq!(shown, [true, true, false], "nobody has the third name");
        stage.sign_in(&mut stage.browser()).await;
        let (store, own) = (&stage.world.store, stage.world.tenant);
        assert!(administrator::called(store.read(), own, ANN).await.unwrap().is_some());
        assert!(administrator::list(store.read(), other).await.unwrap().is_empty());
        // The same person, by the other partner's button: an address is one partner's.
        let elsewhere = Stage { key: keys[1].clone(), ..stage };
        assert_eq!(elsewhere.refused(Value::Null).await, Fault::OidcAccountRefused);
        assert!(administrator::list(elsewhere.world.store.read(), other).await.unwrap().is_empty());
        // An answer to one button is none to the other.
        let mut browser = elsewhere.browser();
        let sent = elsewhere.send(&mut browser).await;
        let mut stranger = elsewhere.browser();
        stranger.open(&format!("/hub/sign-in/with/{}", keys[0])).await;
        let page = stranger.open(&elsewhere.provider.lets_in(&sent)).await;
        assert_eq!(told(&mut stranger, page).await, Fault::OidcSignInFailed);
    });
}

#[test]
fn a_second_factor_that_is_asked_of_everybody_is_the_providers_matter() {
    for_each_database(async |world: World| {
        let stage = Stage::new(world, |_| ()).await;
        let World { store, environment, code_keys, tenant, .. } = &stage.world;
        let factors = Factors { store, environment, keys: code_keys };
        factors.require((*tenant, &Actor::Operator), true).await.unwrap();
        assert!(partner::of(store.read(), *tenant).await.unwrap().unwrap().factor_required_at.is_some());
        let mut ann = stage.browser();
        stage.sign_in(&mut ann).await;
        let me = ann.call("/api/hub/me", &[]).await;
        assert!(me.body.contains("\"factor_owed\":false"), "{}", me.body);
        assert_eq!(ann.call("/api/hub/customers", &[]).await.status, 200);
    });
}

/// The issuer is the operator's choice, what its document names is not: the same way leads to both.
#[test]
fn nobody_is_led_into_a_private_network_unless_the_operator_says_so() {
    for_each_database(async |world: World| {
        let stage = Stage::new(world, |settings| settings.reach = Reach::default()).await;
        let mut browser = stage.browser();
        let page = browser.open(&format!("/hub/sign-in/with/{}", stage.key)).await;
        assert_eq!(told(&mut browser, page).await, Fault::OidcUnavailable);
        assert_eq!(stage.provider.asked("/.well-known/openid-configuration"), 0);
    });
}

#[test]
fn a_provider_that_is_down_is_told_and_is_not_asked_by_everybody_who_waits() {
    for_each_database(async |world: World| {
        let stage = Stage::new(world, |_| ()).await;
        stage.provider.is_down(true);
        for _ in 0..3 {
            let mut browser = stage.browser();
            let page = browser.open(&format!("/hub/sign-in/with/{}", stage.key)).await;
            assert_eq!(told(&mut browser, page).await, Fault::OidcUnavailable);
        }
        assert_eq!(stage.provider.asked("/.well-known/openid-configuration"), 1);
        stage.provider.is_down(false);
        stage.world.clock.advance(5 * SECOND);
        let mut browser = stage.browser();
        let sent = stage.send(&mut browser).await;
        // It goes down on the way.
        let answer = stage.provider.lets_in(&sent);
        stage.provider.is_down(true);
        let page = browser.open(&answer).await;
        assert_eq!(told(&mut browser, page).await, Fault::OidcUnavailable);
    });
}

#[test]
fn nobody_begins_sign_ins_without_an_end() {
    for_each_database(async |world: World| {
        let stage = Stage::new(world, |_| ()).await;
        let mut browser = stage.browser();
        for _ in 0..OIDC_NETWORK.max {
            stage.send(&mut browser).await;
        }
        let page = browser.open(&format!("/hub/sign-in/with/{}", stage.key)).await;
        assert_eq!(told(&mut browser, page).await, Fault::TooManyAttempts);
    });
}

/// Who they are is theirs, and the page shows how they sign in.
#[test]
fn people_show_who_signs_in_by_the_provider() {
    for_each_database(async |world: World| {
        let stage =
            Stage::new(world, |settings| _ = settings.roles.insert("staff".to_owned(), Role::FullAdministrator)).await;
        let mut ann = stage.browser();
        stage.sign_in(&mut ann).await;
        let people = ann.call("/api/hub/people", &[]).await;
        assert!(
            people.body.contains("\"by_service\":true") && people.body.contains("\"state\":\"active\""),
            "{}",
            people.body
        );
        let audit = ann.call("/api/hub/audit", &[]).await;
        assert!(audit.body.contains("person_joined") && audit.body.contains("signed_in"), "{}", audit.body);
        // She does everything, and nobody else does: she is not removed.
        let found = stage.ann().await.unwrap();
        let manager = Manager { tenant: stage.world.tenant, id: found.id };
        let removed = people::remove(&stage.world.store, &stage.world.environment, manager, found.id).await;
        assert_eq!(removed.unwrap_err().fault().0, Fault::LastFullAdministrator);
    });
}
