//! Files of subscribers, and cells that Export wrote (see [`crate::fuzzing`]).

use std::io::Cursor;

use domain::{
    Fault, Field, Package,
    draft::{Draft, NewSubscriber},
};

use super::{ImportError, table::Table};
use crate::{
    fuzzing::lines,
    spreadsheet::{BYTE_ORDER_MARK, row},
};

/// What is written in each row of a file, or why that cannot be told.
fn read(file: &[u8]) -> Result<Vec<Result<Draft, Fault>>, ImportError> {
    let mut source = Cursor::new(file);
    let mut table = Table::open(&mut source)?;
    let mut drafts = Vec::new();
    while let Some(row) = table.next()? {
        drafts.push(row.draft);
    }
    Ok(drafts)
}

/// A file as Export writes it, with one row.
fn exported(cells: &[(Field, &str)]) -> String {
    let header = row(cells.iter().map(|(field, _)| field.column()));
    format!("{BYTE_ORDER_MARK}{header}{}", row(cells.iter().map(|(_, text)| *text)))
}

/// What import reads where Export wrote this.
pub(crate) fn from_export(field: Field, text: &str) -> Option<String> {
    let mut cells = vec![
        (Field::UserId, "ann@sp.example"),
        (Field::FirstName, "Ann"),
        (Field::LastName, "Lee"),
        (Field::SpEnterpriseId, "SP1+acme"),
    ];
    cells.retain(|(other, _)| *other != field);
    cells.push((field, text));
    let drafts = read(exported(&cells).as_bytes()).expect("a table");
    let [Ok(draft)] = &drafts[..] else { return None };
    draft.written().find(|(other, _)| *other == field).map(|(_, text)| text.to_owned())
}

pub(crate) fn file(bytes: &[u8]) {
    let first = match read(bytes) {
        Ok(drafts) => drafts,
        Err(ImportError::Malformed { line, why }) => {
            assert!(line > 0 && !why.to_string().is_empty());
            return;
        }
        Err(other) => panic!("{other}"),
    };
    for draft in first.into_iter().flatten() {
        comes_back(&draft);
    }
}

/// What was read from a file and exported is read again as the same.
fn comes_back(draft: &Draft) {
    let needed = [Field::UserId, Field::FirstName, Field::LastName, Field::SpEnterpriseId];
    let mut cells: Vec<_> = draft.written().collect();
    let missing: Vec<_> = needed.into_iter().filter(|field| cells.iter().all(|(other, _)| other != field)).collect();
    cells.extend(missing.into_iter().map(|field| (field, "")));
    if cells.iter().all(|(_, text)| text.trim().is_empty()) {
        return;
    }
    let drafts = read(exported(&cells).as_bytes()).expect("Export writes a table");
    let [Ok(again)] = &drafts[..] else { panic!("{cells:?} is not one row any more") };
    let written = |draft: &Draft| {
        let texts = draft.written().map(|(field, text)| (field, text.to_owned()));
        texts.filter(|(_, text)| !text.is_empty()).collect::<Vec<_>>()
    };
    assert_eq!(written(again), written(draft), "exported and read again");
}

/// Whoever was announced, by whichever door, may be exported and imported, and is the same.
pub(crate) fn is_imported(new: &NewSubscriber) {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let kept = [
        (Field::UserId, new.user_id.as_str().to_owned()),
        (Field::FirstName, new.first_name.clone()),
        (Field::LastName, new.last_name.clone()),
        (Field::Email, new.email.as_ref().map(|email| email.as_str().to_owned()).unwrap_or_default()),
        (Field::Package, new.package.as_str().to_owned()),
        (Field::SpEnterpriseId, new.sp_enterprise_id.as_str().to_owned()),
        (Field::PrimaryPhone, text(&new.primary_phone)),
        (Field::MobilePhone, text(&new.mobile_phone)),
        (Field::Extension, text(&new.extension)),
        (Field::Language, text(&new.language)),
        (Field::TimeZone, text(&new.timezone)),
        (Field::SpEnterpriseGroupId, text(&new.sp_enterprise_group_id)),
    ];
    let cells: Vec<_> = kept.iter().map(|(field, text)| (*field, text.as_str())).collect();
    let drafts = read(exported(&cells).as_bytes()).expect("Export writes a table");
    let [Ok(again)] = &drafts[..] else { panic!("{kept:?} is not read again") };
    for (field, text) in &kept {
        // What a spreadsheet shows instead of a value is refused wherever a spreadsheet may have been.
        if domain::spreadsheet::is_formula_or_error(text) {
            return;
        }
        let read = again.written().find(|(other, _)| other == field).map(|(_, text)| text);
        assert_eq!(read, Some(text.as_str()), "{field:?}: exported and read again");
    }
    again.check(None).unwrap_or_else(|flaws| panic!("{flaws:?}: announced, and not imported: {kept:?}"));
}

/// Anybody who may be called so.
pub(crate) fn cells(bytes: &[u8]) {
    let Some([user_id, customer, first_name, last_name, phone]) = lines(bytes) else { return };
    let mut draft = Draft::default();
    for (field, text) in [
        (Field::UserId, user_id),
        (Field::SpEnterpriseId, customer),
        (Field::FirstName, first_name),
        (Field::LastName, last_name),
        (Field::PrimaryPhone, phone),
    ] {
        draft.set(field, Ok(text.to_owned()));
    }
    if let Ok(new) = draft.check(Some(Package::Basic)) {
        is_imported(&new);
    }
}
