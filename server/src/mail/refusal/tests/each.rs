//! Every number and every word by which a reply is told from others.

use super::*;

fn means(stage: Stage, reply: &str, fault: Fault, matter: Matter) {
    let (code, text) = reply.split_once(' ').unwrap_or((reply, ""));
    assert_eq!(meaning(stage, code.parse().unwrap(), text, PARTIES), (fault, matter), "{stage:?} {reply}");
}

/// Every number that is told from others, where it is.
#[test]
fn each_number_decides() {
    use Stage::{Auth, Content, Data, Hello, Recipient, Sender};
    let table: &[(Stage, Fault, Matter, &str)] = &[
        (Hello, Fault::MailHostRefused, Server, "501, 504, 550, 553, 554, 500 5.7.0, 521 5.7.1"),
        (Hello, Fault::MailUnavailable, Server, "500, 502, 552, 450 4.7.1, 555 5.3.0, 421"),
        (Auth, Fault::MailUnauthorized, Server, "500, 504, 534, 535, 432"),
        (Auth, Fault::MailTlsRequired, Server, "538 5.7.11, 538, 524 5.7.11, 524"),
        (Sender, Fault::MailTlsRequired, Server, "523 5.7.10, 523, 524, 538, 550 5.7.10"),
        (Auth, Fault::MailUnavailable, Server, "421, 433, 454, 499"),
        (
            Sender,
            Fault::MailUnauthorized,
            Server,
            "550 5.7.8, 550 5.7.9, 550 5.7.11, 550 5.7.12, 550 5.7.13, 550 5.7.14, 550 5.7.57, 432, 525, 530, 534, 535",
        ),
        (Sender, Fault::MailContentRefused, Final, "550 5.3.4, 550 5.2.3, 550 5.6.0"),
        (Sender, Fault::MailPutOff, Later, "451 4.2.3, 451 4.3.4"),
        (Sender, Fault::MailSenderRefused, Server, "450 4.1.7, 450 4.1.8, 450 4.7.20, 450 4.7.23, 450 4.7.27"),
        (
            Sender,
            Fault::MailUnavailable,
            Server,
            "450 4.1.6, 450 4.7.19, 450, 499, 500, 501, 502, 503, 552, 550 5.3.0, 550 5.4.0, 554 5.4.14, 550 5.5.0, 421",
        ),
        (Sender, Fault::MailUnavailable, Later, "555, 550 5.5.4"),
        (Sender, Fault::MailSenderRefused, Server, "504, 550, 553, 554, 550 5.1.7, 550 5.2.0, 550 5.7.15"),
        (
            Recipient,
            Fault::MailboxUnknown,
            Final,
            "550, 551, 553, 501, 550 5.1.0, 550 5.1.1, 550 5.1.3, 550 5.1.4, 550 5.1.6, 550 5.7.17, 550 5.7.18, 500 5.1.1",
        ),
        (Recipient, Fault::MailDomainUnknown, Final, "521, 556, 550 5.1.2, 550 5.1.10, 550 5.4.4, 550 5.4.310"),
        (Recipient, Fault::MailDomainUnknown, Later, "450 4.1.2"),
        (Recipient, Fault::MailboxInactive, Final, "550 5.2.1, 550 5.7.13"),
        (Recipient, Fault::MailboxInactive, Later, "450 4.2.1"),
        (Recipient, Fault::MailboxFull, Final, "552, 550 5.2.2"),
        (Recipient, Fault::MailboxFull, Later, "452, 450 4.2.2"),
        (
            Recipient,
            Fault::MailContentRefused,
            Final,
            "550 5.2.3, 550 5.6.3, 550 5.3.4, 550 5.6.0, 550 5.6.6, 550 5.6.11",
        ),
        (Recipient, Fault::MailAddressUnsupported, Final, "550 5.6.7, 550 5.6.8, 550 5.6.9, 550 5.6.10"),
        (
            Recipient,
            Fault::MailSenderRefused,
            Later,
            "550 5.1.7, 550 5.1.8, 550 5.7.20, 550 5.7.21, 550 5.7.22, 550 5.7.23, 550 5.7.24, 550 5.7.26, 550 5.7.27, 550 5.7.29, 550 5.7.60, 550 5.7.509, 550 5.7.515, 550 5.7.750",
        ),
        (
            Recipient,
            Fault::MailHostRefused,
            Later,
            "550 5.7.25, 550 5.7.28, 450 4.7.28, 550 5.7.511, 550 5.7.606, 550 5.7.649, 550 5.7.708",
        ),
        (Sender, Fault::MailHostRefused, Server, "450 4.7.25, 450 4.7.28, 550 5.7.25, 550 5.7.28, 550 5.7.606"),
        (Recipient, Fault::MailRelayDenied, Later, "550 5.7.54, 550 5.7.64"),
        (Recipient, Fault::MailUnauthorized, Later, "530, 535, 550 5.7.57"),
        (Data, Fault::MailUnauthorized, Later, "530, 535"),
        (Recipient, Fault::MailTlsRequired, Later, "523, 524, 538"),
        (Content, Fault::MailTlsRequired, Later, "523, 524, 538"),
        (
            Recipient,
            Fault::MailUnavailable,
            Later,
            "500, 502, 503, 504, 555, 550 5.5.0, 550 5.5.4, 550 5.4.0, 550 5.4.1, 550 5.4.2, 550 5.4.3, 550 5.4.5, 554 5.4.6, 550 5.4.7, 554 5.4.14",
        ),
        (Recipient, Fault::MailUnavailable, Server, "552 5.3.1, 421"),
        (Recipient, Fault::MailBlocked, Final, "550 5.7.0, 550 5.7.1, 550 5.7.19, 550 5.7.30, 550 5.7.53, 550 5.7.59"),
        (Recipient, Fault::MailNotTaken, Final, "505, 554, 571, 550 5.0.0, 550 5.1.5, 550 5.2.0, 550 5.3.0"),
        (
            Recipient,
            Fault::MailPutOff,
            Later,
            "450, 451, 450 4.1.1, 450 4.4.1, 450 4.4.2, 450 4.4.4, 450 4.4.310, 450 4.4.6, 450 4.6.7, 452 4.3.1, 450 4.7.1",
        ),
        (Data, Fault::MailboxFull, Final, "552, 552 5.2.2"),
        (Content, Fault::MailBlocked, Final, "550, 554, 554 5.7.1"),
        (Content, Fault::MailUnavailable, Later, "500, 501, 502, 503, 504, 555"),
        (Content, Fault::MailNotTaken, Final, "505, 553, 571, 554 5.0.0"),
        (Content, Fault::MailPutOff, Later, "450, 451, 452"),
        (Content, Fault::MailUnauthorized, Later, "530, 535"),
        (Content, Fault::MailUnavailable, Later, "554 5.4.14, 554 5.4.6"),
    ];
    for (stage, fault, matter, replies) in table {
        for reply in replies.split(", ") {
            means(*stage, reply, *fault, *matter);
        }
    }
}

