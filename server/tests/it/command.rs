//! The command line: what it asks, and what it says.

use std::process::Output;

use sea_orm::EntityTrait as _;
use server::{live::Live, store::Store};

use crate::{entity::adapter_account, support::Installation};

const SCOPE: &str = "audit:events_read";

fn told(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn where_there_are_several_partners_a_command_asks_which() {
    let installation = Installation::on_sqlite();
    let template = ["template", "add", "Users", "--xsi-url", "https://xsp.example"];
    installation.run(&["admin", "add", "ann@example.com", "--partner", "Northwind"]);
    // With one partner there is nothing to ask.
    installation.run(&template);
    installation.run(&["token", "add"]);
    let (_, new) = told(&installation.try_run(&["admin", "add", "bob@example.com", "--partner", "Southwind"]));
    assert!(new.contains("Southwind is new beside \"Northwind\""), "{new}");

    let file = installation.file("users.csv", "BroadWorks ID,First Name,Last Name,Enterprise ID\r\n");
    let commands: [&[&str]; 5] =
        [&["admin", "add", "carl@example.com"], &template, &["token", "add"], &["token", "list"], &["import", &file]];
    for command in commands {
        let (code, said) = told(&installation.try_run(command));
        assert_eq!(code, Some(2), "{command:?}: {said}");
        assert!(said.contains("2 partners here: \"Northwind\", \"Southwind\""), "{command:?}: {said}");
        let named = [command, &["--partner", "Southwind"]].concat();
        assert_eq!(installation.try_run(&named).status.code(), Some(0), "{named:?}");
    }
    // One that is there already is not made by a typing error.
    for command in [["token", "list"], ["import", &file]] {
        let (code, said) = told(&installation.try_run(&[&command[..], &["--partner", "Westwind"]].concat()));
        assert_eq!(code, Some(2), "{command:?}: {said}");
        assert!(said.contains("no partner \"Westwind\""), "{said}");
    }
    let listed = installation.run(&["admin", "list"]);
    assert!(!listed.contains("My company") && !listed.contains("Westwind"), "{listed}");
}

#[test]
fn administrators_are_listed_disabled_enabled_removed_and_added_elsewhere() {
    let installation = Installation::on_sqlite();
    installation.run(&["admin", "add", "Ann@Example.com", "--partner", "Northwind"]);
    installation.run(&["admin", "add", "bob@example.com", "--partner", "Southwind"]);
    let line = |email: &str| {
        let listed = installation.run(&["admin", "list"]);
        listed.lines().find(|line| line.contains(email)).unwrap_or_default().to_owned()
    };
    assert!(line("ann@example.com").contains("Northwind") && line("ann@example.com").ends_with("can sign in"));
    assert_eq!(installation.run(&["admin", "list", "--partner", "Southwind"]).lines().count(), 1);

    let (code, said) = told(&installation.try_run(&["admin", "disable", "ANN@example.com"]));
    assert_eq!(code, Some(0));
    assert!(said.contains("Nobody can sign in for Northwind now"), "{said}");
    assert!(line("ann@example.com").contains("  disabled 2"));
    installation.run(&["admin", "enable", "ann@example.com"]);
    assert!(line("ann@example.com").ends_with("can sign in"));
    // Whose she is need not be said again for a new password, which is not told as if she were new.
    let again = installation.try_run(&["admin", "add", "ann@example.com"]);
    let (printed, (_, said)) = (String::from_utf8_lossy(&again.stdout).into_owned(), told(&again));
    assert!(printed.contains("ann@example.com has been added before: here is a new password"), "{printed}");
    assert!(said.contains("administrator_password_reset") && !said.contains("administrator_added"), "{said}");

    let (code, said) = told(&installation.try_run(&["admin", "add", "ann@example.com", "--partner", "Southwind"]));
    assert_eq!(code, Some(2));
    assert!(said.contains("administrator of \"Northwind\"") && said.contains("admin remove ann@example.com"), "{said}");
    installation.run(&["admin", "remove", "ann@example.com"]);
    assert_eq!(line("ann@example.com"), "");
    installation.run(&["admin", "add", "ann@example.com", "--partner", "Southwind"]);
    assert!(line("ann@example.com").contains("Southwind"));
    for command in ["disable", "enable", "remove"] {
        let (code, said) = told(&installation.try_run(&["admin", command, "nobody@example.com"]));
        assert_eq!(code, Some(1));
        assert!(said.contains("nobody signs in as nobody@example.com"), "{said}");
    }
}

#[test]
fn every_command_says_which_database_it_used() {
    let installation = Installation::on_sqlite();
    let place = std::path::Path::new(installation.database_url().trim_start_matches("sqlite:"));
    for command in [&["migrate"][..], &["admin", "list"], &["admin", "add", "a@example.com"], &["token", "add"]] {
        let (code, said) = told(&installation.try_run(command));
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains(&format!("database     sqlite:{}", place.display())), "{command:?}: {said}");
    }
    // By another way the same file.
    let elsewhere = Installation::on_sqlite().with("FLOWTHROUGH_DATABASE_URL", "sqlite:data/flow.db");
    let (_, said) = told(&elsewhere.try_run(&["migrate"]));
    assert!(said.contains("/data/flow.db") && said.contains("sqlite:/"), "{said}");
    // One that was not there is not made without a word, nor folders for it by a slip of the hand.
    let (_, said) = told(&Installation::on_sqlite().try_run(&["migrate"]));
    assert!(said.contains("(new: there was none)"), "{said}");
    let (_, said) = told(&installation.try_run(&["migrate"]));
    assert!(!said.contains("(new"), "{said}");
    let misspelt = Installation::on_sqlite().with("FLOWTHROUGH_DATABASE_URL", "sqlite:dtaa/flow/flow.db");
    let (code, said) = told(&misspelt.try_run(&["migrate"]));
    assert!(code == Some(2) && said.contains("there is no folder /") && said.contains("/dtaa"), "{said}");
    let unreachable = Installation::on("postgres://flow:secret@127.0.0.1:1/onboarding");
    let (code, said) = told(&unreachable.try_run(&["migrate"]));
    assert_eq!(code, Some(2));
    assert!(said.contains("database     postgres://flow@127.0.0.1:1/onboarding") && !said.contains("secret"), "{said}");
}

