//! What the log says, and what it never says.

mod outage;
mod refused;

use std::{
    collections::BTreeSet,
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock},
};

use domain::{Network, Permission};
use server::{
    access::{adapter_accounts, administrators, code_keys::CodeKeys, tokens},
    live::Live,
    log,
    store::{Store, SubscriberId},
    templates,
};
use tracing::{Dispatch, Level, subscriber::NoSubscriber};
use tracing_subscriber::fmt::MakeWriter;

use crate::entity::subscriber;
use crate::support::{BroadWorks, Reply, Site, World, cookie};

/// Whoever keeps the lines.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl io::Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Kept {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Kept {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// As long as one subscriber only is registered, tracing asks the first thread that comes by a line whether anybody hears it,
/// and takes the answer for all threads: another test's, which hears nothing. These two see to it that it asks everybody.
pub fn let_everybody_be_asked() {
    static OTHERS: OnceLock<[Dispatch; 2]> = OnceLock::new();
    OTHERS.get_or_init(|| [(); 2].map(|()| Dispatch::new(NoSubscriber::new())));
}

/// Runs a test on a thread of its own, whose log is kept.
fn logged(level: Level, test: impl AsyncFnOnce(World, &Kept)) {
    let_everybody_be_asked();
    let kept = Kept::default();
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("log.db").display());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    tracing::subscriber::with_default(log::lines(level, log::Format::Text, kept.clone(), false), || {
        runtime.block_on(async { test(World::new(&url).await, &kept).await });
    });
}

pub fn cookie_of(reply: &Reply, name: &str) -> String {
    let name = cookie(name);
    let prefix = format!("set-cookie: {name}=");
    let line = reply.head.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_else(|| panic!("{reply:?}"));
    format!("{name}={}", line.split(';').next().unwrap())
}

pub fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

async fn call(site: &Site, method: &str, path: &str, authorization: &str, body: &str) -> Reply {
    site.send(format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\nContent-Type: \
         application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    ))
    .await
}

