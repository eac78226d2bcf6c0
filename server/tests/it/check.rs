//! `flowthrough check`: a finding for each part, what is wrong, what to do, and the exit code.

use std::{fs, os::unix::fs::PermissionsExt as _};

use reqwest::Client;
use serde_json::Value;
use server::environment::Environment;

use crate::support::{
    BroadWorks, IdentityProvider, Installation, MailServer, NameServer, ScimService, free_port, on_postgres,
};

/// What `check --json` finds: the exit code, and of one part the level and the words.
struct Report {
    code: Option<i32>,
    json: Value,
}

impl Report {
    fn of(installation: &Installation) -> Self {
        Self::run(installation, &["check", "--json"])
    }

    /// Of its mails alone.
    fn of_mail(installation: &Installation, more: &[&str]) -> Self {
        Self::run(installation, &[&["check", "mail", "--json"], more].concat())
    }

    fn run(installation: &Installation, command: &[&str]) -> Self {
        let output = installation.try_run(command);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let json = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said}{output:?}"));
        Self { code: output.status.code(), json }
    }

    fn findings(&self, part: &str, level: &str) -> Vec<String> {
        let all = self.json["findings"].as_array().unwrap().iter();
        let these = all.filter(|finding| finding["part"] == part && finding["level"] == level);
        these.map(|finding| format!("{} {}", finding["finding"].as_str().unwrap(), finding["fix"])).collect()
    }

    #[track_caller]
    fn says(&self, part: &str, level: &str, words: &str) {
        let found = self.findings(part, level);
        assert!(found.iter().any(|found| found.contains(words)), "{words:?} is not in {}", self.json);
    }

    fn of_level(&self, level: &str) -> usize {
        self.json["findings"].as_array().unwrap().iter().filter(|finding| finding["level"] == level).count()
    }
}

fn file(installation: &Installation) -> String {
    installation.database_url().trim_start_matches("sqlite:").to_owned()
}

#[test]
fn tokens_that_end_soon_are_told() {
    let installation = Installation::on_sqlite();
    installation.run(&["token", "add", "the new one"]);
    Report::of(&installation).says("api tokens", "ok", "none expires within 14 days");
    installation.run(&["token", "add", "the old one", "--expires", "7"]);
    installation.run(&["token", "add", "for ever", "--expires", "never"]);
    let report = Report::of(&installation);
    report.says("api tokens", "warning", " expires 2");
    assert_eq!(report.findings("api tokens", "warning").len(), 1);
}

