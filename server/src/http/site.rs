//! The browser's files, and what else an address may lead to.

use std::path::Path;

use axum::{Router, extract::Request, response::IntoResponse};
use percent_encoding::percent_decode_str;
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

/// The most bytes that a file's name can have on Linux, less those of the longest ending of a compressed one.
const LONGEST_NAME: usize = 255 - ".zst".len();
/// The most bytes that a path below the site's folder can have; the system takes 4,096 with the folder's own.
const LONGEST_PATH: usize = 1_024;

/// Files of this folder, and whatever `unknown` says to what is none.
pub fn or(folder: &Path, unknown: Router) -> Router {
    let files = ServeDir::new(folder)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .call_fallback_on_method_not_allowed(true)
        .fallback(unknown.clone());
    Router::new().fallback(move |request: Request| {
        let (files, unknown) = (files.clone(), unknown.clone());
        async move {
            // The system's "name too long" would be answered as if our disk were broken (tower-http 0.6.11).
            let Ok(answer) = if can_be_a_file(request.uri().path()) {
                files.oneshot(request).await.map(IntoResponse::into_response)
            } else {
                unknown.oneshot(request).await
            };
            answer
        }
    })
}

/// Files of this folder and nothing else.
pub fn only(folder: &Path) -> Router {
    or(folder, Router::new())
}

fn can_be_a_file(path: &str) -> bool {
    let longest = percent_decode_str(path).collect::<Vec<u8>>();
    let name = longest.split(|byte| *byte == b'/').map(<[u8]>::len).max().unwrap_or(0);
    longest.len() <= LONGEST_PATH && name <= LONGEST_NAME
}
