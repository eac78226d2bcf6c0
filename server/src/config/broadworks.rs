//! The accounts that read BroadWorks' directories.

use std::collections::BTreeMap;

use super::{BroadWorks, ConfigError, Lookup, PartnersAccount, error};
use crate::{
    broadworks::{BroadWorksAccount, XsiUrl},
    outbound::Reach,
};

/// One account for each partner.
pub(super) fn accounts(
    lookup: Lookup<'_>,
    in_file: BroadWorks,
    partners: BTreeMap<String, BroadWorks>,
    reach: &Reach,
) -> Result<Vec<PartnersAccount>, ConfigError> {
    const PARTNER: &str = "FLOWTHROUGH_BROADWORKS_PARTNER";
    let names = ["URL", "USER", "PASSWORD"].map(|name| format!("FLOWTHROUGH_BROADWORKS_{name}"));
    let [url, user, password] = &names;
    let given = [lookup(url).or(in_file.url), lookup(user).or(in_file.user), lookup(password).or(in_file.password)];
    let whose = lookup(PARTNER).or(in_file.partner);
    let mut accounts: Vec<PartnersAccount> = Vec::new();
    if let Some(account) = account(names, given, reach)? {
        accounts.push(PartnersAccount { partner: whose, account });
    }
    for (partner, BroadWorks { url, user, password, partner: misplaced }) in partners {
        let names = ["url", "user", "password"].map(|name| format!("[partners.{partner:?}.broadworks] {name}"));
        if misplaced.is_some() {
            return Err(error(&names[0].replace("] url", "] partner"), "named already", "Leave it out."));
        }
        if let Some(account) = account(names, [url, user, password], reach)? {
            accounts.push(PartnersAccount { partner: Some(partner), account });
        }
    }
    for (at, one) in accounts.iter().enumerate() {
        for other in &accounts[..at] {
            let same =
                |one: &BroadWorksAccount, other: &BroadWorksAccount| (&one.url, &one.name) == (&other.url, &other.name);
            if one.partner == other.partner || same(&one.account, &other.account) {
                let fix = "Give each partner one account, and one that is no other partner's: BroadWorks decides by it \
                           whose users may be read.";
                return Err(error("FLOWTHROUGH_BROADWORKS_USER", "set for two partners, or twice for one", fix));
            }
        }
    }
    Ok(accounts)
}

/// An account: all three settings, or none.
fn account(
    names: [String; 3],
    given: [Option<String>; 3],
    reach: &Reach,
) -> Result<Option<BroadWorksAccount>, ConfigError> {
    match given {
        [None, None, None] => Ok(None),
        [Some(typed), Some(name), Some(password)] => {
            let fix = "Write the address of Xsi-Actions, such as https://xsp.example.com.";
            let url = XsiUrl::parse(&typed, reach).map_err(|wrong| error(&names[0], wrong, fix))?;
            Ok(Some(BroadWorksAccount { url, name, password }))
        }
        given => {
            let missing = names.iter().zip(&given).find(|(_, given)| given.is_none());
            let fix = format!("Set all of {}.", names.join(", "));
            Err(error(missing.map_or(&names[0], |(name, _)| name), "missing", &fix))
        }
    }
}
