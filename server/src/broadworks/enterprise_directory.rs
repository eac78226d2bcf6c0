//! Who is in an enterprise: the Xsi-Actions directories, read with an account of the server's own.
//!
//! Two requests: a user's profile, as for signing in, and `…/user/{id}/directories/Enterprise` (or `/Group` for a group of
//! a service provider), which shows the directory that this user sees. The account has to be one that BroadWorks lets
//! act for every user. Operators limit that differently; where it is not allowed, no directory can be synced.

use std::fmt;

use domain::{BroadWorksId, SpEnterpriseId};
use serde::Deserialize;

use super::{
    Person, Unavailable, XsiClient, XsiError, XsiUrl, document,
    person::AdditionalDetails,
    xsi::{self, Answer},
};

/// How many entries of a directory are asked for at a time; BroadWorks may give fewer.
const PAGE: usize = 50;

/// Where the directories of BroadWorks are, and the account that may read them.
#[derive(Clone, PartialEq, Eq)]
pub struct BroadWorksAccount {
    /// The Xsi-Actions interface.
    pub url: XsiUrl,
    /// The account's name.
    pub name: String,
    /// Its password.
    pub password: String,
}

/// Keeps the password out of logs.
impl fmt::Debug for BroadWorksAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BroadWorksAccount").field("url", &self.url).finish_non_exhaustive()
    }
}

/// A part of a directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectoryPage {
    /// The users in it. What is no valid user id is left out.
    pub people: Vec<Person>,
    /// Where the next part begins; nothing after the last one.
    pub next: Option<u32>,
}

/// Reports who is in an enterprise.
#[async_trait::async_trait]
pub trait EnterpriseDirectory: Send + Sync {
    /// One user of an enterprise; nothing, if BroadWorks knows no such user there.
    ///
    /// # Errors
    /// Why BroadWorks could not be asked.
    async fn user(&self, of: &SpEnterpriseId, user: &BroadWorksId) -> Result<Option<Person>, Unavailable>;

    /// The part from `start` (the first entry is 1) of the enterprise's directory, as `member`, one of its users, sees it.
    ///
    /// # Errors
    /// Why BroadWorks could not be asked.
    async fn page(&self, of: &SpEnterpriseId, member: &BroadWorksId, start: u32) -> Result<DirectoryPage, Unavailable>;
}

/// No account was set up: there is no directory to read.
pub struct NoAccount;

#[async_trait::async_trait]
impl EnterpriseDirectory for NoAccount {
    async fn user(&self, _: &SpEnterpriseId, _: &BroadWorksId) -> Result<Option<Person>, Unavailable> {
        Err(Unavailable::NoAccount)
    }

    async fn page(&self, _: &SpEnterpriseId, _: &BroadWorksId, _: u32) -> Result<DirectoryPage, Unavailable> {
        Err(Unavailable::NoAccount)
    }
}

/// The directories of a real BroadWorks.
pub struct XsiDirectory {
    client: XsiClient,
    account: BroadWorksAccount,
}

impl XsiDirectory {
    /// Reads with this account.
    #[must_use]
    pub fn new(client: XsiClient, account: BroadWorksAccount) -> Self {
        Self { client, account }
    }

    /// The document at an address; nothing, if BroadWorks itself says that there is no such user.
    async fn get(&self, url: &str) -> Result<Option<String>, Unavailable> {
        let BroadWorksAccount { url: base, name, password } = &self.account;
        match self.client.get(base, url, Some((name, password))).await? {
            Answer::Document(document) => Ok(Some(document)),
            Answer::UnknownUser => Ok(None),
            Answer::BadCredentials => Err(Unavailable::Account),
        }
    }
}

#[async_trait::async_trait]
impl EnterpriseDirectory for XsiDirectory {
    async fn user(&self, of: &SpEnterpriseId, user: &BroadWorksId) -> Result<Option<Person>, Unavailable> {
        let Some(url) = self.account.url.of(user, xsi::PROFILE) else { return Ok(None) };
        let Some(document) = self.get(&url).await? else { return Ok(None) };
        let profile = match xsi::read(&document) {
            Ok(profile) => profile,
            Err(XsiError::Unavailable(reason)) => return Err(reason),
            // BroadWorks says nothing by which the user would be the enterprise's.
            Err(XsiError::Profile(_) | XsiError::BadCredentials) => return Ok(None),
        };
        if !xsi::is_of(&profile, user) {
            return Err(Unavailable::OtherUser);
        }
        Ok((profile.sp_enterprise_id == *of).then_some(profile.person))
    }