#[test]
fn a_token_that_could_never_be_used_or_is_none_is_refused() {
    let installation = Installation::on_sqlite();
    let (code, said) = told(&installation.try_run(&["token", "add", "--expires", "0"]));
    assert!(code == Some(2) && said.contains("--expires"), "{said}");
    let (code, said) = told(&installation.try_run(&["token", "add", "--expires", "366"]));
    assert!(code == Some(2) && said.contains("--expires") && said.contains("1 to 365"), "{said}");
    installation.run(&["token", "add", "--expires", "1"]);
    installation.run(&["token", "add", "by itself", "--scope", SCOPE, "--scope", SCOPE]);
    installation.run(&["token", "add", "for ever", "--expires", "never"]);
    let listed = installation.run(&["token", "list"]);
    let line = |name: &str| listed.lines().find(|line| line.contains(name)).unwrap_or_default();
    assert!(line("by itself").contains("  expires ") && line("for ever").contains("does not expire"), "{listed}");
    assert_eq!(line("by itself").matches(SCOPE).count(), 1, "{listed}");
    let (code, said) = told(&installation.try_run(&["token", "revoke", "123"]));
    assert!(code == Some(2) && said.contains("not the id of a token; `flowthrough token list` shows them"), "{said}");
    let unknown = "0190c1de-0000-7000-8000-000000000001";
    let (code, said) = told(&installation.try_run(&["token", "revoke", unknown]));
    assert!(code == Some(1) && said.contains(&format!("there is no token {unknown}")), "{said}");
}

