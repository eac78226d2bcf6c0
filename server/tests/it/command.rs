//! The command line: what it asks, and what it says.

use std::process::Output;

use crate::support::Installation;

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
    installation.run(&["token", "add", "--expires", "1"]);
    let (code, said) = told(&installation.try_run(&["token", "revoke", "123"]));
    assert!(code == Some(2) && said.contains("not the id of a token; `flowthrough token list` shows them"), "{said}");
    let unknown = "0190c1de-0000-7000-8000-000000000001";
    let (code, said) = told(&installation.try_run(&["token", "revoke", unknown]));
    assert!(code == Some(1) && said.contains(&format!("there is no token {unknown}")), "{said}");
}
