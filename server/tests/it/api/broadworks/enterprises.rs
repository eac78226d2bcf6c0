//! `/v1/broadworks/enterprises`

mod directory_sync;
mod list;

use crate::support::Client;

/// The address of the collection.
const PATH: &str = "/v1/broadworks/enterprises";

/// The id of the client's only enterprise.
async fn only(client: &Client) -> String {
    let listed = client.get(PATH).await;
    let items = listed.body["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{}", listed.body);
    items[0]["id"].as_str().unwrap().to_owned()
}
