//! Against a real server on loopback: the emulator where it will do, a handler of its own where it would not.

use std::{
    future::pending,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{Router, body::Body, http::StatusCode, response::Redirect, routing::get};
use tokio::net::TcpListener;

use super::*;
use crate::demo::emulator::{self, EmulatedUser, Organization};

const PROFILE: &str = "/com.broadsoft.xsi-actions/v2.0/user/{id}/profile";
const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(5), total: Duration::from_secs(5) };

fn id(text: &str) -> BroadWorksId {
    BroadWorksId::parse(text).unwrap()
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

async fn ask(router: Router, user: &str, password: &str) -> Result<Profile, XsiError> {
    let base = XsiUrl::parse(&format!("http://{}", serve(router).await), true).unwrap();
    XsiClient::new(TIMEOUTS, true).unwrap().profile(&base, &id(user), password).await
}

/// A BroadWorks that knows Zoë, of a group of a service provider, and Мария, of an enterprise.
fn broadworks() -> Router {
    emulator::router(Arc::new(|asked| {
        let zoe = EmulatedUser {
            user_id: "95547321@sp.example".into(),
            password: "pa:ss wörd".into(),
            first_name: "Zoë".into(),
            last_name: "O'Neil & <Sons>".into(),
            organization: Organization::ServiceProvider { id: "SP1".into(), group: "acme".into() },
            phone_number: Some("+390212345678".into()),
            extension: Some("5678".into()),
            mobile_number: None,
        };
        let maria = EmulatedUser {
            user_id: "maria;x%41+y@sp.example".into(),
            first_name: "Мария".into(),
            organization: Organization::Enterprise { id: "Enterprise1".into(), group: "sofia".into() },
            phone_number: None,
            extension: None,
            ..zoe.clone()
        };
        [zoe, maria].into_iter().find(|user| user.user_id.eq_ignore_ascii_case(asked))
    }))
}

/// Answers every request for a profile with this body.
fn answering(body: impl Into<Vec<u8>>) -> Router {
    let body: Vec<u8> = body.into();
    Router::new().route(PROFILE, get(move || async move { body }))
}

fn details(inner: &str) -> String {
    format!(r#"<Profile xmlns="{NAMESPACE}"><details>{inner}</details></Profile>"#)
}

#[tokio::test]
async fn right_credentials_bring_the_profile() {
    let profile = ask(broadworks(), "95547321@SP.example", "pa:ss wörd").await.unwrap();
    assert_eq!(profile.user_id, id("95547321@sp.example"));
    assert_eq!((profile.first_name.as_str(), profile.last_name.as_str()), ("Zoë", "O'Neil & <Sons>"));
    assert_eq!(profile.sp_enterprise_id.as_str(), "SP1+acme");
    assert_eq!(profile.phone_number.as_deref(), Some("+390212345678"));
    assert_eq!(profile.extension.as_deref(), Some("5678"));
}

#[tokio::test]
async fn any_user_id_survives_the_way_through_the_url() {
    let profile = ask(broadworks(), "maria;x%41+y@sp.example", "pa:ss wörd").await.unwrap();
    assert_eq!(profile.sp_enterprise_id.as_str(), "Enterprise1");
    assert_eq!((profile.phone_number, profile.extension), (None, None));
    assert_eq!(ask(broadworks(), "..", "pa:ss wörd").await, Err(XsiError::BadCredentials));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_look_alike() {
    let refused = Err(XsiError::BadCredentials);
    assert_eq!(ask(broadworks(), "95547321@sp.example", "guess").await, refused);
    assert_eq!(ask(broadworks(), "nobody@sp.example", "pa:ss wörd").await, refused);
    for status in [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND] {
        assert_eq!(ask(Router::new().route(PROFILE, get(move || async move { status })), "a", "b").await, refused);
    }
}

#[tokio::test]
async fn reads_iso_8859_1() {
    let mut document = br#"<?xml version="1.0" encoding="ISO-8859-1"?>"#.to_vec();
    document.extend_from_slice(
        br#"<Profile xmlns="http://schema.broadsoft.com/xsi"><details><userId>u1@sp.example</userId>"#,
    );
    document.extend_from_slice(b"<firstName>Andr\xe9</firstName><lastName>M\xfcller &amp; S\xf6hne</lastName>");
    document.extend_from_slice(
        br#"<groupId>G</groupId><serviceProvider isEnterprise="true">Caff&#232; It&#xE0;lia</serviceProvider>"#,
    );
    document.extend_from_slice(b"<number>1234567890</number><extension>1234</extension></details></Profile>");
    let profile = ask(answering(document), "u1@sp.example", "x").await.unwrap();
    assert_eq!((profile.first_name.as_str(), profile.last_name.as_str()), ("André", "Müller & Söhne"));
    assert_eq!(profile.sp_enterprise_id.as_str(), "Caffè Itàlia");
}

#[tokio::test]
async fn takes_a_profile_with_little_in_it_and_fields_that_it_does_not_know() {
    let document = details(
        "<userId>u1</userId><firstName/><colour>red</colour><groupId>G</groupId><serviceProvider>SP</serviceProvider>\
         <number></number><additionalDetails><mobile>1</mobile></additionalDetails>",
    );
    let profile = ask(answering(document), "u1", "x").await.unwrap();
    assert_eq!((profile.first_name.as_str(), profile.last_name.as_str()), ("", ""));
    assert_eq!(profile.sp_enterprise_id.as_str(), "SP+G");
    assert_eq!(profile.phone_number, None);
}

#[tokio::test]
async fn refuses_what_is_not_this_users_profile() {
    let somebody_else = details("<userId>u2</userId><groupId>G</groupId><serviceProvider>SP</serviceProvider>");
    assert_eq!(ask(answering(somebody_else), "u1", "x").await, Err(Unavailable::OtherUser.into()));

    let other_namespace = details("<userId>u1</userId><groupId>G</groupId><serviceProvider>SP</serviceProvider>")
        .replace(NAMESPACE, "urn:example");
    for unreadable in [
        String::new(),
        "<html>Please sign in</html>".into(),
        other_namespace,
        details("<userId>u1</userId><groupId>G</groupId>"),
        details("<userId>u1</userId><groupId>G</groupId><serviceProvider>SP</serviceProvider>")
            .replace("</details>", ""),
        details("<userId>u1</userId><groupId>G&bomb;</groupId><serviceProvider>SP</serviceProvider>"),
    ] {
        assert_eq!(
            ask(answering(unreadable.as_str()), "u1", "x").await,
            Err(Unavailable::Unreadable.into()),
            "{unreadable}"
        );
    }
}

#[tokio::test]
async fn other_statuses_say_nothing_about_the_credentials() {
    let failing = Router::new().route(PROFILE, get(|| async { StatusCode::INTERNAL_SERVER_ERROR }));
    assert_eq!(ask(failing, "u1", "x").await, Err(Unavailable::Status(500).into()));
}

#[tokio::test]
async fn does_not_follow_redirects_with_a_password_in_hand() {
    let elsewhere = Router::new()
        .route(PROFILE, get(|| async { Redirect::temporary("/elsewhere") }))
        .route("/elsewhere", get(|| async { details("<userId>u1</userId>") }));
    assert_eq!(ask(elsewhere, "u1", "x").await, Err(Unavailable::Status(307).into()));
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let endless = Router::new().route(
        PROFILE,
        get(|| async { Body::from_stream(futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 4096]))) }),
    );
    assert_eq!(ask(endless, "u1", "x").await, Err(Unavailable::TooLong.into()));
}

