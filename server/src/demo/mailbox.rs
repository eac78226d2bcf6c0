//! The demo's mailbox: shows the mails that would have been sent, to people and to scripts.
//!
//! `GET /demo/mailbox` lists them, newest first, each with its Join now link and its code (in an element with the
//! attribute `data-code`), so that an activation can be finished from there; `GET /demo/mailbox/{id}` shows one.
//! Works without JavaScript: the list asks to be loaded again every few seconds.

use std::path::PathBuf;

use askama::Template;
use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use mail_parser::{Address, DateTime, MessageParser};
use uuid::Uuid;

use crate::{
    access::guard::Public,
    http::routes::{Routes, get},
    mail::Outbox,
};

/// How many mails the list shows.
const LENGTH: usize = 100;
/// Seconds until the list is loaded again. A header does what `<meta http-equiv="refresh">` would.
const REFRESH: (HeaderName, &str) = (HeaderName::from_static("refresh"), "5");
/// The pages show themselves, styles, and mails in frames.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; \
                           base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// A mail may look as it likes and lead elsewhere when a link in it is clicked, and nothing else.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; \
                           frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation";

/// The mailbox.
#[must_use]
pub fn routes() -> Routes<Outbox> {
    Routes::new()
        .route("/demo/mailbox", get(list))
        .route("/demo/mailbox.css", get(stylesheet))
        .route("/demo/mailbox/{id}", get(letter))
        .route("/demo/mailbox/{id}/html", get(html))
}

/// The mailbox over this outbox.
pub fn router(outbox: PathBuf) -> Router {
    routes().router().with_state(Outbox::new(outbox))
}

/// A mail, as the mailbox shows it.
struct Letter {
    id: Uuid,
    from: String,
    to: String,
    subject: String,
    /// When, as RFC 3339.
    sent: String,
    text: String,
    html: String,
}

impl Letter {
    fn read(id: Uuid, raw: &[u8]) -> Option<Self> {
        let message = MessageParser::default().parse(raw)?;
        Some(Self {
            id,
            from: address(message.from()),
            to: address(message.to()),
            subject: message.subject().unwrap_or_default().to_owned(),
            sent: message.date().map(DateTime::to_rfc3339).unwrap_or_default(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            html: message.body_html(0).unwrap_or_default().into_owned(),
        })
    }

    /// When, for people: `2026-01-31 12:00:00 UTC`.
    fn sent_at(&self) -> String {
        self.sent.replace('T', " ").replace('Z', " UTC")
    }

    /// The link that proves the address.
    fn join_link(&self) -> Option<&str> {
        self.lines().find(|line| line.is_link() && line.0.contains("/join/")).map(|line| line.0)
    }

    /// The code that proves the address.
    fn code(&self) -> Option<&str> {
        self.lines().map(|line| line.0).find(|line| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit()))
    }

    /// The plain text, line by line.
    fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.text.lines().map(|line| Line(line.trim_end()))
    }
}

/// A line of plain text.
struct Line<'a>(&'a str);

impl Line<'_> {
    /// Whether it is a web address and nothing else.
    fn is_link(&self) -> bool {
        (self.0.starts_with("https://") || self.0.starts_with("http://")) && !self.0.contains(' ')
    }
}

fn address(addresses: Option<&Address<'_>>) -> String {
    addresses.and_then(|addresses| addresses.first()?.address()).unwrap_or_default().to_owned()
}

#[derive(Template)]
#[template(path = "demo/mailbox/list.html")]
struct ListPage {
    letters: Vec<Letter>,
}

#[derive(Template)]
#[template(path = "demo/mailbox/letter.html")]
struct LetterPage {
    letter: Letter,
}

async fn list(State(outbox): State<Outbox>, _: Public) -> Result<Response, Failure> {
    let mut letters = Vec::new();
    for id in outbox.newest(LENGTH).await? {
        letters.extend(find(&outbox, id).await?);
    }
    Ok(([REFRESH], page(&ListPage { letters })).into_response())
}

async fn letter(State(outbox): State<Outbox>, _: Public, Path(id): Path<Uuid>) -> Result<Response, Failure> {
    let letter = find(&outbox, id).await?.ok_or(Failure::NotFound)?;
    Ok(page(&LetterPage { letter }))
}

async fn html(State(outbox): State<Outbox>, _: Public, Path(id): Path<Uuid>) -> Result<Response, Failure> {
    let letter = find(&outbox, id).await?.ok_or(Failure::NotFound)?;
    // The mail stands in a frame; its links lead the whole window away.
    let framed = letter.html.replacen("<head>", r#"<head><base target="_top">"#, 1);
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, MAIL_POLICY),
        (header::X_FRAME_OPTIONS, "SAMEORIGIN"),
    ];
    Ok((headers, framed).into_response())
}

async fn stylesheet(_: Public) -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("mailbox/mailbox.css")).into_response()
}

async fn find(outbox: &Outbox, id: Uuid) -> Result<Option<Letter>, Failure> {
    Ok(outbox.read(id).await?.and_then(|raw| Letter::read(id, &raw)))
}

fn page(template: &impl Template) -> Response {
    let headers = [(header::CONTENT_TYPE, "text/html; charset=utf-8"), (header::CONTENT_SECURITY_POLICY, PAGE_POLICY)];
    (headers, template.to_string()).into_response()
}

/// Why there is nothing to show.
enum Failure {
    NotFound,
    Unreadable(std::io::Error),
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Unreadable(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        match self {
            Self::NotFound => (StatusCode::NOT_FOUND, "There is no such mail.").into_response(),
            Self::Unreadable(error) => {
                tracing::error!(%error, "the outbox cannot be read");
                (StatusCode::INTERNAL_SERVER_ERROR, "The mails cannot be read.").into_response()
            }
        }
    }
}

#[cfg(test)]
mod tests;