#[test]
fn a_journey_is_in_it_without_who_it_was() {
    logged(Level::DEBUG, async |world: World, kept: &Kept| {
        let broadworks = BroadWorks::start().await;
        broadworks.put("annabel.user@sp.com", "Annabelle");
        let site = world.site().await;
        let template = world.open_template(&broadworks, |_| ()).await;
        let (share, password) = (template.share_token.clone(), "nine quiet lighthouses");
        let mut secrets = vec![share.clone(), password.to_owned(), "annabel".to_owned(), "secret".to_owned()];
        world.arrive(&template, "annabel.user@sp.com", None).await;
        administrators::add(&world.store, &world.environment, world.tenant, "boss@acme.example", password)
            .await
            .unwrap();

        // The portal.
        let page = format!("/activate/{share}");
        site.get(&page, "").await;
        let sign_in =
            |password: &str| form(&[("share", &share), ("user_id", "annabel.user@sp.com"), ("password", password)]);
        assert_eq!(site.post("/api/portal/sign_in", "", &sign_in("wrong")).await.status, 400);
        let signed_in = site.post("/api/portal/sign_in", "", &sign_in("secret")).await;
        let portal = cookie_of(&signed_in, app::visitor::PORTAL_SESSION);
        assert_eq!(site.get(&page, &portal).await.status, 200);
        let of = subscriber_id(&world).await;
        server::provisioning::activation::enter_address(
            &world.store,
            &world.environment,
            &world.subscriber(of).await,
            "annabel@acme.example",
            "en",
        )
        .await
        .unwrap();
        world.work().await;
        let letter = world.postman.last();
        let wrong = if letter.code == "111111" { "222222" } else { "111111" };
        let prove = async |code: &str| {
            let network = Network::of([203, 0, 113, 9].into());
            let World { store, environment, code_keys, .. } = &world;
            server::provisioning::activation::prove_by_code(
                store,
                environment,
                code_keys,
                &world.subscriber(of).await,
                code,
                network,
            )
            .await
        };
        assert!(prove(wrong).await.is_err());
        prove(&letter.code).await.unwrap();
        world.work().await;
        assert_eq!(world.status(of).await, "provisioned");
        site.get(&format!("{page}/join/{}", letter.token), "").await;
        site.post("/api/portal/sign_out", &portal, &form(&[("share", &share)])).await;

        // The hub.
        let hub = |password: &str| form(&[("email", "boss@acme.example"), ("password", password), ("next", "/hub")]);
        site.post("/api/hub/sign-in", "", &hub("wrong wrong wrong")).await;
        let signed_in = site.post("/api/hub/sign-in", "", &hub(password)).await;
        let boss = cookie_of(&signed_in, app::visitor::HUB_SESSION);
        let own = format!("/hub/templates/{}", template.id);
        for path in ["/hub".to_owned(), format!("{own}/users"), format!("{own}/users.csv")] {
            assert_eq!(site.get(&path, &boss).await.status, 200, "{path}");
        }
        site.post("/api/hub/sign-out", &boss, "").await;

        // The API and the adapter.
        let token = tokens::add(
            &world.store,
            &world.environment,
            world.tenant,
            "Annabel's script",
            domain::Permissions::of(&[Permission::UsersRead]),
            None,
        )
        .await
        .unwrap();
        let bearer = format!("Bearer {token}");
        let path = "/v1/broadworks/subscribers?email=annabel%40acme.example";
        assert_eq!(call(&site, "GET", path, &bearer, "").await.status, 200);
        assert_eq!(call(&site, "POST", "/v1/broadworks/subscribers", &bearer, "{}").await.status, 403);
        let known = server::store::api_token::list(world.store.read(), world.tenant).await.unwrap().remove(0);
        tokens::revoke(&world.store, &world.environment, world.tenant, known.id).await.unwrap();
        assert_eq!(call(&site, "GET", path, &bearer, "").await.status, 401);
        let account = adapter_accounts::set(&world.store, &world.environment, &template, None, None).await.unwrap();
        let adapter = templates::adapter_url("", &template);
        let refused = call(&site, "POST", &format!("{adapter}/users"), "Basic eDp5", "{}").await;
        assert_eq!(refused.status, 401, "{refused:?}");

        let said = kept.text();
        for event in [
            "event=\"portal_sign_in\"",
            "event=\"sign_in_refused\"",
            "event=\"portal_sign_out\"",
            &format!("event=\"code_wrong\" subscriber={of} network=203.0.113.9"),
            "event=\"address_proven\"",
            "event=\"hub_sign_in\"",
            "event=\"hub_sign_out\"",
            "event=\"users_exported\"",
            "event=\"token_created\"",
            "event=\"token_revoked\"",
            "event=\"token_refused\"",
            "event=\"scope_missing\"",
            "event=\"adapter_account_set\"",
            &format!("event=\"adapter_refused\" network=127.0.0.1 template={}", template.id),
            "method=\"GET\" route=\"/activate/{share}\" status=200",
            "method=\"GET\" route=\"/v1/broadworks/subscribers\" status=401",
            "tracking_id=",
        ] {
            assert!(said.contains(event), "{event} is missing in\n{said}");
        }
        let value = |cookie: &str| cookie.split_once('=').unwrap().1.to_owned();
        secrets.extend([
            token,
            account.secret,
            letter.code,
            letter.token,
            value(&portal),
            value(&boss),
            "boss@".to_owned(),
            "acme".to_owned(),
            "wrong wrong".to_owned(),
            "Lee".to_owned(),
            "\u{1b}[".to_owned(),
        ]);
        for line in said.lines() {
            for secret in &secrets {
                assert!(!line.to_lowercase().contains(&secret.to_lowercase()), "{secret:?} is in {line:?}");
            }
        }
    });
}

async fn subscriber_id(world: &World) -> SubscriberId {
    use sea_orm::EntityTrait as _;
    subscriber::Entity::find().one(world.store.read()).await.unwrap().unwrap().id
}

/// The lines of a level.
fn lines(kept: &Kept, level: &str) -> Vec<String> {
    kept.text().lines().filter(|line| line.contains(&format!(" {level} "))).map(str::to_owned).collect()
}

