use app::i18n::Locale;
use axum::{body::Body, http::Request};
use domain::{BroadWorksId, EmailAddress, Timestamp, limit};
use tempfile::TempDir;
use tower::ServiceExt;

use super::*;
use crate::{
    brand::Look,
    mail::{
        Mail, Sender, Transport,
        messages::{ProveAddress, prove_address},
    },
};

const EARLIER: Uuid = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
const LATER: Uuid = Uuid::from_u128(0x0190_0000_0001_7000_8000_0000_0000_0000);

/// A mail such as the engine sends.
fn mail(id: Uuid, locale: Locale, code: &str) -> Mail {
    let about = ProveAddress {
        provider: "Acme <b>",
        first_name: "Zoë",
        broadworks_id: &BroadWorksId::parse("95547321@sp.example").unwrap(),
        join_link: &format!("http://127.0.0.1:3000/activate/abc/join/{code}"),
        code,
        host: None,
        link_lifetime: limit::LINK_LIFETIME,
        code_lifetime: limit::CODE_LIFETIME,
        support_url: Some("https://help.example"),
        signature: None,
        look: &Look::default(),
        stop_link: None,
        note: None,
    };
    let words = prove_address(locale, &about);
    let address = EmailAddress::parse("noreply@acme.example").unwrap();
    Mail {
        id,
        date: Timestamp(1_700_000_000_000),
        from: Sender { name: "Acme".into(), address, reply_to: None },
        to: EmailAddress::parse("zoë@acme.example").unwrap(),
        return_path: None,
        one_click_stop: None,
        subject: words.subject,
        text: words.text,
        html: words.html,
    }
}

async fn mailbox(mails: &[Mail]) -> (TempDir, Router) {
    let folder = tempfile::tempdir().unwrap();
    let outbox = Transport::outbox(folder.path().into());
    for mail in mails {
        outbox.send(mail).await.unwrap();
    }
    let router = router(folder.path().into());
    (folder, router)
}

async fn get_text(router: &Router, uri: &str) -> (StatusCode, String) {
    let response = router.clone().oneshot(Request::get(uri).body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn lists_mails_newest_first_with_link_and_code() {
    let (_folder, router) = mailbox(&[mail(LATER, Locale::bg, "042517"), mail(EARLIER, Locale::it, "111222")]).await;
    let (status, page) = get_text(&router, "/demo/mailbox").await;
    assert_eq!(status, StatusCode::OK);
    for code in ["042517", "111222"] {
        assert!(page.contains(&format!("data-code=\"{code}\">{code}</strong>")), "{page}");
        assert!(page.contains(&format!(r#"/activate/abc/join/{code}">Join now</a>"#)), "{page}");
    }
    let places = ["042517", "111222"].map(|code| page.find(code).expect(code));
    assert!(places.is_sorted(), "{page}");
    assert!(page.contains("Acme &#60;b&#62;: потвърдете"), "{page}");
    assert!(page.contains("zoë@acme.example") && page.contains("2023-11-14 22:13:20 UTC"), "{page}");
}

#[tokio::test]
async fn an_empty_mailbox_says_so() {
    let (folder, router) = mailbox(&[]).await;
    folder.close().unwrap();
    assert!(get_text(&router, "/demo/mailbox").await.1.contains("No mail yet"));
}

#[tokio::test]
async fn shows_a_mail_as_html_and_as_text() {
    let (_folder, router) = mailbox(&[mail(LATER, Locale::en, "042517")]).await;
    let (_, page) = get_text(&router, &format!("/demo/mailbox/{LATER}")).await;
    assert!(page.contains(&format!(r#"src="/demo/mailbox/{LATER}/html""#)), "{page}");
    assert!(page.contains(r#"<a href="http://127.0.0.1:3000/activate/abc/join/042517">http://"#), "{page}");
    assert!(page.contains("\n042517\n") && page.contains("Hello Zoë,"), "{page}");
    let (_, framed) = get_text(&router, &format!("/demo/mailbox/{LATER}/html")).await;
    assert!(framed.contains(r#"<base target="_top">"#) && framed.contains(">Join now</a>"), "{framed}");
}

#[tokio::test]
async fn mails_cannot_run_anything_and_no_other_page_can_show_them() {
    let (_folder, router) = mailbox(&[mail(LATER, Locale::en, "042517")]).await;
    let uri = format!("/demo/mailbox/{LATER}/html");
    let response = router.oneshot(Request::get(uri).body(Body::empty()).unwrap()).await.unwrap();
    let policy = response.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox "), "{policy}");
    assert!(!policy.contains("allow-scripts") && policy.contains("frame-ancestors 'self'"), "{policy}");
}

#[tokio::test]
async fn there_is_no_way_out_of_the_outbox() {
    let (_folder, router) = mailbox(&[]).await;
    assert_eq!(get_text(&router, &format!("/demo/mailbox/{LATER}")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(get_text(&router, "/demo/mailbox/..%2F..%2Fetc%2Fpasswd").await.0, StatusCode::BAD_REQUEST);
}
