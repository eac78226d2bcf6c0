//! How far an import is, and what brings it further.

use leptos::{prelude::*, task::spawn_local};
use leptos_i18n::I18nContext;

use super::upload::{self, FIELD};
use crate::{
    hub::model::{ImportFailure, ImportNews, ImportReport, LARGEST_FILE, TemplateId},
    i18n::*,
    ui::chosen_file::ChosenFile,
};

/// How far the page is.
#[derive(Clone, PartialEq)]
pub(super) enum Stage {
    /// No file is chosen.
    Choosing,
    /// The file is being checked.
    Checking,
    /// It was checked: this is what an import would do.
    Checked(ImportReport),
    /// It is being imported.
    Importing {
        /// How many rows were read.
        done: u64,
        /// Of how many.
        rows: u64,
    },
    /// It was imported.
    Imported(ImportReport),
    /// It was not.
    Failed(ImportFailure),
}

/// What is under way on the page.
#[derive(Clone, Copy)]
pub(super) struct Import {
    template: TemplateId,
    i18n: I18nContext<Locale>,
    /// The name of the chosen file.
    pub(super) file: RwSignal<Option<String>>,
    /// How far it is.
    pub(super) stage: RwSignal<Stage>,
    /// Counts what was begun, so that what a file told that was since replaced changes nothing.
    attempt: StoredValue<u32>,
}

impl Import {
    pub(super) fn new(template: TemplateId) -> Self {
        Self {
            template,
            i18n: use_i18n(),
            file: RwSignal::new(None),
            stage: RwSignal::new(Stage::Choosing),
            attempt: StoredValue::new(0),
        }
    }

    /// Begins anew, without a file.
    pub(super) fn forget(self) {
        ChosenFile::forget(FIELD);
        self.file.set(None);
        self.attempt.update_value(|attempt| *attempt += 1);
        self.stage.set(Stage::Choosing);
    }

    /// Checks the chosen file.
    pub(super) fn check(self) {
        self.file.set(ChosenFile::of(FIELD).map(|file| file.name()));
        self.send(Stage::Checking, true, false, Stage::Checked);
    }

    /// Takes the chosen file in, which has so many rows.
    pub(super) fn take_in(self, rows: u64, all_or_nothing: bool) {
        let told = |report: ImportReport| if report.written { Stage::Imported(report) } else { Stage::Checked(report) };
        self.send(Stage::Importing { done: 0, rows }, false, all_or_nothing, told);
    }

    fn send(self, under_way: Stage, dry_run: bool, all_or_nothing: bool, done: fn(ImportReport) -> Stage) {
        self.attempt.update_value(|attempt| *attempt += 1);
        let Some(file) = ChosenFile::of(FIELD) else { return self.stage.set(Stage::Choosing) };
        if file.is_larger_than(LARGEST_FILE) {
            return self.stage.set(Stage::Failed(ImportFailure::TooLarge));
        }
        self.stage.set(under_way);
        let attempt = self.attempt.get_value();
        let tell = move |news| {
            // The page may have been left, or another file chosen.
            if self.attempt.try_get_value() == Some(attempt) {
                self.stage.update(|stage| match news {
                    ImportNews::Progress { rows: read } => {
                        if let Stage::Importing { done, .. } = stage {
                            *done = read;
                        }
                    }
                    ImportNews::Done(report) => *stage = done(report),
                    ImportNews::Failed(failure) => *stage = Stage::Failed(failure),
                });
            }
        };
        let language = self.i18n.get_locale_untracked().as_str();
        spawn_local(upload::send(file, self.template, dry_run, all_or_nothing, language, tell));
    }

    /// Whether a file was chosen that is not in yet: leaving the page gives it up, or the rest of it.
    pub(super) fn is_unfinished(self) -> bool {
        matches!(*self.stage.read(), Stage::Checking | Stage::Checked(_) | Stage::Importing { .. })
    }

    /// How many rows the server has read.
    pub(super) fn done(self) -> u64 {
        match *self.stage.read() {
            Stage::Importing { done, .. } => done,
            _ => 0,
        }
    }
}