#[test]
fn security_events_are_said_at_every_level() {
    logged(Level::ERROR, async |world: World, kept: &Kept| {
        let scopes = domain::Permissions::of(&[Permission::UsersRead]);
        tokens::add(&world.store, &world.environment, world.tenant, "script", scopes, None).await.unwrap();
        assert!(kept.text().contains("INFO security: event=\"token_created\""), "{}", kept.text());
    });
}

#[test]
fn files_that_others_could_read_are_made_private_and_that_is_said_once() {
    logged(Level::INFO, async |world: World, kept: &Kept| {
        let files = ["", "-wal", "-shm"].map(|suffix| format!("{}{suffix}", world.url.trim_start_matches("sqlite:")));
        for file in &files {
            fs::set_permissions(file, Permissions::from_mode(0o644)).unwrap();
        }
        for _ in 0..2 {
            Store::connect(&world.url, Live::default()).await.unwrap();
            for file in &files {
                assert_eq!(fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600, "{file}");
            }
        }
        let warnings = lines(kept, "WARN");
        assert!(warnings.len() == 1 && warnings[0].contains("event=\"files_were_open\""), "{warnings:#?}");
    });
}

/// The events that the code says: security events, and the others.
fn said_by_the_code() -> [BTreeSet<String>; 2] {
    let mut said = [BTreeSet::new(), BTreeSet::new()];
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let source = fs::read_to_string(file).unwrap();
        for call in source.split("tracing::").skip(1) {
            let Some((before, name)) = call.split_once("event = \"") else { continue };
            // What stands behind the call is none of its own.
            if before.contains(';') {
                continue;
            }
            let which = usize::from(!before.contains("target: SECURITY"));
            said[which].insert(name.split('"').next().unwrap().to_owned());
        }
    }
    said
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|path| path.is_dir());
    let files = files.into_iter().filter(|file| file.extension().is_some_and(|extension| extension == "rs"));
    files.chain(folders.iter().flat_map(|folder| sources(folder))).collect()
}

