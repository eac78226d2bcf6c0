//! Signing in, when what stands at a template's Xsi-Actions address is not BroadWorks.

use std::sync::Arc;

use app::{
    backend::{PortalBackend as _, Templates as _},
    hub::model::SignInOutage,
};
use domain::Fault;
use server::{
    backend::{
        Shared,
        hub::{HubService, caller},
        portal::PortalService,
    },
    broadworks::XsiUrl,
    outbound::Reach,
    store::{Template, Tenant},
};

use crate::support::{Installation, PUBLIC_URL, Pretender, World, for_each_database, visitor};

const HTML: &str = "<html><body>404 Not Found</body></html>";

/// A template with this Xsi-Actions address.
async fn template(world: &World, xsi_url: String) -> Template {
    world
        .template(|template| {
            template.share_link = format!("{PUBLIC_URL}/activate/{}", template.share_token);
            template.xsi_url = xsi_url;
        })
        .await
}

async fn sign_in(context: &Shared, template: &Template) -> Option<Fault> {
    let visitor = visitor("192.0.2.1");
    let portal = PortalService(context.clone());
    portal.sign_in(&visitor, &template.share_token, "1@sp.com", "secret").await.err().map(|problem| problem.fault)
}

/// What the hub says of signing in under a template.
async fn outage(context: &Shared, tenant: Tenant, template: &Template) -> Option<SignInOutage> {
    let administrator = caller(uuid::Uuid::nil().into(), tenant);
    let detail = HubService(context.clone()).template(&administrator, template.id.into()).await;
    detail.unwrap().sign_in_outage
}

#[test]
fn what_is_not_broadworks_is_nobodys_wrong_password_and_the_hub_says_so() {
    for_each_database(async |world: World| {
        let (pretender, context) = (Pretender::start().await, world.context(Arc::default()));
        let pasted = format!("{}/com.broadsoft.xsi-actions/v2.0/user/ann@sp.com/profile", pretender.url());
        let template = template(&world, pasted).await;
        assert_eq!(outage(&context, world.tenant, &template).await, None);
        // What the log is told by.
        let condition = context.xsi.condition(&XsiUrl::parse(pretender.url(), &Reach::everywhere()).unwrap());

        let began = world.environment.now();
        pretender.plan(404, &[], HTML);
        assert_eq!(sign_in(&context, &template).await, Some(Fault::SignInUnavailable));
        assert_eq!(pretender.asked()[0].path, "/com.broadsoft.xsi-actions/v2.0/user/1@sp.com/profile");
        let known = outage(&context, world.tenant, &template).await.unwrap();
        assert!(known.reason.contains("404"), "{}", known.reason);
        assert_eq!((known.since, condition.fails_since()), (Some(began), Some(began)));

        world.clock.advance(60_000);
        pretender.plan(200, &[], HTML);
        assert_eq!(sign_in(&context, &template).await, Some(Fault::SignInUnavailable));
        let known = outage(&context, world.tenant, &template).await.unwrap();
        assert!(known.reason.contains("not a profile"), "{}", known.reason);
        assert_eq!(known.since, Some(began), "since when it was noted first");

        pretender.plan(401, &[("www-authenticate", "Basic realm=\"BroadWorks\"")], "");
        assert_eq!(sign_in(&context, &template).await, Some(Fault::BadCredentials));
        assert_eq!((outage(&context, world.tenant, &template).await, condition.fails_since()), (None, None));
    });
}

#[test]
fn what_is_wrong_with_one_users_profile_is_no_outage() {
    let profile = |inner: &str| {
        format!(r#"<Profile xmlns="http://schema.broadsoft.com/xsi"><details>{inner}</details></Profile>"#)
    };
    for_each_database(async |world: World| {
        let (pretender, context) = (Pretender::start().await, world.context(Arc::default()));
        let template = template(&world, pretender.url().to_owned()).await;
        let condition = context.xsi.condition(&XsiUrl::parse(pretender.url(), &Reach::everywhere()).unwrap());
        for odd in [
            "<userId>1@sp.com</userId><groupId>G</groupId>",
            "<userId>1@sp.com</userId><serviceProvider>SP</serviceProvider>",
            "<userId>1@sp.com</userId><groupId>G</groupId><serviceProvider>S\u{200b}P</serviceProvider>",
            "<userId>2@sp.com</userId><groupId>G</groupId><serviceProvider>SP</serviceProvider>",
        ] {
            pretender.plan(200, &[], &profile(odd));
            assert_eq!(sign_in(&context, &template).await, Some(Fault::ProfileUnusable), "{odd}");
            assert_eq!(
                (outage(&context, world.tenant, &template).await, condition.fails_since()),
                (None, None),
                "{odd}"
            );
        }
    });
}

#[test]
fn an_address_that_cannot_be_used_is_named_in_the_hub() {
    for_each_database(async |world: World| {
        let context = world.context(Arc::default());
        let template = template(&world, "http://xsp.example".to_owned()).await;
        assert_eq!(sign_in(&context, &template).await, Some(Fault::TemplateMisconfigured));
        let known = outage(&context, world.tenant, &template).await.unwrap();
        assert_eq!((known.reason.as_str(), known.since), ("the address must begin with https://", None));
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_checks_and_mends_an_address_on_the_command_line() {
    let (wrong, right) = (Pretender::start().await, Pretender::start().await);
    let installation = Installation::on_sqlite().with("FLOWTHROUGH_ALLOW_PRIVATE_XSI", "true");
    let run = |arguments: &[&str]| {
        let output = tokio::task::block_in_place(|| installation.try_run(arguments));
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code(), text(output.stdout), text(output.stderr))
    };
    let broadworks = || right.plan(401, &[("www-authenticate", "Basic realm=\"BroadWorks\"")], "");

    wrong.plan(404, &[], HTML);
    let (code, made, warned) = run(&["template", "add", "Users", "--xsi-url", wrong.url()]);
    assert!(code == Some(0) && warned.contains("404"), "{code:?} {warned}");
    let provisioning_id = made.lines().next().unwrap().split_whitespace().last().unwrap();

    wrong.plan(404, &[], HTML);
    let (code, checked, _) = run(&["template", "check"]);
    assert!(code == Some(1) && checked.contains("FAILED") && checked.contains(wrong.url()), "{code:?} {checked}");

    broadworks();
    let pasted = format!("{}/com.broadsoft.xsi-actions/v2.0", right.url());
    let (code, moved, warned) = run(&["template", "xsi", provisioning_id, &pasted]);
    assert_eq!((code, moved.trim()), (Some(0), &*format!("xsi address  {}", right.url())));
    assert!(!warned.contains("404"), "{warned}");

    broadworks();
    let (code, checked, _) = run(&["template", "check", provisioning_id]);
    assert!(code == Some(0) && checked.starts_with("ok ") && checked.contains(right.url()), "{code:?} {checked}");
    let asked = &right.asked()[1];
    assert!(!asked.headers.contains_key("authorization"), "no password is tried");
}
