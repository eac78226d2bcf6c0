//! Who waits for what is counted by template (`m0020_counters`): whoever is moved to another one waits there, and not where they
//! were. The version before moves nobody.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Creates what keeps the numbers then.
pub struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0065_waiting_moved"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        let kept = match connection.get_database_backend() {
            DbBackend::Sqlite => SQLITE,
            _ => POSTGRES,
        };
        for statement in kept {
            connection.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}

const POSTGRES: &[&str] = &[
    "CREATE FUNCTION move_waiting() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
     BEGIN
         UPDATE waiting_count SET users = users - 1 FROM task t
         WHERE t.subscriber_id = NEW.id AND NOT t.held AND waiting_count.target = t.target
           AND waiting_count.template_id = OLD.template_id AND waiting_count.customer_id = OLD.customer_id;
         INSERT INTO waiting_count AS counted (template_id, customer_id, target, users)
         SELECT NEW.template_id, NEW.customer_id, t.target, 1 FROM task t WHERE t.subscriber_id = NEW.id AND NOT t.held
         ON CONFLICT (template_id, customer_id, target) DO UPDATE SET users = counted.users + 1;
         RETURN NULL;
     END $$",
    "CREATE TRIGGER waiting_moved AFTER UPDATE OF template_id, customer_id ON subscriber FOR EACH ROW
     WHEN ((OLD.template_id, OLD.customer_id) IS DISTINCT FROM (NEW.template_id, NEW.customer_id))
     EXECUTE FUNCTION move_waiting()",
];

const SQLITE: &[&str] = &["CREATE TRIGGER waiting_moved AFTER UPDATE OF template_id, customer_id ON subscriber
     WHEN (OLD.template_id, OLD.customer_id) IS NOT (NEW.template_id, NEW.customer_id) BEGIN
         UPDATE waiting_count SET users = users - 1
         WHERE template_id = OLD.template_id AND customer_id = OLD.customer_id
           AND target IN (SELECT target FROM task WHERE subscriber_id = NEW.id AND NOT held);
         INSERT INTO waiting_count (template_id, customer_id, target, users)
         SELECT NEW.template_id, NEW.customer_id, target, 1 FROM task WHERE subscriber_id = NEW.id AND NOT held
         ON CONFLICT (template_id, customer_id, target) DO UPDATE SET users = users + 1;
     END"];
