//! `GET /v1/broadworks/overview`

use domain::{Fault, timestamp::DAY};
use serde_json::{Value, json};

use crate::support::{Act, World, fault, for_each_database};

#[test]
fn it_says_how_the_clients_users_stand_and_nothing_of_another_partners() {
    for_each_database(async |world: World| {
        let (trusted, open) = (world.trusted().await, world.template(|_| ()).await);
        world.arrive(&trusted, "1@sp.com", Some("one@acme.com")).await;
        world.clock.advance(2_000);
        world.work().await;
        world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable))]);
        world.arrive(&trusted, "2@sp.com", Some("two@acme.com")).await;
        world.work().await;
        world.arrive(&open, "3@sp.com", None).await;
        world.clock.advance(4 * DAY);
        let told = world.client().await.get("/v1/broadworks/overview").await.body;
        assert_eq!(told["users"], json!({ "total": 3, "provisioned": 1, "pending": 1, "error": 1 }));
        let days = told["days"].as_array().unwrap();
        assert_eq!((days.len(), &days[29]["provisioned"], &days[29]["activated"]), (30, &json!(1), &json!(0)));
        assert_eq!(told["timeToAccount"], json!({ "medianSeconds": 2, "mostSeconds": 2, "users": 1 }));
        let (error, code) = (&told["errors"][0], Fault::PackageUnavailable.code());
        assert_eq!((&error["errorCode"], &error["users"], &error["retry"]), (&json!(code), &json!(1), &json!(true)));
        let first = told["stuck"]["first"].as_array().unwrap();
        let stuck: Vec<_> = first.iter().map(|user| (&user["userId"], &user["status"])).collect();
        let (two, three) = (json!("2@sp.com"), json!("3@sp.com"));
        assert_eq!(stuck, [(&two, &json!("error")), (&three, &json!("pending_email_input"))]);
        assert_eq!((&told["stuck"]["users"], &told["stuck"]["more"]), (&json!(2), &json!(false)));
        assert_eq!(told["waiting"], json!({}));

        let foreign = world.client_of(world.other_partner().await, domain::Permissions::TOKEN).await;
        let nothing = foreign.get("/v1/broadworks/overview").await.body;
        assert_eq!((&nothing["users"]["total"], &nothing["stuck"]["first"]), (&json!(0), &Value::Array(Vec::new())));
    });
}
