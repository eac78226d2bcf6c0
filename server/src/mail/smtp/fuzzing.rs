//! Replies of a mail server, and addresses of one (see [`crate::fuzzing`]).

use futures::FutureExt as _;
use tokio::io::BufReader;

use super::{Broken, Hello, MailError, Parties, Place, Stage, Wanted, error_at, is_this_machine, reply::Reply};
use crate::fuzzing::text;

const PARTIES: Parties<'_> = Parties { sender: "activation@acme.example", recipient: "ann.lee@acme.example" };

/// The same reply may come at every stage. Whatever it is, nobody is named in what is kept of it.
pub(crate) fn reply(bytes: &[u8]) {
    let stages =
        [Stage::Hello, Stage::StartTls, Stage::Auth, Stage::Sender, Stage::Recipient, Stage::Data, Stage::Content];
    for stage in stages {
        let mut from = BufReader::new(bytes);
        while let Some(read) = Reply::read(&mut from).now_or_never() {
            let broken = match read {
                Ok(reply) if reply.is_positive() => continue,
                Ok(reply) => Broken::Refused(reply),
                Err(broken) => {
                    judge(stage, &broken);
                    break;
                }
            };
            judge(stage, &broken);
        }
    }
}

fn judge(stage: Stage, broken: &Broken) {
    let said = match error_at(stage, broken, PARTIES) {
        MailError::Out(no) | MailError::Amid(no) | MailError::Later(no) | MailError::Refused(no) => no.said,
        MailError::Uncertain(said) => {
            assert!(stage == Stage::Content, "a mail in doubt that was never sent");
            said
        }
    };
    let names = said.contains('@') || said.to_lowercase().split_whitespace().any(|word| word == "ann.lee");
    assert!(!names && said.chars().count() <= 300 && !said.contains(char::is_control), "{said:?}");
}

/// No password goes over a line that is not encrypted, unless it ends in this machine.
pub(crate) fn server(bytes: &[u8]) {
    let Some(written) = text(bytes) else { return };
    if let Ok(hello) = Hello::parse(written) {
        assert_eq!(Hello::parse(&hello.to_string()), Ok(hello), "a name, twice");
    }
    let Ok(Place { host, wanted, credentials, .. }) = Place::read(written) else { return };
    assert!(wanted != Wanted::Plain || is_this_machine(&host) || credentials.is_none(), "a password in the clear");
}
