//! BroadWorks user ids and the other names by which one thing is told from another, at every door.

use std::{io::Cursor, sync::Arc, time::Duration};

use domain::{BroadWorksId, EmailAddress, Permission, Permissions, SpEnterpriseId};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use serde_json::{Value, json};
use server::{
    access::{adapter_accounts, tokens},
    courier::{PostOffice, Sending},
    import::{ImportOptions, import},
    mail::{Hello, Transport},
    provisioning::workspaces::{self, Changes, NewWorkspace},
    store::Actor,
    targets::directory,
};

use crate::entity::subscriber;
use crate::support::{MailServer, PUBLIC_URL, Refused as _, World, client_app, for_each_database, new_subscriber};

const SUBSCRIBERS: &str = "/v1/broadworks/subscribers";

/// Each looks like `ken@sp.com` or folds to it by Unicode's rules.
const LOOKALIKES: [&str; 5] =
    ["\u{212A}en@sp.com", "k\u{200B}en@sp.com", "\u{FEFF}ken@sp.com", "ken@sp.com\u{AD}", "k\u{435}n@sp.com"];

fn ken(provisioning_id: &str, user_id: &str) -> Value {
    json!({
        "provisioningId": provisioning_id, "userId": user_id, "spEnterpriseId": "SP1+acme", "firstName": "Ken",
        "lastName": "Lee", "package": "basic",
    })
}

#[test]
fn what_only_looks_like_an_id_is_refused_at_every_door() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let client = world.client().await;
        let made = client.post(SUBSCRIBERS, &ken(&template.provisioning_id, "ken@sp.com")).await;
        let one = format!("{SUBSCRIBERS}/{}", made.text("id"));
        let account = adapter_accounts::set(&world.store, &world.environment, &template, None, None).await.unwrap();
        let credentials = format!("{}:{}", account.user_name, account.secret);
        let adapter = client.with_authorization(&format!("Basic {}", base64(&credentials)));
        let adapted = format!("/adapter/{}/users", template.provisioning_id);
        let options =
            ImportOptions { provisioning_id: Some(template.provisioning_id.clone()), ..ImportOptions::default() };
        for id in LOOKALIKES {
            let seen = id.escape_unicode();
            let wrong = (400, vec![(45001, "userId")]);
            let body = ken(&template.provisioning_id, id);
            assert_eq!(client.post(SUBSCRIBERS, &body).await.errors(), wrong, "{seen}");
            assert_eq!(client.put(&one, &json!({ "userId": id })).await.errors(), wrong, "{seen}");
            assert_eq!(client.post("/v1/broadworks/workspaces", &body).await.errors().1[0], wrong.1[0], "{seen}");
            assert_eq!(adapter.post(&adapted, &body).await.errors(), wrong, "{seen}");
            let written: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
            let listed = client.get(&format!("{SUBSCRIBERS}?userId={written}")).await;
            assert_eq!(listed.errors(), wrong, "{seen}");
            assert_eq!(adapter.delete(&format!("{adapted}/{written}")).await.status, 400, "{seen}");
            let file = format!("BroadWorks ID,First Name,Last Name,Enterprise ID\r\n{id},Ken,Lee,SP1+acme\r\n");
            let source = Cursor::new(file.as_bytes());
            let report =
                import(&world.store, &world.environment, world.tenant, source, &options, |_| ()).await.unwrap();
            // A mark of byte order at a file's beginning is none of the id; here it stands at that of a row.
            assert_eq!((report.added, report.refused), (0, 1), "{seen}");
        }
        assert_eq!(subscriber::Entity::find().count(world.store.read()).await.unwrap(), 1);
        let same = client.post(SUBSCRIBERS, &ken(&template.provisioning_id, "KEN@sp.com")).await;
        assert_eq!(same.errors(), (409, vec![(10022, "userId")]));

        let mut hidden = ken(&template.provisioning_id, "lee@sp.com");
        hidden["spEnterpriseId"] = "SP1+ac\u{200B}me".into();
        assert_eq!(client.post(SUBSCRIBERS, &hidden).await.errors(), (400, vec![(45001, "spEnterpriseId")]));
        let scopes = Permissions::of(&[Permission::UsersRead]);
        let token = tokens::add(&world.store, &world.environment, world.tenant, "bi\u{202E}ll", scopes, None).await;
        assert_eq!(token.refused(), domain::Fault::InvalidParameter);
    });
}

#[test]
fn whoever_was_taken_in_by_an_earlier_rule_goes_on() {
    for_each_database(async |world: World| {
        let Some(server) = MailServer::find() else { return };
        let template = world.template(|_| ()).await;
        let address = server.address("kelvin");
        let mut new = new_subscriber("1@sp.com", Some(&address));
        new.user_id = BroadWorksId::from_stored("\u{212A}en@sp.com");
        new.sp_enterprise_id = SpEnterpriseId::from_stored("SP1+ac\u{200B}me");
        world.try_arrive(&template, new).await.unwrap();
        let sending = Sending {
            transport: Transport::smtp(&server.url, Hello::of_url(PUBLIC_URL), Duration::from_secs(10)).unwrap(),
            from: EmailAddress::parse("activation@flowthrough.example").unwrap(),
        };
        let post_office = PostOffice::new(sending, client_app(), PUBLIC_URL, &world.environment);
        world.worker_with(directory::NAME, world.target.clone(), Arc::new(post_office)).drain().await.unwrap();
        assert_eq!(server.mails(&address).len(), 1);
        let client = world.client().await;
        let listed = client.get(SUBSCRIBERS).await;
        let one = format!("{SUBSCRIBERS}/{}", listed.body["items"][0]["id"].as_str().unwrap());
        assert_eq!(client.put(&one, &json!({ "firstName": "Kenneth" })).await.status, 200);

        let acme = domain::SpEnterpriseId::from_stored(&world.customers().await.remove(0).sp_enterprise_id);
        let customer = workspaces::customer(&world.store, world.tenant, &acme).await.unwrap();
        let room = NewWorkspace {
            user_id: BroadWorksId::from_stored("зала@sp.com"),
            display_name: "Hall".to_owned(),
            primary_phone: None,
            extension: Some("1".to_owned()),
        };
        let under = (&template, &customer);
        let room = workspaces::add(&world.store, &world.environment, under, room, &Actor::Import).await.unwrap();
        world.work().await;
        let changes = Changes { extension: Some(Some("2".to_owned())), ..Changes::default() };
        let own = (world.tenant, room.id);
        workspaces::update(&world.store, &world.environment, own, changes, &Actor::Import).await.unwrap();
        world.work().await;
        assert_eq!(world.workspace(room.id).await.unwrap().status, "provisioned");
    });
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}
