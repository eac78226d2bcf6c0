use app::portal::ClientPassword;
use url::Url;

use super::unknown::refuse_unknown;
use super::*;

fn with(text: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let lookup = |name: &str| environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    Config::from(text, &lookup)
}

#[test]
fn nothing_needs_to_be_set() {
    let config = with("", &[]).expect("the defaults are valid");
    assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
    assert_eq!(config.database_url, "sqlite:data/flowthrough.db");
    assert_eq!(config.public_url, "http://127.0.0.1:3000");
}

#[test]
fn the_environment_overrides_the_file() {
    let config =
        with("listen = \"127.0.0.1:1\"\npartner = \"A\"", &[("FLOWTHROUGH_LISTEN", "127.0.0.1:2")]).expect("valid");
    assert_eq!((config.listen.port(), config.partner.as_str()), (2, "A"));
}

#[test]
fn the_name_for_mail_servers_is_the_public_one_or_a_setting() {
    let public = ("FLOWTHROUGH_PUBLIC_URL", "https://activate.example.com:8443");
    let ehlo = |file, environment: &[_]| with(file, environment).expect("valid").ehlo.to_string();
    assert_eq!(ehlo("", &[public]), "activate.example.com");
    assert_eq!(ehlo("ehlo = \"[192.0.2.1]\"", &[public]), "[192.0.2.1]");
    assert_eq!(ehlo("ehlo = \"a.example\"", &[public, ("FLOWTHROUGH_EHLO", "mx.example.com")]), "mx.example.com");
}

#[test]
fn mails_come_back_to_an_address_of_their_own_if_it_is_said() {
    let said = |environment: &[_]| {
        let set = with("", environment).map_err(|wrong| wrong.name)?;
        Ok::<_, String>((set.bounce_address.is_some(), set.bounce_listen.map(|listen| listen.to_string())))
    };
    let address = ("FLOWTHROUGH_BOUNCE_ADDRESS", "bounces@example.com");
    let listen = ("FLOWTHROUGH_BOUNCE_LISTEN", "127.0.0.1:2424");
    assert_eq!(said(&[]), Ok((false, None)));
    assert_eq!(said(&[address]), Ok((true, None)));
    assert_eq!(said(&[address, listen]), Ok((true, Some(listen.1.to_owned()))));
    assert_eq!(said(&[listen]), Err(address.0.to_owned()), "nothing would come there");
    assert_eq!(said(&[(address.0, "a-mailbox-with-a-long-name@example.com")]), Err(address.0.to_owned()));
    assert_eq!(said(&[address, (listen.0, "2424")]), Err(listen.0.to_owned()));
}

#[test]
fn mails_are_signed_for_the_senders_domain_or_another() {
    let key = ("FLOWTHROUGH_DKIM_KEY", include_str!("../../tests/services/dkim.pem"));
    let selector = ("FLOWTHROUGH_DKIM_SELECTOR", "flowthrough1");
    let sender = ("FLOWTHROUGH_MAIL_FROM", "activation@b\u{fc}cher.example");
    let record = |file, environment: &[_]| {
        with(file, environment)
            .map(|config| config.signer.map(|signer| signer.record().to_owned()))
            .map_err(|wrong| (wrong.name, wrong.wrong))
    };
    assert_eq!(record("", &[sender]), Ok(None));
    let of_sender = "flowthrough1._domainkey.xn--bcher-kva.example".to_owned();
    assert_eq!(record("", &[sender, selector, key]), Ok(Some(of_sender)));
    let domain = "[dkim]\ndomain = \"example.com\"\nselector = \"a\"";
    assert_eq!(record(domain, &[key]), Ok(Some("a._domainkey.example.com".to_owned())));
    assert_eq!(record("", &[key]).unwrap_err().0, selector.0);
    assert_eq!(record("", &[selector]).unwrap_err().0, key.0);
    assert_eq!(record("", &[("FLOWTHROUGH_DKIM_SELECTOR", "a;d=evil.example"), key]).unwrap_err().0, selector.0);
    assert_eq!(
        record("", &[("FLOWTHROUGH_DKIM_DOMAIN", "a b"), selector, key]).unwrap_err().0,
        "FLOWTHROUGH_DKIM_DOMAIN"
    );
    let of = |value| record("", &[selector, (key.0, value)]).unwrap_err();
    assert_eq!(of("secret"), (key.0.to_owned(), "not an RSA key in PEM".to_owned()));
    assert_eq!(of(SHORT_KEY), (key.0.to_owned(), "a key of less than 2048 bits".to_owned()));
}

