//! What the outside answers, up to a limit: whoever answers without an end must not fill the memory.

use reqwest::Response;

/// Why a body was not read to its end.
#[derive(Debug)]
pub enum Unread {
    /// It is longer than anything that is expected.
    TooLong,
    /// It broke off, or did not come in time.
    Broken(reqwest::Error),
}

/// The whole body of an answer, if it has at most this many bytes.
///
/// # Errors
/// If it has more, or does not come.
pub async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, Unread> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Unread::Broken)? {
        if body.len() + chunk.len() > most {
            return Err(Unread::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
