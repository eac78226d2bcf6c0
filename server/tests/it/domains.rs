//! Which domains take mail, asked of a real name server.

use domain::Timestamp;
use server::{dns::Dns, environment::Environment};

use crate::support::NameServer;

#[tokio::test]
async fn a_domain_takes_mail_that_names_a_server_or_is_one_and_does_not_say_otherwise() {
    let Some(names) = NameServer::start() else { return };
    names.say(
        "mx.example. 60 IN MX 10 mail.mx.example.\n\
         machine.example. 60 IN A 192.0.2.1\n\
         six.example. 60 IN AAAA 2001:db8::1\n\
         never.example. 60 IN MX 0 .\n\
         never.example. 60 IN A 192.0.2.1\n\
         text.example. 60 IN TXT \"nothing else\"\n",
    );
    let (environment, _) = Environment::manual(Timestamp(0), 1);
    let dns = Dns::of(names.address.parse().unwrap(), &environment);
    for (domain, takes) in [
        ("mx.example", true),
        ("machine.example", true),
        ("six.example", true),
        ("never.example", false),
        ("text.example", false),
        ("nobodys.example", false),
    ] {
        assert_eq!(dns.takes_mail(domain).await.unwrap(), takes, "{domain}");
    }
    assert!(dns.takes_mail("broken.example").await.is_err(), "nobody knows");
}
