//! What mail servers say, and to whom mails can be written (see [`crate::fuzzing`]).

use domain::{EmailAddress, Timestamp};
use uuid::Uuid;

pub(crate) use super::smtp::fuzzing::{reply, server};
use super::{Mail, Sender};

/// Whoever may have an address can be written to.
pub(crate) fn reaches(address: &EmailAddress) {
    let sender = Sender {
        name: "Acme".to_owned(),
        address: EmailAddress::parse("activation@acme.example").expect("an address"),
        reply_to: None,
    };
    let mail = Mail {
        id: Uuid::nil(),
        date: Timestamp(0),
        from: sender,
        to: address.clone(),
        return_path: None,
        one_click_stop: None,
        subject: "Your code".to_owned(),
        text: "123456".to_owned(),
        html: "<p>123456</p>".to_owned(),
    };
    let message = mail.message().expect("an address to which no mail can be written");
    let to = message.envelope().to();
    assert_eq!(to.len(), 1, "a mail to more than one");
}
