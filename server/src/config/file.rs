//! What may stand in `flowthrough.toml`, before the environment is heard and anything is judged.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{client, mail, oidc};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct File {
    pub(super) listen: Option<String>,
    pub(super) database_url: Option<String>,
    pub(super) database_password: Option<String>,
    pub(super) database_connections: Option<u32>,
    pub(super) engine_connections: Option<u32>,
    pub(super) code_keys: Option<String>,
    pub(super) code_keys_file: Option<String>,
    pub(super) public_url: Option<String>,
    pub(super) hub_url: Option<String>,
    pub(super) hosts: Option<String>,
    pub(super) connections: Option<usize>,
    pub(super) smtp_url: Option<String>,
    pub(super) smtp_user: Option<String>,
    pub(super) smtp_password: Option<String>,
    pub(super) smtp_timeout: Option<u32>,
    pub(super) xsi_timeout: Option<u32>,
    pub(super) target_timeout: Option<u32>,
    pub(super) ehlo: Option<String>,
    pub(super) mail_from: Option<String>,
    pub(super) dkim: mail::Dkim,
    pub(super) nameserver: Option<String>,
    pub(super) bounce_address: Option<String>,
    pub(super) bounce_listen: Option<String>,
    pub(super) admin_email: Option<String>,
    pub(super) admin_password: Option<String>,
    pub(super) partner: Option<String>,
    pub(super) site: Option<String>,
    pub(super) trust_proxy: Option<TrustProxy>,
    pub(super) allow_private_xsi: Option<bool>,
    pub(super) allow_private_webhooks: Option<bool>,
    pub(super) outgoing_hosts: Option<String>,
    pub(super) api_calls: Option<i64>,
    pub(super) log: Option<String>,
    pub(super) log_format: Option<String>,
    pub(super) metrics_listen: Option<String>,
    pub(super) otlp_endpoint: Option<String>,
    pub(super) otlp_logs: Option<bool>,
    pub(super) private_docs: Option<bool>,
    pub(super) drain_seconds: Option<u64>,
    pub(super) takeover_seconds: Option<u64>,
    pub(super) keep_gone_days: Option<u32>,
    pub(super) keep_mails_days: Option<u32>,
    pub(super) keep_audit_days: Option<u32>,
    pub(super) scim: Remote,
    pub(super) webex: Remote,
    pub(super) broadworks: BroadWorks,
    pub(super) oidc: oidc::Oidc,
    pub(super) partners: BTreeMap<String, PartnersOwn>,
    pub(super) app: client::App,
    pub(super) downloads: client::Downloads,
}

/// `trust_proxy`, as it may be written in the file.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum TrustProxy {
    Trusted(bool),
    Hops(i64),
    Written(String),
}

/// What is set for one partner.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct PartnersOwn {
    pub(super) broadworks: BroadWorks,
    pub(super) oidc: oidc::Oidc,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BroadWorks {
    pub(super) url: Option<String>,
    pub(super) user: Option<String>,
    pub(super) password: Option<String>,
    pub(super) partner: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Remote {
    pub(super) url: Option<String>,
    pub(super) token: Option<String>,
}
