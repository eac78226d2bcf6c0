//! A real conversation, with a mail server of a few lines.

use std::{future::pending, net::Ipv4Addr};

use domain::Timestamp;
use mail_parser::MessageParser;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};
use uuid::Uuid;

use super::*;
use crate::mail::{Mail, Sender, Transport};

const SECOND: Duration = Duration::from_secs(1);

/// What the mail server received: the envelope's recipient and the message.
type Received = (String, String);

/// An answer to a recipient whose mail the server takes without ever saying so.
const NEVER_CONFIRMED: &str = "250 but you will not hear of it";

/// A mail server on loopback that gives this answer to every recipient, and what it receives.
async fn mail_server(to_recipient: &'static str) -> (String, UnboundedReceiver<Received>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let (sender, receiver) = unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(converse(stream, to_recipient, sender.clone()));
        }
    });
    (url, receiver)
}

async fn converse(stream: TcpStream, to_recipient: &'static str, received: UnboundedSender<Received>) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let mut recipient = String::new();
    write.write_all(b"220 mail.example ESMTP\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let answer = match line.split_whitespace().next()? {
            "EHLO" => "250-mail.example\r\n250 8BITMIME",
            "RCPT" => {
                recipient = line;
                to_recipient
            }
            "DATA" => {
                write.write_all(b"354 go ahead\r\n").await.ok()?;
                let mut message = String::new();
                while let Some(line) = lines.next_line().await.ok()?.filter(|line| line != ".") {
                    message.push_str(line.strip_prefix('.').unwrap_or(&line));
                    message.push_str("\r\n");
                }
                received.send((recipient.clone(), message)).ok()?;
                if to_recipient == NEVER_CONFIRMED {
                    return None;
                }
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
    None
}

fn mail(to: &str) -> Mail {
    Mail {
        id: Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001),
        date: Timestamp(1_700_000_000_000),
        from: Sender {
            name: "Акме, \"Telecom\"\r\nBcc: x@evil.example".into(),
            address: EmailAddress::parse("noreply@acme.example").unwrap(),
            reply_to: Some(EmailAddress::parse("help@acme.example").unwrap()),
        },
        to: EmailAddress::parse(to).unwrap(),
        subject: "Потвърдете\r\nBcc: x@evil.example".into(),
        text: "Код:\n.\n042517\n".into(),
        html: "<p>Код: 042517</p>".into(),
    }
}

async fn send(url: &str, to: &str) -> Result<(), MailError> {
    let transport = Transport::smtp(url, 10 * SECOND).unwrap();
    transport.ready().await?;
    transport.send(&mail(to)).await
}

#[tokio::test]
async fn the_mail_arrives_whole() {
    let (url, mut received) = mail_server("250 ok").await;
    send(&url, "ann@acme.example").await.unwrap();
    let (recipient, raw) = received.recv().await.unwrap();
    assert_eq!(recipient, "RCPT TO:<ann@acme.example>");

    let message = MessageParser::default().parse(raw.as_bytes()).unwrap();
    assert_eq!(message.message_id(), Some("01900000-0000-7000-8000-000000000001@acme.example"));
    assert_eq!(message.date().unwrap().to_timestamp(), 1_700_000_000);
    assert_eq!(message.header_raw("Auto-Submitted").map(str::trim), Some("auto-generated"));
    assert_eq!(message.to().and_then(|to| to.first()?.address()), Some("ann@acme.example"));
    assert_eq!(message.from().and_then(|from| from.first()?.address()), Some("noreply@acme.example"));
    assert_eq!(message.reply_to().and_then(|to| to.first()?.address()), Some("help@acme.example"));
    assert!(message.subject().unwrap().starts_with("Потвърдете"));
    assert!(message.bcc().is_none(), "{raw}");
    assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n").trim_end(), "Код:\n.\n042517");
    assert_eq!(message.body_html(0).unwrap().trim_end(), "<p>Код: 042517</p>");
}

#[tokio::test]
async fn the_same_mail_is_the_same_bytes() {
    let bytes = || mail("ann@acme.example").message().unwrap().formatted();
    assert_eq!(bytes(), bytes());
}

#[tokio::test]
async fn an_international_domain_travels_in_ascii() {
    let (url, mut received) = mail_server("250 ok").await;
    send(&url, "maria@пример.бг").await.unwrap();
    assert_eq!(received.recv().await.unwrap().0, "RCPT TO:<maria@xn--e1afmkfd.xn--90ae>");
}

#[tokio::test]
async fn an_address_that_the_server_cannot_take_is_refused() {
    let (url, _received) = mail_server("250 ok").await;
    assert!(matches!(send(&url, "мария@acme.example").await, Err(MailError::Refused(_))));
}

#[tokio::test]
async fn an_unknown_recipient_is_refused_without_naming_it() {
    let (url, _received) =
        mail_server("550 5.1.1 <Ann.Lee@acme.example>: user ann.lee unknown; see x?e=ann.lee%40acme").await;
    let refused = MailError::Refused("550 5.1.1 … user … unknown; see …".into());
    assert_eq!(send(&url, "ann.lee@acme.example").await, Err(refused));
}

#[tokio::test]
async fn what_may_pass_is_not_refused() {
    // Greylisting, and two permanent answers that are not about the recipient.
    for answer in ["451 4.7.1 try again later", "535 5.7.8 bad credentials", "503 5.5.1 bad sequence"] {
        let (url, _received) = mail_server(answer).await;
        assert_eq!(send(&url, "ann@acme.example").await, Err(MailError::Unavailable(answer.into())));
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_or_says_nothing_is_unavailable() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let _connection = listener.accept().await;
        pending::<()>().await;
    });
    let hasty = Transport::smtp(&url, Duration::from_millis(50)).unwrap();
    let silent = MailError::Unavailable("the mail server did not answer in time".into());
    assert_eq!(hasty.ready().await, Err(silent));

    let gone = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
    assert!(matches!(send(&format!("smtp://{gone}"), "ann@acme.example").await, Err(MailError::Unavailable(_))));
}