/// Of 1,024 bits.
const SHORT_KEY: &str = "\
-----BEGIN PRIVATE KEY-----
MIICdwIBADANBgkqhkiG9w0BAQEFAASCAmEwggJdAgEAAoGBAM7pHzGuoo++3Acd
EpA7A3AZzMsxdL1qcthOLzuCDEYjXB1rymWrMNZxc1U5dHRcJxK1N3Z7JVmYawHo
tCPnu8x6GtD7HqD46SSzdDk1z5drNmzJVPowkuWaQ5lJUHAYcWTKL52FV+tMBuld
9b50vZG3YK8u2pfKRI01pkUCXFHnAgMBAAECgYAmuPguixk/P5/b8PPtbC3rh9iM
2neXj1lo49DxGRiE888kbmzVdCFSsK6971+8+xYQ6Ts1ADzwNJcqJ0u3QIIjnssD
tE8iD/7rADh1OLcLT6C3dHvY3aBo+d9CME1+6jK2rQXncE1AnGPFKTCICKDOEQrv
CW/5YQrOLMGEesigiQJBAP7P7bWFXeAdQ/V7D9tCF9uGGbWIZbcDrKIIYfHVKtR/
kakXCWh1wV12TgZhnup/48zgQSzpZLgWhvjDLCR4Q8sCQQDP4AgVgxZ9ZtsFKNMq
//ZE/GG/F7acuUSRniEUfNoyRgF4tMyBeVgr9qlOfBLTTDaCGRFjlUKpkD7PqxIZ
Cn7VAkAp0u08fzCCaatO7q0Smw2ZbbBomIPBf2vliKSy8f8+s9WvwGU97R4Y/iMe
bwWLjgRRC3oHKiPrB1+OE1L6hXbzAkEAtwoStDaAWB14X5uqDWPjCq2cuDH+NxQf
n4U4pZymWLwx0YKJzLv3eoawYA56WRnzqSy/lgs47qu30w5UWj5WnQJBAPSVX6gh
g51FAE1fsZ+TdEMk1/djyC/sj0aBwbzABm/MZWpLXHgHJbgUboW1kw934RLizSUu
bz28r7eKvUDNdis=
-----END PRIVATE KEY-----";

#[test]
fn what_is_for_the_operator_has_a_place_of_its_own() {
    let metrics = |value: &'static str| {
        let config = with("listen = \"127.0.0.1:3000\"", &[("FLOWTHROUGH_METRICS_LISTEN", value)]);
        config.map(|config| config.metrics_listen.map(|address| address.port())).map_err(|wrong| wrong.name)
    };
    assert_eq!(metrics("127.0.0.1:9464"), Ok(Some(9464)));
    for wrong in ["127.0.0.1:3000", "9464", "localhost"] {
        assert_eq!(metrics(wrong), Err("FLOWTHROUGH_METRICS_LISTEN".to_owned()), "{wrong}");
    }
    let collector =
        |written: &str| with(&format!("otlp_endpoint = {written:?}"), &[]).map(|config| config.otlp.map(String::from));
    for written in ["http://127.0.0.1:4318", "http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"] {
        assert_eq!(collector(written).expect("valid").as_deref(), Some("http://127.0.0.1:4318/"));
    }
    for written in ["127.0.0.1:4318", "grpc://127.0.0.1:4317", "http://127.0.0.1:4318?x=1"] {
        assert_eq!(collector(written).expect_err("invalid").name, "FLOWTHROUGH_OTLP_ENDPOINT", "{written}");
    }
    let config = with("log_format = \"json\"\ndrain_seconds = 5\nprivate_docs = true", &[]).expect("valid");
    assert_eq!((config.log_format, config.drain.as_secs(), config.private_docs), (Format::Json, 5, true));
    let nothing = with("", &[]).expect("valid");
    assert_eq!((nothing.log_format, nothing.drain, nothing.takeover), (Format::Text, Duration::ZERO, Duration::ZERO));
    assert!(nothing.metrics_listen.is_none() && !nothing.private_docs);
    for (name, wrong) in [("LOG_FORMAT", "xml"), ("DRAIN_SECONDS", "-1"), ("TAKEOVER_SECONDS", "601")] {
        let name = format!("FLOWTHROUGH_{name}");
        assert_eq!(with("", &[(&name, wrong)]).expect_err("wrong").name, name);
    }
}

