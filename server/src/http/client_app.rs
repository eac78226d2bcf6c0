//! `/app`: leads every device to the app that runs there. One address, short enough for a code that phones read.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header::USER_AGENT},
    response::{IntoResponse as _, Redirect, Response},
};

use crate::{access::guard::Public, backend::Shared};

/// To the device's download. 404, if the operator names none.
pub async fn lead(State(context): State<Shared>, _: Public, headers: HeaderMap) -> Response {
    let device = headers.get(USER_AGENT).and_then(|device| device.to_str().ok()).unwrap_or_default();
    match context.site.client.download_for(device) {
        Some(url) => Redirect::to(url).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