#[test]
fn a_hub_that_a_password_alone_opens_is_told() {
    let installation = Installation::on_sqlite();
    installation.add_administrator("ann@sp.example");
    Report::of(&installation).says("hub", "warning", "a password alone opens the hub");
    installation.run(&["partner", "second-factor", "required"]);
    let report = Report::of(&installation);
    report.says("hub", "ok", "everybody needs a second factor");
    assert_eq!(report.findings("hub", "warning"), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_has_everything_is_checked_while_it_runs() {
    let (Some(mail), Some(scim), Some(names)) = (MailServer::find(), ScimService::find(), NameServer::start()) else {
        return;
    };
    names.say(GOOD);
    let broadworks = BroadWorks::start().await;
    let (xsi, user, password) = broadworks.settings();
    let (url, token) = scim.settings();
    let port = free_port();
    let installation = Installation::on_sqlite()
        .with("FLOWTHROUGH_LISTEN", &format!("127.0.0.1:{port}"))
        .with("FLOWTHROUGH_ALLOW_PRIVATE_XSI", "true")
        .with("FLOWTHROUGH_SMTP_URL", &mail.url)
        .with("FLOWTHROUGH_EHLO", "activate.example.com")
        .with("FLOWTHROUGH_MAIL_FROM", "activation@sp.example")
        .with("FLOWTHROUGH_NAMESERVER", &names.address)
        .with("FLOWTHROUGH_SCIM_URL", url)
        .with("FLOWTHROUGH_SCIM_TOKEN", token)
        .with("FLOWTHROUGH_BROADWORKS_URL", xsi)
        .with("FLOWTHROUGH_BROADWORKS_USER", user)
        .with("FLOWTHROUGH_BROADWORKS_PASSWORD", password);
    installation.add_administrator("ann@sp.example");
    installation.run(&["template", "add", "Users", "--xsi-url", xsi, "--target", "scim"]);
    let server = installation.serve(&Client::new(), port).await;
    let report = Report::of(&installation);
    assert_eq!(report.code, Some(0), "{}", report.json);
    assert_eq!((report.json["ok"].as_bool(), report.of_level("problem")), (Some(true), 0), "{}", report.json);
    for (part, words) in [
        ("settings", ""),
        ("files", ""),
        ("migrations", "up to date"),
        ("database", "durable"),
        ("counters", ""),
        ("clock", ""),
        ("code key", ".key"),
        ("public url", "reaches a server"),
        ("mail", "lets this server in"),
        ("spf", "sp.example says who sends for it"),
        ("target", "scim can be used; templates with it: 1"),
        ("broadworks", "templates with it: 1"),
        ("broadworks", "the reader of directories"),
    ] {
        report.says(part, "ok", words);
    }
    report.says("public url", "warning", "their own machine");
    let shown = report.json.to_string();
    assert!(![token, password, "ann@", "activation@"].iter().any(|secret| shown.contains(secret)), "{shown}");
    // The one server on the file is not disturbed.
    server.ready(&Client::new()).await;
    let lines = installation.run(&["check"]);
    assert!(lines.lines().any(|line| line.starts_with("ok       counters     the numbers")), "{lines}");
}

#[tokio::test(flavor = "multi_thread")]
async fn providers_by_which_people_sign_in_are_read() {
    let provider = IdentityProvider::start(&Environment::real()).await;
    let with = |issuer: &str| {
        let installation = Installation::on_sqlite()
            .with("FLOWTHROUGH_OIDC_ISSUER", issuer)
            .with("FLOWTHROUGH_OIDC_CLIENT_ID", "flowthrough")
            .with("FLOWTHROUGH_OIDC_CLIENT_SECRET", "very secret")
            .with("FLOWTHROUGH_OIDC_ROLES", "admins=full_administrator");
        installation.add_administrator("ann@sp.example");
        let report = Report::of(&installation);
        assert!(!report.json.to_string().contains("very secret"), "{}", report.json);
        report
    };
    with(&provider.url).says("sign-in", "ok", "/hub/sign-in/return");
    with(&format!("{}/", provider.url)).says("sign-in", "problem", "unexpected issuer");
    provider.is_down(true);
    with(&provider.url).says("sign-in", "problem", "502");
}

#[test]
fn each_wrong_setting_is_named() {
    let installation = Installation::on_sqlite()
        .with("FLOWTHROUGH_LISTEN", "here")
        .with("FLOWTHROUGH_TRUST_PROXY", "maybe")
        .with("FLOWTHROUGH_DATABSE_URL", "postgres://u:secret@h/d");
    let report = Report::of(&installation);
    assert_eq!((report.code, report.of_level("problem")), (Some(1), 3), "{}", report.json);
    report.says("settings", "problem", "FLOWTHROUGH_LISTEN: ");
    report.says("settings", "problem", "FLOWTHROUGH_TRUST_PROXY: ");
    report.says("settings", "problem", "Did you mean FLOWTHROUGH_DATABASE_URL?");
    assert!(!report.json.to_string().contains("secret"));
}

#[test]
fn what_is_wrong_in_the_database_is_found_and_none_is_made() {
    let installation = Installation::on_sqlite();
    let report = Report::of(&installation);
    assert_eq!(report.code, Some(1));
    report.says("database", "problem", "there is no database at ");
    assert!(!fs::exists(file(&installation)).unwrap());

    installation.run(&["migrate"]);
    let report = Report::of(&installation);
    assert_eq!(report.code, Some(0), "{}", report.json);
    report.says("templates", "warning", "there is none");
    report.says("hub", "warning", "nobody can sign in");
    report.says("mail", "warning", "nobody gets them");

    installation.add_trusted_template(&[]);
    fs::set_permissions(file(&installation), fs::Permissions::from_mode(0o644)).unwrap();
    let database = rusqlite::Connection::open(file(&installation)).unwrap();
    database.execute("UPDATE template SET target = 'webex'", []).unwrap();
    let miscount = "INSERT INTO subscriber_count SELECT id, id, 'provisioned', 1 FROM template";
    database.execute(miscount, []).unwrap();
    let report = Report::of(&installation);
    assert_eq!(report.code, Some(1));
    report.says("files", "warning", "mode 644");
    report.says("counters", "problem", "of status provisioned there are 0, not 1");
    report.says("target", "problem", "1 templates name webex");
    report.says("broadworks", "problem", "users of 1 templates cannot sign in");

    database.execute("DELETE FROM seaql_migrations WHERE version LIKE 'm0020%'", []).unwrap();
    let report = Report::of(&installation);
    assert_eq!(report.code, Some(1));
    report.says("migrations", "problem", "1 migrations are to be done, from m0020_counters on");
    let checked = installation.try_run(&["migrate", "--check"]);
    assert_eq!(checked.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&checked.stdout), "m0020_counters\n");
}

#[test]
fn a_migration_that_was_done_is_not_to_be_done() {
    let installation = Installation::on_sqlite();
    assert_eq!(installation.try_run(&["migrate", "--check"]).status.code(), Some(2));
    assert!(!fs::exists(file(&installation)).unwrap());
    installation.run(&["migrate"]);
    assert_eq!(installation.run(&["migrate", "--check"]), "The schema is up to date.\n");
    on_postgres(async |url| {
        let installation = Installation::on(url);
        let pending = installation.try_run(&["migrate", "--check"]);
        assert_eq!(pending.status.code(), Some(1));
        assert!(String::from_utf8_lossy(&pending.stdout).starts_with("m0001_first_schema\n"));
        installation.run(&["migrate"]);
        assert_eq!(installation.run(&["migrate", "--check"]), "The schema is up to date.\n");
        let report = Report::of(&installation);
        assert_eq!(report.code, Some(0), "{}", report.json);
        report.says("clock", "ok", " PostgreSQL's");
        report.says("code key", "warning", "FLOWTHROUGH_CODE_KEYS");
        report.says("database", "ok", "durable");
    });
}

#[test]
fn what_is_outside_is_asked() {
    let nowhere = format!("127.0.0.1:{}", free_port());
    let installation = Installation::on_sqlite()
        .with("FLOWTHROUGH_PUBLIC_URL", "http://activate.sp.invalid")
        .with("FLOWTHROUGH_SMTP_URL", &format!("smtp://{nowhere}"))
        .with("FLOWTHROUGH_SCIM_URL", &format!("http://{nowhere}"))
        .with("FLOWTHROUGH_SCIM_TOKEN", "hidden-token");
    installation.run(&["migrate"]);
    let report = Report::of(&installation);
    assert_eq!(report.code, Some(1));
    report.says("public url", "problem", "not encrypted");
    report.says("public url", "warning", "no server answers at http://activate.sp.invalid");
    report.says("mail", "problem", "mail_unavailable");
    report.says("mail", "problem", "flowthrough.example, which is nobody's");
    report.says("target", "problem", "FLOWTHROUGH_SCIM_URL");
    assert!(!report.json.to_string().contains("hidden-token"));
}

/// The pages' files have to be whole, and of this version.
#[test]
fn the_browsers_files_are_those_of_this_version() {
    let site = tempfile::tempdir().unwrap();
    let package = site.path().join("pkg");
    fs::create_dir(&package).unwrap();
    let installation = Installation::on_sqlite().with("FLOWTHROUGH_SITE", site.path().to_str().unwrap());
    installation.run(&["migrate"]);
    Report::of(&installation).says("site", "problem", "the browser's files are not there");
    for name in ["flowthrough.css", "hub.css", "hub.js", "hub.wasm", "portal.js"] {
        fs::write(package.join(name), "").unwrap();
    }
    Report::of(&installation).says("site", "problem", "portal.wasm are missing");
    fs::write(package.join("portal.wasm"), "").unwrap();
    Report::of(&installation).says("site", "problem", "an unknown version");
    fs::write(package.join("version"), format!("{}\n", env!("CARGO_PKG_VERSION"))).unwrap();
    Report::of(&installation).says("site", "ok", env!("CARGO_PKG_VERSION"));
}

#[test]
fn the_program_writes_its_completions_and_its_manual_whatever_the_settings_are() {
    let installation = Installation::on_sqlite().with("FLOWTHROUGH_LISTEN", "here");
    for shell in ["bash", "zsh", "fish"] {
        assert!(installation.run(&["completions", shell]).contains("template"), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    installation.run(&["man", folder.path().to_str().unwrap()]);
    let page = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(page("flowthrough.1").contains("flowthrough\\-check(1)"), "{}", page("flowthrough.1"));
    assert!(page("flowthrough-template-add.1").contains("provisioning"));
    // They are for everybody who reads what others write.
    let own = folder.path().join("own");
    fs::write(&own, "").unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(folder.path().join("flowthrough.1")), mode(own));
    let nowhere = installation.try_run(&["man", "/nowhere/at/all"]);
    assert_eq!(nowhere.status.code(), Some(1), "{nowhere:?}");
}

/// What a domain says whose mails arrive. The key is that of `services/dkim.pem`.
pub const GOOD: &str = r#"
sp.example. 60 IN MX 10 mail.sp.example.
mail.sp.example. 60 IN A 192.0.2.1
sp.example. 60 IN TXT "v=spf1 mx include:_spf.provider.example -all"
sp.example. 60 IN TXT "some-site-verification=1"
_spf.provider.example. 60 IN TXT "v=spf1 ip4:192.0.2.0/24 ~all"
_dmarc.sp.example. 60 IN TXT "v=DMARC1; p=quarantine; rua=mailto:postmaster@sp.example"
"#;

/// One that sends and signs as `sp.example`, and asks this name server.
fn sender(mail: &MailServer, names: &NameServer) -> Installation {
    Installation::on_sqlite()
        .with("FLOWTHROUGH_SMTP_URL", &mail.url)
        .with("FLOWTHROUGH_EHLO", "activate.example.com")
        .with("FLOWTHROUGH_MAIL_FROM", "activation@sp.example")
        .with("FLOWTHROUGH_NAMESERVER", &names.address)
        .with("FLOWTHROUGH_DKIM_SELECTOR", "ft1")
        .with("FLOWTHROUGH_DKIM_KEY", include_str!("../services/dkim.pem"))
}

/// A text in a zone file is cut into parts of at most 255 bytes.
fn key_record(report: &Report) -> String {
    let fix = report.json["findings"].as_array().unwrap().iter().find(|found| found["part"] == "dkim").unwrap();
    let fix = fix["fix"].as_str().unwrap().lines().last().unwrap();
    let (name, text) = fix.split_once(". TXT ").unwrap();
    let (first, rest) = text.trim_matches('"').split_at(200);
    format!("{name}. 60 IN TXT \"{first}\" \"{rest}\"\n")
}

#[test]
fn the_records_of_the_senders_domain_are_looked_at_as_receiving_sides_do() {
    let (Some(mail), Some(names)) = (MailServer::find(), NameServer::start()) else { return };
    let installation = sender(&mail, &names);
    // Nothing is there: each part says what to publish, and what it says is then found to be right.
    names.say("");
    let report = Report::of_mail(&installation, &[]);
    assert_eq!(report.code, Some(1));
    report.says("mail", "ok", "lets this server in");
    report.says("mail domain", "problem", "sp.example has neither MX nor an address");
    report.says("spf", "problem", "sp.example has no SPF record");
    report.says("dkim", "problem", "ft1._domainkey.sp.example holds no key");
    report.says("dmarc", "problem", "sp.example has no DMARC record");
    let key = key_record(&report);
    let good = format!("{GOOD}{key}");
    names.say(&good);
    let report = Report::of_mail(&installation, &[]);
    assert_eq!((report.code, report.of_level("ok")), (Some(0), 5), "{}", report.json);
    // What is longer than a datagram is asked for by the other way.
    names.say(
        &good
            .replace("some-site-verification=1", &"x".repeat(250))
            .replace("MX 10", &format!("TXT \"{}\"\nsp.example. 60 IN MX 10", "y".repeat(250))),
    );
    let report = Report::of_mail(&installation, &[]);
    assert_eq!((report.code, report.of_level("ok")), (Some(0), 5), "{}", report.json);
    for (part, level, words, from, to) in [
        ("mail domain", "problem", "takes no mail", "MX 10 mail.sp.example.", "MX 0 ."),
        ("mail domain", "problem", "has no address", "mail.sp.example. 60 IN A", "other.sp.example. 60 IN A"),
        ("spf", "problem", "has 2 SPF records", "some-site-verification=1", "v=spf1 -all"),
        ("spf", "problem", "lets everybody send", "-all", "+all"),
        ("spf", "warning", "says nothing of others", " -all", ""),
        ("spf", "problem", "does not know", "v=spf1 mx", "v=spf1 max"),
        ("spf", "problem", "has 0 SPF records", "include:_spf", "include:_other"),
        ("spf", "problem", "more than 10 questions", "v=spf1 ip4:192.0.2.0/24", "v=spf1 a a a a a a a a a a"),
        ("spf", "problem", "more than 10 questions", "v=spf1 ip4:192.0.2.0/24", "v=spf1 include:sp.example"),
        ("spf", "warning", "does not answer", "include:_spf", "include:silent"),
        ("spf", "warning", "says ServerFailure", "include:_spf", "include:broken"),
        ("dkim", "problem", "another one than mails are signed by", "; p=MII", "; p=MIIx"),
        ("dkim", "problem", "another one than mails are signed by", "k=rsa", "k=ed25519"),
        ("dkim", "warning", "marked as a test", "k=rsa", "k=rsa; t=y"),
        ("dmarc", "warning", "only watches", "p=quarantine", "p=none"),
        ("dmarc", "problem", "has no policy that there is", "p=quarantine", "p=refuse"),
    ] {
        assert!(good.contains(from), "{from}");
        names.say(&good.replacen(from, to, 1));
        Report::of_mail(&installation, &[]).says(part, level, words);
    }
    names.say(&good);
    let signed_elsewhere = sender(&mail, &names).with("FLOWTHROUGH_DKIM_DOMAIN", "provider.example");
    Report::of_mail(&signed_elsewhere, &[]).says("dmarc", "problem", "are signed for provider.example");
    let part_of_it = sender(&mail, &names).with("FLOWTHROUGH_MAIL_FROM", "a@hosted.sp.example");
    Report::of_mail(&part_of_it, &[]).says("dmarc", "ok", "hosted.sp.example says what becomes of others");
}

#[test]
fn a_test_mail_is_sent_where_it_is_asked_for() {
    let (Some(mail), Some(names)) = (MailServer::find(), NameServer::start()) else { return };
    names.say(GOOD);
    let installation = sender(&mail, &names);
    let (taken, refused) = (mail.address("ann"), mail.address("nobody"));
    Report::of_mail(&installation, &["--to", &taken]).says("test mail", "ok", "has taken it");
    let raw = fs::read_to_string(mail.file(&taken, 1)).unwrap();
    assert!(raw.contains("DKIM-Signature: ") && raw.contains("activation@sp.example"), "{raw}");
    let report = Report::of_mail(&installation, &["--to", &refused]);
    report.says("test mail", "problem", "5.1.1");
    assert!(!report.json.to_string().contains(&refused), "{}", report.json);
    assert_eq!(installation.try_run(&["check", "mail", "--to", "ann"]).status.code(), Some(2));
    assert!(!fs::exists(mail.file(&taken, 2)).unwrap(), "a check alone sends nothing");
}
