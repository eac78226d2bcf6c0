//! Requests to prove an address by mail, and the secrets that the mails carried. What proves what is for
//! `provisioning::activation` to say.

use domain::{EmailAddress, Mailing, Note, Timestamp};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, Select,
    sea_query::{Expr, ExprTrait as _, SelectStatement},
};

mod reminder;

pub use reminder::{claim_reminders, forget_reminders, is_reminder_due, plan_reminders, put_reminder};

use super::{
    Subscriber, Template, Unreadable, Work,
    entity::{self, proof, proof_secret},
    ids::{ProofId, SubscriberId},
    row,
    task::Task,
};
use crate::store::Trouble;

/// How many of a request's newest secrets a code is compared with.
const MOST_SECRETS: u64 = 8;

/// A request to prove an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Its id, and the mail's.
    pub id: ProofId,
    /// The subscriber who is to prove an address.
    pub subscriber_id: SubscriberId,
    /// Which address.
    pub email: EmailAddress,
    /// Language of the mail; empty if nothing is known.
    pub locale: String,
    /// Neither used nor replaced by a newer one.
    pub open: bool,
    /// How its mail fares.
    pub mailing: Mailing,
    /// Which reminder its mail is; 0 if somebody has asked for it.
    pub reminder: i32,
    /// When the next reminder is due, if one is.
    pub remind_at: Option<Timestamp>,
    /// What the customer's administrator wrote, to stand in the mail.
    pub note: Option<Note>,
    /// When it was opened.
    pub created_at: Timestamp,
}

impl TryFrom<proof::Model> for Request {
    type Error = Unreadable;

    fn try_from(row: proof::Model) -> Result<Self, Unreadable> {
        let unreadable = Unreadable { table: "proof", id: row.id.into(), column: "mail" };
        // A report that a later version wrote says nothing here.
        let reported = row.report.as_deref().and_then(Mailing::parse);
        Ok(Self {
            mailing: reported.or_else(|| Mailing::parse(&row.mail)).ok_or(unreadable)?,
            id: row.id,
            subscriber_id: row.subscriber_id,
            email: EmailAddress::from_stored(&row.email),
            locale: row.locale,
            open: row.open,
            reminder: row.reminder,
            remind_at: row.remind_at.map(Timestamp),
            note: row.note.map(Note::from_stored),
            created_at: Timestamp(row.created_at),
        })
    }
}

/// What one mail carried, by which it is recognised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The fingerprint of the link's token.
    pub link_hash: String,
    /// The code, as `access::code_keys` keeps it.
    pub code_hash: String,
    /// When it was opened.
    pub created_at: Timestamp,
}

/// How it is stored: what was reported later stands beside what a version takes it for that knows no reports.
const fn stored(mailing: Mailing) -> (&'static str, Option<&'static str>) {
    match mailing {
        Mailing::Delayed => (Mailing::Sent.as_str(), Some(mailing.as_str())),
        Mailing::Bounced => (Mailing::Refused.as_str(), Some(mailing.as_str())),
        at_once => (at_once.as_str(), None),
    }
}

impl From<proof_secret::Model> for Secret {
    fn from(row: proof_secret::Model) -> Self {
        Self { link_hash: row.link_hash, code_hash: row.code_hash, created_at: Timestamp(row.created_at) }
    }
}

/// Writes a new request down, for this address that the subscriber has entered.
///
/// # Errors
/// If the database fails.
pub async fn open(
    work: &Work,
    (id, now): (ProofId, Timestamp),
    (subscriber, email): (&Subscriber, &EmailAddress),
    (locale, reminder, note): (Option<String>, i32, Option<Note>),
) -> Result<(), DbErr> {
    let row = proof::Model {
        id,
        subscriber_id: subscriber.id,
        email: email.as_str().to_owned(),
        locale: locale.or_else(|| subscriber.language.clone()).unwrap_or_default(),
        open: true,
        tries: 0,
        mail: Mailing::Queued.as_str().to_owned(),
        report: None,
        reminder,
        remind_at: None,
        note: note.map(|note| note.as_str().to_owned()),
        created_at: now.0,
    };
    row::add::<proof::Entity>(&**work, row).await
}

/// Closes a subscriber's open requests.
///
/// # Errors
/// If the database fails.
pub async fn close(work: &Work, subscriber: &Subscriber) -> Result<(), DbErr> {
    proof::Entity::update_many()
        .col_expr(proof::Column::Open, false.into())
        .col_expr(proof::Column::RemindAt, Expr::value(None::<i64>))
        .filter(proof::Column::SubscriberId.eq(subscriber.id))
        .filter(proof::Column::Open.eq(true))
        .exec(&**work)
        .await
        .map(drop)
}

/// Forgets the requests of a subscriber who is gone, and their secrets.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, subscriber: SubscriberId) -> Result<(), DbErr> {
    let theirs = proof::Column::SubscriberId.eq(subscriber);
    let requests = proof::Entity::find().select_only().column(proof::Column::Id).filter(theirs.clone()).into_query();
    proof_secret::Entity::delete_many()
        .filter(proof_secret::Column::ProofId.in_subquery(requests))
        .exec(&**work)
        .await?;
    proof::Entity::delete_many().filter(theirs).exec(&**work).await.map(drop)
}