#[tokio::test]
async fn does_not_wait_for_ever() {
    let silent = serve(Router::new().route(PROFILE, get(pending::<String>))).await;
    let base = XsiUrl::parse(&format!("http://{silent}"), true).unwrap();
    let hasty = Timeouts { total: Duration::from_millis(50), ..TIMEOUTS };
    let answer = XsiClient::new(hasty, true).unwrap().profile(&base, &id("u1"), "x").await;
    assert_eq!(answer, Err(Unavailable::TimedOut.into()));
}

#[tokio::test]
async fn says_why_it_is_unreachable_and_nothing_about_the_user() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let base = XsiUrl::parse(&format!("http://{}", listener.local_addr().unwrap()), true).unwrap();
    drop(listener);
    let answer = XsiClient::new(TIMEOUTS, true).unwrap().profile(&base, &id("u1@sp.example"), "secret").await;
    let said = answer.unwrap_err().to_string();
    assert!(said.contains("refused") && !said.contains("u1") && !said.contains("secret"), "{said}");
}

#[tokio::test]
async fn a_name_that_leads_to_loopback_is_refused() {
    // A bare name in the DNS would do as well; this one resolves on every machine.
    let base = XsiUrl { url: Url::parse("https://localhost").unwrap(), private: false };
    let answer = XsiClient::new(TIMEOUTS, false).unwrap().profile(&base, &id("u1"), "x").await;
    let reason = "the host's name leads into a private network";
    assert_eq!(answer, Err(Unavailable::Unreachable(reason.into()).into()));
}