#[test]
fn proxies_are_trusted_by_their_number() {
    let trusted = |file: &str, value: Option<&'static str>| {
        let environment: Vec<_> = value.map(|value| ("FLOWTHROUGH_TRUST_PROXY", value)).into_iter().collect();
        with(file, &environment).map(|config| config.trust_proxy).map_err(|wrong| wrong.name)
    };
    assert_eq!(trusted("", None), Ok(0));
    for (value, hops) in [("false", 0), ("0", 0), ("no", 0), ("true", 1), ("1", 1), ("yes", 1), ("2", 2), ("10", 10)] {
        assert_eq!(trusted("trust_proxy = 3", Some(value)), Ok(hops), "{value}");
    }
    assert_eq!((trusted("trust_proxy = true", None), trusted("trust_proxy = 2", None)), (Ok(1), Ok(2)));
    for wrong in ["maybe", "-1", "11", "2.0", "10.0.0.0/8"] {
        assert_eq!(trusted("", Some(wrong)), Err("FLOWTHROUGH_TRUST_PROXY".to_owned()), "{wrong}");
    }
    assert_eq!(trusted("trust_proxy = \"true\"", None), Ok(1), "as one writes it who quotes everything");
    let why = with("trust_proxy = \"10.0.0.0/8\"", &[]).unwrap_err();
    assert!(why.name == "FLOWTHROUGH_TRUST_PROXY" && why.fix.contains("It takes no addresses"), "{why}");
    let why = with("", &[("FLOWTHROUGH_LISTEN", "localhost:3000")]).unwrap_err();
    assert!(why.to_string().contains("not an IP address and a port") && why.fix.contains("0.0.0.0:3000"), "{why}");
    assert_eq!(trusted("trust_proxy = -1", None), Err("FLOWTHROUGH_TRUST_PROXY".to_owned()));
}

#[test]
fn a_target_is_set_up_by_its_address_and_token() {
    let file = "[scim]\nurl = \"https://id.example/v2\"\ntoken = \"old\"";
    let config = with(file, &[("FLOWTHROUGH_SCIM_TOKEN", "new")]).expect("valid");
    assert_eq!(config.scim, Some(Endpoint::parse("https://id.example/v2", "new").expect("valid")));
    assert_eq!(config.webex, None);
    assert!(!format!("{config:?}").contains("new"), "a token is not shown");
}

#[test]
fn each_partner_has_an_account_of_its_own() {
    let two = "[partners.\"SP Two\".broadworks]\nurl = \"https://xsp.example\"\nuser = \"two\"\npassword = \"secret\"";
    let account = |user| {
        [
            ("FLOWTHROUGH_BROADWORKS_URL", "https://xsp.example"),
            ("FLOWTHROUGH_BROADWORKS_USER", user),
            ("FLOWTHROUGH_BROADWORKS_PASSWORD", "secret"),
        ]
    };
    let whose = |config: Config| -> Vec<_> {
        config.broadworks.into_iter().map(|one| (one.partner, one.account.name)).collect()
    };
    assert_eq!(whose(with("", &account("one")).expect("the only partner's")), [(None, "one".to_owned())]);
    let both = with(two, &[&account("one")[..], &[("FLOWTHROUGH_BROADWORKS_PARTNER", "SP One")]].concat());
    let expected = [(Some("SP One".to_owned()), "one".to_owned()), (Some("SP Two".to_owned()), "two".to_owned())];
    assert_eq!(whose(both.expect("one each")), expected);
    let shared = with(two, &account("two")).expect_err("one account for two partners");
    assert!(shared.name == "FLOWTHROUGH_BROADWORKS_USER" && !shared.to_string().contains("secret"), "{shared}");
    let twice = with(two, &[&account("one")[..], &[("FLOWTHROUGH_BROADWORKS_PARTNER", "SP Two")]].concat());
    assert_eq!(twice.expect_err("two accounts for one partner").name, shared.name);
}

