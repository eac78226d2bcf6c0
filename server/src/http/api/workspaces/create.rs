//! `POST /v1/broadworks/workspaces`

use axum::{Json, extract::State};
use domain::{BroadWorksId, Fault, Field, SpEnterpriseId, phone, subscriber::bounded};

use super::{ApiState, Client, Object, PlacesWrite, Refusal, reading::Reading, schema, workspace::Workspace};
use crate::{
    fault::Trouble,
    provisioning::{
        arrival,
        workspaces::{self, DISPLAY_NAME, NewWorkspace},
    },
};

/// Provisions a workspace of an enterprise that is there: durably accepted once this returns.
#[utoipa::path(
    post,
    path = "/v1/broadworks/workspaces",
    operation_id = "workspace_create",
    tag = "Workspaces",
    request_body = schema::NewWorkspace,
    responses((status = 200, description = "Durably accepted", body = Workspace))
)]
pub async fn create(
    State(state): State<ApiState>,
    client: Client<PlacesWrite>,
    body: Object,
) -> Result<Json<Workspace>, Refusal> {
    let mut reading = Reading::of(&body);
    let text = |longest| move |text: &str| bounded(text, longest).map(str::to_owned);
    let provisioning_id = reading.needed("provisioningId", text(Field::ProvisioningId.longest()));
    let user_id = reading.needed("userId", BroadWorksId::parse);
    let sp_enterprise_id = reading.needed("spEnterpriseId", SpEnterpriseId::parse);
    let display_name = reading.needed("displayName", text(DISPLAY_NAME));
    let primary_phone = reading.clearable(Field::PrimaryPhone, phone::number).flatten();
    let extension = reading.clearable(Field::Extension, phone::extension).flatten();
    let template = match provisioning_id {
        Some(id) => there(arrival::template(&state.store, client.tenant, &id).await, "provisioningId", &mut reading)?,
        None => None,
    };
    let customer = match sp_enterprise_id {
        Some(id) => {
            there(workspaces::customer(&state.store, client.tenant, &id).await, "spEnterpriseId", &mut reading)?
        }
        None => None,
    };
    let read = user_id.zip(display_name).zip(template.zip(customer));
    let ((user_id, display_name), (template, customer)) = reading.end(read)?;
    let new = NewWorkspace { user_id, display_name, primary_phone, extension };
    let under = (&template, &customer);
    let added = workspaces::add(&state.store, &state.environment, under, new, &client.actor).await?;
    Ok(Json(Workspace::show(&state.store, client.tenant, added).await?))
}

/// What a member names, if it is there.
fn there<T>(found: Result<T, Trouble>, name: &'static str, reading: &mut Reading<'_>) -> Result<Option<T>, Trouble> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(Trouble::Known { fault: fault @ (Fault::UnknownProvisioningId | Fault::InvalidParameter), .. }) => {
            reading.wrong(name, fault);
            Ok(None)
        }
        Err(accident) => Err(accident),
    }
}
