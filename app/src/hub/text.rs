//! What several of the hub's screens say in the same words.

use domain::{
    Package, Permission, Role, bulk::Action, filter::Flaw, subscriber::Requirement, template::UserVerification,
};

use super::model::{Doer, JobRow, JobState, UserList};
use crate::i18n::{Locale, td_string};

/// A number as it is written in the reader's language.
pub(super) fn number_text(locale: Locale, number: u32) -> String {
    let mark = match locale {
        Locale::it | Locale::de | Locale::es => '.',
        // So that it is not parted at the end of a line.
        Locale::bg | Locale::fr => '\u{202f}',
        _ => ',',
    };
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

/// What a job does with so many.
pub(super) fn action_text(locale: Locale, action: Action, rows: u32) -> &'static str {
    match action {
        Action::Create => td_string!(locale, hub.jobs.create),
        Action::Retry => td_string!(locale, hub.retry.title),
        Action::Delete if rows == 1 => td_string!(locale, hub.delete.title),
        Action::Delete => td_string!(locale, hub.bulk.delete),
        Action::ChangePackage => td_string!(locale, hub.change_package.title),
        Action::Move => td_string!(locale, hub.moving.title),
        Action::Resend => td_string!(locale, hub.user.resend),
    }
}

/// How a job stands.
pub(super) fn job_state_text(locale: Locale, state: JobState) -> &'static str {
    match state {
        JobState::Waiting(_) => td_string!(locale, hub.jobs.waiting),
        JobState::Staged => td_string!(locale, hub.jobs.staged),
        JobState::Selecting => td_string!(locale, hub.jobs.selecting),
        JobState::Running => td_string!(locale, hub.jobs.running),
        JobState::Finished => td_string!(locale, hub.jobs.finished),
        JobState::Cancelled => td_string!(locale, hub.jobs.cancelled),
    }
}

/// How far a job is, in numbers.
pub(super) fn job_progress(locale: Locale, job: &JobRow) -> String {
    match job.state {
        JobState::Waiting(seconds) => td_string!(locale, hub.jobs.undo_left, seconds).to_string(),
        JobState::Staged | JobState::Selecting => number_text(locale, job.rows),
        JobState::Running => {
            let (done, rows) = (number_text(locale, job.done()), number_text(locale, job.rows));
            td_string!(locale, hub.jobs.progress, done, rows).to_string()
        }
        JobState::Finished | JobState::Cancelled => job_numbers(locale, job),
    }
}

/// Whom a job is about: one, those of a list, or so many.
pub(super) fn job_users(locale: Locale, job: &JobRow) -> String {
    match (&job.user, &job.list) {
        (Some(user), _) => user.clone(),
        (None, Some(list)) => list_text(locale, list),
        (None, None) => users_text(locale, job.rows),
    }
}

/// So many users.
pub(super) fn users_text(locale: Locale, users: u32) -> String {
    let number = number_text(locale, users);
    td_string!(locale, hub.jobs.so_many, count = users, number).to_string()
}

/// A list all of whose users are meant.
pub(super) fn list_text(locale: Locale, list: &UserList) -> String {
    let UserList { template, customer, exclude_provisioned, filter } = list;
    let pending = exclude_provisioned.then(|| "provisioned:no".to_owned());
    let filter = (!filter.is_empty()).then(|| filter.clone());
    let parts: Vec<String> = [filter, pending, template.clone(), customer.clone()].into_iter().flatten().collect();
    td_string!(locale, hub.jobs.all_of, list = parts.join(" · ")).to_string()
}

/// How many of a job's rows have which outcome.
fn job_numbers(locale: Locale, job: &JobRow) -> String {
    let text = |number| number_text(locale, number);
    let (done, skipped, refused) = (text(job.accepted), text(job.unchanged), text(job.refused));
    td_string!(locale, hub.jobs.numbers, done, skipped, refused).to_string()
}

/// The package's name.
pub(super) fn package_text(locale: Locale, package: Package) -> &'static str {
    match package {
        Package::Softphone => td_string!(locale, hub.package.softphone),
        Package::Basic => td_string!(locale, hub.package.basic),
        Package::Standard => td_string!(locale, hub.package.standard),
        Package::Premium => td_string!(locale, hub.package.premium),
    }
}

