//! How users stood, day by day: written down by a sweeper from the counters, which know only how they stand now.

use std::collections::HashMap;

use domain::{
    StatusGroup, Timestamp,
    timestamp::{DAY, HOUR},
};
use uuid::Uuid;

use crate::{
    fault::Trouble,
    store::{
        PartnerId, Store, TemplateId,
        counter::{self, Number},
        daily_count::{self, Anew, Numbers, day_of},
        partner, template,
    },
};

/// How many days are kept.
const KEPT: i64 = 400;

/// For how long a day's last numbers may still be wanting: longer than from one sweep to the next.
const LATE: i64 = HOUR;

/// Writes down how everybody stands today, over what was written before: the last time of a day stays. What was not known yet of
/// yesterday when that was written for the last time is added.
///
/// # Errors
/// If the database fails.
pub async fn sweep(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    let (patient, today) = (store.patiently(), day_of(now));
    let standing = standing(&patient, today).await?;
    let mut yesterday = Vec::new();
    if now.0 - today * DAY < LATE {
        // Of a day on which no server ran nothing is known but how it ended.
        let ended = standing.iter().map(|(owner, numbers)| (*owner, Numbers { day: today - 1, ..numbers.clone() }));
        yesterday = activated(&patient, today - 1, ended.collect()).await?;
        yesterday.retain(|numbers| numbers.activated > 0);
    }
    let days = activated(&patient, today, standing).await?;
    let work = store.work().await?;
    daily_count::put(&work, yesterday, Anew::Activated).await?;
    daily_count::put(&work, days, Anew::Everything).await?;
    daily_count::forget(&work, today - KEPT).await?;
    Ok(work.commit().await?)
}

/// How the users of each customer and of each partner stand.
async fn standing(store: &Store, today: i64) -> Result<HashMap<Uuid, Numbers>, Trouble> {
    let templates = template::all(store.read()).await?;
    let partners: HashMap<TemplateId, PartnerId> =
        templates.into_iter().map(|template| (template.id, template.partner_id)).collect();
    let of_partners = counter::of_each_template(store.read()).await?.into_iter();
    let of_partners = of_partners
        .filter_map(|Number { owner, status, users }| Some((Uuid::from(*partners.get(&owner)?), status, users)));
    let of_customers = counter::of_each_customer(store.read()).await?.into_iter();
    let of_customers = of_customers.map(|Number { owner, status, users }| (Uuid::from(owner), status, users));
    let mut standing = HashMap::new();
    for (owner, status, users) in of_partners.chain(of_customers) {
        let numbers = standing.entry(owner).or_insert_with(|| none(owner, today));
        *part(numbers, status.group()) += users;
    }
    Ok(standing)
}

/// The same with those who were provisioned on that day.
async fn activated(store: &Store, day: i64, mut standing: HashMap<Uuid, Numbers>) -> Result<Vec<Numbers>, Trouble> {
    for partner in partner::all(store.read()).await? {
        for activated in daily_count::activated(store.read(), partner.id, day).await? {
            for owner in [Some(partner.id.into()), activated.customer.map(Uuid::from)].into_iter().flatten() {
                standing.entry(owner).or_insert_with(|| none(owner, day)).activated += activated.users;
            }
        }
    }
    Ok(standing.into_values().collect())
}

const fn none(owner_id: Uuid, day: i64) -> Numbers {
    Numbers { owner_id, day, provisioned: 0, pending: 0, error: 0, activated: 0 }
}

const fn part(numbers: &mut Numbers, group: StatusGroup) -> &mut i64 {
    match group {
        StatusGroup::Provisioned => &mut numbers.provisioned,
        StatusGroup::Error => &mut numbers.error,
        StatusGroup::Pending => &mut numbers.pending,
    }
}
