//! `/v1/broadworks/subscribers`

mod bulk;
mod create;
mod history;
mod list;
mod malformed;
mod read;
mod remove;
mod retry;
mod update;
mod validate;

use serde_json::{Value, json};
use server::store::Template;

/// The address of the collection.
const PATH: &str = "/v1/broadworks/subscribers";

/// The vendor's example of a call, for this template.
fn example(template: &Template) -> Value {
    json!({
        "provisioningId": template.provisioning_id,
        "userId": "95547321@sp.com",
        "spEnterpriseId": "Reseller1+acme",
        "firstName": "John",
        "lastName": "Andersen",
        "package": "standard",
        "primaryPhoneNumber": "+1-240-555-1212",
        "mobilePhoneNumber": "+1-818-279-1234",
        "extension": "1212",
        "email": "john.anderson@acme.com",
        "language": "en",
        "timezone": "America/Los_Angeles"
    })
}

/// The example with other or no members.
fn with(mut body: Value, changes: Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => body.as_object_mut().unwrap().remove(name),
            value => body.as_object_mut().unwrap().insert(name.clone(), value.clone()),
        };
    }
    body
}
