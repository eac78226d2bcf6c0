//! A million users, always the same ones.
//!
//! Written by the database itself, one statement for each table, and not by the product's import: that one is measured
//! elsewhere, and would take many minutes. On SQLite the triggers keep the counters and the list of whom the search has to take in
//! as ever; on PostgreSQL, where each number would be changed hundreds of times within one transaction, one statement does it, as
//! the migration did. `flowthrough check` compares the counters afterwards.

use crate::{
    database::Database,
    installation::{Installation, Template},
};

/// How many customers they belong to.
const CUSTOMERS: u64 = 1_000;
/// Every so many-th user is one of the second template, where all are provisioned but for the oldest.
const ALMOST_DONE: u64 = 4;
/// How many of the oldest are not.
const LEFT: u64 = 50;
/// 2026-01-01.
const FIRST: u64 = 1_767_225_600_000;

/// The templates of an installation whose users are these.
#[derive(Clone, Debug)]
pub struct Seeded {
    /// By which most of them came, of every status.
    pub all: Template,
    /// By which those came who are provisioned, but for the oldest.
    pub done: Template,
}

/// Who is there before the first user: two templates and all customers.
pub async fn begin(installation: &Installation) -> Seeded {
    let add =
        async |name| installation.add_template(name, &["--trusted-emails", "--xsi-url", "https://xsp.example"]).await;
    let seeded = Seeded { all: add("All").await, done: add("Done").await };
    let database = &installation.database;
    let (id, numbers) = (customer_id(database, "n"), numbers(database, 0, CUSTOMERS));
    let partner = "(SELECT partner_id FROM template LIMIT 1)";
    database.run(&format!(
        "WITH RECURSIVE numbers (n) AS ({numbers}) INSERT INTO customer (id, partner_id, sp_enterprise_id, name, \
         administrator_ready, turn, created_at) SELECT {id}, {partner}, 'SP1+c' || n, 'Customer ' || n, {yes}, 0, {FIRST} FROM numbers; \
         INSERT INTO customer_template (customer_id, template_id) SELECT c.id, t.id FROM customer c, template t;",
        yes = if matches!(database, Database::Sqlite(_)) { "1" } else { "true" },
    ));
    seeded
}

