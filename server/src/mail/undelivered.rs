//! Why a mail did not leave the house.

use domain::Fault;

/// Why a mail did not leave.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// No mail can be sent now: it went wrong before anybody was named whom it is for. Nothing has left.
    #[error("no mail can be sent: {0}")]
    Out(No),
    /// In the middle of this one something went wrong that may befall every mail. Nothing has left.
    #[error("no mail may be sent: {0}")]
    Amid(No),
    /// This one, for now: it is worth sending again, for a day.
    #[error("the mail was put off: {0}")]
    Later(No),
    /// This one, for good.
    #[error("the mail was refused: {0}")]
    Refused(No),
    /// The mail server was given the mail and did not say whether it took it: sending it again may send it twice.
    #[error("the mail server did not say whether it took the mail: {0}")]
    Uncertain(String),
}

/// A refusal. What was said names no address, so it may be logged and shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct No {
    /// Which fault of our catalogue it is.
    pub fault: Fault,
    /// The mail server's own words, or what the system said.
    pub said: String,
}
