//! Turns `locales/<language>/*.json` into the typed `i18n` module: a key missing in one language fails the build.
//!
//! A language is a folder, and nothing else names it. The portal's pages are the server's, which knows every language; the
//! hub is in those that have a `hub.json`, and the browser's half, which is the hub alone, holds no others.
//!
//! The same as `leptos_i18n_build` does, minus its ICU data exporter, which costs minutes of compile time.
use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use leptos_i18n_codegen::gen_code;
use leptos_i18n_parser::parse_locales::{
    error::Warning,
    options::{Config, ParseOptions},
    parse_locales,
};

/// Texts that every language has.
const PARTS: [&str; 5] = ["fault", "language", "mail", "portal", "ui"];
/// Texts of the hub.
const HUB: &str = "hub";
/// The language of whoever wants none of ours.
const DEFAULT: &str = "en";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let languages = languages(Path::new("locales"))?;
    let of_hub: Vec<&String> = languages.iter().filter(|language| file("locales", language, HUB).exists()).collect();
    let is_server = env::var_os("CARGO_FEATURE_SSR").is_some();
    let shown: Vec<&String> = if is_server { languages.iter().collect() } else { of_hub.clone() };

    let texts = out.join("locales");
    if texts.exists() {
        fs::remove_dir_all(&texts)?;
    }
    for language in &shown {
        fs::create_dir_all(texts.join(language))?;
        for part in PARTS {
            fs::copy(file("locales", language, part), file(&texts, language, part))?;
        }
        if of_hub.contains(language) {
            fs::copy(file("locales", language, HUB), file(&texts, language, HUB))?;
        } else {
            fs::write(file(&texts, language, HUB), nothing(&file("locales", DEFAULT, HUB))?)?;
        }
    }
    let config = Config::new(DEFAULT)?
        .add_locales(shown.iter().filter(|language| **language != DEFAULT))?
        .add_namespaces(PARTS)?
        .add_namespace(HUB)?
        .locales_path(texts)
        // Texts with values in them are wanted as plain strings too: in attributes and in mails.
        .parse_options(ParseOptions::new().interpolate_display(true));
    let parsed = parse_locales(None, config)?;
    // A missing or surplus key is only a warning to the library; to us it is a build that must not ship. But for it a text
    // with a number has two forms at least, also in a language that has one.
    for warning in parsed.diag.warnings().iter().filter(|warning| !matches!(warning, Warning::UnusedForm { .. })) {
        println!("cargo::error={warning}");
    }
    for error in parsed.diag.errors().iter() {
        println!("cargo::error={error}");
    }
    let code = gen_code(&parsed, None, false, None, true)?;
    // Its modules are made of the texts' keys, and have attributes of their own.
    let of_hub: Vec<String> =
        of_hub.iter().map(|language| format!("i18n::Locale::{}", language.replace('-', "_"))).collect();
    let of_hub = of_hub.join(", ");
    let code = format!(
        "#[allow(missing_docs, clippy::mixed_attributes_style)]\n{code}\n\
         /// The languages that the hub speaks.\npub const HUB_LANGUAGES: &[i18n::Locale] = &[{of_hub}];\n"
    );
    fs::write(out.join("i18n.rs"), code)?;
    Ok(())
}

/// The languages that have a folder.
fn languages(locales: &Path) -> std::io::Result<Vec<String>> {
    let mut found = fs::read_dir(locales)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<std::io::Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}

/// The groups of a file without their texts: nothing shows these in this language, the library takes the default one's.
fn nothing(of: &Path) -> Result<String, Box<dyn Error>> {
    let mut groups: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&fs::read_to_string(of)?)?;
    groups.values_mut().for_each(|group| *group = serde_json::Value::Null);
    Ok(serde_json::to_string(&groups)?)
}

fn file(locales: impl AsRef<Path>, language: &str, part: &str) -> PathBuf {
    locales.as_ref().join(language).join(part).with_extension("json")
}
