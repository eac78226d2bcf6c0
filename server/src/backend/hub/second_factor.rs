//! The second factor of whoever is signed in.

use app::{
    backend::{Administrator, SecondFactors, Visitor},
    hub::model::{FactorSetUp, FactorState},
    problem::Problem,
    ui::qr_code::Drawing,
};
use async_trait::async_trait;
use domain::{Fault, limit};

use super::{
    HubService,
    administrators::{factor_account, hub_account},
    ids,
    people::here,
};
use crate::{
    access::{password, second_factor::Factors},
    backend::Context,
    fault::Trouble,
    store::{self, Actor, administrator},
};

/// How many letters of a key stand together.
const GROUP: usize = 4;

#[async_trait]
impl SecondFactors for HubService {
    async fn second_factor(&self, administrator: &Administrator) -> Result<FactorState, Problem> {
        let Self(context) = self;
        let found = async {
            let active = context.factors().active(&context.oneself(administrator).await?).await?;
            Ok(match active {
                Some(active) => FactorState::On {
                    since: active.since,
                    recovery_codes: u32::try_from(active.recovery_codes).unwrap_or(u32::MAX),
                },
                None if context.code_keys.are_missing() => FactorState::Unavailable,
                None => FactorState::Off,
            })
        };
        context.told(found.await)
    }

    /// A wrong password counts as one at the sign-in does.
    async fn begin_second_factor(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        typed: &str,
    ) -> Result<FactorSetUp, Problem> {
        let Self(context) = self;
        let begun = async {
            if typed.is_empty() {
                return Err(Trouble::from(Fault::PasswordMissing));
            }
            let oneself = context.oneself(administrator).await?;
            let begin = async {
                match password::is_right(typed, oneself.password_hash.as_deref()).await? {
                    true => context.factors().begin(&oneself).await,
                    false => Err(Fault::CurrentPasswordWrong.into()),
                }
            };
            let (account, wrong) = (hub_account(&oneself.email), Fault::CurrentPasswordWrong);
            let made = context.try_to_sign_in(visitor, limit::HUB_SIGN_IN, &account, wrong, begin).await?;
            let letters: Vec<char> = made.base32.chars().collect();
            let key = letters.chunks(GROUP).map(String::from_iter).collect::<Vec<_>>().join(" ");
            Ok(FactorSetUp { key, drawing: Drawing::of(&made.url), url: made.url })
        };
        context.told(begun.await)
    }

    async fn confirm_second_factor(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        code: &str,
    ) -> Result<Vec<String>, Problem> {
        let Self(context) = self;
        let confirmed = async {
            let oneself = context.oneself(administrator).await?;
            let (factors, here) = (context.factors(), here(visitor));
            context.try_code(visitor, &oneself, factors.confirm(&oneself, &here, code)).await
        };
        context.told(confirmed.await)
    }

    async fn require_factor(&self, administrator: &Administrator, required: bool) -> Result<(), Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            context.factors().require((ids.tenant, &Actor::Administrator(ids.administrator)), required).await
        })
        .await
    }

    async fn renew_recovery_codes(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        code: &str,
    ) -> Result<Vec<String>, Problem> {
        let Self(context) = self;
        let renewed = async {
            let oneself = context.oneself(administrator).await?;
            context.try_code(visitor, &oneself, context.factors().renew(&oneself, code)).await
        };
        context.told(renewed.await)
    }

    async fn remove_second_factor(
        &self,
        administrator: &Administrator,
        visitor: &Visitor,
        code: &str,
    ) -> Result<(), Problem> {
        let Self(context) = self;
        let removed = async {
            let oneself = context.oneself(administrator).await?;
            let (factors, here) = (context.factors(), here(visitor));
            context.try_code(visitor, &oneself, factors.remove(&oneself, &here, code)).await
        };
        context.told(removed.await)
    }
}

impl Context {
    /// With what second factors are kept and checked.
    pub(super) const fn factors(&self) -> Factors<'_> {
        Factors { store: &self.store, environment: &self.environment, keys: &self.code_keys }
    }

    /// Who asks.
    pub(super) async fn oneself(&self, administrator: &Administrator) -> Result<store::Administrator, Trouble> {
        let ids = ids(administrator)?;
        let found = administrator::find(self.store.read(), ids.tenant, ids.administrator).await?;
        found.ok_or_else(|| Fault::NotSignedIn.into())
    }

    /// A wrong code counts as one at the sign-in does.
    pub(super) async fn try_code<T>(
        &self,
        visitor: &Visitor,
        of: &store::Administrator,
        deed: impl Future<Output = Result<T, Trouble>>,
    ) -> Result<T, Trouble> {
        let (account, wrong) = (factor_account(of), Fault::FactorCodeWrong);
        self.try_to_sign_in(visitor, limit::HUB_SIGN_IN, &account, wrong, deed).await
    }
}
