//! The databases without the product: the same rows in tables of the same shape, by their own libraries.

use std::{
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use rusqlite::Connection;

use crate::database::Database;

/// How long each is measured.
const SPAN: Duration = Duration::from_secs(2);
/// The columns of a user that have to be there.
const USER: &str = "INSERT INTO subscriber (id, partner_id, customer_id, template_id, user_id, user_id_key, first_name, last_name, \
                    package, self_activated, status, at_target, mail_refused, created_at, status_changed_at)";
const STEP: &str = "INSERT INTO history (id, partner_id, subscriber_id, at, event, actor, status)";

/// A file with the tables and indexes of users and of their histories, as the product makes them, and nothing else.
pub struct Raw {
    connection: Connection,
    next: i64,
}

impl Raw {
    /// After the schema of the product's own file.
    pub fn like(product: &Path, folder: &Path) -> Self {
        let connection = Database::connect(&folder.join("raw.db"));
        let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 16000";
        connection.execute_batch(settings).expect("a database");
        let product = Database::connect(product);
        let schema = "SELECT sql FROM sqlite_master WHERE tbl_name IN ('subscriber', 'history') AND type IN ('table', 'index') \
                      AND sql IS NOT NULL ORDER BY type DESC";
        let mut schema = product.prepare(schema).expect("a schema");
        let statements = schema.query_map([], |row| row.get::<_, String>(0)).expect("a schema");
        for statement in statements {
            connection.execute_batch(&statement.expect("a statement")).expect("the product's own");
        }
        Self { connection, next: 0 }
    }

    fn user(&mut self) {
        self.next += 1;
        let sql = format!(
            "{USER} VALUES (randomblob(16), x'01', ?1 % 1000, x'02', 'u' || ?1 || '@sp.example', 'u' || ?1 || '@sp.example', \
             'Ann', 'Lee', 'standard', 0, 'pending_email_input', 'nothing', 0, ?1, ?1)"
        );
        self.connection.prepare_cached(&sql).and_then(|mut sql| sql.execute([self.next])).expect("a row");
    }

    fn step(&self, of: i64) {
        let sql = format!("{STEP} VALUES (randomblob(16), x'01', ?1, ?1, 'arrived', 'import', 'pending_email_input')");
        self.connection.prepare_cached(&sql).and_then(|mut sql| sql.execute([of])).expect("a row");
    }

    fn committed(&mut self, run: impl FnOnce(&mut Self)) {
        let end = |connection: &Connection, sql| {
            connection.prepare_cached(sql).and_then(|mut sql| sql.raw_execute()).expect(sql)
        };
        _ = end(&self.connection, "BEGIN IMMEDIATE");
        run(self);
        _ = end(&self.connection, "COMMIT");
    }

    fn rate(&mut self, each: usize, mut run: impl FnMut(&mut Self)) -> f64 {
        let (began, mut done) = (Instant::now(), 0);
        while began.elapsed() < SPAN {
            run(self);
            done += each;
        }
        done as f64 / began.elapsed().as_secs_f64()
    }

    /// Users a second, so many a transaction.
    pub fn inserts(&mut self, each: usize) -> f64 {
        self.rate(each, |raw| raw.committed(|raw| (0..each).for_each(|_| raw.user())))
    }

    /// Changes a second: a user's status and a step of its history, one a transaction.
    pub fn changes(&mut self) -> f64 {
        let many = self.next;
        let mut at = 0;
        self.rate(1, move |raw| {
            at = (at + 7_919) % many;
            raw.committed(|raw| {
                let sql = "UPDATE subscriber SET status = 'pending_email_validation', email = 'a@b.example', status_changed_at = ?1 \
                           WHERE partner_id = x'01' AND user_id_key = 'u' || ?2 || '@sp.example'";
                raw.connection.prepare_cached(sql).and_then(|mut sql| sql.execute([raw.next, at + 1])).expect("a row");
                raw.step(at);
            });
        })
    }

    /// How many seconds so many users and their steps take, 500 a transaction.
    pub fn import(&mut self, users: usize) -> f64 {
        let began = Instant::now();
        for _ in 0..users / 500 {
            self.committed(|raw| {
                for _ in 0..500 {
                    raw.user();
                    raw.step(raw.next);
                }
            });
        }
        began.elapsed().as_secs_f64()
    }
}

/// How often a second a query is answered whole, by one thread, prepared once.
pub fn queries(file: &Path, sql: &str) -> f64 {
    let connection = Database::connect(file);
    connection.execute_batch("PRAGMA cache_size = -8192").expect("a database");
    let mut query = connection.prepare(sql).expect("a query");
    let columns = query.column_count();
    let (began, mut done) = (Instant::now(), 0);
    while began.elapsed() < SPAN {
        let mut rows = query.raw_query();
        while let Some(row) = rows.next().expect("a row") {
            for column in 0..columns {
                std::hint::black_box(row.get_ref(column).expect("a column"));
            }
        }
        done += 1;
    }
    f64::from(done) / began.elapsed().as_secs_f64()
}

/// How often a second PostgreSQL carries out a statement for so many clients, as its own program measures it.
pub fn pgbench(url: &str, sql: &str, clients: usize) -> f64 {
    let script = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(script.path(), format!("\\set n random(1, 2000000000)\n{sql};\n")).expect("a temporary file");
    let clients = clients.to_string();
    let mut command = Command::new("pgbench");
    command.args(["-n", "-M", "prepared", "-c", &clients, "-j", "1", "-T", "3", "-f"]);
    let output = command.arg(script.path()).arg(url).output().expect("pgbench");
    let told = String::from_utf8_lossy(&output.stdout);
    let rate = told.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok());
    rate.unwrap_or_else(|| panic!("{sql}: {told} {}", String::from_utf8_lossy(&output.stderr)))
}

/// Makes PostgreSQL's table for [`pgbench_insert`].
pub const PGBENCH_TABLE: &str = "CREATE TABLE raw (LIKE subscriber INCLUDING ALL)";

/// A row of it.
pub fn pgbench_insert() -> String {
    format!(
        "{} VALUES (gen_random_uuid(), '00000000-0000-0000-0000-000000000001', gen_random_uuid(), \
         '00000000-0000-0000-0000-000000000002', gen_random_uuid()::text, gen_random_uuid()::text, 'Ann', 'Lee', 'standard', false, \
         'pending_email_input', 'nothing', false, :n, :n)",
        USER.replace("subscriber", "raw")
    )
}
