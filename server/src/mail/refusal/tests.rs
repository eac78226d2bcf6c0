mod each;

use super::*;
use Matter::{Final, Later, Server};

const PARTIES: Parties<'_> = Parties { sender: "noreply@acme.example", recipient: "j0.michelon@helo.example" };

/// Replies as servers in the wild give them.
#[test]
fn a_reply_means_what_its_numbers_say() {
    use Stage::{Auth, Content, Data, Hello, Recipient, Sender, StartTls};
    let table: &[(Stage, Fault, Matter, &[&str])] = &[
        (
            Recipient,
            Fault::MailboxUnknown,
            Final,
            &[
                "550 5.1.1 <x>: Recipient address rejected: User unknown",
                "550 No such user here",
                "553 sorry, no mailbox here by that name. (#5.1.1)",
                "551 User not local; please try <y>",
                "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
            ],
        ),
        (
            Recipient,
            Fault::MailDomainUnknown,
            Final,
            &[
                "550 5.1.2 <x>: Recipient address rejected: Domain not found",
                "556 5.1.10 Recipient address has null MX",
            ],
        ),
        (Recipient, Fault::MailDomainUnknown, Later, &["450 4.1.2 <x>: Recipient address rejected: Domain not found"]),
        (Recipient, Fault::MailboxFull, Final, &["552 5.2.2 Mailbox full"]),
        (Recipient, Fault::MailboxFull, Later, &["452 4.2.2 Mailbox full", "452 Requested action not taken"]),
        (
            Recipient,
            Fault::MailPutOff,
            Later,
            &[
                "452 4.3.1 Insufficient system storage",
                "450 4.2.0 <x>: Recipient address rejected: Greylisted",
                "451 4.7.1 Greylisting in action, please come back later",
                "450 try again in 300 seconds",
                "450 4.1.1 <x>: unverified address",
            ],
        ),
        (
            Recipient,
            Fault::MailUnavailable,
            Later,
            &["452 4.5.3 Too many recipients", "503 5.5.1 bad sequence of commands"],
        ),
        (
            Recipient,
            Fault::MailboxInactive,
            Final,
            &["550 5.2.1 The email account that you tried to reach is inactive"],
        ),
        (
            Recipient,
            Fault::MailRelayDenied,
            Later,
            &[
                "454 4.7.1 <x>: Relay access denied",
                "554 5.7.1 <x>: Relay access denied",
                "550 relay not permitted",
                "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain",
                "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
            ],
        ),
        (
            Recipient,
            Fault::MailBlocked,
            Final,
            &["550 5.7.1 Message rejected due to policy", "550 5.7.1 The recipient has blocked you"],
        ),
        (Recipient, Fault::MailNotTaken, Final, &["554 Transaction failed"]),
        (
            Recipient,
            Fault::MailHostRefused,
            Later,
            &[
                "504 5.5.2 <mx1>: Helo command rejected: need fully-qualified hostname",
                "450 4.7.1 <mx1>: Helo command rejected: Host not found",
            ],
        ),
        (
            Recipient,
            Fault::MailHostRefused,
            Later,
            &[
                "550 5.7.25 reverse DNS validation failed",
                "554 5.7.1 Service unavailable; Client host [203.0.113.9] blocked using zen.spamhaus.org",
                "550 5.7.1 Service unavailable; client [203.0.113.9] blocked using zen.spamhaus.org",
                "554 5.7.1 Service unavailable; Sender address [a@x.example] blocked using dbl.lists.example",
                "550 5.7.1 Message rejected: your IP 203.0.113.9 is listed at b.barracudacentral.org",
                "554 5.7.1 203.0.113.9 is listed on our RBL",
                "550 5.7.1 203.0.113.9 has been blocked by spamcop",
            ],
        ),
        (
            Recipient,
            Fault::MailSenderRefused,
            Later,
            &["550 5.7.23 SPF validation failed", "450 4.1.8 <x>: Sender address rejected: Domain not found"],
        ),
        (
            Recipient,
            Fault::MailUnauthorized,
            Later,
            &["530 5.7.1 Client was not authenticated", "535 5.7.8 bad credentials"],
        ),
        (Recipient, Fault::MailUnavailable, Server, &["421 4.7.0 Too many errors, closing"]),
        (Recipient, Fault::MailAddressUnsupported, Final, &["553 5.6.7 SMTPUTF8 required"]),
        (
            Sender,
            Fault::MailSenderRefused,
            Server,
            &["550 5.7.1 sender not allowed", "553 5.7.1 <x>: Sender address rejected: not owned by user"],
        ),
        (
            Sender,
            Fault::MailSenderRefused,
            Server,
            &["450 4.1.8 domain of sender address does not resolve", "501 5.1.7 Bad sender address syntax"],
        ),
        (
            Sender,
            Fault::MailHostRefused,
            Server,
            &[
                "554 5.7.1 <unknown[10.0.0.1]>: Client host rejected: Access denied",
                "550 5.7.1 Message rejected: your IP 203.0.113.9 is listed at b.barracudacentral.org",
            ],
        ),
        (Sender, Fault::MailHostRefused, Server, &["450 4.7.25 Client host rejected: cannot find your hostname"]),
        (Sender, Fault::MailRelayDenied, Server, &["550 5.7.1 Relaying denied", "553 we do not relay"]),
        (Sender, Fault::MailUnauthorized, Server, &["550 5.7.1 Authentication required"]),
        (Sender, Fault::MailUnavailable, Server, &["550 5.4.5 Daily user sending limit exceeded"]),
        (
            Sender,
            Fault::MailUnavailable,
            Server,
            &[
                "452 4.3.1 Insufficient system storage",
                "452 space shortage, please try later",
                "451 4.7.0 Temporary server error. Please try again later. PRX2",
                "450 4.7.1 Error: too much mail from 192.0.2.1",
                "451 local error in processing",
                "503 5.5.1 nested MAIL command",
                "552 exceeded storage allocation",
                "554 5.4.0 Error: too many hops",
                "554 5.4.14 Hop count exceeded - possible mail loop",
                "554 5.3.2 STOREDRV.Deliver; system not accepting messages",
            ],
        ),
        (
            Sender,
            Fault::MailUnavailable,
            Later,
            &["501 5.5.4 Syntax error in parameters", "555 5.5.4 Unsupported option: SMTPUTF8"],
        ),
        (
            Sender,
            Fault::MailAddressUnsupported,
            Final,
            &["553 5.6.7 non-ASCII addresses not permitted", "550 5.6.10 conversion failed"],
        ),
        (Sender, Fault::MailContentRefused, Final, &["552 5.3.4 Message size exceeds fixed limit"]),
        (Sender, Fault::MailUnauthorized, Server, &["530 5.7.0 Authentication required"]),
        (Auth, Fault::MailTlsRequired, Server, &["530 5.7.0 Must issue a STARTTLS command first"]),
        (
            Sender,
            Fault::MailTlsRequired,
            Server,
            &["530 Must issue a STARTTLS command first", "530 5.7.0 STARTTLS first"],
        ),
        (Recipient, Fault::MailTlsRequired, Later, &["530 5.7.0 Must issue a STARTTLS command first (x)"]),
        (
            Sender,
            Fault::MailTlsRequired,
            Server,
            &["530 5.7.1 Session encryption is required", "554 5.7.1 TLS required"],
        ),
        (Sender, Fault::MailTlsRequired, Server, &["451 5.7.3 STARTTLS is required to send mail"]),
        (Recipient, Fault::MailTlsRequired, Later, &["550 5.7.10 Encryption needed"]),
        (Recipient, Fault::MailTlsRequired, Later, &["450 4.7.10 TLS first"]),
        (Recipient, Fault::MailBlocked, Final, &["550 5.7.1 we take no STARTTLS from you"]),
        (Data, Fault::MailPutOff, Later, &["451 4.3.0 Temporary lookup failure"]),
        (
            Data,
            Fault::MailboxUnknown,
            Final,
            &[
                "554 5.5.1 Error: no valid recipients",
                "554 no valid recipients",
                "503 Valid RCPT command must precede DATA",
            ],
        ),
        (
            Content,
            Fault::MailBlocked,
            Final,
            &["554 5.7.1 Spam message rejected", "550 This message was classified as spam"],
        ),
        (
            Content,
            Fault::MailContentRefused,
            Final,
            &["552 5.2.3 Message exceeds maximum size", "554 5.6.0 Malformed message"],
        ),
        (Content, Fault::MailboxFull, Later, &["452 4.2.2 over quota"]),
        (Content, Fault::MailPutOff, Later, &["451 4.7.1 Greylisted"]),
        (Content, Fault::MailUnavailable, Server, &["421 4.3.2 System not accepting network messages"]),
        (
            Hello,
            Fault::MailHostRefused,
            Server,
            &[
                "554 5.7.1 Client host rejected: Access denied",
                "504 5.5.2 need fully-qualified hostname",
                "501 Syntactically invalid EHLO argument(s)",
                "450 4.7.1 Helo command rejected",
            ],
        ),
        (Hello, Fault::MailUnavailable, Server, &["421 too busy", "521 this host accepts no mail"]),
        (StartTls, Fault::MailUnavailable, Server, &["454 4.7.0 TLS not available due to local problem"]),
        (
            Auth,
            Fault::MailUnauthorized,
            Server,
            &["535 5.7.8 Authentication credentials invalid", "432 4.7.12 A password transition is needed"],
        ),
        (Auth, Fault::MailUnavailable, Server, &["454 4.7.0 Temporary authentication failure"]),
    ];
    for (stage, fault, matter, replies) in table {
        for reply in *replies {
            let (code, text) = reply.split_once(' ').unwrap();
            let meant = meaning(*stage, code.parse().unwrap(), text, PARTIES);
            assert_eq!(meant, (*fault, *matter), "{stage:?} {reply}");
        }
    }
}