#[test]
fn hosts_that_may_be_reached_are_named_as_addresses_have_them() {
    let named = with("outgoing_hosts = \"XSP.example.com., *.Hooks.example, bücher.example,, [2001:DB8::7]\"", &[]);
    let named = named.expect("valid").outgoing_hosts;
    assert_eq!(named, ["xsp.example.com", "*.hooks.example", "xn--bcher-kva.example", "[2001:db8::7]"]);
}

#[test]
fn the_hub_has_the_public_url_or_a_host_of_its_own() {
    let hub = |public: &str, hub: &str| {
        with(&format!("public_url = {public:?}\nhub_url = {hub:?}"), &[]).map(|config| config.hub_url)
    };
    let alone = with("public_url = \"https://activate.example.com/\"", &[]).expect("valid");
    assert_eq!(alone.hub_url, "https://activate.example.com");
    assert_eq!(hub("https://a.example", "https://hub.example/").expect("valid"), "https://hub.example");
    assert_eq!(hub("https://a.example", "https://a.example/").expect("the same"), "https://a.example");
    for wrong in ["http://hub.example", "https://a.example:8443", "https://hub.example/hub", "hub.example"] {
        assert_eq!(hub("https://a.example", wrong).expect_err(wrong).name, "FLOWTHROUGH_HUB_URL");
    }
}

#[test]
fn the_public_url_is_kept_as_it_is_written_but_for_slashes_at_its_end() {
    for written in ["https://Activate.Example.com", "http://127.0.0.1:3000/", "https://[2001:db8::1]:8443//"] {
        let config = with("", &[("FLOWTHROUGH_PUBLIC_URL", written)]).expect(written);
        assert_eq!(config.public_url, written.trim_end_matches('/'));
    }
}

