//! What people type and others announce of a person.

use domain::{
    BroadWorksId, EmailAddress, Fault, Field, SpEnterpriseId, draft::Draft, email_address, phone, spreadsheet,
    subscriber::Package,
};
use url::Url;

use super::text;
use crate::{broadworks::XsiUrl, outbound::Reach};

/// What calls of the API and rows of a file say of a field, read as those are.
fn through_a_draft(field: Field, typed: &str) -> Option<String> {
    let mut draft = Draft::default();
    draft.set(field, Ok(typed.to_owned()));
    draft.check_written(&[field]).ok()?;
    draft.text(field).expect("what was checked is readable")
}

pub(super) fn email_address(bytes: &[u8]) {
    let Some(typed) = text(bytes) else { return };
    if let Ok(pasted) = EmailAddress::pasted(typed) {
        assert_eq!(EmailAddress::pasted(pasted.as_str()), Ok(pasted.clone()), "pasting twice");
        assert_eq!(EmailAddress::parse(pasted.as_str()), Ok(pasted), "pasted, and not typed");
    }
    let Ok(address) = EmailAddress::parse(typed) else { return };
    assert_eq!(EmailAddress::parse(address.as_str()), Ok(address.clone()), "typing twice");
    assert_eq!(EmailAddress::pasted(typed), Ok(address.clone()), "typed, and not pasted");
    assert_eq!(EmailAddress::from_stored(address.as_str()), address, "what was kept");
    assert!(email_address::looks_complete(address.as_str()), "the page waits for more of it");
    let key = address.key();
    assert_eq!(EmailAddress::from_stored(&key).key(), key, "the key's key");
    let mailbox = address.mailbox();
    assert_eq!(EmailAddress::from_stored(&mailbox).mailbox(), mailbox, "the mailbox's mailbox");
    assert!(!address.as_str().contains(char::is_control) && !address.as_str().contains(char::is_whitespace));
    let written = through_a_draft(Field::Email, address.as_str()).expect("typed, and not announced");
    assert_eq!(EmailAddress::parse(&written), Ok(address.clone()), "announced as another one");
    let json = serde_json::to_string(&address).expect("JSON");
    assert_eq!(serde_json::from_str::<EmailAddress>(&json).expect("an address"), address, "kept as JSON");
    crate::mail::fuzzing::reaches(&address);
}

pub(super) fn broadworks_id(bytes: &[u8]) {
    let Some(typed) = text(bytes) else { return };
    if let Ok(pasted) = BroadWorksId::pasted(typed) {
        assert_eq!(BroadWorksId::pasted(pasted.as_str()), Ok(pasted.clone()), "pasting twice");
        assert_eq!(BroadWorksId::parse(pasted.as_str()), Ok(pasted), "pasted, and not typed");
    }
    if let Ok(customer) = SpEnterpriseId::parse(typed) {
        assert_eq!(SpEnterpriseId::parse(customer.as_str()), Ok(customer), "a customer's id, twice");
    }
    if let Ok(package) = Package::parse(typed) {
        assert_eq!(Package::parse(package.as_str()), Ok(package));
    }
    let Ok(id) = BroadWorksId::parse(typed) else { return };
    assert_eq!(BroadWorksId::parse(id.as_str()), Ok(id.clone()), "typing twice");
    assert_eq!(BroadWorksId::from_stored(&id.key()).key(), id.key(), "the key's key");
    // A spreadsheet's ruin is refused where it may come from one.
    if !spreadsheet::is_damaged_number(typed) && !spreadsheet::has_text_mark(typed) {
        assert_eq!(through_a_draft(Field::UserId, typed).as_deref(), Some(id.as_str()), "typed, and not announced");
    }
    asked_for_by_its_address(&id);
}

/// BroadWorks is asked for this very user, and for nothing else of its own.
fn asked_for_by_its_address(id: &BroadWorksId) {
    let base = XsiUrl::parse("https://xsp.example.com", &Reach::default()).expect("an address");
    let Some(address) = crate::broadworks::fuzzing::address_of(&base, id) else { return };
    let address = Url::parse(&address).expect("an address");
    let segments: Vec<_> = address.path_segments().expect("a path").collect();
    let ["com.broadsoft.xsi-actions", "v2.0", "user", user, "profile"] = segments[..] else {
        panic!("another address: {address}");
    };
    let user = percent_encoding::percent_decode_str(user).decode_utf8().expect("UTF-8");
    assert_eq!(user, id.as_str(), "another user");
    assert_eq!((address.query(), address.fragment()), (None, None));
}

/// Says whether a text is a number of some kind.
type Check = fn(&str) -> Result<String, Fault>;

pub(super) fn phone(bytes: &[u8]) {
    let Some(typed) = text(bytes) else { return };
    if let Ok(number) = phone::number(typed) {
        assert_eq!(phone::number(&number), Ok(number.clone()), "read twice");
    }
    let fields: [(Field, Check); 3] = [
        (Field::PrimaryPhone, phone::number),
        (Field::MobilePhone, phone::number),
        (Field::Extension, phone::extension),
    ];
    for (field, check) in fields {
        let Some(kept) = through_a_draft(field, typed) else { continue };
        assert_eq!(check(&kept).as_ref(), Ok(&kept), "{field:?}: announced, and not a number");
        assert_eq!(through_a_draft(field, &kept).as_ref(), Some(&kept), "{field:?}: announced twice");
        let cell = crate::import::fuzzing::from_export(field, &kept);
        assert_eq!(cell.as_deref(), Some(kept.as_str()), "{field:?}: exported, and not read again");
    }
}
