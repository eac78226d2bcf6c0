//! The headers by which our own pages say more of what they ask.

/// Names whom the page was made for that asks.
pub const MEANT_FOR: &str = "flowthrough-for";

/// Names the fault of the page that `frontend/portal` asks for in another language.
#[cfg(feature = "ssr")]
pub(crate) const TOLD: &str = "flowthrough-told";
