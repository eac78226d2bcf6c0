//! Reports as mail servers write them.

use proptest::prelude::*;

use super::*;

fn ann() -> EmailAddress {
    EmailAddress::parse("ann.lee@acme.example").unwrap()
}

fn notification(fields: &str) -> Vec<u8> {
    let text = format!(
        "From: MAILER-DAEMON@mx.example (Mail Delivery System)\n\
         Subject: Undelivered Mail Returned to Sender\n\
         Auto-Submitted: auto-replied\n\
         MIME-Version: 1.0\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\n\
         \n\
         --b\nContent-Type: text/plain\n\nI'm sorry. 550 5.7.1 is what another mail met.\n\
         --b\nContent-Type: message/delivery-status\n\n{fields}\n\
         --b\nContent-Type: text/rfc822-headers\n\nSubject: confirm your address\n--b--\n"
    );
    text.replace('\n', "\r\n").into_bytes()
}

fn told(message: &[u8]) -> Option<(&'static str, Fault, String)> {
    Some(match read(message, &ann())? {
        Report::Failed { told, .. } => ("failed", told.fault, told.said),
        Report::Delayed(told) => ("delayed", told.fault, told.said),
        Report::Delivered => ("delivered", Fault::Internal, String::new()),
    })
}

#[test]
fn a_notification_says_what_became_of_the_mail() {
    let of_mail = "Reporting-MTA: dns; mx.example\nArrival-Date: Thu, 1 Jan 2026 00:00:00 +0000\n\n";
    for (fields, action, fault, said) in [
        // Postfix.
        (
            "Final-Recipient: rfc822; ann.lee@acme.example\nOriginal-Recipient: rfc822;ann.lee@acme.example\n\
             Action: failed\nStatus: 5.1.1\nRemote-MTA: dns; mx.acme.example\n\
             Diagnostic-Code: smtp; 550 5.1.1 <ann.lee@acme.example>: Recipient address\n    rejected: User unknown\n",
            "failed",
            Fault::MailboxUnknown,
            "550 5.1.1 … Recipient address rejected: User unknown",
        ),
        // Postfix, which could not find the domain.
        (
            "Action: failed\nStatus: 5.4.4\nDiagnostic-Code: X-Postfix; Host or domain name not found.\n",
            "failed",
            Fault::MailDomainUnknown,
            "Host or domain name not found.",
        ),
        // Exim says no status of its own.
        (
            "Action: failed\nFinal-Recipient: rfc822;ann.lee@acme.example\nStatus: 5.0.0\n\
             Remote-MTA: dns; mx\nDiagnostic-Code: smtp; 550 No such user ann.lee here\n",
            "failed",
            Fault::MailboxUnknown,
            "550 No such user … here",
        ),
        // Gmail repeats itself on every line.
        (
            "Action: failed\nStatus: 5.2.1\nDiagnostic-Code: smtp; 550-5.2.1 The email account that you tried\n \
             550 5.2.1 to reach is disabled.\n",
            "failed",
            Fault::MailboxInactive,
            "550-5.2.1 The email account that you tried 550 5.2.1 to reach is disabled.",
        ),
        // Exchange.
        (
            "Action: failed\nStatus: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup\n",
            "failed",
            Fault::MailboxUnknown,
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
        ),
        ("Action: failed\nStatus: 5.2.2 (mailbox full)\n", "failed", Fault::MailboxFull, "5.2.2"),
        // It was tried for days.
        (
            "Action: failed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; connect to mx.acme.example: timed out\n",
            "failed",
            Fault::MailGivenUp,
            "connect to mx.acme.example: timed out",
        ),
        (
            "Action: failed\nStatus: 4.2.0\nDiagnostic-Code: smtp; 450 4.2.0 Greylisted\n",
            "failed",
            Fault::MailGivenUp,
            "450 4.2.0 Greylisted",
        ),
        // About us: no address is to blame.
        (
            "Action: failed\nStatus: 5.7.23\nDiagnostic-Code: smtp; 550 5.7.23 SPF validation failed\n",
            "failed",
            Fault::MailGivenUp,
            "550 5.7.23 SPF validation failed",
        ),
        ("Action: failed\n", "failed", Fault::MailNotTaken, ""),
        (
            "Action: delayed\nStatus: 4.4.1\nDiagnostic-Code: X-Postfix; timed out\nWill-Retry-Until: Tue, 6 Jan 2026\n",
            "delayed",
            Fault::MailPutOff,
            "timed out",
        ),
        ("Action: delayed\nStatus: 4.2.2\n", "delayed", Fault::MailboxFull, "4.2.2"),
        ("Action: delivered\nStatus: 2.0.0\n", "delivered", Fault::Internal, ""),
        ("Action: relayed\nStatus: 2.1.9\n", "delivered", Fault::Internal, ""),
        // Fields as they should not be.
        ("action:FAILED\nstatus : 5.1.1\n", "failed", Fault::MailboxUnknown, "5.1.1"),
        ("Status: 5.1.1\n", "failed", Fault::MailboxUnknown, "5.1.1"),
        ("Action: delayed\nStatus: 4.0.0\n\nAction: failed\nStatus: 5.1.1\n", "failed", Fault::MailboxUnknown, "5.1.1"),
    ] {
        let found = told(&notification(&format!("{of_mail}{fields}")));
        assert_eq!(found, Some((action, fault, said.to_owned())), "{fields}");
    }
}

