//! One term for one thing, in each language: what a review once found mixed is not mixed again. And no text that nothing
//! shows.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

/// The texts of a language, by `file.group.key`, without their placeholders.
fn texts(language: &str) -> BTreeMap<String, String> {
    whole(language).into_iter().map(|(key, text)| (key, without_placeholders(&text))).collect()
}

/// The texts of a language, by `file.group.key`.
fn whole(language: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("locales").join(language);
    let mut found = BTreeMap::new();
    for file in fs::read_dir(folder).expect("the language's folder") {
        let path = file.expect("readable").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).expect("readable");
        gather(&name, &serde_json::from_str(&text).expect("JSON"), &mut found);
    }
    assert!(found.len() > 100, "{language}");
    found
}

fn gather(key: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::String(text) => _ = found.insert(key.to_owned(), text.clone()),
        Value::Object(group) => group.iter().for_each(|(name, value)| gather(&format!("{key}.{name}"), value, found)),
        other => panic!("{key} is {other}"),
    }
}

fn without_placeholders(text: &str) -> String {
    let after = |part: &str| part.split_once("}}").map_or_else(String::new, |(_, after)| after.to_owned());
    let (before, rest) = text.split_once("{{").unwrap_or((text, ""));
    std::iter::once(before.to_owned()).chain(rest.split("{{").map(after)).collect()
}

/// Fails for every text that holds one of these words, a word that begins like one of those that end with `*`, or one that
/// ends like those that begin with it.
fn never(language: &str, within: &str, words: &[&str]) {
    let is_one = |found: &str| {
        words.iter().any(|word| match (word.strip_suffix('*'), word.strip_prefix('*')) {
            (Some(beginning), _) => found.starts_with(beginning),
            (_, Some(end)) => found.ends_with(end),
            _ => found == *word,
        })
    };
    let mixed: Vec<String> = texts(language)
        .into_iter()
        .filter(|(key, _)| key.starts_with(within))
        .filter(|(_, text)| text.split(|c: char| !(c.is_alphanumeric() || c == '-')).any(is_one))
        .map(|(key, text)| format!("{key}: {text}"))
        .collect();
    assert!(mixed.is_empty(), "{language}, never {words:?}:\n{}", mixed.join("\n"));
}

#[test]
fn italian_uses_one_term_for_one_thing() {
    never("it", "", &["email", "Email"]);
    never("it", "", &["Rimedio", "Cambia", "lavori"]);
    assert_eq!(texts("it")["hub.product"], "Hub partner");
}

#[test]
fn bulgarian_uses_one_form_of_address_and_one_term_for_one_thing() {
    never("bg", "", &["вие", "вас", "ви", "ваш*"]);
    never("bg", "", &["включ*", "отказан*", "Отказан*", "отменен*", "Отменен*", "Отмяна"]);
    assert_eq!(texts("bg")["hub.product"], "Партньорски център");
}

/// The form of address that each glossary in `docs/languages` names, by the words of the other one.
#[test]
fn no_language_mixes_its_forms_of_address() {
    never("ar", "", &["اطلب", "امنح", "أمهل", "أدخل", "انتظر", "افتح"]);
    never("de", "", &["du", "dich", "dir", "dein*", "Du", "Dein*"]);
    never("es", "", &["usted", "Usted", "Espere", "Escriba", "Pida", "Vuelva", "vosotros"]);
    never("fr", "", &["tu", "toi", "ton", "tes"]);
    never("he", "", &["בקשו", "הזינו", "פתחו", "נסו", "המתינו"]);
    never("it", "", &["Lei", "Suo", "Sua", "Suoi", "Dia", "Invii", "invii", "Inserisca", "Attenda"]);
    never("ko", "", &["*니다", "*십시오", "요청하세요", "부여하세요", "보내세요"]);
    never("nl", "", &["u", "U", "uw", "Uw"]);
    never("pl", "", &["Pan", "Pani", "Państwo", "Państwa"]);
    never("pt-BR", "", &["tu", "teu", "tua", "vosso*"]);
    never("pt-PT", "", &["tu", "teu", "tua", "você"]);
    never("ro", "", &["dvs", "dumneavoastră", "*ți-vă", "Cereți", "Așteptați", "Acordați", "Introduceți", "trimiteți"]);
    never("sv", "", &["ni", "Ni", "er", "ert", "era"]);
}

/// One role, one name: what a fault asks for is what People of the hub offers.
#[test]
fn a_fault_calls_the_role_as_the_hub_does() {
    for language in languages() {
        let texts = texts(&language);
        let Some(role) = texts.get("hub.people.full_administrator") else { continue };
        for fault in ["last_full_administrator.cause", "last_full_administrator.remedy", "invitation_invalid.remedy"] {
            let text = &texts[&format!("fault.{fault}")];
            assert!(text.to_lowercase().contains(&role.to_lowercase()), "{language}, {fault}: {text}");
        }
    }
}

/// English has it by habit; elsewhere an apostrophe is one.
#[test]
fn an_apostrophe_is_not_a_straight_quote() {
    for language in languages().into_iter().filter(|language| language != "en") {
        let straight: Vec<_> = whole(&language).into_iter().filter(|(_, text)| text.contains('\'')).collect();
        assert!(straight.is_empty(), "{language}: {straight:?}");
    }
}

