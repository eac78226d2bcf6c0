//! Rooms and desks with a BroadWorks user id. Their state is written only by `provisioning::change`.

use domain::{
    BroadWorksId, Fault, SpEnterpriseId, Status, Timestamp,
    lifecycle::AtTarget,
    usage::Item,
    workspace::{Lifecycle, Record},
};
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, DbErr, IntoActiveModel as _, QueryFilter as _,
    sea_query::{Expr, ExprTrait as _},
};

use super::{
    Owner, Rows, Subject, Tenant, Work, customer,
    entity::workspace::{ActiveModel, Column, Entity, Model},
    ids::{CustomerId, OwnerId, PartnerId, TemplateId, WorkspaceId},
    page::{self, Page, Window},
    row::{Unreadable, code, fault},
    subject::{Table, columns_of_both, of_both},
};

/// A room or a desk with a BroadWorks user id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workspace {
    /// Its id; grows with time. Subscribers' ids are of the same space.
    pub id: WorkspaceId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Of which company.
    pub customer_id: CustomerId,
    /// The template by which it is onboarded.
    pub template_id: TemplateId,
    /// The BroadWorks user id.
    pub user_id: BroadWorksId,
    /// Its name.
    pub display_name: String,
    /// Primary phone number.
    pub primary_phone: Option<String>,
    /// Extension.
    pub extension: Option<String>,
    /// Where it stands.
    pub lifecycle: Lifecycle,
    /// What the target itself said about the fault.
    pub fault_detail: Option<String>,
    /// Why the attempt under way has to be made again.
    pub setback: Option<Fault>,
    /// Its id at the target.
    pub place_id: Option<String>,
    /// When it arrived.
    pub created_at: Timestamp,
    /// Since when it has its status.
    pub status_changed_at: Timestamp,
}

impl TryFrom<Model> for Workspace {
    type Error = Unreadable;

    fn try_from(row: Model) -> Result<Self, Unreadable> {
        let unreadable = |column| Unreadable { table: "workspace", id: row.id.into(), column };
        let record = Record {
            status: row.status,
            attempt: row.attempt,
            fault: row.fault.map(i32::cast_unsigned),
            at_target: row.at_target,
        };
        Ok(Self {
            lifecycle: record.restore().map_err(|_| unreadable("status"))?,
            setback: fault(row.setback, unreadable("hitch"))?,
            id: row.id,
            partner_id: row.partner_id,
            customer_id: row.customer_id,
            template_id: row.template_id,
            user_id: BroadWorksId::from_stored(&row.user_id),
            display_name: row.display_name,
            primary_phone: row.primary_phone,
            extension: row.extension,
            fault_detail: row.fault_detail,
            place_id: row.place_id,
            created_at: Timestamp(row.created_at),
            status_changed_at: Timestamp(row.status_changed_at),
        })
    }
}

impl From<Workspace> for Model {
    fn from(workspace: Workspace) -> Self {
        let state = workspace.lifecycle.record();
        Self {
            id: workspace.id,
            partner_id: workspace.partner_id,
            customer_id: workspace.customer_id,
            template_id: workspace.template_id,
            user_id_key: workspace.user_id.key(),
            user_id: workspace.user_id.into(),
            display_name: workspace.display_name,
            primary_phone: workspace.primary_phone,
            extension: workspace.extension,
            status: state.status,
            attempt: state.attempt,
            fault: state.fault.map(u32::cast_signed),
            at_target: state.at_target,
            fault_detail: workspace.fault_detail,
            setback: workspace.setback.map(code),
            place_id: workspace.place_id,
            created_at: workspace.created_at.0,
            status_changed_at: workspace.status_changed_at.0,
        }
    }
}

impl Subject for Workspace {
    of_both!(Workspace, WorkspaceId);

    fn id_at_target(&self) -> Option<&str> {
        self.place_id.as_deref()
    }

    fn billed_as(&self) -> Item {
        Item::Workspace
    }

    fn self_activated(&self) -> bool {
        false
    }
}

impl Table for Workspace {
    columns_of_both!();
}

/// What the workspaces of a list have to fit.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// The BroadWorks user id.
    pub user_id: Option<BroadWorksId>,
    /// Of which company.
    pub sp_enterprise_id: Option<SpEnterpriseId>,
    /// One of these.
    pub statuses: Option<Vec<Status>>,
}

/// A part of the tenant's workspaces, the oldest first.
///
/// # Errors
/// If the database fails.
pub async fn page(
    db: &impl Rows,
    tenant: Tenant,
    filter: &Filter,
    window: Window<WorkspaceId>,
) -> Result<Page<Workspace, WorkspaceId>, DbErr> {
    let mut rows = Workspace::of(tenant);
    if let Some(id) = &filter.user_id {
        rows = rows.filter(Column::UserIdKey.eq(id.key()));
    }
    if let Some(id) = &filter.sp_enterprise_id {
        // One id and not a set of them: with an index in the order of the list, that saves sorting.
        let customer = Expr::from(customer::id_of(tenant, id));
        rows = rows.filter(Expr::col(Column::CustomerId).eq(customer));
    }
    if let Some(statuses) = &filter.statuses {
        rows = rows.filter(Column::Status.is_in(statuses.iter().map(|status| status.as_str())));
    }
    Ok(page::oldest_first(db, rows, (Column::Id, |row: &Model| row.id), window).await?.readable())
}

/// Writes a new one down.
///
/// # Errors
/// If the database fails; [`super::is_taken`] if the partner has a workspace of that BroadWorks user id.
pub async fn insert(work: &Work, new: &Workspace) -> Result<(), DbErr> {
    Model::from(new.clone()).into_active_model().insert(&**work).await.map(drop)
}
