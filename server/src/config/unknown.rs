//! Names that are no setting: most likely they were misspelt.

use std::collections::BTreeSet;

use domain::nearest::nearest;

use super::{ConfigError, error};

/// Refuses a variable that looks like a setting and is none: most likely it was misspelt, and what it was to say is not done.
pub(super) fn refuse_unknown(name: &str, value: &str, known: &BTreeSet<String>) -> Result<(), ConfigError> {
    let ours = name.starts_with("FLOWTHROUGH_") || known.iter().any(|setting| is_slip(name, setting));
    if !ours || known.contains(name) || is_of_kubernetes(name, value) {
        return Ok(());
    }
    let upper = name.to_ascii_uppercase();
    let meant = nearest(&upper, known.iter().map(String::as_str));
    let fix = match meant {
        Some(meant) => format!("Did you mean {meant}? docs/CONFIGURATION.md lists every setting."),
        None => "Take it away; docs/CONFIGURATION.md lists every setting.".to_owned(),
    };
    Err(error(name, "there is no such setting", &fix))
}

/// Whether a variable can only be this setting, by a slip of the hand: a setting's name is long enough that nobody else's comes
/// as near by chance.
fn is_slip(name: &str, setting: &str) -> bool {
    strsim::damerau_levenshtein(&name.to_ascii_uppercase(), setting) <= 2
}

/// Kubernetes tells every container where a Service is, under the Service's name: it may be called flowthrough.
fn is_of_kubernetes(name: &str, value: &str) -> bool {
    let rest = name.trim_start_matches("FLOWTHROUGH_");
    rest == "SERVICE_HOST"
        || rest.starts_with("SERVICE_PORT")
        || (rest.starts_with("PORT") && (rest.contains("_TCP") || rest.contains("_UDP") || value.contains("://")))
}

/// The name in the file that was meant, from what serde says: the unknown one in backticks, then all that there are.
pub(super) fn meant_in_file(message: &str) -> Option<&str> {
    let mut names = message.split('`').skip(1).step_by(2);
    nearest(names.next()?, names)
}
