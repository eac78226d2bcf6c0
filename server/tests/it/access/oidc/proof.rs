//! Proving to the provider who is signed in.

use domain::limit::HUB_PROOF;

use super::*;

/// The session in which Ann is signed in, a while ago.
async fn a_while_ago(stage: &Stage) -> Browser {
    let mut browser = stage.browser();
    stage.sign_in(&mut browser).await;
    stage.world.clock.advance(HUB_PROOF);
    browser
}

#[test]
fn a_proof_is_given_at_the_provider_anew_and_by_the_same_person() {
    for_each_database(async |world: World| {
        let stage =
            Stage::new(world, |settings| _ = settings.roles.insert("staff".to_owned(), Role::FullAdministrator)).await;
        let mut ann = a_while_ago(&stage).await;
        let token = [("name", "x"), ("permissions[0]", "users_read"), ("lifetime", "unlimited")];
        let refused = ann.call("/api/hub/create-token", &token).await;
        assert!(refused.status == 403 && refused.body.contains("proof_required"), "{}", refused.body);
        let needed = ann.call("/api/hub/proof-needed", &[]).await.body;
        assert_eq!(needed, r#"{"step":"provider","passkey":false}"#);
        // No password is one: they have none.
        assert_ne!(ann.call("/api/hub/prove", &[("typed", "nine quiet lighthouses")]).await.status, 200);
        let prove = async |browser: &mut Browser| {
            let page = browser.open("/hub/confirm").await;
            let sent = page.location.unwrap();
            assert!(sent.contains("prompt=login") && sent.contains("max_age=0"), "{sent}");
            let page = browser.open(&stage.provider.lets_in(&sent)).await;
            assert_eq!(page.location.as_deref(), Some("/hub/confirmed"));
            browser.follow(page).await
        };
        let now = stage.world.environment.now().0 / SECOND;
        for (claims, fault) in [
            (json!({ "auth_time": now - 120 }), Fault::OidcSignInFailed),
            (json!({ "auth_time": null }), Fault::OidcSignInFailed),
            (json!({ "sub": "eve-1" }), Fault::OidcAccountRefused),
        ] {
            stage.provider.says(claims.clone());
            assert_eq!(code(&prove(&mut ann).await), fault, "{claims}");
            assert_eq!(ann.call("/api/hub/create-token", &token).await.status, 403, "{claims}");
        }
        stage.provider.says(Value::Null);
        let page = prove(&mut ann).await;
        assert!(
            page.status == 200 && page.body.contains("Confirmed") && !page.body.contains("data-code"),
            "{}",
            page.body
        );
        assert_eq!(ann.call("/api/hub/create-token", &token).await.status, 200);
        // The role is looked at, too.
        stage.world.clock.advance(HUB_PROOF);
        stage.provider.says(json!({ "roles": [] }));
        stage.provider.says_when_asked(json!({ "sub": "ann-1" }));
        assert_eq!(code(&prove(&mut ann).await), Fault::OidcRoleMissing);
        assert_eq!(ann.call("/api/hub/me", &[]).await.status, 401);
    });
}

/// A provider that still knows the browser lets it in without a question, whoever sits there.
#[test]
fn whoever_is_let_in_unasked_has_proven_nothing() {
    for_each_database(async |world: World| {
        let stage =
            Stage::new(world, |settings| _ = settings.roles.insert("staff".to_owned(), Role::FullAdministrator)).await;
        let now = stage.world.environment.now().0 / 1_000;
        let token = [("name", "x"), ("permissions[0]", "users_read"), ("lifetime", "unlimited")];
        for (asked_at, status) in [(json!(now), 200), (json!(now - 3_600), 403), (json!(null), 403)] {
            stage.provider.says(json!({ "auth_time": asked_at }));
            let mut ann = stage.browser();
            stage.sign_in(&mut ann).await;
            let made = ann.call("/api/hub/create-token", &token).await;
            assert_eq!(made.status.as_u16(), status, "{asked_at}: {}", made.body);
        }
    });
}

#[test]
fn a_proof_is_for_the_session_that_asked_for_it() {
    for_each_database(async |world: World| {
        let stage = Stage::new(world, |_| ()).await;
        let mut ann = a_while_ago(&stage).await;
        let sent = ann.open("/hub/confirm").await.location.unwrap();
        ann.call("/api/hub/sign-out", &[]).await;
        let page = ann.open(&stage.provider.lets_in(&sent)).await;
        assert_eq!(code(&ann.follow(page).await), Fault::SessionEnded);
        assert_eq!(ann.call("/api/hub/me", &[]).await.status, 401, "a proof signs nobody in");
        assert_eq!(ann.open("/hub/confirm").await.status, 401);
    });
}