/// Every word that is told from others; without it, the reply means something else.
#[test]
fn each_word_decides() {
    use Stage::Recipient;
    for name in ["helo", "ehlo"] {
        means(Recipient, &format!("550 5.1.1 {name} command rejected"), Fault::MailHostRefused, Later);
        means(Stage::Sender, &format!("550 5.1.1 {name} command rejected"), Fault::MailHostRefused, Server);
        for word in ["reject", "rejected", "invalid", "fully", "fqdn", "hostname", "host name"] {
            means(Recipient, &format!("550 your {name}: {word}"), Fault::MailHostRefused, Later);
            means(Recipient, &format!("550 5.1.1 your {name}: {word}"), Fault::MailboxUnknown, Final);
        }
        means(Recipient, &format!("550 your {name}"), Fault::MailboxUnknown, Final);
    }
    means(Recipient, "550 5.2.1 client host rejected", Fault::MailHostRefused, Later);
    means(Recipient, "550 5.2.1 sender address rejected", Fault::MailSenderRefused, Later);
    for words in ["sender rejected", "sender verify failed", "sender verification failed"] {
        means(Recipient, &format!("550 {words}"), Fault::MailSenderRefused, Later);
        means(Recipient, &format!("550 5.1.1 {words}"), Fault::MailboxUnknown, Final);
    }
    for words in [
        "smtp authentication",
        "smtp auth",
        "authentication required",
        "authentication is required",
        "must authenticate",
        "not authenticated",
    ] {
        means(Recipient, &format!("550 {words}"), Fault::MailUnauthorized, Later);
    }
    for words in ["too many hops", "hop count exceeded", "mail loop", "routing loop", "message is looping"] {
        means(Recipient, &format!("554 {words}"), Fault::MailUnavailable, Later);
    }
    for said in ["denied", "permitted", "allowed", "disallowed", "prohibited", "rejected", "refused"] {
        for what in ["relay", "relaying"] {
            means(Recipient, &format!("550 {what} {said}"), Fault::MailRelayDenied, Later);
        }
        means(Recipient, &format!("550 access {said}"), Fault::MailboxUnknown, Final);
    }
    for words in ["unable to relay", "cannot relay", "will not relay", "not in my rcpthosts"] {
        means(Recipient, &format!("550 {words}"), Fault::MailRelayDenied, Later);
    }
    means(Recipient, "550 our relay", Fault::MailboxUnknown, Final);
    // A limit, that it is reached, and whose it is.
    let ours = ["sending", "sender", "senders", "daily", "hourly", "outgoing", "outbound", "rate"];
    let whats = ["limit", "limits", "quota", "rate"];
    for what in whats {
        for reached in ["exceed", "exceeds", "exceeded", "reached"] {
            for our in ours {
                means(Recipient, &format!("550 {our} {what} {reached}"), Fault::MailUnavailable, Server);
            }
        }
        means(Recipient, &format!("550 sending {what}"), Fault::MailboxUnknown, Final);
    }
    means(Recipient, "550 your limit is reached", Fault::MailboxUnknown, Final);
    means(Recipient, "550 sending is exceeded", Fault::MailboxUnknown, Final);
    means(Recipient, "450 sending limit reached", Fault::MailPutOff, Later);
    for theirs in ["size", "mailbox", "recipient", "recipients", "storage"] {
        means(Recipient, &format!("550 sending limit reached: {theirs}"), Fault::MailboxUnknown, Final);
    }
    for word in ["starttls", "tls", "encryption"] {
        means(Stage::Sender, &format!("530 {word} first"), Fault::MailTlsRequired, Server);
    }
    for words in
        ["starttls is required", "starttls required", "tls is required", "tls required", "encryption is required"]
    {
        means(Stage::Sender, &format!("554 {words}"), Fault::MailTlsRequired, Server);
    }
    // Where a number says what it is about, words do not.
    means(Recipient, "550 5.3.4 smtp auth", Fault::MailContentRefused, Final);
    means(Recipient, "550 5.6.1 smtp auth", Fault::MailContentRefused, Final);
    means(Recipient, "550 rejected: ?e=helo%40x", Fault::MailboxUnknown, Final);
}
