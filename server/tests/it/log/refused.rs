//! Whoever asks for what they may not have, or what is not theirs.

use domain::Permission;
use server::{
    access::{adapter_accounts, administrators, tokens},
    templates,
};
use tracing::Level;

use super::{Kept, call, logged};
use crate::support::World;

/// The hub's pages say so by themselves; what is no page says it too.
#[test]
fn whoever_may_not_download_is_in_it() {
    logged(Level::ERROR, async |world: World, kept: &Kept| {
        let template = world.template(|_| ()).await;
        let (store, environment, tenant) = (&world.store, &world.environment, world.tenant);
        let help_desk = ("desk@acme.example", Some(domain::Role::HelpDesk));
        let id = administrators::add_as(store, environment, tenant, help_desk, "nine quiet lighthouses").await.unwrap();
        let (site, boss) = (world.site().await, world.hub_cookie(id).await);
        let own = format!("/hub/templates/{}", template.id);
        for path in [format!("{own}/users.csv"), "/hub/audit.csv".to_owned()] {
            assert_eq!(site.get(&path, &boss).await.status, 403, "{path}");
        }
        let said = kept.text();
        for permission in ["UsersExport", "AuditRead"] {
            let line = format!("event=\"permission_missing\" administrator={id} permission={permission} network=");
            assert!(said.contains(&line), "{line} is missing in {said}");
        }
    });
}

/// Which id was asked for is nowhere; that one of another partner's was, is.
#[test]
fn whoever_names_what_is_not_theirs_is_in_it() {
    logged(Level::ERROR, async |world: World, kept: &Kept| {
        let (store, environment, tenant) = (&world.store, &world.environment, world.tenant);
        let other = world.other_partner().await.partner();
        let other = world.template(|template| template.partner_id = other).await;
        let theirs = world.arrive(&other, "annabel@sp.com", None).await;
        let site = world.site().await;
        let boss = administrators::add(store, environment, tenant, "boss@acme.example", "nine quiet lighthouses");
        let boss = boss.await.unwrap();
        let cookie = world.hub_cookie(boss).await;
        for path in [format!("/hub/templates/{}/users.csv", other.id), format!("/hub/users/{}", theirs.id)] {
            assert_eq!(site.get(&path, &cookie).await.status, 404, "{path}");
        }
        let scopes = domain::Permissions::of(&[Permission::UsersRead, Permission::UsersWrite]);
        let secret = tokens::add(store, environment, tenant, "script", scopes, None).await.unwrap();
        let token = server::store::api_token::list(world.store.read(), tenant).await.unwrap().remove(0).id;
        let bearer = format!("Bearer {secret}");
        let one = format!("/v1/broadworks/subscribers/{}", server::vendor_id::Kind::Subscriber.encode(theirs.id));
        assert_eq!(call(&site, "GET", &one, &bearer, "").await.status, 404);
        let order = serde_json::json!({
            "provisioningId": other.provisioning_id, "userId": "bob@sp.com", "spEnterpriseId": "SP1+acme",
            "firstName": "Bob", "lastName": "Lee", "package": "standard",
        });
        assert_eq!(call(&site, "POST", "/v1/broadworks/subscribers", &bearer, &order.to_string()).await.status, 400);
        let own = world.template(|_| ()).await;
        let account = adapter_accounts::set(store, environment, &own, None, None).await.unwrap();
        let basic = base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            format!("{}:{}", account.user_name, account.secret),
        );
        let user = format!("{}/users/annabel%40sp.com", templates::adapter_url("", &own));
        assert_eq!(call(&site, "PUT", &user, &format!("Basic {basic}"), "{}").await.status, 404);
        // Nobody is named where nobody was let in.
        site.get(&format!("/hub/users/{}", theirs.id), "").await;
        site.get("/nowhere", &cookie).await;
        let said = kept.text();
        let lines: Vec<_> = said.lines().filter(|line| line.contains("nothing_of_theirs")).collect();
        let expected = [
            format!("caller=\"administrator {boss}\" route=\"/hub/templates/{{template}}/users.csv\""),
            format!("caller=\"administrator {boss}\" route=\"/hub/users/{{id}}\""),
            format!("caller=\"token {token}\" route=\"/v1/broadworks/subscribers/{{id}}\""),
            format!("caller=\"token {token}\" route=\"/v1/broadworks/subscribers\""),
            format!("caller=\"adapter {}\" route=\"/adapter/{{provisioning_id}}/users/{{user_id}}\"", own.id),
        ];
        assert_eq!(lines.len(), expected.len(), "{said}");
        for (line, expected) in lines.iter().zip(&expected) {
            assert!(line.contains(expected) && line.contains("network=127.0.0.1"), "{expected} is not in {line}");
        }
        let secrets = [theirs.id.to_string(), other.id.to_string(), other.provisioning_id, "annabel".to_owned()];
        assert!(!secrets.iter().any(|secret| said.contains(secret)), "{said}");
    });
}
