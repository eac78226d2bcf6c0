//! The keys of the filter language, and the values that have no other home.

use super::Flaw;
use crate::{
    fault::Fault,
    subscriber::{Package, Requirement, Status},
};

/// By what users are filtered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// `status:error`
    Status,
    /// `code:41007`
    Code,
    /// `needs:consent`
    Needs,
    /// `stuck:>3d`
    Stuck,
    /// `package:basic`
    Package,
    /// `came:api`
    Came,
    /// `mail:refused`
    Mail,
    /// `missing:number`
    Missing,
    /// `same:email`
    Same,
    /// `provisioned:no`
    Provisioned,
    /// `customer:"Acme Ltd"`
    Customer,
    /// `template:Standard`
    Template,
    /// `id:95547321@sp.com`
    Id,
}

impl Key {
    /// All keys, in the order in which they are written.
    pub const ALL: [Self; 13] = [
        Self::Status,
        Self::Code,
        Self::Needs,
        Self::Stuck,
        Self::Package,
        Self::Came,
        Self::Mail,
        Self::Missing,
        Self::Same,
        Self::Provisioned,
        Self::Customer,
        Self::Template,
        Self::Id,
    ];

    /// How it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Code => "code",
            Self::Needs => "needs",
            Self::Stuck => "stuck",
            Self::Package => "package",
            Self::Came => "came",
            Self::Mail => "mail",
            Self::Missing => "missing",
            Self::Same => "same",
            Self::Provisioned => "provisioned",
            Self::Customer => "customer",
            Self::Template => "template",
            Self::Id => "id",
        }
    }

    pub(super) fn parse(name: &str) -> Result<Self, Flaw> {
        let key = Self::ALL.into_iter().find(|key| key.as_str().eq_ignore_ascii_case(name));
        key.ok_or_else(|| Flaw::key(name))
    }

    /// What it takes, or an example of it.
    pub(super) fn values(self) -> Vec<String> {
        let names = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect();
        match self {
            Self::Status => names(["waiting", "pending"].into_iter().chain(Status::ALL.map(Status::as_str)).collect()),
            Self::Code => {
                // What a target or a mail server can have refused.
                let codes = Fault::ALL.iter().map(|fault| fault.code().to_string());
                codes.filter(|code| code.starts_with("41") || code.starts_with("42")).collect()
            }
            Self::Needs => names(REQUIREMENTS.map(|(_, name)| name).to_vec()),
            Self::Stuck => names(vec![">3d", ">12h"]),
            Self::Package => names(Package::ALL.map(Package::as_str).to_vec()),
            Self::Came => names(ARRIVALS.map(|(_, name)| name).to_vec()),
            Self::Mail => names(MAILS.map(|(_, name)| name).to_vec()),
            Self::Missing => names(MISSING.map(|(_, name)| name).to_vec()),
            Self::Same => names(vec!["email"]),
            Self::Provisioned => names(vec!["yes", "no"]),
            Self::Customer => names(vec!["SP1+acme"]),
            Self::Template => names(vec!["\"Standard users\""]),
            Self::Id => names(vec!["95547321@sp.com"]),
        }
    }
}

/// The way by which a user has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// BroadWorks announced them.
    FlowThrough,
    /// A client of the API added them, one by one or in bulk.
    Api,
    /// They stood in a file.
    Csv,
    /// They signed in by the share link, announced by nobody.
    SelfActivation,
}

/// How the mail fares that asks to prove an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mail {
    /// It is yet to be taken by the mail server.
    Waiting,
    /// The mail server took it, and the user has not proven the address.
    Sent,
    /// It was refused for good.
    Refused,
    /// The mail server took it, and it came back.
    Bounced,
}

/// What a user may lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Any phone number.
    Number,
    /// An extension.
    Extension,
    /// A name.
    Name,
    /// An address.
    Email,
}

pub(super) const REQUIREMENTS: [(Requirement, &str); 4] = [
    (Requirement::EmailInput, "email_input"),
    (Requirement::EmailValidation, "email_validation"),
    (Requirement::Consent, "consent"),
    (Requirement::Administrator, "administrator"),
];

pub(super) const ARRIVALS: [(Arrival, &str); 4] = [
    (Arrival::FlowThrough, "flow-through"),
    (Arrival::Api, "api"),
    (Arrival::Csv, "csv"),
    (Arrival::SelfActivation, "self-activation"),
];

pub(super) const MAILS: [(Mail, &str); 4] =
    [(Mail::Waiting, "waiting"), (Mail::Sent, "sent"), (Mail::Refused, "refused"), (Mail::Bounced, "bounced")];

pub(super) const MISSING: [(Missing, &str); 4] = [
    (Missing::Number, "number"),
    (Missing::Extension, "extension"),
    (Missing::Name, "name"),
    (Missing::Email, "email"),
];

/// The value of that name.
pub(super) fn named<T: Copy>(all: &[(T, &str)], name: &str) -> Option<T> {
    all.iter().find(|(_, known)| known.eq_ignore_ascii_case(name)).map(|(value, _)| *value)
}

/// The name of that value: each has one.
pub(super) fn name<T: PartialEq>(all: &[(T, &'static str)], value: &T) -> &'static str {
    all.iter().find(|(known, _)| known == value).map_or("", |(_, name)| name)
}