#[test]
fn a_wrong_setting_names_itself_and_the_fix_and_keeps_secrets() {
    for (name, value) in [
        ("FLOWTHROUGH_LISTEN", "here"),
        ("FLOWTHROUGH_CODE_KEYS", "secret"),
        ("FLOWTHROUGH_CODE_KEYS", " , "),
        ("FLOWTHROUGH_CODE_KEYS_FILE", "/nowhere/at/all"),
        ("FLOWTHROUGH_DATABASE_URL", "mysql://u:secret@h/d"),
        ("FLOWTHROUGH_PUBLIC_URL", "activate.example.com"),
        ("FLOWTHROUGH_PUBLIC_URL", "https://example.com/activate"),
        ("FLOWTHROUGH_PUBLIC_URL", "https://example.com/a/"),
        ("FLOWTHROUGH_PUBLIC_URL", "https://user:secret@example.com"),
        ("FLOWTHROUGH_PUBLIC_URL", "https://example.com?a"),
        ("FLOWTHROUGH_PUBLIC_URL", "https://example.com#a"),
        ("FLOWTHROUGH_PUBLIC_URL", "https://exam ple.com"),
        ("FLOWTHROUGH_PUBLIC_URL", "https://"),
        ("FLOWTHROUGH_PUBLIC_URL", "ftp://example.com"),
        ("FLOWTHROUGH_SMTP_URL", "mail:secret@host"),
        ("FLOWTHROUGH_EHLO", "mx1"),
        ("FLOWTHROUGH_TRUST_PROXY", "maybe"),
        ("FLOWTHROUGH_LOG", "loud"),
        ("FLOWTHROUGH_API_CALLS", "0"),
        ("FLOWTHROUGH_HOSTS", "activate.example.com, a b"),
        ("FLOWTHROUGH_HOSTS", "*"),
        ("FLOWTHROUGH_HOSTS", "activate.example.com, *.example.com"),
        ("FLOWTHROUGH_OUTGOING_HOSTS", "xsp.example.com, a b"),
        ("FLOWTHROUGH_OUTGOING_HOSTS", "xsp.example.com:8443"),
        ("FLOWTHROUGH_OUTGOING_HOSTS", "https://xsp.example.com"),
        ("FLOWTHROUGH_OUTGOING_HOSTS", "*"),
        ("FLOWTHROUGH_OUTGOING_HOSTS", "x%2ay.example.com"),
        ("FLOWTHROUGH_OUTGOING_HOSTS", "."),
        ("FLOWTHROUGH_OUTGOING_HOSTS", "xsp.example.com.."),
        ("FLOWTHROUGH_OUTGOING_HOSTS", "xsp.*.example.com"),
        ("FLOWTHROUGH_DATABASE_URL", "sqlite::memory:"),
        ("FLOWTHROUGH_DATABASE_URL", "sqlite://:memory:"),
        ("FLOWTHROUGH_DATABASE_URL", "sqlite:file:x?mode=memory"),
        ("FLOWTHROUGH_CONNECTIONS", "none"),
        ("FLOWTHROUGH_MAIL_FROM", "nobody"),
    ] {
        let wrong = with("", &[(name, value)]).expect_err(name);
        assert_eq!(wrong.name, name);
        assert!(!wrong.fix.is_empty() && !wrong.to_string().contains("secret"), "{wrong}");
    }
    let key = "secret-secret-secret-secret-secret";
    let twice = with("code_keys_file = \"/keys\"", &[("FLOWTHROUGH_CODE_KEYS", key)]).expect_err("two places");
    assert_eq!(twice.name, "FLOWTHROUGH_CODE_KEYS_FILE");
    let known = with("", &[("FLOWTHROUGH_CODE_KEYS", key)]).expect("long enough");
    assert!(known.code_keys.is_some() && !format!("{known:?}").contains("secret"));
    let token = ("FLOWTHROUGH_SCIM_TOKEN", "secret");
    for (wrong, name) in [
        (&[token, ("FLOWTHROUGH_SCIM_URL", "http://id.example/v2")][..], "FLOWTHROUGH_SCIM_URL"),
        (&[("FLOWTHROUGH_SCIM_TOKEN", "Bearer secret"), ("FLOWTHROUGH_SCIM_URL", "https://id.example")], token.0),
        (&[token], "FLOWTHROUGH_SCIM_URL"),
        (&[("FLOWTHROUGH_WEBEX_URL", "https://webexapis.com/v1")], "FLOWTHROUGH_WEBEX_TOKEN"),
    ] {
        let wrong = with("", wrong).expect_err(name);
        assert_eq!(wrong.name, name);
        assert!(!wrong.to_string().contains("secret"), "{wrong}");
    }
    let account = ("FLOWTHROUGH_BROADWORKS_PASSWORD", "secret");
    let plain = ("FLOWTHROUGH_BROADWORKS_URL", "http://xsp.example");
    for (wrong, name) in [
        (&[account][..], "FLOWTHROUGH_BROADWORKS_URL"),
        (&[account, plain], "FLOWTHROUGH_BROADWORKS_USER"),
        (&[account, plain, ("FLOWTHROUGH_BROADWORKS_USER", "reader")], "FLOWTHROUGH_BROADWORKS_URL"),
    ] {
        let wrong = with("", wrong).expect_err(name);
        assert_eq!(wrong.name, name);
        assert!(!wrong.to_string().contains("secret"), "{wrong}");
    }
    let theirs = "[partners.\"SP Two\".broadworks]\nurl = \"https://xsp.example\"\nuser = \"reader\"";
    let wrong = with(theirs, &[]).expect_err("half an account");
    assert_eq!(wrong.name, "[partners.\"SP Two\".broadworks] password");
    let half = with("", &[("FLOWTHROUGH_ADMIN_EMAIL", "a@b.cd")]).expect_err("half");
    assert_eq!(half.name, "FLOWTHROUGH_ADMIN_PASSWORD");
    let script = with("[downloads]\nios = \"javascript:alert(1)\"", &[]).expect_err("a script");
    assert_eq!(script.name, "[downloads] ios");
    assert_eq!(with("[downloads]\nios = \"\"", &[]).expect("left out").client.downloads.len(), 4);
    assert_eq!(with("", &[]).expect("the vendor's").client.password, ClientPassword::BroadWorks);
    let own = with("[app]\nname = \"Calls\"\npassword = \"own\"", &[]).expect("another app").client;
    assert_eq!((&*own.name, own.password), ("Calls", ClientPassword::Own));
    let misspelt = with("lisen = 1", &[]).expect_err("a typing error");
    assert_eq!(misspelt.name, FILE);
    assert!(misspelt.fix.starts_with("Did you mean listen?"), "{misspelt}");
}