#[tokio::test]
async fn a_client_for_the_world_refuses_an_address_of_the_house() {
    let base = XsiUrl::parse("https://127.0.0.1", true).unwrap();
    let answer = XsiClient::new(TIMEOUTS, false).unwrap().profile(&base, &id("u1"), "x").await;
    assert_eq!(answer, Err(Unavailable::Private.into()));
}

#[test]
fn accepts_addresses_out_in_the_world() {
    for (typed, kept) in [
        ("https://xsp.example.com", "https://xsp.example.com"),
        (" https://XSP.example.com:8443/ ", "https://xsp.example.com:8443"),
        ("https://xsp.example.com/proxy/", "https://xsp.example.com/proxy"),
        ("https://1.1.1.1", "https://1.1.1.1"),
    ] {
        assert_eq!(XsiUrl::parse(typed, false).unwrap().as_str(), kept);
    }
}

#[test]
fn refuses_addresses_that_are_insecure_private_or_more_than_an_address() {
    for (typed, why) in [
        ("", BadXsiUrl::Malformed),
        ("xsp.example.com", BadXsiUrl::Malformed),
        ("https://user:pass@xsp.example.com", BadXsiUrl::Malformed),
        ("https://xsp.example.com/?a=b", BadXsiUrl::Malformed),
        ("https://xsp.example.com/#a", BadXsiUrl::Malformed),
        ("http://xsp.example.com", BadXsiUrl::Insecure),
        ("ftp://xsp.example.com", BadXsiUrl::Insecure),
        ("http://127.0.0.1", BadXsiUrl::Insecure),
        ("https://127.0.0.1", BadXsiUrl::Private),
        ("https://0x7f.1", BadXsiUrl::Private),
        ("https://2130706433", BadXsiUrl::Private),
        ("https://10.1.2.3", BadXsiUrl::Private),
        ("https://169.254.169.254", BadXsiUrl::Private),
        ("https://[::1]", BadXsiUrl::Private),
        ("https://[::ffff:10.0.0.1]", BadXsiUrl::Private),
        ("https://localhost", BadXsiUrl::Private),
    ] {
        assert_eq!(XsiUrl::parse(typed, false), Err(why), "{typed}");
    }
}

#[test]
fn private_networks_can_be_allowed_but_plain_http_only_on_this_machine() {
    for typed in ["https://10.1.2.3", "http://127.0.0.1:3001", "http://localhost:3001", "http://[::1]:3001"] {
        assert!(XsiUrl::parse(typed, true).is_ok(), "{typed}");
    }
    for typed in ["http://10.1.2.3", "http://xsp.example.com"] {
        assert_eq!(XsiUrl::parse(typed, true), Err(BadXsiUrl::Insecure), "{typed}");
    }
}
