//! A real conversation, with a mail server of a few lines.

mod replies;

use std::{future::pending, net::Ipv4Addr};

use domain::Timestamp;
use mail_parser::MessageParser;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        RootCertStore, ServerConfig,
        crypto::ring,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};
use uuid::Uuid;

use super::{tls::Stream, *};
use crate::mail::{Mail, Sender, Transport};

const SECOND: Duration = Duration::from_secs(1);

/// What the mail server received: how it was greeted, the envelope's recipient and the message.
type Received = (String, String, String);

/// What the server says in place of the usual answer: to a command, to the connection (`""`), or to the message (`"."`).
type Script = &'static [(&'static str, &'static str)];

/// It says nothing and hangs up: after a message, without ever saying that it took it.
const HANGS_UP: &str = "";
/// It says nothing, and stays.
const STAYS_SILENT: &str = "silent";
/// It asks for the message, and says nothing any more.
const CHANGES_ITS_MIND: &str = "354 go ahead, or rather not";

/// A mail server on loopback, and what it receives.
async fn mail_server(script: Script) -> (String, UnboundedReceiver<Received>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let (sender, receiver) = unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(converse(Box::new(stream), script, sender.clone()));
        }
    });
    (url, receiver)
}

async fn converse(stream: Box<dyn Stream>, script: Script, received: UnboundedSender<Received>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let (mut hello, mut recipient) = (String::new(), String::new());
    let mut line = String::new();
    loop {
        let verb = line.split_whitespace().next().unwrap_or_default().to_owned();
        let scripted = script.iter().find(|(to, _)| *to == verb).map(|(_, answer)| *answer);
        let answer = match verb.as_str() {
            "" => "220 mail.example ESMTP",
            "EHLO" => "250-mail.example\r\n250-AUTH PLAIN\r\n250 8BITMIME",
            "AUTH" => "235 2.7.0 welcome",
            "DATA" => "354 go ahead",
            "." => "250 taken",
            "STARTTLS" => "220 go ahead",
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        match verb.as_str() {
            "EHLO" => hello.clone_from(&line),
            "RCPT" => recipient.clone_from(&line),
            _ => {}
        }
        let answer = scripted.unwrap_or(answer);
        if answer == HANGS_UP {
            return None;
        }
        if answer == STAYS_SILENT {
            pending::<()>().await;
        }
        stream.write_all(&latin(&format!("{answer}\r\n"))).await.ok()?;
        if answer == CHANGES_ITS_MIND {
            // The message still gets through to where nobody reads it.
            stream.shutdown().await.ok()?;
            tokio::io::copy(&mut stream, &mut tokio::io::sink()).await.ok()?;
            return None;
        }
        if verb == "STARTTLS" {
            stream = BufReader::new(Box::new(acceptor().accept(stream.into_inner()).await.ok()?));
        }
        line = next_line(&mut stream).await?;
        if answer.starts_with("354") {
            let mut message = String::new();
            while line != "." {
                message.push_str(line.strip_prefix('.').unwrap_or(&line));
                message.push_str("\r\n");
                line = next_line(&mut stream).await?;
            }
            received.send((hello.clone(), recipient.clone(), message)).ok()?;
        }
    }
}

async fn next_line(stream: &mut BufReader<Box<dyn Stream>>) -> Option<String> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|length| *length > 0)?;
    Some(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// In ISO 8859-1, as servers of old write.
fn latin(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(c).unwrap()).collect()
}

/// What the server shows when it is asked for encryption, and the key to it. It is good until 2126.
const CERTIFICATE: &[u8] = include_bytes!("tests/localhost.pem");

fn certificate() -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(CERTIFICATE).unwrap()
}

fn acceptor() -> TlsAcceptor {
    let key = PrivateKeyDer::from_pem_slice(CERTIFICATE).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    Arc::new(config.with_single_cert(vec![certificate()], key).unwrap()).into()
}