#[test]
fn templates_are_listed_shown_changed_and_deleted() {
    let installation = Installation::on_sqlite();
    let id = installation.add_trusted_template(&["--partner", "Northwind"]);
    let other = installation.add_trusted_template(&["--partner", "Southwind"]);
    let listed = installation.run(&["template", "list"]);
    assert!(listed.contains(&format!("{id}  Trusted  Northwind  users 0")) && listed.lines().count() == 2, "{listed}");
    let listed = installation.run(&["template", "list", "--partner", "Southwind"]);
    assert!(listed.starts_with(&other) && listed.lines().count() == 1, "{listed}");

    let field = |shown: &str, name: &str| {
        let line = shown.lines().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("{name}: {shown}"));
        line[name.len()..].trim().to_owned()
    };
    let before = installation.run(&["template", "show", &id]);
    let set: [(&str, &str, &str, &str); 15] = [
        ("--name", "Office", "name", "Office"),
        ("--xsi-url", "https://xsp2.example", "xsi address", "https://xsp2.example"),
        ("--trusted-emails", "false", "verification", "untrusted emails"),
        ("--self-activation", "true", "self-activation", "true"),
        ("--provision-admin-first", "true", "admin first", "true"),
        ("--package", "premium", "package", "premium"),
        ("--country", "it", "country", "IT"),
        ("--language", "it", "language", "it"),
        ("--partner-admin", "Nord Wind", "partner admin", "Nord Wind"),
        ("--target-reference", "there", "reference there", "there"),
        ("--support-url", "https://help.example", "support url", "https://help.example"),
        ("--reply-to", "help@northwind.example", "reply to", "help@northwind.example"),
        ("--signature", "Your team at Nord Wind", "signature", "Your team at Nord Wind"),
        ("--reminders", "2", "reminders", "2, 3 days apart"),
        ("--accent", "7A1FA2", "accent", "#7a1fa2"),
    ];
    for (argument, value, name, shown) in set {
        assert_ne!(field(&before, name), shown, "{name}");
        let after = installation.run(&["template", "set", &id, argument, value]);
        assert_eq!(field(&after, name), shown);
    }
    let after = installation.run(&["template", "show", &id]);
    for (.., name, shown) in set {
        assert_eq!(field(&after, name), shown, "nothing else is changed with it");
    }
    let none = installation.run(&[
        "template",
        "set",
        &id,
        "--support-url",
        "",
        "--target-reference",
        "",
        "--reply-to",
        "",
        "--signature",
        "",
        "--accent",
        "",
    ]);
    assert_eq!((field(&none, "support url"), field(&none, "reference there")), ("none".into(), "none".into()));
    assert_eq!((field(&none, "reply to"), field(&none, "signature")), ("none".into(), "none".into()));
    assert_eq!(field(&none, "accent"), "none");
    let long = "x".repeat(101);
    for wrong in [
        ["--package", "gold"],
        ["--country", "XX"],
        ["--support-url", "x"],
        ["--target", "scim"],
        ["--reply-to", "x"],
        ["--signature", &long],
        ["--reminders", "6"],
        ["--reminder-days", "0"],
        ["--accent", "teal"],
        ["--accent", "#ffd400"],
    ] {
        let (code, said) = told(&installation.try_run(&[&["template", "set", &id][..], &wrong].concat()));
        assert!(code == Some(2) && said.contains(wrong[0]), "{wrong:?}: {said}");
    }

    let users = "BroadWorks ID,First Name,Last Name,Enterprise ID\r\n1@sp.example,Ann,Lee,SP1+acme\r\n";
    let file = installation.file("users.csv", users);
    installation.run(&["import", &file, "--partner", "Northwind", "--provisioning-id", &id]);
    let (code, said) = told(&installation.try_run(&["template", "delete", &id]));
    assert!(code == Some(1) && said.contains("1 users and workspaces are there by this template"), "{said}");
    let equipped = installation.with("FLOWTHROUGH_SCIM_URL", "https://id.example").with("FLOWTHROUGH_SCIM_TOKEN", "x");
    let (code, said) = told(&equipped.try_run(&["template", "set", &id, "--target", "scim"]));
    assert!(code == Some(1) && said.contains("its target cannot be changed"), "{said}");
    equipped.run(&["template", "adapter", &other]);
    equipped.run(&["template", "set", &other, "--target", "scim"]);
    equipped.run(&["template", "delete", &other]);
    assert_eq!(told(&equipped.try_run(&["template", "show", &other])).0, Some(1));
    assert_eq!(equipped.run(&["template", "list"]).lines().count(), 1);
}

