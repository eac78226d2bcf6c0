//! How many users there are in each status, and how many wait for what: counted by the database itself, in the transaction that
//! changes a row, so that nobody counts rows to show a number. A previous version on the same database is counted, too.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Creates the tables and what keeps them.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0020_counters"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let (id, kept) = match connection.get_database_backend() {
            DbBackend::Sqlite => ("uuid_text", SQLITE),
            _ => ("uuid", POSTGRES),
        };
        for (table, what) in [("subscriber_count", "status"), ("waiting_count", "target")] {
            let create = format!(
                "CREATE TABLE {table} (template_id {id} NOT NULL, customer_id {id} NOT NULL, {what} text NOT NULL, \
                 users bigint NOT NULL, PRIMARY KEY (template_id, customer_id, {what}))"
            );
            connection.execute_unprepared(&create).await?;
        }
        let index = "CREATE INDEX subscriber_count_by_customer_id ON subscriber_count (customer_id)";
        connection.execute_unprepared(index).await?;
        // Before the rows are counted: on PostgreSQL that keeps other servers from changing any until this is done.
        for statement in kept {
            connection.execute_unprepared(statement).await?;
        }
        for statement in COUNT {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

/// What there is already.
const COUNT: [&str; 2] = [
    "INSERT INTO subscriber_count (template_id, customer_id, status, users)
     SELECT template_id, customer_id, status, COUNT(*) FROM subscriber GROUP BY template_id, customer_id, status",
    "INSERT INTO waiting_count (template_id, customer_id, target, users)
     SELECT s.template_id, s.customer_id, t.target, COUNT(*) FROM task t JOIN subscriber s ON s.id = t.subscriber_id
     WHERE NOT t.held GROUP BY s.template_id, s.customer_id, t.target",
];

/// Who is counted is a customer's, and whoever changes a customer's users has locked it: no two transactions wait for each
/// other's counts.
const POSTGRES: &[&str] = &[
    "CREATE FUNCTION count_subscriber() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
     BEGIN
         IF TG_OP <> 'INSERT' THEN
             UPDATE subscriber_count SET users = users - 1
             WHERE template_id = OLD.template_id AND customer_id = OLD.customer_id AND status = OLD.status;
         END IF;
         IF TG_OP <> 'DELETE' THEN
             INSERT INTO subscriber_count AS counted (template_id, customer_id, status, users)
             VALUES (NEW.template_id, NEW.customer_id, NEW.status, 1)
             ON CONFLICT (template_id, customer_id, status) DO UPDATE SET users = counted.users + 1;
         END IF;
         RETURN NULL;
     END $$",
    "CREATE TRIGGER subscriber_counted AFTER INSERT OR DELETE ON subscriber
     FOR EACH ROW EXECUTE FUNCTION count_subscriber()",
    "CREATE TRIGGER subscriber_recounted AFTER UPDATE OF template_id, customer_id, status ON subscriber FOR EACH ROW
     WHEN ((OLD.template_id, OLD.customer_id, OLD.status) IS DISTINCT FROM (NEW.template_id, NEW.customer_id, NEW.status))
     EXECUTE FUNCTION count_subscriber()",
    // A workspace's task is nobody's who is counted.
    "CREATE FUNCTION count_waiting() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
     BEGIN
         IF TG_OP <> 'INSERT' AND NOT OLD.held THEN
             UPDATE waiting_count SET users = users - 1 FROM subscriber s
             WHERE s.id = OLD.subscriber_id AND waiting_count.template_id = s.template_id
               AND waiting_count.customer_id = s.customer_id AND target = OLD.target;
         END IF;
         IF TG_OP <> 'DELETE' AND NOT NEW.held THEN
             INSERT INTO waiting_count AS counted (template_id, customer_id, target, users)
             SELECT s.template_id, s.customer_id, NEW.target, 1 FROM subscriber s WHERE s.id = NEW.subscriber_id
             ON CONFLICT (template_id, customer_id, target) DO UPDATE SET users = counted.users + 1;
         END IF;
         RETURN NULL;
     END $$",
    "CREATE TRIGGER task_counted AFTER INSERT OR DELETE ON task FOR EACH ROW EXECUTE FUNCTION count_waiting()",
    "CREATE TRIGGER task_recounted AFTER UPDATE OF target, held ON task FOR EACH ROW
     WHEN ((OLD.target, OLD.held) IS DISTINCT FROM (NEW.target, NEW.held)) EXECUTE FUNCTION count_waiting()",
];

const SQLITE: &[&str] = &[
    "CREATE TRIGGER subscriber_arrived AFTER INSERT ON subscriber BEGIN
         INSERT INTO subscriber_count (template_id, customer_id, status, users)
         VALUES (NEW.template_id, NEW.customer_id, NEW.status, 1)
         ON CONFLICT (template_id, customer_id, status) DO UPDATE SET users = users + 1;
     END",
    "CREATE TRIGGER subscriber_left AFTER DELETE ON subscriber BEGIN
         UPDATE subscriber_count SET users = users - 1
         WHERE template_id = OLD.template_id AND customer_id = OLD.customer_id AND status = OLD.status;
     END",
    "CREATE TRIGGER subscriber_changed AFTER UPDATE OF template_id, customer_id, status ON subscriber
     WHEN (OLD.template_id, OLD.customer_id, OLD.status) IS NOT (NEW.template_id, NEW.customer_id, NEW.status) BEGIN
         UPDATE subscriber_count SET users = users - 1
         WHERE template_id = OLD.template_id AND customer_id = OLD.customer_id AND status = OLD.status;
         INSERT INTO subscriber_count (template_id, customer_id, status, users)
         VALUES (NEW.template_id, NEW.customer_id, NEW.status, 1)
         ON CONFLICT (template_id, customer_id, status) DO UPDATE SET users = users + 1;
     END",
    "CREATE TRIGGER task_added AFTER INSERT ON task WHEN NOT NEW.held BEGIN
         INSERT INTO waiting_count (template_id, customer_id, target, users)
         SELECT template_id, customer_id, NEW.target, 1 FROM subscriber WHERE id = NEW.subscriber_id
         ON CONFLICT (template_id, customer_id, target) DO UPDATE SET users = users + 1;
     END",
    "CREATE TRIGGER task_ended AFTER DELETE ON task WHEN NOT OLD.held BEGIN
         UPDATE waiting_count SET users = users - 1
         WHERE target = OLD.target AND (template_id, customer_id) =
             (SELECT template_id, customer_id FROM subscriber WHERE id = OLD.subscriber_id);
     END",
    "CREATE TRIGGER task_changed AFTER UPDATE OF target, held ON task
     WHEN (OLD.target, OLD.held) IS NOT (NEW.target, NEW.held) BEGIN
         UPDATE waiting_count SET users = users - 1
         WHERE NOT OLD.held AND target = OLD.target AND (template_id, customer_id) =
             (SELECT template_id, customer_id FROM subscriber WHERE id = OLD.subscriber_id);
         INSERT INTO waiting_count (template_id, customer_id, target, users)
         SELECT template_id, customer_id, NEW.target, 1 FROM subscriber
         WHERE id = NEW.subscriber_id AND NOT NEW.held
         ON CONFLICT (template_id, customer_id, target) DO UPDATE SET users = users + 1;
     END",
];
