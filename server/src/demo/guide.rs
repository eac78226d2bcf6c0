//! What the demo prints: on start a story of five steps, and on request everybody in it.

use std::fmt::Write as _;

use domain::BroadWorksId;

use super::{
    PASSWORD,
    people::person,
    seed::{self, share},
    target,
};
use crate::{
    fault::Trouble,
    partners,
    store::{Store, Tenant, subscriber},
};

/// What is printed where all users of a kind have been used.
const NOBODY_LEFT: &str = "all used up: make clean-data forgets them, and the next make run begins anew";

/// The first steps, with a user who has not taken them yet.
///
/// # Errors
/// If the database fails.
pub(super) async fn story(
    store: &Store,
    tenant: Tenant,
    public_url: &str,
    (email, password): (&str, &str),
) -> Result<String, Trouble> {
    let user = waiting(store, tenant).await?.into_iter().next();
    Ok(told(public_url, user.as_deref(), (email, password)))
}

fn told(public_url: &str, user: Option<&str>, (email, password): (&str, &str)) -> String {
    let user = user.map_or_else(|| NOBODY_LEFT.to_owned(), |user| format!("{user}, with the password {PASSWORD}"));
    format!(
        "
Flowthrough demo

  1. Open the activation portal:     {public_url}/activate/{link}
  2. Sign in as a user:              {user}
  3. Enter any address; its mail:    {public_url}/demo/mailbox
  4. Type the six digits in the portal, or click Join now in the mail: the account is created.
  5. See it in the partner hub:      {public_url}/hub, as {email}, with the password {password}

Other users and links: make demo-users
",
        link = share::UNTRUSTED
    )
}

/// Everybody and every link, a line for each kind: name and value apart by two spaces or more. None, if this database has no
/// demo.
///
/// # Errors
/// If the database fails.
pub async fn everybody(store: &Store, public_url: &str) -> Result<Option<String>, Trouble> {
    let Some(partner) = partners::named(store, seed::PARTNER).await? else { return Ok(None) };
    let tenant = Tenant::of_partner(&partner);
    let link = |token: &str| format!("{public_url}/activate/{token}");
    let user = |index: usize| person(index).user_id;
    let those_left = |users: Vec<String>| if users.is_empty() { NOBODY_LEFT.to_owned() } else { users.join(" ") };
    let lines = [
        ("share link", link(share::UNTRUSTED)),
        ("users", those_left(waiting(store, tenant).await?)),
        ("asked for consent", seed::CONSENTING.map(user).join(" ")),
        ("self-activation", link(share::SELF_ACTIVATION)),
        ("self-activating", those_left(unannounced(store, tenant).await?)),
        ("admin first", link(share::ADMIN_FIRST)),
        ("admin", user(seed::ADMINISTRATOR)),
        ("held back", seed::HELD.map(user).join(" ")),
        ("misconfigured", link(share::MISCONFIGURED)),
        ("user password", PASSWORD.to_owned()),
        ("target is down", format!("with an address ending in {}", target::DOWN)),
        ("mailbox", format!("{public_url}/demo/mailbox")),
        ("hub", format!("{public_url}/hub, with the sign-in that the start printed")),
    ];
    let mut told = String::new();
    for (name, value) in lines {
        // Writing to a String cannot fail.
        let _ = writeln!(told, "{name:<18}  {value}");
    }
    Ok(Some(told))
}

/// Those who still wait for an address.
async fn waiting(store: &Store, tenant: Tenant) -> Result<Vec<String>, Trouble> {
    let mut left = Vec::new();
    for user_id in seed::WAITING.map(|index| person(index).user_id) {
        let found = subscriber::known_as(store.read(), tenant, &BroadWorksId::parse(&user_id)?).await?;
        if found.is_some_and(|user| user.lifecycle.email().is_none()) {
            left.push(user_id);
        }
    }
    Ok(left)
}

/// Those who have not activated themselves.
async fn unannounced(store: &Store, tenant: Tenant) -> Result<Vec<String>, Trouble> {
    let mut left = Vec::new();
    for user_id in seed::UNANNOUNCED.map(|index| person(index).user_id) {
        if subscriber::known_as(store.read(), tenant, &BroadWorksId::parse(&user_id)?).await?.is_none() {
            left.push(user_id);
        }
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_story_has_five_steps_and_says_how_to_begin_anew() {
        let told = |user| told("http://127.0.0.1:3000", user, ("ann@sp.example", "secret"));
        let steps = |story: &str| story.lines().filter(|line| line.trim_start().starts_with(char::is_numeric)).count();
        let (fresh, used_up) = (told(Some("1@sp.example")), told(None));
        assert_eq!((steps(&fresh), steps(&used_up)), (5, 5));
        assert!(fresh.contains("1@sp.example, with the password broadworks-demo"), "{fresh}");
        assert!(used_up.contains("make clean-data") && !fresh.contains("make clean-data"), "{used_up}");
    }
}