#[test]
fn what_a_reply_quotes_says_nothing() {
    for (text, fault) in [
        ("5.1.1 <j0.michelon@x>: Recipient address rejected: User unknown in virtual mailbox table", "mailbox_unknown"),
        ("<helo@invalid.example>: User unknown", "mailbox_unknown"),
        ("helo@x rejected", "mailbox_unknown"),
        ("No such user: helo at rejected.example", "mailbox_unknown"),
        ("<relay@x> not allowed here", "mailbox_unknown"),
        ("5.1.1 <x>: Recipient address rejected: User unknown in relay recipient table", "mailbox_unknown"),
        ("User unknown in relay recipient table", "mailbox_unknown"),
        ("5.1.2 relaying denied: no such domain", "mail_domain_unknown"),
        ("5.2.1 relaying not permitted: mailbox disabled", "mailbox_inactive"),
        ("5.4.6 Unable to relay recipient in non-accepted domain", "mail_relay_denied"),
        ("chelo rejected", "mailbox_unknown"),
        ("the helo is invalid", "mail_host_refused"),
    ] {
        assert_eq!(meaning(Stage::Recipient, 550, text, PARTIES).0.entry().key, fault, "{text}");
    }
    for name in ["helo", "ehlo", "relay"] {
        let parties = Parties { recipient: &format!("{name}@x"), ..PARTIES };
        let text = format!("user {name} rejected");
        assert_eq!(meaning(Stage::Recipient, 550, &text, parties), (Fault::MailboxUnknown, Final), "{text}");
    }
}

