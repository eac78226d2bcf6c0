//! `GET /v1/broadworks/overview`: ours. How onboarding goes, as the hub's overview and `flowthrough report` show it.

use std::collections::BTreeMap;

use axum::{Json, extract::State};
use domain::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ApiState, Client, Read, Refusal, names::Names};
use crate::{
    fault::Trouble,
    iso8601, overview,
    store::{Store, Subscriber, Tenant},
    vendor_id::Kind,
};

/// How a partner's onboarding goes.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Overview {
    /// When this was so.
    pub created: String,
    /// How all users stand.
    pub users: Users,
    /// How they stood at the end of each of the last 30 days (UTC), the oldest first; of the last one, now.
    pub days: Vec<Day>,
    /// How long it took of late from arrival to account; left out if nobody got one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_to_account: Option<TimeToAccount>,
    /// The commonest errors of users.
    pub errors: Vec<Failing>,
    /// Who is not provisioned and has not moved for three days.
    pub stuck: Stuck,
    /// How many users wait for each target, by its name, and for the mail server, `mail`.
    pub waiting: BTreeMap<String, u32>,
}

/// How users stand.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = OverviewUsers)]
pub struct Users {
    /// All of them.
    pub total: u32,
    /// Provisioned.
    pub provisioned: u32,
    /// Waiting for the user or somebody else, or under way.
    pub pending: u32,
    /// In error.
    pub error: u32,
}

/// How users stood at the end of a day.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = OverviewDay)]
pub struct Day {
    /// `2026-11-26`.
    pub date: String,
    /// How many were provisioned.
    pub provisioned: u32,
    /// How many waited, or were under way.
    pub pending: u32,
    /// How many were in error.
    pub error: u32,
    /// How many were provisioned on that day.
    pub activated: u32,
}

/// How long it took from arrival to account.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OverviewTimeToAccount)]
pub struct TimeToAccount {
    /// Half of the users waited no longer, in seconds.
    pub median_seconds: i64,
    /// Nineteen of twenty waited no longer, in seconds.
    pub most_seconds: i64,
    /// Of so many users.
    pub users: u32,
}

/// Why so many users are in error.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OverviewError)]
pub struct Failing {
    /// Which fault it is.
    pub error_code: u32,
    /// What that means.
    pub description: String,
    /// How many they are.
    pub users: u32,
    /// Whether their attempts can be made again.
    pub retry: bool,
}

/// Who is stuck.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = OverviewStuck)]
pub struct Stuck {
    /// How many they are.
    pub users: u32,
    /// Whether they are more than that.
    pub more: bool,
    /// The first five to have come.
    pub first: Vec<Waiting>,
}

/// One who is stuck.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OverviewWaiting)]
pub struct Waiting {
    /// The subscriber's id.
    pub id: String,
    /// The BroadWorks user id.
    pub user_id: String,
    /// The customer's id.
    pub sp_enterprise_id: String,
    /// As of a subscriber.
    pub status: String,
    /// Since when.
    pub last_status_change: String,
}

/// Shows how onboarding goes.
#[utoipa::path(
    get,
    path = "/v1/broadworks/overview",
    operation_id = "overview_read",
    tag = "Subscribers (ours)",
    responses((status = 200, description = "How users stand and stood, and what needs somebody", body = Overview))
)]
pub async fn overview(State(state): State<ApiState>, client: Client<Read>) -> Result<Json<Overview>, Refusal> {
    Ok(Json(Overview::of(&state.store, client.tenant, state.environment.now()).await?))
}

impl Overview {
    /// How a tenant's onboarding goes now.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of(store: &Store, tenant: Tenant, now: Timestamp) -> Result<Self, Trouble> {
        let overview = overview::Overview { store, tenant, now };
        let users = overview.users().await?;
        let stuck = overview.stuck().await?;
        let speed = overview.speed().await?;
        Ok(Self {
            created: iso8601::format(now),
            days: overview.days(users).await?.into_iter().map(Day::from).collect(),
            time_to_account: speed.map(|speed| TimeToAccount {
                median_seconds: speed.median / 1_000,
                most_seconds: speed.most / 1_000,
                users: speed.of,
            }),
            errors: overview.failing().await?.into_iter().map(Failing::from).collect(),
            stuck: Stuck {
                users: stuck.users,
                more: stuck.more,
                first: Waiting::all(store, tenant, stuck.first).await?,
            },
            waiting: overview.waiting().await?.into_iter().filter(|(_, users)| *users > 0).collect(),
            users: Users {
                total: users.total,
                provisioned: users.provisioned,
                pending: users.pending,
                error: users.error,
            },
        })
    }
}

impl From<app::hub::model::Day> for Day {
    fn from(day: app::hub::model::Day) -> Self {
        let app::hub::model::Day { date, provisioned, pending, error, activated } = day;
        Self { date, provisioned, pending, error, activated }
    }
}

impl From<app::hub::model::Failing> for Failing {
    fn from(failing: app::hub::model::Failing) -> Self {
        let app::hub::model::Failing { fault, users, retry } = failing;
        Self { error_code: fault.code(), description: fault.cause().to_owned(), users, retry }
    }
}

impl Waiting {
    async fn all(store: &Store, tenant: Tenant, users: Vec<Subscriber>) -> Result<Vec<Self>, Trouble> {
        let names = Names::of(store, tenant, users.iter().map(|user| (user.customer_id, user.template_id))).await?;
        let waiting = users.into_iter().filter_map(|user| {
            let (sp_enterprise_id, _) = names.pair(user.customer_id, user.template_id)?;
            Some(Self {
                id: Kind::Subscriber.encode(user.id),
                user_id: user.user_id.into(),
                sp_enterprise_id,
                status: user.lifecycle.status().as_str().to_owned(),
                last_status_change: iso8601::format(user.status_changed_at),
            })
        });
        Ok(waiting.collect())
    }
}
