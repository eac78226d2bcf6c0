//! How many users have failed for which reason: counted by the database itself, as their status is (`m0020_counters`), so that
//! the overview counts nobody. A previous version on the same database is counted, too.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Creates the table and what keeps it.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0062_fault_count"
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
        let create = format!(
            "CREATE TABLE fault_count (template_id {id} NOT NULL, customer_id {id} NOT NULL, what text NOT NULL, \
             fault integer NOT NULL, users bigint NOT NULL, PRIMARY KEY (template_id, customer_id, what, fault))"
        );
        connection.execute_unprepared(&create).await?;
        // Before the rows are counted: on PostgreSQL that keeps other servers from changing any until this is done.
        for statement in kept {
            connection.execute_unprepared(statement).await?;
        }
        connection.execute_unprepared(COUNT).await?;
        Ok(())
    }
}

/// What there is already, by the indexes that have nobody else.
const COUNT: &str = "INSERT INTO fault_count (template_id, customer_id, what, fault, users)
     SELECT template_id, customer_id, 'attempt', fault, COUNT(*) FROM subscriber WHERE fault IS NOT NULL
     GROUP BY template_id, customer_id, fault
     UNION ALL
     SELECT template_id, customer_id, 'mail', mail_fault, COUNT(*) FROM subscriber WHERE mail_fault IS NOT NULL
     GROUP BY template_id, customer_id, mail_fault";

/// Whoever changes a customer's users has locked it: no two transactions wait for each other's counts.
const POSTGRES: &[&str] = &[
    "CREATE FUNCTION count_fault() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
     BEGIN
         IF TG_OP <> 'INSERT' THEN
             UPDATE fault_count SET users = users - 1
             WHERE template_id = OLD.template_id AND customer_id = OLD.customer_id
               AND (what = 'attempt' AND fault = OLD.fault OR what = 'mail' AND fault = OLD.mail_fault);
         END IF;
         IF TG_OP <> 'DELETE' THEN
             INSERT INTO fault_count AS counted (template_id, customer_id, what, fault, users)
             SELECT NEW.template_id, NEW.customer_id, failed.what, failed.fault, 1
             FROM (VALUES ('attempt', NEW.fault), ('mail', NEW.mail_fault)) AS failed (what, fault)
             WHERE failed.fault IS NOT NULL
             ON CONFLICT (template_id, customer_id, what, fault) DO UPDATE SET users = counted.users + 1;
         END IF;
         RETURN NULL;
     END $$",
    "CREATE TRIGGER fault_arrived AFTER INSERT ON subscriber FOR EACH ROW
     WHEN (NEW.fault IS NOT NULL OR NEW.mail_fault IS NOT NULL) EXECUTE FUNCTION count_fault()",
    "CREATE TRIGGER fault_left AFTER DELETE ON subscriber FOR EACH ROW
     WHEN (OLD.fault IS NOT NULL OR OLD.mail_fault IS NOT NULL) EXECUTE FUNCTION count_fault()",
    "CREATE TRIGGER fault_changed AFTER UPDATE OF template_id, customer_id, fault, mail_fault ON subscriber FOR EACH ROW
     WHEN ((OLD.template_id, OLD.customer_id, OLD.fault, OLD.mail_fault)
           IS DISTINCT FROM (NEW.template_id, NEW.customer_id, NEW.fault, NEW.mail_fault))
     EXECUTE FUNCTION count_fault()",
];

const SQLITE: &[&str] = &[
    "CREATE TRIGGER fault_arrived AFTER INSERT ON subscriber WHEN NEW.fault IS NOT NULL OR NEW.mail_fault IS NOT NULL BEGIN
         INSERT INTO fault_count (template_id, customer_id, what, fault, users)
         SELECT NEW.template_id, NEW.customer_id, 'attempt', NEW.fault, 1 WHERE NEW.fault IS NOT NULL
         UNION ALL
         SELECT NEW.template_id, NEW.customer_id, 'mail', NEW.mail_fault, 1 WHERE NEW.mail_fault IS NOT NULL
         ON CONFLICT (template_id, customer_id, what, fault) DO UPDATE SET users = users + 1;
     END",
    "CREATE TRIGGER fault_left AFTER DELETE ON subscriber WHEN OLD.fault IS NOT NULL OR OLD.mail_fault IS NOT NULL BEGIN
         UPDATE fault_count SET users = users - 1
         WHERE template_id = OLD.template_id AND customer_id = OLD.customer_id
           AND (what = 'attempt' AND fault = OLD.fault OR what = 'mail' AND fault = OLD.mail_fault);
     END",
    "CREATE TRIGGER fault_changed AFTER UPDATE OF template_id, customer_id, fault, mail_fault ON subscriber
     WHEN (OLD.template_id, OLD.customer_id, OLD.fault, OLD.mail_fault)
          IS NOT (NEW.template_id, NEW.customer_id, NEW.fault, NEW.mail_fault) BEGIN
         UPDATE fault_count SET users = users - 1
         WHERE template_id = OLD.template_id AND customer_id = OLD.customer_id
           AND (what = 'attempt' AND fault = OLD.fault OR what = 'mail' AND fault = OLD.mail_fault);
         INSERT INTO fault_count (template_id, customer_id, what, fault, users)
         SELECT NEW.template_id, NEW.customer_id, 'attempt', NEW.fault, 1 WHERE NEW.fault IS NOT NULL
         UNION ALL
         SELECT NEW.template_id, NEW.customer_id, 'mail', NEW.mail_fault, 1 WHERE NEW.mail_fault IS NOT NULL
         ON CONFLICT (template_id, customer_id, what, fault) DO UPDATE SET users = users + 1;
     END",
];
