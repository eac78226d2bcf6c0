//! Ids as the vendor writes them: unpadded base64 of `ciscospark://us/<kind>/<id>`.

use std::str::FromStr;

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD_NO_PAD},
};
use domain::id;
use uuid::Uuid;

/// Reads base64 with or without padding.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What an id names.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// A subscriber.
    Subscriber,
    /// An account at the target.
    Person,
    /// A customer.
    Enterprise,
    /// The same customer, as the target's organisation.
    Organization,
    /// A workspace.
    Workspace,
    /// A billing report.
    BillingReport,
    /// An entry of the audit log.
    AuditEvent,
}

impl Kind {
    /// What stands before an id of this kind.
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Subscriber => "ciscospark://us/SUBSCRIBER/",
            Self::Person => "ciscospark://us/PEOPLE/",
            Self::Enterprise => "ciscospark://us/ENTERPRISE/",
            Self::Organization => "ciscospark://us/ORGANIZATION/",
            Self::Workspace => "ciscospark://us/PLACE/",
            Self::BillingReport => "ciscospark://us/BILLING_REPORT/",
            Self::AuditEvent => "ciscospark://us/ADMIN_AUDIT_EVENT/",
        }
    }

    /// Writes an id.
    pub fn encode(self, id: impl std::fmt::Display) -> String {
        STANDARD_NO_PAD.encode(format!("{}{id}", self.prefix()))
    }

    /// Reads an id of this kind.
    pub fn decode(self, written: &str) -> Option<String> {
        let decoded = String::from_utf8(LENIENT.decode(written).ok()?).ok()?;
        decoded.strip_prefix(self.prefix()).filter(|id| !id.is_empty()).map(str::to_owned)
    }

    /// Reads an id of this kind that is one of ours.
    pub fn own<Id: FromStr>(self, written: &str) -> Option<Id> {
        self.decode(written).filter(|decoded| decoded.len() == id::LENGTH)?.parse().ok()
    }
}

/// Whether this could be a template's provisioning ID, which is unpadded base64 of two UUIDs.
pub fn is_provisioning_id(written: &str) -> bool {
    let decoded = LENIENT.decode(written).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let both = decoded.as_deref().and_then(|ids| ids.split_once(':'));
    both.is_some_and(|(one, other)| {
        [one, other].into_iter().all(|part| part.len() == id::LENGTH && part.parse::<Uuid>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{environment::Environment, ids::SubscriberId, templates::provisioning_id};

    #[test]
    fn a_provisioning_id_is_told_from_what_is_none() {
        let (environment, _) = Environment::manual(domain::Timestamp(0), 1);
        let own = provisioning_id(&environment);
        assert!(is_provisioning_id(&own) && is_provisioning_id(&format!("{own}==")), "{own}");
        for other in ["", "zz", "unknown", &own[1..], &Kind::Subscriber.encode(Uuid::nil())] {
            assert!(!is_provisioning_id(other), "{other}");
        }
    }

    const EXAMPLE: &str = "Y2lzY29zcGFyazovL3VzL1NVQlNDUklCRVIvNjk3MGU2YmItNzQzOS00ZmZiLWFkMzQtZDNmZjAxNjdkZGFk";

    #[test]
    fn the_vendors_example_comes_and_goes() {
        let id = Kind::Subscriber.own::<SubscriberId>(EXAMPLE).expect("an id");
        assert_eq!(id.to_string(), "6970e6bb-7439-4ffb-ad34-d3ff0167ddad");
        assert_eq!(Kind::Subscriber.encode(id), EXAMPLE);
    }

    #[test]
    fn anything_else_is_no_id() {
        let simple = Kind::Subscriber.encode(Uuid::nil().simple());
        for written in ["", "%%%", "Y2lzY28", &Kind::Person.encode(Uuid::nil()), &Kind::Subscriber.encode("x"), &simple]
        {
            assert_eq!(Kind::Subscriber.own::<SubscriberId>(written), None, "{written}");
        }
    }
}