/// To a server on this machine, encrypted in this way.
fn encrypted(url: &str, way: fn(Tls) -> Encryption, roots: RootCertStore) -> Transport {
    let url = Url::parse(url).unwrap();
    let server = Server {
        host: url.host_str().unwrap().to_owned(),
        port: url.port().unwrap(),
        encryption: way(Tls::trusting(roots, "localhost").unwrap()),
        credentials: None,
        hello: hello(),
        patience: 10 * SECOND,
        spare: Mutex::default(),
    };
    Transport::Smtp(Smtp(Arc::new(server)), None)
}

fn trusting() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    roots.add(certificate()).unwrap();
    roots
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
        return_path: None,
        one_click_stop: None,
        subject: "Потвърдете\r\nBcc: x@evil.example".into(),
        text: "Код:\n.\n042517\n".into(),
        html: "<p>Код: 042517</p>".into(),
    }
}

fn hello() -> Hello {
    Hello::parse("activate.example.com").unwrap()
}

async fn send(url: &str, to: &str) -> Result<(), MailError> {
    let transport = Transport::smtp(url, hello(), 10 * SECOND).unwrap();
    transport.ready().await?;
    transport.send(&mail(to)).await
}

fn no(fault: Fault, said: &str) -> No {
    No { fault, said: said.to_owned() }
}

#[tokio::test]
async fn the_mail_arrives_whole() {
    let (url, mut received) = mail_server(&[]).await;
    send(&url, "ann@acme.example").await.unwrap();
    let (hello, recipient, raw) = received.recv().await.unwrap();
    assert_eq!(hello, "EHLO activate.example.com");
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
    let (url, mut received) = mail_server(&[]).await;
    send(&url, "maria@пример.бг").await.unwrap();
    assert_eq!(received.recv().await.unwrap().1, "RCPT TO:<maria@xn--e1afmkfd.xn--90ae>");
}

#[tokio::test]
async fn an_address_that_the_server_cannot_take_is_refused() {
    let (url, _received) = mail_server(&[]).await;
    let Err(MailError::Refused(no)) = send(&url, "мария@acme.example").await else { panic!("not refused") };
    assert_eq!(no.fault, Fault::MailAddressUnsupported);
    let (url, mut received) = mail_server(&[("EHLO", "250-mail.example\r\n250-8BITMIME\r\n250 SMTPUTF8")]).await;
    send(&url, "мария@acme.example").await.unwrap();
    assert_eq!(received.recv().await.unwrap().1, "RCPT TO:<мария@acme.example>");
}

#[tokio::test]
async fn an_unknown_recipient_is_refused_without_naming_it() {
    let (url, _received) =
        mail_server(&[("RCPT", "550 5.1.1 <Ann.Lee@acme.example>: user ann.lee unknown; see x?e=ann.lee%40acme")])
            .await;
    let refused = MailError::Refused(no(Fault::MailboxUnknown, "550 5.1.1 … user … unknown; see …"));
    assert_eq!(send(&url, "ann.lee@acme.example").await, Err(refused));
}

#[tokio::test]
async fn a_reply_of_several_lines_is_read_as_one() {
    let (url, _received) =
        mail_server(&[(".", "550-5.7.1 Our system has detected that this message\r\n550 5.7.1 is likely unsolicited")])
            .await;
    let said = "550 5.7.1 Our system has detected that this message is likely unsolicited";
    let refused = MailError::Refused(no(Fault::MailBlocked, said));
    assert_eq!(send(&url, "ann@acme.example").await, Err(refused));
}

#[tokio::test]
async fn what_is_about_one_mail_leaves_the_connection_to_the_next() {
    let (url, mut received) = mail_server(&[("RCPT", "452 4.2.2 over quota")]).await;
    let transport = Transport::smtp(&url, hello(), 10 * SECOND).unwrap();
    for _ in 0..3 {
        transport.ready().await.unwrap();
        let later = MailError::Later(no(Fault::MailboxFull, "452 4.2.2 over quota"));
        assert_eq!(transport.send(&mail("ann@acme.example")).await, Err(later));
    }
    assert!(received.try_recv().is_err());
}

