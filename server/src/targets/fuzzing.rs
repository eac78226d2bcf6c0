//! What targets answer (see [`crate::fuzzing`]).

use reqwest::StatusCode;

use super::{Refusal, remote::Answer, scim, webex};

/// The first three bytes are the status, if they are one, and the rest is said.
pub(crate) fn answers(bytes: &[u8]) {
    let (status, body) = match bytes.split_at_checked(3).map(|(status, body)| (StatusCode::from_bytes(status), body)) {
        Some((Ok(status), body)) => (status, body),
        _ => (StatusCode::OK, bytes),
    };
    let answer = Answer::new(status, body.to_vec());
    scim::read(&answer).into_iter().chain(webex::read(&answer)).for_each(|refusal| names_nobody(&refusal));
}

/// What is kept of a refusal is a line, and nobody's address.
fn names_nobody(refusal: &Refusal) {
    let Some(detail) = &refusal.detail else { return };
    let fits = detail.chars().count() <= 1_000 && !detail.contains(char::is_control);
    assert!(fits && !detail.contains('@'), "{detail:?}");
}
