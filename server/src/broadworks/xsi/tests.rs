//! Against a real server on loopback: the emulator where it will do, a handler of its own where it would not.
#![allow(clippy::disallowed_methods, reason = "these are other servers' routers")]

use std::{
    future::pending,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse as _, Redirect},
    routing::get,
};
use tokio::net::TcpListener;

use super::{super::document::NAMESPACE, *};
use crate::{
    broadworks::{BroadWorksAccount, EnterpriseDirectory as _, XsiDirectory, person::LONGEST_NAME},
    demo::emulator::{self, EmulatedUser, Organization},
    outbound::Reach,
};

const PROFILE: &str = "/com.broadsoft.xsi-actions/v2.0/user/{id}/profile";
const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(5), total: Duration::from_secs(5) };

/// Also one that was taken in before there was a rule against it.
fn id(text: &str) -> BroadWorksId {
    BroadWorksId::from_stored(text)
}

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

async fn ask(router: Router, user: &str, password: &str) -> Result<Profile, XsiError> {
    let base = XsiUrl::parse(&format!("http://{}", serve(router).await), &Reach::everywhere()).unwrap();
    XsiClient::new(TIMEOUTS, Reach::everywhere()).unwrap().profile(&base, &id(user), password).await
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
    assert_eq!(profile.person.user_id, id("95547321@sp.example"));
    assert_eq!((profile.person.first_name.as_str(), profile.person.last_name.as_str()), ("Zoë", "O'Neil & <Sons>"));
    assert_eq!(profile.sp_enterprise_id.as_str(), "SP1+acme");
    assert_eq!(profile.person.phone_number.as_deref(), Some("+390212345678"));
    assert_eq!(profile.person.extension.as_deref(), Some("5678"));
}

