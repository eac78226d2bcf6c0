//! The index by which users are found (`migration/m0021_search.rs`). It follows what is written, a moment later.

use domain::search::{Findable, Fit, Terms};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbBackend, DbErr, EntityTrait as _, FromQueryResult, QueryFilter as _,
    Statement, Value,
    sea_query::{Expr, ExprTrait as _, LikeExpr, SimpleExpr},
};
use uuid::Uuid;

use super::{PartnerId, Store, SubscriberId, Tenant, Work, entity::subscriber, row};

/// How many users are taken in at a time: whoever writes meanwhile waits for no more.
const AT_ONCE: u64 = 200;

#[derive(FromQueryResult)]
struct Due {
    subscriber_id: SubscriberId,
}

#[derive(FromQueryResult)]
struct Numbered {
    number: i64,
}

/// Takes in some of those who are new or have changed. Returns whether there may be more.
///
/// # Errors
/// If the database fails.
pub async fn follow(store: &Store) -> Result<bool, DbErr> {
    // Whoever only looks keeps nobody from writing.
    if due(store.read(), "LIMIT 1").await?.is_empty() {
        return Ok(false);
    }
    let work = store.at_length().work().await?;
    let others = if store.backend() == DbBackend::Postgres { " FOR UPDATE SKIP LOCKED" } else { "" };
    let ids = due(&*work, &format!("ORDER BY subscriber_id LIMIT {AT_ONCE}{others}")).await?;
    let users = subscriber::Entity::find().filter(subscriber::Column::Id.is_in(ids.iter().copied()));
    let users = row::all(&*work, users).await?;
    if store.backend() == DbBackend::Postgres {
        take_in_together(&work, &users).await?;
    } else {
        for user in &users {
            take_in(&work, user).await?;
        }
    }
    let done: Vec<Value> = ids.iter().copied().map(Value::from).collect();
    let places: Vec<String> = (1..=done.len()).map(|at| place(store.backend(), at)).collect();
    if !done.is_empty() {
        let sql = format!("DELETE FROM search_due WHERE subscriber_id IN ({})", places.join(", "));
        work.execute_raw(Statement::from_sql_and_values(store.backend(), sql, done)).await?;
    }
    work.commit().await?;
    Ok(ids.len() as u64 == AT_ONCE)
}

/// Takes in everybody who is new or has changed.
///
/// # Errors
/// If the database fails.
pub async fn catch_up(store: &Store) -> Result<(), DbErr> {
    while follow(store).await? {}
    Ok(())
}

async fn due(db: &impl ConnectionTrait, which: &str) -> Result<Vec<SubscriberId>, DbErr> {
    let sql = format!("SELECT subscriber_id FROM search_due {which}");
    let due = Due::find_by_statement(Statement::from_string(db.get_database_backend(), sql)).all(db).await?;
    Ok(due.into_iter().map(|due| due.subscriber_id).collect())
}

/// What there is to find of a user, and its grams.
fn findable(user: &subscriber::Model) -> (String, Vec<u32>) {
    let findable = Findable {
        user_id: &user.user_id,
        names: [&user.first_name, &user.last_name],
        email: user.email.as_deref(),
        phones: [user.primary_phone.as_deref(), user.mobile_phone.as_deref()],
        extension: user.extension.as_deref(),
    };
    (findable.text(), findable.grams(&scope(user.partner_id)))
}

/// In one statement: each would be a way to the database and back. What cannot be seen in the text is the same: the index is
/// left alone.
async fn take_in_together(work: &Work, users: &[subscriber::Model]) -> Result<(), DbErr> {
    let rows = users.iter().map(|user| {
        let (text, grams) = findable(user);
        serde_json::json!({ "id": user.id, "partner": Uuid::from(user.partner_id), "text": text, "grams": numbers(&grams) })
    });
    let rows = serde_json::Value::Array(rows.collect()).to_string();
    let sql = "INSERT INTO subscriber_search AS known (subscriber_id, partner_id, text, grams)
               SELECT id, partner, text, string_to_array(grams, ',')::integer[]
               FROM json_to_recordset($1::json) AS due (id uuid, partner uuid, text text, grams text)
               ON CONFLICT (subscriber_id) DO UPDATE SET text = excluded.text, grams = excluded.grams
               WHERE known.text <> excluded.text";
    work.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, [rows.into()])).await.map(drop)
}

/// The index has the number of the text's row. As above, it is left alone where the text is the same.
async fn take_in(work: &Work, user: &subscriber::Model) -> Result<(), DbErr> {
    let (text, grams) = findable(user);
    let values: [Value; 3] = [user.id.into(), user.partner_id.into(), text.into()];
    let sql = "INSERT INTO subscriber_search (subscriber_id, partner_id, text) VALUES (?, ?, ?)
               ON CONFLICT (subscriber_id) DO UPDATE SET text = excluded.text WHERE text <> excluded.text
               RETURNING number";
    let written = Statement::from_sql_and_values(DbBackend::Sqlite, sql, values);
    if let Some(Numbered { number }) = Numbered::find_by_statement(written).one(&**work).await? {
        let sql = "INSERT OR REPLACE INTO subscriber_gram (rowid, grams) VALUES (?, ?)";
        let values: [Value; 2] = [number.into(), words(&grams).into()];
        work.execute_raw(Statement::from_sql_and_values(DbBackend::Sqlite, sql, values)).await?;
    }
    Ok(())
}

/// That the index has all grams of what is looked for.
pub(super) fn has_grams(backend: DbBackend, tenant: Tenant, terms: &Terms, fit: Fit) -> SimpleExpr {
    let partner = scope(tenant.partner());
    let grams = terms.grams(&partner, fit);
    match backend {
        DbBackend::Postgres => {
            let has = "subscriber_search.grams @> string_to_array($1, ',')::integer[]";
            Expr::cust_with_values(has, [numbers(&grams)])
        }
        _ => Expr::cust_with_values("subscriber_gram MATCH ?", [words(&grams)]),
    }
}

/// That the text is as it has to be: two grams may have one number, and a user who is not the tenant's one of its.
pub(super) fn reads(terms: &Terms, fit: Fit) -> Vec<SimpleExpr> {
    let text = || Expr::col(("subscriber_search", "text"));
    terms.patterns(fit).map(|pattern| text().like(LikeExpr::new(pattern).escape('\\'))).collect()
}

/// A partner's grams are its own.
fn scope(partner: PartnerId) -> [u8; 16] {
    *Uuid::from(partner).as_bytes()
}

/// As PostgreSQL's integers, which have a sign.
fn numbers(grams: &[u32]) -> String {
    grams.iter().map(|gram| gram.cast_signed().to_string()).collect::<Vec<_>>().join(",")
}

/// As words of SQLite's index.
fn words(grams: &[u32]) -> String {
    grams.iter().map(|gram| format!("{gram:08x}")).collect::<Vec<_>>().join(" ")
}

fn place(backend: DbBackend, at: usize) -> String {
    if backend == DbBackend::Postgres { format!("${at}") } else { "?".to_owned() }
}