#[tokio::test]
async fn what_is_about_every_mail_says_so() {
    for (command, reply, fault) in [
        ("", "554 5.7.1 no service for you", Fault::MailHostRefused),
        ("", "421 4.3.2 too many connections", Fault::MailUnavailable),
        ("EHLO", "504 5.5.2 need fully-qualified hostname", Fault::MailHostRefused),
        ("AUTH", "535 5.7.8 bad credentials", Fault::MailUnauthorized),
        ("AUTH", "454 4.7.0 cannot check that now", Fault::MailUnavailable),
        ("MAIL", "553 5.7.1 not your address", Fault::MailSenderRefused),
        ("MAIL", "530 5.7.0 sign in first", Fault::MailUnauthorized),
        ("MAIL", "504 5.5.2 Helo command rejected: need fully-qualified hostname", Fault::MailHostRefused),
        ("MAIL", "421 4.7.0 closing", Fault::MailUnavailable),
        ("MAIL", "451 4.3.0 not now", Fault::MailUnavailable),
        ("MAIL", "452 4.3.1 Insufficient system resources", Fault::MailUnavailable),
        ("MAIL", "554 5.4.14 Hop count exceeded", Fault::MailUnavailable),
    ] {
        let script: Script = Box::leak(Box::new([(command, reply)]));
        let (url, _received) = mail_server(script).await;
        let url = url.replace("smtp://", "smtp://user:word@");
        assert_eq!(send(&url, "ann@acme.example").await, Err(MailError::Out(no(fault, reply))), "{command} {reply}");
    }
}

/// One mail may have met it, or all.
#[tokio::test]
async fn a_good_bye_in_the_middle_of_a_mail_may_be_every_mails() {
    for (command, reply) in [
        ("RCPT", "421 4.7.0 closing"),
        ("DATA", "421 4.7.0 closing"),
        (".", "421 4.7.0 closing"),
        ("RCPT", "550 5.4.5 Daily user sending limit exceeded"),
    ] {
        let script: Script = Box::leak(Box::new([(command, reply)]));
        let (url, _received) = mail_server(script).await;
        let said = MailError::Amid(no(Fault::MailUnavailable, reply));
        assert_eq!(send(&url, "ann@acme.example").await, Err(said), "{command} {reply}");
    }
}

/// It has let us in: what it says then, it says of one mail.
#[tokio::test]
async fn what_is_said_of_us_at_one_recipient_keeps_no_other_mail() {
    for (reply, fault) in [
        ("530 5.7.1 authenticate for this group", Fault::MailUnauthorized),
        ("535 5.7.8 not for you", Fault::MailUnauthorized),
        ("550 5.7.57 not authenticated", Fault::MailUnauthorized),
        ("523 5.7.10 encryption needed", Fault::MailTlsRequired),
        ("504 5.5.2 Helo command rejected: need fully-qualified hostname", Fault::MailHostRefused),
    ] {
        for command in ["RCPT", "DATA", "."] {
            let script: Script = Box::leak(Box::new([(command, reply)]));
            let (url, _received) = mail_server(script).await;
            let sent = send(&url.replace("smtp://", "smtp://user:word@"), "ann@acme.example").await;
            assert_eq!(sent, Err(MailError::Later(no(fault, reply))), "{command} {reply}");
        }
    }
}

#[tokio::test]
async fn credentials_that_the_server_has_no_way_to_take_are_ours_to_fix() {
    let (url, _received) = mail_server(&[("EHLO", "250 mail.example")]).await;
    let Err(MailError::Out(no)) = send(&url.replace("smtp://", "smtp://user:word@"), "ann@acme.example").await else {
        panic!("was let in")
    };
    assert_eq!(no.fault, Fault::MailUnauthorized);
}

