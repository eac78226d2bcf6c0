//! Answers of SCIM services from which as little as possible is concluded.

use domain::Fault;
use serde_json::json;
use server::targets::{Holds as _, Identity, Progress, scim::Scim};

use super::{PATIENCE, account};
use crate::support::{Pretender, find, remove};

#[tokio::test]
async fn where_no_user_can_be_created_nobody_is_refused() {
    let none = json!({ "totalResults": 0 }).to_string();
    for (status, fault) in [
        (302, Fault::TargetUnavailable),
        (402, Fault::TargetUnauthorized),
        (404, Fault::TargetUnavailable),
        (405, Fault::TargetUnavailable),
    ] {
        let pretender = Pretender::start().await;
        let scim = Scim::new(pretender.endpoint(), PATIENCE).unwrap();
        pretender.plan(200, &[], &none);
        pretender.plan(status, &[], "");
        let refusal = scim.create(&account("ann@acme.example")).await.unwrap_err();
        assert_eq!((refusal.fault, refusal.of_all), (fault, true), "{status}");
    }
}

/// Nothing of the service's stands at this address.
#[tokio::test]
async fn a_removal_where_everything_is_answered_404_is_not_believed_to_be_done() {
    let pretender = Pretender::start().await;
    let scim = Scim::new(pretender.endpoint(), PATIENCE).unwrap();
    for person_id in [None, Some("7".to_owned())] {
        for _ in 0..4 {
            pretender.plan(404, &[], "<html>");
        }
        let identity = Identity { person_id, ..account("ann@acme.example").identity };
        assert_eq!(remove(&scim, &identity).await.unwrap_err().fault, Fault::TargetUnavailable);
    }
}

#[tokio::test]
async fn a_removal_at_a_service_that_overlooks_filters_is_not_believed_to_be_done() {
    let pretender = Pretender::start().await;
    let scim = Scim::new(pretender.endpoint(), PATIENCE).unwrap();
    let page = json!({ "totalResults": 3, "Resources": [{ "id": "7", "externalId": "another", "userName": "bob" }] });
    // It knows no pages, either.
    for _ in 0..2 {
        pretender.plan(200, &[], &page.to_string());
    }
    let refusal = remove(&scim, &account("ann@acme.example").identity).await.unwrap_err();
    assert_eq!(refusal.fault, Fault::TargetRefused);
    assert_eq!(refusal.detail.as_deref(), Some("the service overlooks filters on externalId"));
}

/// Neither is it somebody, nor nobody: as little as possible is concluded from it.
#[tokio::test]
async fn a_user_whom_nothing_can_be_asked_about_is_no_answer() {
    let pretender = Pretender::start().await;
    let scim = Scim::new(pretender.endpoint(), PATIENCE).unwrap();
    for user in [json!({ "User": { "id": "7", "userName": "ann" } }), json!({ "id": "..", "userName": "ann" })] {
        pretender.plan(200, &[], &json!({ "totalResults": 1, "Resources": [user] }).to_string());
        let refusal = find(&scim, &account("ann@acme.example").identity).await.unwrap_err();
        assert!(refusal.fault.is_transient(), "{refusal:?}");
    }
}

/// Whether it is somebody else's, or cannot be read: the others still count, and nobody is made anew who is there.
#[tokio::test]
async fn one_entry_of_a_list_that_is_not_ours_hides_nobody() {
    let identity = account("ann@acme.example").identity;
    let own = json!({ "id": "7", "externalId": identity.external_id.to_string(), "userName": "ann", "active": true });
    for other in [
        json!({ "id": "3", "externalId": "another", "userName": "bob" }),
        json!({ "id": "..", "userName": "bob" }),
        json!({ "userName": "bob" }),
        json!("bob"),
    ] {
        for pages in [vec![json!([other, own])], vec![json!([own, other])], vec![json!([other]), json!([own])]] {
            let pretender = Pretender::start().await;
            let scim = Scim::new(pretender.endpoint(), PATIENCE).unwrap();
            for page in &pages {
                pretender.plan(200, &[], &json!({ "totalResults": 2, "Resources": page }).to_string());
            }
            let found = find(&scim, &identity).await.unwrap();
            assert_eq!(found, Some(Progress::Done(Some("7".to_owned()))), "{pages:?}");
            let asked = pretender.asked();
            assert_eq!(asked.len(), pages.len(), "{pages:?}");
            assert!(asked.iter().skip(1).all(|asked| asked.path.contains("startIndex=2")), "{asked:?}");
        }
    }
}