/// The newest request, open or not, of a user who is signed in or whom the engine works for.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn newest(db: &impl ConnectionTrait, subscriber: SubscriberId) -> Result<Option<Request>, Trouble> {
    let newest = proof::Entity::find()
        .filter(proof::Column::SubscriberId.eq(subscriber))
        .order_by_desc(proof::Column::CreatedAt)
        .order_by_desc(proof::Column::Id)
        .one(db)
        .await?;
    Ok(newest.map(Request::try_from).transpose()?)
}

/// The request whose mail a task is to send, whose it is and by which template they came, if it is open.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn of_task(
    db: &impl ConnectionTrait,
    task: &Task,
) -> Result<Option<(Request, Subscriber, Template)>, Trouble> {
    let Some(id) = task.proof_id else { return Ok(None) };
    let found = proof::Entity::find_by_id(id)
        .filter(proof::Column::Open.eq(true))
        .find_also_related(entity::subscriber::Entity)
        .and_also_related(entity::template::Entity)
        .one(db)
        .await?;
    let Some((request, Some(whose), Some(template))) = found else { return Ok(None) };
    Ok(Some((request.try_into()?, whose.try_into()?, template.try_into()?)))
}

/// The request as it is now, if it is open; locked until the transaction ends.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn lock(work: &Work, request: &Request) -> Result<Option<Request>, Trouble> {
    let still_open = proof::Entity::find_by_id(request.id).filter(proof::Column::Open.eq(true));
    let found = still_open.lock_exclusive().one(&**work).await?;
    Ok(found.map(Request::try_from).transpose()?)
}

/// The request whose mail a task is to send, as it is now, if it is open and the task is still what its attempt has claimed: one
/// that was taken over by another server has more claims, one that was replaced has another id. Both are locked until the
/// transaction ends.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn lock_with_task(work: &Work, request: &Request, task: &Task) -> Result<Option<Request>, Trouble> {
    let still_open = proof::Entity::find_by_id(request.id).filter(proof::Column::Open.eq(true));
    let found = still_open
        .inner_join(entity::task::Entity)
        .filter(entity::task::Column::Id.eq(task.id))
        .filter(entity::task::Column::Claims.eq(task.claims))
        .lock_exclusive()
        .one(&**work)
        .await?;
    Ok(found.map(Request::try_from).transpose()?)
}

/// Marks a request's mail as being sent, with these secrets.
///
/// # Errors
/// If the database fails.
pub async fn begin(work: &Work, request: &Request, secret: Secret) -> Result<(), DbErr> {
    let row = proof_secret::Model {
        link_hash: secret.link_hash,
        proof_id: request.id,
        code_hash: secret.code_hash,
        created_at: secret.created_at.0,
    };
    row::add::<proof_secret::Entity>(&**work, row).await?;
    note_mailing(work, request.id, Mailing::Sending).await.map(drop)
}

/// Notes how the mail of a request fares. Returns whether the request is there, and the mail has not come back before its
/// server's answer to it was noted.
///
/// # Errors
/// If the database fails.
pub async fn note_mailing(work: &Work, request: ProofId, mailing: Mailing) -> Result<bool, DbErr> {
    let (mail, report) = stored(mailing);
    let mut noting = proof::Entity::update_many()
        .col_expr(proof::Column::Mail, Expr::value(mail))
        .col_expr(proof::Column::Report, Expr::value(report))
        .col_expr(proof::Column::RemindAt, reminder::after(mailing))
        .filter(proof::Column::Id.eq(request));
    if matches!(mailing, Mailing::Sent | Mailing::Uncertain) {
        let report = proof::Column::Report;
        noting = noting.filter(report.is_null().or(report.ne(Mailing::Bounced.as_str())));
    }
    Ok(noting.exec(&**work).await?.rows_affected > 0)
}

/// The request whose mail came back, and whose it is, for whoever has shown the return path that was made for it.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn returned(db: &impl ConnectionTrait, id: ProofId) -> Result<Option<(Request, Subscriber)>, Trouble> {
    let found = proof::Entity::find_by_id(id).find_also_related(entity::subscriber::Entity).one(db).await?;
    let Some((request, Some(whose))) = found else { return Ok(None) };
    Ok(Some((request.try_into()?, whose.try_into()?)))
}

/// The one who is to prove an address, for whoever has the request to.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn owner(db: &impl ConnectionTrait, request: &Request) -> Result<Option<Subscriber>, Trouble> {
    let found = entity::subscriber::Entity::find_by_id(request.subscriber_id).one(db).await?;
    Ok(found.map(Subscriber::try_from).transpose()?)
}

/// The subscribers with an open request whose mail fares so: part of another query.
pub(super) fn with_mail(mailing: Mailing) -> SelectStatement {
    let (mail, report) = stored(mailing);
    proof::Entity::find()
        .select_only()
        .column(proof::Column::SubscriberId)
        .filter(proof::Column::Open.eq(true))
        .filter(proof::Column::Mail.eq(mail))
        .filter(report.map_or_else(|| proof::Column::Report.is_null(), |report| proof::Column::Report.eq(report)))
        .into_query()
}

