//! PgBouncer before PostgreSQL: by session it works, by transaction the start says why it does not.

use std::env;

use reqwest::{Client, StatusCode};
use serde_json::json;

use crate::support::{Installation, free_port, on_postgres};

fn pooler() -> String {
    env::var("FLOWTHROUGH_TEST_PGBOUNCER").expect("scripts/with-postgres.sh says where the pooler is")
}

#[test]
fn a_pooler_by_transaction_is_named_at_the_start() {
    on_postgres(async |_| {
        let installation = Installation::on(&format!("{}/transaction", pooler()));
        for command in [&["serve"][..], &["migrate"], &["token", "add"]] {
            let refused = installation.try_run(command);
            let said = String::from_utf8(refused.stderr).unwrap();
            assert_eq!(refused.status.code(), Some(2), "{said}");
            assert!(said.contains("FLOWTHROUGH_DATABASE_URL: a pooler gives each transaction another"), "{said}");
            assert!(said.contains("pool_mode to session"), "and what to do: {said}");
        }
    });
}

#[test]
fn a_pooler_by_session_works() {
    on_postgres(async |url| {
        let name = url.rsplit('/').next().unwrap();
        let installation = Installation::on(&format!("{}/{name}", pooler()));
        let (provisioning_id, token) = (installation.add_trusted_template(&[]), installation.add_token());
        let client = Client::new();
        let server = installation.serve(&client, free_port()).await;
        for number in 0..20 {
            let body = json!({
                "provisioningId": provisioning_id, "userId": format!("{number}@sp.example"), "spEnterpriseId": "SP1+acme",
                "firstName": "Ann", "lastName": "Lee", "package": "standard", "email": format!("u{number}@acme.example"),
            });
            let request = client.post(format!("{}/v1/broadworks/subscribers", server.url)).bearer_auth(&token);
            let request = request.header("content-type", "application/json").body(body.to_string());
            assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
        }
        server.kill();
    });
}