#[tokio::test]
async fn a_server_that_is_not_there_or_says_nothing_is_unavailable() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let _connection = listener.accept().await;
        pending::<()>().await;
    });
    let hasty = Transport::smtp(&url, hello(), Duration::from_millis(50)).unwrap();
    let silent = MailError::Out(no(Fault::MailUnavailable, "the mail server did not answer in time"));
    assert_eq!(hasty.ready().await, Err(silent));

    let gone = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
    let Err(MailError::Out(no)) = send(&format!("smtp://{gone}"), "ann@acme.example").await else {
        panic!("something is there")
    };
    assert_eq!(no.fault, Fault::MailUnavailable);
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_message_has_taken_no_mail() {
    for command in ["", "EHLO", "MAIL"] {
        let script: Script = Box::leak(Box::new([(command, HANGS_UP)]));
        let (url, _received) = mail_server(script).await;
        let Err(MailError::Out(no)) = send(&url, "ann@acme.example").await else { panic!("{command}") };
        assert_eq!(no.fault, Fault::MailUnavailable, "{command}");
    }
}

/// As one does that has a rule for a recipient: others' mails are not kept by it (RFC 5321 §3.8, as if it had said 451).
#[tokio::test]
async fn a_server_that_hangs_up_on_one_recipient_keeps_that_mail() {
    for (command, answer) in [("RCPT", HANGS_UP), ("DATA", HANGS_UP), ("DATA", CHANGES_ITS_MIND)] {
        let script: Script = Box::leak(Box::new([(command, answer)]));
        let (url, _received) = mail_server(script).await;
        let Err(MailError::Later(no)) = send(&url, "ann@acme.example").await else { panic!("{command}") };
        assert_eq!(no.fault, Fault::MailUnavailable, "{command}");
    }
}

/// As one does that looks a recipient up elsewhere: others' mails are not kept by it. Before one is named it is every mail's.
#[tokio::test]
async fn a_server_that_falls_silent_over_one_recipient_keeps_that_mail() {
    let silent = || no(Fault::MailUnavailable, "the mail server did not answer in time");
    for (command, meant) in
        [("MAIL", MailError::Out(silent())), ("RCPT", MailError::Later(silent())), ("DATA", MailError::Later(silent()))]
    {
        let script: Script = Box::leak(Box::new([(command, STAYS_SILENT)]));
        let (url, _received) = mail_server(script).await;
        let transport = Transport::smtp(&url, hello(), Duration::from_millis(500)).unwrap();
        transport.ready().await.unwrap();
        assert_eq!(transport.send(&mail("ann@acme.example")).await, Err(meant), "{command}");
    }
}

#[tokio::test]
async fn what_a_server_says_before_it_has_the_message_is_its_answer() {
    let (url, _received) = mail_server(&[("DATA", "354 go ahead\r\n552 5.3.4 that is too much for us")]).await;
    let refused = MailError::Refused(no(Fault::MailContentRefused, "552 5.3.4 that is too much for us"));
    assert_eq!(send(&url, "ann@acme.example").await, Err(refused));
}

/// RFC 1870: no address is to blame, and the server need not be asked.
#[tokio::test]
async fn a_mail_that_is_larger_than_the_server_takes_waits_and_blames_no_address() {
    let (url, mut received) = mail_server(&[("EHLO", "250-mail.example\r\n250-size 100\r\n250 8BITMIME")]).await;
    let said = "the message is larger than the mail server takes (SIZE)";
    let later = MailError::Later(no(Fault::MailUnavailable, said));
    assert_eq!(send(&url, "ann@acme.example").await, Err(later));
    assert!(received.try_recv().is_err());
    for limit in ["SIZE 1000000", "SIZE 0", "SIZE", "SIZE x"] {
        let ehlo = format!("250-mail.example\r\n250-{limit}\r\n250 8BITMIME");
        let script: Script = Box::leak(Box::new([("EHLO", &*ehlo.leak())]));
        let (url, mut received) = mail_server(script).await;
        send(&url, "ann@acme.example").await.unwrap();
        assert!(received.recv().await.is_some(), "{limit}");
    }
}

