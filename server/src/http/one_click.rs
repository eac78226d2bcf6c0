//! What a mailbox posts to the link of a reminder when its user wants no more of them (RFC 8058): without cookies, and with no
//! answer that anybody reads.

use app::backend::ClientAddress;
use axum::{
    Extension,
    extract::{Path, State},
    http::StatusCode,
};
use domain::Network;

use crate::{access::guard::Public, backend::Shared, fault::Trouble};

/// Sends no more reminders. 404 for a link that is none of ours, 503 if the mailbox is to try again.
pub async fn stop(
    State(context): State<Shared>,
    _: Public,
    client: Option<Extension<ClientAddress>>,
    Path((_, sealed)): Path<(String, String)>,
) -> StatusCode {
    let network = client.map_or(Network::UNKNOWN, |Extension(address)| address.0);
    match context.stop_reminders(network, &sealed).await {
        Ok(()) => StatusCode::OK,
        Err(Trouble::Known { retry_after: None, .. }) => StatusCode::NOT_FOUND,
        Err(Trouble::Known { .. }) => StatusCode::TOO_MANY_REQUESTS,
        Err(_) => StatusCode::SERVICE_UNAVAILABLE,
    }
}