    async fn page(&self, of: &SpEnterpriseId, member: &BroadWorksId, start: u32) -> Result<DirectoryPage, Unavailable> {
        // `provider+group` is a group of a service provider, anything else an enterprise.
        let kind = if of.as_str().contains('+') { "Group" } else { "Enterprise" };
        let part = format!("directories/{kind}?start={start}&results={PAGE}");
        let url = self.account.url.of(member, &part).ok_or(Unavailable::OtherUser)?;
        let document = self.get(&url).await?.ok_or(Unavailable::OtherUser)?;
        read(&document, start)
    }
}

/// The document, as far as it is of interest.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    start_index: u32,
    number_of_records: u32,
    total_available_records: u32,
    #[serde(alias = "groupDirectory")]
    enterprise_directory: Entries,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entries {
    #[serde(default)]
    directory_details: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    user_id: String,
    #[serde(default)]
    first_name: String,
    #[serde(default)]
    last_name: String,
    #[serde(default)]
    number: String,
    #[serde(default)]
    extension: String,
    #[serde(default)]
    additional_details: AdditionalDetails,
}

pub(super) fn read(document: &str, start: u32) -> Result<DirectoryPage, Unavailable> {
    let document: Document = document::read(document, &["Enterprise", "Group"]).ok_or(Unavailable::Unreadable)?;
    // A BroadWorks that heeds no `start` would give the same part for ever.
    if document.start_index != start {
        return Err(Unavailable::Unreadable);
    }
    let next = document.start_index.saturating_add(document.number_of_records);
    let more = next <= document.total_available_records;
    // Whoever takes a part that is empty for the last one forgets everybody behind it.
    if more && document.number_of_records == 0 {
        return Err(Unavailable::Unreadable);
    }
    let people = document.enterprise_directory.directory_details.into_iter().filter_map(person).collect();
    Ok(DirectoryPage { people, next: more.then_some(next) })
}

/// Nothing, if what stands there cannot be a user: one of a thousand does not make the others unreadable.
fn person(entry: Entry) -> Option<Person> {
    let Entry { user_id, first_name, last_name, number, extension, additional_details } = entry;
    Person::read(&user_id, [&first_name, &last_name], Some(number), Some(extension), additional_details)
}

#[cfg(test)]
mod tests {
    use super::{document::NAMESPACE, *};

    fn document(inner: &str) -> String {
        format!(
            r#"<Enterprise xmlns="{NAMESPACE}"><startIndex>1</startIndex><numberOfRecords>2</numberOfRecords>
            <totalAvailableRecords>3</totalAvailableRecords>{inner}</Enterprise>"#
        )
    }

    #[test]
    fn what_cannot_be_a_user_is_left_out() {
        let inner = "<enterpriseDirectory><directoryDetails><userId>a:b</userId></directoryDetails>\
            <directoryDetails><userId>ann@sp.example</userId><groupId>g</groupId><number>sip:1@x</number>\
            <extension>abc</extension></directoryDetails></enterpriseDirectory>";
        let page = read(&document(inner), 1).unwrap();
        assert_eq!(page.people.iter().map(|one| one.user_id.as_str()).collect::<Vec<_>>(), ["ann@sp.example"]);
        assert_eq!(page.next, Some(3));
        assert_eq!((&page.people[0].phone_number, &page.people[0].extension), (&None, &None));
    }

    #[test]
    fn anything_but_a_directory_is_unreadable() {
        let foreign = document("<enterpriseDirectory/>").replace(NAMESPACE, "urn:other");
        for wrong in ["", "<html/>", "<Enterprise/>", &document(""), &foreign] {
            assert_eq!(read(wrong, 1), Err(Unavailable::Unreadable), "{wrong}");
        }
        let empty = document("<enterpriseDirectory/>").replace("<numberOfRecords>2", "<numberOfRecords>0");
        assert_eq!(read(&empty, 1), Err(Unavailable::Unreadable), "three are announced");
        let nobody = empty.replace("<totalAvailableRecords>3", "<totalAvailableRecords>0");
        assert_eq!(read(&nobody, 1), Ok(DirectoryPage { people: vec![], next: None }));
        let another_part = document("<enterpriseDirectory/>");
        assert_eq!(read(&another_part, 3), Err(Unavailable::Unreadable));
        assert_eq!(read(&document("<enterpriseDirectory/>"), 1).unwrap().people, []);
    }
}
