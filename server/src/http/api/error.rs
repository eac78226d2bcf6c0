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

impl Error {
    /// A stored fault, with what the target said about it.
    pub fn of(code: i32, detail: Option<&str>) -> Option<Self> {
        Some((Fault::from_code(u32::try_from(code).ok()?)?, detail).into())
    }
}

impl From<(Fault, Option<&str>)> for Error {
    fn from((fault, detail): (Fault, Option<&str>)) -> Self {
        let detail = detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
        Self { error_code: fault.code(), description: format!("{}{detail}", fault.cause()) }
    }
}