#[test]
fn a_variable_that_is_no_setting_is_refused_and_the_one_that_was_meant_is_named() {
    let known = RefCell::new(BTreeSet::new());
    let lookup = |name: &str| {
        known.borrow_mut().insert(name.to_owned());
        None
    };
    Config::from("", &lookup).expect("the defaults are valid");
    let known = known.into_inner();
    for (name, meant) in [
        ("FLOWTHROUGH_DATABSE_URL", Some("FLOWTHROUGH_DATABASE_URL")),
        ("FLOWTHROUGH_ALLOW_PRIVAT_XSI", Some("FLOWTHROUGH_ALLOW_PRIVATE_XSI")),
        ("FLOWTHROUGH_TRUST_PROXIES", Some("FLOWTHROUGH_TRUST_PROXY")),
        ("FLOWTHROUGH_SCIM_TOCKEN", Some("FLOWTHROUGH_SCIM_TOKEN")),
        ("FLOWTROUGH_LOG", Some("FLOWTHROUGH_LOG")),
        ("FLOW_THROUGH_DATABASE_URL", Some("FLOWTHROUGH_DATABASE_URL")),
        ("FLWOTHROUGH_LISTEN", Some("FLOWTHROUGH_LISTEN")),
        ("flowthrough_smtp_url", Some("FLOWTHROUGH_SMTP_URL")),
        ("FLOWTHROUGH_PORT", None),
    ] {
        let refused = refuse_unknown(name, "8080", &known).expect_err(name);
        assert_eq!(refused.name, name);
        if let Some(meant) = meant {
            assert!(refused.fix.starts_with(&format!("Did you mean {meant}?")), "{refused}");
        }
    }
    // What Kubernetes says about a Service called flowthrough, and what is no setting of ours at all.
    for (name, value) in [
        ("FLOWTHROUGH_SERVICE_HOST", "10.0.0.1"),
        ("FLOWTHROUGH_SERVICE_PORT_HTTP", "80"),
        ("FLOWTHROUGH_PORT", "tcp://10.0.0.1:80"),
        ("FLOWTHROUGH_PORT_80_TCP_ADDR", "10.0.0.1"),
        ("FLOWTHROUGHS_OWN_PORT", "x"),
        ("THROUGH_LOG", "x"),
        ("DATABASE_URL", "x"),
        ("PATH", "/bin"),
    ] {
        refuse_unknown(name, value, &known).expect(name);
    }
    for name in &known {
        refuse_unknown(name, "anything", &known).expect(name);
    }
}

#[test]
fn a_setting_may_stand_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path.display().to_string()
    };
    let token = file("token", "secret-token\r\n");
    let scim = [("FLOWTHROUGH_SCIM_URL", "https://id.example/v2"), ("FLOWTHROUGH_SCIM_TOKEN_FILE", token.as_str())];
    let config = with("[scim]\ntoken = \"other\"", &scim).expect("valid");
    assert_eq!(config.scim, Some(Endpoint::parse("https://id.example/v2", "secret-token").expect("valid")));
    let twice = with("", &[&scim[..], &[("FLOWTHROUGH_SCIM_TOKEN", "secret")]].concat()).expect_err("twice");
    assert_eq!(twice.name, "FLOWTHROUGH_SCIM_TOKEN_FILE");
    assert!(twice.wrong.contains("set beside FLOWTHROUGH_SCIM_TOKEN"), "{twice}");
    for bad in ["/nowhere/at/all", &file("empty", "\n")] {
        let wrong = with("", &[("FLOWTHROUGH_PARTNER_FILE", bad)]).expect_err(bad);
        assert_eq!(wrong.name, "FLOWTHROUGH_PARTNER_FILE");
    }
    // Nothing but the end of the line is taken away.
    let partner = file("partner", " A B \n");
    assert_eq!(with("", &[("FLOWTHROUGH_PARTNER_FILE", &partner)]).expect("valid").partner, " A B ");
}

