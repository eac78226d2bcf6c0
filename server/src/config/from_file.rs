//! Settings whose value stands in a file: `FLOWTHROUGH_SMTP_PASSWORD_FILE` names one with the password, as containers and systemd
//! hand out secrets.

use std::{cell::RefCell, fs};

use super::{ConfigError, Lookup, error};

/// These have files of their own kind: the keys may be several, in lines.
const OWN: [&str; 2] = ["FLOWTHROUGH_CODE_KEYS", "FLOWTHROUGH_CODE_KEYS_FILE"];

/// The environment, and the files that it names.
pub(super) struct Files<'a> {
    environment: Lookup<'a>,
    wrong: RefCell<Option<ConfigError>>,
}

impl<'a> Files<'a> {
    pub(super) fn new(environment: Lookup<'a>) -> Self {
        Self { environment, wrong: RefCell::default() }
    }

    /// What a setting is, as it stands in the environment or in the file that the environment names.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let given = (self.environment)(name);
        if OWN.contains(&name) {
            return given;
        }
        let naming = format!("{name}_FILE");
        let Some(file) = (self.environment)(&naming) else { return given };
        if given.is_some() {
            return self.refuse(error(&naming, format!("set beside {name}"), "Leave one of them out."));
        }
        read(&naming, &file).map_or_else(|wrong| self.refuse(wrong), Some)
    }

    /// What was wrong with the first of them: it comes before what is wrong without it.
    pub(super) fn wrong(self) -> Option<ConfigError> {
        self.wrong.into_inner()
    }

    fn refuse(&self, wrong: ConfigError) -> Option<String> {
        self.wrong.borrow_mut().get_or_insert(wrong);
        None
    }
}

/// What stands in the file that the setting `naming` names.
pub(super) fn read(naming: &str, file: &str) -> Result<String, ConfigError> {
    let text = fs::read_to_string(file)
        .map_err(|unreadable| error(naming, unreadable, "Name a file that the server's user can read."))?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(error(naming, "the file is empty", "Write the value into it.")),
        value => Ok(value.to_owned()),
    }
}