#[test]
fn what_is_about_us_is_known_as_that() {
    for (status, said, ours) in [
        ("5.7.1", "554 5.7.1 Relay access denied", Fault::MailRelayDenied),
        ("5.7.23", "550 5.7.23 SPF validation failed", Fault::MailSenderRefused),
        (
            "5.7.26",
            "550-5.7.26 This mail has been blocked because the sender is unauthenticated",
            Fault::MailSenderRefused,
        ),
        (
            "5.7.1",
            "550 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using x.example",
            Fault::MailHostRefused,
        ),
        ("5.7.606", "550 5.7.606 Access denied, banned sending IP [192.0.2.1]", Fault::MailHostRefused),
        ("5.7.1", "550 5.7.1 part of your network is on our block list", Fault::MailHostRefused),
        ("5.7.1", "550 5.7.1 not accepted due to the DMARC policy of its domain", Fault::MailSenderRefused),
    ] {
        let message = notification(&format!("Action: failed\nStatus: {status}\nDiagnostic-Code: smtp; {said}\n"));
        let Some(Report::Failed { told, cause }) = read(&message, &ann()) else { panic!("not failed") };
        assert_eq!((told.fault, cause), (Fault::MailGivenUp, ours), "{said}");
    }
}

#[test]
fn a_mail_that_came_back_with_words_alone_is_read() {
    for (head, body, action, fault, said) in [
        // qmail.
        (
            "From: MAILER-DAEMON@mx.example\nSubject: failure notice",
            "Hi. This is the qmail-send program at mx.example.\n\n<ann.lee@acme.example>:\n\
             192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 no mailbox ann.lee (#5.1.1)\n",
            "failed",
            Fault::MailboxUnknown,
            "550 5.1.1 no mailbox … (#5.1.1)",
        ),
        // Exim of old.
        (
            "From: Mail Delivery System <Mailer-Daemon@mx.example>\nX-Failed-Recipients: ann.lee@acme.example\n\
             Subject: Mail delivery failed: returning message to sender",
            "  ann.lee@acme.example\n    SMTP error from remote mail server after RCPT TO:<ann.lee@acme.example>:\n\
             \x20   host mx.acme.example [192.0.2.1]: 552 5.2.2 mailbox full\n",
            "failed",
            Fault::MailboxFull,
            "552 5.2.2 mailbox full",
        ),
        (
            "From: postmaster@mx.example\nSubject: Undeliverable",
            "Your message did not reach anybody.\n",
            "failed",
            Fault::MailNotTaken,
            "",
        ),
        (
            "From: MAILER-DAEMON@mx.example\nSubject: Warning: message 1abc delayed 24 hours",
            "It has not been delivered yet.\n",
            "delayed",
            Fault::MailPutOff,
            "",
        ),
    ] {
        let message = format!("{head}\n\n{body}").replace('\n', "\r\n");
        assert_eq!(told(message.as_bytes()), Some((action, fault, said.to_owned())), "{head}");
    }
}

#[test]
fn what_is_no_report_says_nothing() {
    let receipt = "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\
                   From: postmaster@acme.example\n\n--b\nContent-Type: message/disposition-notification\n\n\
                   Disposition: automatic-action; displayed\n--b--\n";
    for message in [
        "From: ann.lee@acme.example\nSubject: out of office\nAuto-Submitted: auto-replied\n\nUntil 5.1.1 or 550 of May.\n",
        "From: ann.lee@acme.example\nSubject: Re: confirm your address\n\nWho are you?\n",
        receipt,
        "",
        "\r\n",
    ] {
        assert_eq!(told(message.replace('\n', "\r\n").as_bytes()), None, "{message}");
    }
    assert_eq!(told(&notification("Action: none of your business\n")), None);
    assert_eq!(told(&notification("")), None);
}

/// What is in the returned mail, or in a notification that somebody forwards, is not what the report says.
#[test]
fn only_the_report_itself_is_read() {
    let inner = String::from_utf8(notification("Action: failed\nStatus: 5.1.1\n")).unwrap();
    let outer = format!(
        "From: ann.lee@acme.example\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\
         Content-Type: message/rfc822\r\n\r\n{inner}\r\n--o--\r\n"
    );
    assert_eq!(told(outer.as_bytes()), None);
}

proptest! {
    #[test]
    fn whatever_comes_is_read_and_names_nobody(bytes in prop::collection::vec(any::<u8>(), 0..2_000)) {
        _ = read(&bytes, &ann());
    }

    #[test]
    fn whatever_a_notification_says_is_read_and_names_nobody(
        fields in "((Action|Status|Diagnostic-Code|[a-zA-Z-]{0,12}):[ \t]?([245]\\.[0-9]{1,4}\\.[0-9]{0,4}|smtp; ?[0-9é]{0,4}[ -]?|failed|delayed)?\\PC{0,40}(ann\\.lee)?(@acme\\.example)?\r?\n[ \t]?(\n)?){0,12}"
    ) {
        if let Some(Report::Failed { told: No { said, .. }, .. } | Report::Delayed(No { said, .. })) =
            read(&notification(&fields), &ann())
        {
            prop_assert!(!said.contains('@') && said.chars().count() <= 300, "{}", said);
        }
    }

    #[test]
    fn whatever_a_mail_server_writes_is_read(body in "([0-9]{0,4}[ .#(-]|\\PC|\n|[45]\\.[0-9]\\.[0-9]){0,300}") {
        let message = format!("From: mailer-daemon@mx.example\r\n\r\n{body}");
        prop_assert!(read(message.as_bytes(), &ann()).is_some());
    }
}