#[test]
fn passwords_of_any_characters_may_come_by_themselves() {
    let password = "p@ss/w:rd%20 #?é";
    let url = ("FLOWTHROUGH_SMTP_URL", "smtp://mail.example:587?tls=required");
    let (user, word) = (("FLOWTHROUGH_SMTP_USER", "a@sp.example"), ("FLOWTHROUGH_SMTP_PASSWORD", password));
    let smtp = with("", &[url, user, word]).expect("valid").smtp_url.expect("there");
    let parsed = Url::parse(&smtp).expect("an address");
    let decoded = |text| percent_encoding::percent_decode_str(text).decode_utf8().expect("UTF-8").into_owned();
    assert_eq!(
        (decoded(parsed.username()), decoded(parsed.password().expect("there"))),
        (user.1.into(), password.into())
    );
    let postgres = ("FLOWTHROUGH_DATABASE_URL", "postgres://flow@db.example/flow");
    let config = with("", &[postgres, ("FLOWTHROUGH_DATABASE_PASSWORD", password)]).expect("valid");
    let parsed = Url::parse(&config.database_url).expect("an address");
    assert_eq!(decoded(parsed.password().expect("there")), password);
    let full = ("FLOWTHROUGH_SMTP_URL", "smtp://a:b@mail.example");
    for (wrong, name) in [
        (&[url, user][..], word.0),
        (&[url, word], user.0),
        (&[user, word], url.0),
        (&[full, user, word], user.0),
        (&[("FLOWTHROUGH_DATABASE_PASSWORD", "secret")], "FLOWTHROUGH_DATABASE_PASSWORD"),
    ] {
        let refused = with("", wrong).expect_err(name);
        assert_eq!(refused.name, name);
        assert!(!refused.to_string().contains(password), "{refused}");
    }
}

#[test]
fn pools_and_time_outs_have_bounds() {
    let config = with("target_timeout = 5", &[("FLOWTHROUGH_ENGINE_CONNECTIONS", "20")]).expect("valid");
    assert_eq!((config.pools.engine, config.pools.requests), (20, Pools::default().requests));
    assert_eq!((config.target_timeout.as_secs(), config.xsi_timeout), (5, XSI_TIMEOUT));
    for (name, values) in [
        ("FLOWTHROUGH_DATABASE_CONNECTIONS", ["1", "201", "many"]),
        ("FLOWTHROUGH_ENGINE_CONNECTIONS", ["1", "201", "-2"]),
        ("FLOWTHROUGH_SMTP_TIMEOUT", ["4", "61", "20 s"]),
        ("FLOWTHROUGH_XSI_TIMEOUT", ["1", "31", "8.5"]),
        // An attempt at a target ends after 20 s, whatever it calls.
        ("FLOWTHROUGH_TARGET_TIMEOUT", ["1", "16", ""]),
    ] {
        for value in values {
            assert_eq!(with("", &[(name, value)]).expect_err(value).name, name, "{value}");
        }
    }
}

#[test]
fn every_setting_stands_in_the_documentation() {
    let known = RefCell::new(BTreeSet::new());
    let lookup = |name: &str| {
        known.borrow_mut().insert(name.to_owned());
        None
    };
    Config::from("", &lookup).expect("the defaults are valid");
    let documented = include_str!("../../../docs/CONFIGURATION.md");
    let known = known.into_inner();
    let settings =
        known.iter().filter(|name| !known.contains(name.trim_end_matches("_FILE")) || !name.ends_with("_FILE"));
    let missing: Vec<_> = settings.filter(|name| !documented.contains(&format!("`{name}`"))).collect();
    assert!(known.len() > 50 && missing.is_empty(), "{missing:?}");
}

#[test]
fn for_how_long_something_is_kept_is_a_number_of_days_or_for_good() {
    use crate::retention::Days;
    let kept = |file: &str, gone: &[(&str, &str)]| {
        let config = with(file, gone);
        config
            .map(|Config { retention, .. }| (retention.gone, retention.mails, retention.audit))
            .map_err(|wrong| wrong.name)
    };
    assert_eq!(kept("", &[]), Ok((Some(Days(365)), Some(Days(90)), Some(Days(1095)))));
    let file = "keep_mails_days = 0\nkeep_audit_days = 730";
    assert_eq!(kept(file, &[("FLOWTHROUGH_KEEP_GONE_DAYS", "30")]), Ok((Some(Days(30)), None, Some(Days(730)))));
    assert_eq!(kept("", &[("FLOWTHROUGH_KEEP_GONE_DAYS", "for ever")]), Err("FLOWTHROUGH_KEEP_GONE_DAYS".to_owned()));
}

