//! What changes of the settings while a server runs.

use super::{Config, Endpoint};

impl Config {
    /// The settings that are another in `new` and that a running server cannot take over.
    #[must_use]
    pub fn fixed_changes(&self, new: &Self) -> Vec<&'static str> {
        // All of them by name: whoever adds one says here what becomes of it.
        let Self {
            listen,
            database_url,
            pools,
            smtp_timeout: _,
            xsi_timeout,
            target_timeout,
            code_keys,
            public_url,
            hub_url,
            hosts,
            connections,
            smtp_url: _,
            ehlo: _,
            mail_from: _,
            signer: _,
            // Only commands ask it.
            nameserver: _,
            bounce_address,
            bounce_listen,
            admin: _,
            partner: _,
            site,
            site_is_given: _,
            trust_proxy,
            allow_private_xsi,
            allow_private_webhooks,
            outgoing_hosts,
            api_calls,
            log: _,
            log_format,
            metrics_listen,
            otlp,
            otlp_logs,
            private_docs,
            drain,
            takeover: _,
            retention,
            scim,
            webex,
            broadworks,
            oidc,
            client,
        } = self;
        let elsewhere = |one: &Option<Endpoint>, new: &Option<Endpoint>| match (one, new) {
            (Some(one), Some(new)) => !one.is_at_the_place_of(new),
            (one, new) => one.is_some() != new.is_some(),
        };
        let changes = [
            ("FLOWTHROUGH_LISTEN", *listen != new.listen),
            ("FLOWTHROUGH_DATABASE_URL", *database_url != new.database_url),
            ("FLOWTHROUGH_DATABASE_CONNECTIONS", pools.requests != new.pools.requests),
            ("FLOWTHROUGH_ENGINE_CONNECTIONS", pools.engine != new.pools.engine),
            ("FLOWTHROUGH_XSI_TIMEOUT", *xsi_timeout != new.xsi_timeout),
            ("FLOWTHROUGH_TARGET_TIMEOUT", *target_timeout != new.target_timeout),
            ("FLOWTHROUGH_CODE_KEYS", *code_keys != new.code_keys),
            ("FLOWTHROUGH_PUBLIC_URL", *public_url != new.public_url),
            ("FLOWTHROUGH_HUB_URL", *hub_url != new.hub_url),
            ("FLOWTHROUGH_HOSTS", *hosts != new.hosts),
            ("FLOWTHROUGH_CONNECTIONS", *connections != new.connections),
            ("FLOWTHROUGH_BOUNCE_ADDRESS", *bounce_address != new.bounce_address),
            ("FLOWTHROUGH_BOUNCE_LISTEN", *bounce_listen != new.bounce_listen),
            ("FLOWTHROUGH_SITE", *site != new.site),
            ("FLOWTHROUGH_TRUST_PROXY", *trust_proxy != new.trust_proxy),
            ("FLOWTHROUGH_ALLOW_PRIVATE_XSI", *allow_private_xsi != new.allow_private_xsi),
            ("FLOWTHROUGH_ALLOW_PRIVATE_WEBHOOKS", *allow_private_webhooks != new.allow_private_webhooks),
            ("FLOWTHROUGH_OUTGOING_HOSTS", *outgoing_hosts != new.outgoing_hosts),
            ("FLOWTHROUGH_API_CALLS", *api_calls != new.api_calls),
            ("FLOWTHROUGH_LOG_FORMAT", *log_format != new.log_format),
            ("FLOWTHROUGH_METRICS_LISTEN", *metrics_listen != new.metrics_listen),
            ("FLOWTHROUGH_OTLP_ENDPOINT", *otlp != new.otlp),
            ("FLOWTHROUGH_OTLP_LOGS", *otlp_logs != new.otlp_logs),
            ("FLOWTHROUGH_PRIVATE_DOCS", *private_docs != new.private_docs),
            ("FLOWTHROUGH_DRAIN_SECONDS", *drain != new.drain),
            ("FLOWTHROUGH_KEEP_GONE_DAYS", retention.gone != new.retention.gone),
            ("FLOWTHROUGH_KEEP_MAILS_DAYS", retention.mails != new.retention.mails),
            ("FLOWTHROUGH_KEEP_AUDIT_DAYS", retention.audit != new.retention.audit),
            ("FLOWTHROUGH_SCIM_URL", elsewhere(scim, &new.scim)),
            ("FLOWTHROUGH_WEBEX_URL", elsewhere(webex, &new.webex)),
            ("FLOWTHROUGH_BROADWORKS_URL", *broadworks != new.broadworks),
            ("FLOWTHROUGH_OIDC_ISSUER", *oidc != new.oidc),
            ("[app], [downloads]", *client != new.client),
        ];
        changes.into_iter().filter_map(|(name, changed)| changed.then_some(name)).collect()
    }

    /// Whether mails leave in the same way.
    #[must_use]
    pub fn sends_as(&self, other: &Self) -> bool {
        let sending = |config: &Self| {
            let Self { smtp_url, smtp_timeout, ehlo, mail_from, signer, .. } = config.clone();
            (smtp_url, smtp_timeout, ehlo, mail_from, signer)
        };
        sending(self) == sending(other)
    }

    /// Takes over how mails leave.
    pub fn send_as(&mut self, new: &Self) {
        let Self { smtp_url, smtp_timeout, ehlo, mail_from, signer, .. } = new.clone();
        *self = Self { smtp_url, smtp_timeout, ehlo, mail_from, signer, ..self.clone() };
    }
}
