//! What has had its time is swept away, and what is kept of each day is written down: the one list of everything that is.

use std::time::Duration;

use futures::future::BoxFuture;

use crate::{
    access::{code_keys::CodeKeys, kept_secret, session, throttle},
    environment::Environment,
    fault::Trouble,
    http,
    provisioning::bulk,
    retention::Retention,
    statistics,
    store::Store,
    templates, webhooks,
};

/// How often it is swept.
const EVERY: Duration = Duration::from_secs(15 * 60);

type Sweeping<'a> = BoxFuture<'a, Result<(), Trouble>>;

/// Each with what the log calls it.
fn all<'a>(
    store: &'a Store,
    environment: &'a Environment,
    keys: &'a CodeKeys,
    retention: &'a Retention,
) -> [(&'static str, Sweeping<'a>); 10] {
    let now = environment.now();
    [
        ("limits", Box::pin(throttle::sweep(store, now))),
        ("sessions", Box::pin(session::sweep(store, now))),
        ("answers of the API", Box::pin(http::api::sweep(store, now))),
        ("provisioning IDs that were replaced", Box::pin(templates::sweep(store, now))),
        ("bulk jobs", Box::pin(bulk::sweep(store, now))),
        ("how users stand", Box::pin(statistics::sweep(store, now))),
        ("deliveries of webhooks", Box::pin(webhooks::sweep(store, now))),
        ("what was kept long enough", Box::pin(retention.sweep(store, now))),
        ("secrets under an older key", Box::pin(kept_secret::sweep(store, environment, keys))),
        ("servers that are gone", Box::pin(async move { Ok(store.forget_gone_servers(now).await?) })),
    ]
}

/// Sweeps for as long as it is polled. Each one sweeps whatever befalls the others.
pub async fn run(store: Store, environment: Environment, keys: CodeKeys, retention: Retention) {
    loop {
        for (what, sweeping) in all(&store, &environment, &keys, &retention) {
            match sweeping.await {
                // The store has told that the database cannot be used.
                Err(error) if !error.is_interruption() => tracing::warn!(%error, "{what} cannot be swept"),
                _ => {}
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}
