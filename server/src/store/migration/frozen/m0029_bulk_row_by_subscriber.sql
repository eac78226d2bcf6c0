-- PostgreSQL
CREATE INDEX bulk_row_by_subscriber_id_while_pending ON bulk_row (subscriber_id) WHERE outcome IS NULL;
-- SQLite
CREATE INDEX bulk_row_by_subscriber_id_while_pending ON bulk_row (subscriber_id) WHERE outcome IS NULL;