/// Adds the users from one number to another, and to each the first step of its history.
pub fn add(installation: &Installation, seeded: &Seeded, from: u64, to: u64) {
    let database = &installation.database;
    let (all, done) = (database.literal(seeded.all.id), database.literal(seeded.done.id));
    let (user, customer) =
        (id(database, "01900000000070008000", 12, "n"), customer_id(database, &format!("n % {CUSTOMERS}")));
    let (no, numbers) =
        (if matches!(database, Database::Sqlite(_)) { "0" } else { "false" }, numbers(database, from, to));
    let fast = match database {
        // Whoever is interrupted begins anew: this is nobody's data.
        Database::Sqlite(_) => {
            "PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; PRAGMA temp_store = MEMORY; BEGIN;"
        }
        Database::Postgres(_) => "SET synchronous_commit = off; BEGIN; ALTER TABLE subscriber DISABLE TRIGGER USER;",
    };
    let users = format!(
        "INSERT INTO subscriber (id, partner_id, customer_id, template_id, user_id, user_id_key, first_name, last_name, \
         primary_phone, extension, language, package, self_activated, status, email, email_proof, attempt, fault, at_target, \
         mail_refused, person_id, created_at, status_changed_at) \
         SELECT {user}, t.partner_id, {customer}, t.id, user_id, user_id, first_name, last_name, '+4420' || (10000000 + n), \
         CAST(10000 + n % 90000 AS text), 'en', 'standard', {no}, status, \
         CASE WHEN status <> 'pending_email_input' THEN email END, CASE WHEN status <> 'pending_email_input' THEN 'trusted' END, \
         CASE WHEN status = 'error' THEN 'create' END, CASE WHEN status = 'error' THEN 41007 END, \
         CASE status WHEN 'provisioned' THEN 'account' WHEN 'error' THEN 'perhaps' ELSE 'nothing' END, {no}, \
         CASE WHEN status = 'provisioned' THEN 'p' || n END, {FIRST} + n, {FIRST} + n \
         FROM people JOIN template t ON t.id = template_id ORDER BY n;",
    );
    let people = format!(
        "WITH RECURSIVE numbers (n) AS ({numbers}), people AS (SELECT n, 'u' || n || '@sp.example' AS user_id, 'u' || n || \
         '@acme.example' AS email, {first} AS first_name, {last} AS last_name, \
         CASE WHEN n % {ALMOST_DONE} = 3 THEN {done} ELSE {all} END AS template_id, \
         CASE WHEN n % {ALMOST_DONE} = 3 THEN CASE WHEN n < {before} THEN 'pending_email_input' ELSE 'provisioned' END \
         WHEN n % 10 = 0 THEN 'error' WHEN n % 10 = 1 THEN 'pending_email_input' ELSE 'provisioned' END AS status FROM numbers) ",
        first = one_of("n", &FIRST_NAMES),
        last = one_of("n / 20", &LAST_NAMES),
        before = LEFT * ALMOST_DONE,
    );
    let new = format!("FROM subscriber WHERE created_at >= {FIRST} + {from} AND created_at < {FIRST} + {to}");
    let steps = format!(
        "INSERT INTO history (id, partner_id, subscriber_id, at, event, actor, status) SELECT id, partner_id, id, created_at, \
         'arrived', 'import', status {new};",
    );
    let settled = match database {
        Database::Sqlite(_) => "COMMIT; PRAGMA wal_checkpoint(TRUNCATE);".to_owned(),
        Database::Postgres(_) => format!(
            "INSERT INTO subscriber_count AS kept (template_id, customer_id, status, users) SELECT template_id, customer_id, \
             status, count(*) {new} GROUP BY template_id, customer_id, status ON CONFLICT (template_id, customer_id, status) \
             DO UPDATE SET users = kept.users + excluded.users; INSERT INTO search_due (subscriber_id) SELECT id {new}; \
             ALTER TABLE subscriber ENABLE TRIGGER USER; COMMIT;"
        ),
    };
    database.run(&[fast, &people, &users, &steps, &settled].concat());
    if matches!(database, Database::Postgres(_)) {
        database.run("VACUUM ANALYZE");
    }
}

/// Names of people, some of them common ones.
const FIRST_NAMES: [&str; 20] = [
    "Ann", "Bo", "Carla", "Dimitar", "Elena", "Franz", "Giulia", "Hans", "Ivan", "Joan", "Katya", "Luca", "Maria",
    "Nikola", "Olga", "Petar", "Rosa", "Stefan", "Teresa", "Zoë",
];
const LAST_NAMES: [&str; 20] = [
    "Lee", "Rossi", "Ivanova", "Müller", "Smith", "Bianchi", "Petrov", "Jones", "Garcia", "Novak", "Dubois", "Horvat",
    "Silva", "Kowalski", "Nagy", "Berg", "Costa", "Popov", "Weber", "Moreau",
];

fn one_of(number: &str, names: &[&str]) -> String {
    let cases = names.iter().enumerate().map(|(at, name)| format!("WHEN {at} THEN '{name}' "));
    format!("CASE ({number}) % {} {}END", names.len(), cases.collect::<String>())
}

fn numbers(database: &Database, from: u64, to: u64) -> String {
    match database {
        Database::Sqlite(_) => format!("SELECT {from} UNION ALL SELECT n + 1 FROM numbers WHERE n < {}", to - 1),
        Database::Postgres(_) => format!("SELECT generate_series({from}::bigint, {})", to - 1),
    }
}

/// The id of the customer of that number.
fn customer_id(database: &Database, number: &str) -> String {
    id(database, "01900000000070008000c", 11, number)
}

/// An id that grows with the number: so many hexadecimal digits, then its decimal ones.
fn id(database: &Database, head: &str, digits: u32, number: &str) -> String {
    let tail = format!("substr(CAST({} + {number} AS text), 2)", 10_u64.pow(digits));
    match database {
        Database::Sqlite(_) => format!("unhex('{head}' || {tail})"),
        Database::Postgres(_) => format!("('{head}' || {tail})::uuid"),
    }
}
