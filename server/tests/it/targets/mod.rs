//! The targets, each against a real server of its kind, and against answers that no real server gives.

mod answers;
mod doubt;
mod scim;
mod settings;
mod variance;
mod webex;
mod workspaces;

use std::time::Duration;

use domain::{EmailAddress, Package};
use server::{
    environment::Environment,
    store::SubscriberId,
    targets::{Account, Details, Identity},
};

/// How long a call may take where it is not about time-outs.
const PATIENCE: Duration = Duration::from_secs(10);

/// Ann Lee's account, of a subscriber of her own.
fn account(email: &str) -> Account {
    let environment = Environment::real();
    Account {
        identity: Identity {
            external_id: SubscriberId::from(environment.id()).into(),
            user_id: "1@sp.com".to_owned(),
            sp_enterprise_id: "SP1+acme".to_owned(),
            template: Some("template-there".to_owned()),
            person_id: None,
        },
        idempotency_key: environment.id().into(),
        email: EmailAddress::parse(email).unwrap(),
        first_name: "Ann".to_owned(),
        last_name: "Lee".to_owned(),
        package: Package::Standard,
        administrator: true,
        details: Details::default(),
    }
}