#[test]
fn what_is_said_of_us_after_the_recipient_costs_no_user_a_mail() {
    use Stage::{Content, Data, Recipient};
    for (stage, reply, fault, matter) in [
        (
            Recipient,
            "553 5.7.1 <noreply@acme.example>: Sender address rejected: not owned by user x",
            Fault::MailSenderRefused,
            Later,
        ),
        (
            Recipient,
            "553 5.7.1 <noreply@acme.example>: Sender address rejected: not logged in",
            Fault::MailSenderRefused,
            Later,
        ),
        (
            Recipient,
            "550 5.1.0 <noreply@acme.example>: Sender address rejected: User unknown in virtual mailbox table",
            Fault::MailSenderRefused,
            Later,
        ),
        (Recipient, "550 5.1.1 <NoReply@Acme.example> User unknown", Fault::MailSenderRefused, Later),
        (Recipient, "550 Sender verify failed", Fault::MailSenderRefused, Later),
        (
            Recipient,
            "554 5.7.1 <unknown[10.0.0.1]>: Client host rejected: Access denied",
            Fault::MailHostRefused,
            Later,
        ),
        (
            Recipient,
            "550 5.7.1 Unfortunately, messages from [203.0.113.9] weren't sent. Please contact your Internet service \
             provider since part of their network is on our block list (S3140).",
            Fault::MailHostRefused,
            Later,
        ),
        (
            Content,
            "550 5.7.1 This message does not meet guidelines regarding PTR records",
            Fault::MailHostRefused,
            Later,
        ),
        (Recipient, "554 5.7.1 SPF check of your domain failed", Fault::MailSenderRefused, Later),
        (
            Content,
            "550 5.7.1 Unauthenticated email from acme.example is not accepted due to domain's DMARC policy.",
            Fault::MailSenderRefused,
            Later,
        ),
        (Content, "550 rejected: DKIM signature did not verify", Fault::MailSenderRefused, Later),
        (Recipient, "550 Please turn on SMTP Authentication in your mail client", Fault::MailUnauthorized, Later),
        (Recipient, "550 5.4.5 Daily user sending limit exceeded", Fault::MailUnavailable, Server),
        (Recipient, "550 5.4.5 Daily SMTP relay limit exceeded", Fault::MailUnavailable, Server),
        (Recipient, "550 5.7.1 Sending rate exceeded, try later", Fault::MailUnavailable, Server),
        (Data, "552 5.3.1 mail system full", Fault::MailUnavailable, Server),
        (Content, "552 quota of sender exceeded", Fault::MailUnavailable, Server),
        (Content, "550 5.7.1 <noreply@acme.example>: Sender address rejected: x", Fault::MailSenderRefused, Later),
        (Recipient, "550 5.7.57 Client not authenticated to send mail", Fault::MailUnauthorized, Later),
        (Recipient, "554 too many hops, this message is looping (#5.4.6)", Fault::MailUnavailable, Later),
        (Recipient, "554 5.4.1 No answer from host", Fault::MailUnavailable, Later),
        (Content, "554 5.4.14 Hop count exceeded - possible mail loop ATTR1", Fault::MailUnavailable, Later),
        (Data, "554 5.4.0 Error: too many hops", Fault::MailUnavailable, Later),
        // And these are not.
        (Recipient, "552 5.2.2 <x>: user's daily quota exceeded", Fault::MailboxFull, Final),
        (Recipient, "552 mailbox storage limit exceeded", Fault::MailboxFull, Final),
        (Content, "552 5.3.4 sender's message size exceeds limit", Fault::MailContentRefused, Final),
        (Recipient, "550 5.1.1 <spf@x>: no such user spf", Fault::MailboxUnknown, Final),
        (Recipient, "550 5.7.1 <x>: noreply@acme.example may not write to this list", Fault::MailBlocked, Final),
    ] {
        let (code, text) = reply.split_once(' ').unwrap();
        assert_eq!(meaning(stage, code.parse().unwrap(), text, PARTIES), (fault, matter), "{stage:?} {reply}");
    }
    // Whoever writes to itself is the recipient too.
    let itself = Parties { recipient: PARTIES.sender, ..PARTIES };
    let unknown = meaning(Recipient, 550, "5.1.1 <noreply@acme.example> User unknown", itself);
    assert_eq!(unknown, (Fault::MailboxUnknown, Final));
}