#[tokio::test]
async fn any_user_id_survives_the_way_through_the_url() {
    let profile = ask(broadworks(), "maria;x%41+y@sp.example", "pa:ss wörd").await.unwrap();
    assert_eq!(profile.sp_enterprise_id.as_str(), "Enterprise1");
    assert_eq!((profile.person.phone_number, profile.person.extension), (None, None));
    assert_eq!(ask(broadworks(), "..", "pa:ss wörd").await, Err(XsiError::BadCredentials));
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_user_look_alike() {
    let refused = Err(XsiError::BadCredentials);
    assert_eq!(ask(broadworks(), "95547321@sp.example", "guess").await, refused);
    assert_eq!(ask(broadworks(), "nobody@sp.example", "pa:ss wörd").await, refused);
}

/// Answers every request with this.
fn saying(status: u16, headers: &'static [(&'static str, &'static str)], body: impl Into<String>) -> Router {
    let (status, body) = (StatusCode::from_u16(status).unwrap(), body.into());
    Router::new().fallback(move || async move {
        let mut answer = (status, body).into_response();
        for (name, value) in headers {
            answer.headers_mut().append(*name, value.parse().unwrap());
        }
        answer
    })
}

const HTML: &str = "<html><body><h1>Please sign in</h1></body></html>";
const ERROR: &str = r#"<ErrorInfo xmlns="http://schema.broadsoft.com/xsi"><errorCode>8251</errorCode></ErrorInfo>"#;
const PREFIXED: &str =
    r#"<x:ErrorInfo xmlns:x="http://schema.broadsoft.com/xsi"><x:errorCode>8251</x:errorCode></x:ErrorInfo>"#;

#[tokio::test]
async fn only_broadworks_own_word_is_a_wrong_password() {
    for (status, headers, body) in [
        (401, &[("www-authenticate", "Basic realm=\"BroadWorks\"")][..], ""),
        (401, &[("www-authenticate", "basic realm=\"xsp1 BroadSoft\"")], HTML),
        (
            401,
            &[("www-authenticate", "Bearer"), ("www-authenticate", "Digest nonce=\"a\", Basic realm=broadworks")],
            HTML,
        ),
        (401, &[("www-authenticate", "Basic realm=\"XSP\"")], ERROR),
        (401, &[], ERROR),
        (401, &[], PREFIXED),
        (404, &[], ERROR),
    ] {
        let asked = ask(saying(status, headers, body), "u1", "x").await;
        assert_eq!(asked, Err(XsiError::BadCredentials), "{status} {headers:?} {body}");
    }
}

#[tokio::test]
async fn whatever_else_is_answered_says_nothing_about_the_password() {
    let refused = |status| Unavailable::Refused { status, code: 8251 };
    let foreign = ERROR.replace(document::NAMESPACE, "urn:other");
    for (status, headers, body, why) in [
        (401, &[][..], "", Unavailable::Status(401)),
        (401, &[], HTML, Unavailable::Status(401)),
        (401, &[], foreign.as_str(), Unavailable::Status(401)),
        (401, &[("www-authenticate", "Negotiate")], HTML, Unavailable::Status(401)),
        (401, &[("www-authenticate", "Basic")], "", Unavailable::Status(401)),
        (401, &[("www-authenticate", "Basic realm=\"proxy\"")], "", Unavailable::Status(401)),
        (
            401,
            &[("www-authenticate", "Digest realm=\"BroadWorks\", Basic realm=\"proxy\"")],
            HTML,
            Unavailable::Status(401),
        ),
        (407, &[("proxy-authenticate", "Basic realm=\"proxy\"")], "", Unavailable::Status(407)),
        (404, &[], "", Unavailable::Status(404)),
        (404, &[], HTML, Unavailable::Status(404)),
        (403, &[], "", Unavailable::Status(403)),
        (403, &[], ERROR, refused(403)),
        (503, &[], PREFIXED, refused(503)),
        (500, &[], "", Unavailable::Status(500)),
        (502, &[], HTML, Unavailable::Status(502)),
        (302, &[("location", "/login")], "", Unavailable::Status(302)),
        (204, &[], "", Unavailable::Status(204)),
        (200, &[("content-type", "text/html")], HTML, Unavailable::Unreadable),
        (200, &[], "", Unavailable::Unreadable),
        (200, &[], ERROR, Unavailable::Unreadable),
    ] {
        let asked = ask(saying(status, headers, body), "u1", "x").await;
        assert_eq!(asked, Err(why.into()), "{status} {headers:?} {body}");
    }
}

#[tokio::test]
async fn a_probe_tries_no_password_and_hears_whether_broadworks_is_there() {
    let probe = async |router| {
        let base = XsiUrl::parse(&format!("http://{}", serve(router).await), &Reach::everywhere()).unwrap();
        XsiClient::new(TIMEOUTS, Reach::everywhere()).unwrap().probe(&base).await
    };
    assert_eq!(probe(broadworks()).await, Ok(()));
    assert_eq!(probe(saying(404, &[], HTML)).await, Err(Unavailable::Status(404)));
    assert_eq!(probe(saying(200, &[], HTML)).await, Err(Unavailable::Unreadable));
    let proxy = &[("www-authenticate", "Basic realm=\"proxy\"")];
    assert_eq!(probe(saying(401, proxy, HTML)).await, Err(Unavailable::Status(401)));
    let locked = Router::new().route(
        PROFILE,
        get(|headers: header::HeaderMap| async move {
            assert!(!headers.contains_key(header::AUTHORIZATION));
            (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic realm=\"BroadWorks\"")])
        }),
    );
    assert_eq!(probe(locked).await, Ok(()));
}

#[tokio::test]
async fn only_broadworks_itself_says_that_a_directory_lacks_a_user() {
    let ask = async |router| {
        let url = XsiUrl::parse(&format!("http://{}", serve(router).await), &Reach::everywhere()).unwrap();
        let account = BroadWorksAccount { url, name: "reader".to_owned(), password: "x".to_owned() };
        let directory = XsiDirectory::new(XsiClient::new(TIMEOUTS, Reach::everywhere()).unwrap(), account);
        directory.user(&SpEnterpriseId::parse("Ent").unwrap(), &id("u1")).await
    };
    assert_eq!(ask(saying(404, &[], ERROR)).await, Ok(None));
    assert_eq!(ask(saying(404, &[], HTML)).await, Err(Unavailable::Status(404)));
    assert_eq!(ask(saying(401, &[], ERROR)).await, Err(Unavailable::Account));
    assert_eq!(ask(saying(401, &[], HTML)).await, Err(Unavailable::Status(401)));
}