#[tokio::test]
async fn a_server_that_nobody_vouches_for_gets_no_mail() {
    let (url, mut received) = mail_server(&[("EHLO", "250-mail.example\r\n250 STARTTLS")]).await;
    for way in [Encryption::Offered, Encryption::Required] {
        let stranger = encrypted(&url, way, RootCertStore::empty());
        let Err(MailError::Out(no)) = stranger.ready().await else { panic!("trusted") };
        assert_eq!(no.fault, Fault::MailUnavailable);
    }
    assert!(received.try_recv().is_err());
}

#[tokio::test]
async fn a_mail_that_was_handed_over_and_not_confirmed_is_uncertain() {
    let (url, mut received) = mail_server(&[(".", HANGS_UP)]).await;
    assert!(matches!(send(&url, "ann@acme.example").await, Err(MailError::Uncertain(_))));
    assert!(received.recv().await.is_some());
}

/// It may have taken the mail and be out of step, or not: nobody knows, and nobody says that it was sent.
#[tokio::test]
async fn an_answer_to_something_else_takes_no_mail() {
    for reply in ["354 go ahead", "220 mail.example ESMTP", "221 bye", "235 2.7.0 welcome", "214 help", "300 more"] {
        let script: Script = Box::leak(Box::new([(".", reply)]));
        let (url, _received) = mail_server(script).await;
        assert!(matches!(send(&url, "ann@acme.example").await, Err(MailError::Uncertain(_))), "{reply}");
        // Before its end was sent, it is known that it was not taken.
        for command in ["RCPT", "DATA"] {
            if command == "DATA" && reply.starts_with('3') {
                continue;
            }
            let script: Script = Box::leak(Box::new([(command, reply)]));
            let (url, mut received) = mail_server(script).await;
            let Err(MailError::Later(no)) = send(&url, "ann@acme.example").await else { panic!("{command} {reply}") };
            assert_eq!(no.fault, Fault::MailUnavailable, "{command} {reply}");
            assert!(received.try_recv().is_err(), "{command} {reply}");
        }
    }
    for reply in ["250", "250 2.0.0 queued", "251 forwarded", "252 perhaps", "200 fine"] {
        let script: Script = Box::leak(Box::new([(".", reply)]));
        let (url, _received) = mail_server(script).await;
        assert_eq!(send(&url, "ann@acme.example").await, Ok(()), "{reply}");
    }
}

/// A message whose lines a server takes for commands goes nowhere.
#[tokio::test]
async fn a_message_goes_only_where_it_was_asked_for() {
    let (url, mut received) = mail_server(&[("DATA", "250 ok")]).await;
    assert!(matches!(send(&url, "ann@acme.example").await, Err(MailError::Later(_))));
    assert!(received.try_recv().is_err());
}

#[tokio::test]
async fn no_mail_goes_unencrypted_where_encryption_is_required() {
    let (url, mut received) = mail_server(&[]).await;
    let answer = send(&format!("{url}?tls=required"), "ann@acme.example").await;
    let lacking = no(Fault::MailUnavailable, "STARTTLS is not supported on this server");
    assert_eq!(answer, Err(MailError::Out(lacking)));
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
        assert_eq!(Smtp::new(url, hello(), SECOND).err(), None, "{url}");
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
        assert_eq!(Smtp::new(url, hello(), SECOND).err(), Some(why), "{url}");
    }
}

#[test]
fn encryption_is_the_default_except_on_this_machine() {
    let (required, plain) = (|it: &Wanted| *it == Wanted::Required, |it: &Wanted| *it == Wanted::Plain);
    let asked = |url: &str| {
        let url = Url::parse(url).unwrap();
        encryption(&url, url.host_str().unwrap()).unwrap()
    };
    let (encryption, port) = asked("smtp://mail.example");
    assert!(required(&encryption) && port == 587);
    let (encryption, port) = asked("smtp://127.0.0.1");
    assert!(plain(&encryption) && port == 25);
    assert!(required(&asked("smtp://127.0.0.1?tls=required").0));
    assert_eq!(asked("smtps://mail.example").1, 465);
}
