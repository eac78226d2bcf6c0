//! Turns `locales/*.json` into the typed `i18n` module: a key missing in one language fails the build.
//!
//! The same as `leptos_i18n_build` does, minus its ICU data exporter, which costs minutes of compile time.
use std::{env, error::Error, fs, path::PathBuf};

use leptos_i18n_codegen::gen_code;
use leptos_i18n_parser::parse_locales::{
    options::{Config, ParseOptions},
    parse_locales,
};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=locales");
    let config = Config::new("en")?
        .add_locales(["it", "bg"])?
        .add_namespaces(["fault", "hub", "mail", "portal", "ui"])?
        // Texts with values in them are wanted as plain strings too: in attributes and in mails.
        .parse_options(ParseOptions::new().interpolate_display(true));
    let parsed = parse_locales(None, config)?;
    // A missing or surplus key is only a warning to the library; to us it is a build that must not ship.
    for warning in parsed.diag.warnings().iter() {
        println!("cargo::error={warning}");
    }
    for error in parsed.diag.errors().iter() {
        println!("cargo::error={error}");
    }
    let code = gen_code(&parsed, None, false, None, true)?;
    // Its modules are made of the texts' keys, and have attributes of their own.
    let code = format!("#[allow(missing_docs, clippy::mixed_attributes_style)]\n{code}");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("i18n.rs"), code)?;
    Ok(())
}