#[test]
fn a_templates_logo_is_set_and_removed() {
    let installation = Installation::on_sqlite();
    let id = installation.add_trusted_template(&[]);
    let logo = |shown: &str| {
        let line = shown.lines().find(|line| line.starts_with("logo ")).unwrap_or_else(|| panic!("{shown}"));
        line["logo ".len()..].trim().to_owned()
    };
    let (picture, svg) = (installation.file("logo.png", ""), installation.file("logo.svg", "<svg/>"));
    std::fs::write(&picture, crate::branding::png(800, 200, [10, 20, 30])).unwrap();
    let set = installation.run(&["template", "set", &id, "--logo", &picture]);
    assert!(logo(&set).contains("/brand/") && logo(&set).ends_with("-400x100.png"), "{set}");
    for (file, said) in
        [(&svg, "cannot be read as a PNG, JPEG or WebP picture"), (&"nowhere.png".to_owned(), "cannot be read")]
    {
        let (code, told) = told(&installation.try_run(&["template", "set", &id, "--logo", file]));
        assert!(code != Some(0) && told.contains(said), "{told}");
    }
    assert_eq!(logo(&installation.run(&["template", "show", &id])), logo(&set));
    assert_eq!(logo(&installation.run(&["template", "set", &id, "--remove-logo"])), "none");
}

#[test]
fn a_templates_share_link_and_provisioning_id_are_replaced() {
    let installation = Installation::on_sqlite();
    let id = installation.add_trusted_template(&[]);
    let (code, said) = told(&installation.try_run(&["template", "rotate", &id]));
    assert!(code == Some(2) && said.contains("--share-link") && said.contains("--provisioning-id"), "{said}");
    let shown = installation.run(&["template", "show", &id]);
    let rotated = installation.run(&["template", "rotate", &id, "--share-link"]);
    let link = rotated.trim().rsplit(' ').next().unwrap();
    assert!(link.contains("/activate/") && !shown.contains(link), "{rotated}");
    assert!(installation.run(&["template", "show", &id]).contains(link));

    let rotated = installation.run(&["template", "rotate", &id, "--provisioning-id", "--grace", "7"]);
    let new = rotated.lines().next().unwrap().rsplit(' ').next().unwrap().to_owned();
    assert!(new != id && rotated.contains("the one before   until "), "{rotated}");
    for either in [&id, &new] {
        let shown = installation.run(&["template", "show", either]);
        assert!(
            shown.contains(&format!("provisioning id  {new}")) && shown.contains(&format!("{id} until ")),
            "{shown}"
        );
    }
    installation.run(&["template", "rotate", &new, "--provisioning-id", "--grace", "0"]);
    assert_eq!(told(&installation.try_run(&["template", "show", &new])).0, Some(1));
}

#[test]
fn a_partner_gets_another_name_and_an_administrator_another_password() {
    let installation = Installation::on_sqlite();
    installation.run(&["admin", "add", "ann@example.com", "--partner", "Northwind"]);
    installation.run(&["admin", "add", "bob@example.com", "--partner", "Southwind"]);
    let (code, said) = told(&installation.try_run(&["partner", "rename", "Northwind", "Southwind"]));
    assert!(code == Some(1) && said.contains("there is a partner \"Southwind\" already"), "{said}");
    let (code, said) = told(&installation.try_run(&["partner", "rename", "Northwind", " Norwind "]));
    assert!(code == Some(0) && said.contains("FLOWTHROUGH_BROADWORKS_PARTNER"), "{said}");
    let listed = installation.run(&["partner", "list"]);
    assert!(listed.contains("  Norwind  added 2") && !listed.contains("Northwind"), "{listed}");

    installation.run(&["admin", "disable", "ann@example.com"]);
    let reset = installation.run(&["admin", "reset", "ann@example.com"]);
    assert!(reset.contains("for Norwind") && reset.contains("password  "), "{reset}");
    assert!(installation.run(&["admin", "list", "--partner", "Norwind"]).trim_end().ends_with("can sign in"));
    let reset = installation.run(&["admin", "reset", "ann@example.com", "--second-factor"]);
    assert!(reset.contains("password  ") && reset.contains("There was no second factor."), "{reset}");
    let (code, said) = told(&installation.try_run(&["admin", "reset", "nobody@example.com"]));
    assert!(code == Some(1) && said.contains("nobody signs in as nobody@example.com"), "{said}");
    assert_eq!(installation.run(&["admin", "list"]).lines().count(), 2, "nobody is added by a typing error");
}

