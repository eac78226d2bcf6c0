//! What went wrong in the background, as the vendor's API shows it.

use domain::Fault;
use serde::Serialize;

/// The vendor's schema `Error`.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Error {
    error_code: u32,
    description: String,
}

/// A fault, with what the target said about it.
impl From<(Fault, Option<&str>)> for Error {
    fn from((fault, detail): (Fault, Option<&str>)) -> Self {
        let detail = detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
        Self { error_code: fault.code(), description: format!("{}{detail}", fault.cause()) }
    }
}
