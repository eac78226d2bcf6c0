//! Mail to users: what it says ([`messages`]) and how it leaves the house ([`Transport`]).

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod hello;
mod message;
pub mod messages;
mod outbox;
mod refusal;
mod signer;
mod smtp;
pub mod standing;
mod transport;

pub use hello::{BadHello, Hello};
pub use message::{Mail, Sender};
pub use outbox::Outbox;
pub use signer::{BadKey, Signer};
pub use smtp::BadSmtpUrl;
pub use transport::{MailError, No, Transport};
