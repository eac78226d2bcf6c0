//! An onboarding template as it is read by its own page and by what is opened from there.

use leptos::prelude::*;

use super::model::{CustomerId, TemplateDetail, TemplateId};
#[cfg(feature = "ssr")]
use super::session::signed_in;
use crate::problem::Problem;

/// One onboarding template, and the name of the customer by whose list it was reached.
#[server(prefix = "/api", endpoint = "hub/template", client = crate::hub::client::HubClient)]
pub async fn get_template(
    id: TemplateId,
    customer: Option<CustomerId>,
) -> Result<(TemplateDetail, Option<String>), Problem> {
    let (hub, administrator) = signed_in::<GetTemplate>().await?;
    let template = hub.template(&administrator, id).await?;
    let name = match customer {
        Some(customer) => Some(hub.customer_name(&administrator, customer).await?),
        None => None,
    };
    Ok((template, name))
}
