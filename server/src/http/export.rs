//! Export: the User Status list as CSV, streamed.

use axum::{
    Form,
    body::Body,
    extract::{Path, Query, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::{Fault, Status, audit::Deed, filter::Filter, limit};
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;
use uuid::Uuid;

use super::signed_in::SignedIn;
use crate::{
    access::{guard::UsersExport, session::watch::Kind},
    backend::{
        Shared,
        hub::{HubService, caller},
    },
    export::{ExportFilter, csv},
    fault::{Trouble, status},
    log::SECURITY,
    store::{CustomerId, TemplateId, subscriber},
};

/// The filter of the page that the link stands on.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    customer: Option<CustomerId>,
    #[serde(default)]
    exclude_provisioned: bool,
    filter: Option<String>,
}

/// A template's users as a file, which is cut off when the session ends.
///
/// # Errors
/// 400 for a filter that cannot be understood, 401 if nobody is signed in, 403 if that was proven too long ago, 404 for a template that is not the partner's, 429 after too many, 503 if the database is away.
pub async fn users(
    State(context): State<Shared>,
    administrator: SignedIn<UsersExport>,
    Path(template): Path<TemplateId>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, StatusCode> {
    administrator.proven(&context).await?;
    let template = administrator.template(&context, template).await?.id;
    let Wanted { customer, exclude_provisioned, filter } = wanted;
    let wanted = Filter::parse(filter.as_deref().unwrap_or_default()).map_err(|_| StatusCode::BAD_REQUEST)?;
    let now = context.environment.now();
    let wanted = subscriber::Filter {
        template: Some(template),
        customer,
        but: exclude_provisioned.then_some(Status::Provisioned),
        wanted,
        now,
        ..subscriber::Filter::default()
    };
    tracing::info!(
        target: SECURITY, event = "users_exported", administrator = %administrator.administrator.id, %template,
        network = %administrator.network
    );
    file(&context, administrator, wanted, Some(template.into())).await
}

/// Whom the list exports in which they are ticked, as JSON.
#[derive(Debug, Deserialize)]
pub struct Ticked {
    selection: String,
}

/// Those who are selected in a list as a file.
///
/// # Errors
/// 400 for a selection that cannot be understood, 401 if nobody is signed in, 403 if that was proven too long ago, 404 for a list that is not the partner's, 429 after too many, 503 if
/// the database is away.
pub async fn selected(
    State(context): State<Shared>,
    administrator: SignedIn<UsersExport>,
    Form(Ticked { selection }): Form<Ticked>,
) -> Result<Response, StatusCode> {
    administrator.proven(&context).await?;
    let selection = serde_json::from_str(&selection).map_err(|_| StatusCode::BAD_REQUEST)?;
    let by = caller(administrator.administrator.id, administrator.tenant());
    let wanted = HubService(context.clone()).selected(&by, &selection).await;
    let wanted = wanted.map_err(|trouble| status(trouble.fault().0))?;
    tracing::info!(
        target: SECURITY, event = "selected_users_exported", administrator = %administrator.administrator.id,
        network = %administrator.network
    );
    file(&context, administrator, wanted, None).await
}

async fn file(
    context: &Shared,
    administrator: SignedIn<UsersExport>,
    wanted: subscriber::Filter,
    template: Option<Uuid>,
) -> Result<Response, StatusCode> {
    let filter = ExportFilter { tenant: administrator.tenant(), wanted };
    let rows = csv(context.store.clone(), filter).inspect_err(|error| tracing::error!(%error, "an export was cut off"));
    let mut rows = Box::pin(rows);
    let first = rows.try_next().await.map_err(|trouble| status(trouble.fault().0))?;
    let rows = stream::iter(first.map(Ok)).chain(rows);
    administrator.counted(context, limit::EXPORTS, Some((Deed::UsersExported, template))).await?;
    let ended = context.sessions.ended(Kind::Hub, &administrator.token);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"user-status.csv\""),
    ];
    Ok((headers, Body::from_stream(until(rows, ended))).into_response())
}

/// The rows, cut off when something has ended. By an error and not by an end: half a file must not pass for a whole one.
pub(super) fn until<T>(
    rows: impl Stream<Item = Result<T, Trouble>> + Unpin,
    ended: impl Future<Output = ()> + Unpin,
) -> impl Stream<Item = Result<T, Trouble>> {
    stream::try_unfold((rows, ended), async |(mut rows, mut ended)| {
        let row = tokio::select! {
            biased;
            () = &mut ended => return Err(Fault::SessionEnded.into()),
            row = rows.try_next() => row?,
        };
        Ok(row.map(|row| (row, (rows, ended))))
    })
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt as _, future};
    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn a_file_is_cut_off_when_the_session_ends_and_else_comes_to_its_end() {
        let rows = || stream::iter([Ok(1), Ok(2)]);
        let whole: Vec<i32> = until(rows(), future::pending()).try_collect().await.unwrap();
        assert_eq!(whole, [1, 2]);

        let (end, ended) = oneshot::channel();
        let mut cut = Box::pin(until(rows(), ended.map(drop)));
        assert_eq!(cut.try_next().await.unwrap(), Some(1));
        end.send(()).unwrap();
        assert_eq!(cut.try_next().await.unwrap_err().fault().0, Fault::SessionEnded);
    }
}
