//! The audit log as CSV, streamed. Ids only: what they name can be looked up by whoever may.

use app::hub::model::AuditFilter;
use axum::{
    body::{Body, Bytes},
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Response},
};
use domain::limit;
use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};

use super::{export::until, signed_in::SignedIn};
use crate::{
    access::{guard::AuditRead, session::watch::Kind},
    backend::{Shared, hub::audit::read},
    fault::{Trouble, status},
    iso8601,
    spreadsheet::{BYTE_ORDER_MARK, row},
    store::{AuditEventId, Store, Tenant, Window, audit},
};

/// Rows fetched at a time.
const PAGE: u64 = 1_000;
/// The columns.
const COLUMNS: [&str; 6] = ["Time", "Actor", "Category", "Deed", "Subject ID", "Detail"];

/// The part of the log that the page shows, as a file, which is cut off when the session ends.
///
/// # Errors
/// 400 for a filter that cannot be understood, 401 if nobody is signed in, 403 without the permission or if who they are was proven too long ago, 429 after too many, 503 if the database is away.
pub async fn export(
    State(context): State<Shared>,
    administrator: SignedIn<AuditRead>,
    Query(filter): Query<AuditFilter>,
) -> Result<Response, StatusCode> {
    administrator.proven(&context).await?;
    let filter = read(&filter).map_err(|trouble| status(trouble.fault().0))?;
    administrator.counted(&context, limit::EXPORTS, None).await?;
    let mut rows = Box::pin(csv(context.store.clone(), administrator.tenant(), filter));
    // Whoever begins to answer knows by the first chunk that the log can be read.
    let first = rows.try_next().await.map_err(|trouble| status(trouble.fault().0))?;
    let ended = context.sessions.ended(Kind::Hub, &administrator.token);
    let rows = until(stream::iter(first.map(Ok)).chain(rows), ended);
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    Ok((headers, Body::from_stream(rows)).into_response())
}

fn csv(store: Store, tenant: Tenant, filter: audit::Filter) -> impl Stream<Item = Result<Bytes, Trouble>> + Send {
    stream::try_unfold(Some(None), move |next: Option<Option<AuditEventId>>| {
        let (store, filter) = (store.clone(), filter.clone());
        async move {
            let Some(after) = next else { return Ok(None) };
            let window = Window { after, skip: None, most: PAGE };
            let found = audit::newest_first(store.read(), tenant, &filter, window).await?;
            let header =
                if after.is_none() { format!("{BYTE_ORDER_MARK}{}", row(COLUMNS.into_iter())) } else { String::new() };
            let rows: String = found.rows.iter().map(line).collect();
            Ok(Some((Bytes::from(header + &rows), found.next.map(Some))))
        }
    })
}

fn line(entry: &audit::Entry) -> String {
    let (at, actor, deed) = (iso8601::format(entry.at), entry.actor.to_string(), entry.deed);
    let subject = entry.subject.map(|id| id.to_string()).unwrap_or_default();
    let detail = entry.asked.as_ref().map(ToString::to_string).unwrap_or_default();
    row([at.as_str(), &actor, deed.category().as_str(), deed.as_str(), &subject, &detail].into_iter())
}