#[tokio::test]
async fn namespaces_may_have_prefixes() {
    let prefixed = details(
        "<userId> u1 </userId><groupId>G </groupId><serviceProvider isEnterprise=\"true\">Ent</serviceProvider>",
    )
    .replace("</", "</xsi:")
    .replace('<', "<xsi:")
    .replace("<xsi:/xsi:", "</xsi:")
    .replace("xmlns=", "xmlns:xsi=");
    let profile = ask(answering(prefixed.as_str()), "u1", "x").await.unwrap();
    assert_eq!((profile.person.user_id.as_str(), profile.sp_enterprise_id.as_str()), ("u1", "Ent"), "{prefixed}");
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
    assert_eq!((profile.person.first_name.as_str(), profile.person.last_name.as_str()), ("André", "Müller & Söhne"));
    assert_eq!(profile.sp_enterprise_id.as_str(), "Caffè Itàlia");
}

#[tokio::test]
async fn takes_a_profile_with_little_in_it_and_fields_that_it_does_not_know() {
    let document = details(
        "<userId>u1</userId><firstName/><colour>red</colour><groupId>G</groupId><serviceProvider>SP</serviceProvider>\
         <number></number><additionalDetails><mobile>1</mobile></additionalDetails>",
    );
    let profile = ask(answering(document), "u1", "x").await.unwrap();
    assert_eq!((profile.person.first_name.as_str(), profile.person.last_name.as_str()), ("", ""));
    assert_eq!(profile.sp_enterprise_id.as_str(), "SP+G");
    assert_eq!(profile.person.phone_number, None);
}

#[tokio::test]
async fn an_odd_profile_keeps_nobody_out() {
    let long = "x".repeat(5_000);
    let document = details(&format!(
        "<userId>u1@sp.example</userId><firstName>Ann&#9;\nMary</firstName><lastName>{long}</lastName><groupId>G</groupId>\
         <serviceProvider>SP</serviceProvider><number>{long}</number><extension>1&#10;2</extension>"
    ));
    let profile = ask(answering(document), "u1", "x").await.unwrap();
    assert_eq!(profile.person.user_id.as_str(), "u1@sp.example", "BroadWorks has a domain for ids without one");
    assert_eq!((profile.person.first_name.as_str(), profile.person.last_name.len()), ("Ann Mary", LONGEST_NAME));
    assert_eq!((profile.person.phone_number, profile.person.extension), (None, None));
}

/// The same as by the API and in files. Whatever stands there, the user gets in.
#[tokio::test]
async fn what_cannot_be_dialled_is_left_out() {
    let kept = async |number: &str, extension: &str| {
        let document = details(&format!(
            "<userId>u1</userId><groupId>G</groupId><serviceProvider>SP</serviceProvider>\
             <number>{number}</number><extension>{extension}</extension>"
        ))
        .replace("</Profile>", &format!("<additionalDetails><mobile>{number}</mobile></additionalDetails></Profile>"));
        let profile = ask(answering(document), "u1", "x").await.unwrap();
        assert_eq!(profile.person.phone_number, profile.person.mobile_phone);
        (profile.person.phone_number, profile.person.extension)
    };
    for (number, extension) in [("sip:123@x", "abc"), ("4.42079E+11", "1E3"), ("1", "&lt;b&gt;"), (" ", " ")] {
        assert_eq!(kept(number, extension).await, (None, None), "{number} {extension}");
    }
    let good = ("+1-2405551212".to_owned(), "*71".to_owned());
    assert_eq!(kept(" tel:+1-2405551212 ", " *71 ").await, (Some(good.0), Some(good.1)));
}