#[test]
fn a_line_of_the_file_is_named_and_not_repeated() {
    for (file, line) in [
        ("log = \"info\"\nsmtp_password = \"hunter2", "line 2: "),
        ("\n\ndatabase_password = \"hunter2\" x", "line 3: "),
        ("smtp_password = [\"hunter2\"]", "line 1: "),
        ("database_password = 4711", "line 1: expected a string"),
        ("database_connections = \"hunter2\"", "line 1: expected u32"),
        ("[scim]\ntoken = 4711", "line 2: expected a string"),
    ] {
        let wrong = with(file, &[]).expect_err(file);
        assert!(wrong.name == FILE && wrong.wrong.starts_with(line), "{wrong}");
        assert!(!wrong.to_string().contains("hunter2") && !wrong.to_string().contains("4711"), "{wrong}");
    }
}

#[test]
fn people_sign_in_by_a_provider_that_is_named_whole_with_roles_that_it_can_give() {
    let set = |more: &[(&'static str, &'static str)]| {
        let given = [
            ("FLOWTHROUGH_OIDC_ISSUER", "https://id.example.com/realms/hub"),
            ("FLOWTHROUGH_OIDC_CLIENT_ID", "flowthrough"),
            ("FLOWTHROUGH_OIDC_ROLES", "hub=admins=full_administrator, desk = help_desk"),
        ];
        let others = given.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| name == other));
        let given: Vec<_> = others.chain(more.iter().copied()).filter(|(_, value)| !value.is_empty()).collect();
        with("", &given).map(|config| config.oidc).map_err(|wrong| wrong.name)
    };
    let provider = set(&[]).unwrap().remove(0);
    assert_eq!((provider.name.as_str(), provider.roles_claim.as_str()), ("id.example.com", "roles"));
    assert_eq!((provider.scopes.join(" ").as_str(), provider.link, provider.trust_email), ("email", false, false));
    assert_eq!(provider.roles.keys().collect::<Vec<_>>(), ["desk", "hub=admins"]);
    for (name, wrong) in [
        ("FLOWTHROUGH_OIDC_ISSUER", "http://id.example.com"),
        ("FLOWTHROUGH_OIDC_ISSUER", "https://id.example.com/?a=b"),
        ("FLOWTHROUGH_OIDC_ISSUER", ""),
        ("FLOWTHROUGH_OIDC_CLIENT_ID", ""),
        ("FLOWTHROUGH_OIDC_ROLES", ""),
        ("FLOWTHROUGH_OIDC_ROLES", "desk"),
        ("FLOWTHROUGH_OIDC_ROLES", "desk=root"),
        ("FLOWTHROUGH_OIDC_ROLES", "desk=customer_administrator"),
        ("FLOWTHROUGH_OIDC_LINK", "perhaps"),
    ] {
        assert_eq!(set(&[(name, wrong)]).err().as_deref(), Some(name), "{wrong:?}");
    }
    let theirs = "[partners.\"SP Two\".oidc]\nissuer = \"https://two.example\"\nclient_id = \"two\"\ndomains = [\"@Two.example\"]\n\
                  link = true\n[partners.\"SP Two\".oidc.roles]\ndesk = \"help_desk\"";
    let provider = with(theirs, &[]).unwrap().oidc.remove(0);
    assert_eq!((provider.partner.as_deref(), provider.link), (Some("SP Two"), true));
    assert_eq!(provider.domains, ["two.example"]);
    assert!(with("", &[]).unwrap().oidc.is_empty());
    let ours = [("FLOWTHROUGH_OIDC_ISSUER", "https://id.example"), ("FLOWTHROUGH_OIDC_CLIENT_ID", "us")];
    let roles = ("FLOWTHROUGH_OIDC_ROLES", "admins=full_administrator");
    let both = with(theirs, &[&ours[..], &[roles]].concat());
    assert_eq!(both.expect_err("whose").name, "FLOWTHROUGH_OIDC_PARTNER");
}
