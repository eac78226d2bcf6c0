//! Mail to users: what it says ([`messages`]) and how it leaves the house ([`Transport`]).

mod message;
pub mod messages;
mod outbox;
mod smtp;
mod transport;

pub use message::{Mail, Sender};
pub use outbox::Outbox;
pub use smtp::BadSmtpUrl;
pub use transport::{MailError, Transport};
