//! What only whoever runs the server is to see, on a listener of its own: `/metrics`, and what is kept from the public.

use axum::{Router, extract::State, http::header, response::IntoResponse};
use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;

use super::{
    api, health,
    health::Watched,
    routes::{Routes, get},
};
use crate::{access::guard::Public, metrics::scrape::Scrape};

/// Everything that it answers.
pub fn router(scrape: Scrape) -> Router {
    let watched = Watched { readiness: scrape.readiness.clone(), build: scrape.build };
    let of_the_server = health::routes().router().merge(health::version().router()).with_state(watched);
    let of_the_api = api::description::<()>().below("/v1").router();
    Routes::new().route("/metrics", get(metrics)).router().with_state(scrape).merge(of_the_server).merge(of_the_api)
}

async fn metrics(State(scrape): State<Scrape>, _: Public) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], scrape.text().await)
}
