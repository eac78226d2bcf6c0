use super::*;

fn there(status: &str, errors: &str) -> Subscriber {
    let json = format!(
        r#"{{"id":"x","userId":"1@SP.com","spEnterpriseId":"SP1+acme","firstName":"Ann","lastName":"Lee",
        "email":"Ann@acme.example","package":"standard","status":"{status}","errors":{errors}}}"#
    );
    serde_json::from_str(&json).unwrap()
}

#[test]
fn a_state_there_is_progress_here() {
    assert_eq!(there("provisioned", "[]").progress(), Ok(Progress::Done(None)));
    for underway in ["provisioning", "updating"] {
        assert_eq!(there(underway, "[]").progress(), Ok(Progress::Underway(None)));
    }
    assert_eq!(there("pending_user_migration", "[]").progress(), Ok(Progress::ConsentAsked));
    for stuck in ["pending_email_input", "pending_email_validation", "error", "unheard_of"] {
        assert_eq!(there(stuck, "[]").progress().unwrap_err().fault, Fault::TargetRefused, "{stuck}");
    }
}

#[test]
fn an_error_there_keeps_its_number_and_words_but_no_name() {
    for (code, fault) in [
        (41001, Fault::AddressInUse),
        (41007, Fault::PackageUnavailable),
        (10022, Fault::AccountConflict),
        // It was tried there as often as it is worth it.
        (41002, Fault::TargetRefused),
        (7, Fault::TargetRefused),
    ] {
        let errors = format!(r#"[{{"errorCode":{code},"description":"no room for ann Lee <ann@acme.example>"}}]"#);
        let refusal = there("error", &errors).progress().unwrap_err();
        assert_eq!(refusal, Refusal { detail: Some(format!("{code} no room for … … …")), ..fault.into() });
        assert!(!refusal.fault.is_transient());
    }
}

#[test]
fn what_the_vendor_says_of_another_company_is_understood() {
    for (errors, fault) in [
        (r#"[{"errorCode":5044,"description":"User is in another organization."}]"#, Fault::AddressElsewhere),
        (
            r#"[{"errorCode":41010,"description":"The email address belongs to an account at another company."}]"#,
            Fault::AddressElsewhere,
        ),
        // What it says by number goes before its words.
        (r#"[{"errorCode":41001,"description":"User is in another organization."}]"#, Fault::AddressInUse),
        (r#"[{"errorCode":5044,"description":"Location is in another organization."}]"#, Fault::TargetRefused),
    ] {
        assert_eq!(there("error", errors).progress().unwrap_err().fault, fault, "{errors}");
    }
}

#[test]
fn a_person_goes_by_the_bare_id() {
    const WRITTEN: &str = "Y2lzY29zcGFyazovL3VzL1BFT1BMRS9mNWIzNjE4Ny1jOGRkLTQ3MjctOGIyZi1mOWM0NDdmMjkwNDY";
    const BARE: &str = "f5b36187-c8dd-4727-8b2f-f9c447f29046";
    let person = |written: &str| {
        Subscriber { person_id: Some(written.to_owned()), ..there("provisioned", "[]") }.person_id().unwrap()
    };
    assert_eq!(person(WRITTEN), BARE);
    assert_eq!(written_person_id(BARE), WRITTEN);
    assert_eq!(written_person_id(&person("another-form")), "another-form");
}

#[test]
fn an_address_is_the_same_in_any_case() {
    let address = |typed| EmailAddress::parse(typed).unwrap();
    assert!(there("provisioned", "[]").has_address(&address("ann@ACME.example")));
    assert!(!there("provisioned", "[]").has_address(&address("bob@acme.example")));
}
