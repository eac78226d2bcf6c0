//! Lists in pages: at most `max` items, the next page by the `Link` header (RFC 8288) or by `offset`.

use axum::http::{HeaderName, header::LINK};
use domain::Fault;
use url::form_urlencoded;

use super::Refusal;

/// How long the pages of a list are.
pub struct Length {
    /// Unless `max` says otherwise.
    usual: u64,
    /// The most that `max` may say.
    most: u64,
}

/// Of every list but the next ones.
const USUAL: Length = Length { usual: 50, most: 100 };
/// Of the list of enterprises.
pub const ENTERPRISES: Length = Length { usual: 100, most: 1_000 };

/// Of the list of billing reports.
pub const BILLING_REPORTS: Length = Length { usual: 1_000, most: 1_000 };

/// The header that names the next page, if there is one.
pub type Link = Option<[(HeaderName, String); 1]>;

/// How many items a page shall have.
pub fn max(written: Option<&String>) -> Result<u64, Refusal> {
    USUAL.max(written)
}

impl Length {
    /// How many items a page shall have.
    pub fn max(&self, written: Option<&String>) -> Result<u64, Refusal> {
        let Some(max) = written else { return Ok(self.usual) };
        let max = max.parse().ok().filter(|max| (1..=self.most).contains(max));
        max.ok_or_else(|| Refusal::parameter("max", Fault::InvalidParameter))
    }
}

/// How many items to leave out.
pub fn offset(written: Option<&String>) -> Result<Option<u64>, Refusal> {
    // A database counts rows with a sign.
    let parse = |offset: &String| offset.parse::<u32>().map(u64::from);
    written.map(parse).transpose().map_err(|_| Refusal::parameter("offset", Fault::InvalidParameter))
}

/// Cuts the one row too many that says whether there is a next page. Answers whether there is one.
pub fn cut<T>(found: &mut Vec<T>, max: u64) -> bool {
    let more = found.len() as u64 > max;
    found.truncate(usize::try_from(max).unwrap_or(usize::MAX));
    more
}

/// The link to the next page: by key, so that no row is doubled or left out when others come and go.
pub fn next(url: &str, query: Option<&str>, cursor: &str) -> Link {
    let query = query.unwrap_or_default();
    let filters = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "cursor" && name != "offset");
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(filters).append_pair("cursor", cursor).finish();
    Some([(LINK, format!("<{url}?{query}>; rel=\"next\""))])
}