/// RFC 5321 §4.2.1 has the digits say whether the same may succeed later; some servers give them and the status from two tables.
#[test]
fn where_digits_and_status_contradict_each_other_the_digits_say_how_long_and_the_status_what() {
    use Stage::{Content, Recipient, Sender};
    for (stage, reply, fault, matter) in [
        (Recipient, "550 4.2.1 mailbox disabled", Fault::MailboxInactive, Final),
        (Recipient, "550 4.2.2 mailbox full", Fault::MailboxFull, Final),
        (Recipient, "550 4.1.1 user unknown", Fault::MailboxUnknown, Final),
        (Recipient, "554 4.7.1 rejected by policy", Fault::MailBlocked, Final),
        (Recipient, "550 4.7.1 relaying denied", Fault::MailRelayDenied, Later),
        (Recipient, "450 5.2.1 mailbox disabled", Fault::MailboxInactive, Later),
        (Recipient, "452 5.2.2 mailbox full", Fault::MailboxFull, Later),
        (Recipient, "450 5.1.1 user unknown", Fault::MailPutOff, Later),
        (Recipient, "451 5.7.1 rejected by policy", Fault::MailPutOff, Later),
        (Content, "554 4.6.0 malformed", Fault::MailContentRefused, Final),
        (Content, "451 5.6.0 malformed", Fault::MailPutOff, Later),
        (Sender, "550 4.1.8 domain of sender not found", Fault::MailSenderRefused, Server),
        (Recipient, "421 5.1.1 user unknown", Fault::MailUnavailable, Server),
    ] {
        let (code, text) = reply.split_once(' ').unwrap();
        assert_eq!(meaning(stage, code.parse().unwrap(), text, PARTIES), (fault, matter), "{stage:?} {reply}");
    }
}