#[tokio::test]
async fn refuses_what_is_not_this_users_profile() {
    let somebody_else = details("<userId>u2</userId><groupId>G</groupId><serviceProvider>SP</serviceProvider>");
    assert_eq!(ask(answering(somebody_else), "u1", "x").await, Err(XsiError::Profile(Field::UserId)));

    let elsewhere = details("<userId>u1@b.example</userId><groupId>G</groupId><serviceProvider>SP</serviceProvider>");
    assert_eq!(ask(answering(elsewhere), "u1@a.example", "x").await, Err(XsiError::Profile(Field::UserId)));

    let other_namespace = details("<userId>u1</userId><groupId>G</groupId><serviceProvider>SP</serviceProvider>")
        .replace(NAMESPACE, "urn:example");
    for unreadable in [
        String::new(),
        "<html>Please sign in</html>".into(),
        other_namespace,
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
async fn what_is_wrong_with_one_users_profile_names_its_field() {
    let provider = "<serviceProvider>SP</serviceProvider>";
    for (odd, field) in [
        ("<userId>u1</userId><groupId>G</groupId>".to_owned(), Field::ServiceProvider),
        ("<userId>u1</userId><groupId>G</groupId><serviceProvider/>".to_owned(), Field::ServiceProvider),
        ("<userId>u1</userId><serviceProvider isEnterprise=\"true\"/>".to_owned(), Field::ServiceProvider),
        (
            "<userId>u1</userId><groupId>G</groupId><serviceProvider>S\u{200b}P</serviceProvider>".to_owned(),
            Field::ServiceProvider,
        ),
        (format!("<userId>u1</userId>{provider}"), Field::GroupId),
        (format!("<groupId>G</groupId>{provider}"), Field::UserId),
        (format!("<userId>a:b</userId><groupId>G</groupId>{provider}"), Field::UserId),
    ] {
        assert_eq!(ask(answering(details(&odd)), "u1", "x").await, Err(XsiError::Profile(field)), "{odd}");
    }
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
    let base = XsiUrl::parse(&format!("http://{silent}"), &Reach::everywhere()).unwrap();
    let hasty = Timeouts { total: Duration::from_millis(50), ..TIMEOUTS };
    let answer = XsiClient::new(hasty, Reach::everywhere()).unwrap().profile(&base, &id("u1"), "x").await;
    assert_eq!(answer, Err(Unavailable::TimedOut.into()));
}

#[tokio::test]
async fn says_why_it_is_unreachable_and_nothing_about_the_user() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let base = XsiUrl::parse(&format!("http://{}", listener.local_addr().unwrap()), &Reach::everywhere()).unwrap();
    drop(listener);
    let answer =
        XsiClient::new(TIMEOUTS, Reach::everywhere()).unwrap().profile(&base, &id("u1@sp.example"), "secret").await;
    let said = answer.unwrap_err().to_string();
    assert!(said.contains("refused") && !said.contains("u1") && !said.contains("secret"), "{said}");
}

#[tokio::test]
async fn a_name_that_leads_to_loopback_is_refused() {
    // A bare name in the DNS would do as well; this one resolves on every machine.
    let base = XsiUrl::of_the_world("https://localhost");
    let answer = XsiClient::new(TIMEOUTS, Reach::default()).unwrap().profile(&base, &id("u1"), "x").await;
    let reason = "the host's name cannot be looked up, or leads to no public address";
    assert_eq!(answer, Err(Unavailable::Unreachable(reason.into()).into()));
}

#[tokio::test]
async fn a_client_for_the_world_refuses_an_address_of_the_house() {
    let base = XsiUrl::parse("https://127.0.0.1", &Reach::everywhere()).unwrap();
    let answer = XsiClient::new(TIMEOUTS, Reach::default()).unwrap().profile(&base, &id("u1"), "x").await;
    assert_eq!(answer, Err(Unavailable::Private.into()));
}