/// The requirement in the reader's language.
pub(super) fn requirement_text(locale: Locale, requirement: Requirement) -> &'static str {
    match requirement {
        Requirement::EmailInput => td_string!(locale, hub.requirement.email_input),
        Requirement::EmailValidation => td_string!(locale, hub.requirement.email_validation),
        Requirement::Consent => td_string!(locale, hub.requirement.consent),
        Requirement::Administrator => td_string!(locale, hub.requirement.administrator),
    }
}

/// What is wrong with a filter, in the reader's language.
pub(super) fn flaw_text(locale: Locale, flaw: &Flaw) -> String {
    match flaw {
        Flaw::Key { key, meant } => {
            td_string!(locale, hub.search.no_key, key = key.as_str(), meant = meant.as_str()).to_string()
        }
        Flaw::Value { key, value, meant } => {
            td_string!(locale, hub.search.no_value, key = key.as_str(), value = value.as_str(), meant = meant.as_str())
                .to_string()
        }
        Flaw::Twice { key } => td_string!(locale, hub.search.twice, key = key.as_str()).to_string(),
        Flaw::Unquoted => td_string!(locale, hub.search.unquoted).to_owned(),
        Flaw::TooLong => td_string!(locale, hub.search.too_long).to_owned(),
    }
}

/// Who did it.
pub(super) fn doer_text(locale: Locale, by: &Doer) -> String {
    let plain = match by {
        Doer::Administrator(Some(name)) => return name.clone(),
        Doer::Token(Some(name)) => return td_string!(locale, hub.user.by.token, name = name.as_str()).to_string(),
        Doer::Adapter(Some(name)) => return td_string!(locale, hub.user.by.adapter, name = name.as_str()).to_string(),
        Doer::User => td_string!(locale, hub.user.by.user),
        Doer::Engine => td_string!(locale, hub.user.by.engine),
        Doer::Administrator(None) => td_string!(locale, hub.user.by.administrator_gone),
        Doer::Token(None) => td_string!(locale, hub.user.by.token_gone),
        Doer::Adapter(None) => td_string!(locale, hub.user.by.adapter_gone),
        Doer::Import => td_string!(locale, hub.user.by.import),
        Doer::Operator => td_string!(locale, hub.user.by.operator),
    };
    plain.to_owned()
}

/// The role's name.
pub(super) fn role_text(locale: Locale, role: Role) -> &'static str {
    match role {
        Role::FullAdministrator => td_string!(locale, hub.people.full_administrator),
        Role::Administrator => td_string!(locale, hub.people.administrator),
        Role::ReadOnly => td_string!(locale, hub.people.read_only),
        Role::HelpDesk => td_string!(locale, hub.people.help_desk),
        Role::CustomerAdministrator => td_string!(locale, hub.people.customer_administrator),
    }
}

/// Who vouches for addresses, in the reader's language.
pub(super) fn verification_text(locale: Locale, verification: UserVerification) -> &'static str {
    match verification {
        UserVerification::Trusted => td_string!(locale, hub.verification.trusted),
        UserVerification::Untrusted => td_string!(locale, hub.verification.untrusted),
    }
}

/// What a permission of a token allows, in short.
pub(super) fn scope_text(locale: Locale, permission: Permission) -> &'static str {
    match permission {
        Permission::UsersRead => td_string!(locale, hub.tokens.read),
        Permission::UsersWrite => td_string!(locale, hub.tokens.write),
        Permission::WorkspacesRead => td_string!(locale, hub.tokens.workspaces_read),
        Permission::WorkspacesWrite => td_string!(locale, hub.tokens.workspaces_write),
        Permission::BillingRead => td_string!(locale, hub.tokens.billing_read),
        Permission::BillingWrite => td_string!(locale, hub.tokens.billing_write),
        Permission::AuditRead => td_string!(locale, hub.tokens.audit_read),
        // No token has the others.
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_written_as_their_readers_write_them() {
        let cases = [(0, "0"), (999, "999"), (1_000, "1,000"), (12_431, "12,431"), (1_000_000, "1,000,000")];
        for (number, text) in cases {
            assert_eq!(number_text(Locale::en, number), text);
        }
        assert_eq!(number_text(Locale::it, 12_431), "12.431");
        assert_eq!(number_text(Locale::bg, 12_431), "12\u{202f}431");
        assert_eq!(number_text(Locale::es, 12_431), "12.431");
        assert_eq!(number_text(Locale::fr, 12_431), "12\u{202f}431");
    }
}