/// Exchange says with these that a group takes no mail from outside, or that an account is disabled.
#[test]
fn credentials_that_a_recipient_asks_for_are_not_ours() {
    for detail in [8, 9, 11, 12, 14] {
        let text = format!("5.7.{detail} group: authentication required");
        let meant = meaning(Stage::Recipient, 550, &text, PARTIES);
        assert_eq!(meant, (Fault::MailBlocked, Final), "{text}");
    }
    assert_eq!(meaning(Stage::Recipient, 550, "5.7.13 disabled", PARTIES), (Fault::MailboxInactive, Final));
    assert_eq!(meaning(Stage::Auth, 535, "5.7.8 wrong", PARTIES), (Fault::MailUnauthorized, Server));
}

#[test]
fn no_4xx_is_for_good_and_from_rcpt_on_none_but_421_and_our_own_faults_are_the_servers() {
    use Stage::{Content, Data, Recipient};
    for stage in [Recipient, Data, Content] {
        for code in 400..500 {
            for subject in 0..8 {
                for detail in 0..30 {
                    let (fault, matter) = meaning(stage, code, &format!("4.{subject}.{detail} so"), PARTIES);
                    assert_ne!(matter, Final, "{stage:?} {code} 4.{subject}.{detail}");
                    let ours = fault == Fault::MailUnauthorized || code == 421;
                    assert!(matter == Later || ours, "{stage:?} {code} 4.{subject}.{detail}");
                }
            }
        }
    }
}

/// Nobody has been named yet: what is said to MAIL every mail is told, unless it is about what this one asks for.
#[test]
fn a_no_to_mail_is_the_servers_but_for_a_mails_own_size_letters_and_parameters() {
    for code in (400..=504).chain([521, 530, 535, 550, 552, 553, 554, 555, 571]) {
        for subject in 0..8 {
            for detail in 0..30 {
                let text = format!("{}.{subject}.{detail} so", code / 100);
                let (fault, matter) = meaning(Stage::Sender, code, &text, PARTIES);
                // What numbers of these say of us comes first, and has tables of its own.
                if code == 555 && matches!(subject, 3 | 7) {
                    continue;
                }
                let is_this_mails =
                    code == 555 || matches!((subject, detail), (2, 3) | (3, 4) | (5, 4)) || subject == 6;
                // Whatever words or numbers say of us, it is said to everybody.
                let ours = matches!(code, 421 | 432 | 530 | 535);
                assert_eq!(matter == Server, !is_this_mails || ours, "{code} {text}: {fault:?}");
                assert!(matter != Final || code >= 500, "{code} {text}");
            }
        }
    }
}

#[test]
fn an_enhanced_status_is_read_where_servers_put_it() {
    for (text, status) in [
        ("5.1.1 no", Some(Status(1, 1))),
        ("5.7.509 Access denied", Some(Status(7, 509))),
        ("5.1.1", Some(Status(1, 1))),
        ("sorry (#5.1.1)", Some(Status(1, 1))),
        ("2.1.5 ok", None),
        ("5.1 no", None),
        ("5.1.1.1 is an address", None),
        ("10.0.0.1 is not welcome", None),
        ("5.1111.1 no", None),
        ("", None),
    ] {
        assert_eq!(Status::read(text), status, "{text}");
    }
}

#[test]
fn nothing_but_an_enhanced_status_is_one() {
    for text in
        ["5.12345.1 x", "5.1.12345 x", "55.1.1 x", "05.1.1 x", "3.1.1 x", "5.a.1 x", "5..1 x", "+5.1.1 x", "5.1.1- x"]
    {
        assert_eq!(status_of(text), if text == "5.1.1- x" { Some("5.1.1") } else { None }, "{text}");
    }
    for text in ["- 5.1.1 x", " 5.1.1", "5.1.1-x"] {
        assert_eq!(status_of(text), Some("5.1.1"), "{text}");
    }
}