#[tokio::test]
async fn a_mail_that_was_handed_over_and_not_confirmed_is_uncertain() {
    let (url, mut received) = mail_server(NEVER_CONFIRMED).await;
    assert!(matches!(send(&url, "ann@acme.example").await, Err(MailError::Uncertain(_))));
    assert!(received.recv().await.is_some());
}

#[tokio::test]
async fn no_mail_goes_unencrypted_where_encryption_is_required() {
    let (url, mut received) = mail_server("250 ok").await;
    let answer = send(&format!("{url}?tls=required"), "ann@acme.example").await;
    assert_eq!(answer, Err(MailError::Unavailable("STARTTLS is not supported on this server".into())));
    assert!(received.try_recv().is_err());
    send(&format!("{url}?tls=opportunistic"), "ann@acme.example").await.unwrap();
}

#[tokio::test]
async fn says_what_is_wrong_with_a_url() {
    for url in [
        "smtps://u:p%40ss@mail.example",
        "smtps://mail.example:1465",
        "smtp://mail.example",
        "smtp://u:p@mail.example:587?tls=required",
        "smtp://mail.example?tls=opportunistic",
        "smtp://mail.example?tls=none",
        "smtp://u:p@localhost:1025",
        "smtp://[::1]:1025",
    ] {
        assert_eq!(Smtp::new(url, SECOND).err(), None, "{url}");
    }
    for (url, why) in [
        ("", BadSmtpUrl::Malformed),
        ("mail.example:25", BadSmtpUrl::Malformed),
        ("http://mail.example", BadSmtpUrl::Malformed),
        ("smtp://", BadSmtpUrl::Malformed),
        ("smtp://mail.example?tls=maybe", BadSmtpUrl::UnknownOption),
        ("smtps://mail.example?tls=none", BadSmtpUrl::UnknownOption),
        ("smtp://u:p@mail.example?tls=none", BadSmtpUrl::UnencryptedPassword),
        ("smtps://u:%ff@mail.example", BadSmtpUrl::Unusable),
    ] {
        assert_eq!(Smtp::new(url, SECOND).err(), Some(why), "{url}");
    }
}

#[test]
fn encryption_is_the_default_except_on_this_machine() {
    assert_eq!(explicit("smtp://mail.example").unwrap().query(), Some("tls=required"));
    assert_eq!(explicit("smtp://127.0.0.1").unwrap().query(), None);
    assert_eq!(explicit("smtp://127.0.0.1?tls=required").unwrap().query(), Some("tls=required"));
}
