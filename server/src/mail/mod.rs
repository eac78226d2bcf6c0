//! Mail to users: what it says ([`messages`]), how it leaves the house ([`Transport`]), and what is heard of it afterwards
//! ([`report`]).

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzzing;
mod hello;
mod message;
pub mod messages;
mod outbox;
mod refusal;
pub mod report;
mod return_path;
mod signer;
mod smtp;
pub mod standing;
mod transport;
mod undelivered;

pub use hello::{BadHello, Hello};
pub use message::{Mail, Sender};
pub use outbox::Outbox;
pub use return_path::{BadReturnAddress, ReturnAddress, ReturnPaths};
pub use signer::{BadKey, Signer};
pub use smtp::BadSmtpUrl;
pub use transport::Transport;
pub use undelivered::{MailError, No};
