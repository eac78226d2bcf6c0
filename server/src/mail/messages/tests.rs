use leptos_i18n::Locale as _;

use super::*;

const LINK: &str = "https://portal.example/activate/abc/join/def?a=1&b=2";
const STOP: &str = "https://portal.example/activate/abc/stop/0192300100000000700080000000000000012100200a3";

fn write(locale: Locale, change: impl FnOnce(&mut ProveAddress<'_>)) -> Words {
    let id = BroadWorksId::parse("95547321@sp.example").unwrap();
    let mut about = ProveAddress {
        provider: "Acme Telecom",
        first_name: "Zoë",
        broadworks_id: &id,
        join_link: LINK,
        code: "042517",
        host: None,
        link_lifetime: 24 * HOUR,
        code_lifetime: 30 * MINUTE,
        support_url: Some("https://help.example/?q=1&l=2"),
        signature: None,
        look: &Look::default(),
        stop_link: None,
        note: None,
    };
    change(&mut about);
    prove_address(locale, &about)
}

/// Words of the customer's administrator, for as long as the tests run.
fn note(text: &str) -> &'static Note {
    Box::leak(Box::new(Note::parse(text).unwrap().unwrap()))
}

#[test]
fn both_parts_say_everything() {
    let Words { subject, text, html } = write(Locale::en, |_| ());
    assert_eq!(subject, "Acme Telecom: confirm your email address");
    for said in ["Acme Telecom", "Zoë", "95547321@sp.example", "Join now", "042517", "24 hours", "30 minutes"] {
        assert!(text.contains(said), "{said} in:\n{text}");
        assert!(html.contains(said), "{said} in:\n{html}");
    }
    assert!(text.lines().any(|line| line == LINK) && text.lines().any(|line| line == "042517"), "{text}");
    assert!(text.ends_with("\n\nNeed help? https://help.example/?q=1&l=2\n\nAcme Telecom"), "{text}");
    assert!(html.contains(r#"href="https://help.example/?q=1&#38;l=2""#), "{html}");
    assert!(html.contains(r#"href="https://portal.example/activate/abc/join/def?a=1&#38;b=2""#), "{html}");
    assert!(html.contains(">Join now</a>"), "{html}");
}

#[test]
fn whoever_pastes_the_whole_message_has_entered_the_code() {
    for locale in Locale::get_all().iter().copied() {
        for stop_link in [None, Some(STOP)] {
            let Words { text, .. } = write(locale, |about| {
                (about.provider, about.stop_link) = ("Telecom 100200", stop_link);
            });
            assert_eq!(domain::Code::parse(&text).unwrap().as_str(), "042517", "{text}");
        }
    }
}

/// Whoever looks at a phone's notification, or at the first lines of the mail, sees it.
#[test]
fn the_code_stands_alone_above_the_link_in_both_parts() {
    for locale in Locale::get_all().iter().copied() {
        let Words { text, html, .. } = write(locale, |_| ());
        let code = text.lines().position(|line| line == "042517").unwrap();
        let link = text.lines().position(|line| line == LINK).unwrap();
        assert!(code < link && code <= 5, "{text}");
        assert!(html.find(">042517</td>").unwrap() < html.find("join/def").unwrap(), "{html}");
    }
}

#[test]
fn a_reminder_says_what_it_is_and_how_to_stop_it() {
    let mut subjects = std::collections::BTreeSet::new();
    for locale in Locale::get_all().iter().copied() {
        let first = write(locale, |_| ());
        let Words { subject, text, html } = write(locale, |about| about.stop_link = Some(STOP));
        assert_ne!(subject, first.subject, "{locale:?}");
        assert!(subject.contains("Acme Telecom") && subjects.insert(subject.clone()), "{locale:?}: {subject}");
        assert!(text.lines().any(|line| line == STOP) && html.contains(&format!("href=\"{STOP}\"")), "{text}\n{html}");
        assert!(!first.text.contains("/stop/") && !first.html.contains("/stop/"), "{}", first.text);
    }
}

#[test]
fn a_mail_ends_with_the_partners_signature() {
    let attack = r#"Your team at Acme <b>"&"#;
    let Words { text, html, .. } = write(Locale::en, |about| about.signature = Some(attack));
    assert!(text.ends_with(&format!("\n\n{attack}")), "{text}");
    assert!(html.contains("Your team at Acme &#60;b&#62;") && !html.contains("Acme <b>"), "{html}");
}

/// The text part says the same with and without.
#[test]
fn a_mail_has_the_partners_logo_and_colour_or_its_name_and_ours() {
    let plain = write(Locale::en, |_| ());
    assert!(!plain.html.contains("<img") && plain.html.contains("bgcolor=\"#0b6b6b\""), "{}", plain.html);
    let accent = domain::Accent::parse("#7a1fa2").unwrap();
    let address = "https://portal.example/brand/00112233445566778899aabbccddeeff-400x100.png".to_owned();
    let look = Look { accent: Some(accent), logo: Some(app::frame::Picture { address, width: 200, height: 50 }) };
    let look: &Look = Box::leak(Box::new(look));
    let Words { text, html, .. } = write(Locale::en, |about| about.look = look);
    assert_eq!(text, plain.text);
    assert!(
        html.contains("src=\"https://portal.example/brand/00112233445566778899aabbccddeeff-400x100.png\""),
        "{html}"
    );
    // Whoever loads no pictures reads the name in its place.
    assert!(html.contains("width=\"200\" height=\"50\" alt=\"Acme Telecom\""), "{html}");
    assert!(html.contains("bgcolor=\"#7a1fa2\"") && !html.contains("#0b6b6b") && !html.contains("#63cec5"), "{html}");
    assert!(html.contains(&format!(".link {{ color: {} !important; }}", accent.dark().accent)), "{html}");
}

/// As WICG's domain-bound one-time codes have it: the last line, the host behind an @, the code behind a #.
#[test]
fn the_code_is_bound_to_the_host_where_it_is_entered() {
    let Words { text, html, .. } = write(Locale::en, |about| about.host = Some("portal.example"));
    assert!(text.ends_with("\n\n@portal.example #042517") && html.contains("@portal.example #042517"), "{text}");
    assert_eq!(domain::Code::parse(&text).unwrap().as_str(), "042517");
    let Words { text, .. } = write(Locale::en, |about| {
        (about.host, about.provider) = (Some("portal2.example"), "Telecom 100200");
    });
    assert_eq!(domain::Code::parse(&text).unwrap().as_str(), "042517", "{text}");
}

#[test]
fn what_the_customers_administrator_wrote_is_quoted_and_says_so() {
    let note = note("Please do it until Friday.\n\n<b>123456</b> & thanks");
    let Words { text, html, .. } = write(Locale::en, |about| about.note = Some(note));
    let said = ":\n> Please do it until Friday.\n> \n> <b>123456</b> & thanks\n\n";
    assert!(text.contains("Your company’s administrator writes") && text.contains(said), "{text}");
    assert!(html.contains("Please do it until Friday.<br><br>&#60;b&#62;123456&#60;/b&#62; &#38; thanks"), "{html}");
    assert_eq!(domain::Code::parse(&text).unwrap().as_str(), "042517", "{text}");
    let Words { text, html, .. } = write(Locale::en, |_| ());
    assert!(!text.contains("writes") && !html.contains("blockquote"), "{text}");
}

#[test]
fn nothing_that_a_partner_or_user_wrote_becomes_html() {
    let attack = r#""><script>alert(1)</script>"#;
    let note = note(attack);
    let Words { html, .. } = write(Locale::en, |about| {
        about.note = Some(note);
        (about.provider, about.first_name, about.join_link, about.support_url) = (attack, attack, attack, Some(attack));
    });
    assert!(!html.contains("<script") && !html.contains(r#"=""">"#), "{html}");
}

#[test]
fn speaks_every_language_and_names_it() {
    for (locale, lang, button, duration) in [
        (Locale::en, r#"lang="en" dir="ltr""#, "Join now", "24 hours"),
        (Locale::it, r#"lang="it" dir="ltr""#, "Attiva ora", "24 ore"),
        (Locale::bg, r#"lang="bg" dir="ltr""#, "Активирайте сега", "24 часа"),
        (Locale::pl, r#"lang="pl" dir="ltr""#, "Aktywuj teraz", "24 godziny"),
        (Locale::pt_BR, r#"lang="pt-BR" dir="ltr""#, "Ativar agora", "24 horas"),
        (Locale::ja, r#"lang="ja" dir="ltr""#, "今すぐ有効化", "24時間"),
        (Locale::ar, r#"lang="ar" dir="rtl""#, "التفعيل الآن", "24 ساعة"),
    ] {
        let Words { text, html, .. } = write(locale, |_| ());
        assert!(html.starts_with(&format!("<!DOCTYPE html>\n<html {lang}>")), "{html}");
        for said in [button, duration] {
            assert!(text.contains(said) && html.contains(said), "{said}");
        }
    }
}

#[test]
fn greets_without_a_name_and_offers_no_help_where_there_is_none() {
    let Words { text, html, .. } = write(Locale::en, |about| {
        (about.first_name, about.support_url, about.link_lifetime) = ("", None, HOUR);
    });
    assert!(text.starts_with("Hello,\n") && text.contains("1 hour,"), "{text}");
    assert!(!text.contains("Need help") && !html.contains("Need help"));
    assert!(text.ends_with("nothing will happen.\n\nAcme Telecom"), "{text}");
}

/// A mail's lines have no markup to keep what is written from left to right together (Unicode UAX 9, section 2.4).
#[test]
fn what_is_written_from_left_to_right_stands_apart_in_lines_from_right_to_left() {
    for (locale, id) in [(Locale::he, "\u{2068}95547321@sp.example\u{2069}"), (Locale::en, "95547321@sp.example")] {
        let Words { subject, text, .. } = write(locale, |_| ());
        assert!(text.contains(id), "{text}");
        assert_eq!(subject.contains("\u{2068}Acme Telecom\u{2069}"), locale == Locale::he, "{subject}");
        assert_eq!(text.contains('\u{2068}'), locale == Locale::he, "{text}");
    }
}

#[test]
fn that_the_account_is_ready_is_said_in_every_language() {
    let app = ClientApp { name: "Webex".to_owned(), password: ClientPassword::Own, downloads: Vec::new() };
    let link = "https://portal.example/app";
    for locale in Locale::get_all().iter().copied() {
        let about = AccountReady {
            provider: "Acme & Sons",
            first_name: "Zoë",
            email: "zoe@acme.example",
            app: &app,
            download_link: Some(link),
            support_url: Some("https://help.example/"),
            signature: None,
            look: &Look::default(),
        };
        let Words { subject, text, html } = account_ready(locale, &about);
        assert!(subject.contains("Acme & Sons") && !text.contains("{{") && !html.contains("{{"), "{subject}\n{text}");
        for said in ["zoe@acme.example", "Webex", link, "Zoë", "https://help.example/"] {
            assert!(text.contains(said) && html.contains(said), "{said} in:\n{text}\n{html}");
        }
        assert!(text.lines().any(|line| line == link), "{text}");
        assert!(html.contains("Acme &#38; Sons") && html.contains(&format!("lang=\"{}\"", locale.as_str())), "{html}");
        let bare = account_ready(locale, &AccountReady { download_link: None, support_url: None, ..about });
        assert!(!bare.text.contains("http") && !bare.html.contains("href"), "{}", bare.text);
    }
}

#[test]
fn whoever_lost_a_second_factor_is_told_for_which_hub_and_where_another_is_set_up() {
    for locale in app::HUB_LANGUAGES.iter().copied() {
        let about = FactorTaken { partner: "Acme & Sons", account_link: "https://portal.example/hub/account" };
        let Words { subject, text, html } = factor_taken(locale, &about);
        assert!(!subject.is_empty() && text.contains("Acme & Sons"), "{subject}: {text}");
        assert!(text.lines().any(|line| line == about.account_link), "{text}");
        assert!(
            html.contains("Acme &#38; Sons") && html.contains(r#"href="https://portal.example/hub/account""#),
            "{html}"
        );
    }
}
