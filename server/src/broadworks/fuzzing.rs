//! What BroadWorks answers, in whichever encoding (see [`crate::fuzzing`]).

use domain::BroadWorksId;
use quick_xml::escape::escape;

use super::{
    Profile, XsiUrl,
    document::{self, ErrorInfo, NAMESPACE},
    enterprise_directory, xsi,
};

/// Where the profile of a user is asked for.
pub(crate) fn address_of(base: &XsiUrl, user: &BroadWorksId) -> Option<String> {
    base.of(user, xsi::PROFILE)
}

pub(crate) fn documents(bytes: &[u8]) {
    for charset in [None, Some("ISO-8859-1"), Some("UTF-16")] {
        let Some(text) = document::text(bytes, charset) else { continue };
        if let Some(error) = ErrorInfo::read(&text) {
            let _ = error.code();
        }
        if let Ok(page) = enterprise_directory::read(&text, 1) {
            assert!(page.next.is_none_or(|next| next > 1), "the same part for ever");
            for person in &page.people {
                fits_a_line([&person.first_name, &person.last_name]);
            }
        }
        let Ok(profile) = xsi::read(&text) else { continue };
        fits_a_line([&profile.person.first_name, &profile.person.last_name]);
        let again = xsi::read(&written(&profile)).expect("what was read is readable");
        assert!(again == profile, "another profile: {:?}", written(&profile));
    }
}

fn fits_a_line(names: [&str; 2]) {
    for name in names {
        assert!(!name.contains(char::is_control) && name == name.trim(), "{name:?} is no name");
    }
}

/// A profile as BroadWorks would write it.
fn written(profile: &Profile) -> String {
    let element = |name: &str, text: Option<&str>| {
        text.map(|text| format!("<{name}>{}</{name}>", escape(text))).unwrap_or_default()
    };
    format!(
        r#"<Profile xmlns="{NAMESPACE}"><details>{}{}{}<serviceProvider isEnterprise="true">{}</serviceProvider>{}{}</details><additionalDetails>{}</additionalDetails></Profile>"#,
        element("userId", Some(profile.person.user_id.as_str())),
        element("firstName", Some(&profile.person.first_name)),
        element("lastName", Some(&profile.person.last_name)),
        escape(profile.sp_enterprise_id.as_str()),
        element("number", profile.person.phone_number.as_deref()),
        element("extension", profile.person.extension.as_deref()),
        element("mobile", profile.person.mobile_phone.as_deref()),
    )
}
