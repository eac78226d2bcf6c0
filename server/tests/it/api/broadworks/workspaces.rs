//! `/v1/broadworks/workspaces`

mod create;
mod list;
mod remove;
mod update;

use serde_json::{Value, json};
use server::store::{Template, WorkspaceId};

use crate::support::{Answer, Client, World};

/// The address of the collection.
const PATH: &str = "/v1/broadworks/workspaces";

/// A template whose customer `SP1+acme` is there, because it has a user.
async fn template(world: &World) -> Template {
    let template = world.trusted().await;
    world.arrive(&template, "user@sp.com", None).await;
    template
}

/// The vendor's example of a call, for this template.
fn example(template: &Template) -> Value {
    json!({
        "provisioningId": template.provisioning_id,
        "userId": "95547321@sp.com",
        "spEnterpriseId": "SP1+acme",
        "displayName": "Conference Room",
        "primaryPhoneNumber": "+1-240-555-1212",
        "extension": "51212"
    })
}

/// The example with another BroadWorks id.
fn room(template: &Template, user_id: &str) -> Value {
    let mut room = example(template);
    room["userId"] = user_id.into();
    room
}

/// Adds the workspace. Returns its path.
async fn add(client: &Client, room: &Value) -> String {
    let added = client.post(PATH, room).await;
    assert_eq!(added.status, 200, "{}", added.body);
    format!("{PATH}/{}", added.text("id"))
}

/// The id in a workspace's path.
fn id(path: &str) -> WorkspaceId {
    use base64::Engine as _;
    let written = path.rsplit('/').next().unwrap();
    let decoded = base64::engine::general_purpose::STANDARD_NO_PAD.decode(written).unwrap();
    let decoded = String::from_utf8(decoded).unwrap();
    decoded.strip_prefix("ciscospark://us/PLACE/").unwrap().parse().unwrap()
}

fn user_ids(listed: &Answer) -> Vec<&str> {
    let items = listed.body["items"].as_array().unwrap();
    items.iter().map(|item| item["userId"].as_str().unwrap()).collect()
}
