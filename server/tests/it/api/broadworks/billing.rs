//! `/v1/broadworks/billing/reports`

mod csv;
mod reports;

use serde_json::json;

use crate::support::Client;

/// The address of the collection.
const PATH: &str = "/v1/broadworks/billing/reports";

/// Makes a report of a month. Returns its path.
async fn report(client: &Client, month: &str) -> String {
    let made = client.post(PATH, &json!({ "billingPeriod": month })).await;
    assert_eq!(made.status, 200, "{}", made.body);
    format!("{PATH}/{}", made.text("id"))
}
