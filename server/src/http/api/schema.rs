//! The bodies that clients send, for the document: made from what reads them.

use domain::{Field, Package};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{Array, ArrayBuilder, Object, ObjectBuilder, Type},
    },
};

use super::enterprises::directory_sync::NOW;
use crate::{
    provisioning::{
        bulk::{Action, MOST},
        workspaces::DISPLAY_NAME,
    },
    webhooks::Event,
};

/// Declares a body by its schema.
macro_rules! body {
    ($(#[$doc:meta])* $name:ident, $schema:expr) => {
        $(#[$doc])*
        pub struct $name;

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                RefOr::T(Schema::Object($schema))
            }
        }

        impl ToSchema for $name {}
    };
}

const MANDATORY: [Field; 6] =
    [Field::ProvisioningId, Field::UserId, Field::SpEnterpriseId, Field::FirstName, Field::LastName, Field::Package];

body!(
    /// A subscriber to be provisioned.
    NewSubscriber,
    fields(&Field::ALL, &MANDATORY)
);
body!(
    /// What shall change of a subscriber.
    Changes,
    fields(&Field::ALL[1..].iter().copied().filter(|field| *field != Field::SpEnterpriseId).collect::<Vec<_>>(), &[])
);
body!(
    /// A subscriber to be checked.
    Candidate,
    fields(&Field::ALL, &[Field::Email])
);
body!(
    /// The address to onboard with; without one the failed attempt is made again.
    Retry,
    fields(&[Field::Email], &[])
);
body!(
    /// Many changes at once.
    Bulk,
    ObjectBuilder::new()
        .property("action", text(40, Action::ALL.map(Action::as_str).to_vec()))
        .property("rows", rows())
        .required("action")
        .required("rows")
        .build()
);
body!(
    /// A workspace to be provisioned.
    NewWorkspace,
    ["provisioningId", "userId", "spEnterpriseId", "displayName"].into_iter().fold(
        ObjectBuilder::new()
            .property("provisioningId", some_text(Field::ProvisioningId.longest()))
            .property("userId", some_text(Field::UserId.longest()))
            .property("spEnterpriseId", some_text(Field::SpEnterpriseId.longest()))
            .property("displayName", some_text(DISPLAY_NAME))
            .property("primaryPhoneNumber", text(Field::PrimaryPhone.longest(), vec![]))
            .property("extension", text(Field::Extension.longest(), vec![])),
        ObjectBuilder::required,
    ).build()
);
body!(
    /// What shall change of a workspace. An empty number goes.
    WorkspaceChanges,
    ObjectBuilder::new()
        .property("userId", some_text(Field::UserId.longest()))
        .property("primaryPhoneNumber", text(Field::PrimaryPhone.longest(), vec![]))
        .property("extension", text(Field::Extension.longest(), vec![]))
        .build()
);
body!(
    /// The month to be billed.
    NewBillingReport,
    ObjectBuilder::new().property("billingPeriod", month()).required("billingPeriod").build()
);
body!(
    /// A webhook to be added.
    NewWebhook,
    ObjectBuilder::new()
        .property("url", address())
        .property("events", events())
        .property("secret", secret())
        .required("url")
        .required("events")
        .build()
);
body!(
    /// Whether an enterprise's directory shall be synced.
    Switch,
    ObjectBuilder::new()
        .property("enableDirSync", ObjectBuilder::new().schema_type(Type::Boolean))
        .required("enableDirSync")
        .build()
);
body!(
    /// A directory sync to be begun.
    Start,
    ObjectBuilder::new().property("syncStatus", text(40, vec![NOW])).required("syncStatus").build()
);
body!(
    /// Somebody in the enterprise's directory.
    OneUser,
    fields(&[Field::UserId], &[Field::UserId])
);

fn fields(all: &[Field], mandatory: &[Field]) -> Object {
    let mut object = ObjectBuilder::new();
    for field in all {
        let allowed = if *field == Field::Package { Package::ALL.map(Package::as_str).to_vec() } else { vec![] };
        let mut text = text(field.longest(), allowed);
        // Elsewhere an empty text takes away what was there.
        text.min_length = mandatory.contains(field).then_some(1);
        object = object.property(field.property(), text);
    }
    mandatory.iter().fold(object, |object, field| object.required(field.property())).build()
}

fn text(longest: usize, allowed: Vec<&str>) -> Object {
    let object = ObjectBuilder::new().schema_type(Type::String);
    if allowed.is_empty() { object.max_length(Some(longest)) } else { object.enum_values(Some(allowed)) }.build()
}

fn some_text(longest: usize) -> Object {
    let mut object = text(longest, vec![]);
    object.min_length = Some(1);
    object
}

fn month() -> Object {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some("^[0-9]{4}-(0[1-9]|1[0-2])$")).build()
}

fn address() -> Object {
    let https = ObjectBuilder::new().schema_type(Type::String).pattern(Some("^https://"));
    https.max_length(Some(2_000)).build()
}

fn secret() -> Object {
    ObjectBuilder::new().schema_type(Type::String).pattern(Some("^whsec_[A-Za-z0-9+/]{32,86}={0,2}$")).build()
}

fn rows() -> Array {
    let row = ObjectBuilder::new().build();
    ArrayBuilder::new().items(row).min_items(Some(1)).max_items(Some(MOST)).build()
}

fn events() -> Array {
    let names: Vec<_> = Event::all().map(Event::name).collect();
    let event = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).build();
    ArrayBuilder::new().items(event).min_items(Some(1)).build()
}
