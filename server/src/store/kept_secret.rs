//! The secrets that the server has to read again, in whichever table they stand: how they are encrypted is
//! [`crate::access::kept_secret`]'s business.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, sea_query::ExprTrait as _,
};
use uuid::Uuid;

use super::{
    Work,
    entity::{second_factor, webhook},
};

/// Where secrets stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Those that webhooks are signed with.
    Webhooks,
    /// Those of second factors.
    SecondFactors,
}

/// A secret as it is kept, and the id of what it belongs to.
pub type Kept = (Uuid, String);

impl Kind {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Webhooks, Self::SecondFactors];

    /// Those that do not begin so, whoever has them: the first ones after that owner.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn unlike(
        self,
        db: &impl ConnectionTrait,
        start: &str,
        after: Option<Uuid>,
        most: u64,
    ) -> Result<Vec<Kept>, DbErr> {
        match self {
            Self::Webhooks => {
                use webhook::{Column, Entity};
                unlike::<Entity>(db, (Column::Id, Column::Secret), (start, after, most)).await
            }
            Self::SecondFactors => {
                use second_factor::{Column, Entity};
                unlike::<Entity>(db, (Column::AdministratorId, Column::Secret), (start, after, most)).await
            }
        }
    }

    /// Keeps one in another way, unless it has changed meanwhile.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn replace(self, work: &Work, before: &Kept, after: String) -> Result<(), DbErr> {
        match self {
            Self::Webhooks => {
                use webhook::{Column, Entity};
                replace::<Entity>(work, (Column::Id, Column::Secret), before, after).await
            }
            Self::SecondFactors => {
                use second_factor::{Column, Entity};
                replace::<Entity>(work, (Column::AdministratorId, Column::Secret), before, after).await
            }
        }
    }
}

async fn unlike<E: EntityTrait>(
    db: &impl ConnectionTrait,
    (owner, secret): (E::Column, E::Column),
    (start, after, most): (&str, Option<Uuid>, u64),
) -> Result<Vec<Kept>, DbErr> {
    let rows = E::find().select_only().column(owner).column(secret).filter(secret.starts_with(start).not());
    let rows = rows.apply_if(after, |rows, after| rows.filter(owner.gt(after)));
    rows.order_by_asc(owner).limit(most).into_tuple().all(db).await
}

async fn replace<E: EntityTrait>(
    work: &Work,
    (owner, secret): (E::Column, E::Column),
    (whose, before): &Kept,
    after: String,
) -> Result<(), DbErr> {
    E::update_many()
        .col_expr(secret, after.into())
        .filter(owner.eq(*whose))
        .filter(secret.eq(before))
        .exec(&**work)
        .await
        .map(drop)
}