/// Signs at the end of what is written from the left go to the other end within a text from the right, unless it is set apart.
#[test]
fn addresses_are_set_apart_in_texts_from_the_right() {
    const APART: (char, char) = ('\u{2066}', '\u{2069}');
    for language in ["ar", "he"] {
        for (key, text) in whole(language) {
            for sign in ["://", "?tls", "@sp"] {
                for (at, _) in text.match_indices(sign) {
                    let open = text[..at].rfind(APART.0) > text[..at].rfind(APART.1);
                    assert!(open && text[at..].contains(APART.1), "{language}, {key}: {text}");
                }
            }
        }
    }
}

/// Who activates a phone does not know BroadWorks, only the user ID of the phone service.
#[test]
fn users_are_not_told_of_broadworks() {
    for language in languages() {
        let language = language.as_str();
        for within in ["portal.", "mail.", "fault.bad_credentials", "fault.not_invited", "fault.profile_unusable.user"]
        {
            never(language, within, &["BroadWorks"]);
        }
        assert!(texts(language)["portal.sign_in.hint"].contains('@'), "{language}: an example");
    }
}

fn languages() -> Vec<String> {
    let folders = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("locales")).expect("the languages");
    folders.map(|folder| folder.expect("readable").file_name().to_string_lossy().into_owned()).collect()
}

/// The macros check that each language has every text; this, that each says the same of the same.
#[test]
fn every_language_puts_the_same_into_its_texts() {
    // Where there is one, or are two, a language may say so by the word alone.
    let may_leave_out = |key: &str| ["_zero", "_one", "_two"].iter().any(|form| key.ends_with(form));
    let english = whole("en");
    let of_english = |key: &str| {
        let (stem, form) = key.rsplit_once('_').unwrap_or((key, ""));
        let other = matches!(form, "zero" | "two" | "few" | "many").then(|| english.get(&format!("{stem}_other")));
        other.flatten().or_else(|| english.get(key)).map(|text| placeholders(text))
    };
    for language in languages() {
        for (key, text) in whole(&language).iter().filter(|(key, _)| !key.starts_with("language.")) {
            let put = placeholders(text);
            let same = of_english(key).unwrap_or_else(|| panic!("{language}: {key} is in no English text")) == put;
            assert!(same || (put.is_empty() && may_leave_out(key)), "{language}: {key} puts in {put:?}");
        }
    }
}

/// What nobody has translated stands there in English.
#[test]
fn every_language_is_translated() {
    let english = whole("en");
    for language in languages().into_iter().filter(|language| language != "en") {
        let left: Vec<_> = whole(&language)
            .into_iter()
            .filter(|(key, text)| {
                without_placeholders(text).split_whitespace().count() > 2 && english.get(key) == Some(text)
            })
            .map(|(key, _)| key)
            .collect();
        assert!(left.is_empty(), "{language}: {left:?}");
    }
}

/// The portal names the mail's button.
#[test]
fn the_portal_calls_the_mails_button_as_the_mail_does() {
    for language in languages() {
        let texts = whole(&language);
        let button = &texts["mail.prove_address.join_now"];
        assert!(texts["portal.proof.lead"].contains(button.as_str()), "{language}: {button}");
        assert_eq!(&texts["portal.join.submit"], button, "{language}");
    }
}

/// What a text has put into it, in the order of names.
fn placeholders(text: &str) -> Vec<&str> {
    let mut found: Vec<_> = text.split("{{").skip(1).filter_map(|part| Some(part.split_once("}}")?.0.trim())).collect();
    found.sort_unstable();
    found
}

/// The sources that may show a text, without white space.
fn sources(folder: &Path) -> String {
    let entries = fs::read_dir(folder).expect("the folder").map(|entry| entry.expect("readable").path());
    let texts = entries.map(|path| match path.extension() {
        None => sources(&path),
        Some(rust) if rust == "rs" => fs::read_to_string(path).expect("readable").split_whitespace().collect(),
        Some(_) => String::new(),
    });
    texts.collect()
}

/// The macros check that each text that is shown is there; this, that each that is there is shown.
#[test]
fn every_text_is_used() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let sources = sources(&crates.join("app/src")) + &sources(&crates.join("server/src"));
    let ends = |after: &str| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let is_used = |key: &str| match key.strip_prefix("fault.").and_then(|key| key.rsplit_once('.')) {
        // Written out by the table in `ui::fault`.
        Some((fault, _)) => sources.contains(&format!("=>{fault},")),
        None => {
            let forms = ["_one", "_other"].iter().find_map(|form| key.strip_suffix(form));
            // What ends like a form need not be one.
            [Some(key), forms]
                .into_iter()
                .flatten()
                .any(|key| sources.match_indices(key).any(|(at, _)| ends(&sources[at + key.len()..])))
        }
    };
    let unused: Vec<_> = texts("en").into_keys().filter(|key| !is_used(key)).collect();
    assert!(unused.is_empty(), "nothing shows {unused:#?}");
}
