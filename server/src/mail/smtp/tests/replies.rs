//! Replies as servers of old and of other countries write them: their three digits decide.

use super::*;

/// Servers of old, and of other countries. What is not UTF-8 here goes out in ISO 8859-1.
const LOOSE: &[(&str, &str, Fault, Matter, &str)] = {
    use Fault::{
        MailBlocked, MailDomainUnknown, MailNotTaken, MailPutOff, MailSenderRefused, MailboxFull, MailboxUnknown,
    };
    use Matter::{Final, Later, Server};
    &[
        ("RCPT", "550", MailboxUnknown, Final, "550"),
        ("RCPT", "550 ", MailboxUnknown, Final, "550"),
        ("RCPT", "450", MailPutOff, Later, "450"),
        ("RCPT", "452", MailboxFull, Later, "452"),
        ("MAIL", "550", MailSenderRefused, Server, "550"),
        (".", "554", MailBlocked, Final, "554"),
        ("RCPT", "550 5.1.2 domaine café inconnu", MailDomainUnknown, Final, "550 5.1.2 domaine … inconnu"),
        ("RCPT", "450 boîte occupée", MailPutOff, Later, "450 … …"),
        ("RCPT", "550-5.2.1 désactivé\r\n550 5.2.1 ici", Fault::MailboxInactive, Final, "550 5.2.1 … ici"),
        (
            "RCPT",
            "550-Sorry\r\n550-5.1.2 no such domain\r\n550",
            MailDomainUnknown,
            Final,
            "550 5.1.2 Sorry no such domain",
        ),
        (
            "RCPT",
            "550-\r\n550-Sorry\r\nand more\r\n\r\n550 5.1.2 no",
            MailDomainUnknown,
            Final,
            "550 5.1.2 Sorry and more no",
        ),
        ("RCPT", "550-5.1.1 a\r\n554 5.1.1 b", MailboxUnknown, Final, "554 5.1.1 a b"),
        ("RCPT", "550-5.7.1 a\r\n550 5.7.10 b", MailBlocked, Final, "550 5.7.1 a 5.7.10 b"),
        ("RCPT", "550\tno such user", MailboxUnknown, Final, "550 no such user"),
        ("RCPT", "550: no such user", MailboxUnknown, Final, "550 : no such user"),
        ("RCPT", "571 Delivery not authorized", MailNotTaken, Final, "571 Delivery not authorized"),
        ("DATA", "571 blocked", MailNotTaken, Final, "571 blocked"),
    ]
};

async fn hear(url: &str, way: Option<fn(Tls) -> Encryption>) -> Result<(), MailError> {
    let Some(way) = way else { return send(url, "ann@acme.example").await };
    let transport = encrypted(url, way, trusting());
    transport.ready().await?;
    transport.send(&mail("ann@acme.example")).await
}

#[tokio::test]
async fn three_digits_decide_however_a_reply_is_written() {
    for (command, reply, fault, matter, said) in LOOSE {
        let ehlo = ("EHLO", "250-mail.example\r\n250-STARTTLS\r\n250 8BITMIME");
        let script: Script = Box::leak(Box::new([(*command, *reply), ehlo]));
        let (url, _received) = mail_server(script).await;
        let no = no(*fault, said);
        let meant = match matter {
            Matter::Server => MailError::Out(no),
            Matter::Later => MailError::Later(no),
            Matter::Final => MailError::Refused(no),
        };
        for way in [None, Some(Encryption::Required as fn(Tls) -> Encryption)] {
            let heard = hear(&url, way).await;
            assert_eq!(heard, Err(meant.clone()), "{command} {reply:?} encrypted: {}", way.is_some());
        }
    }
}

#[tokio::test]
async fn a_reply_of_any_length_is_decided_by_its_digits() {
    let line: &'static str = format!("550 5.1.1 {}", "long ".repeat(20_000)).leak();
    let lines: &'static str = format!("{}550 so", "550-5.1.1 line\r\n".repeat(500)).leak();
    for (command, reply) in [("RCPT", line), ("RCPT", lines), ("DATA", line), (".", lines)] {
        let script: Script = Box::leak(Box::new([(command, reply)]));
        let (url, _received) = mail_server(script).await;
        let transport = Transport::smtp(&url, hello(), 10 * SECOND).unwrap();
        // The connection is good for the next one.
        for _ in 0..2 {
            let Err(MailError::Refused(no)) = transport.send(&mail("ann@acme.example")).await else {
                panic!("{command}")
            };
            assert_eq!(no.fault, Fault::MailboxUnknown);
        }
    }
}

#[tokio::test]
async fn a_yes_without_words_is_one() {
    let script: Script = &[
        ("", "220"),
        ("EHLO", "250-\r\n250-starttls\r\n250"),
        ("MAIL", "250"),
        ("RCPT", "250 reçu"),
        ("DATA", "354"),
        (".", "250 accepté"),
    ];
    for way in [Encryption::Offered, Encryption::Required] {
        let (url, mut received) = mail_server(script).await;
        hear(&url, Some(way)).await.unwrap();
        assert_eq!(received.recv().await.unwrap().1, "RCPT TO:<ann@acme.example>");
    }
}

/// Whatever it means, the server is there: the mails of others are not made to wait.
#[tokio::test]
async fn a_reply_that_cannot_be_read_is_about_one_mail() {
    let endless: &'static str = "550-no\r\n".repeat(2_000).leak();
    for (command, reply) in [
        ("RCPT", "55"),
        ("RCPT", "5500 no"),
        ("RCPT", "999 what"),
        ("RCPT", "199 what"),
        ("RCPT", "550-no\r\n250 yes"),
        ("RCPT", "no\r\n250 yes"),
        ("DATA", "sorry"),
        ("DATA", endless),
    ] {
        let script: Script = Box::leak(Box::new([(command, reply)]));
        let (url, mut received) = mail_server(script).await;
        let transport = Transport::smtp(&url, hello(), 10 * SECOND).unwrap();
        // What comes behind it is not taken for the answer to what is said next.
        for _ in 0..2 {
            let Err(MailError::Later(no)) = transport.send(&mail("ann@acme.example")).await else {
                panic!("{command} {reply}")
            };
            assert_eq!(no.fault, Fault::MailUnavailable, "{command} {reply}");
        }
        assert!(received.try_recv().is_err());
    }
}

#[tokio::test]
async fn a_server_that_hangs_up_after_its_digits_has_said_what_it_means() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"554-5.7.1 no service\r\n554").await.unwrap();
    });
    let refused = MailError::Out(no(Fault::MailHostRefused, "554 5.7.1 no service"));
    assert_eq!(send(&url, "ann@acme.example").await, Err(refused));
}