/// Those who were asked by mail for their address since then, and whose mail was not refused: part of another query.
pub(super) fn mailed_since(since: Timestamp) -> SelectStatement {
    recent(since).select_only().column(proof::Column::SubscriberId).into_query()
}

/// Which of these users were asked by mail for their address since then.
///
/// # Errors
/// If the database fails.
pub async fn of_those_mailed_since(
    db: &impl ConnectionTrait,
    users: impl IntoIterator<Item = SubscriberId>,
    since: Timestamp,
) -> Result<Vec<SubscriberId>, DbErr> {
    let theirs = recent(since).filter(proof::Column::SubscriberId.is_in(users));
    theirs.select_only().column(proof::Column::SubscriberId).into_tuple().all(db).await
}

fn recent(since: Timestamp) -> Select<proof::Entity> {
    proof::Entity::find()
        .filter(proof::Column::Open.eq(true))
        .filter(proof::Column::Mail.ne(Mailing::Refused.as_str()))
        .filter(proof::Column::CreatedAt.gt(since.0))
}

/// What the newest mails of a request carried.
///
/// # Errors
/// If the database fails.
pub async fn secrets(db: &impl ConnectionTrait, request: &Request) -> Result<Vec<Secret>, DbErr> {
    let secrets = proof_secret::Entity::find()
        .filter(proof_secret::Column::ProofId.eq(request.id))
        .order_by_desc(proof_secret::Column::CreatedAt)
        .limit(MOST_SECRETS);
    Ok(secrets.all(db).await?.into_iter().map(Secret::from).collect())
}

/// What the newest mails carried that this request's user was sent since then, at another address than the request's.
///
/// # Errors
/// If the database fails.
pub async fn secrets_of_others(
    db: &impl ConnectionTrait,
    request: &Request,
    since: Timestamp,
) -> Result<Vec<Secret>, DbErr> {
    let secrets = proof_secret::Entity::find()
        .inner_join(proof::Entity)
        .filter(proof::Column::SubscriberId.eq(request.subscriber_id))
        .filter(proof::Column::Email.ne(request.email.as_str()))
        .filter(proof_secret::Column::CreatedAt.gte(since.0))
        .order_by_desc(proof_secret::Column::CreatedAt)
        .limit(MOST_SECRETS);
    Ok(secrets.all(db).await?.into_iter().map(Secret::from).collect())
}

/// What was kept of the codes that were mailed since then for requests that are open.
///
/// # Errors
/// If the database fails.
pub async fn codes_since(db: &impl ConnectionTrait, since: Timestamp) -> Result<Vec<String>, DbErr> {
    let open = proof::Entity::find().select_only().column(proof::Column::Id).filter(proof::Column::Open.eq(true));
    proof_secret::Entity::find()
        .select_only()
        .column(proof_secret::Column::CodeHash)
        .filter(proof_secret::Column::CreatedAt.gte(since.0))
        .filter(proof_secret::Column::ProofId.in_subquery(open.into_query()))
        .into_tuple()
        .all(db)
        .await
}

/// The request to which a link leads, whose it is, and since when the link is good, for whoever has the link.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn by_link(
    db: &impl ConnectionTrait,
    link_hash: String,
) -> Result<Option<(Request, Subscriber, Timestamp)>, Trouble> {
    let found = proof_secret::Entity::find_by_id(link_hash)
        .find_also_related(proof::Entity)
        .and_also_related(entity::subscriber::Entity)
        .one(db)
        .await?;
    let Some((secret, Some(request), Some(whose))) = found else { return Ok(None) };
    Ok(Some((request.try_into()?, whose.try_into()?, Timestamp(secret.created_at))))
}

/// Forgets what a mail carried that nobody has.
///
/// # Errors
/// If the database fails.
pub async fn forget_secret(work: &Work, link_hash: String) -> Result<(), DbErr> {
    proof_secret::Entity::delete_by_id(link_hash).exec(&**work).await.map(drop)
}

/// Forgets up to so many requests that are over and older than this, with their secrets. Returns how many.
///
/// # Errors
/// If the database fails.
pub async fn forget_old(work: &Work, before: Timestamp, most: u64) -> Result<u64, DbErr> {
    let over = proof::Entity::find()
        .select_only()
        .column(proof::Column::Id)
        .filter(proof::Column::Open.eq(false))
        .filter(proof::Column::CreatedAt.lt(before.0))
        .limit(most);
    let over: Vec<ProofId> = over.into_tuple().all(&**work).await?;
    let secrets = proof_secret::Column::ProofId.is_in(over.iter().copied());
    proof_secret::Entity::delete_many().filter(secrets).exec(&**work).await?;
    let requests = proof::Entity::delete_many().filter(proof::Column::Id.is_in(over)).exec(&**work).await?;
    Ok(requests.rows_affected)
}
