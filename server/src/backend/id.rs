//! The ids of rows and the same as the hub's pages know them.

use app::hub::model;
use uuid::Uuid;

use crate::store;

macro_rules! same {
    ($($row:ident is $shown:ident),* $(,)?) => {$(
        impl From<store::$row> for model::$shown {
            fn from(id: store::$row) -> Self {
                Uuid::from(id).into()
            }
        }

        impl From<model::$shown> for store::$row {
            fn from(id: model::$shown) -> Self {
                Uuid::from(id).into()
            }
        }
    )*};
}

same! {
    SubscriberId is UserId,
    CustomerId is CustomerId,
    TemplateId is TemplateId,
    AdministratorId is PersonId,
    BulkJobId is JobId,
    ApiTokenId is TokenId,
    WebhookId is WebhookId,
    StepId is StepId,
    PasskeyId is PasskeyId,
}