#[test]
fn a_command_ends_quietly_when_nobody_reads_on() {
    let installation = Installation::on_sqlite();
    installation.run(&["migrate"]);
    for command in [&["completions", "bash"][..], &["check"], &["check", "--json"], &["--help"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = installation.run_into(command, writer.into());
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.lines().all(|line| line.starts_with("database  ")), "{command:?}: {said}");
        assert!(output.status.code().is_some_and(|code| [0, 1, 128 + 13].contains(&code)), "{command:?}: {output:?}");
    }
}

#[test]
fn whoever_is_of_a_customer_is_added_with_its_name() {
    let installation = Installation::on_sqlite();
    installation.run(&["admin", "add", "ann@example.com", "--partner", "Northwind"]);
    let add = ["admin", "add", "it@acme.example", "--role", "customer-administrator"];
    let (code, said) = told(&installation.try_run(&add));
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("is of one customer") && said.contains("--customer ENTERPRISE_ID"), "{said}");
    // Nobody is added for a customer who is not there.
    let (code, said) = told(&installation.try_run(&[&add[..], &["--customer", "SP1+acme"]].concat()));
    assert_ne!(code, Some(0), "{said}");
    let full = ["admin", "add", "bob@example.com", "--role", "full-administrator", "--customer", "SP1+acme"];
    assert!(told(&installation.try_run(&full)).1.contains("is for every customer"));
    let id = installation.add_trusted_template(&[]);
    let row = "BroadWorks ID,First Name,Last Name,Enterprise ID,Email\r\n1@sp.com,A,B,SP1+acme,a@acme.example\r\n";
    installation.run(&["import", &installation.file("users.csv", row), "--provisioning-id", &id]);
    installation.run(&[&add[..], &["--customer", "SP1+acme"]].concat());
    let listed = installation.run(&["admin", "list"]);
    assert!(listed.lines().any(|line| line.contains("it@acme.example  customer-administrator")), "{listed}");
}

#[tokio::test]
async fn a_secret_that_cannot_be_printed_opens_nothing_and_replaces_nothing() {
    let installation = Installation::on_sqlite();
    installation.run(&["admin", "add", "ann@example.com", "--partner", "Northwind"]);
    let full = || std::fs::File::options().write(true).open("/dev/full").unwrap().into();
    let gone = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        writer.into()
    };
    for unseen in [full(), gone()] {
        let (code, said) = told(&installation.run_into(&["token", "add", "script"], unseen));
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("cannot be printed, so it is revoked again"), "{said}");
    }
    let listed = installation.run(&["token", "list"]);
    assert_eq!(listed.lines().count(), 2);
    assert!(listed.lines().all(|line| line.contains("  revoked ")), "{listed}");

    let id = installation.add_trusted_template(&[]);
    installation.run(&["template", "adapter", &id, "--user", "first"]);
    let store = Store::connect(installation.database_url(), Live::default()).await.unwrap();
    let account = async || adapter_account::Entity::find().all(store.read()).await.unwrap();
    let before = account().await;
    let (code, said) = told(&installation.run_into(&["template", "adapter", &id, "--user", "second"], full()));
    assert!(code == Some(1) && said.contains("stays as it is"), "{said}");
    assert_eq!(account().await, before);
    assert_eq!(before.len(), 1);
}

#[tokio::test]
async fn a_command_beside_somebody_who_writes_all_the_time_says_so_and_what_to_do() {
    let installation = Installation::on_sqlite();
    installation.run(&["admin", "add", "ann@example.com", "--partner", "Northwind"]);
    let store = Store::connect(installation.database_url(), Live::default()).await.unwrap();
    let writing = store.work().await.unwrap();
    let (code, said) = told(&installation.try_run(&["token", "add"]));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("the database is in use") && said.contains("run the command again"), "{said}");
    assert!(!said.contains("locked"), "{said}");
    drop(writing);
    assert_eq!(installation.try_run(&["token", "add"]).status.code(), Some(0));
}