/// The events in the first column of a section's table.
fn listed(document: &str, section: &str) -> BTreeSet<String> {
    let (_, rest) = document.split_once(&format!("\n## {section}\n")).unwrap();
    let table = rest.split("\n## ").next().unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `")).skip(1);
    let cells = rows.map(|row| row.split('|').nth(1).unwrap());
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned)).collect()
}

#[test]
fn the_document_lists_every_event_and_no_other() {
    let document = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/LOGGING.md");
    let document = fs::read_to_string(document).unwrap();
    let [security, others] = said_by_the_code();
    assert!(security.len() > 20 && others.len() > 5, "{security:?} {others:?}");
    assert_eq!(listed(&document, "Security events"), security);
    assert_eq!(listed(&document, "Events"), others);
}

#[test]
fn a_name_that_no_file_can_have_is_no_error() {
    logged(Level::WARN, async |world: World, kept: &Kept| {
        let site = world.site().await;
        for length in [251, 252, 255, 256, 3_000] {
            let name = "x".repeat(length);
            assert_eq!(site.get(&format!("/{name}"), "").await.status, 404, "{length}");
            assert_eq!(site.get(&format!("/pkg/{name}"), "").await.status, 404, "{length}");
        }
        assert_eq!(kept.text(), "");
    });
}

#[test]
fn a_database_that_had_lost_its_content_is_told() {
    logged(Level::WARN, async |_: World, kept: &Kept| {
        let file = tempfile::NamedTempFile::new().unwrap();
        Store::connect(&format!("sqlite:{}", file.path().display()), Live::default()).await.unwrap();
        assert!(kept.text().contains("event=\"database_was_empty\""), "{}", kept.text());
    });
}

/// A key outlives the database whose codes it kept: beside one without a table, the database has been lost, or is elsewhere.
#[test]
fn a_key_beside_a_database_without_a_table_is_told() {
    logged(Level::WARN, async |_: World, kept: &Kept| {
        let folder = tempfile::tempdir().unwrap();
        let opened = |name: &str| {
            let file = folder.path().join(name);
            rusqlite::Connection::open(&file).unwrap().execute_batch("PRAGMA journal_mode = WAL; VACUUM").unwrap();
            file
        };
        let told = || kept.text().matches("event=\"database_is_younger_than_its_key\"").count();
        let connect = async |file: &Path| {
            Store::connect(&format!("sqlite:{}", file.display()), Live::default()).await.unwrap();
        };
        connect(&opened("without a key.db")).await;
        assert_eq!(told(), 0);
        for (number, file) in [opened("opened.db"), folder.path().join("gone.db")].into_iter().enumerate() {
            fs::write(format!("{}.key", file.display()), "x".repeat(32)).unwrap();
            connect(&file).await;
            assert_eq!(told(), number + 1, "{file:?}");
        }
    });
}

/// The same lines for programs: each is an object, and has the fields that the line for people has.
#[test]
fn lines_for_programs_say_the_same() {
    let_everybody_be_asked();
    let said = |format| {
        let kept = Kept::default();
        tracing::subscriber::with_default(log::lines(Level::DEBUG, format, kept.clone(), false), || {
            let _request = tracing::error_span!("request", tracking_id = "t-1").entered();
            tracing::warn!(
                event = "fails",
                what = "target",
                which = "sc\"im\nx",
                cause = "timeout",
                seconds = 3,
                "works not"
            );
            tracing::info!(target: log::SECURITY, event = "code_wrong", network = %Network::UNKNOWN, "wrong");
            tracing::debug!(
                event = "answered",
                method = "GET",
                status = 200,
                repeats = Option::<&str>::None,
                "answered"
            );
        });
        kept.text()
    };
    let (text, json) = (said(log::Format::Text), said(log::Format::Json));
    let (text, json): (Vec<_>, Vec<_>) = (text.lines().collect(), json.lines().collect());
    assert_eq!((text.len(), json.len()), (3, 3), "{text:#?} {json:#?}");
    for (line, object) in text.into_iter().zip(json) {
        let object: serde_json::Value =
            serde_json::from_str(object).unwrap_or_else(|wrong| panic!("{wrong}: {object}"));
        let fields: BTreeSet<_> = object.as_object().unwrap().keys().map(String::as_str).collect();
        let own = fields.iter().filter(|name| !["timestamp", "level", "target", "message", "span"].contains(name));
        let of_people: BTreeSet<_> = line
            .split_whitespace()
            .filter_map(|word| word.split_once('=').map(|(name, _)| name))
            .filter(|name| !name.contains('{'))
            .collect();
        assert_eq!(own.copied().collect::<BTreeSet<_>>(), of_people, "{line}\n{object}");
        assert!(line.contains(object["level"].as_str().unwrap()) && line.contains(object["message"].as_str().unwrap()));
        assert!(line.contains(object["target"].as_str().unwrap()), "{line}");
        assert_eq!(object["span"]["tracking_id"], "t-1");
        assert!(object["timestamp"].as_str().is_some_and(|at| at.ends_with('Z')));
    }
}

#[test]
fn codes_whose_key_is_lost_are_told_as_long_as_they_would_be_good() {
    logged(Level::WARN, async |world: World, kept: &Kept| {
        let template = world.template(|_| ()).await;
        world.arrive(&template, "1@sp.com", Some("annabel@acme.example")).await;
        world.work().await;
        world.code_keys.check(&world.store, world.environment.now()).await.unwrap();
        assert_eq!(kept.text(), "", "the key is there");
        let other = CodeKeys::parse(&"x".repeat(32)).unwrap();
        other.check(&world.store, world.environment.now()).await.unwrap();
        assert!(kept.text().contains("event=\"code_key_lost\" codes=1"), "{}", kept.text());
        world.clock.advance(domain::limit::CODE_LIFETIME + 1);
        other.check(&world.store, world.environment.now()).await.unwrap();
        assert_eq!(kept.text().lines().count(), 1, "{}", kept.text());
    });
}
